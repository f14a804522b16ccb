package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/cli"
	"contactbridge/internal/client"
	"contactbridge/internal/demo"
)

// seat is where a person sits at the command line, with a folder of their own.
type seat struct {
	t   *testing.T
	dir string
	env map[string]string
	all *transcript
}

// transcript is everything that anybody was shown.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *transcript) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *transcript) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func newSeat(t *testing.T, all *transcript) *seat {
	return &seat{t, filepath.Join(t.TempDir(), "contactbridge"), map[string]string{}, all}
}

// typed runs a command with what a person enters, and gives its exit code and what it printed.
func (s *seat) typed(ctx context.Context, input string, args ...string) (code int, out, errs string) {
	var o, e transcript
	err := cli.Run(ctx, args, cli.Setting{
		In: strings.NewReader(input), Out: &o, Err: &e, Dir: s.dir, Env: func(name string) string { return s.env[name] },
	})
	var exit *cli.Exit
	if errors.As(err, &exit) {
		code = exit.Code
	} else {
		require.NoError(s.t, err)
	}
	for _, text := range []string{o.String(), e.String()} {
		_, _ = s.all.Write([]byte(text))
		require.NotRegexp(s.t, `[\x00-\x08\x0b-\x1f\x7f]|[\x{80}-\x{9f}]|\x{202e}`, text, "nothing that a terminal obeys")
	}
	s.t.Logf("$ contactbridge %s\n%s%s[exit %d]", strings.Join(args, " "), o.String(), e.String(), code)
	return code, o.String(), e.String()
}

func (s *seat) run(args ...string) (code int, out, errs string) {
	return s.typed(s.t.Context(), "", args...)
}

// fine runs a command that must succeed.
func (s *seat) fine(args ...string) string {
	s.t.Helper()
	code, out, errs := s.run(args...)
	require.Equal(s.t, cli.Done, code, "%v: %s%s", args, out, errs)
	return out
}

// refused runs a command that must end with a code, and gives what it complained of.
func (s *seat) refused(code int, args ...string) string {
	s.t.Helper()
	got, out, errs := s.run(args...)
	require.Equal(s.t, code, got, "%v: %s%s", args, out, errs)
	require.NotEmpty(s.t, errs, "%v says why", args)
	return errs
}

// parsed runs a command for its one document.
func parsed[T any](s *seat, args ...string) (v T) {
	s.t.Helper()
	require.NoError(s.t, json.Unmarshal([]byte(s.fine(append(args, "--json")...)), &v))
	return v
}

func (s *seat) login(p demo.Person, url string) {
	code, out, errs := s.typed(s.t.Context(), p.UserName+"\n"+p.Password+"\n", "login", url)
	require.Equal(s.t, cli.Done, code, errs)
	require.Contains(s.t, out, "("+p.UserName+")")
}

// token is what the seat's sign-in is worth.
func (s *seat) token() string {
	raw, err := os.ReadFile(filepath.Join(s.dir, "session.json"))
	require.NoError(s.t, err)
	var held struct{ Token string }
	require.NoError(s.t, json.Unmarshal(raw, &held))
	require.NotEmpty(s.t, held.Token)
	return held.Token
}

// settled is a stage on which Ada has done step 1 and Alice step 2, all on the command line.
type settled struct {
	*stage
	ada, alice *seat
	all        *transcript
	secrets    []string
}

var linkIn = regexp.MustCompile(`http://\S+/connect/\S+`)

func settle(t *testing.T) *settled {
	s := &settled{stage: served(t), all: &transcript{}}
	s.ada, s.alice = newSeat(t, s.all), newSeat(t, s.all)
	url, cast := s.service.publicURL, s.story.Cast
	s.secrets = []string{cast.ClientSecret, cast.Admin.Password, cast.Users[0].Password, cast.AccessKey}

	code, _, errs := s.ada.typed(t.Context(), "admin\nwrong\n", "login", url)
	require.Equal(t, cli.NotAllowed, code)
	require.Contains(t, errs, "vTiger does not accept")
	s.ada.login(cast.Admin, url)
	s.alice.login(cast.Users[0], url)
	s.secrets = append(s.secrets, s.ada.token(), s.alice.token())
	info, err := os.Stat(filepath.Join(s.alice.dir, "session.json"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	require.Contains(t, s.alice.refused(cli.NotAllowed, "connect"), "An administrator must allow you")
	require.Contains(t, s.alice.refused(cli.NotAllowed, "users"), "Only administrators")
	require.Contains(t, s.ada.refused(cli.Failed, "users", "allow", "alice", "nobody"), `no user "nobody"; nothing was changed`)
	require.NotRegexp(t, `alice@\S+ +no +yes`, s.ada.fine("users"))
	require.Contains(t, s.ada.fine("users", "allow", "alice", "bob"), "Alice Sales (alice) may sync now.")
	require.Regexp(t, `alice@\S+ +no +yes`, s.ada.fine("users"))
	s.step1()
	s.step2()
	return s
}

// step1 saves the Microsoft app from a file.
func (s *settled) step1() {
	t, cast := s.ada.t, s.story.Cast
	require.Contains(t, s.alice.refused(cli.NeedsPerson, "connect"), "step 1")
	file := filepath.Join(t.TempDir(), "app.yaml")
	write := func(text string) { require.NoError(t, os.WriteFile(file, []byte(text), 0o600)) }
	app := "version: 1\nmicrosoft:\n  clientId: " + cast.ClientID + "\n  clientSecret: " + cast.ClientSecret +
		"\n  tenantId: " + cast.TenantID + "\n  redirectUrl: " + s.story.RedirectURL + "\n"
	write(app + "  secretExpiresAt: 2099-01-31\n  clientSecrte: x\n")
	require.Contains(t, s.ada.refused(cli.Failed, "config", "import", file), "microsoft: clientSecrte: there is no such setting")
	write(app + "  secretExpiresAt: 2099-01-31\n")
	require.Contains(t, s.ada.fine("config", "import", file, "--dry-run"), "microsoft: would change")
	require.Contains(t, s.alice.refused(cli.NeedsPerson, "connect"), "step 1", "a dry run saves nothing")
	out := s.ada.fine("config", "import", file)
	require.Contains(t, out, "microsoft: saved")
	require.Contains(t, out, "clientSecret: given")
	require.Contains(t, s.ada.fine("config", "export", "--all"), "secretExpiresAt: \"2099-01-31\"")
	require.Contains(t, s.alice.refused(cli.NotAllowed, "config", "export", "--all"), "administrators")
}

// step2 connects Alice's mailbox in two goes, as a person without --wait does.
func (s *settled) step2() {
	t, alice := s.alice.t, s.story.Cast.Users[0]
	code, out, errs := s.alice.run("connect")
	require.Equal(t, cli.NeedsPerson, code)
	require.Contains(t, errs, "signed in by its link")
	page, err := demo.Connect(t.Context(), linkIn.FindString(out), alice)
	require.NoError(t, err)
	require.Contains(t, page, alice.Mailbox)

	require.Contains(t, s.alice.refused(cli.NeedsPerson, "status", "--check"), "folder")
	code, out, errs = s.alice.run("connect")
	require.Equal(t, cli.NeedsPerson, code)
	require.Contains(t, errs, "Choose the folder")
	require.Contains(t, out, "Contacts  the mailbox's own")
	require.Contains(t, s.alice.refused(cli.NeedsPerson, "sync"), "folder")
	require.Contains(t, s.alice.refused(cli.Failed, "connect", "--folder", "Nowhere"), `no contact folder "Nowhere"`)
	require.Contains(t, s.alice.fine("connect", "--folder", "Contacts"), "Contacts syncs with the folder Contacts of "+alice.Mailbox)
	require.Contains(t, s.alice.fine("status", "--check"), "all done: Microsoft app, mailbox sign-in, folder")
}

// synced does Alice's first sync.
func (s *settled) synced() { s.alice.fine("sync", "--skip-preview") }

// lastRun is the newest run of Alice's.
func (s *settled) lastRun() client.RunView {
	return parsed[client.RunView](s.alice, "runs", "--limit", "1")
}

// noSecrets looks through everything that anybody was shown.
func (s *settled) noSecrets() {
	text := s.all.String()
	require.NotEmpty(s.alice.t, text)
	for _, secret := range s.secrets {
		require.NotEmpty(s.alice.t, secret)
		require.NotContains(s.alice.t, text, secret)
	}
}

// Ada and Alice do everything that a first sync needs on the command line, and take it back.
func TestCommandLineGoesAllTheWay(t *testing.T) {
	s := settle(t)
	m, mailbox := s.story.Microsoft, s.story.Cast.Users[0].Mailbox
	before := len(m.Contacts(mailbox, ""))
	require.Contains(t, s.alice.refused(cli.NeedsPerson, "sync"), "try: contactbridge preview")

	out := s.alice.fine("preview", "--limit", "5")
	require.Contains(t, out, "  insert 15 in Outlook\n")
	require.Contains(t, out, "--limit 0 shows all")
	require.Regexp(t, `link +Łukasz Curie-15  The same person`, out)
	whole := parsed[struct {
		Run        client.RunView
		Operations []client.OperationView
	}](s.alice, "preview", "--limit", "0")
	require.Len(t, whole.Operations, 45)
	require.Len(t, m.Contacts(mailbox, ""), before, "a preview writes nothing")

	out = s.alice.fine("sync", "--apply", whole.Run.ID)
	require.Contains(t, out, "15 inserted in Outlook\n")
	require.Contains(t, out, "contactbridge undo ")
	require.Len(t, m.Contacts(mailbox, ""), before+15)
	run := s.lastRun()

	inserts := strings.Split(strings.TrimSpace(s.alice.fine("log", "--action", "insert", "--limit", "0", "--json")), "\n")
	require.Len(t, inserts, 30)
	for _, line := range inserts {
		var l client.OperationView
		require.NoError(t, json.Unmarshal([]byte(line), &l))
		require.Equal(t, "insert done "+run.ID, l.Action+" "+l.Outcome+" "+l.Run)
	}
	require.Len(t, strings.Split(strings.TrimSpace(s.alice.fine("log", "--run", run.ID, "--limit", "3")), "\n"), 5, "a head, three lines, and that there is more")
	require.Contains(t, s.alice.fine("status"), "sync done just now: ")
	require.Regexp(t, `alice +Contacts +`+mailbox+` +Contacts +done`, s.ada.fine("status", "--all"))

	require.Contains(t, s.alice.fine("undo", run.ID, "--preview"), "The preview of an undo is done")
	require.Len(t, m.Contacts(mailbox, ""), before+15)
	require.Contains(t, s.alice.refused(cli.NeedsPerson, "undo", run.ID), "30 changes wait for an answer", "so many deletions are asked about")
	require.Len(t, m.Contacts(mailbox, ""), before+15)
	require.Contains(t, s.alice.fine("approve", "--all", "guard"), "Answered 30 holds.")
	require.Eventually(t, func() bool {
		return !strings.Contains(s.alice.fine("runs", "--json"), `"endedAt":null`)
	}, time.Minute, 200*time.Millisecond, "the approval starts the undo again")
	require.Len(t, m.Contacts(mailbox, ""), before)
	require.Contains(t, s.alice.refused(cli.Failed, "undo", run.ID), "undone already")
	s.noSecrets()
}

// connect --wait goes on by itself when the mailbox was signed in, and another person's run does not exist.
func TestCommandLineWaitsForTheMailbox(t *testing.T) {
	s := settle(t)
	bob := newSeat(t, s.all)
	bob.login(s.story.Cast.Users[1], s.service.publicURL)
	var out, errs transcript
	ended := make(chan error, 1)
	go func() {
		ended <- cli.Run(t.Context(), []string{"connect", "--wait", "--folder", "Contacts"}, cli.Setting{
			Out: &out, Err: &errs, Dir: bob.dir, Env: func(string) string { return "" },
		})
	}()
	require.Eventually(t, func() bool { return linkIn.MatchString(out.String()) }, time.Minute, 50*time.Millisecond)
	_, err := demo.Connect(t.Context(), linkIn.FindString(out.String()), s.story.Cast.Users[1])
	require.NoError(t, err)
	require.NoError(t, <-ended, errs.String())
	require.Contains(t, out.String(), "The mailbox bob@bridge.example is connected.")

	s.synced()
	run := s.lastRun()
	for _, args := range [][]string{
		{"undo", run.ID},
		{"cancel", run.ID},
		{"follow", run.ID},
		{"log", "--run", run.ID},
		{"sync", "--connection", run.ConnectionID},
		{"holds", "--connection", run.ConnectionID},
		{"config", "export", "--connection", run.ConnectionID},
	} {
		require.Contains(t, bob.refused(cli.Failed, args...), "belongs to somebody else")
	}
	require.Contains(t, bob.refused(cli.NotAllowed, "log", "--user", "alice"), "administrators")
	s.noSecrets()
}
