package console

import (
	"net/http"
	"net/url"
	"strings"

	"contactbridge/internal/client"
)

const signInPath = "/sign-in"

// signIn lets vTiger's users in.
var signIn = page{
	name: "signin", path: signInPath, show: showSignIn,
	acts: map[string]func(*visit) error{"": doSignIn},
}

// signOut has no page of its own: it is a button on all of them.
var signOut = page{
	name: "signin", path: "/sign-out", show: func(*visit) (any, error) { return nil, elsewhere(signInPath) },
	acts: map[string]func(*visit) error{"": doSignOut},
}

type signInPage struct {
	Form  *form
	To    string
	SetUp bool // no vTiger is named yet
}

func showSignIn(v *visit) (any, error) {
	to := v.Query("to")
	if v.typed != nil {
		to = v.posted("to")
	}
	if v.me != nil {
		return nil, elsewhere(local(to))
	}
	p := signInPage{Form: v.form("", url.Values{"with": {"password"}}), To: local(to)}
	ready, err := ask(v.api.ReadinessWithResponse(v.Request.Context()))
	p.SetUp = err == nil && ready.JSON200.Status == "needs-setup"
	return p, nil
}

func doSignIn(v *visit) error {
	secret := v.posted("password")
	if secret == "" {
		return wrong("password", "signin.password.missing")
	}
	body := client.SignInInputBody{Username: v.posted("username"), Password: &secret}
	if v.posted("with") == "accessKey" {
		body.Password, body.AccessKey = nil, &secret
	}
	a, err := ask(v.api.SignInWithResponse(v.Request.Context(), nil, body))
	if err != nil {
		return err
	}
	v.takeCookies(a.HTTPResponse)
	return v.doneAt(local(v.posted("to")), "")
}

func doSignOut(v *visit) error {
	a, err := ask(v.api.SignOutWithResponse(v.Request.Context()))
	if err == nil {
		v.takeCookies(a.HTTPResponse)
	}
	return v.doneAt(signInPath, "signin.out")
}

// takeCookies passes the API's cookies on. What is for the API's sign-in alone is for ours alone here.
func (v *visit) takeCookies(a *http.Response) {
	for _, c := range a.Cookies() {
		if strings.HasPrefix(c.Path, "/api/") {
			c.Path = signInPath
		}
		http.SetCookie(v.Writer, c)
	}
}

// local is an address of ours, given one that may come from anywhere.
func local(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") ||
		strings.ContainsAny(to, "\\\r\n\t") || strings.HasPrefix(u.Path, "/sign-") {
		return "/"
	}
	return u.RequestURI()
}
