package graphsim

import (
	"sync"
	"time"
)

// grants holds everything the sign-in service has handed out.
type grants struct {
	mu      sync.Mutex
	signIns map[string]signIn // pages shown and not yet posted, by the id in their form
	codes   map[string]*codeGrant
	refresh map[string]refreshGrant
	tokens  map[string]accessGrant
}

// signIn is a valid authorize request that waits for its person.
type signIn struct {
	clientID, redirectURI, state, responseMode, nonce string
	challenge, challengeMethod                        string
	tenant                                            string // as in the path
	browser                                           string // its cookie
	scopes                                            []string
}

type codeGrant struct {
	signIn
	account *account
	expires time.Time
	used    bool
}

type refreshGrant struct {
	clientID   string
	account    *account
	scopes     []string
	generation int
	expires    time.Time
}

type accessGrant struct {
	caller
	accessEnded int
	claims      string // that were asked for
	expires     time.Time
}

func newGrants() *grants {
	return &grants{
		signIns: map[string]signIn{}, codes: map[string]*codeGrant{},
		refresh: map[string]refreshGrant{}, tokens: map[string]accessGrant{},
	}
}

func (g *grants) access(token string) (accessGrant, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	grant, ok := g.tokens[token]
	return grant, ok
}

func (g *grants) addSignIn(in signIn) (id string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	id = newGUID()
	g.signIns[id] = in
	return id
}

func (g *grants) signIn(id string) (signIn, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	in, ok := g.signIns[id]
	return in, ok
}

// finishSignIn ends a page and returns the code for its app.
func (g *grants) finishSignIn(id string, in signIn, a *account, expires time.Time) (code string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.signIns, id)
	code = newSecret("0.A")
	g.codes[code] = &codeGrant{signIn: in, account: a, expires: expires}
	return code
}

// redeem uses a code up; the second time it tells so.
func (g *grants) redeem(code, clientID string, now time.Time) (codeGrant, *signInError) {
	g.mu.Lock()
	defer g.mu.Unlock()
	grant := g.codes[code]
	switch {
	case grant == nil || grant.clientID != clientID:
		return codeGrant{}, aadsts(70000)
	case grant.used:
		return codeGrant{}, aadsts(54005)
	case !now.Before(grant.expires):
		return codeGrant{}, aadsts(70008)
	}
	grant.used = true
	return *grant, nil
}

func (g *grants) refreshToken(token string) (refreshGrant, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	grant, ok := g.refresh[token]
	return grant, ok
}

// addRefresh hands out one more refresh token; older ones stay valid.
func (g *grants) addRefresh(grant refreshGrant) (token string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	token = newSecret("1.A")
	g.refresh[token] = grant
	return token
}

func (g *grants) addAccess(grant accessGrant) (token string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	token = newSecret("eyJ0eXAi")
	g.tokens[token] = grant
	return token
}
