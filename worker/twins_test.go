package worker_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/activities"
	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/vtigersim"
	"contactbridge/internal/vtiger"
)

// hangingUp is a transport that gives up the first create as soon as vTiger stalls it.
type hangingUp struct {
	vtiger *vtigersim.Server
	done   atomic.Bool
}

func (h *hangingUp) RoundTrip(q *http.Request) (*http.Response, error) {
	if !asksFor(q, "create") || h.done.Swap(true) {
		return http.DefaultTransport.RoundTrip(q)
	}
	ctx, hangUp := context.WithCancel(q.Context())
	go func() {
		defer hangUp()
		_ = h.vtiger.Await(ctx, func(n vtigersim.Counts) bool { return n["create.stalled"] > 0 })
	}()
	return http.DefaultTransport.RoundTrip(q.WithContext(ctx))
}

// asksFor reads the operation out of a form.
func asksFor(q *http.Request, operation string) bool {
	if q.GetBody == nil {
		return false
	}
	body, err := q.GetBody()
	if err != nil {
		return false
	}
	form, err := io.ReadAll(body)
	return err == nil && strings.Contains(string(form), "operation="+operation)
}

// impatient hangs up during the first create, and looks an insert up for a second before it sends it again.
func (r *rig) impatient() *activities.Activities {
	a := r.acts(time.Second)
	a.VTiger = fixed(vtiger.Dial(r.integration(), vtiger.WithTransport(&hangingUp{vtiger: r.vtiger})))
	return a
}

// carriedOut waits until vTiger has carried out so many creates.
func (r *rig) carriedOut(n int) {
	require.NoError(r.t, r.vtiger.Await(r.t.Context(), func(c vtigersim.Counts) bool { return c["create"] >= n }))
}

// lines gives the log of a run by its reasons' kinds, oldest first.
func (r *rig) lines(run ledger.Run) (kinds []string) {
	lines, err := r.ledger.Log(r.t.Context(), ledger.LogFilter{RunID: run.ID, Limit: 100})
	require.NoError(r.t, err)
	for _, l := range lines {
		require.NotEmpty(r.t, l.Reason)
		kinds = append([]string{l.ReasonKind}, kinds...)
	}
	return kinds
}

// people puts three contacts into Outlook, of which vTiger knows none.
func (r *rig) people() {
	for _, n := range []string{"Ada", "Bea", "Cora"} {
		r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{
			"givenName": n, "surname": "Twin", "emailAddresses": mailsOf(n + "@twin.example"),
		})
	}
}

// twinned is a first sync of which one create was given up and carried out after the one that was sent in its stead.
func twinned(t *testing.T, change func(*ledger.Settings)) *rig {
	r := newStage(t, nil, change)
	r.work(r.impatient())
	r.people()
	release := r.vtiger.Stall("create", 1)
	r.sync("one")
	require.Len(t, r.vtiger.Contacts(), 3)
	release()
	r.carriedOut(4)
	require.Len(t, r.vtiger.Contacts(), 4)
	return r
}

// twins gives the contact that was made last, which no link holds, and the one with the same stamp, which a link holds.
func (r *rig) twins() (held, twin map[string]string) {
	list := r.vtiger.Contacts()
	twin = list[len(list)-1]
	for _, c := range list[:len(list)-1] {
		if c["source"] == twin["source"] {
			held = c
		}
	}
	require.NotNil(r.t, held)
	return held, twin
}

// lives tells whether vTiger holds a contact outside its recycle bin.
func (r *rig) lives(c map[string]string) bool {
	return slices.ContainsFunc(r.vtiger.Contacts(), func(other map[string]string) bool { return other["id"] == c["id"] })
}

// settled demands that both sides hold the same n contacts and that another run writes and logs nothing.
func (r *rig) settled(n int) {
	require.Len(r.t, r.vtiger.Contacts(), n)
	require.Len(r.t, r.microsoft.Contacts(r.user.Mailbox, ""), n)
	r.equal()
	before := r.writes()
	require.Empty(r.t, r.counts(r.sync("and nothing more")))
	require.Equal(r.t, before, r.writes())
}

// A create that is carried out after the one that was sent again leaves a twin, which the next run deletes, also where
// deletions are switched off: it is ours.
func TestALateTwinIsDeleted(t *testing.T) {
	t.Parallel()
	r := twinned(t, func(s *ledger.Settings) { s.DeleteInVTiger, s.DeleteInOutlook = false, false })
	held, twin := r.twins()
	second := r.sync("two")
	require.Equal(t, map[string]int{"delete vtiger done": 1}, r.counts(second))
	require.Equal(t, []string{"twin"}, r.lines(second))
	require.False(t, r.lives(twin))
	require.True(t, r.lives(held))
	r.settled(3)
}

// So does one that is carried out before either answer was looked up.
func TestTwinsAtTheLookUpBecomeOne(t *testing.T) {
	t.Parallel()
	for _, edited := range []bool{false, true} {
		t.Run(map[bool]string{false: "untouched", true: "one edited"}[edited], func(t *testing.T) {
			r := newStage(t, nil, nil)
			s := newSteps(r, time.Minute)
			s.a.VTiger = r.impatient().VTiger
			r.people()
			release := r.vtiger.Stall("create", 1)
			r.vtiger.Fail("create", 1, vtigersim.HangUp)
			run := s.begin("one")
			s.plan(run)
			s.apply(run)
			s.a.Settle = 0 // looked up long enough
			s.apply(run)
			made := r.vtiger.Count("create")
			release()
			r.carriedOut(made + 1)
			_, twin := r.twins()
			if edited {
				r.vtiger.SetClockSkew(time.Minute)
				require.NoError(t, r.vtiger.Edit(twin["id"], map[string]string{"title": "Chief"}))
			}
			s.a.Settle = time.Minute
			s.apply(run)
			s.finish("")
			require.Len(t, r.vtiger.Contacts(), 4)
			s.whole("two")
			require.True(t, !edited || r.lives(twin), "the one that somebody edited is adopted, and the other goes")
			r.work(s.a)
			r.settled(3)
		})
	}
}

// A twin that somebody edited is not ours to delete; it is reported once.
func TestAnEditedTwinStays(t *testing.T) {
	t.Parallel()
	for _, both := range []bool{false, true} {
		t.Run(map[bool]string{false: "the twin", true: "both"}[both], func(t *testing.T) {
			r := twinned(t, nil)
			held, twin := r.twins()
			r.vtiger.SetClockSkew(time.Minute)
			require.NoError(t, r.vtiger.Edit(twin["id"], map[string]string{"title": "Chief"}))
			want := map[string]int{"skip outlook skipped": 1}
			if both {
				require.NoError(t, r.vtiger.Edit(held["id"], map[string]string{"title": "Chair"}))
				want["update outlook done"] = 1
			}
			second := r.sync("two")
			require.Equal(t, want, r.counts(second))
			require.Contains(t, r.lines(second), "twin-edited")
			require.Empty(t, r.counts(r.sync("three")), "it is reported once")
			require.Len(t, r.vtiger.Contacts(), 4)
			require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 3)
		})
	}
}

// Once the linked one is gone, the other is no twin, but the contact that is left.
func TestTheLastOfTwinsIsNotDeleted(t *testing.T) {
	t.Parallel()
	r := twinned(t, nil)
	held, twin := r.twins()
	require.NoError(t, r.vtiger.Delete(held["id"]))
	r.sync("two")
	r.sync("three")
	require.True(t, r.lives(twin))
	r.settled(3)
}

// A contact that was deleted in Outlook is not brought back by its twin.
func TestATwinBringsNobodyBack(t *testing.T) {
	t.Parallel()
	r := twinned(t, nil)
	_, twin := r.twins()
	for _, c := range r.microsoft.Contacts(r.user.Mailbox, "") {
		if c["givenName"] == twin["firstname"] {
			id, _ := c["id"].(string)
			require.NoError(t, r.microsoft.Delete(r.user.Mailbox, id))
		}
	}
	require.Equal(t, map[string]int{"delete vtiger done": 2}, r.counts(r.sync("two")))
	r.settled(2)
}

// What a user duplicates in vTiger carries no stamp, and what was given to somebody else is theirs.
func TestOnlyTwinsGo(t *testing.T) {
	t.Parallel()
	r := twinned(t, nil)
	held, twin := r.twins()
	r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": held["firstname"], "lastname": held["lastname"], "email": held["email"]})
	require.NoError(t, r.vtiger.Reassign(twin["id"], r.cast.Users[1].ID))
	require.Equal(t, map[string]int{"skip outlook held": 1}, r.counts(r.sync("two")))
	require.Len(t, r.vtiger.Contacts(), 5)
}

// A run that may not write into vTiger leaves a twin to another one. A person who saves it after it was planned keeps it.
func TestATwinWaitsForItsTurn(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, time.Minute)
	s.a.VTiger = r.impatient().VTiger
	r.people()
	release := r.vtiger.Stall("create", 1)
	run := s.begin("one")
	s.plan(run)
	s.apply(run)
	s.a.Settle = 0
	s.apply(run)
	s.finish("")
	release()
	r.carriedOut(4)
	_, twin := r.twins()

	outward, err := r.ledger.RequestRun(t.Context(), r.current(), "outward", contact.ToOutlook, r.user.ID)
	require.NoError(t, err)
	_, err = s.env.ExecuteActivity(s.a.Observe, r.connection.ID)
	require.NoError(t, err)
	s.plan(outward.ID)
	s.apply(outward.ID)
	s.finish("")
	outward, err = r.ledger.Run(t.Context(), outward.ID)
	require.NoError(t, err)
	require.Equal(t, 1, outward.Standing)
	require.Len(t, r.vtiger.Contacts(), 4)

	run = s.begin("two")
	s.plan(run)
	r.vtiger.SetClockSkew(time.Minute)
	require.NoError(t, r.vtiger.Edit(twin["id"], map[string]string{"title": "Chief"}))
	require.True(t, s.apply(run).Replan)
	s.finish("")
	s.whole("three")
	require.Len(t, r.vtiger.Contacts(), 4)
}

// The answer to a twin's deletion may get lost like any other.
func TestAnUnclearDeletionOfATwinIsLookedUp(t *testing.T) {
	t.Parallel()
	r := twinned(t, nil)
	r.vtiger.Fail("delete", 1, vtigersim.HangUp)
	second := r.sync("two")
	require.Equal(t, map[string]int{"delete vtiger done": 1}, r.counts(second))
	require.Equal(t, []string{"twin"}, r.lines(second))
	r.settled(3)
}
