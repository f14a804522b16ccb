package console

import (
	"net/url"
	"slices"

	"contactbridge/internal/client"
)

// step1 is the app registration at Microsoft. Admins save it; everybody else sees whether it is done.
var step1 = page{
	name: "step1", path: "/step1", who: signedIn, show: showStep1,
	acts: map[string]func(*visit) error{"": saveStep1, "check": checkStep1, "consent": askConsent},
}

type step1Page struct {
	Admin, Done bool
	Next        string // the address of the page that comes after; empty: none yet

	Form    *form
	Saved   bool
	Secret  bool   // one is stored
	Mailbox string // the service account's; empty: there is none
	Service bool   // to be shown open
	Checks  []client.CheckView
	Consent string // a link for an admin at Microsoft, just made
}

func showStep1(v *visit) (any, error) {
	p := step1Page{Admin: v.me.Admin, Done: v.me.Step1Done}
	if i := slices.IndexFunc(v.navigation(), func(e entry) bool { return e.Step == 2 && !e.Disabled }); i >= 0 {
		p.Next = v.navigation()[i].Path
	}
	if !p.Admin {
		return p, nil
	}
	held, err := ask(v.api.GetMicrosoftWithResponse(v.Request.Context()))
	if err != nil {
		return nil, err
	}
	m := held.JSON200
	p.Form = v.form("", url.Values{
		"clientId": {m.ClientID}, "tenantId": {m.TenantID}, "mode": {string(m.Mode)}, "username": {m.Username},
		"secretExpiresAt": {text(m.SecretExpiresAt)},
	})
	p.Form.Set("redirectUrl", v.redirectURL())
	p.Form.ETag = held.HTTPResponse.Header.Get("ETag")
	for _, name := range m.SetByEnvironment {
		p.Form.Locked(name, say("form.environment"))
	}
	p.Saved, p.Secret, p.Mailbox = m.Saved, m.ClientSecretSet, m.ServiceMailbox
	p.Service = p.Mailbox != "" || p.Form.Wrongs("username", "password")
	return p, nil
}

// redirectURL is what must be registered at Microsoft. The API takes no other.
func (v *visit) redirectURL() string { return v.console.PublicURL + "/oauth/callback" }

func saveStep1(v *visit) error {
	body := map[string]any{
		"clientId": v.posted("clientId"), "tenantId": v.posted("tenantId"), "redirectUrl": v.redirectURL(), "mode": v.posted("mode"),
		"secretExpiresAt": orNull(v.posted("secretExpiresAt")), "username": v.posted("username"),
	}
	for _, name := range []string{"clientSecret", "password"} {
		if secret := v.posted(name); secret != "" {
			body[name] = secret
		}
	}
	if v.posted("forget") != "" {
		body["password"], body["username"] = nil, ""
	}
	contentType, sent, err := jsonBody(body)
	if err != nil {
		return err
	}
	_, err = ask(v.api.PutMicrosoftWithBodyWithResponse(v.Request.Context(), &client.PutMicrosoftParams{IfMatch: v.etag()}, contentType, sent))
	if err != nil {
		return err
	}
	return v.done("step1.saved")
}

func checkStep1(v *visit) error {
	a, err := ask(v.api.CheckMicrosoftWithResponse(v.Request.Context()))
	if err != nil {
		return err
	}
	return showWith(v, func(p *step1Page) { p.Checks = a.JSON200.Checks })
}

func askConsent(v *visit) error {
	a, err := ask(v.api.ConsentMicrosoftWithResponse(v.Request.Context()))
	if err != nil {
		return err
	}
	return showWith(v, func(p *step1Page) { p.Consent = a.JSON201.URL })
}
