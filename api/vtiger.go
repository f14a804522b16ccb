package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"contactbridge/internal/integration"
	"contactbridge/internal/vtiger"
)

const vtigerPath = prefix + "/settings/vtiger"

type vtigerView struct {
	URL           string   `json:"url" doc:"Where a browser opens vTiger"`
	Username      string   `json:"username" doc:"The integration account: the vTiger administrator that the sync works as"`
	AccessKeySet  bool     `json:"accessKeySet" doc:"An access key is set; it is never shown"`
	Instance      string   `json:"instance" doc:"The vTiger that the connections belong to; empty: none yet"`
	ByEnvironment []string `json:"setByEnvironment" doc:"The fields that the environment sets, and nobody can set here"`
}

type vtigerInput struct {
	IfMatch string `header:"If-Match" doc:"Only if this is still the ETag"`
	Body    struct {
		URL       string `json:"url" minLength:"1" maxLength:"2000" doc:"Where a browser opens vTiger"`
		Username  string `json:"username" minLength:"1" maxLength:"255" doc:"A vTiger administrator"`
		AccessKey secret `json:"accessKey,omitempty" doc:"From the user's preferences in vTiger; absent keeps, which another address or user name does not allow"`
		Replace   bool   `json:"replaceInstance,omitempty" doc:"Let another vTiger take the place of the one that the connections belong to. Nothing is deleted on either side: every connection begins anew there, as with a first sync, and needs a preview; users go by their user names; all must sign in again. Replacing it back takes the links of before up again"`
	}
}

type vtigerOutput struct {
	ETag string `header:"ETag"`
	Body vtigerView
}

func (s *Server) vtigerRoutes(r routes) {
	const tag = "vTiger"
	add(r, admins, on(http.MethodGet, vtigerPath, tag, "get-vtiger", "Read the integration account"),
		func(ctx context.Context, _ *struct{}) (*vtigerOutput, error) {
			held, err := s.VTiger.Settings(ctx)
			return viewVTiger(held), err
		})
	add(r, admins, on(http.MethodPut, vtigerPath, tag, "put-vtiger", "Save the integration account, after vTiger has accepted it",
		http.StatusConflict, http.StatusPreconditionFailed, http.StatusServiceUnavailable), s.saveVTiger)
	add(r, admins, on(http.MethodPost, vtigerPath+"/check", tag, "check-vtiger", "Try the integration account out",
		http.StatusConflict), s.tryVTiger)
}

func viewVTiger(h integration.Settings) *vtigerOutput {
	return &vtigerOutput{ETag: etag(h.Version), Body: vtigerView{
		URL: h.URL, Username: h.Username, AccessKeySet: h.AccessKey != "", Instance: h.Instance, ByEnvironment: append([]string{}, h.Fixed...),
	}}
}

func (s *Server) saveVTiger(ctx context.Context, in *vtigerInput) (*vtigerOutput, error) {
	held, err := s.VTiger.Settings(ctx)
	if err != nil {
		return nil, err
	}
	if err := ensureMatch(in.IfMatch, held.Version); err != nil {
		return nil, err
	}
	wanted := vtiger.Config{URL: strings.TrimSpace(in.Body.URL), Username: strings.TrimSpace(in.Body.Username), AccessKey: strings.TrimSpace(in.Body.AccessKey.or(held.AccessKey))}
	if err := ensureKey(held, wanted, in.Body.AccessKey); err != nil {
		return nil, err
	}
	if _, err := s.adopt(ctx, held, adoption{Config: wanted, replace: in.Body.Replace, keyGiven: in.Body.AccessKey.given}); err != nil {
		return nil, err
	}
	now, err := s.VTiger.Settings(ctx)
	return viewVTiger(now), err
}

// ensureKey refuses to clear the access key, and to send the one that is stored for another address or user: whoever reads
// it there would learn something about it.
func ensureKey(held integration.Settings, wanted vtiger.Config, given secret) error {
	elsewhere := wanted.Address() != held.Address() || !strings.EqualFold(wanted.Username, held.Username)
	switch {
	case slices.Contains(held.Fixed, "accessKey"):
		return nil // the environment's is the one to use, wherever
	case given.given && given.value == "":
		return refuseField("body.accessKey", "Nothing works without an access key; leave it out to keep the one that is stored.")
	case !given.given && elsewhere && held.AccessKey != "":
		return refuseField("body.accessKey", "Give the access key of this user at this vTiger; the one that is stored belongs to "+held.Username+" at "+held.URL+".")
	}
	return nil
}
