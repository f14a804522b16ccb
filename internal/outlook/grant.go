package outlook

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"contactbridge/internal/contact"
)

// grant asks the token endpoint once. The library's client credentials let another grant's parameters through; its own
// refresh takes none, and Graph's challenges need one.
func (c Config) grant(ctx context.Context, form url.Values, wanted ...string) (*oauth2.Token, error) {
	endpoint := c.oauth().Endpoint
	config := clientcredentials.Config{
		ClientID: c.ClientID, ClientSecret: c.ClientSecret, TokenURL: endpoint.TokenURL, Scopes: wanted,
		EndpointParams: form, AuthStyle: endpoint.AuthStyle,
	}
	return config.Token(withClient(ctx))
}

// refreshToken gives an access token with what claims demands, and the refresh token to keep: without a new one the old.
func (c Config) refreshToken(ctx context.Context, refresh, claims string) (*oauth2.Token, error) {
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}}
	if claims != "" {
		form.Set("claims", claims)
	}
	token, err := c.grant(ctx, form)
	if err != nil {
		return nil, signInError(renewing, err)
	}
	return token, nil
}

// appToken speaks for the app itself, with all application permissions that an admin granted it.
func (c Config) appToken(ctx context.Context, claims string) (*oauth2.Token, error) {
	const doing = "sign in at Microsoft as the app"
	if err := c.EnsureApplication(); err != nil {
		return nil, err
	}
	form := url.Values{}
	if claims != "" {
		form.Set("claims", claims)
	}
	token, err := c.grant(ctx, form, c.graph()+"/.default")
	if err != nil {
		return nil, asAdmins(signInError(doing, err))
	}
	return token, nil
}

// asAdmins says of an app that is to sign in again that an admin must see to it: no user can.
func asAdmins(err error) error {
	if contact.KindOf(err) != contact.NeedsSignIn {
		return err
	}
	return &contact.Error{
		Kind: contact.NeedsAdmin, Doing: "sign in at Microsoft as the app", Code: codeOf(err),
		Sentence: "Microsoft does not let the app in; a Microsoft admin must check its permissions and rules.",
	}
}

// EnsureApp proves the client id and secret to the tenant by a token for the app itself. Errors are *contact.Error.
func (c Config) EnsureApp(ctx context.Context) error {
	_, err := c.appToken(ctx, "")
	return err
}

// SignInWithPassword trades a user name and password at once for a Source that keeps its refresh token in memory, and
// keeps the password nowhere. Microsoft advises against this grant; it works for accounts of the tenant itself without a
// second factor. Errors are *contact.Error; BadInput when another account or password is needed, with the AADSTS number.
func (c Config) SignInWithPassword(ctx context.Context, username, password string) (*Source, error) {
	const doing = "trade the user name and password at Microsoft"
	if err := c.EnsurePassword(); err != nil {
		return nil, err
	}
	if strings.TrimSpace(password) != password {
		return nil, &contact.Error{
			Kind: contact.BadInput, Doing: doing, Sentence: "Microsoft takes no password here that begins or ends with a space.",
		}
	}
	form := url.Values{"grant_type": {"password"}, "username": {username}, "password": {password}}
	token, err := c.grant(ctx, form, scopes...)
	if err != nil {
		return nil, passwordError(doing, err)
	}
	if err := ensureUseful(doing, token); err != nil {
		return nil, err
	}
	return signedIn(c, token), nil
}

// ConsentURL is where a Microsoft admin grants the app's permissions for the whole organization. It returns to the
// redirect address with admin_consent=True, or with an error that ConsentError words.
func (c Config) ConsentURL(state string) string {
	q := url.Values{"client_id": {c.ClientID}, "redirect_uri": {c.RedirectURL}, "state": {state}}
	return c.login() + "/" + c.TenantID + "/adminconsent?" + q.Encode()
}

// challenge reads what an answer 401 demands of the next token (continuous access evaluation); empty when nothing.
func challenge(header http.Header) string {
	for _, line := range header.Values("WWW-Authenticate") {
		if !strings.Contains(line, "insufficient_claims") {
			continue
		}
		if m := claimsForm.FindStringSubmatch(line); m != nil {
			return decodeClaims(m[1])
		}
	}
	return ""
}
