package api

import (
	"context"
	"crypto/rand"
	"errors"
	"html/template"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/oauth2"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/outlook"
)

const stateCookie = "contactbridge_state"

// page is the one page that people see while they sign a mailbox in.
var page = template.Must(template.New("page").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Contact Bridge</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:34em;margin:4em auto;padding:0 1em;color:#222}h1{font-size:1.4em}
button{font:inherit;padding:.6em 1.2em;border:0;border-radius:.3em;background:#0b5cad;color:#fff;cursor:pointer}</style></head>
<body><h1>{{.Title}}</h1><p>{{.Text}}</p>{{if .Button}}<form method="post"><button>{{.Button}}</button></form>{{end}}</body></html>
`))

type pageData struct{ Title, Text, Button string }

func show(c *gin.Context, status int, p pageData) {
	c.Header("Content-Type", "text/html; charset=utf-8")
	c.Header("Cache-Control", "no-store")
	c.Header("Referrer-Policy", "no-referrer")
	c.Header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	c.Status(status)
	_ = page.Execute(c.Writer, p)
}

// pages are the sign-in link, its button, and the return from Microsoft.
func (s *Server) pages(router *gin.Engine) {
	router.GET("/connect/:token", s.openLink)
	router.POST("/connect/:token", s.pressLink)
	router.GET("/oauth/callback", s.callback)
}

// openLink shows for whom a mailbox will be connected. It changes nothing, since mail scanners open links.
func (s *Server) openLink(c *gin.Context) {
	u, ok := s.linkUser(c)
	if !ok {
		return
	}
	show(c, http.StatusOK, pageData{
		Title: "Connect a mailbox", Button: "Sign in with Microsoft",
		Text: "The mailbox that you sign in to will be synced with the vTiger contacts of " + nameOf(u) + ".",
	})
}

// linkUser finds whom a link is for, or says that it works no more.
func (s *Server) linkUser(c *gin.Context) (ledger.User, bool) {
	ctx := c.Request.Context()
	connection, err := s.Ledger.TicketConnection(ctx, c.Param("token"))
	if err == nil {
		var u ledger.User
		if u, err = s.Ledger.User(ctx, connection.UserID); err == nil {
			err = allowed(u)
		}
		if err == nil {
			return u, true
		}
	}
	s.refusePage(c, err)
	return ledger.User{}, false
}

// refusePage says why a page cannot be shown.
func (s *Server) refusePage(c *gin.Context, err error) {
	var p *Problem
	switch {
	case isNotFound(err):
		show(c, http.StatusGone, pageData{Title: "This link works no more", Text: "It was used already or is too old. Ask for a new one."})
	case errors.As(s.translate(err), &p):
		show(c, p.Status, pageData{Title: "This did not work", Text: p.Detail})
	}
}

// pressLink sends the browser to Microsoft, with a state that only this browser holds.
func (s *Server) pressLink(c *gin.Context) {
	if _, ok := s.linkUser(c); !ok {
		return
	}
	ctx := c.Request.Context()
	config, err := s.mailboxConfig(ctx)
	if err != nil {
		s.refusePage(c, err)
		return
	}
	state, verifier := rand.Text()+rand.Text(), oauth2.GenerateVerifier()
	if err := s.Ledger.PressTicket(ctx, c.Param("token"), state, verifier); err != nil {
		s.refusePage(c, err)
		return
	}
	cookie := s.cookie(stateCookie, state, "/oauth/callback", time.Now().Add(ticketFor))
	http.SetCookie(c.Writer, &cookie)
	c.Redirect(http.StatusSeeOther, config.SignInURL(state, verifier))
}

// callback takes the browser back from Microsoft. A state that the browser's cookie does not hold is somebody else's.
func (s *Server) callback(c *gin.Context) {
	state := c.Query("state")
	held, err := c.Cookie(stateCookie)
	if err != nil || state == "" || held != state {
		show(c, http.StatusBadRequest, pageData{Title: "This sign-in is not yours", Text: "It was begun in another browser or is over. Open the sign-in link again."})
		return
	}
	gone := s.cookie(stateCookie, "", "/oauth/callback", time.Unix(1, 0))
	http.SetCookie(c.Writer, &gone)
	if code := c.Query("error"); code != "" {
		s.refuseSignIn(c, outlook.RedirectError(code, c.Query("error_description")))
		return
	}
	connection, mailbox, err := s.redeem(c.Request.Context(), state, c.Query("code"))
	switch {
	case isNotFound(err):
		show(c, http.StatusBadRequest, pageData{Title: "This sign-in is over", Text: "It was finished already or took too long. Open a new sign-in link."})
	case errors.Is(err, ledger.ErrConflict):
		show(c, http.StatusConflict, pageData{Title: "This is another mailbox", Text: "This connection belongs to another mailbox; changing it is not possible yet. Sign in to the same mailbox as before."})
	case err != nil:
		s.refuseSignIn(c, err)
	default:
		u, err := s.Ledger.User(c.Request.Context(), connection.UserID)
		if err != nil {
			s.refusePage(c, err)
			return
		}
		show(c, http.StatusOK, pageData{Title: "Connected", Text: "The mailbox " + mailbox.Address + " is connected for " + nameOf(u) + ". You may close this page."})
	}
}

// refuseSignIn says in words why Microsoft's sign-in came to nothing.
func (s *Server) refuseSignIn(c *gin.Context, err error) {
	s.Log.Warn("a mailbox sign-in failed", "error", err)
	var e *contact.Error
	text := "An internal error occurred."
	if errors.As(err, &e) {
		text = contact.SentenceOf(err)
		if e.Code != "" {
			text += " (" + e.Code + ")"
		}
	}
	show(c, http.StatusBadRequest, pageData{Title: "The mailbox was not connected", Text: text})
}

// redeem trades the code for tokens, asks whose mailbox it is, spends the link and keeps the sign-in.
func (s *Server) redeem(ctx context.Context, state, code string) (ledger.Connection, outlook.Mailbox, error) {
	id, verifier, err := s.Ledger.Pressed(ctx, state)
	if err != nil {
		return ledger.Connection{}, outlook.Mailbox{}, err
	}
	connection, err := s.Ledger.Connection(ctx, id)
	if err != nil {
		return connection, outlook.Mailbox{}, err
	}
	config, err := s.mailboxConfig(ctx)
	if err != nil {
		return connection, outlook.Mailbox{}, err
	}
	source, err := config.Redeem(ctx, code, verifier)
	if err != nil {
		return connection, outlook.Mailbox{}, err
	}
	mailbox, err := outlook.NewClient(config, source).Me(ctx)
	if err != nil {
		return connection, mailbox, err
	}
	if err := s.Ledger.SpendTicket(ctx, state); err != nil {
		return connection, mailbox, err
	}
	return connection, mailbox, s.Ledger.SignedIn(ctx, id, ledger.Mailbox{
		Tenant: mailbox.Tenant, ID: mailbox.ObjectID, Address: mailbox.Address, Name: mailbox.Name,
	}, source.Refresh())
}

func nameOf(u ledger.User) string {
	name := personOf(u).Name
	if name == "" {
		return u.UserName
	}
	return name + " (" + u.UserName + ")"
}
