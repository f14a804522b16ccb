package vtigersim

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAConvertedLeadIsAbsentAndRetrievable(t *testing.T) {
	s, c := newCRM(t)
	id := s.AddLead("19x5", map[string]string{"firstname": "Lea", "lastname": "D", "email": "lea@x.test", "designation": "CTO"})
	stays := s.AddLead("19x5", map[string]string{"lastname": "Stays"})
	made, err := s.ConvertLead(id)
	require.NoError(t, err)

	admin := c.as("admin")
	require.Equal(t, []any{stays}, admin.query("select id from Leads;").column("id"))
	require.Empty(t, admin.query("select id from Leads where id = '"+id+"';").column("id"))
	require.Contains(t, admin.get("retrieve", "id", id).body, `"lastname":"D"`)
	contact, _ := s.Record(made)
	require.Equal(t, []string{"Lea", "lea@x.test", "CTO", "CRM", "19x5"},
		[]string{contact["firstname"], contact["email"], contact["title"], contact["source"], contact["assigned_user_id"]})

	require.NoError(t, s.Edit(id, map[string]string{"lastname": "E"}))
	require.Len(t, s.Records("Leads"), 1, "no save brings it back")
	_, err = s.ConvertLead(id)
	require.Error(t, err)
	_, err = s.ConvertLead(made)
	require.Error(t, err)
}

func TestAddRecordTakesEveryModule(t *testing.T) {
	s, c := newCRM(t)
	vendor, err := s.AddRecord("Vendors", "20x2", map[string]string{"vendorname": "Ice"})
	require.NoError(t, err)
	require.Equal(t, []any{vendor}, c.as("admin").query("select id from Vendors where vendorname = 'Ice';").column("id"))
	_, err = s.AddRecord("Accounts", "19x1", map[string]string{"accountname": "Ice"})
	require.NoError(t, err)
	_, err = s.AddRecord("Accounts", "19x1", map[string]string{"accountname": "ICE"})
	require.Error(t, err, "Accounts refuses duplicates by name")
	for _, wrong := range []string{"Nothing", "Users"} {
		_, err = s.AddRecord(wrong, "19x1", nil)
		require.Error(t, err)
	}
}

func TestCustomFieldsAreDescribedAndStored(t *testing.T) {
	s, c := newCRM(t, WithFields("Vendors", CustomField{Name: "cf_901", Label: "Regions", Type: "multipicklist", Choices: []string{"North", "South"}}))
	for _, name := range []string{"admin", "alice"} {
		require.Contains(t, c.as(name).get("describe", "elementType", "Vendors").body, `"label":"Regions"`)
	}
	id, err := s.AddRecord("Vendors", "19x1", map[string]string{"vendorname": "Ice", "cf_901": "North |##| South"})
	require.NoError(t, err)
	require.Equal(t, []any{"North |##| South"}, c.as("admin").query("select cf_901 from Vendors where id = '"+id+"';").column("cf_901"))
	_, other := newCRM(t)
	require.NotContains(t, other.as("admin").get("describe", "elementType", "Vendors").body, "cf_901")
}

func TestAFieldThatIsOffIsUnknown(t *testing.T) {
	s, c := newCRM(t)
	id := s.AddContact("19x1", map[string]string{"lastname": "Gray", "department": "Board"})
	require.Error(t, s.SetFieldOff("Contacts", "nosuch", true))
	require.NoError(t, s.SetFieldOff("Contacts", "department", true))
	admin := c.as("admin")
	for _, user := range []*client{admin, c.as("alice")} {
		require.NotContains(t, user.get("describe", "elementType", "Contacts").body, `"department"`)
		require.Contains(t, user.get("describe", "elementType", "Contacts").body, `"assigned_user_id"`)
	}
	require.NotContains(t, admin.get("retrieve", "id", id).body, "department")
	shown := admin.query("select * from Contacts;").body
	require.NotContains(t, shown, "department")
	require.NotContains(t, shown, `"":`)
	require.Contains(t, shown, "Gray")
	require.Contains(t, admin.query("select id from Contacts where department = 'Board';").refusal(), "ACCESS_DENIED")
	require.Contains(t, admin.query("select department from Contacts;").refusal(), "ACCESS_DENIED")
	admin.post("revise", "element", `{"id":"`+id+`","department":"","title":"CEO"}`)
	require.NoError(t, s.SetFieldOff("Contacts", "department", false))
	require.Equal(t, []any{"Board"}, admin.query("select department from Contacts where title = 'CEO';").column("department"), "what it held is there again")
}

func TestAModuleThatIsOffIsDenied(t *testing.T) {
	s, c := newCRM(t)
	s.SetModuleOff("Vendors", true)
	admin := c.as("admin")
	require.NotContains(t, admin.get("listtypes").body, `"Vendors"`)
	require.Contains(t, admin.query("select id from Vendors;").refusal(), "ACCESS_DENIED")
	s.SetModuleOff("Vendors", false)
	require.Contains(t, admin.get("listtypes").body, `"Vendors"`)
}
