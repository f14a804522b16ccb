package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"contactbridge/internal/integration"
	"contactbridge/internal/ledger"
	"contactbridge/internal/vtiger"
)

// setupPath is where the set-up link leads, followed by its token.
const setupPath = "/setup/"

// SetupURL is the set-up link with a token, for an API that browsers reach at publicURL.
func SetupURL(publicURL, token string) string { return publicURL + setupPath + token }

type setupInput struct {
	Body struct {
		Token     string `json:"token" minLength:"1" maxLength:"200" writeOnly:"true" doc:"The end of the set-up link, which the log and contactbridge setup print"`
		URL       string `json:"url,omitempty" maxLength:"2000" doc:"Where a browser opens vTiger; absent where the environment sets it"`
		Username  string `json:"username,omitempty" maxLength:"255" doc:"A vTiger administrator: the account that the sync works as, and the first administrator here; absent where the environment sets it"`
		AccessKey string `json:"accessKey,omitempty" maxLength:"1000" writeOnly:"true" doc:"From the user's preferences in vTiger; absent where the environment sets it"`
		Replace   bool   `json:"replaceInstance,omitempty" doc:"As in the vTiger settings, where the database belongs to another vTiger"`
	}
}

func (s *Server) setupRoutes(r routes) {
	add(r, anybody, on(http.MethodPost, prefix+"/setup", "vTiger", "set-up",
		"Name vTiger and the first administrator, once, with the set-up link's token; signs the administrator in",
		http.StatusConflict, http.StatusGone, http.StatusServiceUnavailable),
		func(ctx context.Context, in *setupInput) (*signInOutput, error) {
			b := in.Body
			done, err := s.setUp(ctx, b.Token, vtiger.Config{URL: b.URL, Username: b.Username, AccessKey: b.AccessKey}, b.Replace)
			if err != nil {
				return nil, err
			}
			return s.startSession(ctx, done.user, &ledger.Attempt{})
		})
	add(r, anybody, onPage(http.MethodGet, setupPath+"{token}", "show-set-up-link",
		"What the set-up link asks for; changes nothing", http.StatusOK, http.StatusGone), s.showSetup)
	add(r, anybody, onPage(http.MethodPost, setupPath+"{token}", "press-set-up-link", "Name vTiger and the first administrator",
		http.StatusOK, http.StatusForbidden, http.StatusGone, http.StatusUnprocessableEntity, http.StatusServiceUnavailable), s.pressSetup)
	// A form without anything in it gets a page too.
	r.api.OpenAPI().Paths[setupPath+"{token}"].Post.RequestBody.Required = false
}

// setUp spends the link for a first integration account, who is the first administrator. A refusal spends nothing.
func (s *Server) setUp(ctx context.Context, token string, c vtiger.Config, replace bool) (adopted, error) {
	held, err := s.openSetup(ctx, token)
	if err != nil {
		return adopted{}, err
	}
	act(ctx).Due, act(ctx).About = true, "setup" // and never the token
	a := adoption{Config: vtiger.Config{URL: strings.TrimSpace(c.URL), Username: strings.TrimSpace(c.Username), AccessKey: strings.TrimSpace(c.AccessKey)}, replace: replace, token: token}
	a.keyGiven = a.AccessKey != ""
	// What is not entered may be set already; not so a key for somebody else.
	for _, f := range held.Fixed {
		switch {
		case f == "url" && a.URL == "":
			a.URL = held.URL
		case f == "username" && a.Username == "":
			a.Username = held.Username
		case f == "accessKey" && a.AccessKey == "":
			a.AccessKey = held.AccessKey
		}
	}
	done, err := s.adopt(ctx, held, a)
	if errors.Is(err, ledger.ErrNotFound) || errors.Is(err, ledger.ErrMoved) {
		return done, refuse(linkSpent, "Somebody else was faster: this set-up link was used meanwhile.")
	}
	if err == nil {
		done.user, err = s.Ledger.User(ctx, done.user.ID)
	}
	return done, err
}

// openSetup refuses a link that is of no use, before anything else is looked at.
func (s *Server) openSetup(ctx context.Context, token string) (integration.Settings, error) {
	held, err := s.VTiger.Settings(ctx)
	switch {
	case err != nil:
		return held, err
	case held.Configured():
		return held, refuse(linkSpent, "Contact Bridge is set up already. An administrator of vTiger changes its vTiger by PUT "+vtigerPath+".")
	}
	err = s.Ledger.SetupLink(ctx, token)
	if errors.Is(err, ledger.ErrNotFound) {
		err = refuse(linkSpent, "This set-up link is unknown, was used already, is older than a day, or a newer one was made. Let `contactbridge setup` print a new one.")
	}
	return held, err
}
