package ledger

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
	"contactbridge/internal/reconcile"
)

// now is the time of a row, UTC, as precise as PostgreSQL keeps it.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Trees is what a plan of one connection is made from.
type Trees struct {
	Links   []Link
	VTiger  []Record
	Outlook []Record
	Unclear []Operation
	Members map[string]bool // of the connection's filter; nil: it has none, so that every record is one
	Listed  time.Time       // when the listing began that gave the members
	At      time.Time       // when they were read, by the database's clock
	Holds   []Hold
	Refused []Quarantined
	Known   map[contact.Side]map[string]bool // records of links that ended, as far as strangers were read
	Hits    map[string][]Holder              // what the whole vTiger said of addresses, as far as strangers were read
	Seen    map[contact.Side]Listing         // the last whole walk that a plan saw
	Fresh   map[contact.Side]Listing         // one that ended and that no plan saw yet
}

// Trees reads what may differ: the links whose records are not what the last plan found quiet, with their records; and
// everything as soon as one record has no link, or may lose its link by this plan, since a stranger is compared with all.
func (l *Ledger) Trees(ctx context.Context, c Connection, run Run) (Trees, error) {
	var t Trees
	return t, l.tx(ctx, "read the trees", func(ctx context.Context, tx bun.Tx) error {
		t = Trees{}
		if err := tx.NewSelect().ColumnExpr("clock_timestamp()").Scan(ctx, &t.At); err != nil {
			return err
		}
		strangers, err := anyStranger(ctx, tx, c)
		if err == nil && !strangers {
			strangers, err = anySurvivor(ctx, tx, c)
		}
		if err != nil {
			return err
		}
		strangers = strangers || run.Undoes != "" // which looks at records that nothing else does
		if err := quarantined(tx, &t.Refused, c).Scan(ctx); err != nil {
			return err
		}
		if err := holds(tx, &t.Holds, c).Scan(ctx); err != nil {
			return err
		}
		if err := links(ctx, tx, c, &t.Links, strangers); err != nil {
			return err
		}
		for _, side := range contact.Sides {
			if err := records(ctx, tx, c, side, &t, strangers); err != nil {
				return err
			}
		}
		if err := undoneRecords(ctx, tx, c, run, &t); err != nil {
			return err
		}
		if c.Settings.Filter != nil {
			if err := memberships(ctx, tx, c, &t); err != nil {
				return err
			}
		}
		if err := surroundings(ctx, tx, c, run, &t, strangers); err != nil {
			return err
		}
		return tx.NewSelect().Model(&t.Unclear).Where("connection_id = ? AND epoch = ? AND outcome = ?", c.ID, c.Epoch, Unclear).Order("id").Scan(ctx)
	})
}

// surroundings reads what a plan needs besides the trees: answers of people and of the whole vTiger, what was linked once,
// and which whole walks are new.
func surroundings(ctx context.Context, tx bun.Tx, c Connection, run Run, t *Trees, strangers bool) (err error) {
	if t.Seen, t.Fresh, err = listed(ctx, tx, c); err != nil || !strangers {
		return err
	}
	if t.Known, err = known(ctx, tx, c); err != nil {
		return err
	}
	t.Hits, err = instanceAnswers(ctx, tx, c, run)
	return err
}

// known gives the records that a link held which has ended.
func known(ctx context.Context, tx bun.Tx, c Connection) (map[contact.Side]map[string]bool, error) {
	out := map[contact.Side]map[string]bool{contact.VTiger: {}, contact.Outlook: {}}
	var rows []Link
	err := tx.NewSelect().Model(&rows).Column("vtiger_id", "outlook_id").
		Where("l.connection_id = ? AND l.epoch = ? AND l.state = ?", c.ID, c.Epoch, ended).Scan(ctx)
	for _, l := range rows {
		out[contact.VTiger][l.VTigerID], out[contact.Outlook][l.OutlookID] = true, true
	}
	return out, err
}

// memberships reads the members of the connection's filter; ErrNotFound when they were never listed.
func memberships(ctx context.Context, tx bun.Tx, c Connection, t *Trees) error {
	var m Membership
	if err := tx.NewSelect().Model(&m).Apply(ofConnection(c)).Where("f.listed_at IS NOT NULL").Scan(ctx); err != nil {
		return err
	}
	var ids []string
	if err := members(tx, c).Scan(ctx, &ids); err != nil {
		return err
	}
	t.Members, t.Listed = make(map[string]bool, len(ids)), *m.ListedAt
	for _, id := range ids {
		t.Members[id] = true
	}
	return nil
}

// ActiveLinks counts the connection's links that act.
func (l *Ledger) ActiveLinks(ctx context.Context, c Connection) (int, error) {
	n, err := l.db.NewSelect().Model((*Link)(nil)).
		Where("l.connection_id = ? AND l.epoch = ? AND l.state = ?", c.ID, c.Epoch, reconcile.Active).Count(ctx)
	return int(n), wrap("count the links", err)
}

// anyStranger asks whether a present record in scope has no link.
func anyStranger(ctx context.Context, tx bun.Tx, c Connection) (bool, error) {
	held := func(column string) *bun.SelectQuery {
		return tx.NewSelect().Model((*Link)(nil)).ColumnExpr("1").
			Where("l.connection_id = ? AND l.epoch = ? AND l.state <> ? AND l.? = r.id", c.ID, c.Epoch, ended, bun.Ident(column))
	}
	for _, column := range []struct {
		side contact.Side
		name string
	}{{contact.VTiger, "vtiger_id"}, {contact.Outlook, "outlook_id"}} {
		q, err := inScope(ctx, tx, c, column.side)
		if err != nil {
			return false, err
		}
		if found, err := q.Where("NOT EXISTS (?)", held(column.name)).Exists(ctx); found || err != nil {
			return found, err
		}
	}
	return false, nil
}

// anySurvivor asks whether an active link has lost one of its records only. If an edit of the other one wins, that is a
// stranger.
func anySurvivor(ctx context.Context, tx bun.Tx, c Connection) (bool, error) {
	return tx.NewSelect().Model((*Link)(nil)).Where("l.connection_id = ? AND l.epoch = ? AND l.state = ?", c.ID, c.Epoch, reconcile.Active).
		Join("JOIN records v ON v.feed = ? AND v.id = l.vtiger_id", c.Feed(contact.VTiger)).
		Join("JOIN records o ON o.feed = ? AND o.id = l.outlook_id", c.Feed(contact.Outlook)).
		Where("(v.presence = ?) <> (o.presence = ?)", contact.Deleted, contact.Deleted).Exists(ctx)
}

// links reads the links that may have something to do, those of refused writes included, or all.
func links(ctx context.Context, tx bun.Tx, c Connection, out *[]Link, all bool) error {
	q := tx.NewSelect().Model(out).Where("l.connection_id = ? AND l.epoch = ? AND l.state <> ?", c.ID, c.Epoch, ended).Order("l.id")
	if !all {
		q = q.Join("LEFT JOIN records v ON v.feed = ? AND v.id = l.vtiger_id", c.Feed(contact.VTiger)).
			Join("LEFT JOIN records o ON o.feed = ? AND o.id = l.outlook_id", c.Feed(contact.Outlook)).
			Where("l.quiet_vtiger IS DISTINCT FROM v.hash OR l.quiet_outlook IS DISTINCT FROM o.hash OR EXISTS (?)",
				tx.NewSelect().Model((*Quarantined)(nil)).ColumnExpr("1").Where("q.connection_id = l.connection_id AND q.epoch = l.epoch").
					Where("q.vtiger_id = l.vtiger_id AND q.outlook_id = l.outlook_id"))
	}
	return q.Scan(ctx)
}

// records reads one side's tree: the linked ones that were read, or all that the connection may use.
func records(ctx context.Context, tx bun.Tx, c Connection, side contact.Side, t *Trees, all bool) error {
	out := &t.VTiger
	if side == contact.Outlook {
		out = &t.Outlook
	}
	var ids []string
	for _, l := range t.Links {
		ids = append(ids, l.Reconcile().Of(side))
	}
	for _, q := range t.Refused {
		ids = append(ids, q.Of(side))
	}
	for _, h := range t.Holds { // so that the question of a record that vanished is closed
		ids = append(ids, reconcile.Link{VTiger: h.VTigerID, Outlook: h.OutlookID}.Of(side))
	}
	q := tx.NewSelect().Model(out).Where("r.feed = ?", c.Feed(side))
	linked := func(q *bun.SelectQuery) *bun.SelectQuery { return q.WhereOr("r.id = ANY(?)", pgArray(ids)) }
	switch {
	case !all:
		q = q.Where("r.id = ANY(?)", pgArray(ids))
	case side == contact.VTiger && !c.Settings.OwnerScope.Everyone:
		q = q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery { return linked(owned(q, c)) })
	}
	return q.Scan(ctx)
}

// PlanRows is a plan as it is kept.
type PlanRows struct {
	Links      []reconcile.LinkChange
	Names      map[string]string // display names for log lines, by vTiger or Outlook record id
	Operations []Operation
	Findings   []Operation
	Changed    []Operation // of an applied preview: what was not planned alike again
	Quiet      []Quiet
	Holds      []Hold
	Closed     []int64                  // holds whose question is asked no more
	Mended     []int64                  // refused writes that are planned no more
	Condemned  map[int64]contact.Side   // of links whose mark changed
	Walks      map[contact.Side]Listing // whole walks that this plan saw
	Unasked    int                      // contacts that wait for an answer of the whole vTiger
	Listed     time.Time                // Trees.Listed, when the plan was made by the members of a filter
	Standing   int
	Stamp      func(source contact.Side, record string, generation int) string
}

// Quiet says for which hashes a link had nothing to do.
type Quiet struct {
	Link            int64
	VTiger, Outlook string
}

// sameMembers tells whether the members of the connection's filter are still those listed then, and keeps them so until
// tx ends: a later listing woke links that this plan would put to rest.
func sameMembers(ctx context.Context, tx bun.Tx, c Connection, listed time.Time) (bool, error) {
	if c.Settings.Filter == nil {
		return true, nil
	}
	return tx.NewSelect().Model((*Membership)(nil)).Apply(ofConnection(c)).Where("f.listed_at = ?", listed).For("SHARE").Exists(ctx)
}

// SavePlan makes a plan the connection's only one: link steps take effect, unsent operations of older plans go, and the
// new ones wait to be announced. It returns how many wait.
func (l *Ledger) SavePlan(ctx context.Context, c Connection, runID string, p PlanRows) error {
	return l.tx(ctx, "keep the plan", func(ctx context.Context, tx bun.Tx) error {
		if same, err := sameSettings(ctx, tx, c); err != nil || !same {
			return errors.Join(err, ErrMoved)
		}
		if same, err := sameMembers(ctx, tx, c, p.Listed); err != nil || !same {
			return errors.Join(err, ErrMoved)
		}
		_, err := tx.NewDelete().Model((*Operation)(nil)).Where("connection_id = ? AND outcome = ?", c.ID, Planned).Exec(ctx)
		if err != nil {
			return err
		}
		for _, step := range p.Links {
			if err := stepLink(ctx, tx, c, runID, step, p.Names); err != nil {
				return err
			}
		}
		if err := insertOperations(ctx, tx, c, p); err != nil {
			return err
		}
		if err := keepChanged(ctx, tx, runID, p.Changed); err != nil {
			return err
		}
		if len(p.Findings) > 0 {
			_, err := tx.NewInsert().Model(&p.Findings).ExcludeColumn("id").On("CONFLICT (connection_id, epoch, question) DO NOTHING").Exec(ctx)
			if err != nil {
				return err
			}
		}
		if err := keepHolds(ctx, tx, c, p.Holds, p.Closed); err != nil {
			return err
		}
		if err := mended(ctx, tx, c, p.Mended); err != nil {
			return err
		}
		if err := keepMarks(ctx, tx, c, p); err != nil {
			return err
		}
		for _, q := range p.Quiet {
			_, err := tx.NewUpdate().Model((*Link)(nil)).Set("quiet_vtiger = ?, quiet_outlook = ?", q.VTiger, q.Outlook).Where("id = ?", q.Link).Exec(ctx)
			if err != nil {
				return err
			}
		}
		_, err = tx.NewUpdate().Model((*Run)(nil)).Set("standing = ?, unasked = ?", p.Standing, p.Unasked).Where("id = ?", runID).Exec(ctx)
		return err
	})
}

// keepMarks notes which deletions the plan saw, and which whole walks.
func keepMarks(ctx context.Context, tx bun.Tx, c Connection, p PlanRows) error {
	for link, side := range p.Condemned {
		if _, err := tx.NewUpdate().Model((*Link)(nil)).Set("condemned = ?", side).Where("id = ?", link).Exec(ctx); err != nil {
			return err
		}
	}
	if len(p.Walks) == 0 {
		return nil
	}
	_, err := tx.NewUpdate().Model((*epoch)(nil)).Set("listings = listings || ?::jsonb", p.Walks).
		Where("connection_id = ? AND number = ?", c.ID, c.Epoch).Exec(ctx)
	return err
}

// insertOperations stamps the inserts with their generation and keeps all.
func insertOperations(ctx context.Context, tx bun.Tx, c Connection, p PlanRows) error {
	if len(p.Operations) == 0 {
		return nil
	}
	for i := range p.Operations {
		op := &p.Operations[i]
		if op.Action != contact.Insert {
			continue
		}
		source := op.Side.Other()
		column := "vtiger_id"
		if source == contact.Outlook {
			column = "outlook_id"
		}
		generation, err := tx.NewSelect().Model((*Link)(nil)).
			Where("connection_id = ? AND epoch = ? AND ? = ?", c.ID, c.Epoch, bun.Ident(column), op.Of(source)).
			Where("state = ? OR state = ? AND missing = ?", ended, reconcile.Detached, op.Side).Count(ctx)
		if err != nil {
			return err
		}
		op.Stamp = p.Stamp(source, op.Of(source), int(generation))
	}
	_, err := tx.NewInsert().Model(&p.Operations).ExcludeColumn("id").Exec(ctx)
	return err
}

// stepLink does one step of a link and writes it into the log, except the quiet move of a base.
func stepLink(ctx context.Context, tx bun.Tx, c Connection, runID string, s reconcile.LinkChange, names map[string]string) error {
	update := func() *bun.UpdateQuery { return tx.NewUpdate().Model((*Link)(nil)).Where("id = ?", s.Link) }
	var err error
	switch s.Step {
	case reconcile.Attach:
		link := Link{
			ConnectionID: c.ID, Epoch: c.Epoch, State: reconcile.Active, VTigerID: s.VTiger, OutlookID: s.Outlook, Base: s.Base,
		}
		if link.Base == nil {
			link.Base = reconcile.Base{}
		}
		_, err = tx.NewInsert().Model(&link).ExcludeColumn("id").Exec(ctx)
	case reconcile.Move:
		_, err = update().Set("base = base || ?::jsonb", s.Base).Exec(ctx)
		return err
	case reconcile.Freeze:
		_, err = update().Set("state = ?, state_at = now()", reconcile.OutOfScope).Exec(ctx)
	case reconcile.Thaw, reconcile.Reattach:
		_, err = update().Set("state = ?, missing = '', state_at = now()", reconcile.Active).Exec(ctx)
	case reconcile.Detachal:
		_, err = update().Set("state = ?, missing = ?, state_at = now()", reconcile.Detached, s.Missing).Exec(ctx)
	case reconcile.End:
		_, err = update().Set("state = ?, ended_at = now(), state_at = now()", ended).Exec(ctx)
	}
	if err != nil {
		return err
	}
	line := linkLine(c, runID, s, names)
	_, err = tx.NewInsert().Model(&line).ExcludeColumn("id").Exec(ctx)
	return err
}

// linkLine is the log line of a link's step.
func linkLine(c Connection, runID string, s reconcile.LinkChange, names map[string]string) Operation {
	at := now()
	line := Operation{
		ConnectionID: c.ID, Epoch: c.Epoch, RunID: runID, Action: LinkAction, VTigerID: s.VTiger, OutlookID: s.Outlook,
		Name: names[s.VTiger], Outcome: Done, ReasonKind: s.Why.Kind, Reason: s.Why.Sentence,
		Fields: map[contact.Field]reconcile.FieldChange{}, Native: map[string]string{}, CreatedAt: at, SettledAt: &at,
	}
	if line.Name == "" {
		line.Name = names[s.Outlook]
	}
	return line
}
