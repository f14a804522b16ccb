package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/outlook"
)

// serviceName is by what we recognise ourselves at an address.
const serviceName = "Contact Bridge"

const (
	reachTimeout = 10 * time.Second
	mostOfAProbe = 4096
)

type checkView struct {
	Field    string `json:"field" doc:"The setting that was tried"`
	State    string `json:"state" enum:"ok,warning,failed,unknown" doc:"warning: it works all the same; unknown: it could not be tried, or only a sign-in will show"`
	Sentence string `json:"sentence"`
}

type checksOutput struct {
	Body struct {
		Checks []checkView `json:"checks"`
	}
}

// tryMicrosoft asks what can be asked without a user.
func (s *Server) tryMicrosoft(ctx context.Context, _ *struct{}) (*checksOutput, error) {
	config, err := s.step1(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 3*reachTimeout)
	defer cancel()
	out := &checksOutput{}
	out.Body.Checks = []checkView{s.checkReturn(ctx, config), checkSecret(ctx, config)}
	return out, nil
}

// checkReturn asks the host of the redirect address whether we answer there: Microsoft sends people's browsers to it.
func (s *Server) checkReturn(ctx context.Context, config outlook.Config) checkView {
	v := checkView{Field: "redirectUrl", State: "failed"}
	origin := strings.TrimSuffix(config.RedirectURL, callbackPath)
	switch err := reachesUs(ctx, origin); {
	case err == nil:
		v.State, v.Sentence = "ok", "The redirect address leads to Contact Bridge."
	case errors.Is(err, errStranger):
		v.Sentence = "Something else than Contact Bridge answers at " + origin + "; correct CONTACTBRIDGE_PUBLIC_URL or what forwards requests to Contact Bridge."
	default:
		v.Sentence = "Nothing answers at " + origin + " when Contact Bridge asks there itself; correct CONTACTBRIDGE_PUBLIC_URL, the name, the certificate or what forwards requests to Contact Bridge."
	}
	return v
}

var errStranger = errors.New("somebody else answers")

// reachesUs follows no redirect: the address must be right as it is registered.
func reachesUs(ctx context.Context, origin string) error {
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, origin+"/healthz", nil)
	if err != nil {
		return err
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	a, err := client.Do(q)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	var told struct{ Service string }
	raw, err := io.ReadAll(io.LimitReader(a.Body, mostOfAProbe))
	if err != nil {
		return err
	}
	if json.Unmarshal(raw, &told) != nil || told.Service != serviceName {
		return errStranger
	}
	return nil
}

// checkSecret proves tenant, client id and secret by a token for the app itself, which only a tenant of its own gives.
func checkSecret(ctx context.Context, config outlook.Config) checkView {
	v := checkView{Field: "clientSecret", State: "unknown"}
	if config.EnsureApplication() != nil {
		v.Sentence = "With the tenant " + config.TenantID + " the client id and secret show only when somebody signs in."
		return v
	}
	switch err := config.EnsureApp(ctx); {
	case err == nil:
		v.State, v.Sentence = "ok", "Microsoft accepts the tenant, the client id and the secret."
	case contact.KindOf(err) == contact.NeedsAdmin:
		v.State, v.Sentence = "failed", contact.SentenceOf(err)
	default:
		v.Sentence = contact.SentenceOf(err)
	}
	return v
}
