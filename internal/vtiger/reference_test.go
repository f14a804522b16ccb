package vtiger

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/fieldmap"
	"contactbridge/internal/simulator/vtigersim"
)

// add adds a record of any module by hand.
func (c *crm) add(t testing.TB, module string, values map[string]string) string {
	t.Helper()
	id, err := c.AddRecord(module, c.admin, values)
	require.NoError(t, err)
	return id
}

// linked are custom fields that refer to records with a name and to others.
var linked = vtigersim.WithFields("Vendors",
	vtigersim.CustomField{Name: "cf_901", Label: "Found by", Type: "reference", RefersTo: []string{"Campaigns", "Leads", "Contacts"}},
	vtigersim.CustomField{Name: "cf_903", Label: "Buyer", Type: "reference", RefersTo: []string{"Users"}},
	vtigersim.CustomField{Name: "cf_905", Label: "Part of", Type: "reference", RefersTo: []string{"Vendors"}},
	vtigersim.CustomField{Name: "cf_907", Label: "Spare part", Type: "string"},
)

func TestReferencesOfEveryFieldTravelByName(t *testing.T) {
	c := newCRM(t, linked)
	lead := c.add(t, "Leads", map[string]string{"firstname": "Lea", "lastname": "Der"})
	person := c.add(t, "Contacts", map[string]string{"lastname": "Alone"})
	whole := c.add(t, "Vendors", map[string]string{"vendorname": "Whole Ltd"})
	first := c.add(t, "Vendors", map[string]string{"vendorname": "A", "cf_901": lead, "cf_903": c.alice, "cf_905": whole, "cf_907": "12x77"})
	second := c.add(t, "Vendors", map[string]string{"vendorname": "B", "cf_901": person})
	book := c.dial().Book("Vendors", overlap)

	for what, got := range map[string]contact.Record{"walk": walkedTo(t, book, first), "look": sighted(t, book, first).Record} {
		require.Equal(t, "Lea Der", got.Values["cf_901"], what)
		require.Equal(t, "Whole Ltd", got.Values["cf_905"], what)
		require.NotContains(t, got.Values, "cf_903", what)
		require.Equal(t, "12x77", got.Values["cf_907"], "a text in the form of an id stays")
	}
	require.Equal(t, "Alone", sighted(t, book, second).Record.Values["cf_901"])
}

func walkedTo(t testing.TB, b *Book, id string) contact.Record {
	t.Helper()
	records, _ := walked(t, b, "")
	for _, r := range records {
		if r.ID == id {
			return r
		}
	}
	t.Fatalf("the walk does not show %s", id)
	return contact.Record{}
}

func TestAConvertedLeadKeepsItsNameAndADeletedOneHasNone(t *testing.T) {
	c := newCRM(t, linked)
	lead := c.add(t, "Leads", map[string]string{"firstname": "Lea", "lastname": "Der"})
	id := c.add(t, "Vendors", map[string]string{"vendorname": "A", "cf_901": lead})
	_, err := c.ConvertLead(lead)
	require.NoError(t, err)
	book := c.dial().Book("Vendors", overlap)
	require.Equal(t, "Lea Der", sighted(t, book, id).Record.Values["cf_901"])
	require.NoError(t, c.Delete(lead))
	require.NotContains(t, sighted(t, book, id).Record.Values, "cf_901")
}

// A target that goes away between the rows and the names reads as empty, too; its denial is believed by its message only.
func TestATargetThatIsGoneWhenItIsNamedReadsAsEmpty(t *testing.T) {
	c := newCRM(t, linked)
	lead := c.add(t, "Leads", map[string]string{"lastname": "Der"})
	id := c.add(t, "Vendors", map[string]string{"vendorname": "A", "cf_901": lead})
	for message, fails := range map[string]bool{messageNoRecord: false, messageNotVisible: false, "No": true} {
		book := c.behind(t, func(operation string, form url.Values) (string, bool) {
			if operation == "retrieve" {
				return `{"success":false,"error":{"code":"ACCESS_DENIED","message":"` + message + `"}}`, true
			}
			return nothing, operation == "query" && strings.Contains(form.Get("query"), "from Leads")
		}).Book("Vendors", overlap)
		got, err := book.Look(t.Context(), []string{id})
		if fails {
			require.Error(t, err)
			continue
		}
		require.NoError(t, err)
		require.NotContains(t, got[0].Record.Values, "cf_901")
	}
}

func TestModulesAreDescribedOnce(t *testing.T) {
	c := newCRM(t)
	boss := c.person(map[string]string{"firstname": "Bo", "lastname": "Ss"})
	account := c.AddAccount("Ice & Sons")
	for range 250 {
		c.person(map[string]string{"lastname": "A", "contact_id": boss, "account_id": account})
	}
	book := c.contacts()
	records, next := walked(t, book, "")
	require.Equal(t, "Bo Ss", records[250].Values["contact_id"])
	require.Equal(t, 2, c.Count("describe"), "Contacts and Accounts")
	c.ResetCounts()
	walked(t, book, next)
	require.Zero(t, c.Count("describe"), "another walk goes by what is known")

	c.ResetCounts()
	plain := c.dial().Book("Leads", overlap)
	c.add(t, "Leads", map[string]string{"lastname": "Der"})
	walked(t, plain, "")
	require.Zero(t, c.Count("describe"), "rows without references need none")
}

// What a mapping may hold is in the values of a record that has it, and nothing else is.
func TestValuesHoldWhatCanBeMapped(t *testing.T) {
	c := newCRM(t, linked)
	client := c.dial()
	targets := map[string]string{"Users": c.alice}
	for _, module := range []string{"Leads", "Contacts", "Accounts", "Vendors"} {
		targets[module] = c.add(t, module, map[string]string{"lastname": "L", "accountname": "L", "vendorname": "L"})
	}
	for _, module := range fieldmap.Modules {
		fields, err := client.Fields(t.Context(), module)
		require.NoError(t, err)
		values := map[string]string{}
		for _, f := range fields {
			values[f.Name] = "1"
			switch f.Type {
			case "date":
				values[f.Name] = "2020-02-02"
			case "reference":
				values[f.Name] = targets[f.RefersTo[len(f.RefersTo)-1]]
			}
		}
		if module == "Accounts" {
			values["accountname"] = "whole"
		}
		delete(values, "assigned_user_id")
		shown := sighted(t, client.Book(module, overlap), c.add(t, module, values)).Record.Values
		for _, f := range fields {
			property := "nickName"
			row := fieldmap.Mapping{{Outlook: property, VTiger: []string{f.Name}, Direction: contact.ToOutlook}}
			flawed := false
			for _, p := range row.Check(module, []fieldmap.VTigerField{{Name: f.Name, Type: f.Type, Editable: f.Editable, RefersTo: f.RefersTo}}) {
				flawed = flawed || p.Row >= 0
			}
			if !flawed {
				require.NotEmpty(t, shown[f.Name], "%s of %s", f.Name, module)
			}
		}
		for name := range shown {
			require.NotRegexp(t, idForm, shown[name], "%s of %s is an id", name, module)
		}
	}
}
