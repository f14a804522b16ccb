package ledger

import (
	"context"
	"slices"

	"github.com/uptrace/bun"
)

// notAllowed is the kind of what ends a run whose user may not sync any more.
const notAllowed = "not-allowed"

const notAllowedSentence = "An administrator no longer allows this user to sync, or the user is inactive in vTiger. Nothing was deleted; once the user is allowed again the next sync goes on where this one stopped."

// Allow decides whether a user may sync; ErrNotFound.
func (l *Ledger) Allow(ctx context.Context, id string, allowed bool) error {
	_, err := l.AllowAll(ctx, []string{id}, allowed)
	return err
}

// AllowAll decides for several users together whether they may sync, and gives those for whom that is new. One who is
// unknown is ErrNotFound, and then nothing changes. Whoever is no longer allowed stops at once: waiting syncs end, and of a
// working one no other batch is begun. Connections, sign-ins and links stay.
func (l *Ledger) AllowAll(ctx context.Context, ids []string, allowed bool) (changed []string, err error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	return changed, l.audited(ctx, "change who may sync", func(ctx context.Context, tx bun.Tx) error {
		changed = nil
		var users []User
		// In the order of the ids, so that two of these wait for each other and do not lock each other out.
		err := tx.NewSelect().Model(&users).Where("id IN (?)", bun.List(ids)).Order("id").For("UPDATE").Scan(ctx)
		if err == nil && len(users) < len(ids) {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		for _, u := range users {
			if u.Allowed != allowed {
				changed = append(changed, u.ID)
			}
		}
		if len(changed) == 0 {
			return nil
		}
		if _, err := tx.NewUpdate().Model((*User)(nil)).Set("allowed = ?", allowed).Where("id IN (?)", bun.List(changed)).Exec(ctx); err != nil || allowed {
			return err
		}
		_, err = stopRuns(tx).Where("connection_id IN (SELECT c.id FROM connections c WHERE c.user_id IN (?))", bun.List(changed)).Exec(ctx)
		return err
	})
}

// stopRuns ends the runs of users who may not sync.
func stopRuns(db bun.IDB) *bun.UpdateQuery {
	return endRuns(db, RunCancelled, notAllowed, notAllowedSentence).Where("state IN (?, ?)", Queued, Running)
}

// stopped ends the open runs of a connection whose user may not sync, and tells whether that is so. A run can be asked for
// in the moment in which the leave is taken.
func stopped(ctx context.Context, tx bun.Tx, connectionID string) (bool, error) {
	allowed, err := mayBegin(ctx, tx, connectionID)
	if err != nil || allowed {
		return false, err
	}
	_, err = stopRuns(tx).Where("connection_id = ?", connectionID).Exec(ctx)
	return true, err
}

// mayBegin tells whether a connection's user may sync.
func mayBegin(ctx context.Context, db bun.IDB, connectionID string) (bool, error) {
	return db.NewSelect().Model((*Connection)(nil)).Join("JOIN users u ON u.id = c.user_id").
		Where("c.id = ? AND u.allowed AND u.active", connectionID).Exists(ctx)
}
