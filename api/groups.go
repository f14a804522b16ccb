package api

import (
	"context"
	"net/http"
	"slices"

	"contactbridge/internal/vtiger"
)

const groupsPath = prefix + "/groups"

type groupView struct {
	ID      string   `json:"id" example:"20x2"`
	Name    string   `json:"name"`
	Members []string `json:"members" doc:"The ids of the users whom an administrator named: vTiger tells nobody who is in a group"`
}

type groupsOutput struct {
	Body struct {
		Groups []groupView `json:"groups"`
	}
}

type membersInput struct {
	ID   string `path:"id" maxLength:"64" doc:"The group"`
	Body struct {
		UserIDs []string `json:"userIds" maxItems:"5000" doc:"All members; empty: none"`
	}
}

type groupOutput struct{ Body groupView }

func (s *Server) groupRoutes(r routes) {
	const tag = "Users"
	add(r, admins, on(http.MethodGet, groupsPath, tag, "list-groups", "List vTiger's groups, with the members that were named", http.StatusServiceUnavailable), s.listGroups)
	add(r, admins, on(http.MethodPut, groupsPath+"/{id}/members", tag, "put-members", "Name the members of a group, for allowing them together",
		http.StatusNotFound, http.StatusServiceUnavailable), s.nameMembers)
}

func (s *Server) listGroups(ctx context.Context, _ *struct{}) (*groupsOutput, error) {
	groups, err := s.groups(ctx)
	if err != nil {
		return nil, err
	}
	members, err := s.Ledger.GroupMembers(ctx)
	out := &groupsOutput{}
	out.Body.Groups = make([]groupView, len(groups))
	for i, g := range groups {
		out.Body.Groups[i] = groupView{g.ID, g.Name, listed(members[g.ID])}
	}
	return out, err
}

func (s *Server) nameMembers(ctx context.Context, in *membersInput) (*groupOutput, error) {
	if err := s.ensureGroup(ctx, in.ID); err != nil {
		return nil, err
	}
	if err := s.ensureKnown(ctx, in.Body.UserIDs); err != nil {
		return nil, err
	}
	note(ctx, "users", in.Body.UserIDs)
	if err := s.Ledger.SaveGroupMembers(ctx, in.ID, in.Body.UserIDs); err != nil {
		return nil, err
	}
	list, err := s.listGroups(ctx, nil)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(list.Body.Groups, func(g groupView) bool { return g.ID == in.ID })
	if at < 0 {
		return nil, refuse(notFound, "vTiger has no such group any more.")
	}
	return &groupOutput{list.Body.Groups[at]}, nil
}

func (s *Server) groups(ctx context.Context) ([]vtiger.Group, error) {
	crm, err := s.VTiger.Client(ctx)
	if err != nil {
		return nil, err
	}
	return crm.Groups(ctx)
}

// ensureGroup refuses what is no group of vTiger.
func (s *Server) ensureGroup(ctx context.Context, id string) error {
	groups, err := s.groups(ctx)
	if err == nil && !slices.ContainsFunc(groups, func(g vtiger.Group) bool { return g.ID == id }) {
		err = refuse(notFound, "vTiger has no such group.")
	}
	return err
}
