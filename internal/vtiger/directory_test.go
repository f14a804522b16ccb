package vtiger

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/vtigersim"
)

func TestUsersListsAllOfThem(t *testing.T) {
	c := newCRM(t)
	want := map[string]bool{c.admin: true, c.alice: true}
	for i := range 230 {
		id := c.AddUser(vtigersim.User{UserName: fmt.Sprintf("user%d", i), Password: "p", AccessKey: "k", LastName: "L"})
		want[id] = true
	}
	users, err := c.dial().Users(t.Context())
	require.NoError(t, err)
	require.Len(t, users, len(want))
	for _, u := range users {
		require.True(t, want[u.ID], u.ID)
	}
	require.Equal(t, User{
		ID: c.admin, UserName: "admin", FirstName: "Ada", LastName: "Administrator",
		Email: "admin@example.test", Admin: true, Active: true, TimeZone: "UTC", Role: "H2",
	}, users[0])

	_, err = Dial(Config{URL: c.url, Username: "alice", AccessKey: "aliceKey0123"}).Users(t.Context())
	require.Equal(t, contact.NeedsAdmin, contact.KindOf(err))

	c.SetBrokenTable("Users", true)
	_, err = c.dial().Users(t.Context())
	require.Equal(t, contact.Unavailable, contact.KindOf(err), "there is at least one user")
}

func TestGroups(t *testing.T) {
	groups, err := newCRM(t).dial().Groups(t.Context())
	require.NoError(t, err)
	require.Contains(t, groups, Group{ID: "20x2", Name: "Team Selling"})
	require.Len(t, groups, 3)
}

func TestFieldsAreDescribed(t *testing.T) {
	client := newCRM(t).dial()
	fields, err := client.Fields(t.Context(), "Contacts")
	require.NoError(t, err)
	by := map[string]FieldInfo{}
	for _, f := range fields {
		by[f.Name] = f
	}
	require.Equal(t, FieldInfo{Name: "lastname", Label: "Last Name", Type: "string", Mandatory: true, Editable: true, Content: true}, by["lastname"])
	require.Equal(t, []string{"Accounts"}, by["account_id"].RefersTo)
	require.False(t, by["account_id"].Editable, "references travel by name")
	require.False(t, by["modifiedtime"].Editable)
	require.False(t, by["source"].Editable)
	require.Equal(t, "date", by["birthday"].Type)
	require.Contains(t, by["leadsource"].Choices, "Cold Call")

	require.False(t, by["contact_id"].Editable, "references travel by name")
	require.False(t, by["imagename"].Editable)
	require.Equal(t, FieldInfo{Name: "cf_863", Label: by["cf_863"].Label, Type: "url", Editable: true, Content: true}, by["cf_863"])
	require.NotEmpty(t, by["cf_863"].Label)

	_, err = client.Fields(t.Context(), "Contacts; --")
	require.Equal(t, contact.BadInput, contact.KindOf(err))
	_, err = client.Fields(t.Context(), "Nonsense")
	require.Equal(t, contact.NeedsAdmin, contact.KindOf(err))
}

// The number of a custom field differs per installation, so people find it by its label.
func TestCustomFieldsAreFoundByLabel(t *testing.T) {
	c := newCRM(t, vtigersim.WithFields("Vendors", vtigersim.CustomField{
		Name: "cf_1201", Label: "Regions", Type: "multipicklist", Choices: []string{"North", "South"},
	}))
	fields, err := c.dial().Fields(t.Context(), "Vendors")
	require.NoError(t, err)
	require.Contains(t, fields, FieldInfo{
		Name: "cf_1201", Label: "Regions", Type: "multipicklist", Editable: true, Content: true, Choices: []string{"North", "South"},
	})
}

func TestModulesAreThoseThatAreOn(t *testing.T) {
	c := newCRM(t)
	modules, err := c.dial().Modules(t.Context())
	require.NoError(t, err)
	require.Subset(t, modules, []string{"Contacts", "Leads", "Accounts", "Vendors"})
	c.SetModuleOff("Vendors", true)
	modules, err = c.dial().Modules(t.Context())
	require.NoError(t, err)
	require.NotContains(t, modules, "Vendors")
}

func TestSignIn(t *testing.T) {
	c := newCRM(t)
	client := c.dial()
	alice := User{ID: c.alice, UserName: "alice", FirstName: "Alice", LastName: "Example", Email: "alice@example.test", Active: true, TimeZone: "UTC", Role: "H5"}

	got, err := client.SignIn(t.Context(), "alice", "alice-word", "")
	require.NoError(t, err)
	require.Equal(t, alice, got)
	got, err = client.SignIn(t.Context(), "ALICE", "", "aliceKey0123")
	require.NoError(t, err)
	require.Equal(t, alice, got)
	got, err = client.SignIn(t.Context(), "admin", "secret-word", "")
	require.NoError(t, err)
	require.True(t, got.Admin)

	for _, wrong := range [][3]string{
		{"alice", "wrong", ""},
		{"alice", "", "wrong"},
		{"nobody", "alice-word", ""},
		{"nobody", "", "aliceKey0123"},
		{"alice", "", ""},
		{"", "alice-word", ""},
		{"alice", "aliceKey0123", ""},
		{"alice", "", "alice-word"},
	} {
		_, err := client.SignIn(t.Context(), wrong[0], wrong[1], wrong[2])
		require.Equal(t, contact.NeedsSignIn, contact.KindOf(err), "%v", wrong)
		require.NotContains(t, err.Error(), "wrong")
	}
}

func TestSignInRefusesInactiveUsers(t *testing.T) {
	c := newCRM(t)
	client := c.dial()
	require.NoError(t, c.UpdateUser(c.alice, func(u *vtigersim.User) { u.Inactive = true }))
	_, err := client.SignIn(t.Context(), "alice", "alice-word", "")
	require.Equal(t, contact.NeedsSignIn, contact.KindOf(err))
	_, err = client.SignIn(t.Context(), "alice", "", "aliceKey0123")
	require.Equal(t, contact.NeedsSignIn, contact.KindOf(err))

	// The Mobile module lets her in all the same: her state is looked up.
	through := c.behindMobile(t, `{"success":true,"result":{"login":{"userid":"`+c.alice[3:]+`"}}}`)
	_, err = through.SignIn(t.Context(), "alice", "alice-word", "")
	require.Equal(t, contact.NeedsSignIn, contact.KindOf(err))
	require.Contains(t, contact.SentenceOf(err), "not active")
}

func TestSignInNamesTheMobileModule(t *testing.T) {
	c := newCRM(t)
	c.SetMobileOff(true)
	_, err := c.dial().SignIn(t.Context(), "alice", "alice-word", "")
	require.Equal(t, contact.NeedsAdmin, contact.KindOf(err))
	require.Contains(t, contact.SentenceOf(err), "Mobile module")
	for _, body := range []string{"", "<html></html>", `{"success":true,"result":[]}`, `{"success":true,"result":{"login":{"userid":{}}}}`} {
		_, err := c.behindMobile(t, body).SignIn(t.Context(), "alice", "alice-word", "")
		require.Error(t, err)
		require.NotEqual(t, contact.Bug, contact.KindOf(err), body)
		require.NotEqual(t, contact.NeedsSignIn, contact.KindOf(err), body)
	}
}
