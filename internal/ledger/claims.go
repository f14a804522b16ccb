package ledger

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
)

// claimLife is how long an insert without any answer keeps its addresses to itself: one that was sent to a mailbox that is
// no longer chosen is looked up by nobody.
const claimLife = time.Hour

// claim gives an insert into vTiger its addresses. Not mine: another insert of one of them is at work, or what the whole
// vTiger said of them when this one was planned is no longer all that is known. One that was announced and not sent, and
// waits again or was dropped since, is not at work.
func claim(ctx context.Context, tx bun.Tx, c Connection, op Operation) (mine bool, err error) {
	if len(op.Claims) == 0 {
		return true, nil
	}
	addresses, feed := slices.Sorted(slices.Values(op.Claims)), c.Feed(contact.VTiger)
	known, err := tx.NewSelect().Model((*instanceAnswer)(nil)).
		Where("a.feed = ? AND a.address = ANY(?) AND a.asked_at <= ?", feed, pgArray(addresses), op.CreatedAt).Count(ctx)
	if err != nil || int(known) < len(addresses) {
		return false, err
	}
	res, err := tx.NewRaw(`INSERT INTO claims AS k (feed, address, operation_id) SELECT ?, x, ? FROM unnest(?::text[]) x
		ON CONFLICT (feed, address) DO UPDATE SET operation_id = EXCLUDED.operation_id, claimed_at = now()
		WHERE k.operation_id = EXCLUDED.operation_id OR k.claimed_at < now() - ? * interval '1 second'
			OR NOT EXISTS (SELECT FROM operations o WHERE o.id = k.operation_id AND o.outcome = ?)`,
		feed, op.ID, pgArray(addresses), claimLife.Seconds(), Unclear).Exec(ctx)
	if err != nil {
		return false, err
	}
	claimed, err := res.RowsAffected()
	return int(claimed) == len(addresses), err
}

// release gives the addresses of a settled operation free. Whoever was told before that nobody has them must ask again, so
// what was known of those that it brought into vTiger is forgotten.
func release(ctx context.Context, tx bun.Tx, c Connection, op Operation) error {
	if len(op.Claims) == 0 {
		return nil
	}
	if _, err := tx.NewRaw("DELETE FROM claims WHERE operation_id = ?", op.ID).Exec(ctx); err != nil {
		return err
	}
	_, err := tx.NewDelete().Model((*instanceAnswer)(nil)).
		Where("feed = ? AND address = ANY(?)", c.Feed(contact.VTiger), pgArray(op.Claims)).Exec(ctx)
	return err
}
