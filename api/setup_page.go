package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"contactbridge/internal/integration"
	"contactbridge/internal/ledger"
	"contactbridge/internal/vtiger"
)

// setupForm sets no limits: huma would answer people with JSON.
type setupForm struct {
	Token   string `path:"token" doc:"The token of the link"`
	RawBody []byte `contentType:"application/x-www-form-urlencoded"`
}

// showSetup changes nothing, since mail scanners open links.
func (s *Server) showSetup(ctx context.Context, in *linkInput) (*page, error) {
	held, err := s.openSetup(ctx, in.Token)
	if err != nil {
		return s.sorry(ctx, "show the set-up link", err)
	}
	return show(http.StatusOK, setupWords(held, url.Values{}, ""))
}

// setupWords is the form, with what was entered before and what was wrong with it. A key is never shown again.
func setupWords(held integration.Settings, entered url.Values, wrong string) words {
	w := words{
		Title: "Set up Contact Bridge", Button: "Set up", Wrong: wrong,
		Lines: []string{
			"Contact Bridge works in vTiger as one of its administrators, the integration account. Name your vTiger and that account; " +
				"it is checked at vTiger before anything is saved, and is the first administrator of Contact Bridge too.",
		},
	}
	for _, f := range []input{
		{Name: "url", Label: "Address of vTiger, as a browser opens it", Type: "url", Value: entered.Get("url")},
		{Name: "username", Label: "User name of an administrator of vTiger", Type: "text", Value: entered.Get("username")},
		{Name: "accessKey", Label: "That user's access key, from My Preferences in vTiger (not the password)", Type: "password"},
	} {
		if slices.Contains(held.Fixed, f.Name) {
			w.Lines = append(w.Lines, "The environment sets the "+fixedNames[f.Name]+".")
			continue
		}
		w.Inputs = append(w.Inputs, f)
	}
	if held.Instance != "" {
		w.Lines = append(w.Lines, "This database belongs to the vTiger at "+held.Instance+".")
		w.Inputs = append(w.Inputs, input{
			Name: "replaceInstance", Type: "checkbox", Value: "true", Optional: true,
			Label: "Another vTiger takes its place: nothing is deleted, every connection begins anew there and needs a preview, and users go by their user names",
		})
	}
	return w
}

var fixedNames = map[string]string{"url": "address of vTiger", "username": "user name", "accessKey": "access key"}

// pressSetup shows the form again with a sentence while what was entered cannot work.
func (s *Server) pressSetup(ctx context.Context, in *setupForm) (*page, error) {
	const doing = "set Contact Bridge up"
	held, err := s.openSetup(ctx, in.Token)
	if err != nil {
		return s.sorry(ctx, doing, err)
	}
	form, err := url.ParseQuery(string(in.RawBody))
	if err != nil {
		return s.sorry(ctx, doing, refuse(badRequest, "The form cannot be read; open the link again."))
	}
	done, err := s.setUp(ctx, in.Token, vtiger.Config{URL: form.Get("url"), Username: form.Get("username"), AccessKey: form.Get("accessKey")}, form.Has("replaceInstance"))
	if err != nil {
		p := s.failure(ctx, doing, err)
		if p.Kind == linkSpent {
			return apologize(p)
		}
		return show(p.Status, setupWords(held, form, p.Detail))
	}
	session, err := s.startSession(ctx, done.user, &ledger.Attempt{})
	if err != nil {
		return s.sorry(ctx, doing, err)
	}
	out, err := show(http.StatusOK, words{Title: "Contact Bridge is set up", Lines: append([]string{
		"Contact Bridge now works in vTiger " + done.info.Version + " as " + done.user.Title() + " (" + done.user.UserName + "), its first administrator. This browser is signed in as that user.",
		"Next, say how Contact Bridge reaches mailboxes at Microsoft, and allow users to sync.",
	}, done.info.Warnings...), Next: &next{"/step1", "Go on with step 1"}})
	if err == nil {
		out.SetCookie = session.SetCookie
	}
	return out, err
}
