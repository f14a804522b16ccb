package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
)

// slotLife is how long a slot stays with a holder who died. It outlives a request's time-out of 30 seconds threefold.
const slotLife = 90 * time.Second

// slotPoll is the mean wait between two looks for a free slot.
const slotPoll = 40 * time.Millisecond

// statement bounds one statement about a lease. It does not end with the caller, for a lease that was taken and not told
// of would be lost until it expires.
const statement = 10 * time.Second

// Slot is the right to use one of the few vTiger sessions that all processes share.
type Slot struct {
	Wait time.Duration // when positive: vTiger asked all to pause for so long, and nothing was taken
	Ends time.Time     // of the right, by this process' monotonic clock
	Kept []byte        // what the last holder left, opened
	// Give ends the right. kept is sealed for the next holder; rest is for how long nobody gets the slot; pause is for how
	// long all are to pause. What cannot be written is lost: the slot then expires by itself.
	Give func(kept []byte, rest, pause time.Duration)
}

// slots are the leases of one account's sessions.
type slots struct {
	ledger *Ledger
	names  []string
	pause  string // the row that expires when the pause ends
	urgent string // the row that expires when nobody in a hurry waits
	made   atomic.Bool
	// look holds a token while somebody looks for a slot: of all who wait in this process one of those in a hurry asks the
	// database, and one of the patient, and they come to their turn in order.
	look map[bool]chan struct{} // by patience
}

// VTigerSlots gives a function that takes one of n slots of an account, those with a session in them first. It waits
// without holding a database connection, until ctx ends. Two small statements are spent on a slot: one to take it, in
// which the pause is looked up, and one to give it.
func (l *Ledger) VTigerSlots(address, username string, n int) func(ctx context.Context) (Slot, error) {
	s := &slots{ledger: l, pause: "vtiger-pause/" + account(address, ""), look: map[bool]chan struct{}{
		true: make(chan struct{}, 1), false: make(chan struct{}, 1),
	}}
	s.urgent = "vtiger-urgent/" + account(address, username)
	for i := range n {
		s.names = append(s.names, "vtiger-session/"+account(address, username)+"/"+strconv.Itoa(i+1))
	}
	return s.take
}

func (s *slots) take(ctx context.Context) (Slot, error) {
	const doing = "take a vTiger session"
	patient, first := isPatient(ctx), time.Now()
	look := s.look[patient]
	select {
	case look <- struct{}{}:
		defer func() { <-look }()
	case <-ctx.Done():
		return Slot{}, tired(ctx, doing)
	}
	for {
		began := time.Now()
		lease, wait, err := s.free(ctx, patient && time.Since(first) < patience)
		switch {
		case err != nil:
			return Slot{}, wrap(doing, err)
		case wait > 0:
			return Slot{Wait: wait}, nil
		case lease.Name != "":
			return s.slot(lease, began), nil
		}
		if !patient {
			if err := s.hurry(ctx); err != nil {
				return Slot{}, wrap(doing, err)
			}
		}
		if err := s.ledger.poll(ctx, doing); err != nil {
			return Slot{}, err
		}
	}
}

// poll waits a moment before the next look.
func (l *Ledger) poll(ctx context.Context, doing string) error {
	select {
	case <-time.After(slotPoll/2 + rand.N(slotPoll)):
		return nil
	case <-ctx.Done():
		return tired(ctx, doing)
	}
}

// tired is the error of a wait that ended with its context.
func tired(ctx context.Context, doing string) error {
	return &contact.Error{Kind: contact.Unavailable, Doing: doing, Refused: true, Err: ctx.Err()}
}

// free takes a free slot, unless all are to pause, or the taker steps back for somebody in a hurry. A lease without a name
// says that none is free.
func (s *slots) free(ctx context.Context, stepsBack bool) (lease Lease, wait time.Duration, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), statement)
	defer cancel()
	if !s.made.Load() {
		rows := make([]Lease, 0, len(s.names)+2)
		for _, name := range append([]string{s.pause, s.urgent}, s.names...) {
			rows = append(rows, Lease{Name: name, Expires: time.Unix(0, 0)})
		}
		if _, err := s.ledger.db.NewInsert().Model(&rows).On("CONFLICT (name) DO NOTHING").Exec(ctx); err != nil {
			return lease, 0, err
		}
		s.made.Store(true)
	}
	var millis float64
	var name sql.NullString
	var fence sql.NullInt64
	var kept []byte
	err = s.ledger.db.QueryRowContext(ctx, `
		WITH paused AS (
			SELECT extract(epoch FROM expires_at - now()) * 1000 AS millis FROM leases WHERE name = ? AND expires_at > now()
		), one AS (
			SELECT name FROM leases WHERE name IN (?) AND expires_at <= now() AND NOT EXISTS (SELECT FROM paused)
				AND NOT (? AND EXISTS (SELECT FROM leases u WHERE u.name = ? AND u.expires_at > now()))
			ORDER BY kept IS NULL, expires_at DESC LIMIT 1 FOR UPDATE SKIP LOCKED
		), taken AS (
			UPDATE leases SET owner = ?, fence = fence + 1, expires_at = now() + ? * interval '1 millisecond'
			FROM one WHERE leases.name = one.name RETURNING leases.name, fence, kept
		)
		SELECT coalesce((SELECT millis FROM paused), 0), name, fence, kept FROM (SELECT) AS always LEFT JOIN taken ON true`,
		s.pause, bun.List(s.names), stepsBack, s.urgent, uuid.NewString(), slotLife.Milliseconds()).Scan(&millis, &name, &fence, &kept)
	return Lease{Name: name.String, Fence: fence.Int64, Kept: kept}, time.Duration(millis * float64(time.Millisecond)), err
}

// slot opens what was kept. What this keyset cannot open is as good as nothing: its holder logs in.
func (s *slots) slot(lease Lease, began time.Time) Slot {
	slot := Slot{Ends: began.Add(slotLife)}
	if len(lease.Kept) > 0 {
		if kept, err := s.ledger.seal.open(lease.Name, lease.Kept); err == nil {
			slot.Kept = kept
		}
	}
	slot.Give = func(kept []byte, rest, pause time.Duration) { s.give(lease, slot.Kept, kept, rest, pause) }
	return slot
}

// give ends a lease after its rest and begins a pause. A slot whose pause could not be noted rests as long itself.
func (s *slots) give(lease Lease, before, after []byte, rest, pause time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), statement)
	defer cancel()
	if pause > 0 && s.ledger.pauseLease(ctx, s.pause, pause) != nil {
		rest = max(rest, pause)
	}
	s.seal(&lease, before, after)
	_, _ = s.ledger.db.NewUpdate().Model((*Lease)(nil)).Set("kept = ?", lease.Kept).
		Set("expires_at = now() + ? * interval '1 millisecond'", rest.Milliseconds()).
		Where("name = ? AND fence = ?", lease.Name, lease.Fence).Exec(ctx)
}

// seal puts what is to be kept into the lease; what did not change stays as it was sealed. Nothing, and what cannot be
// sealed, leaves the slot empty.
func (s *slots) seal(lease *Lease, before, after []byte) {
	if len(after) > 0 && bytes.Equal(before, after) {
		return
	}
	lease.Kept = nil
	if len(after) == 0 {
		return
	}
	if sealed, err := s.ledger.seal.close(lease.Name, after); err == nil {
		lease.Kept = sealed
	}
}

// pauseLease lets nobody take what depends on the row for a while; a longer pause that is there already stays.
func (l *Ledger) pauseLease(ctx context.Context, name string, pause time.Duration) error {
	_, err := l.db.NewUpdate().Model((*Lease)(nil)).
		Set("expires_at = greatest(expires_at, now() + ? * interval '1 millisecond')", pause.Milliseconds()).
		Where("name = ?", name).Exec(ctx)
	return wrap("note a pause", err)
}
