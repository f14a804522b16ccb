package api

import (
	"context"
	"net/http"
)

type ownerView struct {
	ID    string `json:"id" example:"20x2"`
	Name  string `json:"name"`
	Group bool   `json:"group" doc:"A group of vTiger, else a user"`
}

type ownersOutput struct {
	Body struct {
		Owners []ownerView `json:"owners" doc:"Users first. Administrators see all of vTiger's, others those whose records were granted"`
	}
}

func (s *Server) ownerRoutes(r routes) {
	add(r, syncing, on(http.MethodGet, connectionsPath+"/{id}/owners", "Step 2: mailbox and settings", "list-owners",
		"List the users and groups of vTiger whose records the caller may choose for ownerScope",
		http.StatusNotFound, http.StatusConflict, http.StatusServiceUnavailable), s.listOwners)
}

// listOwners names nobody to a user whose records were not granted: who works there is not theirs to learn.
func (s *Server) listOwners(ctx context.Context, in *connectionInput) (*ownersOutput, error) {
	c, err := s.visible(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &ownersOutput{}
	out.Body.Owners = []ownerView{}
	granted := c.Settings.OwnerScope.Granted
	all := person(ctx).Admin || granted.Everyone
	if !all && len(granted.IDs) == 0 {
		return out, nil
	}
	offer := func(o ownerView) {
		if o.ID != c.UserID && (all || granted.Has(o.ID)) {
			out.Body.Owners = append(out.Body.Owners, o)
		}
	}
	users, err := s.Ledger.Users(ctx)
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		if u.Active {
			offer(ownerView{ID: u.ID, Name: titled(u)})
		}
	}
	groups, err := s.groups(ctx)
	for _, g := range groups {
		offer(ownerView{ID: g.ID, Name: g.Name, Group: true})
	}
	return out, err
}
