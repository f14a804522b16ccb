package vtiger

import (
	"context"
	"sync"
	"time"
)

// slotLife is how long a slot of this process is held at most. It outlives a login and a request after it.
const slotLife = 90 * time.Second

// Sessions is how many sessions of the integration account are used at once unless something else is set: beyond four,
// vTiger's own speed no longer grows.
const Sessions = 4

// Slot is the right to use one of the few sessions of the integration account, alone and for a short while.
type Slot struct {
	// Wait says, when positive, that vTiger asked everybody to pause for so long. Nothing was taken then, and all else is empty.
	Wait time.Duration
	Ends time.Time // by this process' monotonic clock; no request may last longer
	Kept []byte    // what the last holder left, as Give got it; a secret; empty when there is no session yet
	// Give ends the right. It is called once, may be called late or from another goroutine, and does not wait long.
	Give func(kept []byte, rest, pause time.Duration)
}

// Slots takes a slot that is free. It waits for one until ctx ends, and fails then.
//
// Of what Give gets, kept goes to the next holder; rest is for how long nobody may have the slot, because vTiger may still
// be at work in its session; pause is for how long vTiger wants to hear nothing from anybody, zero when it did not say so.
type Slots func(ctx context.Context) (Slot, error)

// LocalSlots gives n slots for the clients of this process alone.
func LocalSlots(n int) Slots {
	l := &localSlots{free: make(chan struct{}, max(1, n))}
	return l.take
}

type localSlots struct {
	free  chan struct{} // holds one token for each slot that is taken
	mu    sync.Mutex    // guards what follows
	kept  [][]byte      // of free slots, the latest last: so that few sessions are used while there is little to do
	pause time.Time     // until when vTiger wants to hear nothing
}

func (l *localSlots) take(ctx context.Context) (Slot, error) {
	select {
	case l.free <- struct{}{}:
	case <-ctx.Done():
		return Slot{}, ctx.Err()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if wait := time.Until(l.pause); wait > 0 {
		<-l.free
		return Slot{Wait: wait}, nil
	}
	s := Slot{Ends: time.Now().Add(slotLife), Give: l.give}
	if n := len(l.kept); n > 0 {
		s.Kept, l.kept = l.kept[n-1], l.kept[:n-1]
	}
	return s, nil
}

func (l *localSlots) give(kept []byte, rest, pause time.Duration) {
	if pause > 0 {
		l.mu.Lock()
		l.pause = time.Now().Add(pause)
		l.mu.Unlock()
	}
	if rest > 0 {
		time.AfterFunc(rest, func() { l.release(kept) })
		return
	}
	l.release(kept)
}

// release frees one slot.
func (l *localSlots) release(kept []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(kept) > 0 {
		l.kept = append(l.kept, kept)
	}
	<-l.free
}
