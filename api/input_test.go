package api

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// wrong are requests that cannot work, and where the answer must find the fault.
var wrong = []struct {
	call  string
	body  any
	place string
}{
	{"PUT {c}/settings", `{"direction":"sideways"}`, "body.direction"},
	{"PUT {c}/settings", `{"conflictPolicy":"oldest"}`, "body.conflictPolicy"},
	{"PUT {c}/settings", `{"deleteVersusEdit":"maybe"}`, "body.deleteVersusEdit"},
	{"PUT {c}/settings", `{"batchSize":-1}`, "body.batchSize"},
	{"PUT {c}/settings", `{"batchSize":"all"}`, "body.batchSize"},
	{"PUT {c}/settings", `{"phoneRegion":"Switzerland"}`, "body.phoneRegion"},
	{"PUT {c}/settings", `{"phoneRegion":"XQ"}`, "body.phoneRegion"},
	{"PUT {c}/settings", `{"phoneRegion":"ch"}`, "body.phoneRegion"},
	{"PUT {c}/settings", `{"folderId":"no-such-folder"}`, "body.folderId"},
	{"PUT {c}/settings", `{"folderId":""}`, "body.folderId"},
	{"PUT {c}/settings", `{"mapping":[]}`, "body.mapping"},
	{"PUT {c}/settings", `{"mapping":[{"outlook":"surname","vtiger":["lastname"],"direction":"both"},{"outlook":"nonsense","vtiger":["firstname"],"direction":"both"}]}`, "body.mapping[1]"},
	{"PUT {c}/settings", `{"mapping":[{"outlook":"surname","vtiger":["lastname"],"direction":"both"},{"outlook":"jobTitle","vtiger":["cf_nothing"],"direction":"both"}]}`, "body.mapping[1]"},
	{"PUT {c}/settings", `{"mapping":[{"outlook":"surname","vtiger":["lastname"],"direction":"both"},{"outlook":"companyName","vtiger":["account_id"],"direction":"both"}]}`, "body.mapping[1]"},
	{"PUT {c}/settings", `{"mapping":[{"outlook":"surname","vtiger":["lastname"]}]}`, "body.mapping[0]"},
	{"PUT {c}/settings", `{"syncFrom":"2026-02-30"}`, "body.syncFrom"},
	{"PUT {c}/settings", `{"intervalMinutes":0}`, "body.intervalMinutes"},
	{"PUT {c}/settings", `{"syncFrom":"soon"}`, "body.syncFrom"},
	{"GET {c}/modules/Campaigns/fields", nil, "path.module"},
	{"PUT {c}/settings", `{"ownerScope":{"owners":["19x5","20x77"]}}`, "body.ownerScope.owners[1]"},
	{"PUT {c}/settings", `{"ownerScope":{"granted":{"owners":["20x77"]}}}`, "body.ownerScope.granted.owners[0]"},
	{"PUT {c}/settings", `{"ownerScope":{"everyone":true,"granted":{"owners":["20x2"]}}}`, "body.ownerScope.everyone"},
	{"PUT {c}/settings", `{"ownerScope":{"owners":["20x2","20x3"],"granted":{"owners":["20x2"]}}}`, "body.ownerScope.owners[1]"},
	{"PUT {c}/settings", `{"ownerScope":{"everyone":"yes"}}`, "body.ownerScope.everyone"},
	{"PUT {c}/settings", `{"ownerScope":{"owners":"20x2"}}`, "body.ownerScope.owners"},
	{"PUT {c}/settings", `{"ownerScope":{"self":true}}`, "body.ownerScope.self"},
	{"PUT {d}", `{"ownerScope":{"owners":["Sales"]}}`, "body.ownerScope.owners[0]"},
	{"PUT {d}", `{"outlookFilter":{"wanted":["Golf","golf"]}}`, "body.outlookFilter.wanted[1]"},
	{"PUT {c}/settings", `{"outlookFilter":["Customers"]}`, "body.outlookFilter"},
	{"PUT {c}/settings", `{"outlookFilter":{"wanted":"Customers"}}`, "body.outlookFilter.wanted"},
	{"PUT {c}/settings", `{"outlookFilter":{"unwanted":[""]}}`, "body.outlookFilter.unwanted[0]"},
	{"PUT {c}/settings", `{"outlookFilter":{"wanted":["Golf"," \u00a0 "]}}`, "body.outlookFilter.wanted[1]"},
	{"PUT {c}/settings", `{"outlookFilter":{"wanted":["Go\u0007lf"]}}`, "body.outlookFilter.wanted[0]"},
	{"PUT {c}/settings", `{"outlookFilter":{"wanted":["Golf","GOLF"]}}`, "body.outlookFilter.wanted[1]"},
	{"PUT {c}/settings", `{"outlookFilter":{"wanted":["Golf"],"unwanted":["Tea","golf "]}}`, "body.outlookFilter.unwanted[1]"},
	{"PUT {c}/settings", `{"outlookFilter":{"wanted":["` + strings.Repeat("x", 256) + `"]}}`, "body.outlookFilter.wanted[0]"},
	{"PUT {c}/settings", `{"outlookFilter":{"unwanted":[` + strings.Repeat(`"x",`, 50) + `"y"]}}`, "body.outlookFilter.unwanted"},
	{"PUT {c}/settings", `{"outlookFilter":{"only":["Golf"]}}`, "body.outlookFilter.only"},
	{"PUT {c}/settings", `{"conditions":"leadsource is Web"}`, "body.conditions"},
	{"PUT {c}/settings", `{"conditions":{"field":"leadsource"}}`, "body.conditions"},
	{"PUT {c}/settings", `{"conditions":["leadsource"]}`, "body.conditions[0]"},
	{"PUT {c}/settings", `{"conditions":[{"field":"leadsource","value":"Web"}]}`, "body.conditions[0]"},
	{"PUT {c}/settings", `{"conditions":[{"field":"leadsource","operator":"like","value":"Web"}]}`, "body.conditions[0].operator"},
	{"PUT {c}/settings", `{"conditions":[{"field":"","operator":"isEmpty"}]}`, "body.conditions[0].field"},
	{"PUT {c}/settings", `{"conditions":[{"field":"leadsource","operator":"isEmpty","not":true}]}`, "body.conditions[0].not"},
	{"PUT {c}/settings", `{"conditions":[{"field":"leadsource","operator":"is","value":7}]}`, "body.conditions[0].value"},
	{"PUT {c}/settings", `{"conditions":[{"field":"leadsource","operator":"is","value":"Web"},{"field":"nosuch","operator":"isEmpty"}]}`, "body.conditions[1].field"},
	{"PUT {c}/settings", `{"conditions":[{"field":"modifiedtime","operator":"isAfter","value":"2026-01-31"}]}`, "body.conditions[0].field"},
	{"PUT {c}/settings", `{"conditions":[{"field":"leadsource","operator":"is"}]}`, "body.conditions[0].value"},
	{"PUT {c}/settings", `{"conditions":[{"field":"leadsource","operator":"contains","value":" \u00a0 "}]}`, "body.conditions[0].value"},
	{"PUT {c}/settings", `{"conditions":[{"field":"leadsource","operator":"isEmpty","value":"Web"}]}`, "body.conditions[0].value"},
	{"PUT {c}/settings", `{"conditions":[{"field":"leadsource","operator":"is","value":"We\u0007b"}]}`, "body.conditions[0].value"},
	{"PUT {c}/settings", `{"conditions":[{"field":"leadsource","operator":"is","value":"We\u0000b"}]}`, "body.conditions[0].value"},
	{"PUT {c}/settings", `{"conditions":[{"field":"birthday","operator":"isAfter","value":"2026-02-30"}]}`, "body.conditions[0].value"},
	{"PUT {c}/settings", `{"conditions":[{"field":"leadsource","operator":"isBefore","value":"2026-01-31"}]}`, "body.conditions[0].operator"},
	{"PUT {c}/settings", `{"conditions":[{"field":"donotcall","operator":"contains","value":"1"}]}`, "body.conditions[0].operator"},
	{"PUT {c}/settings", `{"conditions":[{"field":"donotcall","operator":"is","value":"perhaps"}]}`, "body.conditions[0].value"},
	{"PUT {c}/settings", `{"conditions":[{"field":"leadsource","operator":"is","value":"Web"},{"field":"leadsource","operator":"is","value":" WEB "}]}`, "body.conditions[1].field"},
	{"PUT {c}/settings", `{"conditions":[{"field":"leadsource","operator":"is","value":"` + strings.Repeat("x", 256) + `"}]}`, "body.conditions[0].value"},
	{"PUT {c}/settings", `{"conditions":[` + strings.Repeat(`{"field":"leadsource","operator":"isEmpty"},`, 20) + `{"field":"title","operator":"isEmpty"}]}`, "body.conditions"},
	{"PUT {d}", `{"conditions":[]}`, "body.conditions"},
	{"POST {d}/apply", `{"fields":["conditions"]}`, "body.fields[0]"},
	{"PUT {c}/settings", `{"deleteGuard":{"count":0,"percent":5}}`, "body.deleteGuard.count"},
	{"PUT {c}/settings", `{"deleteGuard":{"count":5,"percent":101}}`, "body.deleteGuard.percent"},
	{"PUT {c}/settings", `{"onScopeExit":"delete"}`, "body.onScopeExit"},
	{"PUT {c}/settings", `{"existsElsewhere":"merge"}`, "body.existsElsewhere"},
	{"PUT {c}/settings", `{"deleteInOutlook":"yes"}`, "body.deleteInOutlook"},
	{"PUT {c}/settings", `{"deleteInVtiger":1}`, "body.deleteInVtiger"},
	{"PUT {c}/settings", `{"automatic":"always"}`, "body.automatic"},
	{"PUT {c}/settings", `{"intervalMinutes":10081}`, "body.intervalMinutes"},
	{"PUT {c}/settings", `{"intervalMinutes":2.5}`, "body.intervalMinutes"},
	{"PUT {c}/settings", `{"intervalMinutes":2}`, "body.intervalMinutes"},  // the smallest is 3
	{"PUT {c}/settings", `{"deleteInVtiger":true}`, "body.deleteInVtiger"}, // an administrator forbids it
	{"PUT {c}/settings", `{"filter":{"id":"999"}}`, "body.filter"},
	{"PUT {c}/settings", `{"filter":"All"}`, "body.filter"},
	{"PUT {c}/settings", `{"mapping":{"surname":"lastname"}}`, "body.mapping"},
	{"PUT {c}/settings", `{"deleteGuard":{"count":5}}`, "body.deleteGuard"},
	{"PUT {c}/settings", `{"deleteGuard":5}`, "body.deleteGuard"},
	{"PUT {c}/settings", `{"folderId":7}`, "body.folderId"},
	{"PUT {c}/settings", `{"locked":["direction"]}`, "body.locked"},
	{"PUT {c}/settings", `{"batchSize":1000001}`, "body.batchSize"},
	{"PUT {c}/settings", `{"folderId":"a\u0000b"}`, "body.folderId"},
	{"PUT {c}/settings", `{"mapping":[{"outlook":"surname","vtiger":["last\u0000name"],"direction":"both"}]}`, "body.mapping[0].vtiger[0]"},
	{"GET /api/v1/audit?action=%00", nil, "query.action"},
	{"GET /api/v1/log?text=%00", nil, "query.text"},
	{"PUT {d}", `{"direction":"sideways"}`, "body.direction"},
	{"PUT {d}", `{"conflictPolicy":"oldest"}`, "body.conflictPolicy"},
	{"PUT {d}", `{"deleteVersusEdit":"maybe"}`, "body.deleteVersusEdit"},
	{"PUT {d}", `{"onScopeExit":"delete"}`, "body.onScopeExit"},
	{"PUT {d}", `{"existsElsewhere":"merge"}`, "body.existsElsewhere"},
	{"PUT {d}", `{"phoneRegion":"XQ"}`, "body.phoneRegion"},
	{"PUT {d}", `{"batchSize":-1}`, "body.batchSize"},
	{"PUT {d}", `{"automatic":"always"}`, "body.automatic"},
	{"PUT {d}", `{"deleteInOutlook":"yes"}`, "body.deleteInOutlook"},
	{"PUT {d}", `{"deleteInVtiger":true}`, "body.deleteInVtiger"},
	{"PUT {d}", `{"intervalMinutes":2}`, "body.intervalMinutes"},
	{"PUT {d}", `{"syncFrom":"2026-02-30"}`, "body.syncFrom"},
	{"PUT {d}", `{"deleteGuard":{"count":0,"percent":5}}`, "body.deleteGuard.count"},
	{"PUT {d}", `{"folderId":"Contacts"}`, "body.folderId"},
	{"PUT {d}", `{"filter":null}`, "body.filter"},
	{"PUT {d}", `{"mapping":{"Campaigns":[]}}`, "body.mapping.Campaigns"},
	{"PUT {d}", `{"mapping":{"Contacts":[{"outlook":"surname","vtiger":["lastname"],"direction":"both"},{"outlook":"nonsense","vtiger":["firstname"],"direction":"both"}]}}`, "body.mapping.Contacts[1]"},
	{"PUT {d}", `{"locked":["folderId"]}`, "body.locked[0]"},
	{"PUT {d}", `{"caps":{"smallestInterval":0}}`, "body.caps.smallestInterval"},
	{"PUT {d}", `{"caps":{"usersMayDeleteInVtiger":"no"}}`, "body.caps.usersMayDeleteInVtiger"},
	{"PUT {d}", `{"caps":{"usersMayUpdateInVtiger":false}}`, "body.caps.usersMayUpdateInVtiger"},
	{"POST {d}/apply", `{"fields":[]}`, "body.fields"},
	{"POST {d}/apply", `{"fields":["filter"]}`, "body.fields[0]"},
	{"POST {d}/apply", `{}`, "body"},
	{"PUT /api/v1/users/access", `{"allowed":true}`, "body"},
	{"PUT /api/v1/users/access", `{"allowed":true,"role":"H5","group":"20x2"}`, "body"},
	{"PUT /api/v1/users/access", `{"allowed":true,"userIds":[]}`, "body.userIds"},
	{"PUT /api/v1/users/access", `{"userIds":["19x5"]}`, "body"},
	{"PUT /api/v1/users/access", `{"allowed":true,"userIds":["19x5","19x999"]}`, "body.userIds[1]"},
	{"PUT /api/v1/users/access", `{"allowed":true,"role":"H77"}`, "body.role"},
	{"PUT /api/v1/users/access", `{"allowed":true,"group":"20x77"}`, "body.group"},
	{"PUT /api/v1/groups/20x2/members", `{"userIds":["19x999"]}`, "body.userIds[0]"},
	{"POST {c}/invitation", `{"send":"please"}`, "body.send"},
	{"POST {c}/invitation", `{"send":true}`, "body.send"},
	{"POST {c}/observe-again", `{"side":"both"}`, "body.side"},
	{"GET /api/v1/holds?limit=0", nil, "query.limit"},
	{"GET /api/v1/quarantine?cursor=guess", nil, "query.cursor"},
	{"POST /api/v1/quarantine/retry", `{"ids":["first"]}`, "body.ids[0]"},
	{"DELETE /api/v1/people", nil, "query.email"},
	{"DELETE /api/v1/people?email=everybody", nil, "query.email"},
	{"POST {c}/holds", `{"approve":true,"kind":"ambiguous","through":"1"}`, "body.kind"},
	{"POST {c}/holds", `{"approve":true,"kind":"guard"}`, "body"},
	{"POST {c}/holds", `{"approve":true,"kind":"guard","through":"all"}`, "body.through"},
	{"POST {c}/holds", `{"approve":true,"kind":"guard","through":"9999999999999999999"}`, "body.through"},
	{"PUT {c}/settings", `{"batchSizes":5,"batchSize":5}`, "body.batchSizes"},
	{"PUT /api/v1/settings/microsoft", `{"clientId":"x","tenantId":"t","redirectUrl":"https://elsewhere.example/oauth/callback"}`, "body.redirectUrl"},
	{"PUT /api/v1/settings/microsoft", `{"clientId":"x","tenantId":"not a tenant","redirectUrl":"{url}/oauth/callback"}`, "body.tenantId"},
	{"PUT /api/v1/settings/microsoft", `{"clientId":"  ","tenantId":"t","redirectUrl":"{url}/oauth/callback"}`, "body.clientId"},
	{"PUT /api/v1/settings/microsoft", `{"clientId":"x","clientSecret":"","tenantId":"t","redirectUrl":"{url}/oauth/callback"}`, "body.clientSecret"},
	{"PUT /api/v1/settings/microsoft", `{"tenantId":"t","redirectUrl":"{url}/oauth/callback"}`, "body"},
	{"PUT /api/v1/settings/microsoft", `{"clientId":"x","tenantId":"t","redirectUrl":"{url}/oauth/callback","secretExpiresAt":"next year"}`, "body.secretExpiresAt"},
	{"PUT /api/v1/settings/alerts", `{"webhookUrl":"ftp://host"}`, "body.webhookUrl"},
	{"PUT /api/v1/settings/alerts", `{"webhookUrl":"https://user:password@host/"}`, "body.webhookUrl"},
	{"PUT /api/v1/settings/alerts", `{"smtpHost":"mail:25","from":"a@b.example"}`, "body.smtpHost"},
	{"PUT /api/v1/settings/alerts", `{"smtpHost":"mail"}`, "body.from"},
	{"PUT /api/v1/settings/alerts", `{"smtpHost":"mail","from":"Bridge <a@b.example>"}`, "body.from"},
	{"PUT /api/v1/settings/alerts", `{"smtpPort":70000}`, "body.smtpPort"},
	{"PUT /api/v1/settings/vtiger", `{"url":"","username":"ada"}`, "body.url"},
	{"PUT /api/v1/settings/vtiger", `{"url":"crm.example","username":"ada","accessKey":"x"}`, "body.url"},
	{"PUT /api/v1/settings/vtiger", `{"url":"{url}","username":"ada","accessKey":5}`, "body.accessKey"},
	{"PUT /api/v1/settings/vtiger", `{"url":"{url}","username":"ada","accessKey":"x","replaceInstance":"yes"}`, "body.replaceInstance"},
	{"POST /api/v1/setup", `{"token":""}`, "body.token"},
	{"PUT /api/v1/settings/alerts", `{"adminAddress":"nobody"}`, "body.adminAddress"},
	{"POST /api/v1/tokens", `{"name":"n"}`, "body"},
	{"POST /api/v1/tokens", `{"name":"  ","access":"read"}`, "body.name"},
	{"POST /api/v1/tokens", `{"name":"a\u0000b","access":"read"}`, "body.name"},
	{"POST /api/v1/tokens", `{"name":"n","access":"all"}`, "body.access"},
	{"POST /api/v1/tokens", `{"name":"n","access":"read","days":0}`, "body.days"},
	{"POST /api/v1/tokens", `{"name":"n","access":"read","days":366}`, "body.days"},
	{"GET /api/v1/audit?from=yesterday", nil, "query.from"},
	{"GET /api/v1/audit?limit=201", nil, "query.limit"},
	{"GET /api/v1/audit?cursor=guess", nil, "query.cursor"},
	{"PUT /api/v1/users/19x1/access", `{"allowed":"yes"}`, "body.allowed"},
	{"POST /api/v1/connections", `{"module":"Campaigns"}`, "body.module"},
	{"POST /api/v1/connections", `{"module":"Contacts","userId":"19x999"}`, "body.userId"},
	{"POST {c}/runs", `{"direction":"up"}`, "body.direction"},
	{"POST {c}/folders", `{"name":"  "}`, "body.name"},
	{"POST {c}/folders", `{"name":5}`, "body.name"},
	{"GET /api/v1/runs?limit=0", nil, "query.limit"},
	{"GET /api/v1/users?limit=0", nil, "query.limit"},
	{"GET /api/v1/users?limit=201", nil, "query.limit"},
	{"GET /api/v1/users?state=happy", nil, "query.state"},
	{"GET /api/v1/users?stored=perhaps", nil, "query.stored"},
	{"GET /api/v1/users?cursor=cnVuczox", nil, "query.cursor"}, // of another list
	{"GET /api/v1/users?cursor=dXNlcnM6", nil, "query.cursor"}, // of nobody
	{"GET /api/v1/runs?cursor=guess", nil, "query.cursor"},
	{"GET /api/v1/log?cursor=cnVuczox", nil, "query.cursor"}, // of another list
	{"GET /api/v1/log?action=explode", nil, "query.action"},
	{"GET /api/v1/log?since=yesterday", nil, "query.since"},
	{"GET /api/v1/log.csv?until=1066-10-14T00:00:00Z", nil, "query.until"},
	{"GET /api/v1/log.csv?direction=both", nil, "query.direction"},
}

func TestWrongInputIsNamedAndChangesNothing(t *testing.T) {
	r, admin, _, connection := staged(t)
	admin.put(jsonMap{"caps": jsonMap{"smallestInterval": 3, "usersMayDeleteInVtiger": false}})
	before := admin.everything(connection)
	fill := strings.NewReplacer("{c}", connection, "{d}", defaultsPath, "{url}", r.url)
	for _, row := range wrong {
		method, path, _ := strings.Cut(fill.Replace(row.call), " ")
		body := row.body
		if text, is := body.(string); is {
			body = fill.Replace(text)
		}
		p := admin.do(method, path, body).refused(t, 422, "invalid")
		var places []string
		for _, f := range p.Errors {
			places = append(places, f.Location)
			require.NotEmpty(t, f.Message)
		}
		require.Contains(t, places, row.place, "%s %v", row.call, row.body)
	}
	require.Equal(t, before, admin.everything(connection))
	require.Empty(t, r.asked)
}

// everything is all that the wrong requests could have changed.
func (c caller) everything(connection string) []string {
	var out []string
	for _, path := range []string{
		connection, connection + "/settings", "/api/v1/settings/microsoft", "/api/v1/settings/vtiger", "/api/v1/settings/alerts", defaultsPath, groupsPath,
		"/api/v1/users", "/api/v1/connections", "/api/v1/runs", "/api/v1/tokens", "/api/v1/audit",
	} {
		a := c.do("GET", path, nil)
		require.Equal(c.t, 200, a.status, a.raw)
		out = append(out, a.raw)
	}
	return out
}

func TestUnknownThingsAreNotFound(t *testing.T) {
	_, admin, _, _ := staged(t)
	const nobody = "00000000-0000-0000-0000-000000000000"
	for _, path := range []string{
		"/api/v1/connections/" + nobody, "/api/v1/connections/x", "/api/v1/runs/" + nobody, "/api/v1/runs/x/operations",
		"/api/v1/runs?connectionId=x", "/api/v1/log?run=x", "/api/v1/log?connection=" + nobody,
	} {
		admin.do("GET", path, nil).refused(t, 404, "not-found")
	}
	admin.do("PUT", "/api/v1/users/19x999/access", map[string]bool{"allowed": true}).refused(t, 404, "not-found")
}
