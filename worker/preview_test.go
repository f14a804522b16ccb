package worker_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
	"contactbridge/internal/simulator/vtigersim"
	"contactbridge/workflows"
)

// asks does a run of what is wanted from its beginning to its end.
func (s *steps) asks(w ledger.Wanted) ledger.Run {
	w.By = s.user.ID
	run, err := s.ledger.Request(s.t.Context(), s.current(), w)
	require.NoError(s.t, err)
	require.Equal(s.t, run.ID, s.observed())
	s.plan(run.ID)
	s.apply(run.ID)
	s.finish("")
	run, err = s.ledger.Run(s.t.Context(), run.ID)
	require.NoError(s.t, err)
	return run
}

func (s *steps) preview() ledger.Run { return s.asks(ledger.Wanted{Preview: true}) }

// state is all that a preview must leave as it is: what both sides hold, links, holds, and what other runs left.
func (r *rig) state() []string {
	var out []string
	for _, q := range []string{
		"SELECT coalesce(jsonb_agg(to_jsonb(l) ORDER BY id), '[]')::text FROM links l",
		"SELECT coalesce(jsonb_agg(to_jsonb(h) ORDER BY id), '[]')::text FROM holds h",
		"SELECT coalesce(jsonb_agg(to_jsonb(o) ORDER BY id), '[]')::text FROM operations o WHERE NOT preview",
		"SELECT coalesce(jsonb_agg(to_jsonb(e) ORDER BY number), '[]')::text FROM epochs e",
		"SELECT coalesce(jsonb_agg(to_jsonb(c) - 'previewed_scope'), '[]')::text FROM connections c",
	} {
		var text string
		require.NoError(r.t, r.ledger.DB().NewRaw(q).Scan(r.t.Context(), &text))
		out = append(out, text)
	}
	return append(out, fmt.Sprint(r.vtiger.Contacts()), fmt.Sprint(r.microsoft.Contacts(r.user.Mailbox, "")))
}

// eventful leaves something of every kind to be done: inserts both ways, a match, an update, a conflict that asks, a
// deletion, a link that leaves the scope, one that moves its base, and an operation that an earlier run did not get to.
func eventful(s *steps) {
	ann, annO := met(s, "ann")
	bea, beaO := met(s, "bea")
	cyd, _ := met(s, "cyd")
	dan, _ := met(s, "dan")
	eve, eveO := met(s, "eve")
	s.whole("first")
	edit := func(v string, title string) {
		require.NoError(s.t, s.vtiger.Edit(v, map[string]string{"title": title}))
	}
	retitle := func(o string, title string) {
		require.NoError(s.t, s.microsoft.Edit(s.user.Mailbox, o, map[string]any{"jobTitle": title}))
	}
	edit(ann, "planned but not sent")
	s.begin("left over")
	s.plan(s.observed())
	s.finish("")
	retitle(annO, "of Outlook, too")
	edit(bea, "the same")
	retitle(beaO, "the same")
	require.NoError(s.t, s.vtiger.Delete(cyd))
	require.NoError(s.t, s.vtiger.Reassign(dan, s.cast.Users[1].ID))
	edit(eve, "changed")
	require.NoError(s.t, s.microsoft.Edit(s.user.Mailbox, eveO, map[string]any{"department": "Law"}))
	s.vtiger.AddContact(s.user.ID, map[string]string{"firstname": "New", "lastname": "InVtiger"})
	s.microsoft.AddContact(s.user.Mailbox, "", mailed("Inoutlook", "new@outlook.example"))
	s.vtiger.AddContact(s.cast.Users[1].ID, map[string]string{"lastname": "Customer", "email": "customer@x.example"})
	s.microsoft.AddContact(s.user.Mailbox, "", mailed("Cus", "customer@x.example"))
	met(s, "flo")
}

// A preview shows what a sync would do and leaves everything as it is; applied at once, it is what is done.
func TestAPreviewChangesNothingAndIsWhatIsApplied(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, func(s *ledger.Settings) {
		s.ConflictPolicy = reconcile.AskFirst
		s.ExistsElsewhere = reconcile.HoldElsewhere
	})
	s := newSteps(r, 0)
	eventful(s)
	before, log := r.state(), r.kinds(r.connection)
	preview := s.preview()
	require.True(t, preview.Preview)
	require.Equal(t, before, r.state())
	require.Equal(t, log, r.kinds(r.connection), "the sync log does not know it")
	shown := r.counts(preview)
	require.Equal(t, map[string]int{
		"insert vtiger previewed": 1, "insert outlook previewed": 1, "update vtiger previewed": 1, "update outlook previewed": 1,
		"delete outlook previewed": 1, "link  previewed": 2, "conflict outlook held": 1, "skip vtiger held": 1,
	}, shown)
	require.Equal(t, shown, r.counts(s.preview()), "a second one shows the same")
	require.Equal(t, before, r.state())

	applied := s.asks(ledger.Wanted{Applies: preview.ID})
	require.Zero(t, applied.Pending)
	for what, n := range map[string]int{
		"insert vtiger done": 1, "insert outlook done": 1, "update vtiger done": 1, "update outlook done": 1, "delete outlook done": 1,
		"link  done": 2, "conflict outlook held": 1, "skip vtiger held": 1,
	} {
		require.Equal(t, n, r.counts(applied)[what], "%s in %v", what, r.counts(applied))
	}
	require.Len(t, r.counts(applied), 8)
	require.Equal(t, shown, r.counts(preview), "what was applied stays what was shown")
}

// What changed between preview and application is not sent but listed, and what is new waits for the next run.
func TestAnApplicationAddsNothing(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, 0)
	ann, annO := met(s, "ann")
	bea, beaO := met(s, "bea")
	cyd, cydO := met(s, "cyd")
	dan, danO := met(s, "dan")
	s.whole("first")
	for _, v := range []string{ann, bea, dan} {
		require.NoError(t, r.vtiger.Edit(v, map[string]string{"title": "shown"}))
	}
	preview := s.preview()
	require.Equal(t, map[string]int{"update outlook previewed": 3}, r.counts(preview))

	require.NoError(t, r.vtiger.Edit(ann, map[string]string{"title": "another"}))
	require.NoError(t, r.vtiger.Edit(bea, map[string]string{"department": "unmapped changes beside it count too"}))
	require.NoError(t, r.vtiger.Edit(cyd, map[string]string{"title": "new"}))
	applied := s.asks(ledger.Wanted{Applies: preview.ID})
	require.Equal(t, map[string]int{"update outlook done": 1, "update outlook discarded": 2, "update outlook planned": 3}, r.counts(applied))
	require.Equal(t, 3, applied.Pending)
	require.Equal(t, 2, r.kinds(r.connection)["changed-since-preview discarded"])
	require.Equal(t, [2]string{"another", "old"}, s.titles(ann, annO))
	require.Equal(t, [2]string{"shown", "old"}, s.titles(bea, beaO))
	require.Equal(t, [2]string{"new", "old"}, s.titles(cyd, cydO))
	require.Equal(t, [2]string{"shown", "shown"}, s.titles(dan, danO))

	s.whole("next")
	require.Equal(t, [2]string{"another", "another"}, s.titles(ann, annO))
	require.Equal(t, [2]string{"shown", "shown"}, s.titles(bea, beaO))
	require.Equal(t, [2]string{"new", "new"}, s.titles(cyd, cydO))
}

// An application sends no more than a batch. The preview goes on to hold for the rest, and nothing of it counts as changed
// because it was done.
func TestAPreviewIsAppliedBatchByBatch(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, func(s *ledger.Settings) { s.BatchSize = 3 })
	s := newSteps(r, 0)
	for i := range 3 {
		r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": fmt.Sprint("V", i), "lastname": "Batch"})
	}
	for i := range 6 {
		r.microsoft.AddContact(r.user.Mailbox, "", mailed(fmt.Sprint("O", i), fmt.Sprintf("o%d@x.example", i)))
	}
	preview := s.preview()
	require.Equal(t, map[string]int{"insert outlook previewed": 3, "insert vtiger previewed": 6}, r.counts(preview), "it shows more than a batch")
	for i, want := range []int{3, 6, 9} {
		applied := s.asks(ledger.Wanted{Applies: preview.ID})
		require.Equal(t, want, r.vtiger.Count("create")+r.microsoft.Count("contacts.create"), i)
		require.Zero(t, r.kinds(r.connection)["changed-since-preview discarded"])
		require.Equal(t, 9-want, applied.Pending)
	}
	require.Len(t, r.vtiger.Contacts(), 9)
	require.Len(t, r.microsoft.Contacts(r.user.Mailbox, ""), 9)
}

// A preview of settings that were changed before it is applied sends nothing.
func TestAPreviewOfOtherSettingsSendsNothing(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, 0)
	r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "New"})
	preview := s.preview()
	run, err := r.ledger.Request(t.Context(), r.current(), ledger.Wanted{Applies: preview.ID, By: r.user.ID})
	require.NoError(t, err)
	r.change(func(s *ledger.Settings) { s.ConflictPolicy = reconcile.OutlookWins })
	s.plan(s.observed())
	s.apply(run.ID)
	s.finish("")
	require.Empty(t, r.microsoft.Contacts(r.user.Mailbox, ""))
	require.Equal(t, map[string]int{"insert outlook discarded": 1, "insert outlook planned": 1}, r.counts(run))
}

// While an operation is unclear a preview says nothing of its records, and leaves it to a sync to find out.
func TestAPreviewSettlesNothing(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, time.Hour)
	r.microsoft.AddContact(r.user.Mailbox, "", mailed("Cus", "customer@x.example"))
	r.vtiger.Fail("create", 1, vtigersim.HangUp)
	run := s.begin("one")
	s.plan(run)
	s.apply(run)
	s.finish("")
	before := r.state()
	require.Empty(t, r.counts(s.preview()))
	require.Equal(t, before, r.state())
	s.a.Settle = 0
	s.whole("two")
	require.Len(t, r.vtiger.Contacts(), 1)
}

// The engine serves a preview and its application in order, and torn records are waited for once.
func TestThePreviewThroughTheWorkflow(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	r.cast.People(r.vtiger, r.microsoft)
	ask := func(w ledger.Wanted) ledger.Run {
		w.By = r.user.ID
		run, err := r.ledger.Request(t.Context(), r.current(), w)
		require.NoError(t, err)
		require.NoError(t, workflows.Request(t.Context(), r.temporal, r.connection.ID))
		run = r.await(run)
		require.Equal(t, ledger.RunDone, run.State, run.TroubleSentence)
		return run
	}
	preview := ask(ledger.Wanted{Preview: true})
	shown := r.counts(preview)
	require.Equal(t, 15, shown["insert vtiger previewed"])
	require.Empty(t, r.vtiger.Count("create"))
	applied := r.counts(ask(ledger.Wanted{Applies: preview.ID}))
	for _, what := range []string{"insert vtiger ", "insert outlook ", "update vtiger ", "update outlook ", "link  "} {
		require.Equal(t, shown[what+"previewed"], applied[what+"done"], what)
	}
	r.equal()
	require.Empty(t, r.counts(r.sync("quiet")))
}

// The clock's runs wait until somebody saw a preview, and again after what is synced was changed; other settings and one
// direction's preview change nothing of that.
func TestTheScheduleWaitsForAPreview(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, 0)
	s.a.Every = 0
	waits := func(why string) {
		_, _, err := r.ledger.ScheduleRun(t.Context(), r.current(), "")
		require.ErrorIs(t, err, ledger.ErrNeedsPreview, why)
	}
	goes := func(why string) {
		_, _, err := r.ledger.ScheduleRun(t.Context(), r.current(), "")
		require.NoError(t, err, why)
		s.plan(s.observed())
		s.finish("")
	}
	waits("nothing was ever synced")
	s.asks(ledger.Wanted{Preview: true, Direction: contact.ToOutlook})
	waits("the preview showed one direction only")
	s.preview()
	goes("previewed")
	r.change(func(s *ledger.Settings) {
		s.BatchSize, s.ConflictPolicy, s.DeleteInVTiger = 7, reconcile.OutlookWins, false
	})
	goes("none of these")
	r.change(remap)
	waits("the mapping changed")
	s.asks(ledger.Wanted{})
	goes("a person synced without a preview")
	r.change(func(s *ledger.Settings) { s.SyncFrom = "2026-01-01" })
	waits("the scope changed")
}

// What is changed after a sync was asked for is seen in a preview before it is synced by.
func TestAChangeAfterTheClickNeedsAPreview(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, 0)
	r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "New"})
	_, err := r.ledger.Request(t.Context(), r.current(), ledger.Wanted{By: r.user.ID})
	require.NoError(t, err)
	r.change(remap)
	_, err = s.env.ExecuteActivity(s.a.Plan, s.observed())
	require.ErrorContains(t, err, "preview the next one")
	require.Empty(t, r.microsoft.Contacts(r.user.Mailbox, ""))
}
