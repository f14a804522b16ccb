package reconcile

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// removals are n deletions in Outlook, of the links from first on.
func removals(first, n int) Plan {
	var p Plan
	for i := range n {
		l := Link{ID: int64(first + i), VTiger: fmt.Sprintf("v%d", first+i), Outlook: fmt.Sprintf("o%d", first+i)}
		p.Operations = append(p.Operations, deletion(contact.Outlook, l, ann, whyDelete(contact.VTiger)))
	}
	return p
}

// done are removals of the links from first on, so long ago.
func done(first, n int, ago time.Duration, approved bool) []Removal {
	var out []Removal
	for i := range n {
		out = append(out, Removal{Link: int64(first + i), At: noon.Add(-ago), Approved: approved})
	}
	return out
}

func TestGuard(t *testing.T) {
	full := Listing{Records: 5000, Complete: true, Before: 5000}
	for _, row := range []struct {
		what    string
		planned int
		removed []Removal
		active  int
		source  Listing
		why     string
	}{
		{"nothing to remove", 0, done(1, 900, 0, false), 1000, Listing{}, ""},
		{"as many as the count", 250, nil, 5000, full, ""},
		{"one more", 251, nil, 5000, full, "guard-too-many"},
		{"one more with those of the day", 1, done(1001, 250, 24*time.Hour-time.Second, false), 5000, full, "guard-too-many"},
		{"a day ago they count no more", 1, done(1001, 250, 24*time.Hour, false), 5000, full, ""},
		{"approved ones do not count", 1, done(1001, 250, 0, true), 5000, full, ""},
		{"a link counts once", 250, done(1, 250, 0, false), 5000, full, ""},
		{"a quarter of the links", 25, nil, 100, full, ""},
		{"more than a quarter", 26, nil, 100, full, "guard-too-many"},
		{"more than a quarter, but fewer than ten", 9, nil, 9, full, ""},
		{"ten of few", 10, nil, 39, full, "guard-too-many"},
		{"ten of enough", 10, nil, 40, full, ""},
		{"ten where nothing was linked a day ago", 10, nil, 0, full, "guard-too-many"},
		{"the source is empty", 1, nil, 5000, Listing{Complete: true, Before: 1}, "guard-empty"},
		{"the source is empty, as far as was read", 1, nil, 5000, Listing{}, "guard-empty"},
		{"half of the last listing", 1, nil, 5000, Listing{500, true, 1000}, ""},
		{"less than half", 1, nil, 5000, Listing{499, true, 1000}, "guard-halved"},
		{"less than half of an odd number", 1, nil, 5000, Listing{4, true, 9}, "guard-halved"},
		{"less than half, but no complete listing", 1, nil, 5000, Listing{499, false, 1000}, ""},
		{"the first complete listing", 1, nil, 5000, Listing{1, true, 0}, ""},
	} {
		t.Run(row.what, func(t *testing.T) {
			w := Watch{Now: noon, Limits: DefaultLimits(), Removed: row.removed, Active: row.active, Source: row.source}
			plan := removals(1, row.planned)
			got := Guard(plan, map[contact.Side]Watch{contact.Outlook: w}, nil)
			if row.why == "" {
				require.Len(t, got.Operations, row.planned)
				require.Empty(t, got.Holds)
				return
			}
			require.Empty(t, got.Operations)
			require.Len(t, got.Holds, row.planned)
			require.Equal(t, row.why, got.Holds[0].Why.Kind)
			require.Equal(t, plan.Operations[0], *got.Holds[0].Operation)
		})
	}
}

// TestGuardHoldsOneDirection: what is held in Outlook keeps nothing back in vTiger, and no other write.
func TestGuardHoldsOneDirection(t *testing.T) {
	plan := removals(1, 26)
	other := deletion(contact.VTiger, Link{ID: 90, VTiger: "v90", Outlook: "o90"}, ann, whyDelete(contact.Outlook))
	twin := deletion(contact.Outlook, Link{Outlook: "o91"}, ann, whyTwin)
	update := Operation{Side: contact.Outlook, Action: contact.Update, Link: 92, VTiger: "v92", Outlook: "o92"}
	plan.Operations = append(plan.Operations, other, twin, update)
	w := Watch{Now: noon, Limits: DefaultLimits(), Active: 100, Source: Listing{Records: 100}}
	got := Guard(plan, map[contact.Side]Watch{contact.VTiger: w, contact.Outlook: w}, nil)
	require.Equal(t, []Operation{other, twin, update}, got.Operations)
	require.Len(t, got.Holds, 26)
}

// TestGuardAsksOnce: later plans ask the same questions, an approved removal is done and counts no more, and a new one is
// asked for anew.
func TestGuardAsksOnce(t *testing.T) {
	watch := map[contact.Side]Watch{contact.Outlook: {Now: noon, Limits: DefaultLimits(), Active: 100, Source: Listing{Records: 100}}}
	first, again := Guard(removals(1, 30), watch, nil), Guard(removals(1, 31), watch, nil)
	answers := map[string]Answer{}
	for i, h := range first.Holds {
		require.Equal(t, h.Question, again.Holds[i].Question)
		answers[h.Question] = Answer{Verdict: Approve}
	}
	got := Guard(removals(1, 31), watch, answers)
	require.Len(t, got.Operations, 31, "thirty are approved, and one alone is not too many")
	got = Guard(removals(1, 56), watch, answers)
	require.Len(t, got.Operations, 30)
	require.Len(t, got.Holds, 26)
	require.NotContains(t, answers, got.Holds[0].Question)
}

// TestADiscardedRemovalIsNotPlannedAgain: the deletion's link is detached, the scope exit's frozen.
func TestADiscardedRemovalIsNotPlannedAgain(t *testing.T) {
	for state, w := range map[LinkStep]World{Detachal: linked(ann, ann).gone("v1").w, Freeze: linked(ann, ann).outside("v1").w} {
		w.Policy, w.Shapes = Policy{Deletes: on.Deletes, RemoveCopy: removing.RemoveCopy}, planShapes()
		watch := map[contact.Side]Watch{contact.Outlook: {Limits: DefaultLimits()}}
		held := Guard(Make(w), watch, nil)
		require.Len(t, held.Holds, 1)
		w.Answers = map[string]Answer{held.Holds[0].Question: {Verdict: Discard}}
		p := Make(w)
		require.Empty(t, p.Operations)
		require.Len(t, p.Links, 1)
		require.Equal(t, state, p.Links[0].Step)
	}
}

// TestWhatIsHeldStaysHeld: neither a day that passes nor a contact that appears lets a removal go on that nobody approved.
func TestWhatIsHeldStaysHeld(t *testing.T) {
	for _, broken := range []Watch{
		{Now: noon, Limits: DefaultLimits(), Active: 100, Source: Listing{Records: 100}},
		{Now: noon, Limits: DefaultLimits(), Active: 10000},
		{Now: noon, Limits: DefaultLimits(), Active: 10000, Source: Listing{40, true, 100}},
	} {
		first, answers := Guard(removals(1, 30), map[contact.Side]Watch{contact.Outlook: broken}, nil), map[string]Answer{}
		require.Len(t, first.Holds, 30)
		for _, h := range first.Holds {
			answers[h.Question] = Answer{}
		}
		sound := Watch{Now: noon, Limits: DefaultLimits(), Active: 10000, Source: Listing{Records: 10000}}
		got := Guard(removals(1, 31), map[contact.Side]Watch{contact.Outlook: sound}, answers)
		require.Len(t, got.Operations, 1, "the one that was not held")
		require.Len(t, got.Holds, 30)
		answers[first.Holds[0].Question] = Answer{Verdict: Approve}
		got = Guard(removals(1, 31), map[contact.Side]Watch{contact.Outlook: sound}, answers)
		require.Len(t, got.Operations, 2)
		require.True(t, got.Operations[0].Approved)
		require.False(t, got.Operations[1].Approved)
	}
}
