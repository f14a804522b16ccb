package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/outlook"
)

const callbackPath = "/oauth/callback"

type microsoftView struct {
	ClientID        string `json:"clientId" doc:"Application (client) id of the app registration"`
	ClientSecretSet bool   `json:"clientSecretSet" doc:"A client secret is stored; it is never shown"`
	TenantID        string `json:"tenantId" doc:"Directory (tenant) id or domain, or common"`
	RedirectURL     string `json:"redirectUrl" doc:"What must be registered as redirect URI of type Web"`
	Saved           bool   `json:"saved" doc:"Step 1 was saved"`
}

type microsoftInput struct {
	IfMatch string `header:"If-Match" doc:"Only if this is still the ETag"`
	Body    struct {
		ClientID     string `json:"clientId" minLength:"1" maxLength:"200"`
		ClientSecret secret `json:"clientSecret,omitempty" doc:"Absent keeps, null clears"`
		TenantID     string `json:"tenantId" minLength:"1" maxLength:"200"`
		RedirectURL  string `json:"redirectUrl" minLength:"1" maxLength:"2000"`
	}
}

type microsoftOutput struct {
	ETag string `header:"ETag"`
	Body microsoftView
}

func (s *Server) microsoftRoutes(r routes) {
	const tag = "Step 1: Microsoft"
	add(r, admins, on(http.MethodGet, prefix+"/settings/microsoft", tag, "get-microsoft", "Read the app registration"),
		func(ctx context.Context, _ *struct{}) (*microsoftOutput, error) {
			m, err := s.Ledger.Microsoft(ctx)
			return s.viewMicrosoft(m), err
		})
	add(r, admins, on(http.MethodPut, prefix+"/settings/microsoft", tag, "put-microsoft", "Save the app registration",
		http.StatusPreconditionFailed), s.saveMicrosoft)
}

// viewMicrosoft suggests the redirect address before step 1 was saved.
func (s *Server) viewMicrosoft(m ledger.Microsoft) *microsoftOutput {
	v := microsoftView{m.ClientID, m.ClientSecret != "", m.TenantID, m.RedirectURL, m.Version > 0}
	if !v.Saved {
		v.RedirectURL = s.PublicURL + callbackPath
	}
	return &microsoftOutput{ETag: etag(m.Version), Body: v}
}

func (s *Server) saveMicrosoft(ctx context.Context, in *microsoftInput) (*microsoftOutput, error) {
	held, err := s.Ledger.Microsoft(ctx)
	if err != nil {
		return nil, err
	}
	if err := ensureMatch(in.IfMatch, held.Version); err != nil {
		return nil, err
	}
	wanted := ledger.Microsoft{
		ClientID: strings.TrimSpace(in.Body.ClientID), TenantID: strings.TrimSpace(in.Body.TenantID),
		RedirectURL: strings.TrimSpace(in.Body.RedirectURL), ClientSecret: in.Body.ClientSecret.or(held.ClientSecret), Version: held.Version,
	}
	if err := s.checkMicrosoft(wanted); err != nil {
		return nil, err
	}
	if err := s.Ledger.SaveMicrosoft(ctx, wanted); err != nil {
		return nil, err
	}
	wanted.Version++
	return s.viewMicrosoft(wanted), nil
}

// checkMicrosoft names the field that cannot work. A missing secret may be saved; step 1 is then not done.
func (s *Server) checkMicrosoft(m ledger.Microsoft) error {
	if own := s.PublicURL + callbackPath; m.RedirectURL != own {
		return refuseField("body.redirectUrl", "The redirect address must be "+own+", where Contact Bridge listens.")
	}
	if m.ClientSecret == "" {
		m.ClientSecret = "not given yet"
	}
	var e *contact.Error
	if err := s.config(m).EnsureValid(); errors.As(err, &e) {
		return refuseField("body."+e.Code, e.Sentence)
	}
	return nil
}

func (s *Server) config(m ledger.Microsoft) outlook.Config {
	return outlook.Config{
		LoginURL: s.LoginURL, GraphURL: s.GraphURL, TenantID: m.TenantID, ClientID: m.ClientID, ClientSecret: m.ClientSecret,
		RedirectURL: m.RedirectURL,
	}
}

// step1 gives the app registration, or says that step 1 is missing or unfinished.
func (s *Server) step1(ctx context.Context) (outlook.Config, error) {
	m, err := s.Ledger.Microsoft(ctx)
	if err != nil {
		return outlook.Config{}, err
	}
	config := s.config(m)
	switch {
	case m.Version == 0:
		return config, refuse(step1Missing, "An administrator must save the Microsoft settings first (step 1).")
	case config.EnsureValid() != nil:
		return config, refuse(step1Missing, "An administrator must complete the Microsoft settings first (step 1): "+
			contact.SentenceOf(config.EnsureValid()))
	}
	return config, nil
}
