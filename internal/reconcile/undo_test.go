package reconcile

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// wrote is an update of the pair v1-o1 that took effect on a side.
func wrote(id int64, side contact.Side, f contact.Field, before, after string) Deed {
	return Deed{ID: id, Operation: Operation{
		Side: side, Action: contact.Update, VTiger: "v1", Outlook: "o1", Fields: map[contact.Field]FieldChange{f: {Before: before, After: after}},
	}}
}

// made is an insert on a side that became one of v1-o1.
func made(side contact.Side, shown contact.Contact, left Left) Deed {
	d := Deed{ID: 7, Operation: Operation{Side: side, Action: contact.Insert, VTiger: "v1", Outlook: "o1", Fields: map[contact.Field]FieldChange{}}, Left: left}
	for f, v := range shown {
		d.Fields[f] = FieldChange{After: v}
	}
	return d
}

// removed is a deletion on a side of the pair v1-o1.
func removed(side contact.Side, shown contact.Contact) Deed {
	d := Deed{ID: 8, Operation: deletion(side, Link{ID: 1, VTiger: "v1", Outlook: "o1"}, shown, Why{}), Base: Base{}}
	for f, v := range shown {
		d.Base[f] = Faces{v, v}
	}
	return d
}

// undone is what a row expects: operations as "action side", skips by kind, and the fields that are written.
type undone struct {
	operations []string
	skips      []string
	fields     map[contact.Field]FieldChange // of the first operation
	relink     LinkState
}

func TestUndo(t *testing.T) {
	boss := ann.With("jobTitle", "Boss")
	detached := func(missing contact.Side) func(scene) scene {
		return func(s scene) scene {
			s.w.Links[0].State, s.w.Links[0].Missing = Detached, missing
			return s
		}
	}
	unlinked := func(s scene) scene { s.w.Links = nil; return s }
	for name, row := range map[string]struct {
		scene scene
		deeds []Deed
		want  undone
	}{
		"an update goes back, and the other side's face stays": {
			linked(boss, boss),
			[]Deed{wrote(1, contact.Outlook, "jobTitle", "Clerk", "Boss")},
			undone{operations: []string{"update outlook"}, fields: map[contact.Field]FieldChange{
				"jobTitle": {Before: "Boss", After: "Clerk", Faces: Faces{"Boss", "Clerk"}},
			}},
		},
		"two updates of a record are one, back to the first": {
			linked(boss, boss),
			[]Deed{wrote(1, contact.Outlook, "jobTitle", "Clerk", "Head"), wrote(2, contact.Outlook, "jobTitle", "Head", "Boss")},
			undone{operations: []string{"update outlook"}, fields: map[contact.Field]FieldChange{
				"jobTitle": {Before: "Boss", After: "Clerk", Faces: Faces{"Boss", "Clerk"}},
			}},
		},
		"a field that was written on both sides goes back on both": {
			linked(boss, boss),
			[]Deed{wrote(1, contact.Outlook, "jobTitle", "O", "Boss"), wrote(2, contact.VTiger, "jobTitle", "V", "Boss")},
			undone{operations: []string{"update outlook", "update vtiger"}, fields: map[contact.Field]FieldChange{
				"jobTitle": {Before: "Boss", After: "O", Faces: Faces{"V", "O"}},
			}},
		},
		"a value that was cleared comes back": {
			linked(ann, ann.With("mobilePhone", "")).based("mobilePhone", Faces{}),
			[]Deed{wrote(1, contact.Outlook, "mobilePhone", "+49 1", "")},
			undone{operations: []string{"update outlook"}, fields: map[contact.Field]FieldChange{
				"mobilePhone": {After: "+49 1", Faces: Faces{"", "+49 1"}},
			}},
		},
		"a reduced value is no edit": {
			linked(ann.With("jobTitle", "The very long title of Ann"), ann.With("jobTitle", "The very long title ")),
			[]Deed{wrote(1, contact.Outlook, "jobTitle", "Clerk", "The very long title of Ann")},
			undone{operations: []string{"update outlook"}},
		},
		"a beginning that somebody left is an edit": {
			linked(ann.With("jobTitle", "The very long title of Ann"), ann.With("jobTitle", "The very long title of Ann")).shows("o1", ann.With("jobTitle", "The very long title ")),
			[]Deed{wrote(1, contact.Outlook, "jobTitle", "Clerk", "The very long title of Ann")},
			undone{skips: []string{"undo-edited"}},
		},
		"edited since":            {linked(boss, boss).shows("o1", ann.With("jobTitle", "Edited")), []Deed{wrote(1, contact.Outlook, "jobTitle", "Clerk", "Boss")}, undone{skips: []string{"undo-edited"}}},
		"edited and synced since": {linked(ann.With("jobTitle", "Later"), ann.With("jobTitle", "Later")), []Deed{wrote(1, contact.Outlook, "jobTitle", "Clerk", "Boss")}, undone{skips: []string{"undo-edited"}}},
		"edited there":            {linked(boss, boss).shows("v1", ann.With("jobTitle", "Edited")), []Deed{wrote(1, contact.Outlook, "jobTitle", "Clerk", "Boss")}, undone{skips: []string{"undo-edited"}}},
		"back already":            {linked(boss, boss).shows("o1", ann.With("jobTitle", "Clerk")), []Deed{wrote(1, contact.Outlook, "jobTitle", "Clerk", "Boss")}, undone{skips: []string{"undo-already"}}},
		"remapped since":          {linked(boss, boss).unagreed("jobTitle"), []Deed{wrote(1, contact.Outlook, "jobTitle", "Clerk", "Boss")}, undone{skips: []string{"undo-remapped"}}},
		"no longer mapped":        {linked(boss, boss), []Deed{wrote(1, contact.Outlook, "spouseName", "A", "B")}, undone{skips: []string{"undo-remapped"}}},
		"required there":          {linked(ann, ann), []Deed{wrote(1, contact.VTiger, "surname", "", "Gray")}, undone{skips: []string{"undo-required"}}},
		"deleted since":           {linked(boss, boss).gone("o1"), []Deed{wrote(1, contact.Outlook, "jobTitle", "Clerk", "Boss")}, undone{skips: []string{"undo-gone"}}},
		"left the scope since":    {linked(boss, boss).outside("v1"), []Deed{wrote(1, contact.VTiger, "jobTitle", "Clerk", "Boss")}, undone{skips: []string{"undo-outside"}}},
		"unclear now":             {linked(boss, boss).busy("o1"), []Deed{wrote(1, contact.Outlook, "jobTitle", "Clerk", "Boss")}, undone{skips: []string{"undo-waits"}}},
		"not linked any more":     {unlinked(linked(boss, boss)), []Deed{wrote(1, contact.Outlook, "jobTitle", "Clerk", "Boss")}, undone{skips: []string{"undo-unlinked"}}},

		"an insert is deleted":              {linked(ann, ann), []Deed{made(contact.Outlook, ann, LeftIntact)}, undone{operations: []string{"delete outlook"}}},
		"an insert of before the notes":     {linked(ann, ann), []Deed{made(contact.VTiger, ann, LeftUnknown)}, undone{operations: []string{"delete vtiger"}}},
		"… that was edited":                 {linked(boss, boss), []Deed{made(contact.VTiger, ann, LeftUnknown)}, undone{skips: []string{"undo-edited"}}},
		"an insert edited in another field": {linked(ann, ann), []Deed{made(contact.Outlook, ann, LeftTouched)}, undone{skips: []string{"undo-edited"}}},
		"an insert that left the scope":     {linked(ann, ann).outside("v1"), []Deed{made(contact.VTiger, ann, LeftIntact)}, undone{skips: []string{"undo-outside"}}},
		"an insert that was deleted since":  {linked(ann, ann).gone("o1"), []Deed{made(contact.Outlook, ann, LeftIntact)}, undone{skips: []string{"undo-gone"}}},
		"an insert and its update":          {linked(boss, boss), []Deed{made(contact.Outlook, ann, LeftTouched), func() Deed { d := wrote(9, contact.Outlook, "jobTitle", "", "Boss"); d.Left = LeftIntact; return d }()}, undone{operations: []string{"delete outlook"}}},

		"a deletion whose partner is gone": {
			unlinked(linked(ann, ann).gone("v1").gone("o1")),
			[]Deed{removed(contact.VTiger, ann)},
			undone{operations: []string{"insert vtiger"}, relink: Detached},
		},
		"a copy whose record left the scope": {
			unlinked(linked(ann, ann).outside("v1").gone("o1")),
			[]Deed{removed(contact.Outlook, ann)},
			undone{operations: []string{"insert outlook"}, relink: OutOfScope},
		},
		"a deletion whose partner waits": {
			detached(contact.Outlook)(linked(ann, ann).gone("o1")),
			[]Deed{removed(contact.Outlook, ann)},
			undone{operations: []string{"insert outlook"}, relink: Active},
		},
		"a deletion whose partner has another": {linked(ann, ann).gone("o1"), []Deed{removed(contact.Outlook, ann)}, undone{skips: []string{"undo-partner"}}},
		"a deletion whose partner is unknown":  {unlinked(linked(ann, ann).gone("o1").absent("v1")), []Deed{removed(contact.Outlook, ann)}, undone{skips: []string{"undo-partner"}}},
		"there again":                          {unlinked(linked(ann, ann).gone("v1")), []Deed{removed(contact.Outlook, ann)}, undone{skips: []string{"undo-there"}}},
		"there again as another":               {unlinked(linked(ann, ann).gone("v1").gone("o1").stranger("o2", ann)), []Deed{removed(contact.Outlook, ann)}, undone{skips: []string{"undo-there"}}},
		"a twin of ours":                       {unlinked(linked(ann, ann).gone("v1")), []Deed{{ID: 3, Operation: deletion(contact.VTiger, Link{VTiger: "v1"}, ann, Why{})}}, undone{skips: []string{"undo-twin"}}},
		"inserted and deleted":                 {unlinked(linked(ann, ann).gone("o1")), []Deed{made(contact.Outlook, ann, LeftIntact), removed(contact.Outlook, ann)}, undone{skips: []string{"undo-passing"}}},
	} {
		t.Run(name, func(t *testing.T) {
			w := row.scene.w
			w.Shapes = planShapes()
			plan, skipped := Undo(w, row.deeds)
			var ops, skips []string
			for _, op := range plan.Operations {
				ops = append(ops, string(op.Action)+" "+string(op.Side))
				require.Equal(t, UndoKind, op.Why.Kind)
				require.NotEmpty(t, op.Undoes)
				require.Equal(t, row.want.relink, op.Relink)
			}
			for _, op := range skipped {
				skips = append(skips, op.Why.Kind)
			}
			require.Equal(t, row.want.operations, ops)
			require.Equal(t, row.want.skips, skips)
			if row.want.fields != nil {
				require.Equal(t, row.want.fields, plan.Operations[0].Fields)
			}
			require.Empty(t, plan.Links)
		})
	}
}

// A deleted contact comes back into vTiger only when the whole of it was asked for its address.
func TestAnUndoAsksTheWholeInstance(t *testing.T) {
	s := linked(ann, ann).gone("v1").gone("o1")
	s.w.Links, s.w.Shapes, s.w.Policy = nil, planShapes(), Policy{AskInstance: true}
	deeds := []Deed{removed(contact.VTiger, ann)}
	plan, _ := Undo(s.w, deeds)
	require.Equal(t, []string{"ann@x.test"}, plan.Ask)
	require.Equal(t, 1, plan.Unasked)
	require.Empty(t, plan.Operations)
	s.w.Instance = map[string][]Hit{"ann@x.test": nil}
	plan, _ = Undo(s.w, deeds)
	require.Equal(t, []string{"ann@x.test"}, plan.Operations[0].Claims)
	s.w.Instance["ann@x.test"] = []Hit{{ID: "v9", Owner: "another"}}
	plan, skipped := Undo(s.w, deeds)
	require.Empty(t, plan.Operations)
	require.Equal(t, "undo-there", skipped[0].Why.Kind)
}

// What a row never writes to a side does not come back there either.
func TestWhatIsRevivedIsWhatMayBeWritten(t *testing.T) {
	law := ann.With("department", "Law")
	for side, want := range map[contact.Side]string{contact.VTiger: "", contact.Outlook: "Law"} {
		s := linked(law, law).gone("v1").gone("o1")
		s.w.Links, s.w.Shapes = nil, planShapes()
		plan, _ := Undo(s.w, []Deed{removed(side, law)})
		require.Equal(t, want, plan.Operations[0].Fields["department"].After)
		require.Equal(t, "Gray", plan.Operations[0].Fields["surname"].After)
	}
}

// That an undo may delete is another question than that a sync may.
func TestAnUndoHasQuestionsOfItsOwn(t *testing.T) {
	op := deletion(contact.Outlook, Link{ID: 1, VTiger: "v1", Outlook: "o1"}, ann, Why{})
	of := op
	of.Undoes = []int64{1}
	require.NotEqual(t, op.removal(), of.removal())
	watch := map[contact.Side]Watch{contact.Outlook: {Limits: DefaultLimits(), Active: 1, Source: Listing{Records: 1}}}
	answers := map[string]Answer{of.removal(): {}}
	require.Empty(t, Guard(Plan{Operations: []Operation{op}}, watch, answers).Holds)
	require.Len(t, Guard(Plan{Operations: []Operation{of}}, watch, answers).Holds, 1)
}

// based gives the link's base of a field other faces.
func (s scene) based(f contact.Field, faces Faces) scene {
	l := s.unagreed(f)
	l.w.Links[0].Base[f] = faces
	return l
}
