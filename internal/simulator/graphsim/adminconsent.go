package graphsim

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

var consentTemplate = template.Must(template.New("consent").Parse(pageHead + `<h1>Permissions requested</h1>
<p>Simulated consent for the whole organization</p>
<form method="post" action="{{.Action}}"><input type="hidden" name="ctx" value="{{.ID}}">
<button type="submit" name="action" value="accept">Accept</button>
<button type="submit" name="action" value="cancel">Cancel</button></form></main></body></html>`))

// adminConsent shows the page on which an admin grants an app its permissions for the tenant, and takes its post: fields
// ctx and action (accept, or cancel, which declines).
func (s *Server) adminConsent(c *call, tenant string) answer {
	if c.method == http.MethodPost {
		return s.adminConsentPost(c)
	}
	a, failed := s.checkApp(c.query.Get("client_id"), tenant)
	if failed != nil {
		return s.errorPage(c, failed)
	}
	in := signIn{
		clientID: a.ClientID, redirectURI: c.query.Get("redirect_uri"), state: c.query.Get("state"), responseMode: "query", tenant: tenant,
	}
	if !slices.Contains(a.RedirectURLs, in.redirectURI) {
		return s.errorPage(c, aadsts(50011))
	}
	return html(http.StatusOK, consentTemplate, signInPage{Action: c.path, ID: s.grants.addSignIn(in)})
}

func (s *Server) adminConsentPost(c *call) answer {
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return s.errorPage(c, aadsts(9002313))
	}
	in, known := s.grants.signIn(form.Get("ctx"))
	if !known {
		return s.errorPage(c, aadsts(9002313))
	}
	if form.Get("action") != "accept" {
		return in.redirect(url.Values{
			"error": {"permission_denied"}, "error_description": {"The admin canceled the request"},
		})
	}
	tenantID, _, _ := s.directory.tenant(in.tenant)
	s.directory.consentAll(tenantID, in.clientID)
	return in.redirect(url.Values{"tenant": {tenantID}, "admin_consent": {"True"}})
}

// consentAll notes that an admin allows an app everything for every user of the tenant.
func (d *directory) consentAll(tenantID, clientID string) {
	d.mu.Lock()
	var all []*account
	for _, a := range d.accounts {
		if strings.EqualFold(a.TenantID, tenantID) {
			all = append(all, a)
		}
	}
	d.mu.Unlock()
	for _, a := range all {
		d.consent(a, clientID, knownScopes)
	}
}
