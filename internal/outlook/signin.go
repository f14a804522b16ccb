package outlook

import (
	"context"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"contactbridge/internal/contact"
)

// scopes is what a user grants: reading and writing contacts, a refresh token, and the own profile for Me.
var scopes = []string{"Contacts.ReadWrite", "offline_access", "User.Read"}

const (
	contactsScope = "contacts.readwrite"
	signInTimeout = 30 * time.Second
)

// SignInURL is where the user's browser is sent: authorization code with PKCE (S256), always asking which account.
// The verifier (oauth2.GenerateVerifier) stays with us until Redeem.
func (c Config) SignInURL(state, verifier string) string {
	return c.oauth().AuthCodeURL(state, oauth2.S256ChallengeOption(verifier),
		oauth2.SetAuthURLParam("prompt", "select_account"))
}

// Redeem trades the code of a successful return for a Source that keeps its refresh token in memory: read the mailbox
// with it, then store Source.Refresh. A code can be redeemed once, within about ten minutes.
// Errors are *contact.Error; NeedsSignIn also when the user did not grant access to contacts.
func (c Config) Redeem(ctx context.Context, code, verifier string) (*Source, error) {
	const doing = "redeem the sign-in at Microsoft"
	token, err := c.oauth().Exchange(withClient(ctx), code, oauth2.VerifierOption(verifier))
	if err != nil {
		return nil, signInError(doing, err)
	}
	if err := ensureUseful(doing, token); err != nil {
		return nil, err
	}
	return signedIn(c, token), nil
}

// signedIn keeps in memory what a grant gave.
func signedIn(c Config, token *oauth2.Token) *Source {
	source := NewSource(c, token.RefreshToken, nil)
	source.keep(token)
	return source
}

// ensureUseful refuses what a grant gave if no sync can live on it.
func ensureUseful(doing string, token *oauth2.Token) error {
	if token.RefreshToken == "" {
		return &contact.Error{
			Kind: contact.NeedsAdmin, Doing: doing,
			Sentence: "Microsoft gave no refresh token; the app registration must allow offline_access.",
		}
	}
	if !grantsContacts(token) {
		return &contact.Error{
			Kind: contact.NeedsSignIn, Doing: doing,
			Sentence: "Access to contacts was not granted; sign in again and accept the permissions.",
		}
	}
	return nil
}

// grantsContacts trusts an answer that names no scope: RFC 6749 lets a server leave out what equals the request.
func grantsContacts(token *oauth2.Token) bool {
	granted, _ := token.Extra("scope").(string)
	if granted == "" {
		return true
	}
	for _, scope := range strings.Fields(strings.ToLower(granted)) {
		if scope == contactsScope || strings.HasSuffix(scope, "/"+contactsScope) {
			return true
		}
	}
	return false
}

// oauth sends the secret in the form: with the style left open x/oauth2 tries each failing refresh twice.
func (c Config) oauth() *oauth2.Config {
	base := c.login() + "/" + c.TenantID + "/oauth2/v2.0/"
	return &oauth2.Config{
		ClientID: c.ClientID, ClientSecret: c.ClientSecret, RedirectURL: c.RedirectURL, Scopes: scopes,
		Endpoint: oauth2.Endpoint{
			AuthURL: base + "authorize", TokenURL: base + "token", AuthStyle: oauth2.AuthStyleInParams,
		},
	}
}

// withClient bounds a call to the token endpoint and refuses redirects, which would carry the secret elsewhere.
func withClient(ctx context.Context) context.Context {
	return context.WithValue(ctx, oauth2.HTTPClient, &http.Client{
		Timeout:       signInTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	})
}
