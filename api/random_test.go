package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/reconcile"
)

var (
	randomRequests = flag.Int("random.requests", 1_500, "how many requests TestRandomRequests makes")
	randomSeed     = flag.Uint64("random.seed", 1, "what they are made from")
)

// crowdOf is who makes the requests, and what must be told to nobody else.
type crowdOf struct {
	*rig
	*spec
	dice
	names   []string
	callers map[string]caller
	own     map[string][2]string // connection and run, by user
}

// exposed is a rig where alice and bob have a log, something that waits and something that was refused, all with their canary.
func exposed(t testing.TB) *crowdOf {
	r, admin, alice, connection := staged(t)
	bob := r.as("bob")
	theirs := bob.connection()
	r.browser().connect(bob.link(theirs), "bob")
	require.Equal(t, 200, bob.do("PUT", theirs+"/settings", map[string]any{"folderId": "Contacts"}).status)
	r.seen(theirs)
	w := &crowdOf{
		rig: r, spec: readSpec(t, r), names: []string{"ada", "ada", "ada", "alice", "alice", "alice", "bob", "bob", "carl", "nobody", "stranger"},
		callers: map[string]caller{"ada": admin, "alice": alice, "bob": bob, "carl": r.as("carl"), "nobody": r.as(""), "stranger": {r, "no-such-token"}},
		own:     map[string][2]string{},
	}
	w.dice = dice{rand.New(rand.NewPCG(*randomSeed, 0)), w.schemas, nil}
	w.own["alice"], w.own["bob"] = w.plant(alice, connection, "ALICE"), w.plant(bob, theirs, "BOB")
	w.pools = w.meaningful(admin)
	return w
}

// plant gives somebody's connection what nobody else may read: names, and values, which not even an administrator reads in
// the log.
func (w *crowdOf) plant(c caller, connection, who string) [2]string {
	run := idOf(c.at("POST /runs", connection, nil).header.Get("Location"))
	w.line(connection, "CANARY-"+who+" Curie", time.Now(), `{"jobTitle": {"before": "VALUE-`+who+`", "after": "Head"}}`)
	for i, kind := range []reconcile.HoldKind{reconcile.ConflictHold, reconcile.AmbiguousHold, reconcile.GuardHold} {
		w.waits(connection, fmt.Sprint(who, i), kind)
	}
	w.refuses(connection, "refused-"+who, true)
	id := idOf(connection)
	w.exec("UPDATE holds SET name = ? WHERE connection_id = ?", "CANARY-"+who+" held", id)
	w.exec("UPDATE quarantine SET name = ? WHERE connection_id = ?", "CANARY-"+who+" refused", id)
	return [2]string{id, run}
}

// meaningful are values that exist, so that requests come further than the first check.
func (w *crowdOf) meaningful(admin caller) map[string][]any {
	a, b := w.own["alice"], w.own["bob"]
	connections, runs := []any{a[0], b[0], someID, "x"}, []any{a[1], b[1], someID, "x"}
	users := []any{admin.userID("alice"), admin.userID("bob"), admin.userID("carl"), "19x999", "x"}
	return map[string][]any{
		"connection": connections, "connectionId": connections, "run": runs, "apply": runs, "user": users, "userId": users, "module": {"Contacts", "Leads", "Vendors", "Campaigns"},
		"{connections}": connections, "{runs}": runs, "{users}": users, "{holds}": {"1", "2", "3", "4", "5", "6", "999", "0", "x"}, "token": {"spent", "x"},
		"folderId": {"Contacts", "no-such-folder"}, "mailbox": {mail("alice"), "nobody"}, "username": {"alice", "bob", "nobody"}, "password": {"alice-password", "wrong"},
		"accessKey": {"wrong"}, "redirectUrl": {w.url + "/oauth/callback"}, "clientId": {clientID, "other"}, "clientSecret": {clientSecret}, "tenantId": {tenantID, "common"},
		"webhookUrl": {"http://127.0.0.1:1/hook"}, "smtpHost": {"127.0.0.1"}, "url": {w.server.GraphURL}, "email": {"nobody@nowhere.example", "CANARY@nowhere.example"},
		"outlook": {"surname", "givenName", "jobTitle", "mobilePhone"}, "vtiger": {"lastname", "firstname", "title"}, "text": {"curie", "12x7", "CANARY"},
		"If-Match": {`"1"`, "*", "W/x"}, "Idempotency-Key": {"k1", "k2", "k3"}, "cursor": {encodeCursor("runs", 3), encodeCursor("operations", 3), "bG9nOjE3Njk4NjA4MDAwMDAwMDA6NDI"},
	}
}

// ask makes one request of a call from the dice.
func (w *crowdOf) ask(c specCall) (*http.Request, func()) {
	path, query, header := c.path, url.Values{}, http.Header{"Content-Type": {"application/json"}}
	for _, p := range c.parameters {
		value := fmt.Sprint(w.value(p.Name, p.Schema, 0))
		switch {
		case p.In == "path":
			path = strings.Replace(path, "{"+p.Name+"}", url.PathEscape(w.pathValue(c, p, value)), 1)
		case !w.chance(40) && !(p.Required && w.chance(90)):
		case p.In == "query":
			query.Set(p.Name, value)
		case p.In == "header" && !strings.ContainsAny(value, "\r\n\x00"):
			header.Set(p.Name, value)
		}
	}
	var body io.Reader
	if c.body != nil && w.chance(95) {
		body = bytes.NewReader(w.body(c))
	}
	if w.chance(3) {
		header.Set("Content-Type", "text/plain")
	}
	ctx, cancel := context.WithCancel(w.t.Context())
	q, err := http.NewRequestWithContext(ctx, c.method, w.url+path+"?"+query.Encode(), body)
	require.NoError(w.t, err)
	q.Header = header
	return q, cancel
}

// pathValue names something of the path's kind. What the canaries hang on is not deleted, so that they can be found.
func (w *crowdOf) pathValue(c specCall, p specParameter, value string) string {
	kind, _, _ := strings.Cut(strings.TrimPrefix(c.path, prefix+"/"), "/")
	pool := w.pools["{"+kind+"}"]
	if p.Name == "id" && pool != nil {
		if value = fmt.Sprint(pick(&w.dice, pool)); c.method == http.MethodDelete && !strings.HasSuffix(c.path, "/authorization") {
			value = fmt.Sprint(pool[len(pool)-1-w.IntN(2)])
		}
	}
	// What changes which path it is, is another path.
	if value = strings.NewReplacer("/", "_", "\\", "_", "\x00", "_").Replace(value); strings.Trim(value, ". ") == "" {
		return "x"
	}
	return value
}

func (w *crowdOf) body(c specCall) []byte {
	if w.chance(3) {
		return []byte(pick(&w.dice, strange))
	}
	value := w.value("", c.body, 0)
	if w.chance(10) {
		value = c.example
	}
	if w.chance(25) {
		value = w.broken(value)
	}
	raw, err := json.Marshal(value)
	require.NoError(w.t, err)
	return raw
}

// receive sends a request; of a stream it reads the beginning.
func (w *crowdOf) receive(t testing.TB, who caller, q *http.Request) reply {
	if who.token != "" {
		q.Header.Set("Authorization", "Bearer "+who.token)
	}
	a, err := http.DefaultTransport.RoundTrip(q)
	require.NoError(t, err, "%s %s", q.Method, q.URL)
	defer a.Body.Close()
	var raw []byte
	if strings.HasPrefix(a.Header.Get("Content-Type"), "text/event-stream") {
		raw = make([]byte, 4096)
		n, err := a.Body.Read(raw)
		require.True(t, err == nil || errors.Is(err, io.EOF))
		raw = raw[:n]
	} else {
		raw, err = io.ReadAll(a.Body)
		require.NoError(t, err)
	}
	lockedWriter{&w.mu, &w.answered}.Write(raw)
	return reply{a.StatusCode, a.Header, string(raw)}
}

// hidden are the words that an answer to somebody must not hold.
func (w *crowdOf) hidden(name string) []string {
	out := []string{"CANARY-SECRET"}
	switch name {
	case "alice":
		return append(out, "CANARY-BOB", "VALUE-BOB")
	case "bob":
		return append(out, "CANARY-ALICE", "VALUE-ALICE")
	case "ada":
		return append(out, "VALUE-ALICE", "VALUE-BOB")
	}
	return append(out, "CANARY-ALICE", "CANARY-BOB", "VALUE-ALICE", "VALUE-BOB")
}

// mend makes things again as they were where a request broke them: who may sync, who is signed in, where, and step 1.
func (w *crowdOf) mend() {
	for name, c := range w.callers {
		if c.token != "" && name != "stranger" && c.do("GET", prefix+"/me", nil).status != http.StatusOK {
			w.callers[name] = w.as(name)
		}
	}
	admin := w.callers["ada"]
	whole := w.step1()
	whole["mode"] = "delegated"
	require.Equal(w.t, 200, admin.do("PUT", "/api/v1/settings/microsoft", whole).status)
	admin.allow("alice", "bob")
	for name, own := range w.own {
		c := w.callers[name]
		path := connectionsPath + "/" + own[0]
		if !c.signedIn(path) {
			w.browser().connect(c.link(path), name)
			c.do("PUT", path+"/settings", map[string]any{"folderId": "Contacts"})
		}
	}
}

// signsInAgain does not wait until random sign-ins that failed make nobody wait.
func (w *crowdOf) signsInAgain(name string) {
	_, err := w.server.Ledger.DB().ExecContext(w.t.Context(), "DELETE FROM failed_sign_ins")
	require.NoError(w.t, err)
	w.callers[name] = w.as(name)
}

// TestRandomRequests: whatever is sent, by whomever, the answer is one that the document allows, no failure of ours, and
// tells nobody what is another's or a secret.
func TestRandomRequests(t *testing.T) {
	w := exposed(t)
	statuses, kept, began := map[int]int{}, map[string]int{}, time.Now()
	for i := range *randomRequests {
		if i%100 == 99 {
			w.mend()
		}
		c, name := pick(&w.dice, w.spec.calls), pick(&w.dice, w.names)
		q, done := w.ask(c)
		a := w.receive(t, w.callers[name], q)
		done()
		at := fmt.Sprintf("request %d of seed %d: %s as %s, %s %s: %d %s", i, *randomSeed, c.id, name, q.Method, q.URL, a.status, a.raw)
		statuses[a.status]++
		require.Less(t, a.status, 500, at)
		require.Empty(t, w.fault(c, a), at)
		for _, word := range w.hidden(name) {
			require.NotContains(t, a.raw, word, at)
		}
		for _, word := range []string{"CANARY-ALICE", "CANARY-BOB", "VALUE-ALICE", "VALUE-BOB"} {
			if strings.Contains(a.raw, word) {
				kept[name+" "+word]++
			}
		}
		if c.id == "sign-out" && a.status == http.StatusNoContent {
			w.signsInAgain(name)
		}
	}
	t.Logf("%d requests in %s: %v; seen %v", *randomRequests, time.Since(began).Round(time.Second), statuses, kept)
	w.mend()
	for name, word := range map[string]string{"alice": "ALICE", "bob": "BOB"} {
		require.Contains(t, w.callers[name].do("GET", "/api/v1/log.csv?text=canary", nil).raw, "VALUE-"+word, "the canary is gone, so nothing was shown")
		if *randomRequests >= 1000 {
			require.NotZero(t, kept[name+" CANARY-"+word], "nobody saw the canary")
		}
	}
	if *randomRequests >= 1000 {
		require.NotZero(t, kept["ada CANARY-ALICE"])
		require.Greater(t, statuses[200]+statuses[201]+statuses[202], *randomRequests/10, "hardly anything came through")
	}
}
