package vtiger

import (
	"context"
	"errors"
	"time"

	"contactbridge/internal/contact"
)

// patience is how long a caller is kept waiting for the end of a pause that vTiger asked for; a longer one is told at once.
const patience = 3 * time.Second

// errSlotOver says that too little is left of a slot's time: a request begun now could outlive the right to send it.
var errSlotOver = errors.New("too little time is left in this session")

// turn is a taken slot. It belongs to one goroutine until it is given.
type turn struct {
	*Client
	slot    Slot
	session *session // nil: log in first
	kept    []byte   // what the next holder of the slot gets
	rest    time.Duration
	pause   time.Duration

	abandoned <-chan reply // the answer of a request whose caller went away before it came
}

// reply is how one exchange ended.
type reply struct {
	answer answer
	err    error
}

// take waits for a slot.
func (c *Client) take(ctx context.Context, doing string) (*turn, error) {
	for {
		slot, err := c.slots(ctx)
		if ctx.Err() != nil && err != nil {
			err = ctx.Err()
		}
		switch {
		case err != nil:
			return nil, noSlot(doing, err)
		case slot.Wait <= 0:
			t := &turn{Client: c, slot: slot, kept: slot.Kept, session: c.resume(slot.Kept)}
			if t.session != nil {
				c.note(t.session)
			}
			return t, nil
		case slot.Wait > patience:
			return nil, slowDown(doing, slot.Wait)
		}
		if err := sleep(ctx, slot.Wait); err != nil {
			return nil, noSlot(doing, err)
		}
	}
}

// noSlot is the error of a wait for a slot that came to nothing. What the slots themselves say to a person is kept.
func noSlot(doing string, err error) error {
	e := &contact.Error{
		Kind: contact.Unavailable, Doing: doing, Refused: true, Err: err,
		Sentence: "All sessions with vTiger are busy; try again in a moment.",
	}
	var cause *contact.Error
	if errors.As(err, &cause) && cause.Sentence != "" {
		e.Sentence, e.Code = cause.Sentence, cause.Code
	}
	return e
}

// exchange sends one question. vTiger goes on with a request whose client hung up, and its session stays locked; so when
// the caller goes away, the request goes on too, and the slot is given when its answer is there.
func (t *turn) exchange(ctx context.Context, q question) (answer, error) {
	err := ctx.Err()
	if err == nil && time.Until(t.slot.Ends) < t.timeout {
		err = errSlotOver
	}
	if err != nil {
		return answer{}, &contact.Error{Kind: contact.Unavailable, Doing: q.doing, Refused: true, Err: err}
	}
	done := make(chan reply, 1)
	go func() {
		a, err := t.Client.exchange(context.WithoutCancel(ctx), q)
		done <- reply{a, err}
	}()
	select {
	case r := <-done:
		t.heed(r.err)
		return r.answer, r.err
	case <-ctx.Done():
		t.abandoned = done
		return answer{}, unreachable(q.doing, ctx.Err(), false)
	}
}

// heed notes what an error means for the slot. A request that got no answer in time may keep its session busy: it rests
// for as long again, else the next request would stand in PHP's queue for it.
func (t *turn) heed(err error) {
	var e *contact.Error
	if !errors.As(err, &e) {
		return
	}
	if e.Kind == contact.Throttled {
		t.pause = e.RetryAfter
	}
	if !e.Refused && errors.Is(err, context.DeadlineExceeded) {
		t.rest = t.timeout
	}
}

// give ends the turn.
func (t *turn) give() {
	if t.abandoned == nil {
		t.slot.Give(t.kept, t.rest, t.pause)
		return
	}
	t.unanswered.Go(func() {
		t.heed((<-t.abandoned).err)
		t.slot.Give(t.kept, t.rest, t.pause)
	})
}

// sleep waits, or fails when ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
