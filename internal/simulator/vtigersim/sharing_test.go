package vtigersim

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPrivateSharing(t *testing.T) {
	s, c := newCRM(t)
	admin, alice := c.as("admin"), c.as("alice")
	hers := s.AddContact("19x5", map[string]string{"lastname": "Hers"})
	his := s.AddContact("19x1", map[string]string{"lastname": "His"})
	team := s.AddContact("20x3", map[string]string{"lastname": "Team"})
	const all = "select id from Contacts;"
	require.Equal(t, []any{hers, his, team}, admin.query(all).column("id"))
	require.Equal(t, []any{hers}, alice.query(all).column("id"))

	const foreign = "ACCESS_DENIED: Permission to read given object is denied"
	require.Equal(t, foreign, alice.get("retrieve", "id", his).refusal())
	require.Equal(t, foreign, alice.revise(`{"id":"`+his+`","title":"x"}`).refusal())
	require.Equal(t, foreign, alice.post("delete", "id", his).refusal())

	require.NoError(t, s.UpdateUser("19x5", func(u *User) { u.Groups = []string{"20x3"} }))
	require.Equal(t, []any{hers, team}, alice.query(all).column("id"))
}

// The write that gives a record away still returns it.
func TestHandingOver(t *testing.T) {
	s, c := newCRM(t)
	alice := c.as("alice")
	id, ok := alice.create(`{"lastname":"Given","assigned_user_id":"19x1"}`).field("id").(string)
	require.True(t, ok)
	require.Equal(t, errDeniedObject.message, alice.get("retrieve", "id", id).decode()["error"].(map[string]any)["message"])
	hers := s.AddContact("19x5", map[string]string{"lastname": "Hers"})
	require.Equal(t, "20x2", alice.revise(`{"id":"`+hers+`","assigned_user_id":"20x2"}`).field("assigned_user_id"))
	require.Empty(t, alice.query("select id from Contacts;").column("id"))
}

func TestOrdinaryUsersAndTheDirectory(t *testing.T) {
	_, c := newCRM(t)
	alice := c.as("alice")
	const denied = "ACCESS_DENIED: " + deniedText
	require.Equal(t, denied, alice.get("retrieve", "id", "19x5").refusal())
	require.Equal(t, denied, alice.get("describe", "elementType", "Users").refusal())
	require.Len(t, alice.query("select * from Groups;").column("id"), 3)
	require.Equal(t, "alice", c.as("admin").get("retrieve", "id", "19x5").field("user_name"))
	require.Equal(t, denied, c.as("admin").post("delete", "id", "19x5").refusal())
}

func TestHiddenModules(t *testing.T) {
	s, c := newCRM(t)
	admin, alice := c.as("admin"), c.as("alice")
	s.SetHiddenModules(true)
	require.Equal(t, stringsToAny(stillVisible), alice.get("listtypes").field("types"))
	for _, reply := range []got{
		alice.get("describe", "elementType", "Contacts"),
		alice.query("select id from Contacts;"),
		alice.create(`{"lastname":"x","assigned_user_id":"19x5"}`),
	} {
		require.Equal(t, "ACCESS_DENIED: "+deniedText, reply.refusal())
	}
	require.Contains(t, admin.get("listtypes").field("types"), "Contacts")
	s.SetHiddenModules(false)
	require.Contains(t, alice.get("listtypes").field("types"), "Contacts")
}

func TestListTypesByFieldType(t *testing.T) {
	_, c := newCRM(t)
	reply := c.as("admin").get("listtypes", "fieldTypeList", `["phone"]`)
	require.ElementsMatch(t, []any{"Contacts", "Accounts", "Leads", "Users"}, reply.field("types"))
	require.Len(t, reply.field("information"), 4)
}
