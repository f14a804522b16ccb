package ledger

import (
	"context"

	"github.com/uptrace/bun"

	"contactbridge/internal/reconcile"
)

// Standing is where a connection stands: what keeps it from syncing, or that nothing does.
type Standing string

// The standings, in the order in which the first that holds is shown.
const (
	NotAllowed   Standing = "notAllowed"   // an admin does not let the user sync
	NotConnected Standing = "notConnected" // nobody signed in with a mailbox yet
	NoSignIn     Standing = "needsSignIn"  // Microsoft no longer takes the sign-in
	Failing      Standing = "failing"      // its trouble says why
	NoFolder     Standing = "needsFolder"
	NoMapping    Standing = "needsMapping"
	NotSynced    Standing = "needsFirstSync"
	NotPreviewed Standing = "needsPreview"
	Manual       Standing = "manual" // it syncs when a person asks, and by itself it is not to
	InSync       Standing = "inSync"
)

// Standings are all of them.
var Standings = []Standing{InSync, Manual, Failing, NoSignIn, NotPreviewed, NotSynced, NoMapping, NoFolder, NotConnected, NotAllowed}

// standing spells it of a connection c with its user u, credentials k and epoch e. All but the epoch comes from indexes and
// the list of users: settings are long.
const standing = `CASE WHEN NOT (u.allowed AND u.active) THEN 'notAllowed' WHEN k.connection_id IS NULL THEN 'notConnected'
	WHEN c.trouble = 'needs-sign-in' THEN 'needsSignIn' WHEN c.trouble <> '' THEN 'failing'
	WHEN c.lacks = 'folder' THEN 'needsFolder' WHEN c.lacks = 'mapping' THEN 'needsMapping'
	WHEN e.applied_at IS NULL THEN 'needsFirstSync' WHEN c.lacks = 'preview' THEN 'needsPreview'
	WHEN c.lacks = 'automatic' THEN 'manual' ELSE 'inSync' END`

// Glance is a connection as one sees it among all.
type Glance struct {
	ID       string   `bun:"id"`
	UserID   string   `bun:"user_id"`
	UserName string   `bun:"user_name"`
	Module   string   `bun:"module"`
	Epoch    int64    `bun:"epoch"`
	Trouble  string   `bun:"trouble"`
	Standing Standing `bun:"standing"`
	Linked   int      `bun:"linked"`   // contacts in sync, when its last run ended that did anything
	Outside  int      `bun:"outside"`  // … that left the scope
	Detached int      `bun:"detached"` // … that are on one side only, and stay there

	Waiting, Refused, Parked int // questions to a person; refused writes that are tried again, and that are not

	TroubleSentence string // Explain fills it in
}

// Glances shows the connections of one user, or of all when userID is empty, by user name.
func (l *Ledger) Glances(ctx context.Context, userID string) ([]Glance, error) {
	const doing = "look at all connections"
	var out []Glance
	q := l.db.NewSelect().Model(&out).ModelTableExpr("connections AS c").Column("c.id", "c.user_id", "u.user_name", "c.module", "c.epoch", "c.trouble").
		ColumnExpr(standing+" AS standing, coalesce(e.linked, 0) AS linked, coalesce(e.outside, 0) AS outside, coalesce(e.detached, 0) AS detached").
		Join("JOIN users u ON u.id = c.user_id").Join("LEFT JOIN credentials k ON k.connection_id = c.id").
		Join("LEFT JOIN epochs e ON e.connection_id = c.id AND e.number = c.epoch").Order("u.user_name", "c.module")
	if userID != "" {
		q = q.Where("c.user_id = ?", userID)
	}
	if err := q.Scan(ctx); err != nil || len(out) == 0 {
		return out, wrap(doing, err)
	}
	return out, wrap(doing, l.countWaiting(ctx, userID, out))
}

// countWaiting adds what waits in each connection's current epoch.
func (l *Ledger) countWaiting(ctx context.Context, userID string, list []Glance) error {
	type place struct {
		ConnectionID string
		Epoch        int64
	}
	at, ids := map[place]*Glance{}, make([]string, len(list))
	for i := range list {
		at[place{list[i].ID, list[i].Epoch}], ids[i] = &list[i], list[i].ID
	}
	for _, q := range []*bun.SelectQuery{
		l.db.NewSelect().Model((*Hold)(nil)).ColumnExpr("count(*) AS waiting").Where("verdict = ''"),
		l.db.NewSelect().Model((*Quarantined)(nil)).ColumnExpr("count(next_at) AS refused, count(*) - count(next_at) AS parked"),
	} {
		var rows []struct {
			place

			Waiting, Refused, Parked int
		}
		if userID != "" {
			q = q.Where("connection_id = ANY(?::uuid[])", pgArray(ids))
		}
		if err := q.Column("connection_id", "epoch").Group("connection_id", "epoch").Order("connection_id", "epoch").Scan(ctx, &rows); err != nil {
			return err
		}
		for _, r := range rows {
			if g := at[r.place]; g != nil {
				g.Waiting, g.Refused, g.Parked = g.Waiting+r.Waiting, g.Refused+r.Refused, g.Parked+r.Parked
			}
		}
	}
	return nil
}

// Explain fills in the sentences of connections that are in trouble.
func (l *Ledger) Explain(ctx context.Context, list []Glance) error {
	ids := make([]string, len(list))
	for i, g := range list {
		ids[i] = g.ID
	}
	var rows []Connection
	err := l.db.NewSelect().Model(&rows).Column("id", "trouble_sentence").Where("id = ANY(?::uuid[])", pgArray(ids)).Scan(ctx)
	for _, r := range rows {
		for i := range list {
			if list[i].ID == r.ID {
				list[i].TroubleSentence = r.TroubleSentence
			}
		}
	}
	return wrap("explain the connections' troubles", err)
}

// countLinks keeps how many links of a connection's epoch have which state.
func countLinks(ctx context.Context, tx bun.Tx, connectionID string) error {
	_, err := tx.NewRaw(`UPDATE epochs e SET linked = l.linked, outside = l.outside, detached = l.detached FROM (
			SELECT count(*) FILTER (WHERE state = ?1) AS linked, count(*) FILTER (WHERE state = ?2) AS outside, count(*) FILTER (WHERE state = ?3) AS detached
			FROM links WHERE connection_id = ?0 AND state <> ?4 AND epoch = (SELECT epoch FROM connections WHERE id = ?0)
		) l WHERE e.connection_id = ?0 AND e.number = (SELECT epoch FROM connections WHERE id = ?0)`,
		connectionID, reconcile.Active, reconcile.OutOfScope, reconcile.Detached, ended).Exec(ctx)
	return err
}

// acted tells whether the log has anything of a run.
func acted(ctx context.Context, tx bun.Tx, runID string) (bool, error) {
	return tx.NewSelect().Model((*Operation)(nil)).Where("run_id = ? AND outcome <> ? AND place > 0", runID, Planned).Exists(ctx)
}
