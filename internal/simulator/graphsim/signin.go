package graphsim

import (
	"bytes"
	"html/template"
	"net/http"
	"net/url"
)

// signInCookie marks a browser: a form can only be posted by the one it was shown in.
const signInCookie = "esctx"

const pageHead = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Sign in to your account</title>
<style>body{font-family:sans-serif;background:#f2f2f2}main{max-width:26rem;margin:4rem auto;padding:2rem;background:#fff}
label,input{display:block;width:100%;box-sizing:border-box;margin:.4rem 0}input{padding:.5rem}button{margin:.8rem .4rem 0 0;padding:.5rem 1.2rem}</style>
</head><body><main>`

var signInTemplate = template.Must(template.New("signin").Parse(pageHead + `<h1>Sign in</h1>
<p>Simulated Microsoft account</p>{{if .Error}}<p role="alert">{{.Error}}</p>{{end}}
<form method="post" action="{{.Action}}">
<input type="hidden" name="ctx" value="{{.ID}}">
<label for="username">User name</label><input id="username" name="username" type="email" value="{{.Username}}" autocomplete="off" required>
<label for="password">Password</label><input id="password" name="password" type="password" autocomplete="off">
<button type="submit" name="action" value="signin">Sign in</button>
<button type="submit" name="action" value="cancel" formnovalidate>Cancel</button>
</form></main></body></html>`))

type signInPage struct{ Action, ID, Username, Error string }

func (p signInPage) render(status int) answer { return html(status, signInTemplate, p) }

func html(status int, page *template.Template, data any) answer {
	var out bytes.Buffer
	if err := page.Execute(&out, data); err != nil {
		status = http.StatusInternalServerError
	}
	return answer{
		status: status, body: out.Bytes(),
		header: http.Header{"Content-Type": {"text/html; charset=utf-8"}, "Cache-Control": {"no-store"}},
	}
}

// signInPost takes the posted sign-in page: fields ctx, username, password and action (cancel declines). Signing in
// consents to what the app asked for.
func (s *Server) signInPost(c *call) answer {
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return s.errorPage(c, aadsts(9002313))
	}
	id := form.Get("ctx")
	in, known := s.grants.signIn(id)
	if !known || c.cookie(signInCookie) != in.browser {
		return s.errorPage(c, aadsts(9002313))
	}
	if form.Get("action") == "cancel" {
		return in.redirect(s.errorValues(c, aadsts(65004)))
	}
	person, failed := s.checkPerson(form.Get("username"), form.Get("password"), in.tenant)
	if failed != nil {
		return signInPage{Action: c.path, ID: id, Username: form.Get("username"), Error: failed.description(s, c)}.render(http.StatusOK)
	}
	s.directory.consent(person, in.clientID, in.scopes)
	code := s.grants.finishSignIn(id, in, person, s.now().Add(s.current().CodeLifetime))
	return in.redirect(url.Values{"code": {code}, "session_state": {newGUID()}})
}

func (c *call) cookie(name string) string {
	r := http.Request{Header: c.header}
	cookie, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return cookie.Value
}
