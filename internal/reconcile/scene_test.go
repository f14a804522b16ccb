package reconcile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"contactbridge/internal/contact"
)

// The contacts of the tables.
var (
	ann     = contact.Contact{"givenName": "Ann", "surname": "Gray", "emailAddresses": "ann@x.test"}
	bo      = contact.Contact{"givenName": "Bo", "surname": "Ng", "emailAddresses": "bo@x.test"}
	long    = contact.Contact{"surname": "Featherstone", "emailAddresses": "ann@x.test"}
	cut     = long.With("surname", "Feathers")
	company = contact.Contact{"companyName": "Acme"}
	nobody  = contact.Contact{"jobTitle": "CEO"}
	two     = "ann@x.test\na2@x.test"
	three   = two + "\na3@x.test"
)

// The policies of the tables; a row is run under each of its group.
var (
	off        = Policy{Conflict: VTigerWins}
	offOutlook = Policy{Conflict: OutlookWins}
	outward    = Policy{Conflict: VTigerWins, Direction: contact.ToOutlook}
	inward     = Policy{Conflict: VTigerWins, Direction: contact.ToVTiger}
	runOutward = Policy{Conflict: VTigerWins, Run: contact.ToOutlook}
	runInward  = Policy{Conflict: VTigerWins, Run: contact.ToVTiger}
	on         = Policy{Conflict: VTigerWins, Deletes: map[contact.Side]bool{contact.VTiger: true, contact.Outlook: true}}
	onWins     = Policy{Conflict: VTigerWins, Deletes: on.Deletes, DeleteWins: true}
	onInward   = Policy{Conflict: VTigerWins, Deletes: on.Deletes, Direction: contact.ToVTiger}
	onRunIn    = Policy{Conflict: VTigerWins, Deletes: on.Deletes, Run: contact.ToVTiger}

	all      = []Policy{off, offOutlook, outward, inward, runOutward, runInward, on, onWins, onInward, onRunIn}
	twoWay   = []Policy{off, offOutlook, on, onWins}
	switched = []Policy{on, onWins}
	unwanted = []Policy{off, offOutlook, outward, inward, runOutward, runInward}
)

// planShapes are the fields of the tables.
func planShapes() []contact.Shape {
	limits := func(v, o int) map[contact.Side]int {
		return map[contact.Side]int{contact.VTiger: v, contact.Outlook: o}
	}
	return []contact.Shape{
		{Field: "givenName", Type: contact.Text},
		{
			Field: "surname", Type: contact.Text, Limits: limits(8, 0), BMP: map[contact.Side]bool{contact.VTiger: true},
			Required: contact.VTiger, Fallback: []contact.Field{"givenName", "companyName"},
		},
		{Field: "companyName", Type: contact.Text},
		{Field: "jobTitle", Type: contact.Text, BMP: map[contact.Side]bool{contact.VTiger: true}},
		{Field: "department", Type: contact.Text, BMP: map[contact.Side]bool{contact.VTiger: true}, Direction: contact.ToOutlook},
		{Field: "profession", Type: contact.Text, Direction: contact.ToVTiger},
		{Field: "emailAddresses", Type: contact.Emails, Limits: limits(2, 3)},
		{Field: "mobilePhone", Type: contact.Phone, Region: "DE"},
	}
}

// scene is a world in the making; every method gives another one.
type scene struct{ w World }

// linked is one active link v1-o1 whose base is what both sides show.
func linked(v, o contact.Contact) scene {
	s := scene{}.stranger("v1", v).stranger("o1", o)
	l := Link{ID: 1, State: Active, VTiger: "v1", Outlook: "o1", Base: Base{}}
	for _, shape := range planShapes() {
		if f := shape.Field; v[f] != "" || o[f] != "" {
			l.Base[f] = Faces{v[f], o[f]}
		}
	}
	s.w.Links = []Link{l}
	return s
}

// with alters the record of an id, which begins with its side's letter; a new one is present.
func (s scene) with(id string, alter func(*Seen)) scene {
	s.w.VTiger, s.w.Outlook = maps.Clone(s.w.VTiger), maps.Clone(s.w.Outlook)
	if s.w.VTiger == nil {
		s.w.VTiger, s.w.Outlook = Tree{}, Tree{}
	}
	tree := s.w.Outlook
	if id[0] == 'v' {
		tree = s.w.VTiger
	}
	r, seen := tree[id]
	if !seen {
		r = Seen{ID: id, Presence: contact.Present}
	}
	alter(&r)
	tree[id] = r
	return s
}

// absent takes a record out of its tree.
func (s scene) absent(id string) scene {
	s = s.with(id, func(*Seen) {})
	delete(s.w.VTiger, id)
	delete(s.w.Outlook, id)
	return s
}

func (s scene) stranger(id string, c contact.Contact) scene { return s.shows(id, c) }

func (s scene) shows(id string, c contact.Contact) scene {
	return s.with(id, func(r *Seen) { r.Contact = c })
}

func (s scene) gone(id string) scene {
	return s.with(id, func(r *Seen) { r.Presence, r.Contact = contact.Deleted, nil })
}

func (s scene) outside(id string) scene {
	return s.with(id, func(r *Seen) { r.Presence = contact.Outside })
}

func (s scene) busy(id string) scene { return s.with(id, func(r *Seen) { r.Busy = true }) }

func (s scene) stamped(id, stamp string) scene {
	return s.with(id, func(r *Seen) { r.Stamp = stamp })
}

func (s scene) untouched(id string) scene {
	return s.with(id, func(r *Seen) { r.Untouched = true })
}

func (s scene) expects(id, stamp string) scene {
	return s.with(id, func(r *Seen) { r.Expected = append(slices.Clone(r.Expected), stamp) })
}

func (s scene) state(state LinkState) scene {
	s.w.Links = slices.Clone(s.w.Links)
	s.w.Links[0].State = state
	return s
}

// unagreed drops a field from the base, as after its row was changed.
func (s scene) unagreed(f contact.Field) scene {
	s = s.state(s.w.Links[0].State)
	s.w.Links[0].Base = maps.Clone(s.w.Links[0].Base)
	delete(s.w.Links[0].Base, f)
	return s
}

// spell writes a plan as lines: link steps, operations, findings, what stands.
func spell(p Plan) []string {
	var out []string
	for _, c := range p.Links {
		line := fmt.Sprintf("%s %s-%s %s", c.Step, c.VTiger, c.Outlook, c.Why.Kind)
		if c.Step == Detachal {
			line += " missing " + string(c.Missing)
		}
		for _, f := range slices.Sorted(maps.Keys(c.Base)) {
			line += fmt.Sprintf(" %s:%s", f, spellFaces(c.Base[f]))
		}
		out = append(out, line)
	}
	for _, op := range p.Operations {
		out = append(out, spellOperation(op))
	}
	for _, f := range p.Findings {
		line := fmt.Sprintf("%s %s", f.Record, f.Why.Kind)
		if f.Owner != "" {
			line += " of " + f.Owner
		}
		out = append(out, line)
	}
	for _, h := range p.Holds {
		out = append(out, spellHold(h))
	}
	if len(p.Ask) > 0 {
		out = append(out, "ask "+strings.Join(p.Ask, ","))
	}
	if p.Standing > 0 {
		out = append(out, fmt.Sprintf("standing %d", p.Standing))
	}
	return out
}

// spellHold names the records, what may be the same, and the field that waits.
func spellHold(h Hold) string {
	line := fmt.Sprintf("hold %s-%s %s", h.VTiger, h.Outlook, h.Kind)
	if len(h.Candidates) > 0 {
		line += " " + strings.Join(h.Candidates, ",")
	}
	if h.Field != "" {
		line += fmt.Sprintf(" %s:%s", h.Field, spellFaces(h.Values))
	}
	if h.Answer.Verdict != "" {
		line += " answered " + string(h.Answer.Verdict)
	}
	return line
}

// spellOperation names the fields of an update with both values, those of an insert with one, those of a deletion not.
func spellOperation(op Operation) string {
	line := fmt.Sprintf("%s %s %s-%s %s", op.Action, op.Side, op.VTiger, op.Outlook, op.Why.Kind)
	for _, f := range slices.Sorted(maps.Keys(op.Fields)) {
		c := op.Fields[f]
		switch op.Action {
		case contact.Insert:
			line += fmt.Sprintf(" %s=%s", f, flat(c.After))
		case contact.Update:
			line += fmt.Sprintf(" %s=%s>%s", f, flat(c.Before), flat(c.After))
		}
		if c.Conflict {
			line += " lost " + flat(c.Lost)
		}
	}
	return line
}

// spellFaces writes one value when both faces are alike.
func spellFaces(f Faces) string {
	if f.VTiger == f.Outlook {
		return flat(f.VTiger)
	}
	return flat(f.VTiger) + "|" + flat(f.Outlook)
}

// flat writes a set on one line.
func flat(value string) string { return strings.ReplaceAll(value, "\n", ",") }
