package graphsim

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
)

// authorize shows the sign-in page. Until app and redirect URI are known to belong together errors are pages; from
// then on they are redirects.
func (s *Server) authorize(c *call, tenant string) answer {
	a, failed := s.checkApp(c.query.Get("client_id"), tenant)
	if failed != nil {
		return s.errorPage(c, failed)
	}
	in := newSignIn(c.query, tenant)
	if !slices.Contains(a.RedirectURLs, in.redirectURI) {
		return s.errorPage(c, aadsts(50011))
	}
	if failed := in.check(c); failed != nil {
		return in.redirect(s.errorValues(c, failed))
	}
	if in.browser = c.cookie(signInCookie); in.browser == "" {
		in.browser = newGUID()
	}
	page := signInPage{Action: c.path, ID: s.grants.addSignIn(in), Username: c.query.Get("login_hint")}
	shown := page.render(http.StatusOK)
	cookie := http.Cookie{Name: signInCookie, Value: in.browser, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}
	shown.header.Set("Set-Cookie", cookie.String())
	return shown
}

func newSignIn(q url.Values, tenant string) signIn {
	in := signIn{
		clientID: q.Get("client_id"), redirectURI: q.Get("redirect_uri"), state: q.Get("state"), nonce: q.Get("nonce"),
		responseMode: q.Get("response_mode"), challenge: q.Get("code_challenge"),
		challengeMethod: q.Get("code_challenge_method"), tenant: tenant,
	}
	if in.challengeMethod == "" {
		in.challengeMethod = "plain"
	}
	if in.responseMode == "" {
		in.responseMode = "query"
	}
	return in
}

// check validates the rest of the request and fills in the scopes.
func (in *signIn) check(c *call) *signInError {
	scopes, failed := parseScopes(c.query.Get("scope"), c.base)
	in.scopes = scopes
	prompt := c.query.Get("prompt")
	switch {
	case c.query.Get("response_type") != "code":
		return aadsts(700051)
	case failed != nil:
		return failed
	case len(scopes) == 0:
		return aadsts(900144)
	case !slices.Contains([]string{"query", "fragment", "form_post"}, in.responseMode):
		in.responseMode = "query"
		return aadsts(9002313)
	case !slices.Contains([]string{"", "login", "none", "consent", "select_account"}, prompt):
		return aadsts(9002313)
	case in.challengeMethod != "S256" && in.challengeMethod != "plain":
		return aadsts(501491)
	case in.challenge != "" && (len(in.challenge) < 43 || len(in.challenge) > 128):
		failed := *aadsts(50147)
		failed.name = "invalid_request"
		return &failed
	case prompt == "none":
		return aadsts(50058) // nobody is ever signed in already
	}
	return nil
}

func (s *Server) errorValues(c *call, failed *signInError) url.Values {
	values := url.Values{"error": {failed.name}, "error_description": {failed.description(s, c)}}
	if failed.suberror != "" {
		values.Set("error_subcode", failed.suberror)
	}
	return values
}

// redirect sends the browser back to the app, in the way it asked for.
func (in *signIn) redirect(values url.Values) answer {
	if in.state != "" {
		values.Set("state", in.state)
	}
	if in.responseMode == "form_post" {
		return postBackPage(in.redirectURI, values)
	}
	target, err := url.Parse(in.redirectURI)
	if err != nil {
		return answer{status: http.StatusBadRequest, header: http.Header{}}
	}
	location := in.redirectURI + "#" + values.Encode()
	if in.responseMode == "query" {
		query := target.Query()
		for name := range values {
			query.Set(name, values.Get(name))
		}
		target.RawQuery = query.Encode()
		location = target.String()
	}
	return answer{status: http.StatusFound, header: http.Header{"Location": {location}, "Cache-Control": {"no-store"}}}
}

func (s *Server) errorPage(c *call, failed *signInError) answer {
	return html(http.StatusBadRequest, errorTemplate, map[string]string{"Text": failed.description(s, c)})
}

func postBackPage(action string, values url.Values) answer {
	return html(http.StatusOK, postBackTemplate, map[string]any{"Action": action, "Values": values})
}

var (
	errorTemplate = template.Must(template.New("error").Parse(pageHead +
		`<h1>Sorry, but we’re having trouble signing you in.</h1><p role="alert">{{.Text}}</p></main></body></html>`))
	postBackTemplate = template.Must(template.New("postback").Parse(pageHead +
		`<form method="post" action="{{.Action}}">{{range $name, $values := .Values}}{{range $values}}` +
		`<input type="hidden" name="{{$name}}" value="{{.}}">{{end}}{{end}}<button>Continue</button></form>` +
		`<script>document.forms[0].submit()</script></main></body></html>`))
)
