package graphsim

import "fmt"

// DisableMailbox makes Graph answer 404 for the mailbox, as it does for people without a licence: in turns with
// MailboxNotEnabledForRESTAPI and ResourceNotFound. User is a UPN, mail address or object id, as everywhere here.
func (s *Server) DisableMailbox(user string, disabled bool) error {
	return s.change(user, func(a *account) { a.noMailbox = disabled })
}

// DenyMailbox makes Graph answer 403 "Access to OData is disabled.", the mark of an application access policy.
func (s *Server) DenyMailbox(user string, denied bool) error {
	return s.change(user, func(a *account) { a.denied = denied })
}

// BlockSignIn makes every sign-in, password grant and refresh of the user end with that AADSTS number, for example
// 50076 (second factor needed), 50053 (locked) or 50057 (disabled). 0 ends it.
func (s *Server) BlockSignIn(user string, aadsts int) error {
	return s.change(user, func(a *account) { a.signInError = aadsts })
}

// SetPassword changes the user's password. As with the real service this revokes no token of a confidential client.
func (s *Server) SetPassword(user, password string) error {
	return s.change(user, func(a *account) { a.Password = password })
}

// RevokeTokens kills all tokens of the user issued so far, as an admin's password reset does: refreshing fails with
// AADSTS50173, Graph answers 401.
func (s *Server) RevokeTokens(user string) error {
	return s.change(user, func(a *account) { a.generation++; a.accessEnded++; a.revoked = 50173 })
}

// ExpireRefreshTokens ends all refresh tokens of the user issued so far: refreshing fails with AADSTS70008.
func (s *Server) ExpireRefreshTokens(user string) error {
	return s.change(user, func(a *account) { a.generation++; a.revoked = 70008 })
}

// ExpireAccessTokens ends all access tokens for the user issued so far: Graph answers 401, refreshing works.
func (s *Server) ExpireAccessTokens(user string) error {
	return s.change(user, func(a *account) { a.accessEnded++ })
}

// RevokeConsent takes back what the user allowed every app: refreshing fails with AADSTS65001 until the next sign-in.
func (s *Server) RevokeConsent(user string) error {
	return s.change(user, func(a *account) { clear(a.consents) })
}

// ExpireSecret makes the app's secret expired (AADSTS7000222), or valid again.
func (s *Server) ExpireSecret(clientID string, expired bool) error {
	s.directory.mu.Lock()
	defer s.directory.mu.Unlock()
	a := s.directory.apps[clientID]
	if a == nil {
		return fmt.Errorf("expire the secret of app %s: no such app", clientID)
	}
	a.secretExpired = expired
	return nil
}

// ResetDelta kills every delta token of the mailbox issued so far: they are answered with 410 SyncStateNotFound.
func (s *Server) ResetDelta(user string) error {
	a := s.directory.account(user)
	if a == nil {
		return fmt.Errorf("reset the delta tokens of %s: no such user", user)
	}
	a.mailbox.resetDelta()
	return nil
}

func (s *Server) change(user string, do func(*account)) error {
	a := s.directory.account(user)
	if a == nil {
		return fmt.Errorf("change user %s: no such user", user)
	}
	s.directory.mu.Lock()
	defer s.directory.mu.Unlock()
	do(a)
	return nil
}
