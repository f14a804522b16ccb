package worker_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/alert"
	"contactbridge/internal/ledger"
	"contactbridge/worker"
)

// ears are a webhook and a mail server that keep what they are told; deaf ones take nothing.
type ears struct {
	mu    sync.Mutex
	deaf  bool
	hooks []alert.Notice
	mails map[string][]string // by receiver
	tries int
}

func (e *ears) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.tries++
	if e.deaf {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	var n alert.Notice
	if json.Unmarshal(body, &n) == nil && r.Header.Get("Webhook-Signature") != "" && r.Header.Get("Webhook-Id") == n.ID {
		e.hooks = append(e.hooks, n)
	}
}

// post serves SMTP on a connection, as far as a client without TLS needs it.
func (e *ears) post(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	say := func(line string) { fmt.Fprintf(conn, "%s\r\n", line) }
	say("220 mail.example ESMTP")
	var to string
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch verb, rest, _ := strings.Cut(strings.TrimSpace(line), " "); strings.ToUpper(verb) {
		case "EHLO":
			say("250 mail.example")
		case "RCPT":
			to = strings.Trim(strings.TrimPrefix(rest, "TO:"), "<>")
			say("250 ok")
		case "DATA":
			say("354 go on")
			var text strings.Builder
			for {
				line, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				text.WriteString(line)
			}
			if !e.take(to, text.String()) {
				say("451 not now")
				continue
			}
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (e *ears) take(to, text string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.tries++
	if !e.deaf {
		e.mails[to] = append(e.mails[to], text)
	}
	return !e.deaf
}

// heard counts the messages that arrived.
func (e *ears) heard() (hooks, user, admin int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.hooks), len(e.mails["alice@company.example"]), len(e.mails["admin@company.example"])
}

func (e *ears) set(deaf bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.deaf, e.tries = deaf, 0
}

func (e *ears) tried() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.tries
}

// listening gives a rig whose alerts go to ears, and a chore that sends them without delay.
func listening(t *testing.T) (*rig, *ears, worker.Chore) {
	return listeningBy(t, func(all ledger.AlertSettings) ledger.AlertSettings { return all })
}

// listeningBy is listening where an administrator set only what told leaves of the settings.
func listeningBy(t *testing.T, told func(all ledger.AlertSettings) ledger.AlertSettings) (*rig, *ears, worker.Chore) {
	r := newStage(t, nil, nil)
	e := &ears{mails: map[string][]string{}}
	hook := httptest.NewServer(e)
	t.Cleanup(hook.Close)
	mail, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { mail.Close() })
	go func() {
		for {
			conn, err := mail.Accept()
			if err != nil {
				return
			}
			go e.post(conn)
		}
	}()
	port := mail.Addr().(*net.TCPAddr).Port
	require.NoError(t, r.ledger.SaveAlertSettings(t.Context(), told(ledger.AlertSettings{
		WebhookURL: hook.URL, WebhookSecret: "hush", SMTPHost: "127.0.0.1", SMTPPort: port, From: "bridge@company.example", AdminAddress: "admin@company.example",
	})))
	require.NoError(t, r.ledger.SaveUsers(t.Context(), []ledger.User{{ID: r.user.ID, UserName: r.user.UserName, Email: "alice@company.example", Active: true}}))
	chore := worker.Herald(r.ledger, "https://bridge.example", slog.New(slog.DiscardHandler))
	chore.Every = 20 * time.Millisecond
	return r, e, chore
}

// lapse makes Microsoft refuse the user's sign-in, and syncs.
func (r *rig) lapse(key string) {
	require.NoError(r.t, r.microsoft.RevokeTokens(r.user.Mailbox))
	require.NoError(r.t, r.microsoft.ExpireAccessTokens(r.user.Mailbox))
	run := r.await(r.ask(key))
	require.Equal(r.t, "needs-sign-in", run.Trouble)
}

// signIn is what the user does about it.
func (r *rig) signIn() {
	c := r.current()
	require.NoError(r.t, r.ledger.SignedIn(r.t.Context(), c.ID, ledger.Mailbox{Tenant: c.MailboxTenant, ID: c.MailboxID}, r.refreshToken(r.microsoftURL, r.user)))
}

// undelivered waits until all three messages of an alert failed so many times.
func (r *rig) undelivered(attempts int) {
	require.Eventually(r.t, func() bool {
		n := 0
		err := r.ledger.DB().NewRaw("SELECT count(*) FROM deliveries WHERE attempts = ?", attempts).Scan(r.t.Context(), &n)
		return err == nil && n == 3
	}, 10*time.Second, 10*time.Millisecond)
}

// A dead sign-in is told once to the webhook, the user and the administrator, also when another sync finds it dead again;
// after a sign-in the sync goes on, and the next dead one is told again.
func TestADeadSignInIsToldOnce(t *testing.T) {
	t.Parallel()
	r, e, chore := listening(t)
	r.people()
	defer r.doing(chore)()
	r.sync("fine")
	r.lapse("dead")
	require.Eventually(t, func() bool { h, u, a := e.heard(); return h == 1 && u == 1 && a == 1 }, 10*time.Second, 10*time.Millisecond)
	r.lapse("still dead")
	time.Sleep(300 * time.Millisecond)
	h, u, a := e.heard()
	require.Equal(t, [3]int{1, 1, 1}, [3]int{h, u, a}, "exactly one message a trouble")

	n := e.hooks[0]
	require.Equal(t, "needs-sign-in", n.Kind)
	require.Equal(t, r.connection.ID, n.Connection)
	require.Equal(t, r.user.UserName, n.UserName)
	require.Equal(t, "https://bridge.example", n.Link)
	require.Contains(t, n.What, "sign in")
	text := e.mails["alice@company.example"][0]
	require.Contains(t, text, "Subject: Contact Bridge: the mailbox of "+r.user.UserName+" needs a sign-in")
	require.Contains(t, text, "https://bridge.example")
	for _, hidden := range []string{"twin", "hush", r.user.Password, r.user.Mailbox} {
		require.NotContains(t, strings.ToLower(text+fmt.Sprint(n)), hidden)
	}

	r.signIn()
	r.sync("resumed")
	r.lapse("dead again")
	require.Eventually(t, func() bool { h, u, a := e.heard(); return h == 2 && u == 2 && a == 2 }, 10*time.Second, 10*time.Millisecond)
}

// While its receivers are down a message waits, ever longer, through the death of the worker; once they are up it arrives once.
func TestAnAlertWaitsForItsReceiver(t *testing.T) {
	t.Parallel()
	r, e, chore := listening(t)
	e.set(true)
	stop := r.doing(chore)
	r.lapse("dead")
	r.undelivered(1)
	stop()
	require.Equal(t, 3, e.tried())
	var waits []float64
	require.NoError(t, r.ledger.DB().NewRaw("SELECT extract(epoch FROM next_at - now()) FROM deliveries").Scan(t.Context(), &waits))
	require.Len(t, waits, 3)
	for _, w := range waits {
		require.InDelta(t, 60, w, 5)
	}
	due := func() {
		_, err := r.ledger.DB().ExecContext(t.Context(), "UPDATE deliveries SET next_at = now() WHERE next_at IS NOT NULL")
		require.NoError(t, err)
	}
	due()
	e.set(true)
	stop = r.doing(chore)
	r.undelivered(2)
	require.NoError(t, r.ledger.DB().NewRaw("SELECT extract(epoch FROM next_at - now()) FROM deliveries").Scan(t.Context(), &waits))
	stop()
	require.InDelta(t, 120, waits[0], 5, "the pause grows")
	due()
	e.set(false)
	defer r.doing(chore)()
	require.Eventually(t, func() bool { h, u, a := e.heard(); return h == 1 && u == 1 && a == 1 }, 10*time.Second, 10*time.Millisecond)
	time.Sleep(200 * time.Millisecond)
	require.Equal(t, 3, e.tried())
}

// When hundreds of connections fail for one reason, the administrator gets ten messages in an hour, of which the last one says
// that there are more; each user gets their own.
func TestAFloodOfTroublesIsDammed(t *testing.T) {
	t.Parallel()
	r, e, chore := listening(t)
	const n = 30
	for i := range n {
		c := r.newcomer(i)
		_, err := r.ledger.DB().ExecContext(t.Context(), "UPDATE users SET email = user_name || '@company.example'")
		require.NoError(t, err)
		require.NoError(t, r.ledger.SetTrouble(t.Context(), c.ID, "needs-admin", "The client secret has expired."))
	}
	require.NoError(t, r.ledger.SetTrouble(t.Context(), r.connection.ID, "needs-sign-in", "Sign in again."))
	defer r.doing(chore)()
	mails := func(to string) []string {
		e.mu.Lock()
		defer e.mu.Unlock()
		return e.mails[to]
	}
	require.Eventually(t, func() bool { return len(mails(fmt.Sprintf("user%d@company.example", n-1))) == 1 }, 20*time.Second, 20*time.Millisecond)
	require.Eventually(t, func() bool { h, _, a := e.heard(); return h == 11 && a == 11 }, 10*time.Second, 20*time.Millisecond, "another kind is told still")
	for i := range n {
		require.Len(t, mails(fmt.Sprintf("user%d@company.example", i)), 1)
	}
	const more = "For an hour you get no more"
	admin := mails("admin@company.example")
	require.NotContains(t, admin[ledger.AlertsAnHour-2], more)
	require.Contains(t, admin[ledger.AlertsAnHour-1], more)
	require.True(t, e.hooks[ledger.AlertsAnHour-1].Last)

	_, err := r.ledger.DB().ExecContext(t.Context(), "UPDATE alerts SET addressed_at = addressed_at - interval '1 hour'")
	require.NoError(t, err)
	require.NoError(t, r.ledger.SetTrouble(t.Context(), r.connection.ID, "needs-admin", "The client secret has expired."))
	require.Eventually(t, func() bool { _, _, a := e.heard(); return a == 12 }, 10*time.Second, 20*time.Millisecond)
}

// A failure that passes neither ends a trouble nor lets it be told again.
func TestAPassingFailureEndsNoTrouble(t *testing.T) {
	t.Parallel()
	r, e, chore := listening(t)
	defer r.doing(chore)()
	require.NoError(t, r.microsoft.ExpireSecret(r.cast.ClientID, true))
	require.NoError(t, r.microsoft.ExpireAccessTokens(r.user.Mailbox))
	require.Equal(t, "needs-admin", r.await(r.ask("dead")).Trouble)
	s := newSteps(r, time.Second)
	_, err := r.ledger.RequestRun(t.Context(), r.current(), "down", "", r.user.ID)
	require.NoError(t, err)
	s.finish("unavailable")
	require.Equal(t, "needs-admin", r.current().Trouble)
	require.Equal(t, "needs-admin", r.await(r.ask("dead still")).Trouble)
	require.Eventually(t, func() bool { h, _, _ := e.heard(); return h == 1 }, 10*time.Second, 10*time.Millisecond)
	time.Sleep(200 * time.Millisecond)
	h, u, a := e.heard()
	require.Equal(t, [3]int{1, 1, 1}, [3]int{h, u, a})
}

// The end of the client secret is announced thirty, seven and one day before, once each, to the administrator.
func TestTheEndOfTheSecretIsAnnounced(t *testing.T) {
	t.Parallel()
	r, e, chore := listening(t)
	in := func(days int) {
		m, err := r.ledger.Microsoft(t.Context())
		require.NoError(t, err)
		m.SecretEnds = time.Now().UTC().AddDate(0, 0, days).Format(time.DateOnly)
		require.NoError(t, r.ledger.SaveMicrosoft(t.Context(), m))
		for range 2 {
			require.NoError(t, chore.Do(t.Context()))
		}
	}
	for i, days := range []int{31, 30, 7, 1} {
		in(days)
		h, u, a := e.heard()
		require.Equal(t, [3]int{i, 0, i}, [3]int{h, u, a}, "%d days before", days)
	}
	in(0)
	in(-1)
	h, _, _ := e.heard()
	require.Equal(t, 3, h)
	require.Equal(t, alert.SecretExpires, e.hooks[2].Kind)
	require.Contains(t, e.mails["admin@company.example"][0], "secret expires soon")
}
