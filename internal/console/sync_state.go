package console

import (
	"slices"

	"contactbridge/internal/client"
)

// syncState is how a connection stands.
type syncState struct {
	Advice  string // what to do now
	Blocked bool   // nothing syncs before that is done
	Mend    []mend // what is missing, and where that is mended

	Last     *runRow
	Busy     bool // a run is under way
	NextRun  moment
	Held     int // what waits for the person
	Refused  int // what a side refused to store
	HeldMore bool
}

// mend is a way to put something right.
type mend struct{ Text, Path, Link string }

// mostCounted is how many things that wait are counted, so that one page of the API is enough.
const mostCounted = 200

func (v *visit) syncState(c client.ConnectionView) (syncState, error) {
	s := syncState{Advice: c.NextStep, Blocked: len(c.Steps.Missing) > 0 || c.Trouble != nil, Mend: v.mends(c), NextRun: v.momentOf(c.NextRun)}
	if r := c.LastRun; r != nil {
		s.Last = &runRow{*r, runPath(r.ID), titleOf(*r), v.moment(r.RequestedAt), lookOf(*r)}
		s.Busy = r.EndedAt == nil
	}
	limit := int64(mostCounted)
	holds, err := ask(v.api.ListHoldsWithResponse(v.Request.Context(), &client.ListHoldsParams{Connection: &c.ID, Limit: &limit}))
	if err != nil {
		return s, err
	}
	refused, err := ask(v.api.ListQuarantineWithResponse(v.Request.Context(), &client.ListQuarantineParams{Connection: &c.ID, Limit: &limit}))
	if err != nil {
		return s, err
	}
	s.Held, s.Refused = len(holds.JSON200.Holds), len(refused.JSON200.Refusals)
	s.HeldMore = holds.JSON200.Next != nil
	return s, nil
}

// mends says what a connection lacks, and where that is mended by this person. The preview is asked for on the page itself.
func (v *visit) mends(c client.ConnectionView) (out []mend) {
	path := (syncChoice{C: &c, Options: make([]option, 2)}).Step2()
	for _, step := range c.Steps.Missing {
		m := mend{word("step3.missing", step), path, say("step3.to2")}
		if step == "microsoft" {
			if m.Path, m.Link = "", ""; v.me.Admin {
				m.Path, m.Link = "/step1", say("step3.to1")
			}
		}
		out = append(out, m)
	}
	if c.Trouble != nil && len(out) == 0 {
		if m := v.remedy(*c.Trouble, path); m.Path != "" {
			out = append(out, m)
		}
	}
	return out
}

// remedy is what to do about a trouble; without a path it is nothing that a page here could mend.
func (v *visit) remedy(t client.Trouble, step2 string) mend {
	m := mend{Text: word("step3.remedy", t.Kind)}
	if m.Text == t.Kind { // no word for it
		m.Text = say("step3.remedy.other")
	}
	switch {
	case slices.Contains([]string{"needs-sign-in", "needs-folder", "needs-mapping"}, t.Kind):
		m.Path, m.Link = step2, say("step3.to2")
	case t.Kind == "needs-admin" && v.me.Admin:
		m.Path, m.Link = "/step1", say("step3.to1")
	}
	return m
}
