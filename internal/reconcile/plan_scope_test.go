package reconcile

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// foreign makes a record of vTiger a group's or another user's.
func (s scene) foreign(id string) scene { return s.with(id, func(r *Seen) { r.Foreign = true }) }

// excluded lets a contact of Outlook be left out by its categories.
func (s scene) excluded(id string) scene {
	return s.with(id, func(r *Seen) { r.Presence, r.Excluded = contact.Outside, true })
}

// foreignRows are about records of vTiger that belong to a group or to another user of the scope.
var foreignRows = []planRow{
	{"a foreign record's edit travels", twoWay, linked(ann, ann).foreign("v1").shows("v1", ann.With("jobTitle", "CEO")), []string{"update outlook v1-o1 changed-there jobTitle=>CEO"}},
	{"and an edit travels to it", twoWay, linked(ann, ann).foreign("v1").shows("o1", ann.With("jobTitle", "CEO")), []string{"update vtiger v1-o1 changed-there jobTitle=>CEO"}},
	{"a foreign record comes to Outlook", twoWay, scene{}.stranger("v1", ann).foreign("v1"), []string{"insert outlook v1- new emailAddresses=ann@x.test givenName=Ann surname=Gray"}},
	{"deleted in Outlook, it stays in vTiger", all, linked(ann, ann).foreign("v1").gone("o1"), []string{"detach v1-o1 detached missing outlook"}},
	{"and is not brought back by an edit", all, edited("o1", "v1").foreign("v1"), []string{"detach v1-o1 detached missing outlook"}},
	{"deleted in vTiger, it goes in Outlook", switched, linked(ann, ann).gone("v1").foreign("v1"), []string{"delete outlook v1-o1 deleted-there"}},
	{"Outlook's copy leaves the scope, it stays in vTiger", []Policy{removing, removeAll}, linked(ann, ann).foreign("v1").outside("o1"), []string{"freeze v1-o1 left-scope"}},
	{"it leaves the scope, Outlook's copy is removed", removal, linked(ann, ann).foreign("v1").outside("v1"), []string{"delete outlook v1-o1 left-scope"}},
	{"a foreign twin stays", twoWay, twinned().foreign("v2"), []string{"v2 twin-edited"}},
}

var (
	customers    = Policy{Categories: Categories{Wanted: []string{"Customers", "VIP"}}}
	noPrivate    = Policy{Categories: Categories{Unwanted: []string{"Private"}}}
	both         = Policy{Categories: Categories{Wanted: customers.Categories.Wanted, Unwanted: noPrivate.Categories.Unwanted}}
	holdExcluded = Policy{Elsewhere: HoldElsewhere, Categories: customers.Categories}
	insExcluded  = Policy{Elsewhere: InsertElsewhere, Categories: customers.Categories}
	annComes     = "insert outlook v1- new emailAddresses=ann@x.test givenName=Ann surname=Gray"
)

// categoryRows are about the filter of Outlook's categories, where no row maps them.
var categoryRows = []planRow{
	{"an insert gets the first wanted category", []Policy{customers, both}, scene{}.stranger("v1", ann), []string{
		"insert outlook v1- new categories=Customers emailAddresses=ann@x.test givenName=Ann surname=Gray",
	}},
	{"and none where none is wanted", []Policy{off, noPrivate}, scene{}.stranger("v1", ann), []string{annComes}},
	{"an insert into vTiger gets none", []Policy{customers, both}, scene{}.stranger("o1", ann), []string{annInserted}},
	{"who is left out is not inserted", []Policy{customers}, scene{}.stranger("o1", ann).excluded("o1"), nil},
	{"whose like is left out in Outlook is not doubled there", []Policy{customers}, scene{}.stranger("o1", ann).excluded("o1").stranger("v1", ann), []string{"v1 exists-elsewhere"}},
	{"nor linked, whatever a person is asked", []Policy{holdExcluded}, scene{}.stranger("o1", ann).excluded("o1").stranger("v1", ann), []string{"hold v1- exists-elsewhere o1"}},
	{"but where that is wanted", []Policy{insExcluded}, scene{}.stranger("o1", ann).excluded("o1").stranger("v1", ann), []string{
		"insert outlook v1- new categories=Customers emailAddresses=ann@x.test givenName=Ann surname=Gray",
	}},
	{"who is like nobody comes", []Policy{customers}, scene{}.stranger("o1", bo).excluded("o1").stranger("v1", ann), []string{
		"insert outlook v1- new categories=Customers emailAddresses=ann@x.test givenName=Ann surname=Gray",
	}},
	{"who moved to another folder is no like", []Policy{off}, scene{}.stranger("o1", ann).outside("o1").stranger("v1", ann), []string{annComes}},
	{"a linked contact loses its category", all, linked(ann, ann).excluded("o1").shows("v1", ann.With("jobTitle", "CEO")), []string{"freeze v1-o1 left-scope"}},
	{"a frozen one is not doubled either", []Policy{customers}, linked(ann, ann).state(OutOfScope).excluded("o1").stranger("v2", ann), []string{"v2 exists-elsewhere"}},
}

// A person may want who is like a contact that is left out, and is asked where the policy says so.
func TestAPersonMayInsertWhoIsLeftOut(t *testing.T) {
	w := scene{}.stranger("o1", ann).excluded("o1").stranger("v1", ann).w
	w.Policy, w.Shapes = holdExcluded, planShapes()
	h := Make(w).Holds
	require.Len(t, h, 1)
	w.Answers = map[string]Answer{h[0].Question: {Verdict: Approve}}
	require.Len(t, Make(w).Operations, 1)
	w.Answers = map[string]Answer{h[0].Question: {Verdict: Discard}}
	require.Empty(t, Make(w).Operations)
}

// withCategories are the shapes of a mapping that has categories, which travel so.
func withCategories(way contact.Direction) []contact.Shape {
	return append(planShapes(), contact.Shape{
		Field: CategoriesField, Type: contact.Texts, Direction: way, Limits: map[contact.Side]int{contact.VTiger: 1},
	})
}

// What an insert adds to the categories is Outlook's face: neither at once nor later does it flow back, while what people
// add does.
func TestTheCategoryOfAnInsertNeverFlowsBack(t *testing.T) {
	for _, way := range []contact.Direction{contact.Both, contact.ToOutlook, contact.ToVTiger} {
		for _, held := range []string{"", "Golf", "vip", "CUSTOMERS"} {
			w := scene{}.stranger("v1", ann.With(CategoriesField, held)).w
			w.Policy, w.Shapes = customers, withCategories(way)
			p := Make(w)
			require.Len(t, p.Operations, 1)
			op := p.Operations[0]
			lands := ann.With(CategoriesField, op.Fields[CategoriesField].After)
			require.True(t, w.Policy.Categories.Admit(lands[CategoriesField]), "%s %q", way, held)
			op.Outlook = "o1"
			v := w.VTiger["v1"].Contact
			w.Outlook = Tree{"o1": {ID: "o1", Presence: contact.Present, Contact: lands}}
			w.Links = []Link{{ID: 1, State: Active, VTiger: "v1", Outlook: "o1", Base: Settle(w.Shapes, op, v, lands)}}
			require.Empty(t, spell(Make(w)), "%s %q", way, held)

			w.Outlook["o1"] = Seen{ID: "o1", Presence: contact.Present, Contact: lands.With("jobTitle", "CEO")}
			p = Make(w)
			require.Equal(t, []string{"update vtiger v1-o1 changed-there jobTitle=>CEO"}, spell(p), "%s %q", way, held)
		}
	}
}

// A record that carries a category which is left out is not inserted, and that is said.
func TestAnUnwantedCategoryIsNotInserted(t *testing.T) {
	w := scene{}.stranger("v1", ann.With(CategoriesField, "PRIVATE")).w
	for _, policy := range []Policy{noPrivate, both} {
		w.Policy, w.Shapes = policy, withCategories(contact.Both)
		require.Equal(t, []string{"v1 unwanted-category"}, spell(Make(w)))
		w.Shapes = withCategories(contact.ToVTiger) // which does not bring it there
		require.Len(t, Make(w).Operations, 1)
	}
}

func TestCategoriesAdmit(t *testing.T) {
	for _, row := range []struct {
		filter Categories
		held   string
		want   bool
	}{
		{Categories{}, "", true},
		{Categories{}, "Private", true},
		{Categories{Wanted: []string{"Customers"}}, "", false},
		{Categories{Wanted: []string{"Customers"}}, "Golf\ncustomers", true},
		{Categories{Wanted: []string{"Customers"}}, "Customers (old)", false},
		{Categories{Wanted: []string{"ÄRZTE"}}, "ärzte", true},
		{Categories{Wanted: []string{"a", "b"}}, "B", true},
		{Categories{Unwanted: []string{"private"}}, "", true},
		{Categories{Unwanted: []string{"private"}}, "Golf\nPrivate", false},
		{Categories{Wanted: []string{"Golf"}, Unwanted: []string{"private"}}, "Golf\nPrivate", false},
	} {
		require.Equal(t, row.want, row.filter.Admit(row.held), "%+v %q", row.filter, row.held)
	}
}

// An undo inserts into the scope too, or says why not.
func TestAnUndoInsertsIntoTheScope(t *testing.T) {
	was := ann.With(CategoriesField, "Golf")
	w := linked(was, was).gone("o1").state(Detached).w
	w.Links[0].Missing = contact.Outlook
	w.Policy, w.Shapes = customers, withCategories(contact.Both)
	plan, skipped := Undo(w, []Deed{removed(contact.Outlook, was)})
	require.Empty(t, skipped)
	require.Equal(t, FieldChange{After: "Golf\nCustomers", Faces: Faces{"Golf", "Golf\nCustomers"}}, plan.Operations[0].Fields[CategoriesField])
	w.Policy = Policy{Categories: Categories{Unwanted: []string{"golf"}}}
	plan, skipped = Undo(w, []Deed{removed(contact.Outlook, was)})
	require.Empty(t, plan.Operations)
	require.Equal(t, whyUnwantedNow, skipped[0].Why)
}

// What an undo would delete in vTiger stays there once it belongs to somebody else.
func TestAnUndoDeletesNothingForeign(t *testing.T) {
	w := linked(ann, ann).foreign("v1").w
	w.Policy, w.Shapes = on, planShapes()
	plan, skipped := Undo(w, []Deed{made(contact.VTiger, ann, LeftIntact)})
	require.Empty(t, plan.Operations)
	require.Equal(t, whyForeignNow, skipped[0].Why)
}
