package api

import (
	"bufio"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/simulator/vtigersim"
)

// invite gives an invitation's link.
func (c caller) invite(connection string) string {
	c.t.Helper()
	a := c.at("POST /invitation", connection, nil)
	require.Equal(c.t, 201, a.status, a.raw)
	link := a.text(c.t, "url")
	c.keepToken(strings.TrimPrefix(link, c.url+"/connect/"))
	return link
}

// An invitation connects without a sign-in here, once; it lives for a week.
func TestAnInvitationConnectsOnce(t *testing.T) {
	r, alice, connection, _ := linked(t)
	a := r.as("ada").at("POST /invitation", connection, nil)
	require.Equal(t, 201, a.status, a.raw)
	link := a.text(t, "url")
	ends, err := time.Parse(time.RFC3339, a.text(t, "expiresAt"))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(7*24*time.Hour), ends, time.Minute)
	r.exec("UPDATE tickets SET expires_at = now() + interval '1 second' WHERE NOT invitation")
	r.browser().connect(link, "alice")
	require.True(t, alice.signedIn(connection))
	require.Equal(t, 410, r.browser().visit(http.MethodGet, link, nil).status)
	var kept string
	require.NoError(t, r.server.Ledger.DB().NewRaw("SELECT string_agg(t::text, '') FROM tickets t").Scan(t.Context(), &kept))
	require.NotContains(t, kept, strings.TrimPrefix(link, r.url+"/connect/"))

	// A connection that is made by another link needs its invitation no more.
	open := alice.invite(connection)
	r.browser().connect(alice.link(connection), "alice")
	require.Equal(t, 410, r.browser().visit(http.MethodGet, open, nil).status)
}

// A new invitation replaces the old one, and leaves the links of ten minutes alone.
func TestANewInvitationReplacesTheOld(t *testing.T) {
	r, alice, connection, link := linked(t)
	first, second := alice.invite(connection), alice.invite(connection)
	p := r.browser().visit(http.MethodGet, first, nil)
	require.Equal(t, 410, p.status)
	require.Contains(t, p.text(), "replaced")
	for _, valid := range []string{second, link} {
		require.Equal(t, 200, r.browser().visit(http.MethodGet, valid, nil).status)
	}
	r.exec("UPDATE tickets SET expires_at = now() - interval '1 second' WHERE invitation")
	require.Equal(t, 410, r.browser().visit(http.MethodPost, second, nil).status)
}

// The link of a user who is not allowed any more is refused, at each of its steps.
func TestTheLinkOfADisallowedUserIsRefused(t *testing.T) {
	r, alice, connection, _ := linked(t)
	link := alice.invite(connection)
	b := r.browser()
	back := b.returns(link, "signin")
	admin := r.as("ada")
	admin.allowTogether(jsonMap{"allowed": false, "userIds": []string{admin.userID("alice")}})
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		p := b.visit(method, link, nil)
		require.Equal(t, 403, p.status)
		require.Contains(t, p.text(), "must allow the vTiger user alice")
	}
	require.Equal(t, 403, b.visit(http.MethodGet, back, nil).status)
	admin.at("POST /invitation", connection, nil).refused(t, 403, "not-allowed")
	admin.allow("alice")
	require.False(t, alice.signedIn(connection))
	require.Equal(t, 200, b.visit(http.MethodGet, link, nil).status)
}

func TestNobodyIsInvitedInVain(t *testing.T) {
	r := newRig(t)
	admin := r.as("ada")
	admin.allow("alice")
	alice := r.as("alice")
	connection := alice.connection()
	alice.at("POST /invitation", connection, nil).refused(t, 409, "step-1-missing")
	admin.saveStep1()
	require.Equal(t, "body.send", alice.at("POST /invitation", connection, jsonMap{"send": true}).refused(t, 422, "invalid").Errors[0].Location)
	application := r.step1()
	application["mode"] = "application"
	require.Equal(t, 200, admin.do("PUT", "/api/v1/settings/microsoft", application).status)
	alice.at("POST /invitation", connection, nil).refused(t, 409, "needs-admin")
}

// The mail goes to the address that vTiger has, and holds the link. A server that takes it not is told of, and the link
// holds all the same.
func TestAnInvitationIsSent(t *testing.T) {
	r, alice, connection, _ := linked(t)
	admin := r.as("ada")
	port, mails := letterbox(t)
	smtp := func(port int) {
		a := admin.do("PUT", "/api/v1/settings/alerts", jsonMap{"smtpHost": "127.0.0.1", "smtpPort": port, "from": "bridge@company.test"})
		require.Equal(t, 200, a.status, a.raw)
	}
	smtp(port)
	send := func() reply { return alice.at("POST /invitation", connection, jsonMap{"send": true}) }
	require.Equal(t, "body.send", send().refused(t, 422, "invalid").Errors[0].Location)
	require.NoError(t, r.vtiger.UpdateUser(admin.userID("alice"), func(u *vtigersim.User) { u.Email = "alice@company.test" }))
	admin.do("GET", "/api/v1/users", nil)
	a := send()
	require.Equal(t, 201, a.status, a.raw)
	require.Contains(t, a.raw, `"sent":true`)
	mail := <-mails
	require.Contains(t, mail, "RCPT TO:<alice@company.test>")
	require.Contains(t, mail, "connect your mailbox")
	require.Contains(t, mail, a.text(t, "url"))
	require.Contains(t, mail, "Alice Sales (alice)")

	smtp(1) // where nobody listens
	a = send()
	require.Equal(t, 201, a.status, a.raw)
	require.Contains(t, a.raw, `"sent":false`)
	require.Contains(t, a.text(t, "notice"), "does not answer")
	require.Equal(t, 200, r.browser().visit(http.MethodGet, a.text(t, "url"), nil).status)
}

// letterbox is a mail server that takes everything, without TLS, and shows each conversation decoded.
func letterbox(t *testing.T) (port int, mails chan string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	mails = make(chan string, 9)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			mails <- converse(conn)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port, mails
}

func converse(conn net.Conn) string {
	defer conn.Close()
	in, heard, data := bufio.NewReader(conn), "", false
	fmt.Fprint(conn, "220 mail.example ESMTP\r\n")
	for {
		line, err := in.ReadString('\n')
		heard += line
		switch {
		case err != nil || strings.HasPrefix(line, "QUIT"):
			text, _ := io.ReadAll(quotedprintable.NewReader(strings.NewReader(heard)))
			return string(text)
		case data && line != ".\r\n":
			continue
		case strings.HasPrefix(line, "DATA"):
			data = true
			fmt.Fprint(conn, "354 go on\r\n")
			continue
		}
		data = false
		fmt.Fprint(conn, "250 fine\r\n")
	}
}
