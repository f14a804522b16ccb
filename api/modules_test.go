package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/fieldmap"
	"contactbridge/internal/simulator/vtigersim"
)

// module makes the caller's connection of a module and gives its path.
func (c caller) module(module string) string {
	c.t.Helper()
	a := c.do("POST", "/api/v1/connections", map[string]string{"module": module})
	require.Equal(c.t, 201, a.status, a.raw)
	require.Equal(c.t, module, a.text(c.t, "module"))
	return a.header.Get("Location")
}

func TestEveryModuleHasItsConnection(t *testing.T) {
	r := newRig(t)
	r.as("ada").allow("alice")
	alice := r.as("alice")
	for _, module := range fieldmap.Modules {
		var v settingsView
		alice.at("GET /settings", alice.module(module), nil).read(t, &v)
		require.Equal(t, fieldmap.Default(module), v.Mapping, module)
		alice.do("POST", "/api/v1/connections", map[string]string{"module": module}).refused(t, 409, "connection-exists")
	}
}

func TestOtherModulesAreRefusedWithThePossibleOnes(t *testing.T) {
	r := newRig(t)
	r.as("ada").allow("alice")
	alice := r.as("alice")
	r.vtiger.SetModuleOff("Vendors", true)
	for _, module := range []string{"Campaigns", "Users", "Vendors", "leads", ""} {
		p := alice.do("POST", "/api/v1/connections", map[string]string{"module": module}).refused(t, 422, "invalid")
		require.Equal(t, "body.module", p.Errors[0].Location)
		require.Contains(t, p.Errors[0].Message, "possible are: Contacts, Leads, Accounts.", module)
	}
	r.vtiger.Fail("listtypes", 1, vtigersim.BadGateway)
	alice.do("POST", "/api/v1/connections", map[string]string{"module": "Leads"}).refused(t, 503, "unavailable")
}

// One mailbox serves several modules, each with a folder of its own.
func TestModulesDoNotShareAFolder(t *testing.T) {
	r, _, alice, _ := staged(t)
	leads := alice.module("Leads")
	r.browser().connect(alice.link(leads), "alice")
	p := alice.at("PUT /settings", leads, map[string]string{"folderId": "Contacts"}).refused(t, 409, "folder-taken")
	require.Contains(t, p.Detail, "another module")
	other := r.microsoft.AddFolder(mail("alice"), "Leads")
	a := alice.at("PUT /settings", leads, map[string]string{"folderId": other})
	require.Equal(t, 200, a.status, a.raw)
}

// Each module's mapping is held against that module's fields and demands that module's name.
func TestMappingsAreCheckedByModule(t *testing.T) {
	r := newRig(t)
	r.as("ada").allow("alice")
	alice := r.as("alice")
	accounts := alice.module("Accounts")
	row := func(outlook, vtiger string) map[string]any {
		return map[string]any{"outlook": outlook, "vtiger": []string{vtiger}, "direction": "both"}
	}
	put := func(rows ...map[string]any) reply {
		return alice.at("PUT /settings", accounts, map[string]any{"mapping": rows})
	}
	p := put(row("businessHomePage", "website")).refused(t, 422, "invalid")
	require.Contains(t, p.Errors[0].Message, "accountname")
	p = put(row("companyName", "accountname"), row("surname", "lastname")).refused(t, 422, "invalid")
	require.Equal(t, "body.mapping[1]", p.Errors[0].Location)
	p = put(row("companyName", "accountname"), row("officeLocation", "account_id")).refused(t, 422, "invalid")
	require.Contains(t, p.Errors[0].Message, "toOutlook")
	p = put(row("companyName", "accountname"), row("manager", "assigned_user_id")).refused(t, 422, "invalid")
	require.Contains(t, p.Errors[0].Message, "type owner")
	a := put(row("companyName", "accountname"), row("profession", "industry"))
	require.Equal(t, 200, a.status, a.raw)
}

// Custom fields are mapped like any other; the list of fields shows their labels.
func TestCustomFieldsAreChoices(t *testing.T) {
	r := newRig(t)
	r.as("ada").allow("alice")
	alice := r.as("alice")
	connection := alice.module("Contacts")
	var list struct{ Fields []fieldView }
	alice.at("GET /modules/Contacts/fields", connection, nil).read(t, &list)
	for _, f := range list.Fields {
		if f.Label != "External Sync Id" {
			continue
		}
		a := alice.at("PUT /settings", connection, map[string]any{"mapping": []map[string]any{
			{"outlook": "surname", "vtiger": []string{"lastname"}, "direction": "both"},
			{"outlook": "officeLocation", "vtiger": []string{f.Name}, "direction": "both"},
		}})
		require.Equal(t, 200, a.status, a.raw)
		return
	}
	t.Fatal("the list shows no field by its label")
}
