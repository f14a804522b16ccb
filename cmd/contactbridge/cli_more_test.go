package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/cli"
	"contactbridge/internal/client"
	"contactbridge/internal/simulator/graphsim"
)

// Scripts learn by code and by document what is wrong.
func TestCommandLineSpeaksToScripts(t *testing.T) {
	s := settle(t)
	require.Contains(t, s.alice.refused(cli.WrongUse, "sync", "--fast"), "unknown flag: --fast")
	for _, args := range [][]string{
		{"config"},
		{"undo"},
		{"cancel", "one", "two"},
		{"sync", "--direction", "sideways"},
		{"log", "--action", "explode"},
		{"log", "--limit", "-1"},
		{"approve"},
		{"approve", "first"},
		{"approve", "1", "--keep", "both"},
		{"discard", "--all", "everything"},
		{"login", "ftp://somewhere"},
		{"login", "https://user:secret@somewhere"},
		{"config", "export", "--format", "xml"},
	} {
		s.alice.refused(cli.WrongUse, args...)
	}
	require.Contains(t, s.alice.refused(cli.Failed, "sync", "--apply", "no-such-preview"), "nothing with this id")

	problem := func(code int, args ...string) (p client.Problem) {
		require.NoError(t, json.Unmarshal([]byte(s.alice.refused(code, append(args, "--json")...)), &p))
		return p
	}
	require.Equal(t, "needs-preview", problem(cli.NeedsPerson, "sync").Kind)
	require.Equal(t, "admin-only", problem(cli.NotAllowed, "users").Kind)
	require.Equal(t, "wrong-use", problem(cli.WrongUse, "sync", "--direction", "up").Kind)
	status := parsed[struct {
		Me          client.UserView
		Connections []client.ConnectionView
		Holds       []client.HoldView
		Quarantine  []client.RefusalView
	}](s.alice, "status")
	require.Equal(t, "alice", status.Me.UserName)
	require.Len(t, status.Connections, 1)
	require.NotNil(t, status.Holds)
	require.Len(t, parsed[client.UsersOutputBody](s.ada, "users").Users, 3)
	require.Equal(t, client.RunViewStateDone, parsed[client.RunView](s.alice, "sync", "--skip-preview").State)

	// A token in the environment needs no sign-in; a kept one goes to no other address.
	token, url := s.alice.token(), s.service.publicURL
	script := newSeat(t, s.all)
	require.Contains(t, script.refused(cli.NotAllowed, "status"), "You are not signed in")
	script.env["CONTACTBRIDGE_URL"], script.env["CONTACTBRIDGE_TOKEN"] = url, token
	require.Contains(t, script.fine("status"), "You are Alice")
	s.alice.env["CONTACTBRIDGE_URL"] = strings.Replace(url, "127.0.0.1", "localhost", 1)
	require.Contains(t, s.alice.refused(cli.NotAllowed, "status"), "You are not signed in")
	delete(s.alice.env, "CONTACTBRIDGE_URL")

	// Of several connections one must be chosen, by module or id.
	s.alice.refused(cli.NeedsPerson, "connect", "--module", "Leads")
	require.Contains(t, s.alice.refused(cli.WrongUse, "sync"), "choose one by --connection: Contacts, Leads")
	require.Contains(t, s.alice.refused(cli.NeedsPerson, "sync", "--connection", "leads"), "Sign in to Microsoft")
	s.alice.fine("sync", "--connection", status.Connections[0].ID)

	code, out, _ := newSeat(t, s.all).typed(t.Context(), token+"\n", "login", "--token", url)
	require.Equal(t, cli.Done, code)
	require.Contains(t, out, "Alice")
	code, _, errs := newSeat(t, s.all).typed(t.Context(), "invented\n", "login", "--token", url)
	require.Equal(t, cli.NotAllowed, code, errs)

	s.alice.fine("logout")
	require.NoFileExists(t, filepath.Join(s.alice.dir, "session.json"))
	s.alice.refused(cli.NotAllowed, "status")
	require.Contains(t, script.refused(cli.NotAllowed, "status"), "has expired", "the service forgot it too")

	script.env["CONTACTBRIDGE_URL"] = "http://127.0.0.1:1"
	require.Contains(t, script.refused(cli.NoAnswer, "status"), "http://127.0.0.1:1 does not answer")
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }))
	defer stranger.Close()
	script.env["CONTACTBRIDGE_URL"] = stranger.URL
	require.Contains(t, script.refused(cli.NoAnswer, "status"), "not Contact Bridge")
	s.noSecrets()
}

// Settings go out as a file and come back, as a whole or not at all.
func TestCommandLineMovesSettings(t *testing.T) {
	s := settle(t)
	file := filepath.Join(t.TempDir(), "settings.yaml")
	save := func(text string) { require.NoError(t, os.WriteFile(file, []byte(text), 0o600)) }
	s.alice.fine("config", "export", "--output", file)
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	exported := string(raw)
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	require.Contains(t, s.alice.fine("config", "import", file), "Contacts of alice: nothing changes")
	require.Contains(t, exported, "batchSize: 100\n")

	edited := strings.Replace(exported, "batchSize: 100\n", "batchSize: 7\n", 1)
	edited = strings.Replace(edited, "        - outlook: jobTitle\n          vtiger: [title]\n          direction: both\n", "", 1)
	edited = strings.Replace(edited, "syncFrom: null", "syncFrom: 2020-02-29", 1)
	require.Contains(t, edited, "ownerScope:\n        everyone: false\n")
	edited = strings.Replace(edited, "outlookFilter: null\n", "outlookFilter:\n        wanted: [Customers]\n        unwanted: []\n", 1)
	const cities = "conditions:\n        - field: mailingcity\n          operator: isNotEmpty\n"
	require.Contains(t, edited, "conditions: []\n")
	edited = strings.Replace(edited, "conditions: []\n", cities+"        - field: donotcall\n          operator: is\n          value: \"0\"\n", 1)
	save(edited)
	for _, flag := range []string{"--dry-run", "--json"} { // the one changes nothing, the other does
		out := s.alice.fine("config", "import", file, flag)
		require.Contains(t, out, "batchSize: 100 → 7")
		require.Contains(t, out, "mapping: 1 row goes")
		require.Contains(t, s.alice.fine("config", "export"), map[string]string{"--dry-run": "batchSize: 100\n", "--json": "batchSize: 7\n"}[flag])
	}
	require.Equal(t, edited, strings.Replace(s.alice.fine("config", "export"), `syncFrom: "2020-02-29"`, "syncFrom: 2020-02-29", 1), "what was imported is what is exported")
	require.Contains(t, s.alice.fine("config", "import", file), "nothing changes")
	save(strings.Replace(edited, "isNotEmpty\n", "isNotEmpty\n          value: \"\"\n", 1))
	require.Contains(t, s.alice.fine("config", "import", file), "nothing changes", "an empty value is none")
	asJSON := s.alice.fine("config", "export", "--format", "json")
	code, out, _ := s.alice.typed(t.Context(), asJSON, "config", "import", "-")
	require.Equal(t, cli.Done, code)
	require.Contains(t, out, "nothing changes")

	for _, c := range []struct{ from, to, says string }{
		{"batchSize: 7", "batchSize: many", "Contacts of alice: batchSize: it cannot be a string"},
		{"batchSize: 7", "batchSize: -7", "Contacts of alice: batchSize: "},
		{"operator: isNotEmpty", "operator: isBig", "Contacts of alice: conditions[0].operator: "},
		{"field: mailingcity", "field: mailingtown", "Contacts of alice: conditions[0].field: vTiger has no such field"},
		{"batchSize: 7", "batchSiez: 7", "Contacts of alice: batchSiez: there is no such setting"},
		{`phoneRegion: ""`, "phoneRegion: QQ", "Contacts of alice: phoneRegion: "},
		{"module: Contacts", "module: Leads", `has no connection of "Leads"`},
		{"user: alice", "user: bob", `"bob" has no connection`},
		{"version: 1", "version: 2", "version"},
		{"connections:", "secret-value", "neither YAML nor JSON"},
	} {
		save(strings.Replace(strings.Replace(edited, c.from, c.to, 1), "conflictPolicy: vtiger", "conflictPolicy: newest", 1))
		errs := s.alice.refused(cli.Failed, "config", "import", file)
		require.Contains(t, errs, c.says)
		require.NotContains(t, errs, "secret-value")
		require.Contains(t, s.alice.fine("config", "export"), "conflictPolicy: vtiger", "what is refused changes nothing")
	}

	s.keepsSecrets()

	// Somebody else is faster.
	save(strings.Replace(edited, "batchSize: 7", "batchSize: 8", 1))
	faster := newSeat(t, s.all)
	faster.login(s.story.Cast.Users[0], s.service.publicURL)
	faster.env["CONTACTBRIDGE_TOKEN"] = faster.token()
	other := filepath.Join(t.TempDir(), "faster.yaml")
	require.NoError(t, os.WriteFile(other, []byte(strings.Replace(edited, "batchSize: 7", "batchSize: 9", 1)), 0o600))
	faster.env["CONTACTBRIDGE_URL"] = s.proxied(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPut {
			s.alice.fine("config", "import", other)
		}
		return false
	})
	require.Contains(t, faster.refused(cli.Failed, "config", "import", file), "Somebody else changed it")
	require.Contains(t, s.alice.fine("config", "export"), "batchSize: 9\n")
	s.noSecrets()
}

// keepsSecrets changes a setting beside secrets, which stay; what may be a key is taken, but neither shown nor exported.
func (s *settled) keepsSecrets() {
	t, hook := s.ada.t, "https://hooks.example/secret-hook"
	s.secrets = append(s.secrets, "secret-hook", "webhook-key")
	imported := func(text string) string {
		code, out, errs := s.ada.typed(t.Context(), "version: 1\n"+text, "config", "import", "-")
		require.Equal(t, cli.Done, code, errs)
		return out
	}
	require.Contains(t, imported("alerts: {webhookUrl: "+hook+", webhookSecret: webhook-key}"), "webhookUrl: given")
	require.Contains(t, imported("alerts: {adminAddress: ada@bridge.example}"), `adminAddress: "" → "ada@bridge.example"`)
	admin, err := client.Open(s.service.publicURL, s.ada.token())
	require.NoError(t, err)
	alerts, err := admin.GetAlertsWithResponse(t.Context())
	fine(t, err, alerts)
	require.Equal(t, hook, alerts.JSON200.WebhookURL)
	require.True(t, alerts.JSON200.WebhookSecretSet)

	require.Contains(t, imported("microsoft: {secretExpiresAt: null}"), `secretExpiresAt: "2099-01-31" → null`)
	require.Contains(t, s.alice.fine("status", "--check"), "all done", "the client secret is still there")
	all := s.ada.fine("config", "export", "--all", "--json")
	require.Contains(t, all, "ada@bridge.example")
	require.Contains(t, all, s.story.Cast.ClientID)
}

// proxied is the service behind a proxy, which may answer by itself.
func (s *settled) proxied(answers func(http.ResponseWriter, *http.Request) bool) string {
	target, err := url.Parse(s.service.publicURL)
	require.NoError(s.alice.t, err)
	forward := httputil.NewSingleHostReverseProxy(target)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !answers(w, r) {
			forward.ServeHTTP(w, r)
		}
	}))
	s.alice.t.Cleanup(proxy.Close)
	return proxy.URL
}

// Whoever follows a run may leave it, come back, and stop it; lines that die and proxies that hold events back do not matter.
func TestCommandLineFollowsRuns(t *testing.T) {
	s := settle(t)
	release := s.story.Microsoft.Hold("contacts.create", 1)
	defer release()
	out := s.alice.fine("sync", "--skip-preview", "--no-wait")
	run := s.lastRun()
	require.Contains(t, out, "contactbridge cancel "+run.ID)
	require.Eventually(t, func() bool { return strings.Contains(s.alice.fine("status"), "sync running") }, time.Minute, 200*time.Millisecond)

	leaving, leave := context.WithTimeout(t.Context(), 3*time.Second)
	defer leave()
	code, _, errs := s.alice.typed(leaving, "", "follow", run.ID)
	require.Equal(t, cli.Failed, code)
	require.Contains(t, errs, "goes on")
	require.Contains(t, errs, "contactbridge cancel "+run.ID)

	require.Contains(t, s.alice.fine("cancel", run.ID), "The sync is cancelled.")
	release()
	code, out, errs = s.alice.run("follow", run.ID)
	require.Equal(t, cli.Failed, code, out)
	require.Contains(t, errs, "was cancelled; what was sent stays")

	var events, cuts atomic.Int64
	s.alice.env["CONTACTBRIDGE_TOKEN"] = s.alice.token()
	s.alice.env["CONTACTBRIDGE_URL"] = s.proxied(func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case strings.HasSuffix(r.URL.Path, "/events"):
			events.Add(1)
			<-r.Context().Done() // a proxy that waits for the end of the stream
			return true
		case r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/runs") && cuts.Add(1) == 1:
			forwarded := httptest.NewRecorder()
			target, _ := url.Parse(s.service.publicURL)
			httputil.NewSingleHostReverseProxy(target).ServeHTTP(forwarded, r)
			http.Error(w, "bad gateway", http.StatusBadGateway) // the run is there, and its answer is lost
			return true
		}
		return false
	})
	before := len(s.runs())
	require.Contains(t, s.alice.fine("sync", "--skip-preview"), "The sync is done")
	require.EqualValues(t, 1, events.Load())
	require.EqualValues(t, 2, cuts.Load())
	require.Len(t, s.runs(), before+1, "the repeated request made no second run")

	// Events alone do, too, when their stream is cut.
	events.Store(0)
	s.alice.env["CONTACTBRIDGE_URL"] = s.proxied(func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/events") {
			if events.Add(1) == 1 {
				panic(http.ErrAbortHandler)
			}
			return false
		}
		if r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/api/v1/runs/") {
			http.Error(w, "busy", http.StatusServiceUnavailable)
			return true
		}
		return false
	})
	require.Contains(t, s.alice.fine("sync", "--skip-preview"), "The sync is done")
	require.EqualValues(t, 2, events.Load())
}

func (s *settled) runs() []string {
	return strings.Split(strings.TrimSpace(s.alice.fine("runs", "--json", "--limit", "0")), "\n")
}

// What waits for a person is shown with both values, and the answer is carried out.
func TestCommandLineAnswersHolds(t *testing.T) {
	s := settle(t)
	s.synced()
	mailbox, m, v := s.story.Cast.Users[0].Mailbox, s.story.Microsoft, s.story.VTiger
	file := filepath.Join(t.TempDir(), "ask.yaml")
	require.NoError(t, os.WriteFile(file, []byte("version: 1\nconnections: [{user: alice, module: Contacts, settings: {conflictPolicy: ask}}]\n"), 0o600))
	require.Contains(t, s.alice.fine("config", "import", file), `conflictPolicy: "vtiger" → "ask"`)
	require.Equal(t, "Nothing waits for an answer.\n", s.alice.fine("holds"))
	s.disagree(m, mailbox, "Zoë Müller-0", "Pilot", "Captain")
	s.disagree(m, mailbox, "Marie Curie-1", "Pilot", "Captain")

	code, out, errs := s.alice.run("sync")
	require.Equal(t, cli.NeedsPerson, code, out+errs)
	require.Contains(t, errs, "2 changes wait for an answer")
	require.Contains(t, s.alice.refused(cli.NeedsPerson, "status", "--check"), "2 holds wait")
	out = s.alice.fine("holds")
	require.Contains(t, out, `jobTitle: vTiger "Captain", Outlook "Pilot"`)
	holds := parsed[client.HoldsOutputBody](s.alice, "holds").Holds
	require.Len(t, holds, 2)

	require.Contains(t, s.alice.fine("approve", holds[0].ID, "--keep", "outlook"), "answered")
	require.Contains(t, s.alice.fine("discard", "--all", "conflict"), "Answered 1 hold.")
	require.Contains(t, s.alice.refused(cli.Failed, "discard", "999999"), "nothing with this id")
	require.Eventually(t, func() bool {
		for _, c := range v.Contacts() {
			if c["id"] == *holds[0].VtigerID {
				return c["title"] == "Pilot"
			}
		}
		return false
	}, time.Minute, 200*time.Millisecond, "the answer is carried out without another word")
}

// disagree lets both sides give a contact another job.
func (s *settled) disagree(m *graphsim.Server, mailbox, name, outlook, vtiger string) {
	t, done := s.alice.t, 0
	for _, c := range m.Contacts(mailbox, "") {
		if c["displayName"] == name {
			require.NoError(t, m.Edit(mailbox, c["id"].(string), map[string]any{"jobTitle": outlook}))
			done++
		}
	}
	for _, c := range s.story.VTiger.Contacts() {
		if c["firstname"]+" "+c["lastname"] == name {
			require.NoError(t, s.story.VTiger.Edit(c["id"], map[string]string{"title": vtiger}))
			done++
		}
	}
	require.Equal(t, 2, done, name)
}

// A contact cannot speak to the terminal, whatever its name; a program gets the name as it is. The log can be followed: lines
// come once, the oldest first.
func TestCommandLineReadsTheLog(t *testing.T) {
	s := settle(t)
	s.tamesNames()
	watching, stop := context.WithCancel(t.Context())
	defer stop()
	var out, errs transcript
	ended := make(chan error, 1)
	go func() {
		ended <- cli.Run(watching, []string{"log", "--follow", "--limit", "2", "--json"}, cli.Setting{
			Out: &out, Err: &errs, Dir: s.alice.dir, Env: func(string) string { return "" },
		})
	}()
	require.Eventually(t, func() bool { return strings.Count(out.String(), "\n") == 2 }, time.Minute, 50*time.Millisecond)
	require.NoError(t, s.story.VTiger.Edit(s.story.VTiger.Contacts()[0]["id"], map[string]string{"title": "Astronaut"}))
	s.alice.fine("sync")
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "Astronaut") }, time.Minute, 50*time.Millisecond)
	stop()
	require.NoError(t, <-ended, errs.String())
	seen := map[string]bool{}
	for line := range strings.Lines(out.String()) {
		var l client.OperationView
		require.NoError(t, json.Unmarshal([]byte(line), &l))
		require.False(t, seen[l.ID+l.Outcome], "a line comes once")
		seen[l.ID+l.Outcome] = true
	}
	require.Len(t, seen, 3)
}

func (s *settled) tamesNames() {
	t := s.alice.t
	name := "Mallory\u202e\u009b31m\u2028done"
	s.story.Microsoft.AddContact(s.story.Cast.Users[0].Mailbox, "", map[string]any{"givenName": name, "surname": "Mal\u200dlet", "displayName": name})
	out := s.alice.fine("preview", "--limit", "0")
	require.Contains(t, out, `Mallory\u202e\u009b31m\u2028done Mal`+"\u200dlet", "typed checks that no output holds the characters themselves")
	s.synced()
	require.Contains(t, s.alice.fine("log", "--limit", "0"), `Mallory\u202e\u009b31m`)
	found := false
	for line := range strings.Lines(s.alice.fine("log", "--limit", "0", "--json")) {
		var l client.OperationView
		require.NoError(t, json.Unmarshal([]byte(line), &l))
		found = found || strings.HasPrefix(l.Name, name)
	}
	require.True(t, found)
}
