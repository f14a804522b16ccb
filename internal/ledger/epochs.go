package ledger

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
	"contactbridge/internal/reconcile"
)

// epoch is the identity that links hold for. A mailbox is known by its object id, which Microsoft gives to no other; the
// tenant is kept as it was spelled first, for an admin may write its id or a domain of it.
type epoch struct {
	bun.BaseModel `bun:"table:epochs,alias:e"`

	ConnectionID  string     `bun:"connection_id,pk"`
	Number        int64      `bun:"number,pk"`
	Instance      string     `bun:"instance"`
	Module        string     `bun:"module"`
	MailboxTenant string     `bun:"mailbox_tenant"`
	MailboxID     string     `bun:"mailbox_id"`
	FolderID      string     `bun:"folder_id"`
	BeganAt       time.Time  `bun:"began_at"`
	ClosedAt      *time.Time `bun:"closed_at"`
	// Listings are, by side, the last whole walk that a plan saw.
	Listings map[contact.Side]Listing `bun:"listings,type:jsonb,nullzero,default:'{}'"`
}

// turnEpoch leaves the epoch of a connection, whose row the transaction holds, for the one of another mailbox or folder,
// and gives its number. What was planned is dropped and open runs end; links and operations without an answer stay with
// their epoch. One that was current before is taken up again.
func turnEpoch(ctx context.Context, tx bun.Tx, old, wanted Connection) (int64, error) {
	if old.MailboxID == wanted.MailboxID && old.FolderID == wanted.FolderID {
		return old.Epoch, nil
	}
	return enterEpoch(ctx, tx, old, wanted, otherFolder)
}

// enterEpoch is turnEpoch where something else than mailbox and folder may have changed; why says what.
func enterEpoch(ctx context.Context, tx bun.Tx, old, wanted Connection, why epochEnd) (int64, error) {
	if hasIdentity(old) {
		if err := closeEpoch(ctx, tx, old, why); err != nil {
			return 0, err
		}
	}
	var free int64
	err := tx.NewSelect().Model((*epoch)(nil)).ColumnExpr("coalesce(max(number), 0) + 1").Where("connection_id = ?", old.ID).Scan(ctx, &free)
	if err != nil || !hasIdentity(wanted) {
		return free, err
	}
	instance, err := instanceOf(ctx, tx)
	if err != nil {
		return 0, err
	}
	e := epoch{
		ConnectionID: old.ID, Number: free, Instance: instance, Module: old.Module, BeganAt: now(),
		MailboxTenant: wanted.MailboxTenant, MailboxID: wanted.MailboxID, FolderID: wanted.FolderID,
	}
	_, err = tx.NewInsert().Model(&e).On("CONFLICT (connection_id, instance, module, mailbox_id, folder_id) DO UPDATE").
		Set("closed_at = NULL").Returning("number").Exec(ctx)
	if err != nil || e.Number == free {
		return e.Number, err
	}
	wanted.Epoch = e.Number
	return e.Number, takeUp(ctx, tx, wanted)
}

// hasIdentity tells whether mailbox and folder are chosen, without which nothing can be linked.
func hasIdentity(c Connection) bool { return c.MailboxID != "" && c.FolderID != "" }

func instanceOf(ctx context.Context, tx bun.Tx) (string, error) {
	var instance string
	err := tx.NewSelect().Model((*settingRow)(nil)).ColumnExpr("value #>> '{}'").Where("name = ?", instanceSetting).Scan(ctx, &instance)
	return instance, ignoreNone(err)
}

// epochEnd words why an epoch was left: of what was planned, and of the runs that were open.
type epochEnd struct{ planned, open string }

var (
	otherFolder = epochEnd{
		"Another mailbox or folder was chosen since it was planned.",
		"Another mailbox or folder was chosen while this sync waited or was at work; start a new one.",
	}
	vtigerReplaced = epochEnd{
		"vTiger was replaced by another one since it was planned.",
		"vTiger was replaced by another one while this sync waited or was at work; preview a new one.",
	}
)

func closeEpoch(ctx context.Context, tx bun.Tx, old Connection, why epochEnd) error {
	_, err := tx.NewUpdate().Model((*epoch)(nil)).Set("closed_at = now()").
		Where("connection_id = ? AND number = ?", old.ID, old.Epoch).Exec(ctx)
	if err != nil {
		return err
	}
	_, err = tx.NewUpdate().Model((*Operation)(nil)).
		Set("outcome = ?, reason_kind = 'epoch-ended', reason = ?", Discarded, why.planned).
		Set("settled_at = now(), place = nextval('log_places')").
		Where("connection_id = ? AND outcome = ?", old.ID, Planned).Exec(ctx)
	if err != nil {
		return err
	}
	// A click that was meant for the old folder must not write into the new one.
	_, err = tx.NewUpdate().Model((*Run)(nil)).
		Set("state = ?, phase = '', ended_at = now(), trouble = 'epoch-ended', trouble_sentence = ?, pending = 0", RunFailed, why.open).
		Where("connection_id = ? AND state IN (?, ?)", old.ID, Queued, Running).Exec(ctx)
	return err
}

// takeUp makes the links of an epoch act again. Each is frozen until a plan sees both of its records present: what
// vanished while nobody looked detaches, and is no deletion. For this the whole folder is read once.
func takeUp(ctx context.Context, tx bun.Tx, c Connection) error {
	_, err := tx.NewUpdate().Model((*Link)(nil)).Set("quiet_vtiger = NULL, quiet_outlook = NULL").
		Set("state = CASE WHEN state = ? THEN ? ELSE state END, state_at = now()", reconcile.Active, reconcile.OutOfScope).
		Where("connection_id = ? AND epoch = ? AND state <> ?", c.ID, c.Epoch, ended).Exec(ctx)
	if err != nil {
		return err
	}
	_, err = tx.NewUpdate().Model((*Feed)(nil)).Set("whole_due = to_timestamp(0)").Where("id = ?", c.Feed(contact.Outlook)).Exec(ctx)
	return err
}
