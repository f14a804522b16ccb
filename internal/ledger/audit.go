package ledger

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// Act is one line of the audit log: something that somebody did. It outlives whom and what it names.
type Act struct {
	bun.BaseModel `bun:"table:audit,alias:a"`

	ID       int64          `bun:"id,pk,autoincrement"`
	At       time.Time      `bun:"at,nullzero,default:clock_timestamp()"`
	UserID   string         `bun:"user_id"` // empty: nobody who is known
	UserName string         `bun:"user_name"`
	Token    string         `bun:"token"` // the name of the API token that was used; empty: a sign-in
	Action   string         `bun:"action"`
	About    string         `bun:"about"` // such as users/19x5/access
	Details  map[string]any `bun:"details,type:jsonb"`
	Address  string         `bun:"address"` // where the request came from
}

// Audited is an act under way. Whoever does it says what it is about before the ledger does it.
type Audited struct {
	Act
	Due  bool // the audit log tells of it
	Kept bool // the audit log has it
}

type auditedKey struct{}

// Doing gives a context under which the ledger keeps an act, if it is due, in the transaction that does it.
func Doing(ctx context.Context, a *Audited) context.Context {
	return context.WithValue(ctx, auditedKey{}, a)
}

// audited is tx for what the audit log may have to tell. Of several transactions of one act the first that succeeds tells it.
func (l *Ledger) audited(ctx context.Context, doing string, f func(ctx context.Context, tx bun.Tx) error) error {
	a, _ := ctx.Value(auditedKey{}).(*Audited)
	if a == nil || !a.Due || a.Kept {
		return l.tx(ctx, doing, f)
	}
	err := l.tx(ctx, doing, func(ctx context.Context, tx bun.Tx) error {
		if err := f(ctx, tx); err != nil {
			return err
		}
		return keepActs(ctx, tx, a.Act)
	})
	a.Kept = err == nil
	return err
}

// Keep tells the audit log of an act that changes nothing else in the ledger, if it is due.
func (l *Ledger) Keep(ctx context.Context, a *Audited) error {
	if !a.Due || a.Kept {
		return nil
	}
	return l.audited(Doing(ctx, a), "write the audit log", func(context.Context, bun.Tx) error { return nil })
}

func keepActs(ctx context.Context, tx bun.Tx, acts ...Act) error {
	if len(acts) == 0 {
		return nil
	}
	for i := range acts {
		if acts[i].Details == nil {
			acts[i].Details = map[string]any{}
		}
	}
	_, err := tx.NewInsert().Model(&acts).ExcludeColumn("id", "at").Returning("NULL").Exec(ctx)
	return err
}

// AuditFilter narrows the audit log; empty fields do not.
type AuditFilter struct {
	UserID string // who did it
	Action string
	About  string    // begins so
	From   time.Time // not before
	To     time.Time // before
	Before int64     // the id after which the page begins; 0: the newest
	Limit  int
}

// Audit reads the audit log, newest first.
func (l *Ledger) Audit(ctx context.Context, f AuditFilter) ([]Act, error) {
	var out []Act
	q := l.db.NewSelect().Model(&out).Order("a.id DESC").Limit(int64(f.Limit))
	for _, narrow := range []struct {
		wanted bool
		where  string
		value  any
	}{
		{f.UserID != "", "a.user_id = ?", f.UserID},
		{f.Action != "", "a.action = ?", f.Action},
		{f.About != "", "starts_with(a.about, ?)", f.About},
		{!f.From.IsZero(), "a.at >= ?", f.From},
		{!f.To.IsZero(), "a.at < ?", f.To},
		{f.Before > 0, "a.id < ?", f.Before},
	} {
		if narrow.wanted {
			q = q.Where(narrow.where, narrow.value)
		}
	}
	return out, wrap("read the audit log", q.Scan(ctx))
}

// auditKept is how long the database lets nothing leave the audit log: a year. A day more tells its clock from ours.
const auditKept = 366 * 24 * time.Hour

// PruneAudit deletes the lines of the audit log from before a moment, but none younger than a year.
func (l *Ledger) PruneAudit(ctx context.Context, before time.Time) error {
	if year := time.Now().Add(-auditKept); before.After(year) {
		before = year
	}
	_, err := l.db.NewDelete().Model((*Act)(nil)).Where("at < ?", before).Exec(ctx)
	return wrap("delete old lines of the audit log", err)
}
