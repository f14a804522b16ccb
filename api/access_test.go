package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/reconcile"
)

// rights is who gets which status: nobody, the owner, another user, a user who is not allowed, an admin. Calls are made
// in this order by everybody in that order, so the destructive ones come last. A read-only token of the owner gets the
// owner's status where it may call at all, an expired token what nobody gets.
var rights = []struct {
	call string
	body any
	want [5]int
}{
	{"GET /api/v1/me", nil, [5]int{401, 200, 200, 200, 200}},
	{"GET /api/v1/tokens", nil, [5]int{401, 200, 200, 200, 200}},
	{"POST /api/v1/tokens", map[string]string{"name": "backup", "access": "read"}, [5]int{401, 201, 201, 201, 201}},
	{"GET /api/v1/audit", nil, [5]int{401, 403, 403, 403, 200}},
	{"GET /api/v1/settings/microsoft", nil, [5]int{401, 403, 403, 403, 200}},
	{"PUT /api/v1/settings/microsoft", "step 1", [5]int{401, 403, 403, 403, 200}},
	{"POST /api/v1/settings/microsoft/check", nil, [5]int{401, 403, 403, 403, 200}},
	{"POST /api/v1/settings/microsoft/consent", nil, [5]int{401, 403, 403, 403, 201}},
	{"GET /api/v1/settings/vtiger", nil, [5]int{401, 403, 403, 403, 200}},
	{"PUT /api/v1/settings/vtiger", map[string]string{"url": "{crm}", "username": "ada"}, [5]int{401, 403, 403, 403, 200}},
	{"POST /api/v1/settings/vtiger/check", nil, [5]int{401, 403, 403, 403, 200}},
	{"POST /api/v1/setup", map[string]string{"token": "x"}, [5]int{410, 410, 410, 410, 410}},
	{"GET /api/v1/settings/alerts", nil, [5]int{401, 403, 403, 403, 200}},
	{"PUT /api/v1/settings/alerts", map[string]string{}, [5]int{401, 403, 403, 403, 200}},
	{"POST /api/v1/settings/alerts/check", nil, [5]int{401, 403, 403, 403, 200}},
	{"GET /api/v1/settings/defaults", nil, [5]int{401, 403, 403, 403, 200}},
	{"PUT /api/v1/settings/defaults", map[string]int{"batchSize": 100}, [5]int{401, 403, 403, 403, 200}},
	{"POST /api/v1/settings/defaults/apply", map[string][]string{"fields": {"batchSize"}}, [5]int{401, 403, 403, 403, 200}},
	{"GET /api/v1/users", nil, [5]int{401, 403, 403, 403, 200}},
	{"GET /api/v1/users?stored=true&limit=1", nil, [5]int{401, 403, 403, 403, 200}},
	{"GET /api/v1/health", nil, [5]int{401, 200, 200, 403, 200}},
	{"GET /api/v1/health?user={alice}", nil, [5]int{401, 200, 403, 403, 200}},
	{"PUT /api/v1/users/access", map[string]any{"allowed": true, "userIds": []string{"19x6"}}, [5]int{401, 403, 403, 403, 200}},
	{"GET /api/v1/groups", nil, [5]int{401, 403, 403, 403, 200}},
	{"PUT /api/v1/groups/20x2/members", map[string][]string{"userIds": {"19x1"}}, [5]int{401, 403, 403, 403, 200}},
	{"PUT /api/v1/users/{bob}/access", map[string]bool{"allowed": true}, [5]int{401, 403, 403, 403, 200}},
	{"GET /api/v1/connections", nil, [5]int{401, 200, 200, 403, 200}},
	{"POST /api/v1/connections", map[string]string{"module": "Contacts"}, [5]int{401, 409, 201, 403, 403}},
	{"POST /api/v1/connections", map[string]string{"module": "Contacts", "userId": "{alice}"}, [5]int{401, 409, 403, 403, 409}},
	{"POST /api/v1/connections", map[string]string{"module": "Contacts", "userId": "{carl}"}, [5]int{401, 403, 403, 403, 403}},
	{"GET {c}", nil, [5]int{401, 200, 404, 403, 200}},
	{"GET {c}/settings", nil, [5]int{401, 200, 404, 403, 200}},
	{"PUT {c}/settings", map[string]int{"batchSize": 5}, [5]int{401, 200, 404, 403, 200}},
	{"GET {c}/folders", nil, [5]int{401, 200, 404, 403, 200}},
	{"POST {c}/folders", map[string]string{"name": "  "}, [5]int{401, 422, 404, 403, 422}},
	{"GET {c}/modules", nil, [5]int{401, 200, 404, 403, 200}},
	{"GET {c}/sample", nil, [5]int{401, 200, 404, 403, 200}},
	{"GET {c}/filters", nil, [5]int{401, 200, 404, 403, 200}},
	{"GET {c}/owners", nil, [5]int{401, 200, 404, 403, 200}},
	{"GET {c}/modules/Leads/fields", nil, [5]int{401, 200, 404, 403, 200}},
	{"GET {c}/outlook-fields", nil, [5]int{401, 200, 404, 403, 200}},
	{"POST {c}/authorization", nil, [5]int{401, 201, 404, 403, 201}},
	{"POST {c}/invitation", nil, [5]int{401, 201, 404, 403, 201}},
	{"PUT {c}/authorization", map[string]string{"mailbox": "bob@bridge.example"}, [5]int{401, 403, 403, 403, 422}},
	{"POST {c}/runs", nil, [5]int{401, 202, 404, 403, 202}},
	{"GET /api/v1/runs", nil, [5]int{401, 200, 200, 403, 200}},
	{"GET /api/v1/runs?connectionId={id}", nil, [5]int{401, 200, 404, 403, 200}},
	{"GET {run}", nil, [5]int{401, 200, 404, 403, 200}},
	{"POST {run}/cancel", nil, [5]int{401, 200, 404, 403, 200}},
	{"GET {run}/events", nil, [5]int{401, 200, 404, 403, 200}},
	{"GET {run}/operations", nil, [5]int{401, 200, 404, 403, 200}},
	{"POST {run}/undo", nil, [5]int{401, 409, 404, 403, 409}},
	{"POST {c}/observe-again", map[string]string{"side": "outlook"}, [5]int{401, 202, 404, 403, 202}},
	{"GET /api/v1/holds", nil, [5]int{401, 200, 200, 403, 200}},
	{"GET /api/v1/holds?connection={id}", nil, [5]int{401, 200, 404, 403, 200}},
	{"POST {hold}/approve", nil, [5]int{401, 200, 404, 403, 200}},
	{"POST {hold}/discard", nil, [5]int{401, 200, 404, 403, 200}},
	{"POST {c}/holds", map[string]any{"approve": false, "kind": "guard", "through": "1"}, [5]int{401, 200, 404, 403, 200}},
	{"GET /api/v1/quarantine", nil, [5]int{401, 200, 200, 403, 200}},
	{"GET /api/v1/quarantine?connection={id}", nil, [5]int{401, 200, 404, 403, 200}},
	{"POST /api/v1/quarantine/retry", map[string]string{"connection": "{id}"}, [5]int{401, 200, 404, 403, 200}},
	{"GET /api/v1/log", nil, [5]int{401, 200, 200, 403, 200}},
	{"GET /api/v1/log?connection={id}", nil, [5]int{401, 200, 404, 403, 200}},
	{"GET /api/v1/log?user={alice}", nil, [5]int{401, 200, 403, 403, 200}},
	{"GET /api/v1/log.csv", nil, [5]int{401, 200, 200, 403, 200}},
	{"GET /api/v1/log.csv?connection={id}", nil, [5]int{401, 200, 404, 403, 200}},
	{"GET /api/v1/log.csv?user={alice}", nil, [5]int{401, 200, 403, 403, 200}},
	{"DELETE /api/v1/people?email=nobody@nowhere.example", nil, [5]int{401, 403, 403, 403, 200}},
	{"DELETE /api/v1/users/{nobody}/data", nil, [5]int{401, 403, 403, 403, 404}},
	{"GET /healthz", nil, [5]int{200, 200, 200, 200, 200}},
	{"GET /readyz", nil, [5]int{200, 200, 200, 200, 200}},
	{"DELETE {c}/authorization", nil, [5]int{401, 200, 404, 404, 200}},
	{"DELETE {spare}", nil, [5]int{401, 204, 404, 403, 404}},
	{"DELETE /api/v1/tokens/{token}", nil, [5]int{401, 204, 404, 404, 404}},
	{"DELETE /api/v1/session", nil, [5]int{401, 204, 204, 204, 204}},
}

func TestRights(t *testing.T) {
	r, admin, alice, connection := staged(t)
	run := alice.at("POST /runs", connection, nil).header.Get("Location")
	cast := [5]caller{r.as(""), alice, r.as("bob"), r.as("carl"), admin}
	readOnly, _ := alice.tokenFor("read")
	expired, id := alice.tokenFor("write")
	r.exec("UPDATE tokens SET expires_at = now() - interval '1 second' WHERE id = '" + id + "'")
	_, spare := alice.tokenFor("write")
	fill := strings.NewReplacer("{c}", connection, "{id}", connection[strings.LastIndex(connection, "/")+1:], "{run}", run,
		"{hold}", holdsPath+"/"+r.waits(connection, "q", reconcile.GuardHold),
		"{crm}", r.crm, "{alice}", admin.userID("alice"), "{bob}", admin.userID("bob"), "{carl}", admin.userID("carl"), "{nobody}", "19x999", "{token}", spare, "{spare}", alice.module("Leads"))
	for _, row := range rights {
		for i, who := range []string{"anonymous", "owner", "other", "not allowed", "admin"} {
			method, path, _ := strings.Cut(fill.Replace(row.call), " ")
			a := cast[i].do(method, path, r.filled(row.body, fill))
			require.Equal(t, row.want[i], a.status, "%s as %s: %s", row.call, who, a.raw)
			if a.status >= http.StatusBadRequest {
				require.Equal(t, "application/problem+json", a.header.Get("Content-Type"))
			}
		}
		method, path, _ := strings.Cut(fill.Replace(row.call), " ")
		if body := r.filled(row.body, fill); method == http.MethodGet {
			require.Equal(t, row.want[1], readOnly.do(method, path, body).status, "%s with a read-only token", row.call)
		} else if row.want[0] == http.StatusUnauthorized {
			readOnly.do(method, path, body).refused(t, 403, "read-only")
		}
		require.Equal(t, row.want[0], expired.do(method, path, r.filled(row.body, fill)).status, "%s with an expired token", row.call)
	}
}

// tokenFor makes an API token of the caller.
func (c caller) tokenFor(access string) (holder caller, id string) {
	c.t.Helper()
	a := c.do("POST", "/api/v1/tokens", map[string]string{"name": "for " + access, "access": access})
	require.Equal(c.t, 201, a.status, a.raw)
	c.keepToken(a.text(c.t, "token"))
	return caller{c.rig, a.text(c.t, "token")}, a.text(c.t, "id")
}

func (r *rig) filled(body any, fill *strings.Replacer) any {
	switch b := body.(type) {
	case string:
		return r.step1()
	case map[string]string:
		out := map[string]string{}
		for k, v := range b {
			out[k] = fill.Replace(v)
		}
		return out
	case map[string][]string:
		out := map[string][]string{}
		for k, list := range b {
			for _, v := range list {
				out[k] = append(out[k], fill.Replace(v))
			}
		}
		return out
	}
	return body
}

// TestEveryCallIsInTheRightsTable keeps the table whole as calls are added.
func TestEveryCallIsInTheRightsTable(t *testing.T) {
	listed := map[string]bool{}
	fill := strings.NewReplacer("{c}", connectionsPath+"/{id}", "{run}", runsPath+"/{id}", "{hold}", holdsPath+"/{id}", "Leads", "{module}", "{bob}", "{id}", "{nobody}", "{id}", "20x2", "{id}", "{token}", "{id}", "{spare}", connectionsPath+"/{id}")
	for _, row := range rights {
		path, _, _ := strings.Cut(fill.Replace(row.call), "?")
		listed[path] = true
	}
	for path, item := range openAPI(t).Paths {
		for method := range item {
			known := listed[strings.ToUpper(method)+" "+path] || path == "/api/v1/session" || !strings.HasPrefix(path, "/api/")
			require.True(t, known, "%s %s", method, path)
		}
	}
}

// TestDisallowedUserLosesTheUse keeps what exists visible to admins, and lets the user withdraw the sign-in.
func TestDisallowedUserLosesTheUse(t *testing.T) {
	r, admin, alice, connection := staged(t)
	link := alice.link(connection)
	a := admin.do("PUT", "/api/v1/users/"+admin.userID("alice")+"/access", map[string]bool{"allowed": false})
	require.Equal(t, 200, a.status)
	alice.do("GET", connection, nil).refused(t, 403, "not-allowed")
	admin.at("POST /runs", connection, nil).refused(t, 403, "not-allowed")
	require.Equal(t, 403, r.browser().visit(http.MethodPost, link, nil).status)
	require.Empty(t, r.asked)
	require.Equal(t, 200, alice.at("DELETE /authorization", connection, nil).status)
	require.Equal(t, 200, admin.do("GET", connection, nil).status)
}
