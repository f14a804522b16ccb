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

// RedirectURL is where Microsoft returns to, for an API that browsers reach at publicURL.
func RedirectURL(publicURL string) string { return publicURL + callbackPath }

// The modes in which new connections reach their mailbox.
const (
	delegatedMode   = "delegated"
	applicationMode = "application"
)

type microsoftView struct {
	ClientID        string  `json:"clientId" doc:"Application (client) id of the app registration"`
	ClientSecretSet bool    `json:"clientSecretSet" doc:"A client secret is stored; it is never shown"`
	TenantID        string  `json:"tenantId" doc:"Directory (tenant) id or domain, or common"`
	RedirectURL     string  `json:"redirectUrl" doc:"What must be registered as redirect URI of type Web"`
	Mode            string  `json:"mode" enum:"delegated,application" doc:"How new connections reach their mailbox: by a sign-in of its user, or as the app itself after an administrator named the mailbox"`
	Username        string  `json:"username" doc:"The service account, whose password was traded for a sign-in and not stored; empty without one"`
	ServiceMailbox  string  `json:"serviceMailbox" doc:"The service account's mailbox, which an administrator may give to a connection"`
	SecretExpiresAt *string `json:"secretExpiresAt" doc:"The day on which the client secret ends; null: not known"`
	Saved           bool    `json:"saved" doc:"Step 1 was saved, or the environment sets it"`
	// ByEnvironment is never null.
	ByEnvironment []string `json:"setByEnvironment" doc:"The fields that the environment sets, and nobody can set here"`
}

type microsoftInput struct {
	IfMatch string `header:"If-Match" doc:"Only if this is still the ETag"`
	Body    struct {
		ClientID        string     `json:"clientId" minLength:"1" maxLength:"200"`
		ClientSecret    secret     `json:"clientSecret,omitempty" doc:"Absent keeps, null clears"`
		SecretExpiresAt dateChoice `json:"secretExpiresAt,omitempty" doc:"The day (YYYY-MM-DD) on which Microsoft ends the client secret, which is announced 30, 7 and 1 days before; absent keeps, null: not known"`
		TenantID        string     `json:"tenantId" minLength:"1" maxLength:"200"`
		RedirectURL     string     `json:"redirectUrl" minLength:"1" maxLength:"2000"`
		Mode            string     `json:"mode,omitempty" enum:"delegated,application" doc:"Absent keeps"`
		Username        string     `json:"username,omitempty" maxLength:"200" doc:"The service account, with its password; absent keeps"`
		Password        secret     `json:"password,omitempty" doc:"Traded at once at Microsoft and never stored; null forgets the service account"`
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
			m, err := s.account().Microsoft(ctx)
			if err != nil {
				return nil, err
			}
			return s.viewMicrosoft(ctx, m)
		})
	add(r, admins, on(http.MethodPut, prefix+"/settings/microsoft", tag, "put-microsoft", "Save the app registration",
		http.StatusConflict, http.StatusPreconditionFailed, http.StatusServiceUnavailable), s.saveMicrosoft)
	add(r, admins, on(http.MethodPost, prefix+"/settings/microsoft/check", tag, "check-microsoft",
		"Try the app registration out", http.StatusConflict), s.tryMicrosoft)
	consent := on(http.MethodPost, prefix+"/settings/microsoft/consent", tag, "consent-microsoft",
		"Get a link with which a Microsoft admin grants the app its permissions for everybody", http.StatusConflict)
	consent.DefaultStatus = http.StatusCreated
	add(r, admins, consent, s.askConsent)
}

// viewMicrosoft suggests the redirect address before step 1 was saved.
func (s *Server) viewMicrosoft(ctx context.Context, m ledger.Microsoft) (*microsoftOutput, error) {
	service, err := s.Ledger.ServiceAccount(ctx)
	if err != nil {
		return nil, err
	}
	fixed := append([]string{}, s.account().FixedFields()...)
	v := microsoftView{
		ByEnvironment: fixed,
		ClientID:      m.ClientID, ClientSecretSet: m.ClientSecret != "", TenantID: m.TenantID, RedirectURL: m.RedirectURL,
		Mode: delegatedMode, Username: service.Username, ServiceMailbox: service.Mailbox.Address, Saved: m.Version > 0 || len(fixed) == 3,
		SecretExpiresAt: viewDate(m.SecretEnds),
	}
	if m.Application {
		v.Mode = applicationMode
	}
	if v.RedirectURL == "" {
		v.RedirectURL = RedirectURL(s.PublicURL)
	}
	return &microsoftOutput{ETag: etag(m.Version), Body: v}, nil
}

func (s *Server) saveMicrosoft(ctx context.Context, in *microsoftInput) (*microsoftOutput, error) {
	stored, err := s.Ledger.Microsoft(ctx)
	if err != nil {
		return nil, err
	}
	held, err := s.account().Microsoft(ctx)
	if err != nil {
		return nil, err
	}
	if err := ensureMatch(in.IfMatch, held.Version); err != nil {
		return nil, err
	}
	if err := ensureFree(s.account().FixedFields(), map[string]bool{
		"clientId": strings.TrimSpace(in.Body.ClientID) != held.ClientID, "tenantId": strings.TrimSpace(in.Body.TenantID) != held.TenantID,
		"clientSecret": in.Body.ClientSecret.given,
	}); err != nil {
		return nil, err
	}
	wanted := ledger.Microsoft{
		ClientID: strings.TrimSpace(in.Body.ClientID), TenantID: strings.TrimSpace(in.Body.TenantID),
		RedirectURL: strings.TrimSpace(in.Body.RedirectURL), ClientSecret: in.Body.ClientSecret.or(held.ClientSecret), Version: held.Version,
		Application: held.Application, SecretEnds: held.SecretEnds,
	}
	if in.Body.SecretExpiresAt.given {
		wanted.SecretEnds = in.Body.SecretExpiresAt.day
	}
	if err := checkDay("body.secretExpiresAt", wanted.SecretEnds); err != nil {
		return nil, err
	}
	if in.Body.Mode != "" {
		wanted.Application = in.Body.Mode == applicationMode
	}
	if err := s.checkMicrosoft(wanted); err != nil {
		return nil, err
	}
	service, err := s.tradePassword(ctx, in, held, wanted)
	if err != nil {
		return nil, err
	}
	note(ctx, "changed", changedFields(held, wanted, map[string]bool{
		"clientSecret": held.ClientSecret != wanted.ClientSecret, "password": in.Body.Password.given,
	}))
	if err := s.Ledger.SaveMicrosoft(ctx, s.account().Stored(wanted, stored)); err != nil {
		return nil, err
	}
	if err := service(ctx); err != nil {
		return nil, err
	}
	wanted.Version++
	return s.viewMicrosoft(ctx, wanted)
}

// checkMicrosoft names the field that cannot work. A missing secret may be saved; step 1 is then not done.
func (s *Server) checkMicrosoft(m ledger.Microsoft) error {
	if own := RedirectURL(s.PublicURL); m.RedirectURL != own {
		return refuseField("body.redirectUrl", "The redirect address must be "+own+", where Contact Bridge listens.")
	}
	if m.ClientSecret == "" {
		m.ClientSecret = "not given yet"
	}
	var e *contact.Error
	if err := s.ensureWorks(m); errors.As(err, &e) {
		return refuseField("body."+e.Code, e.Sentence)
	}
	return nil
}

// ensureWorks refuses settings with which their mode cannot work.
func (s *Server) ensureWorks(m ledger.Microsoft) error {
	if m.Application {
		return s.config(m).EnsureApplication()
	}
	return s.config(m).EnsureValid()
}

func (s *Server) config(m ledger.Microsoft) outlook.Config { return s.account().Config(m) }

// step1 gives the app registration, or says that step 1 is missing or unfinished.
func (s *Server) step1(ctx context.Context) (outlook.Config, error) {
	m, err := s.account().Microsoft(ctx)
	if err != nil {
		return outlook.Config{}, err
	}
	var unfinished *problem
	switch {
	case m.ClientID == "" && m.Version == 0:
		unfinished = refuse(step1Missing, "An administrator must save the Microsoft settings first (step 1).")
	case s.ensureWorks(m) != nil:
		unfinished = refuse(step1Missing, "An administrator must complete the Microsoft settings first (step 1): "+contact.SentenceOf(s.ensureWorks(m)))
	default:
		return s.config(m), nil
	}
	unfinished.Missing = []string{stepMicrosoft}
	return s.config(m), unfinished
}
