package graphsim

import (
	"slices"
	"strings"
)

func (s *Server) codeGrant(r tokenRequest) (issue, *signInError) {
	if r.form.Get("code") == "" || r.form.Get("redirect_uri") == "" {
		return issue{}, aadsts(900144)
	}
	code, failed := s.grants.redeem(r.form.Get("code"), r.app.ClientID, s.now())
	switch {
	case failed != nil:
		return issue{}, failed
	case code.redirectURI != r.form.Get("redirect_uri"):
		return issue{}, aadsts(500112)
	case !code.verified(r.form.Get("code_verifier")):
		return issue{}, aadsts(501481)
	}
	return s.issueTo(r, code.account, code.scopes, code.nonce)
}

// refreshGrant does not end the token it is given: the service hands out a new one and lets the old one live.
func (s *Server) refreshGrant(r tokenRequest) (issue, *signInError) {
	if r.form.Get("refresh_token") == "" {
		return issue{}, aadsts(900144)
	}
	grant, known := s.grants.refreshToken(r.form.Get("refresh_token"))
	if !known || grant.clientID != r.app.ClientID {
		return issue{}, aadsts(70000)
	}
	if failed := s.directory.refusesRefresh(grant); failed != nil {
		return issue{}, failed
	}
	if !s.now().Before(grant.expires) {
		return issue{}, aadsts(700082)
	}
	return s.issueTo(r, grant.account, grant.scopes, "")
}

func (d *directory) refusesRefresh(grant refreshGrant) *signInError {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case grant.account.generation != grant.generation:
		return aadsts(grant.account.revoked)
	case grant.account.signInError != 0:
		return aadsts(grant.account.signInError)
	}
	return nil
}

// issueTo narrows what was granted to the scopes asked for now. Asking for more than was granted is asking for
// what the person never allowed.
func (s *Server) issueTo(r tokenRequest, a *account, granted []string, nonce string) (issue, *signInError) {
	asked, failed := parseScopes(r.form.Get("scope"), r.base)
	if failed != nil {
		return issue{}, failed
	}
	if len(asked) == 0 {
		asked = granted
	}
	if !s.directory.consented(a, r.app.ClientID, append(slices.Clone(asked), granted...)) {
		return issue{}, aadsts(65001)
	}
	tenantID, shared, _ := s.directory.tenant(r.tenant)
	if !shared && !strings.EqualFold(tenantID, a.TenantID) {
		return issue{}, aadsts(70000)
	}
	return issue{account: a, tenant: a.TenantID, scopes: asked, all: granted, nonce: nonce}, nil
}

// appGrant serves an app without a person; its permissions were consented to by an admin.
func (s *Server) appGrant(r tokenRequest) (issue, *signInError) {
	tenantID, shared, _ := s.directory.tenant(r.tenant)
	if shared {
		return issue{}, aadsts(50059)
	}
	scope := r.form.Get("scope")
	if scope != graphResource+".default" && scope != r.base+"/.default" {
		return issue{}, aadsts(70011)
	}
	return issue{tenant: tenantID}, nil
}

// passwordGrant is the legacy grant. A password with a space at either end fails, right or wrong.
func (s *Server) passwordGrant(r tokenRequest) (issue, *signInError) {
	username, password := r.form.Get("username"), r.form.Get("password")
	switch {
	case username == "" || password == "":
		return issue{}, aadsts(900144)
	case strings.EqualFold(r.tenant, "common") || strings.EqualFold(r.tenant, "consumers"):
		return issue{}, aadsts(9001023)
	case strings.TrimSpace(password) != password:
		return issue{}, aadsts(50126)
	}
	scopes, failed := parseScopes(r.form.Get("scope"), r.base)
	if failed != nil {
		return issue{}, failed
	}
	if len(scopes) == 0 {
		return issue{}, aadsts(900144)
	}
	a, failed := s.checkPerson(username, password, r.tenant)
	if failed != nil {
		return issue{}, failed
	}
	s.directory.consent(a, r.app.ClientID, scopes)
	return issue{account: a, tenant: a.TenantID, scopes: scopes, all: scopes}, nil
}
