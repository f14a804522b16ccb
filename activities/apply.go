package activities

import (
	"cmp"
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/activity"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// Applied says how far one Apply came.
type Applied struct {
	Sent    int           // operations sent by this call
	Left    bool          // more may be sent at once
	Unclear int           // operations whose answer never came; looked up again after Wait
	Wait    time.Duration // how long to wait before the next call
	Replan  bool          // something changed since the plan: observe and plan again
	Ended   bool          `json:",omitempty"` // the run was ended meanwhile, and nothing more is sent
	Line    string        // how far the run came, for the operator
}

// How much one Apply does before it gives way. Of a side that takes one contact in two seconds it still sends so many that
// the workflow's history stays short.
const (
	applyMost = 200
	applyFor  = 5 * time.Minute
)

// sendLease is how long the requests of a batch may begin after it was announced: the last one ends half a minute later, well
// before Settle lets anybody repeat an insert.
const sendLease = 60 * time.Second

// lookAgain is the shortest, and rarely the longest that an unclear operation waits between two look-ups: a quarter of its
// age, so that an answer that comes soon is seen soon, and one that never comes costs few look-ups.
const lookAgain, rarely = time.Second, 20 * time.Second

// nextLook is when the youngest of the unclear operations is looked up again.
func nextLook(unclear []ledger.Operation, now time.Time) time.Duration {
	wait := rarely
	for _, op := range unclear {
		if op.SentAt != nil {
			wait = min(wait, now.Sub(*op.SentAt)/4)
		}
	}
	return max(wait, lookAgain)
}

// Apply sends the run's planned operations in batches: each announced in one transaction and settled in one.
func (a *Activities) Apply(ctx context.Context, runID string) (Applied, error) {
	defer beating(ctx)()
	applied, err := a.apply(ctx, runID)
	if err == nil && !applied.Ended {
		err = a.tell(ctx, runID, &applied)
	}
	return applied, translate(ctx, a.delayed(ctx, runID, err))
}

func (a *Activities) apply(ctx context.Context, runID string) (Applied, error) {
	var out Applied
	ctx, err := a.Ledger.EnterRun(ctx, runID)
	if err != nil {
		return out, err
	}
	run, c, books, err := a.open(ctx, runID)
	if errors.Is(err, errEnded) || run.Preview {
		return Applied{Ended: !run.Preview}, nil
	}
	if err != nil {
		return out, err
	}
	if run.Scheduled {
		ctx = ledger.Patient(ctx)
	}
	if run.Phase != "applying" { // else it still says why it was delayed
		if err := a.Ledger.SetPhase(ctx, runID, "applying"); err != nil {
			return out, err
		}
	}
	discarded, err := a.settleUnclear(ctx, c, books)
	if err != nil {
		return out, err
	}
	out.Replan = discarded > 0
	for began := time.Now(); ; {
		n, discarded, wait, err := a.batch(ctx, c, run, books)
		out.Sent += n
		out.Replan = out.Replan || discarded > 0
		if err != nil {
			return out, err
		}
		if wait > 0 {
			out.Left, out.Wait = true, wait
			return out, a.Ledger.SetPhase(ctx, runID, "applying")
		}
		if n == 0 && discarded == 0 {
			break
		}
		if out.Sent >= applyMost || time.Since(began) > applyFor || stopping(ctx) {
			out.Left = true
			return out, a.Ledger.SetPhase(ctx, runID, "applying")
		}
	}
	unclear, err := a.Ledger.Unsettled(ctx, c)
	if err != nil {
		return out, err
	}
	if out.Unclear = len(unclear); out.Unclear > 0 {
		out.Wait = nextLook(unclear, time.Now())
	}
	return out, a.Ledger.SetPhase(ctx, runID, "applying")
}

// stopping tells whether this worker is to end: what is settled is settled, and another worker goes on.
func stopping(ctx context.Context) bool {
	select {
	case <-activity.GetWorkerStopChannel(ctx):
		return true
	default:
		return false
	}
}

// batch announces, sends and settles the next operations of one side.
func (a *Activities) batch(ctx context.Context, c ledger.Connection, run ledger.Run, books map[contact.Side]contact.Book) (n, discarded int, wait time.Duration, err error) {
	sent, err := a.Ledger.Sent(ctx, run.ID)
	if err != nil {
		return 0, 0, 0, err
	}
	most := func(side contact.Side) int {
		if run.Batch == 0 {
			return books[side].Batch()
		}
		return min(books[side].Batch(), run.Batch-sent)
	}
	ends := time.Now().Add(cmp.Or(a.Lease, sendLease))
	announced, discarded, err := a.Ledger.Announce(ctx, c, run.ID, most)
	if err != nil || len(announced) == 0 {
		return 0, discarded, 0, err
	}
	writes := make([]contact.Write, len(announced))
	for i, x := range announced {
		writes[i] = write(c, x)
	}
	// Whoever is paused here and comes back too late begins no further request. Nobody repeats an insert before that: Settle
	// is longer.
	sending, cancel := context.WithDeadline(ctx, ends)
	defer cancel()
	answers, err := books[announced[0].Operation.Side].Write(sending, writes)
	if err != nil {
		// Our own pace is no failure of Graph: the run waits, and uses up no attempt of its activity.
		if err = a.unsend(ctx, c, announced, err); ownPace(announced[0].Operation.Side, err) {
			return 0, discarded, contact.RetryAfter(err), nil
		}
		return 0, discarded, 0, err
	}
	duplicates, err := a.duplicates(context.WithoutCancel(ctx), c, announced, answers)
	if err != nil {
		return 0, discarded, 0, err
	}
	list, postponed := a.settlements(c, announced, answers, duplicates)
	discarded += toPlanAgain(list)
	// What was sent must be settled even when we are asked to stop.
	if err := a.Ledger.Settle(context.WithoutCancel(ctx), c, list); err != nil {
		return 0, discarded, 0, err
	}
	if postponed != nil && !anySettled(answers) {
		return 0, discarded, 0, postponed
	}
	if postponed != nil {
		wait = max(contact.RetryAfter(postponed), lookAgain)
	}
	return len(announced), discarded, wait, nil
}

// ownPace tells whether nothing was sent because the mailbox must not be asked yet.
func ownPace(side contact.Side, err error) bool {
	var e *contact.Error
	return side == contact.Outlook && errors.As(err, &e) && e.Kind == contact.Throttled && e.Refused
}

// write spells an announced operation for its side. What is inserted into vTiger is the connection's user's, and only what
// is theirs is deleted there; an update leaves the owner as it is.
func write(c ledger.Connection, x ledger.Announced) contact.Write {
	w := contact.Write{
		Action: x.Operation.Action, ID: x.Operation.Of(x.Operation.Side), Values: x.Operation.Native,
		Before: x.Target.Contact(), Stamp: x.Operation.Stamp,
	}
	if x.Operation.Side == contact.VTiger {
		w.Owner, w.Scope = c.UserID, c.Owns
	}
	if x.Operation.Action == contact.Update {
		w.Owner = x.Target.Owner // as planned on, when it was of the scope
	}
	return w
}

// unsend takes an announcement back: nothing of it was begun.
func (a *Activities) unsend(ctx context.Context, c ledger.Connection, announced []ledger.Announced, cause error) error {
	list := make([]ledger.Settlement, len(announced))
	for i, x := range announced {
		list[i] = ledger.Settlement{Operation: x.Operation, Outcome: ledger.Planned, Unsent: true}
	}
	if err := a.Ledger.Settle(context.WithoutCancel(ctx), c, list); err != nil {
		return err
	}
	return cause
}

// settlements translates a side's answers; duplicates are settled already. Unclear ones stay announced. postponed is why
// some were not performed.
func (a *Activities) settlements(c ledger.Connection, announced []ledger.Announced, answers []contact.Written, duplicates map[int64]ledger.Settlement) (list []ledger.Settlement, postponed error) {
	for i, x := range announced {
		if s, is := duplicates[x.Operation.ID]; is {
			list = append(list, s)
			continue
		}
		answer := answers[i]
		s := ledger.Settlement{Operation: x.Operation}
		switch answer.Outcome {
		case contact.Done:
			s.Outcome, s.Record = ledger.Done, answer.Record
			s.Base = baseOf(c, x.Operation, answer.Record.Values, x.Source.Values)
			s.Sentence, s.Kind = kept(c, x.Operation, answer.Record.Values), x.Operation.ReasonKind
		case contact.Stale, contact.Gone:
			s.Outcome, s.Kind, s.Sentence = ledger.Discarded, "changed-since", "The contact changed or vanished on that side since it was planned; it is planned again."
			// Outlook's feed does not tell of every change that gives a contact another version.
			s.Suspect = answer.Outcome == contact.Gone || x.Operation.Side == contact.Outlook
		case contact.Postponed:
			s.Outcome, s.Unsent, postponed = ledger.Planned, true, answer.Err
		case contact.Refused:
			s.Outcome, s.Kind, s.Sentence = ledger.Failed, string(contact.KindOf(answer.Err)), contact.SentenceOf(answer.Err)
		default:
			continue
		}
		list = append(list, s)
	}
	return list, postponed
}

// toPlanAgain counts the settlements that leave something to another plan of the same run.
func toPlanAgain(list []ledger.Settlement) (n int) {
	for _, s := range list {
		if s.Outcome == ledger.Discarded || s.Adopt {
			n++
		}
	}
	return n
}

// anySettled tells whether a batch got anywhere.
func anySettled(answers []contact.Written) bool {
	for _, w := range answers {
		if w.Outcome != contact.Postponed {
			return true
		}
	}
	return false
}

// base gives the faces that enter the base when the target shows values now, and the source what it was planned on.
func base(c ledger.Connection, op ledger.Operation, target, source map[string]string) reconcile.Base {
	m := c.Settings.Mapping
	v, o := m.Read(op.Side, target), m.Read(op.Side.Other(), source)
	if op.Side == contact.Outlook {
		v, o = o, v
	}
	return reconcile.Settle(c.Shapes(), op.Reconcile(), v, o)
}
