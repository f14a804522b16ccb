package graphsim

import (
	"net/http"
	"net/url"
	"strings"
)

// entra answers one request to the sign-in service: /{tenant}/oauth2/v2.0/authorize and …/token, /{tenant}/adminconsent.
func (s *Server) entra(c *call) answer {
	tenant, endpoint, _ := strings.Cut(strings.TrimPrefix(c.path, "/"), "/")
	if decoded, err := url.PathUnescape(tenant); err == nil {
		tenant = decoded
	}
	switch {
	case endpoint == "oauth2/v2.0/token":
		return s.performToken(c, tenant)
	case endpoint == "oauth2/v2.0/authorize" && c.method == http.MethodGet:
		return s.finish(c, "authorize", s.disturb(c, "authorize", nil, func() answer { return s.authorize(c, tenant) }))
	case endpoint == "oauth2/v2.0/authorize" && c.method == http.MethodPost:
		return s.finish(c, "signin", s.disturb(c, "signin", nil, func() answer { return s.signInPost(c) }))
	case endpoint == "adminconsent":
		return s.finish(c, "adminconsent", s.disturb(c, "adminconsent", nil, func() answer { return s.adminConsent(c, tenant) }))
	}
	return s.finish(c, "unknown", answer{status: http.StatusNotFound, header: http.Header{}})
}

// checkApp tells whether the app may be used with the tenant of the path.
func (s *Server) checkApp(clientID, tenant string) (app, *signInError) {
	tenantID, shared, ok := s.directory.tenant(tenant)
	if !ok {
		return app{}, aadsts(90002)
	}
	a, known := s.directory.app(clientID)
	switch {
	case !known, a.TenantID != "" && !shared && !strings.EqualFold(a.TenantID, tenantID):
		return app{}, aadsts(700016)
	case a.TenantID != "" && shared:
		return app{}, aadsts(50194)
	}
	return a, nil
}

// checkPerson tells whether the user may sign in with that password through the tenant of the path.
func (s *Server) checkPerson(username, password, tenant string) (*account, *signInError) {
	a := s.directory.account(username)
	if a == nil {
		return nil, aadsts(50034)
	}
	tenantID, shared, _ := s.directory.tenant(tenant)
	if !shared && !strings.EqualFold(tenantID, a.TenantID) || shared && !admits(tenant, a) {
		return nil, aadsts(50020)
	}
	s.directory.mu.Lock()
	defer s.directory.mu.Unlock()
	switch {
	case a.Password != password:
		return nil, aadsts(50126)
	case a.signInError != 0:
		return nil, aadsts(a.signInError)
	}
	return a, nil
}

// PersonalTenant is the tenant of all personal accounts: a User in it may sign in through common and consumers only.
const PersonalTenant = "9188040d-6c67-4c5b-b112-36a304b66dad"

// admits tells whether a name for many tenants lets the account in.
func admits(name string, a *account) bool {
	personal := strings.EqualFold(a.TenantID, PersonalTenant)
	return strings.EqualFold(name, "common") || strings.EqualFold(name, "consumers") == personal
}
