package console

import (
	"net/url"
	"strconv"

	"contactbridge/internal/client"
)

const tokensPath = "/tokens"

// tokens are the person's own API tokens.
var tokens = page{
	name: "tokens", path: tokensPath, who: signedIn, show: showTokens,
	acts: map[string]func(*visit) error{"": createToken, "revoke": revokeToken},
}

type tokensPage struct {
	Tokens []tokenRow
	Form   *form
	New    string // a token that was just made; it is shown this once
}

type tokenRow struct {
	client.TokenView

	Expires, Used moment
}

func showTokens(v *visit) (any, error) {
	held, err := ask(v.api.ListTokensWithResponse(v.Request.Context()))
	if err != nil {
		return nil, err
	}
	p := tokensPage{Form: v.form("", url.Values{"access": {"read"}, "days": {"90"}})}
	for _, t := range held.JSON200.Tokens {
		p.Tokens = append(p.Tokens, tokenRow{t, v.moment(t.ExpiresAt), v.momentOf(t.UsedAt)})
	}
	return p, nil
}

// createToken shows the token at once: it cannot travel in a redirect.
func createToken(v *visit) error {
	days, err := strconv.ParseInt(v.posted("days"), 10, 64)
	if err != nil {
		return wrong("days", "tokens.days.wrong")
	}
	made, err := ask(v.api.CreateTokenWithResponse(v.Request.Context(), client.CreateTokenInputBody{
		Name: v.posted("name"), Access: client.CreateTokenInputBodyAccess(v.posted("access")), Days: &days,
	}))
	if err != nil {
		return err
	}
	return showWith(v, func(p *tokensPage) { p.New = made.JSON201.Token })
}

func revokeToken(v *visit) error {
	if _, err := ask(v.api.RevokeTokenWithResponse(v.Request.Context(), v.posted("id"))); err != nil {
		return err
	}
	return v.done("tokens.revoked")
}
