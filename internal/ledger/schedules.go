package ledger

import (
	"context"
	"hash/fnv"
	"time"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
)

// Schedule is how often a connection is to sync by itself.
type Schedule struct {
	ConnectionID string
	Every        time.Duration
	Paused       string // why it does not, as a sentence; empty when it does
}

// Offset is when in each interval, counted from 1970, the connection syncs: all of one interval at the same moment would wait
// for each other.
func (s Schedule) Offset() time.Duration {
	h := fnv.New64a()
	h.Write([]byte(s.ConnectionID)) // never fails, by its contract
	return time.Duration(h.Sum64() % uint64(s.Every)).Truncate(time.Second)
}

// Next is when the connection syncs next after a moment.
func (s Schedule) Next(after time.Time) time.Time {
	since := time.Duration(after.UnixNano()) - s.Offset()
	return after.Add(s.Every - since%s.Every).UTC().Truncate(time.Second)
}

// scheduled is what decides about a connection's schedule.
type scheduled struct {
	ID        string     `bun:"id"`
	Settings  Settings   `bun:"settings,type:jsonb"`
	Rules     Rules      `bun:"rules,type:jsonb"`
	Folder    string     `bun:"folder_id"`
	Trouble   string     `bun:"trouble"`
	SignedIn  bool       `bun:"signed_in"`
	Allowed   bool       `bun:"allowed"`
	AppliedAt *time.Time `bun:"applied_at"`
	Unseen    bool       `bun:"unseen"`
}

// Schedules lists what the schedule of each connection of a user is to be; of everybody's when none is named.
func (l *Ledger) Schedules(ctx context.Context, userID string) ([]Schedule, error) {
	var rows []scheduled
	err := l.db.NewSelect().Model((*Connection)(nil)).Column("c.id", "c.settings", "c.folder_id", "c.trouble").
		ColumnExpr(rulesColumn).
		ColumnExpr("k.connection_id IS NOT NULL AS signed_in, u.allowed AND u.active AS allowed, e.applied_at, c.previewed_scope < c.scope_version AS unseen").
		Join("JOIN users u ON u.id = c.user_id").
		Join("LEFT JOIN credentials k ON k.connection_id = c.id").
		Join("LEFT JOIN epochs e ON e.connection_id = c.id AND e.number = c.epoch").
		Where("? IN ('', c.user_id)", userID).Order("c.id").Scan(ctx, &rows)
	out := make([]Schedule, len(rows))
	for i, r := range rows {
		out[i] = Schedule{ConnectionID: r.ID, Every: r.Settings.within(r.Rules.Caps).Interval(), Paused: r.paused()}
	}
	return out, wrap("list the schedules", err)
}

// paused is why a connection does not sync by itself.
func (r scheduled) paused() string {
	switch {
	case !r.Settings.Automatic:
		return "Syncing by itself is switched off."
	case !r.Allowed:
		return "The user may not sync."
	case !r.SignedIn || r.Trouble == string(contact.NeedsSignIn):
		return "The mailbox needs a sign-in."
	case r.Folder == "":
		return "No Outlook folder is chosen."
	case len(r.Settings.Mapping) == 0:
		return "No field is mapped."
	case r.AppliedAt == nil:
		return "The first sync is a person's."
	case r.Unseen:
		return "Somebody must look at a preview first."
	}
	return ""
}

// OpenRuns lists the connections that have a run which was asked for longer ago than that and has not ended.
func (l *Ledger) OpenRuns(ctx context.Context, ago time.Duration) ([]string, error) {
	var ids []string
	err := l.db.NewSelect().Model((*Run)(nil)).ColumnExpr("DISTINCT run.connection_id").
		Where("run.state IN (?, ?) AND run.requested_at < now() - ? * interval '1 second'", Queued, Running, ago.Seconds()).Scan(ctx, &ids)
	return ids, wrap("list the open runs", err)
}

// applied notes that a person's run was applied in the connection's epoch.
func applied(ctx context.Context, tx bun.Tx, connectionID string) error {
	_, err := tx.NewUpdate().Model((*epoch)(nil)).Set("applied_at = coalesce(applied_at, now())").
		Where("connection_id = ? AND number = (SELECT epoch FROM connections WHERE id = ?)", connectionID, connectionID).Exec(ctx)
	return err
}
