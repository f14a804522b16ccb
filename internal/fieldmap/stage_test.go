package fieldmap

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"contactbridge/internal/contact"
	"contactbridge/internal/reconcile"
)

// pieces are what drawn texts are made of: whatever some transform treats in its own way.
var pieces = rapid.SampledFrom([]string{
	"Ann", "van", "GRAY", "straße", "ΣΑΣ", "ŉ", "İ", "ǆ", "é", "e\u0301", "🎉", "1", "0", "Yes", "no", "Mr", "Frau", "Herr", "Ms.", "prinz",
	" ", "  ", "\t", "\n", "\r\n", ",", ", ", ";", "/", "\x00", "030 1234567", "+49 30 7654321", "ext. 7", "12", "a@x.test", strings.Repeat("long ", 12),
})

func drawText(t *rapid.T, label string) string {
	return strings.Join(rapid.SliceOfN(pieces, 0, 5).Draw(t, label), "")
}

// word draws words that tables know, words that they do not know, and texts.
func drawWord(t *rapid.T, label string) string {
	return rapid.OneOf(rapid.SampledFrom([]string{"", "Herr", "herr", "Frau", "Mr.", "Ms.", "Prinz", "Yes", "yes", "No", "0", "1"}), rapid.Custom(func(t *rapid.T) string {
		return drawText(t, label)
	})).Draw(t, label)
}

// spelled draws a mapping of Contacts with transforms of every kind.
func spelled(t *rapid.T) Mapping {
	into := rapid.SampledFrom([]contact.Side{"", contact.VTiger, contact.Outlook})
	names := rapid.SampledFrom([]Mapping{
		{one("surname", "lastname"), one("givenName", "firstname")},
		{with(one("surname", "lastname"), Transform{Kind: Case, Case: upperCase, Into: contact.VTiger}), with(one("givenName", "firstname"), Transform{Kind: Trim})},
		{with(one("nickName", "firstname", "lastname"), Transform{Kind: Join, Separator: "space"}), one("surname", "cf_853")},
		{with(one("nickName", "lastname", "firstname"), Transform{Kind: Join, Separator: "comma"}), one("surname", "cf_853")},
		{with(also(one("givenName", "lastname"), "surname"), Transform{Kind: Join, Separator: "space"})},
		{with(also(one("givenName", "lastname"), "middleName", "surname"), Transform{Kind: Join, Separator: "space"})},
	}).Draw(t, "names")
	return append(names[:len(names):len(names)],
		with(one("jobTitle", "title"), Transform{Kind: Case, Case: rapid.SampledFrom([]string{upperCase, lowerCase, titleCase}).Draw(t, "case"), Into: into.Draw(t, "into")}),
		with(one("emailAddresses", "email", "secondaryemail"), Transform{Kind: Case, Case: lowerCase, Into: into.Draw(t, "e-mail into")}),
		with(one("businessPhones", "phone", "otherphone"), Transform{Kind: E164, Into: into.Draw(t, "phones into")}),
		with(one("mobilePhone", "mobile"), Transform{Kind: E164, Into: into.Draw(t, "mobile into")}),
		with(one("profession", "salutationtype"), Transform{Kind: Picklist, Pairs: []Pair{{"Herr", "Mr."}, {"Frau", "Ms."}, {"Dr.", "Dr."}}}),
		with(one("generation", "cf_857"), Transform{Kind: Boolean, Yes: "Yes", No: rapid.SampledFrom([]string{"", "No"}).Draw(t, "no")}),
		with(one("businessAddress.street", "mailingstreet", "mailingpobox"), Transform{Kind: Join, Separator: "line"}),
		with(also(one("homeAddress.street", "otherstreet"), "homeAddress.city"), Transform{Kind: Join, Separator: "comma"}),
		with(one("officeLocation", "mailingcity", "mailingzip", "mailingstate"), Transform{Kind: Join, Separator: "space"}),
		with(toOutlook(one("manager", "assistant", "department")), Transform{Kind: First}),
		with(also(toVTiger(one("spouseName", "othercity")), "assistantName"), Transform{Kind: First}),
		with(Row{Outlook: "department", Direction: contact.ToOutlook}, Transform{Kind: Fixed, Value: "CRM"}),
		with(Row{VTiger: []string{"cf_855"}, Direction: contact.ToVTiger}, Transform{Kind: Fixed, Value: "Outlook"}),
		one("birthday", "birthday"),
	)
}

func with(r Row, t Transform) Row { r.Transform = &t; return r }

func also(r Row, more ...string) Row { r.Also = more; return r }

func toOutlook(r Row) Row { r.Direction = contact.ToOutlook; return r }

func toVTiger(r Row) Row { r.Direction = contact.ToVTiger; return r }

// native draws what a side may hold in a row's fields.
func native(t *rapid.T, r Row, side contact.Side) values {
	out := values{}
	p, _ := r.property()
	for _, name := range r.names(side) {
		label := string(side) + " " + name
		switch {
		case p.Type == contact.Date:
			out[name] = dates.Draw(t, label)
		case p.Type.IsSet() && side == contact.Outlook:
			out[name] = strings.Join(rapid.SliceOfN(members, 0, p.Most).Draw(t, label), "\n")
		case p.Type.IsSet():
			out[name] = rapid.OneOf(members, rapid.Just("")).Draw(t, label)
		case r.is(Boolean) && side == contact.VTiger:
			out[name] = rapid.SampledFrom([]string{ticked, unticked}).Draw(t, label)
		case r.is(Boolean), r.is(Picklist):
			out[name] = drawWord(t, label)
		default:
			out[name] = drawText(t, label)
		}
	}
	return out
}

// held draws what a side may hold, and a field that no row names.
func held(t *rapid.T, m Mapping, side contact.Side) values {
	out := values{"unmapped": "stays"}
	for _, r := range m {
		maps.Copy(out, native(t, r, side))
	}
	return out
}

// couple is one person on both sides with what they last agreed on, kept as the ledger keeps it.
type couple struct {
	mapping Mapping
	shapes  []contact.Shape
	winner  contact.Side
	native  map[contact.Side]values
	base    reconcile.Base
	linked  bool
}

func newCouple(m Mapping, winner contact.Side) *couple {
	return &couple{
		mapping: m, shapes: m.Shapes(Place{Module: "Contacts", Region: "DE"}), winner: winner,
		native: map[contact.Side]values{}, base: reconcile.Base{},
	}
}

func (c *couple) face(side contact.Side) contact.Contact { return c.mapping.Read(side, c.native[side]) }

// plan is what the two sides call for now.
func (c *couple) plan() reconcile.Plan {
	w := reconcile.World{
		Policy: reconcile.Policy{Direction: contact.Both, Run: contact.Both, Conflict: reconcile.ConflictPolicy(c.winner)}, Shapes: c.shapes,
		VTiger: reconcile.Tree{}, Outlook: reconcile.Tree{},
	}
	for side, tree := range map[contact.Side]reconcile.Tree{contact.VTiger: w.VTiger, contact.Outlook: w.Outlook} {
		if c.native[side] != nil {
			tree["1"] = reconcile.Seen{ID: "1", Presence: contact.Present, Contact: c.face(side)}
		}
	}
	if c.linked {
		w.Links = []reconcile.Link{{ID: 1, State: reconcile.Active, VTiger: "1", Outlook: "1", Base: c.base}}
	}
	return reconcile.Make(w)
}

// stored is what a side keeps of a text: vTiger's columns cut silently.
func stored(side contact.Side, name, value string) string {
	runes, most := []rune(value), contacts.columns[name]
	if side == contact.VTiger && most > 0 && len(runes) > most {
		return string(runes[:most])
	}
	return value
}

// sync performs a plan and tells whether it wrote anything.
func (c *couple) sync(t require.TestingT) bool {
	p := c.plan()
	for _, step := range p.Links {
		maps.Copy(c.base, step.Base)
	}
	for _, op := range p.Operations {
		changes := contact.Contact{}
		for f, change := range op.Fields {
			changes[f] = change.After
		}
		after := maps.Clone(c.native[op.Side])
		if after == nil {
			after = values{"cf_857": unticked} // vTiger's check boxes have no third state
		}
		for name, value := range c.mapping.Write(op.Side, changes, c.native[op.Side]) {
			after[name] = stored(op.Side, name, value)
		}
		c.native[op.Side], c.linked = after, true
	}
	for _, op := range p.Operations {
		faces := reconcile.Settle(c.shapes, op, c.face(contact.VTiger), c.face(contact.Outlook))
		for f := range op.Fields {
			require.Contains(t, faces, f, "%s shows what was planned for %s", op.Side, f)
		}
		maps.Copy(c.base, faces)
	}
	return len(p.Operations) > 0
}

// The drawn mappings are such as a person may save.
func TestDrawnMappingsAreValid(t *testing.T) {
	fields := recorded(t, "Contacts")
	rapid.Check(t, func(rt *rapid.T) {
		require.Empty(rt, spelled(rt).Check("Contacts", fields))
	})
}
