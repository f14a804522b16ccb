package reconcile

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

func TestAConditionIsMet(t *testing.T) {
	for _, row := range []struct {
		operator    Operator
		value, held string
		want        bool
	}{
		{Is, "Web", "web ", true},
		{Is, "Key  account", "KEY Account", true},
		{Is, "ÄRZTE", "ärzte", true},
		{Is, "Web", "Website", false},
		{Is, "Web", "", false},
		{IsNot, "Web", "WEB", false},
		{IsNot, "Web", "", true},
		{Contains, "bon", "Bonn", true},
		{Contains, "North", "North |##| South", true},
		{Contains, "bonn", "", false},
		{ContainsNot, "bonn", "Bad Bonn", false},
		{ContainsNot, "bonn", "", true},
		{StartsWith, "bad", "Bad Bonn", true},
		{StartsWith, "bonn", "Bad Bonn", false},
		{IsEmpty, "", " ", true},
		{IsEmpty, "", "0", false},
		{IsNotEmpty, "", "0", true},
		{IsNotEmpty, "", "", false},
		{IsBefore, "2026-03-01", "2026-02-28", true},
		{IsBefore, "2026-03-01", "2026-03-01", false},
		{IsBefore, "2026-03-01", "", false},
		{IsAfter, "2026-03-01", "2026-03-02", true},
		{IsAfter, "2026-03-01", "2026-03-01 23:59:59", false},
		{IsAfter, "2026-03-01", "", false},
		{"looksLike", "Web", "Web", false},
	} {
		require.Equal(t, row.want, Condition{"f", row.operator, row.value}.Meets(row.held), "%+v", row)
	}
}

func TestAllConditionsAreMet(t *testing.T) {
	c := Conditions{{"leadsource", Is, "Web"}, {"mailingcity", IsNotEmpty, ""}}
	require.True(t, c.Admit(map[string]string{"leadsource": "Web", "mailingcity": "Bonn"}))
	require.False(t, c.Admit(map[string]string{"leadsource": "Web"}))
	require.False(t, c.Admit(map[string]string{"leadsource": "Fair", "mailingcity": "Bonn"}))
	require.True(t, Conditions(nil).Admit(nil))
}

// admitting lets inserts enter vTiger with one job title only.
func (s scene) admitting(title string) scene {
	s.w.Enters = func(c contact.Contact) bool { return c["jobTitle"] == title }
	return s
}

var (
	nameless = contact.Contact{"givenName": "Ann", "surname": "Gray"} // without an address that the whole vTiger could be asked for
	skipping = []Policy{{Direction: contact.Both, Run: contact.Both}}
	holding  = []Policy{{Direction: contact.Both, Run: contact.Both, Elsewhere: HoldElsewhere}}
	making   = []Policy{{Direction: contact.Both, Run: contact.Both, Elsewhere: InsertElsewhere}}
)

// filterRows are about what only a filter of vTiger's records leaves out.
var filterRows = []planRow{
	{"who would not meet the conditions is not inserted", twoWay, scene{}.stranger("o1", ann).admitting("CEO"), []string{"o1 outside-conditions"}},
	{"who meets them is", twoWay, scene{}.stranger("o1", ann.With("jobTitle", "CEO")).admitting("CEO"), []string{"insert vtiger -o1 new emailAddresses=ann@x.test givenName=Ann jobTitle=CEO surname=Gray"}},
	{"nobody asks that of Outlook", twoWay, scene{}.stranger("v1", ann).admitting("CEO"), []string{annComes}},
	{"who is linked need not meet them by what is written", twoWay, linked(ann, ann).shows("o1", ann.With("jobTitle", "Cook")).admitting("CEO"), []string{
		"update vtiger v1-o1 changed-there jobTitle=>Cook",
	}},
	{"whose like is left out in vTiger is not doubled there", skipping, scene{}.stranger("v1", nameless).excluded("v1").stranger("o1", nameless), []string{"o1 exists-elsewhere"}},
	{"but held where a person is to be asked", holding, scene{}.stranger("v1", nameless).excluded("v1").stranger("o1", nameless), []string{"hold -o1 exists-elsewhere v1"}},
	{"and inserted where that is wanted", making, scene{}.stranger("v1", nameless).excluded("v1").stranger("o1", nameless), []string{
		"insert vtiger -o1 new givenName=Ann surname=Gray",
	}},
	{"whom the owner leaves out is no like", skipping, scene{}.stranger("v1", nameless).outside("v1").stranger("o1", nameless), []string{
		"insert vtiger -o1 new givenName=Ann surname=Gray",
	}},
}

// A contact with an address is left to what the whole vTiger says, so that nobody is asked twice.
func TestTheWholeVTigerIsAskedFirst(t *testing.T) {
	w := scene{}.stranger("v1", ann).excluded("v1").stranger("o1", ann).w
	w.Policy, w.Shapes = Policy{Direction: contact.Both, Run: contact.Both, AskInstance: true, Elsewhere: HoldElsewhere}, planShapes()
	require.Equal(t, []string{"ann@x.test"}, Make(w).Ask)
	require.Empty(t, Make(w).Holds)
	w.Instance = map[string][]Hit{"ann@x.test": {{ID: "v1", InScope: true}}}
	holds := Make(w).Holds
	require.Len(t, holds, 1)
	w.Answers = map[string]Answer{holds[0].Question: {Verdict: Approve}}
	require.Len(t, Make(w).Operations, 1)
}

// An undo brings nothing into vTiger that would leave the scope at once, and so take the survivor along.
func TestAnUndoInsertsWhatMeetsTheConditions(t *testing.T) {
	w := linked(ann, ann).gone("v1").state(Detached).admitting("CEO").w
	w.Links[0].Missing = contact.VTiger
	w.Policy, w.Shapes = Policy{Direction: contact.Both, Run: contact.Both}, planShapes()
	plan, skipped := Undo(w, []Deed{removed(contact.VTiger, ann)})
	require.Empty(t, plan.Operations)
	require.Equal(t, whyConditionsNow, skipped[0].Why)
	plan, _ = Undo(w, []Deed{removed(contact.VTiger, ann.With("jobTitle", "CEO"))})
	require.Len(t, plan.Operations, 1)
}
