package api

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"contactbridge/internal/ledger"
)

type accessForAll struct {
	Body struct {
		Allowed bool     `json:"allowed"`
		UserIDs []string `json:"userIds,omitempty" minItems:"1" maxItems:"5000" doc:"Either these users"`
		Role    string   `json:"role,omitempty" maxLength:"64" example:"H5" doc:"or all who have this role in vTiger, inactive users left out when it is allowed"`
		Group   string   `json:"group,omitempty" maxLength:"64" example:"20x2" doc:"or the named members of this group of vTiger"`
	}
}

type accessForAllOutput struct {
	Body struct {
		Changed []string   `json:"changed" doc:"The ids of those for whom it was otherwise before"`
		Users   []UserView `json:"users" doc:"All whom the request was about, as they are now"`
	}
}

// setAccessForAll changes all or nothing.
func (s *Server) setAccessForAll(ctx context.Context, in *accessForAll) (*accessForAllOutput, error) {
	ids, err := s.meant(ctx, in)
	if err == nil {
		err = s.ensureMayAllow(ctx, in.Body.Allowed)
	}
	if err != nil {
		return nil, err
	}
	note(ctx, "allowed", in.Body.Allowed)
	note(ctx, "users", ids)
	out := &accessForAllOutput{}
	changed, err := s.Ledger.AllowAll(ctx, ids, in.Body.Allowed)
	if err != nil {
		return nil, err
	}
	out.Body.Changed, out.Body.Users = listed(changed), []UserView{}
	users, err := s.Ledger.Users(ctx)
	for _, u := range users {
		if slices.Contains(ids, u.ID) {
			out.Body.Users = append(out.Body.Users, viewUser(u))
		}
	}
	return out, err
}

// meant gives the ids of the users whom a request is about.
func (s *Server) meant(ctx context.Context, in *accessForAll) ([]string, error) {
	b, ways := in.Body, 0
	for _, given := range []bool{len(b.UserIDs) > 0, b.Role != "", b.Group != ""} {
		if given {
			ways++
		}
	}
	switch {
	case ways != 1:
		return nil, refuseField("body", "Name the users by exactly one of userIds, role and group.")
	case b.Role != "":
		return s.withRole(ctx, b.Role, b.Allowed)
	case b.Group != "":
		return s.inGroup(ctx, b.Group)
	}
	return b.UserIDs, s.ensureKnown(ctx, b.UserIDs)
}

// ensureKnown refuses ids that are no users', by their places. vTiger is asked only when somebody is not known yet.
func (s *Server) ensureKnown(ctx context.Context, ids []string) error {
	flaws, err := s.unknownAmong(ctx, ids)
	if err != nil || len(flaws) == 0 {
		return err
	}
	if err := s.refreshUsers(ctx); err != nil {
		return err
	}
	if flaws, err = s.unknownAmong(ctx, ids); err != nil || len(flaws) == 0 {
		return err
	}
	return refuse(invalid, "vTiger does not have all of these users; nothing was changed.", flaws...)
}

func (s *Server) unknownAmong(ctx context.Context, ids []string) (flaws []flaw, err error) {
	users, err := s.Ledger.Users(ctx)
	for i, id := range ids {
		if !slices.ContainsFunc(users, func(u ledger.User) bool { return u.ID == id }) {
			flaws = append(flaws, flaw{Location: fmt.Sprintf("body.userIds[%d]", i), Message: "vTiger has no such user."})
		}
	}
	return flaws, err
}

// withRole gives those who have a role now; who had it when the list was last read may have another one since.
func (s *Server) withRole(ctx context.Context, role string, allowed bool) ([]string, error) {
	if err := s.refreshUsers(ctx); err != nil {
		return nil, err
	}
	users, err := s.Ledger.Users(ctx)
	var ids []string
	for _, u := range users {
		if u.Role == role && (u.Active || !allowed) {
			ids = append(ids, u.ID)
		}
	}
	if err == nil && len(ids) == 0 {
		err = refuseField("body.role", "No user of vTiger has this role; use the role of a user in the list of users.")
	}
	return ids, err
}

// inGroup gives the members that were named for a group.
func (s *Server) inGroup(ctx context.Context, group string) ([]string, error) {
	if err := s.ensureGroup(ctx, group); err != nil {
		var p *problem
		if errors.As(err, &p) && p.Kind == notFound {
			err = refuseField("body.group", "vTiger has no such group.")
		}
		return nil, err
	}
	members, err := s.Ledger.GroupMembers(ctx)
	if err == nil && len(members[group]) == 0 {
		err = refuseField("body.group", "vTiger tells nobody who is in a group: name its members first, with PUT "+groupsPath+"/{id}/members.")
	}
	return members[group], err
}
