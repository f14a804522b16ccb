package graphsim

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// tokenRequest is a request to the token endpoint whose app has proved itself.
type tokenRequest struct {
	*call
	form   url.Values
	tenant string // as in the path
	app    app
	set    Settings
}

// issue says what a grant is worth.
type issue struct {
	account *account // nil for an app itself
	tenant  string
	scopes  []string
	all     []string // what a refresh token will be good for
	nonce   string
}

func (s *Server) performToken(c *call, tenant string) answer {
	var grantType string
	a := s.disturb(c, "token", nil, func() answer {
		var body map[string]any
		var failed *signInError
		if body, grantType, failed = s.token(c, tenant); failed != nil {
			return s.signInAnswer(c, failed)
		}
		return tokenJSON(http.StatusOK, body)
	})
	names := []string{"token"}
	if grantType != "" {
		names = append(names, "token."+grantType)
	}
	s.meter.count(a.status, names...)
	s.faults.hold(c.ctx, "token")
	return a
}

var grantTypes = map[string]func(*Server, tokenRequest) (issue, *signInError){
	"authorization_code": (*Server).codeGrant,
	"refresh_token":      (*Server).refreshGrant,
	"client_credentials": (*Server).appGrant,
	"password":           (*Server).passwordGrant,
}

// token answers a token request; grantType is "" when it is none the service knows.
func (s *Server) token(c *call, tenant string) (body map[string]any, grantType string, failed *signInError) {
	if c.method != http.MethodPost {
		return nil, "", aadsts(900561)
	}
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return nil, "", aadsts(9002313)
	}
	if !strings.HasPrefix(c.header.Get("Content-Type"), "application/x-www-form-urlencoded") || !form.Has("grant_type") {
		return nil, "", aadsts(900144)
	}
	grant, known := grantTypes[form.Get("grant_type")]
	if !known {
		return nil, "", aadsts(70003)
	}
	grantType = form.Get("grant_type")
	r := tokenRequest{call: c, form: form, tenant: tenant, set: s.current()}
	if r.app, failed = s.proveApp(c, form, tenant); failed != nil {
		return nil, grantType, failed
	}
	worth, failed := grant(s, r)
	if failed != nil {
		return nil, grantType, failed
	}
	return s.tokens(r, worth), grantType, nil
}

// proveApp checks the client secret, from the body or from Basic authentication.
func (s *Server) proveApp(c *call, form url.Values, tenant string) (app, *signInError) {
	id, secret := form.Get("client_id"), form.Get("client_secret")
	request := http.Request{Header: c.header}
	if user, password, ok := request.BasicAuth(); ok {
		id, secret = unescaped(user), unescaped(password)
	}
	if id == "" {
		return app{}, aadsts(900144)
	}
	a, failed := s.checkApp(id, tenant)
	switch {
	case failed != nil:
		return app{}, failed
	case secret == "":
		return app{}, aadsts(7000218)
	case subtle.ConstantTimeCompare([]byte(secret), []byte(a.Secret)) != 1:
		return app{}, aadsts(7000215)
	case a.secretExpired:
		return app{}, aadsts(7000222)
	}
	return a, nil
}

func unescaped(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

// tokens hands out what the grant is worth: a refresh token only with offline_access, an id token only with openid.
func (s *Server) tokens(r tokenRequest, worth issue) map[string]any {
	now := s.now()
	body := map[string]any{
		"token_type": "Bearer", "expires_in": int(r.set.TokenLifetime / time.Second),
		"ext_expires_in": int(r.set.TokenLifetime / time.Second),
	}
	granted := accessGrant{
		caller:  caller{clientID: r.app.ClientID, tenantID: worth.tenant, account: worth.account, scopes: lowered(worth.scopes), contactsOnly: r.app.ContactsOnly},
		expires: now.Add(r.set.TokenLifetime), claims: r.form.Get("claims"),
	}
	generation := 0
	if worth.account != nil {
		generation, granted.accessEnded = s.directory.generations(worth.account)
		body["scope"] = shownScopes(worth.scopes)
	}
	body["access_token"] = s.grants.addAccess(granted)
	if worth.account != nil && slices.Contains(worth.all, "offline_access") {
		body["refresh_token"] = s.grants.addRefresh(refreshGrant{
			clientID: r.app.ClientID, account: worth.account, scopes: worth.all, generation: generation,
			expires: now.Add(r.set.RefreshLifetime),
		})
	}
	if worth.account != nil && slices.Contains(worth.scopes, "openid") {
		body["id_token"] = idToken(r, worth, now)
	}
	return body
}

func (d *directory) generations(a *account) (refresh, access int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return a.generation, a.accessEnded
}

// idToken is unsigned: a client takes it from the token endpoint, where it needs no check.
func idToken(r tokenRequest, worth issue, now time.Time) string {
	claims := map[string]any{
		"aud": r.app.ClientID, "iss": r.base + "/" + worth.tenant + "/v2.0", "tid": worth.tenant, "oid": worth.account.id,
		"sub": worth.account.id, "name": worth.account.DisplayName, "preferred_username": worth.account.UPN,
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "ver": "2.0",
	}
	if worth.nonce != "" {
		claims["nonce"] = worth.nonce
	}
	payload, _ := json.Marshal(claims) // plain values; cannot fail
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + encode(payload) + "."
}

// verified tells whether the verifier fits the challenge of the authorize request.
func (in signIn) verified(verifier string) bool {
	if in.challenge == "" || verifier == "" {
		return in.challenge == verifier
	}
	if in.challengeMethod == "S256" {
		sum := sha256.Sum256([]byte(verifier))
		verifier = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return verifier == in.challenge
}
