package graphsim

import (
	"net/http"
	"slices"
	"strings"
)

// caller is who a valid access token speaks for; account is nil when it is an app itself.
type caller struct {
	clientID string
	tenantID string
	account  *account
	scopes   []string // in lower case
	// contactsOnly: an app without a permission for the directory.
	contactsOnly bool
}

func (s *Server) authenticate(c *call) (caller, *refusal) {
	kind, token, _ := strings.Cut(c.header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") || token == "" {
		return caller{}, unauthorized("Access token is empty.")
	}
	g, ok := s.grants.access(strings.TrimSpace(token))
	switch {
	case !ok:
		return caller{}, unauthorized("IDX14100: JWT is not well formed.")
	case !s.now().Before(g.expires) || g.account != nil && s.directory.ended(g):
		return caller{}, unauthorized("Lifetime validation failed, the token is expired.")
	case g.account != nil && s.directory.challenges(g):
		return caller{}, insufficientClaims(g.account.demand)
	}
	return g.caller, nil
}

func (d *directory) ended(g accessGrant) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return g.accessEnded != g.account.accessEnded
}

// authorise finds the person the path names and tells whether the caller may do that there.
func (s *Server) authorise(who caller, r route) (*account, *refusal) {
	owner := who.account
	switch {
	case r.user == "" && owner == nil:
		return nil, badRequest("/me request is only valid with delegated authentication flow.")
	case r.user != "":
		owner = s.directory.account(r.user)
	}
	if owner == nil || !strings.EqualFold(owner.TenantID, who.tenantID) {
		return nil, refuse(http.StatusNotFound, "Request_ResourceNotFound",
			"Resource does not exist or one of its queried reference-property objects are not present.")
	}
	if !who.may(r, owner) && who.account == nil {
		return nil, refuse(http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	}
	if !who.may(r, owner) {
		return nil, accessDenied("Access is denied. Check credentials and try again.")
	}
	if r.inMailbox() {
		return owner, s.directory.mailboxRefusal(owner)
	}
	return owner, nil
}

func (who caller) may(r route, owner *account) bool {
	if who.account == nil {
		return r.inMailbox() || !who.contactsOnly // an admin consented to the app's permissions
	}
	if !r.inMailbox() {
		return who.account == owner && slices.Contains(who.scopes, "user.read")
	}
	read := strings.HasSuffix(r.op, ".get") || strings.HasSuffix(r.op, ".list") || r.op == "delta"
	return who.account == owner && (slices.Contains(who.scopes, "contacts.readwrite") ||
		read && slices.Contains(who.scopes, "contacts.read"))
}

// mailboxRefusal says why a mailbox cannot be used; the service itself flips between two answers for a missing one.
func (d *directory) mailboxRefusal(a *account) *refusal {
	d.mu.Lock()
	defer d.mu.Unlock()
	if a.denied {
		return accessDenied("Access to OData is disabled.")
	}
	if !a.noMailbox {
		return nil
	}
	a.noMailboxSeen++
	if a.noMailboxSeen%2 == 1 {
		return refuse(http.StatusNotFound, "MailboxNotEnabledForRESTAPI",
			"REST API is not yet supported for this mailbox.")
	}
	return refuse(http.StatusNotFound, "ResourceNotFound", "Resource could not be discovered.")
}
