package reconcile

import (
	"cmp"
	"slices"

	"contactbridge/internal/contact"
)

// FieldChange is one field of an operation.
type FieldChange struct {
	Before   string `json:"before,omitempty"` // what the target shows now
	After    string `json:"after,omitempty"`  // what it is expected to show afterwards
	Faces    Faces  `json:"faces"`            // what both sides will show once every operation of this plan on the pair is done
	Conflict bool   `json:"conflict,omitempty"`
	Lost     string `json:"lost,omitempty"` // the value that a conflict gives up
}

// Operation is one planned write on one side.
type Operation struct {
	Side    contact.Side
	Action  contact.Action
	Link    int64  // 0 when the pair has none yet
	VTiger  string // record ids; the target's is empty for an insert
	Outlook string
	Fields  map[contact.Field]FieldChange
	// Claims are the addresses, in normal form, that an insert into vTiger brings there: of all who were told that nobody
	// has them only one may be at work.
	Claims   []string
	Approved bool // a person approved the removal
	// Undoes are the operations that this one takes back. Relink is the state of the link that takes a deletion back.
	Undoes []int64
	Relink LinkState
	Why    Why
}

// Of gives the record id on a side.
func (o Operation) Of(s contact.Side) string {
	return Link{VTiger: o.VTiger, Outlook: o.Outlook}.Of(s)
}

// LinkStep is what a plan does to a link without writing to either side.
type LinkStep string

// The steps of links.
const (
	Attach   LinkStep = "attach"   // two records become a link, with the base of the fields on which they agree
	Move     LinkStep = "move"     // fields agree now: the given faces enter the base
	Freeze   LinkStep = "freeze"   // a record left the scope
	Thaw     LinkStep = "thaw"     // both records are back: active again, with the old base
	Detachal LinkStep = "detach"   // a deletion that does not travel
	End      LinkStep = "end"      // both records are gone, or the surviving one is a stranger again
	Reattach LinkStep = "reattach" // the missing record is there again
)

// Logged tells whether a person reads of the step; the quiet move of a base is no news.
func (s LinkStep) Logged() bool { return s != Move }

// LinkChange is one step of one link.
type LinkChange struct {
	Step    LinkStep
	Link    int64 // 0 for Attach
	VTiger  string
	Outlook string
	Missing contact.Side // Detachal
	Base    Base         // Attach, Move: the faces that enter the base
	Why     Why
}

// Finding is something that a person should be able to read in the log although nothing is written.
type Finding struct {
	Side   contact.Side // where the record is
	Record string
	Owner  string // who owns the record elsewhere that the finding is about; empty when it is about none
	Why    Why
}

// Plan is what has to be done, in order.
type Plan struct {
	Links      []LinkChange
	Operations []Operation
	Findings   []Finding
	Holds      []Hold   // what waits for a person
	Ask        []string // addresses in normal form that the whole vTiger instance has to be asked for, before the next plan
	Unasked    int      // strangers that wait for an answer to these
	Standing   int      // operations that the run's direction leaves for another run
	// Condemned is what the next plan is to know as Link.Condemned of this world's links; a link that is not in it has none.
	Condemned map[int64]contact.Side
}

// Make plans: first every link, by its id, then the strangers that remain.
func Make(w World) Plan {
	p := planner{
		World: w, linked: map[contact.Side]map[string]Link{contact.VTiger: {}, contact.Outlook: {}},
		survivors: map[contact.Side]map[string]bool{contact.VTiger: {}, contact.Outlook: {}},
	}
	p.Links = slices.Clone(w.Links)
	slices.SortStableFunc(p.Links, func(a, b Link) int { return cmp.Compare(a.ID, b.ID) })
	for _, l := range p.Links {
		p.planLink(l)
	}
	p.planStrangers()
	p.out.Ask = distinct(p.out.Ask)
	return p.out
}

// distinct keeps the first of equals, and the order: whoever asks for a part of it asks for whole strangers.
func distinct(list []string) []string {
	seen := make(map[string]bool, len(list))
	return slices.DeleteFunc(list, func(s string) bool {
		twice := seen[s]
		seen[s] = true
		return twice
	})
}

// planner is the plan in the making.
type planner struct {
	World
	linked    map[contact.Side]map[string]Link // records that are no strangers
	survivors map[contact.Side]map[string]bool // records whose link ended in this plan because their edit wins
	sorted    map[contact.Side][]string        // the ids of each tree in order, once they were asked for
	out       Plan
}

// ids gives the ids of a side's tree in order.
func (p *planner) ids(side contact.Side) []string {
	if p.sorted == nil {
		p.sorted = map[contact.Side][]string{}
		for _, s := range contact.Sides {
			p.sorted[s] = p.Of(s).sortedIDs()
		}
	}
	return p.sorted[side]
}

// keep marks both records of a link as known.
func (p *planner) keep(l Link) {
	p.linked[contact.VTiger][l.VTiger] = l
	p.linked[contact.Outlook][l.Outlook] = l
}

// condemn lets the next plan know that a link's deletion was seen, and no edit that stood against it.
func (p *planner) condemn(l Link, gone contact.Side) {
	if p.out.Condemned == nil {
		p.out.Condemned = map[int64]contact.Side{}
	}
	p.out.Condemned[l.ID] = gone
}

// stillCondemned passes on what an earlier plan saw, of a link about which this one learns nothing.
func (p *planner) stillCondemned(l Link) {
	if l.Condemned != "" {
		p.condemn(l, l.Condemned)
	}
}

// change adds a step of a link.
func (p *planner) change(step LinkStep, l Link, base Base, w Why) {
	p.out.Links = append(p.out.Links, LinkChange{
		Step: step, Link: l.ID, VTiger: l.VTiger, Outlook: l.Outlook, Missing: l.Missing, Base: base, Why: w,
	})
}

// operate adds an operation, unless this run leaves its direction to another.
func (p *planner) operate(o Operation) {
	if !p.Policy.Run.Allows(o.Side) {
		p.out.Standing++
		return
	}
	p.out.Operations = append(p.out.Operations, o)
}

// find adds a finding.
func (p *planner) find(side contact.Side, id string, w Why) {
	p.out.Findings = append(p.out.Findings, Finding{Side: side, Record: id, Why: w})
}
