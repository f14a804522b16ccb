package console

import (
	"net/url"

	"contactbridge/internal/client"
)

// alerts are who is told of trouble, and how.
var alerts = page{
	name: "alerts", path: "/settings/alerts", who: admins, show: showAlerts,
	acts: map[string]func(*visit) error{"": saveAlerts, "check": checkAlerts},
}

type alertsPage struct {
	Tabs             []entry
	Form             *form
	Secret, Password bool // are stored
	Some             bool // somebody is told
	Checks           []client.CheckView
}

func showAlerts(v *visit) (any, error) {
	held, err := ask(v.api.GetAlertsWithResponse(v.Request.Context()))
	if err != nil {
		return nil, err
	}
	a := held.JSON200
	p := alertsPage{Tabs: v.tabs(), Secret: a.WebhookSecretSet, Password: a.SMTPPasswordSet, Some: a.WebhookURL != "" || a.SMTPHost != ""}
	port := ""
	if a.SMTPPort > 0 {
		port = number(a.SMTPPort)
	}
	p.Form = v.form("", url.Values{
		"webhookUrl": {a.WebhookURL}, "smtpHost": {a.SMTPHost}, "smtpPort": {port}, "smtpUsername": {a.SMTPUsername}, "from": {a.From},
		"adminAddress": {a.AdminAddress},
	})
	p.Form.ETag = held.HTTPResponse.Header.Get("ETag")
	return p, nil
}

func saveAlerts(v *visit) error {
	body := map[string]any{}
	for _, name := range []string{"webhookUrl", "smtpHost", "smtpUsername", "from", "adminAddress"} {
		body[name] = v.posted(name)
	}
	if v.posted("smtpPort") != "" {
		n, err := v.numbers("smtpPort")
		if err != nil {
			return err
		}
		body["smtpPort"] = n["smtpPort"]
	}
	for _, name := range []string{"webhookSecret", "smtpPassword"} {
		switch secret := v.posted(name); {
		case v.checked(name + ".forget"):
			body[name] = nil
		case secret != "":
			body[name] = secret
		}
	}
	contentType, sent, err := jsonBody(body)
	if err != nil {
		return err
	}
	if _, err := ask(v.api.PutAlertsWithBodyWithResponse(v.Request.Context(), &client.PutAlertsParams{IfMatch: v.etag()}, contentType, sent)); err != nil {
		return err
	}
	return v.done("alerts.saved")
}

func checkAlerts(v *visit) error {
	a, err := ask(v.api.CheckAlertsWithResponse(v.Request.Context()))
	if err != nil {
		return err
	}
	return showWith(v, func(p *alertsPage) { p.Checks = a.JSON200.Checks })
}
