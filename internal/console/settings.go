package console

import (
	"net/url"

	"contactbridge/internal/client"
)

// settings begins the settings of the whole service, with vTiger and the account that the sync works as.
var settings = page{
	name: "settings", path: "/settings", who: admins, show: showSettings,
	acts: map[string]func(*visit) error{"": saveSettings, "check": checkSettings},
}

// tabs are the pages of the settings.
func (v *visit) tabs() []entry {
	tabs := []entry{
		{Path: "/settings", Text: say("settings.tab")}, {Path: "/settings/defaults", Text: say("defaults.tab")}, {Path: "/settings/alerts", Text: say("alerts.tab")},
	}
	for i := range tabs {
		tabs[i].Current = tabs[i].Path == v.page.path
	}
	return tabs
}

type settingsPage struct {
	Tabs     []entry
	Form     *form
	Key      bool   // an access key is stored
	Instance string // the vTiger that the connections belong to
	Replace  bool   // another one was entered: it may take that one's place
	Checks   []client.CheckView
}

func showSettings(v *visit) (any, error) {
	held, err := ask(v.api.GetVtigerWithResponse(v.Request.Context()))
	if err != nil {
		return nil, err
	}
	s := held.JSON200
	p := settingsPage{Tabs: v.tabs(), Key: s.AccessKeySet, Instance: s.Instance}
	p.Form = v.form("", url.Values{"url": {s.URL}, "username": {s.Username}})
	p.Form.ETag = held.HTTPResponse.Header.Get("ETag")
	for _, name := range s.SetByEnvironment {
		p.Form.Locked(name, say("form.environment"))
	}
	// The access key that is stored is not sent to another address or for another user.
	p.Key = p.Key && p.Form.Value("url") == s.URL && p.Form.Value("username") == s.Username
	p.Replace = s.Instance != "" && p.Form.Wrongs("url")
	return p, nil
}

func saveSettings(v *visit) error {
	body := client.VtigerInputBody{URL: v.posted("url"), Username: v.posted("username")}
	if key := v.posted("accessKey"); key != "" {
		body.AccessKey = &key
	}
	if replace := v.posted("replaceInstance") != ""; replace {
		body.ReplaceInstance = &replace
	}
	if _, err := ask(v.api.PutVtigerWithResponse(v.Request.Context(), &client.PutVtigerParams{IfMatch: v.etag()}, body)); err != nil {
		return err
	}
	return v.done("settings.saved")
}

func checkSettings(v *visit) error {
	a, err := ask(v.api.CheckVtigerWithResponse(v.Request.Context()))
	if err != nil {
		return err
	}
	return showWith(v, func(p *settingsPage) { p.Checks = a.JSON200.Checks })
}
