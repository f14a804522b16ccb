package ledger

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// ErrHeld says that somebody else holds the lease.
var ErrHeld = errors.New("somebody else holds the lease")

// Lease is a right that one holder has until it expires. Every taking raises the fence, so that a holder who slept past
// the end is told from the one who came after.
type Lease struct {
	bun.BaseModel `bun:"table:leases"`

	Name    string    `bun:"name,pk"`
	Owner   string    `bun:"owner"`
	Fence   int64     `bun:"fence"`
	Expires time.Time `bun:"expires_at"` // the database's clock
	Kept    []byte    `bun:"kept"`       // what the last holder left for the next one, sealed
}

// TakeLease takes any one of the named leases, those with something kept first; ErrHeld when all are taken. Waiting is the
// caller's: no connection to the database is held.
func (l *Ledger) TakeLease(ctx context.Context, ttl time.Duration, names ...string) (Lease, error) {
	const doing = "take a lease"
	rows := make([]Lease, len(names))
	for i, name := range slices.Sorted(slices.Values(names)) {
		rows[i] = Lease{Name: name, Expires: time.Unix(0, 0)}
	}
	var lease Lease
	err := l.free(ctx, &lease, ttl, names)
	if !errors.Is(err, sql.ErrNoRows) {
		return lease, wrap(doing, err)
	}
	if _, err := l.db.NewInsert().Model(&rows).On("CONFLICT (name) DO NOTHING").Exec(ctx); err != nil {
		return lease, wrap(doing, err)
	}
	err = l.free(ctx, &lease, ttl, names)
	if errors.Is(err, sql.ErrNoRows) {
		return lease, ErrHeld
	}
	return lease, wrap(doing, err)
}

// takeTime bounds the taking of a lease, which is not broken off with its caller.
const takeTime = 10 * time.Second

// free takes a lease whose time is over. A statement that is broken off may take effect all the same, and the lease would
// then be nobody's until it expires: so it is waited for, and what a caller who left has taken is given back.
func (l *Ledger) free(ctx context.Context, lease *Lease, ttl time.Duration, names []string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), takeTime)
	defer cancel()
	if err := l.freed(whole, lease, ttl, names); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return errors.Join(err, l.GiveLease(whole, *lease))
	}
	return nil
}

func (l *Ledger) freed(ctx context.Context, lease *Lease, ttl time.Duration, names []string) error {
	one := l.db.NewSelect().Model((*Lease)(nil)).Column("name").Where("name IN (?) AND expires_at <= now()", bun.List(names)).
		OrderExpr("kept IS NULL, expires_at DESC").Limit(1).For("UPDATE SKIP LOCKED")
	return l.db.NewUpdate().Model(lease).Set("owner = ?, fence = fence + 1", uuid.NewString()).
		Set("expires_at = now() + ? * interval '1 millisecond'", ttl.Milliseconds()).
		Where("name = (?)", one).Returning("*").Scan(ctx)
}

// RenewLease lengthens a lease; ErrMoved when it was lost.
func (l *Ledger) RenewLease(ctx context.Context, lease Lease, ttl time.Duration) error {
	res, err := l.db.NewUpdate().Model((*Lease)(nil)).Set("expires_at = now() + ? * interval '1 millisecond'", ttl.Milliseconds()).
		Where("name = ? AND fence = ? AND expires_at > now()", lease.Name, lease.Fence).Exec(ctx)
	return wrap("renew a lease", one(res, err, ErrMoved))
}

// GiveLease ends a lease and leaves lease.Kept for the next holder; one that was lost meanwhile is not touched.
func (l *Ledger) GiveLease(ctx context.Context, lease Lease) error {
	_, err := l.db.NewUpdate().Model((*Lease)(nil)).Set("expires_at = now(), kept = ?", lease.Kept).
		Where("name = ? AND fence = ?", lease.Name, lease.Fence).Exec(ctx)
	return wrap("give a lease back", err)
}

// HoldLease takes a lease and renews it until release is called. The returned context ends with ErrHeld as its cause when
// the lease is lost: whoever works under it must stop.
func (l *Ledger) HoldLease(ctx context.Context, ttl time.Duration, name string) (held context.Context, lease Lease, release func(), err error) {
	if lease, err = l.TakeLease(ctx, ttl, name); err != nil {
		return ctx, lease, nil, err
	}
	held, lost := context.WithCancelCause(ctx)
	go l.keep(held, lost, lease, ttl)
	return held, lease, func() {
		lost(context.Canceled)
		// A lease that cannot be given back expires by itself.
		_ = l.GiveLease(context.WithoutCancel(ctx), lease)
	}, nil
}

// keep renews a lease three times in its life and gives up when it was lost or could not be renewed in time.
func (l *Ledger) keep(ctx context.Context, lost context.CancelCauseFunc, lease Lease, ttl time.Duration) {
	tick := time.NewTicker(ttl / 3)
	defer tick.Stop()
	renewed := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		began := time.Now()
		switch err := l.RenewLease(ctx, lease, ttl); {
		case err == nil:
			renewed = began
		case errors.Is(err, ErrMoved) || time.Since(renewed) > ttl*2/3:
			lost(ErrHeld)
			return
		}
	}
}
