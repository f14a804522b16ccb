package api

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// The secrets of the alert settings are kept when absent, cleared by null, and never shown.
func TestAlertSettingsHideTheirSecrets(t *testing.T) {
	r, admin, _, _ := staged(t)
	const secret, password = "hush-hush-secret", "smtp-password-value"
	put := func(body map[string]any) (v alertsView, a reply) {
		a = admin.do("PUT", "/api/v1/settings/alerts", body)
		require.Equal(t, 200, a.status, a.raw)
		a.read(t, &v)
		return v, a
	}
	v, first := put(map[string]any{
		"webhookUrl": "https://hooks.example/x", "webhookSecret": secret, "smtpHost": "mail.example", "from": "bridge@company.example", "smtpPassword": password,
	})
	require.True(t, v.WebhookSecretSet && v.SMTPPasswordSet)
	require.Equal(t, 587, v.SMTPPort)
	v, _ = put(map[string]any{"webhookUrl": "https://hooks.example/y", "smtpPassword": nil})
	require.True(t, v.WebhookSecretSet)
	require.False(t, v.SMTPPasswordSet)
	require.Empty(t, v.SMTPHost)
	held, err := r.server.Ledger.AlertSettings(t.Context())
	require.NoError(t, err)
	require.Equal(t, secret, held.WebhookSecret)
	admin.do("PUT", "/api/v1/settings/alerts", map[string]any{}, "If-Match", first.header.Get("ETag")).refused(t, 412, "changed-meanwhile")
	require.NotContains(t, r.answered.String(), secret)
	require.NotContains(t, r.answered.String(), password)
	var raw string
	require.NoError(t, r.server.Ledger.DB().NewRaw("SELECT string_agg(s::text, '') FROM settings s").Scan(t.Context(), &raw))
	require.NotContains(t, raw, secret)
}

// A check sends a test message and tells what each receiver answers.
func TestAlertsAreTriedOut(t *testing.T) {
	_, admin, _, _ := staged(t)
	status := http.StatusOK
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	defer hook.Close()
	check := func() (out []checkView) {
		var v struct{ Checks []checkView }
		a := admin.do("POST", "/api/v1/settings/alerts/check", nil)
		require.Equal(t, 200, a.status, a.raw)
		a.read(t, &v)
		return v.Checks
	}
	require.Empty(t, check(), "nobody is told")
	admin.do("PUT", "/api/v1/settings/alerts", map[string]any{
		"webhookUrl": hook.URL, "smtpHost": "127.0.0.1", "smtpPort": 1, "from": "bridge@company.example", "adminAddress": "admin@company.example",
	})
	require.Equal(t, []checkView{
		{"webhookUrl", "ok", "The webhook took a test message."}, {"smtpHost", "failed", "The mail server does not answer."},
	}, check())
	status = http.StatusInternalServerError
	require.Equal(t, "The webhook answers with status 500.", check()[0].Sentence)
}

func TestTheEndOfTheSecretIsKept(t *testing.T) {
	r, admin, _, _ := staged(t)
	body := r.step1()
	ends := func() any {
		var v struct{ SecretExpiresAt any }
		admin.do("GET", "/api/v1/settings/microsoft", nil).read(t, &v)
		return v.SecretExpiresAt
	}
	require.Nil(t, ends())
	body["secretExpiresAt"] = "2030-01-31"
	require.Equal(t, 200, admin.do("PUT", "/api/v1/settings/microsoft", body).status)
	require.Equal(t, 200, admin.do("PUT", "/api/v1/settings/microsoft", r.step1()).status)
	require.Equal(t, "2030-01-31", ends(), "absent keeps")
	body["secretExpiresAt"] = nil
	require.Equal(t, 200, admin.do("PUT", "/api/v1/settings/microsoft", body).status)
	require.Nil(t, ends())
}
