package api

import (
	"context"
	"net/http"
	netmail "net/mail"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"contactbridge/internal/alert"
	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

const (
	alertsPath = prefix + "/settings/alerts"
	// submission is the port on which mail servers take messages from programs.
	submission = 587
)

type alertsView struct {
	WebhookURL       string `json:"webhookUrl" doc:"Gets a POST with JSON, signed as the Standard Webhooks specification says; empty: none"`
	WebhookSecretSet bool   `json:"webhookSecretSet" doc:"A secret is stored; it is never shown"`
	SMTPHost         string `json:"smtpHost" doc:"The mail server; empty: no mail is sent"`
	SMTPPort         int    `json:"smtpPort" doc:"465 speaks TLS at once; on others it is used when the server offers it"`
	SMTPUsername     string `json:"smtpUsername" doc:"Empty: without signing in"`
	SMTPPasswordSet  bool   `json:"smtpPasswordSet" doc:"A password is stored; it is never shown"`
	From             string `json:"from" doc:"The sender's address"`
	AdminAddress     string `json:"adminAddress" doc:"Who is told besides the user; empty: only the user"`
}

type alertsInput struct {
	IfMatch string `header:"If-Match" doc:"Only if this is still the ETag"`
	Body    struct {
		WebhookURL    string `json:"webhookUrl,omitempty" maxLength:"2000" doc:"An http or https address that gets every alert as JSON; absent: none"`
		WebhookSecret secret `json:"webhookSecret,omitempty" doc:"Signs what the webhook gets; absent keeps, null clears"`
		SMTPHost      string `json:"smtpHost,omitempty" maxLength:"253" doc:"The mail server; absent: no mail is sent"`
		SMTPPort      int    `json:"smtpPort,omitempty" minimum:"1" maximum:"65535" doc:"Absent: 587"`
		SMTPUsername  string `json:"smtpUsername,omitempty" maxLength:"200" doc:"Absent: without signing in"`
		SMTPPassword  secret `json:"smtpPassword,omitempty" doc:"Absent keeps, null clears"`
		From          string `json:"from,omitempty" maxLength:"320" doc:"The sender's address; needed with a mail server"`
		AdminAddress  string `json:"adminAddress,omitempty" maxLength:"320" doc:"Who is told besides the user"`
	}
}

type alertsOutput struct {
	ETag string `header:"ETag"`
	Body alertsView
}

func (s *Server) alertRoutes(r routes) {
	const tag = "Alerts"
	add(r, admins, on(http.MethodGet, alertsPath, tag, "get-alerts", "Read who is told of trouble"),
		func(ctx context.Context, _ *struct{}) (*alertsOutput, error) {
			a, err := s.Ledger.AlertSettings(ctx)
			return viewAlerts(a), err
		})
	add(r, admins, on(http.MethodPut, alertsPath, tag, "put-alerts", "Decide who is told of trouble", http.StatusPreconditionFailed), s.saveAlerts)
	add(r, admins, on(http.MethodPost, alertsPath+"/check", tag, "check-alerts", "Send a test message to the webhook and the administrator"), s.tryAlerts)
}

func viewAlerts(a ledger.AlertSettings) *alertsOutput {
	return &alertsOutput{ETag: etag(a.Version), Body: alertsView{
		a.WebhookURL, a.WebhookSecret != "", a.SMTPHost, a.SMTPPort, a.SMTPUsername, a.SMTPPassword != "", a.From, a.AdminAddress,
	}}
}

func (s *Server) saveAlerts(ctx context.Context, in *alertsInput) (*alertsOutput, error) {
	held, err := s.Ledger.AlertSettings(ctx)
	if err != nil {
		return nil, err
	}
	if err := ensureMatch(in.IfMatch, held.Version); err != nil {
		return nil, err
	}
	b := in.Body
	wanted := ledger.AlertSettings{
		WebhookURL: strings.TrimSpace(b.WebhookURL), SMTPHost: strings.TrimSpace(b.SMTPHost), SMTPPort: b.SMTPPort, SMTPUsername: b.SMTPUsername,
		From: strings.TrimSpace(b.From), AdminAddress: strings.TrimSpace(b.AdminAddress),
		WebhookSecret: b.WebhookSecret.or(held.WebhookSecret), SMTPPassword: b.SMTPPassword.or(held.SMTPPassword), Version: held.Version,
	}
	if wanted.SMTPPort == 0 {
		wanted.SMTPPort = submission
	}
	if err := checkAlerts(wanted); err != nil {
		return nil, err
	}
	note(ctx, "changed", changedFields(held, wanted, map[string]bool{
		"webhookSecret": held.WebhookSecret != wanted.WebhookSecret, "smtpPassword": held.SMTPPassword != wanted.SMTPPassword,
	}))
	if err := s.Ledger.SaveAlertSettings(ctx, wanted); err != nil {
		return nil, err
	}
	wanted.Version++
	return viewAlerts(wanted), nil
}

// checkAlerts names the field that cannot work.
func checkAlerts(a ledger.AlertSettings) error {
	if u, err := url.Parse(a.WebhookURL); a.WebhookURL != "" && (err != nil || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https") {
		return refuseField("body.webhookUrl", "Use an address such as https://host/path, without a user name in it.")
	}
	if strings.ContainsAny(a.SMTPHost, " /:@") {
		return refuseField("body.smtpHost", "Use the mail server's name or address alone; the port has a field of its own.")
	}
	if a.SMTPHost != "" && a.From == "" {
		return refuseField("body.from", "A mail needs a sender's address.")
	}
	for field, address := range map[string]string{"body.from": a.From, "body.adminAddress": a.AdminAddress} {
		if parsed, err := netmail.ParseAddress(address); address != "" && (err != nil || parsed.Address != address) {
			return refuseField(field, "Use an e-mail address such as admin@company.example.")
		}
	}
	return nil
}

// tryAlerts tells at once what the receivers answer.
func (s *Server) tryAlerts(ctx context.Context, _ *struct{}) (*checksOutput, error) {
	a, err := s.Ledger.AlertSettings(ctx)
	if err != nil {
		return nil, err
	}
	n := alert.Notice{ID: uuid.NewString(), Kind: alert.Test, What: "An administrator tried out the alerts of Contact Bridge.", At: time.Now().UTC()}.Worded(s.PublicURL)
	out := &checksOutput{}
	out.Body.Checks = []checkView{}
	tried := func(field, fine string, err error) {
		v := checkView{Field: field, State: "ok", Sentence: fine}
		if err != nil {
			v.State, v.Sentence = "failed", contact.SentenceOf(err)
		}
		out.Body.Checks = append(out.Body.Checks, v)
	}
	if a.WebhookURL != "" {
		tried("webhookUrl", "The webhook took a test message.", alert.Webhook{URL: a.WebhookURL, Secret: a.WebhookSecret}.Send(ctx, n))
	}
	switch {
	case a.SMTPHost != "" && a.AdminAddress == "":
		out.Body.Checks = append(out.Body.Checks, checkView{"smtpHost", "unknown", "Without the administrator's address there is nobody to send a test message to."})
	case a.SMTPHost != "":
		server := alert.SMTP{Host: a.SMTPHost, Port: a.SMTPPort, Username: a.SMTPUsername, Password: a.SMTPPassword, From: a.From}
		tried("smtpHost", "The mail server took a test message for the administrator.", server.Send(ctx, a.AdminAddress, n))
	}
	return out, nil
}
