package reconcile

import "contactbridge/internal/contact"

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
	VTiger  string // record ids; the target's is empty for an insert
	Outlook string
	Fields  map[contact.Field]FieldChange
	Why     Why
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
	Why    Why
}

// Plan is what has to be done, in order.
type Plan struct {
	Links      []LinkChange
	Operations []Operation
	Findings   []Finding
	Standing   int // operations that the run's direction leaves for another run
}

// Make plans: first every link, then the strangers that remain.
func Make(w World) Plan {
	p := planner{World: w, linked: map[contact.Side]map[string]Link{contact.VTiger: {}, contact.Outlook: {}}}
	for _, l := range w.Links {
		p.planLink(l)
	}
	p.planStrangers()
	return p.out
}

// planner is the plan in the making.
type planner struct {
	World
	linked map[contact.Side]map[string]Link // records that are no strangers
	out    Plan
}

// keep marks both records of a link as known.
func (p *planner) keep(l Link) {
	p.linked[contact.VTiger][l.VTiger] = l
	p.linked[contact.Outlook][l.Outlook] = l
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
