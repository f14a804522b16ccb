package graphsim

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// control makes one call under /simulator.
func (r *rig) control(method, path, body string) reply {
	r.t.Helper()
	return r.send(method, r.base+"/simulator"+path, body, "Content-Type", "application/json")
}

// order makes a change that must succeed.
func (r *rig) order(path, body string) reply {
	r.t.Helper()
	out := r.control(http.MethodPost, "/"+path, body)
	require.Equal(r.t, http.StatusOK, out.status, "%s: %s", path, out.text)
	return out
}

func (r *rig) shown() state {
	r.t.Helper()
	out := r.control(http.MethodGet, "/state", "")
	require.Equal(r.t, http.StatusOK, out.status)
	for _, hidden := range []string{secret, "ann's password", r.token} {
		require.NotContains(r.t, out.text, hidden)
	}
	var shown state
	require.NoError(r.t, json.Unmarshal([]byte(out.text), &shown))
	return shown
}

// Every example of the manual is a call that works in a cloud that has what it names.
func TestExamplesOfTheManualWork(t *testing.T) {
	r := newRig(t)
	id := r.AddContact(ann, "", map[string]any{"surname": "X"})
	require.NotEmpty(t, r.AddFolder(ann, "Other"))
	calls := r.control(http.MethodGet, "", "").body["calls"].([]any)
	require.Len(t, calls, len(commands())+2)
	for _, item := range calls {
		call := item.(map[string]any)
		method, path, _ := strings.Cut(call["call"].(string), " ")
		example, err := json.Marshal(call["example"])
		require.NoError(t, err)
		out := r.control(method, strings.TrimPrefix(path, "/simulator"), strings.ReplaceAll(string(example), `"ID"`, `"`+id+`"`))
		require.Equal(t, http.StatusOK, out.status, "%s: %s", path, out.text)
		require.NotEmpty(t, call["about"])
	}
}

func TestControlOfContactsAndFolders(t *testing.T) {
	r := newRig(t, func(s *Settings) { s.DeletedItems = true })
	folder := r.order("folder/add", `{"user":"`+ann+`","name":"Customers"}`).id()
	id := r.order("contact/add", `{"user":"`+ann+`","folder":"Customers","fields":{"surname":"L"}}`).id()
	r.order("contact/edit", `{"user":"`+ann+`","id":"`+id+`","fields":{"jobTitle":"Boss"}}`)
	r.order("contact/spoil", `{"user":"`+ann+`","id":"`+id+`","property":"surname","value":7}`)

	shown := r.shown()
	require.Equal(t, []string{ann, bob}, []string{shown.Users[0].UPN, shown.Users[1].UPN})
	folders := shown.Users[0].Folders
	require.Equal(t, []string{"Contacts", "Customers", "Deleted Items"}, []string{folders[0].Name, folders[1].Name, folders[2].Name})
	require.Equal(t, []string{folder, folders[0].ID}, []string{folders[1].ID, folders[1].Parent})
	require.Len(t, folders[1].Contacts, 1)
	require.Equal(t, "Boss", folders[1].Contacts[0].Shown["jobTitle"])
	require.EqualValues(t, 7, r.send("GET", "/me/contacts/"+id, nil).body["surname"])

	r.order("contact/mend", `{"user":"`+ann+`","id":"`+id+`"}`)
	r.order("contact/move", `{"user":"`+ann+`","id":"`+id+`"}`)
	require.Equal(t, folders[0].ID, r.Contact(ann, id)["parentFolderId"])
	r.order("contact/delete", `{"user":"`+ann+`","id":"`+id+`"}`)
	require.Len(t, r.shown().Users[0].Folders[2].Contacts, 1)
	r.order("contact/delete", `{"user":"`+ann+`","id":"`+id+`"}`)
	require.Empty(t, r.shown().Users[0].Folders[2].Contacts, "the second time it is gone")
	r.order("folder/delete", `{"user":"`+ann+`","folder":"`+folder+`"}`)
	require.Len(t, r.shown().Users[0].Folders, 2)
}

func TestControlOfFaultsSwitchesAndCounts(t *testing.T) {
	r := newRig(t)
	r.order("switches", `{"latency":"1ms","delta":{"replays":2,"lag":"5s"}}`)
	r.order("switches", `{"ignoreIfMatch":true}`)
	set := r.current()
	require.Equal(t, []time.Duration{time.Millisecond, 5 * time.Second, 3599 * time.Second}, []time.Duration{set.Latency, set.Delta.Lag, set.TokenLifetime})
	require.True(t, set.IgnoreIfMatch)
	require.Equal(t, 2, set.Delta.Replays)
	require.Equal(t, set, r.shown().Switches.settings(), "what is shown is what is set")

	r.order("counts/reset", "")
	r.order("fail", `{"operation":"contacts.list","times":2,"how":"throttled","retryAfter":"2.5"}`)
	require.Equal(t, []faultState{{Operation: "contacts.list", Times: 2, Status: 429}}, r.shown().Faults)
	out := r.send("GET", "/me/contacts", nil)
	require.Equal(t, http.StatusTooManyRequests, out.status)
	require.Equal(t, "2.5", out.header.Get("Retry-After"))
	require.Equal(t, 1, r.shown().Counts["contacts.list"])
	r.order("clear", "")
	require.Equal(t, http.StatusOK, r.send("GET", "/me/contacts", nil).status)

	r.order("postpone", `{"operation":"contacts.create","how":"gateway-timeout"}`)
	require.Equal(t, http.StatusGatewayTimeout, r.send("POST", "/me/contacts", map[string]any{"surname": "Late"}).status)
	require.Empty(t, r.Contacts(ann, ""))
	r.order("release", "")
	require.Len(t, r.Contacts(ann, ""), 1)

	r.order("mailbox/disable", `{"user":"`+ann+`","on":true}`)
	require.True(t, r.shown().Users[0].MailboxDisabled)
	require.Equal(t, http.StatusNotFound, r.send("GET", "/me/contacts", nil).status)
}

func TestWrongOrdersAreRefusedAndChangeNothing(t *testing.T) {
	r := newRig(t)
	before := r.current()
	for path, body := range map[string]string{
		"contact/add": `{"user":"nobody@x","fields":{}}`, "contact/edit": `{"user":"` + ann + `","id":"none"}`, "contact/move": `{"idd":"1"}`,
		"contact/spoil": `{"user":"` + ann + `"}`, "fail": `{"operation":"*","how":"miracle"}`, "postpone": `{"operation":"*","how":"blank","status":42}`,
		"hold": `{}`, "switches": `{"latency":"-1s"}`, "user/add": `{"upn":"` + ann + `","tenantId":"t"}`, "folder/add": `{"user":"` + ann + `","name":" "}`,
		"app/add": `{}`, "app/secret": `{"clientId":"none"}`, "delta/reset": `[]`,
	} {
		require.Equal(t, http.StatusBadRequest, r.control(http.MethodPost, "/"+path, body).status, path)
	}
	require.Equal(t, before, r.current())
	require.Empty(t, r.shown().Faults)
	plain := r.send(http.MethodPost, r.base+"/simulator/clear", "{}", "Content-Type", "text/plain")
	require.Equal(t, http.StatusBadRequest, plain.status, "a page of another site can send this")
	require.Equal(t, http.StatusNotFound, r.control(http.MethodPost, "/no/such", "{}").status)
}

// People of two tenants do not see each other's mailboxes.
func TestTenantsAndMailboxesAreApart(t *testing.T) {
	r := newRig(t)
	const other = "22222222-3333-4444-5555-666666666666"
	r.order("user/add", `{"upn":"eve@fabrikam.example","password":"word","tenantId":"`+other+`"}`)
	r.order("contact/add", `{"user":"eve@fabrikam.example","fields":{"surname":"Hers"}}`)
	require.Empty(t, r.Contacts(ann, ""))
	require.GreaterOrEqual(t, r.send("GET", "/users/eve@fabrikam.example/contacts", nil).status, 400)
	require.Len(t, r.Contacts("eve@fabrikam.example", ""), 1)
	require.Equal(t, other, r.shown().Users[2].TenantID)
}
