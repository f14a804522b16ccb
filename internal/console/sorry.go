package console

import (
	"errors"
	"net/http"
	"net/url"

	"contactbridge/internal/client"
)

// apology is what an error page says.
type apology struct{ Title, Why string }

var errPanicked = errors.New("it panicked")

// nowhere is the page of an address at which there is nothing.
var nowhere = page{name: "sorry", show: func(*visit) (any, error) {
	return nil, &client.Problem{Status: http.StatusNotFound, Kind: "not-found", Title: say("sorry.nowhere"), Detail: say("sorry.nowhere.why")}
}}

// sorry answers with what an error means to a person. Whoever is not signed in is sent to do that first.
func (v *visit) sorry(err error) {
	var p *client.Problem
	var to elsewhere
	switch {
	case v.Request.Context().Err() != nil: // the browser hung up
		return
	case errors.As(err, &to):
		v.Redirect(http.StatusSeeOther, string(to))
		return
	case !errors.As(err, &p):
		v.console.Log.ErrorContext(v.Request.Context(), "a page failed", "page", v.page.name, "error", err.Error())
		p = &client.Problem{Status: http.StatusInternalServerError, Title: say("sorry.internal"), Detail: say("sorry.internal.why")}
	case p.Kind == "not-signed-in":
		v.toSignIn()
		return
	}
	if err := v.render(int(p.Status), "sorry", apology{Title: p.Title, Why: p.Detail}); err != nil {
		v.console.Log.ErrorContext(v.Request.Context(), "the page of an error failed", "error", err.Error())
		v.Status(http.StatusInternalServerError)
	}
}

// unread says that a form did not arrive in a way that can be read.
func (v *visit) unread(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return &client.Problem{Status: http.StatusRequestEntityTooLarge, Title: say("sorry.large"), Detail: say("sorry.large.why")}
	}
	return &client.Problem{Status: http.StatusBadRequest, Title: say("sorry.unread"), Detail: say("sorry.unread.why")}
}

// toSignIn asks the person to sign in, and comes back here.
func (v *visit) toSignIn() {
	back := v.Request.URL.RequestURI()
	if v.Request.Method == http.MethodPost {
		back = v.action("")
		v.flash("warn", say("signin.expired"))
	}
	v.Redirect(http.StatusSeeOther, signInPath+"?"+url.Values{"to": {back}}.Encode())
}
