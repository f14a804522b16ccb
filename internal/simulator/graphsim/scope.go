package graphsim

import (
	"slices"
	"strings"
)

const graphResource = "https://graph.microsoft.com/"

// knownScopes are the delegated permissions an app can ask for.
var knownScopes = []string{
	"openid", "profile", "email", "offline_access", "User.Read", "Contacts.Read", "Contacts.ReadWrite",
	"Contacts.Read.Shared", "Contacts.ReadWrite.Shared",
}

// parseScopes reads a scope parameter into known names, without the resource that may stand before them. Base is
// accepted as that resource too, for a client that was pointed at this server.
func parseScopes(text, base string) ([]string, *signInError) {
	var scopes []string
	for _, word := range strings.Fields(text) {
		word = strings.TrimPrefix(strings.TrimPrefix(word, graphResource), base+"/")
		if word == ".default" {
			scopes = append(scopes, "User.Read", "Contacts.ReadWrite")
			continue
		}
		at := slices.IndexFunc(knownScopes, func(known string) bool { return strings.EqualFold(known, word) })
		if at < 0 {
			return nil, aadsts(70011)
		}
		if !slices.Contains(scopes, knownScopes[at]) {
			scopes = append(scopes, knownScopes[at])
		}
	}
	return scopes, nil
}

// shownScopes is the scope of a token answer: what the access token is good for.
func shownScopes(scopes []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(scopes), func(scope string) bool {
		return scope == "offline_access"
	}), " ")
}

func lowered(words []string) []string {
	low := make([]string, len(words))
	for i, word := range words {
		low[i] = strings.ToLower(word)
	}
	return low
}

// consent notes what a person allows an app.
func (d *directory) consent(a *account, clientID string, scopes []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if a.consents[clientID] == nil {
		a.consents[clientID] = map[string]bool{}
	}
	for _, scope := range scopes {
		a.consents[clientID][scope] = true
	}
}

// consented tells whether all these scopes were allowed.
func (d *directory) consented(a *account, clientID string, scopes []string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return !slices.ContainsFunc(scopes, func(scope string) bool { return !a.consents[clientID][scope] })
}
