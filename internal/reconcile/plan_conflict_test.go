package reconcile

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// noon is when the tables plan.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// clashing is a link whose job title both sides changed, at these times before noon by their own clocks.
func clashing(v, o time.Duration) scene {
	s := linked(ann, ann).shows("v1", ann.With("jobTitle", "CEO")).shows("o1", ann.With("jobTitle", "CTO")).
		with("v1", func(r *Seen) { r.Changed = noon.Add(-v) }).with("o1", func(r *Seen) { r.Changed = noon.Add(-o) })
	s.w.Now = noon
	return s
}

// ahead lets a side's clock run ahead.
func (s scene) ahead(side contact.Side, d time.Duration) scene {
	s.w.Ahead = map[contact.Side]time.Duration{side: d}
	return s
}

// answered gives the same answer to every question that the plan of the scene asks.
func (s scene) answered(policy Policy, a Answer) scene {
	w := s.w
	w.Policy, w.Shapes = policy, planShapes()
	s.w.Answers = map[string]Answer{}
	for _, h := range Make(w).Holds {
		s.w.Answers[h.Question] = a
	}
	return s
}

// tookBack is a link on which we wrote another job title into vTiger, which shows the old one again.
func tookBackAfter(d time.Duration) scene {
	before, after := ann.With("jobTitle", "CEO"), ann.With("jobTitle", "CTO")
	s := linked(after, after).shows("v1", before)
	s.w.Now, s.w.Links[0].Replaced = noon, map[contact.Field]Replacement{"jobTitle": {Value: "CEO", At: noon.Add(-d)}}
	return s
}

var (
	newest     = Policy{Conflict: NewestWins}
	ask        = Policy{Conflict: AskFirst}
	askOutward = Policy{Conflict: AskFirst, Direction: contact.ToOutlook}

	vtigerKept  = []string{"update outlook v1-o1 conflict jobTitle=CTO>CEO lost CTO"}
	outlookKept = []string{"update vtiger v1-o1 conflict jobTitle=CEO>CTO lost CEO"}
)

// conflictRows are about fields that both sides changed, and about those that vTiger took back.
var conflictRows = []planRow{
	{"the newest is Outlook's, by more than five minutes", []Policy{newest}, clashing(10*time.Minute, 5*time.Minute-time.Second), outlookKept},
	{"by five minutes it is vTiger's", []Policy{newest}, clashing(10*time.Minute, 5*time.Minute), vtigerKept},
	{"at the same time it is vTiger's", []Policy{newest}, clashing(time.Minute, time.Minute), vtigerKept},
	{"the newest is vTiger's", []Policy{newest}, clashing(time.Minute, time.Hour), vtigerKept},
	{"vTiger's clock is ahead", []Policy{newest}, clashing(0, 0).ahead(contact.VTiger, time.Hour), outlookKept},
	{"vTiger's clock is behind", []Policy{newest}, clashing(10*time.Minute, 0).ahead(contact.VTiger, -time.Hour), vtigerKept},
	{"Outlook's clock is ahead", []Policy{newest}, clashing(10*time.Minute, 0).ahead(contact.Outlook, time.Hour), vtigerKept},
	{"a time that is not known is not the newer one", []Policy{newest}, clashing(0, 0).with("v1", func(r *Seen) { r.Changed = time.Time{} }), vtigerKept},
	{"a person is asked", []Policy{ask}, clashing(0, 0), []string{"hold v1-o1 conflict jobTitle:CEO|CTO"}},
	{
		"the other fields of the pair go on",
		[]Policy{ask},
		clashing(0, 0).shows("o1", ann.With("jobTitle", "CTO").With("givenName", "Anna")),
		[]string{"update vtiger v1-o1 changed-there givenName=Ann>Anna", "hold v1-o1 conflict jobTitle:CEO|CTO"},
	},
	{"a person chose vTiger's", []Policy{ask}, clashing(0, 0).answered(ask, Answer{Verdict: TakeVTiger}), vtigerKept},
	{"or Outlook's", []Policy{ask}, clashing(0, 0).answered(ask, Answer{Verdict: TakeOutlook}), outlookKept},
	{"or approved", []Policy{ask}, clashing(0, 0).answered(ask, Answer{Verdict: Approve}), vtigerKept},
	{
		"or neither",
		[]Policy{ask},
		clashing(0, 0).answered(ask, Answer{Verdict: Discard}),
		[]string{"hold v1-o1 conflict jobTitle:CEO|CTO answered discard"},
	},
	{
		"the answer was about other values",
		[]Policy{ask},
		clashing(0, 0).answered(ask, Answer{Verdict: TakeVTiger}).shows("o1", ann.With("jobTitle", "CFO")),
		[]string{"hold v1-o1 conflict jobTitle:CEO|CFO"},
	},
	{"nobody is asked where values travel one way", []Policy{askOutward}, clashing(0, 0), vtigerKept},
	{"vTiger takes back what we wrote, and wins", []Policy{off}, tookBackAfter(time.Hour), vtigerKept},
	{"or is written again", []Policy{offOutlook}, tookBackAfter(time.Hour), outlookKept},
	{"or somebody is asked", []Policy{ask}, tookBackAfter(time.Minute), []string{"hold v1-o1 conflict jobTitle:CEO|CTO"}},
	{"after an hour it is a change", []Policy{off, offOutlook, ask}, tookBackAfter(time.Hour + time.Second), []string{"update outlook v1-o1 changed-there jobTitle=CTO>CEO"}},
	{
		"another value than the replaced one is a change",
		[]Policy{off, offOutlook, ask},
		tookBackAfter(0).shows("v1", ann.With("jobTitle", "CFO")),
		[]string{"update outlook v1-o1 changed-there jobTitle=CTO>CFO"},
	},
	{"a set that vTiger took back is written again", []Policy{offOutlook}, func() scene {
		s := linked(ann.With("emailAddresses", two), ann.With("emailAddresses", two)).shows("v1", ann)
		s.w.Now, s.w.Links[0].Replaced = noon, map[contact.Field]Replacement{"emailAddresses": {Value: "ann@x.test", At: noon}}
		return s
	}(), []string{"update vtiger v1-o1 conflict emailAddresses=ann@x.test>ann@x.test,a2@x.test lost ann@x.test"}},
}

// TestReasonsNameFieldAndSide: every update says which side changed which field, and who wins by what.
func TestReasonsNameFieldAndSide(t *testing.T) {
	sentence := func(policy Policy, s scene) string {
		s.w.Policy, s.w.Shapes = policy, planShapes()
		p := Make(s.w)
		require.Len(t, p.Operations, 1)
		return p.Operations[0].Why.Sentence
	}
	require.Equal(t, "mobilePhone changed in Outlook; vTiger had not changed it.", sentence(off, linked(ann, ann).shows("o1", ann.With("mobilePhone", "0171 1"))))
	require.Equal(t, "jobTitle had a value in vTiger only.", sentence(off, scene{}.stranger("v1", ann.With("jobTitle", "CEO")).stranger("o1", ann)))
	require.Equal(t, "jobTitle changed on both sides; Outlook wins.", sentence(offOutlook, clashing(0, 0)))
	require.Equal(t, "jobTitle changed on both sides; Outlook wins by the times of the two changes.", sentence(newest, clashing(time.Hour, 0)))
	require.Equal(t, "jobTitle went back in vTiger to what an earlier sync had replaced; vTiger wins.", sentence(off, tookBackAfter(0)))
	require.Equal(t, "jobTitle changed on both sides; a person chose Outlook.", sentence(ask, clashing(0, 0).answered(ask, Answer{Verdict: TakeOutlook})))
}

func TestConflictPoliciesAreFour(t *testing.T) {
	for _, c := range []ConflictPolicy{VTigerWins, OutlookWins, NewestWins, AskFirst} {
		require.NoError(t, c.EnsureValid())
	}
	require.Error(t, ConflictPolicy("both").EnsureValid())
}
