package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
	"contactbridge/internal/simulator/graphsim"
)

// acts reads the audit log, newest first.
func (c caller) acts(query string) []actView {
	c.t.Helper()
	var page struct{ Acts []actView }
	a := c.do("GET", "/api/v1/audit?limit=200&"+query, nil)
	require.Equal(c.t, 200, a.status, a.raw)
	a.read(c.t, &page)
	return page.Acts
}

// decisions are the calls by which an admin changes what is everybody's or another user's, and what the audit log says of
// each. They are made in this order.
var decisions = []struct {
	call    string
	body    any
	details map[string]any
}{
	{"POST {c}/authorization", nil, map[string]any{"user": "{alice}", "connection": "{id}"}},
	{"POST {c}/folders", map[string]string{"name": "Partners"}, map[string]any{"user": "{alice}", "connection": "{id}"}},
	{"POST {c}/invitation", nil, map[string]any{"user": "{alice}", "connection": "{id}"}},
	{"PUT /api/v1/settings/microsoft", "application mode", map[string]any{"changed": []any{"application", "clientSecret"}}},
	{"POST /api/v1/settings/microsoft/check", nil, nil},
	{"POST /api/v1/settings/microsoft/consent", nil, nil},
	{
		"PUT /api/v1/settings/alerts",
		map[string]any{"webhookUrl": "https://hook.example/", "webhookSecret": "hook-password"},
		map[string]any{"changed": []any{"smtpPort", "webhookSecret", "webhookUrl"}},
	},
	{"PUT /api/v1/settings/alerts", map[string]any{}, map[string]any{"changed": []any{"webhookUrl"}}},
	{"POST /api/v1/settings/alerts/check", nil, nil},
	{"PUT /api/v1/settings/vtiger", map[string]string{"url": "{crm}", "username": "ada"}, map[string]any{"changed": []any{}, "replaced": false}},
	{"POST /api/v1/settings/vtiger/check", nil, nil},
	{"PUT /api/v1/settings/defaults", map[string]int{"batchSize": 77}, map[string]any{"changed": []any{"batchSize"}}},
	{"POST /api/v1/settings/defaults/apply", map[string][]string{"fields": {"batchSize"}}, map[string]any{"fields": []any{"batchSize"}}},
	{"PUT /api/v1/users/access", map[string]any{"allowed": true, "role": "H2"}, map[string]any{"allowed": true, "users": []any{"{ada}"}}},
	{"PUT /api/v1/groups/20x2/members", map[string][]string{"userIds": {"{bob}"}}, map[string]any{"users": []any{"{bob}"}}},
	{"PUT /api/v1/users/{carl}/access", map[string]bool{"allowed": true}, map[string]any{"allowed": true}},
	{"PUT /api/v1/users/{carl}/access", map[string]bool{"allowed": false}, map[string]any{"allowed": false}},
	{"POST /api/v1/connections", map[string]string{"module": "Contacts", "userId": "{bob}"}, map[string]any{"user": "{bob}"}},
	{
		"PUT {c}/settings",
		map[string]any{"batchSize": 5, "conditions": []map[string]string{{"field": "leadsource", "operator": "isNotEmpty"}}},
		map[string]any{"changed": []any{"batchSize", "conditions"}, "user": "{alice}", "connection": "{id}"},
	},
	{"PUT {c}/authorization", map[string]string{"mailbox": "alice@bridge.example"}, map[string]any{"mailbox": "alice@bridge.example", "user": "{alice}", "connection": "{id}"}},
	{"POST {c}/runs", map[string]bool{"skipPreview": true}, map[string]any{"preview": false, "user": "{alice}", "connection": "{id}"}},
	{"POST {c}/observe-again", map[string]string{"side": "outlook"}, map[string]any{"user": "{alice}", "connection": "{id}"}},
	{"POST {run}/cancel", nil, map[string]any{"user": "{alice}", "connection": "{id}"}},
	{"POST {done}/undo", map[string]bool{"preview": true}, map[string]any{"preview": true, "user": "{alice}", "connection": "{id}"}},
	{"POST {hold1}/approve", nil, map[string]any{"answer": "approve", "user": "{alice}", "connection": "{id}"}},
	{"POST {hold2}/discard", nil, map[string]any{"answer": "discard", "user": "{alice}", "connection": "{id}"}},
	{"POST {c}/holds", map[string]any{"approve": true, "kind": "guard", "through": newest}, map[string]any{"answer": "approve", "kind": "guard", "user": "{alice}", "connection": "{id}"}},
	{"POST /api/v1/quarantine/retry", map[string]string{"connection": "{id}"}, map[string]any{"user": "{alice}", "connection": "{id}"}},
	{"POST /api/v1/quarantine/retry", nil, nil},
	{"DELETE {c}/authorization", nil, map[string]any{"user": "{alice}", "connection": "{id}"}},
	{"DELETE {c}", nil, map[string]any{"user": "{alice}", "connection": "{id}"}},
	{"DELETE /api/v1/people?email=nobody@nowhere.example", nil, nil},
	{"DELETE /api/v1/users/{bob}/data", nil, nil},
}

// decided is a stage on which each of the decisions can be made, and what fills their placeholders.
func decided(t *testing.T) (r *rig, admin caller, fill *strings.Replacer) {
	r, admin, alice, connection := staged(t)
	require.Equal(t, 202, alice.at("POST /runs", connection, nil).status)
	run, _ := worked(t, r, idOf(connection))
	require.NoError(t, r.server.Ledger.EndRun(t.Context(), ledger.Ending{Connection: run.ConnectionID, State: ledger.RunDone}))
	open := alice.at("POST /runs", connection, nil).header.Get("Location")
	fill = strings.NewReplacer("{c}", connection, "{id}", idOf(connection), "{run}", open, "{done}", runsPath+"/"+run.ID,
		"{hold1}", holdsPath+"/"+r.waits(connection, "q1", reconcile.GuardHold), "{hold2}", holdsPath+"/"+r.waits(connection, "q2", reconcile.GuardHold),
		"{crm}", r.crm, "{ada}", admin.userID("ada"), "{alice}", admin.userID("alice"), "{bob}", admin.userID("bob"), "{carl}", admin.userID("carl"))
	return r, admin, fill
}

func (r *rig) decision(body any, fill *strings.Replacer) any {
	if body == "application mode" {
		changed := r.step1()
		changed["mode"], changed["clientSecret"] = "application", "another-password"
		r.microsoft.AddApp(appWith("another-password", r.url))
		return changed
	}
	return r.filled(body, fill)
}

func TestWhatAdminsDecideIsAudited(t *testing.T) {
	r, admin, fill := decided(t)
	paths := openAPI(t).Paths
	for _, d := range decisions {
		method, path, _ := strings.Cut(fill.Replace(d.call), " ")
		before := admin.acts("")
		a := admin.do(method, path, r.decision(d.body, fill), "Idempotency-Key", d.call)
		require.Less(t, a.status, 300, "%s: %s", d.call, a.raw)
		after := admin.acts("")
		require.Len(t, after, len(before)+1, d.call)
		told := after[0]
		require.Equal(t, before, after[1:], "nothing of it changes")
		require.Equal(t, "ada", told.UserName)
		require.Equal(t, admin.userID("ada"), told.UserID)
		require.Equal(t, "127.0.0.1", told.Address)
		require.WithinDuration(t, time.Now(), told.At, time.Minute)
		about, _, _ := strings.Cut(strings.TrimPrefix(path, prefix+"/"), "?")
		require.Equal(t, about, told.About)
		require.Equal(t, paths[callPath(d.call)][strings.ToLower(method)].OperationID, told.Action, d.call)
		require.NotEmpty(t, told.Action)
		want := map[string]any{}
		for name, value := range d.details {
			want[name] = filledIn(value, fill)
		}
		require.Equal(t, want, told.Details, d.call)
	}
	require.NotContains(t, r.answered.String(), "nobody@nowhere.example", "who is erased is not named again")
	require.Empty(t, admin.acts("action=read-audit"))
	require.Empty(t, admin.acts("action=get-settings"))
}

// filledIn fills the texts of a value.
func filledIn(value any, fill *strings.Replacer) any {
	switch v := value.(type) {
	case string:
		return fill.Replace(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = filledIn(v[i], fill)
		}
		return out
	}
	return value
}

// callPath is a call's path as the document writes it.
func callPath(call string) string {
	fill := strings.NewReplacer("{c}", connectionsPath+"/{id}", "{spare}", connectionsPath+"/{id}", "{run}", runsPath+"/{id}", "{done}", runsPath+"/{id}",
		"{hold1}", holdsPath+"/{id}", "{hold2}", holdsPath+"/{id}", "{hold}", holdsPath+"/{id}",
		"{bob}", "{id}", "{carl}", "{id}", "{alice}", "{id}", "{nobody}", "{id}", "20x2", "{id}")
	_, path, _ := strings.Cut(fill.Replace(call), " ")
	path, _, _ = strings.Cut(path, "?")
	return path
}

// TestEveryCallOfAdminsIsADecision keeps the decisions whole as calls are added: what everybody but an admin is refused, and
// what an admin may do to another user's connection.
func TestEveryCallOfAdminsIsADecision(t *testing.T) {
	listed := map[string]bool{}
	for _, d := range decisions {
		method, _, _ := strings.Cut(d.call, " ")
		listed[method+" "+callPath(d.call)] = true
	}
	for _, row := range rights {
		method, path, _ := strings.Cut(row.call, " ")
		forAdmins := row.want[1] == 403 && row.want[2] == 403 && row.want[3] == 403
		foreign := row.want[2] == 404 && row.want[4] != 404
		if method != http.MethodGet && (forAdmins || foreign) {
			require.True(t, listed[method+" "+callPath(row.call)], "%s %s", method, path)
		}
	}
}

// What users do with what is their own is not the audit log's.
func TestOwnThingsAreNotAudited(t *testing.T) {
	_, admin, alice, connection := staged(t)
	before := admin.acts("")
	require.Equal(t, 200, alice.at("PUT /settings", connection, map[string]int{"batchSize": 5}).status)
	require.Equal(t, 202, alice.at("POST /runs", connection, nil).status)
	require.Equal(t, 200, alice.do("POST", "/api/v1/quarantine/retry", nil).status)
	alice.do("PUT", "/api/v1/users/"+admin.userID("bob")+"/access", map[string]bool{"allowed": true}).refused(t, 403, "admin-only")
	admin.do("PUT", "/api/v1/settings/alerts", `{"webhookUrl":"ftp://host"}`).refused(t, 422, "invalid")
	admin.do("PUT", "/api/v1/users/19x999/access", map[string]bool{"allowed": false}).refused(t, 404, "not-found")
	require.Equal(t, before, admin.acts(""))
}

func TestSignInsAndTokensAreAudited(t *testing.T) {
	r := newRig(t)
	admin := r.as("ada")
	admin.do("GET", "/api/v1/users", nil)
	r.signsIn("ALICE", "guess")
	r.signsIn("my-password-in-the-wrong-place", "guess")
	alice := r.as("alice")
	writes, id := alice.tokenFor("write")
	require.Equal(t, 204, writes.do("DELETE", "/api/v1/tokens/"+id, nil).status)

	acts := admin.acts("")
	var told []string
	for _, a := range acts {
		told = append(told, strings.TrimSpace(a.UserName+" "+a.Action+" "+a.About))
	}
	require.Equal(t, []string{
		"alice revoke-token tokens/" + id, "alice create-token tokens", "alice sign-in session", "sign-in-refused session",
		"alice sign-in-refused session", "ada sign-in session",
	}, told)
	require.Equal(t, "for write", acts[0].Token)
	require.Equal(t, "for write", acts[0].Details["name"])
	require.Equal(t, "write", acts[1].Details["access"])
	require.NotContains(t, r.answered.String(), "wrong-place")
	require.Len(t, admin.acts("user="+admin.userID("alice")), 4)
	require.Len(t, admin.acts("action=sign-in"), 2)
	require.Len(t, admin.acts("about=tokens/"), 1)
	require.Empty(t, admin.acts("to=2020-01-01T00:00:00Z"))
	require.NotEmpty(t, admin.acts("from=2020-01-01T00:00:00Z"))

	var seen []actView
	for cursor, more := "", true; more; more = cursor != "" {
		var page struct {
			Acts []actView
			Next string
		}
		admin.do("GET", "/api/v1/audit?limit=2&cursor="+cursor, nil).read(t, &page)
		seen, cursor = append(seen, page.Acts...), page.Next
	}
	require.Equal(t, acts, seen)
}

// What is not told is not done.
func TestNothingIsDoneThatCannotBeTold(t *testing.T) {
	r, admin, alice, connection := staged(t)
	r.exec("ALTER TABLE audit ADD CHECK (action = 'nothing') NOT VALID")
	before := alice.at("GET /settings", connection, nil).raw
	admin.do("PUT", "/api/v1/users/"+admin.userID("carl")+"/access", map[string]bool{"allowed": true}).refused(t, 500, "internal")
	admin.at("PUT /settings", connection, map[string]int{"batchSize": 7}).refused(t, 500, "internal")
	admin.at("DELETE /authorization", connection, nil).refused(t, 500, "internal")
	r.signsIn("carl", "carl-password").refused(t, 500, "internal")
	require.Equal(t, before, alice.at("GET /settings", connection, nil).raw)
	require.True(t, alice.signedIn(connection))
	require.NotContains(t, admin.do("GET", "/api/v1/users", nil).raw, `"carl","lastName":"Sales","email":"","admin":false,"active":true,"allowed":true`)
	r.exec("ALTER TABLE audit DROP CONSTRAINT audit_action_check")
	require.Equal(t, 200, admin.at("PUT /settings", connection, map[string]int{"batchSize": 7}).status)
}

func appWith(secret, url string) graphsim.App {
	return graphsim.App{ClientID: clientID, Secret: secret, TenantID: tenantID, RedirectURLs: []string{url + "/oauth/callback"}}
}
