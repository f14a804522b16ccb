package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"contactbridge/internal/ledger"
	"contactbridge/internal/outlook"
)

// MicrosoftSettings are step 1 as the API shows them: without the secret.
type MicrosoftSettings struct {
	ClientID        string `json:"clientId" doc:"Application (client) id of the app in Entra ID"`
	TenantID        string `json:"tenantId" doc:"Directory (tenant) id, or a domain"`
	RedirectURL     string `json:"redirectUrl" doc:"The app's redirect address: the public URL and /oauth/callback"`
	ClientSecretSet bool   `json:"clientSecretSet" doc:"A client secret is kept; it is never shown"`
}

type microsoftOut struct {
	ETag string `header:"ETag"`
	Body MicrosoftSettings
}

type microsoftIn struct {
	IfMatch string `header:"If-Match" doc:"The ETag that was read; another one meanwhile is answered 412"`
	Body    struct {
		ClientID     string `json:"clientId" minLength:"1"`
		TenantID     string `json:"tenantId" minLength:"1"`
		RedirectURL  string `json:"redirectUrl" minLength:"1"`
		ClientSecret Secret `json:"clientSecret,omitempty" doc:"Write-only: absent keeps the one that is set, null clears it"`
	}
}

// microsoft are the calls of step 1.
func (s *Server) microsoft(api huma.API) {
	register(s, api, call{http.MethodGet, "/settings/microsoft", "Read the Microsoft app's settings (step 1)", admins, http.StatusOK, []int{403}}, func(ctx context.Context, _ *none) (*microsoftOut, error) {
		return s.showMicrosoft(ctx)
	})
	register(s, api, call{http.MethodPut, "/settings/microsoft", "Save the Microsoft app's settings (step 1)", admins, http.StatusOK, []int{403, 412}}, s.saveMicrosoft)
}

func (s *Server) showMicrosoft(ctx context.Context) (*microsoftOut, error) {
	m, err := s.Ledger.Microsoft(ctx)
	if err != nil {
		return nil, err
	}
	return &microsoftOut{ETag: etag(m.Version), Body: MicrosoftSettings{
		ClientID: m.ClientID, TenantID: m.TenantID, RedirectURL: m.RedirectURL, ClientSecretSet: m.ClientSecret != "",
	}}, nil
}

func (s *Server) saveMicrosoft(ctx context.Context, in *microsoftIn) (*microsoftOut, error) {
	held, err := s.Ledger.Microsoft(ctx)
	if err != nil {
		return nil, err
	}
	if err := matches(in.IfMatch, held.Version); err != nil {
		return nil, err
	}
	if callback := s.PublicURL + "/oauth/callback"; in.Body.RedirectURL != callback {
		return nil, invalid("redirectUrl", "It must be "+callback+", where this service takes people back.")
	}
	secret := held.ClientSecret
	if in.Body.ClientSecret.Sent {
		secret = in.Body.ClientSecret.Value
	}
	config := outlook.Config{
		LoginURL: s.LoginURL, GraphURL: s.GraphURL, TenantID: in.Body.TenantID, ClientID: in.Body.ClientID, ClientSecret: secret, RedirectURL: in.Body.RedirectURL,
	}
	if secret != "" {
		if err := config.EnsureValid(); err != nil {
			return nil, fieldProblem(err)
		}
	}
	err = s.Ledger.SaveMicrosoft(ctx, ledger.Microsoft{
		ClientID: in.Body.ClientID, TenantID: in.Body.TenantID, RedirectURL: in.Body.RedirectURL, ClientSecret: secret, Version: held.Version,
	})
	if err != nil {
		return nil, err
	}
	return s.showMicrosoft(ctx)
}

// etag spells a version.
func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// matches refuses a write based on another version than the one that is held. Without If-Match the last one wins.
func matches(ifMatch string, version int64) error {
	if ifMatch == "" || ifMatch == "*" || strings.TrimPrefix(ifMatch, "W/") == etag(version) {
		return nil
	}
	return problem(LostRace, "Somebody else changed it meanwhile; read it again.")
}
