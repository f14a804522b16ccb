package graphsim

import (
	"encoding/base64"
	"net/http"
	"strings"
)

// ChallengeTokens makes Graph answer 401 with a claims challenge (continuous access evaluation) to every access token of
// the user that was not asked for with these claims, a JSON text such as {"access_token":{"nbf":{"essential":true}}}. An
// empty text ends it.
func (s *Server) ChallengeTokens(user, claims string) error {
	return s.change(user, func(a *account) { a.demand = claims })
}

// challenges tells whether the token lacks what is demanded.
func (d *directory) challenges(g accessGrant) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return g.account.demand != "" && !strings.EqualFold(g.claims, g.account.demand)
}

func insufficientClaims(claims string) *refusal {
	r := unauthorized("Continuous access evaluation resulted in challenge with result: InteractionRequired.")
	r.header = http.Header{"Www-Authenticate": {
		`Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", ` +
			`error="insufficient_claims", claims="` + base64.StdEncoding.EncodeToString([]byte(claims)) + `"`,
	}}
	return r
}
