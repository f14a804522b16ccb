package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"contactbridge/internal/ledger"
	"contactbridge/internal/vtiger"
)

type filterView struct {
	ID     string `json:"id" example:"50"`
	Name   string `json:"name"`
	Shared bool   `json:"shared" doc:"False: a private filter, which only an administrator may choose"`
}

type filtersOutput struct {
	Body struct {
		Filters []filterView `json:"filters" doc:"The filters that the caller may choose"`
	}
}

// chosenFilter is the filter in a connection's settings.
type chosenFilter struct {
	ID   string `json:"id"`
	Name string `json:"name" doc:"As it was when it was chosen"`
}

func viewFilter(f *ledger.Filter) *chosenFilter {
	if f == nil {
		return nil
	}
	return &chosenFilter{f.ID, f.Name}
}

// filterChoice is a filter that is wanted; absence keeps the one that is set and null means all records.
type filterChoice struct {
	given bool
	id    string // empty for null
}

// UnmarshalJSON is called for null too. The name is vTiger's to tell, so what is sent of it is left out.
func (f *filterChoice) UnmarshalJSON(raw []byte) error {
	var sent struct {
		ID string `json:"id"`
	}
	err := json.Unmarshal(raw, &sent)
	f.given, f.id = true, sent.ID
	return err
}

// Schema describes it as an object or null.
func (filterChoice) Schema(huma.Registry) *huma.Schema {
	shortest, longest, longestName := 1, 20, 500
	return &huma.Schema{
		Type: huma.TypeObject, Nullable: true, AdditionalProperties: false, Required: []string{"id"},
		Description: "A saved filter of vTiger, from the list of filters; null: all records",
		Properties: map[string]*huma.Schema{
			"id":   {Type: huma.TypeString, MinLength: &shortest, MaxLength: &longest},
			"name": {Type: huma.TypeString, MaxLength: &longestName, Description: "Taken from vTiger; what is sent is ignored"},
		},
	}
}

func (s *Server) filterRoutes(r routes) {
	const tag, path = "Step 2: mailbox and settings", connectionsPath + "/{id}"
	add(r, syncing, on(http.MethodGet, path+"/filters", tag, "list-filters",
		"List the saved filters of the vTiger module; private ones are shown to administrators only",
		http.StatusNotFound, http.StatusConflict, http.StatusServiceUnavailable), s.listFilters)
}

func (s *Server) listFilters(ctx context.Context, in *connectionInput) (*filtersOutput, error) {
	c, err := s.visible(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	filters, err := s.choosable(ctx, c)
	if err != nil {
		return nil, err
	}
	out := &filtersOutput{}
	out.Body.Filters = make([]filterView, len(filters))
	for i, f := range filters {
		out.Body.Filters[i] = filterView{f.ID, f.Name, f.Shared}
	}
	return out, nil
}

// choosable lists the filters that the caller may choose. vTiger evaluates a filter as the integration account and does not
// tell whose a private one is, so only an administrator may choose those.
func (s *Server) choosable(ctx context.Context, c ledger.Connection) ([]vtiger.Filter, error) {
	crm, err := s.VTiger.Client(ctx)
	if err != nil {
		return nil, err
	}
	all, err := crm.Filters(ctx, c.Module)
	if err != nil {
		return nil, err
	}
	var out []vtiger.Filter
	for _, f := range all {
		if f.Shared || person(ctx).Admin {
			out = append(out, f)
		}
	}
	return out, nil
}

// chooseFilter sets the wanted filter, under the name that vTiger has for it now. The one that is set already may be sent
// back by anybody, also when an administrator chose it.
func (s *Server) chooseFilter(ctx context.Context, c *ledger.Connection, wanted filterChoice) error {
	if !wanted.given {
		return nil
	}
	if wanted.id == "" {
		c.Settings.Filter = nil
		return nil
	}
	filters, err := s.choosable(ctx, *c)
	if err != nil {
		return err
	}
	for _, f := range filters {
		if f.ID == wanted.id {
			c.Settings.Filter = &ledger.Filter{ID: f.ID, Name: f.Name}
			return nil
		}
	}
	if held := c.Settings.Filter; held != nil && held.ID == wanted.id {
		return nil
	}
	return refuseField("body.filter", "There is no such filter, or it is private; choose one of the list of filters.")
}
