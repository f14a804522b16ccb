package vtigersim

import "fmt"

type filterOrder struct {
	ID     string  `json:"id"`
	Owner  string  `json:"owner"`
	Module string  `json:"module"`
	Name   *string `json:"name"`
	Shared *bool   `json:"shared"`
	Where  string  `json:"where"`
}

// apply sets what was sent.
func (o filterOrder) apply(f *SavedFilter) {
	if o.Name != nil {
		f.Name = *o.Name
	}
	if o.Shared != nil {
		f.Shared = *o.Shared
	}
}

func filterCommands() []command {
	return []command{
		{
			"filter/add", "add a saved filter; where is a VTQL condition; answers its id",
			`{"owner":"19x1","module":"Contacts","name":"Bonn","shared":true,"where":"mailingcity = 'Bonn'"}`,
			order(func(s *Server, in filterOrder) (any, error) {
				f := SavedFilter{Owner: in.Owner, Module: in.Module, Where: in.Where}
				in.apply(&f)
				return created(s.AddFilter(f))
			}),
		},
		{
			"filter/change", "rename or share a saved filter", `{"id":"50","name":"Cologne","shared":false}`,
			order(func(s *Server, in filterOrder) (any, error) { return done(s.UpdateFilter(in.ID, in.apply)) }),
		},
		{
			"filter/remove", "delete a saved filter", `{"id":"50"}`,
			order(func(s *Server, in filterOrder) (any, error) { return done(s.RemoveFilter(in.ID)) }),
		},
	}
}

type userOrder struct {
	ID        string    `json:"id"`
	UserName  string    `json:"userName"`
	Password  *string   `json:"password"`
	AccessKey *string   `json:"accessKey"`
	Email     string    `json:"email"`
	Admin     *bool     `json:"admin"`
	Inactive  *bool     `json:"inactive"`
	Role      string    `json:"role"`
	Deleted   *bool     `json:"deleted"`
	Groups    *[]string `json:"groups"`
}

// apply sets what was sent.
func (o userOrder) apply(u *User) {
	u.UserName, u.Email = orElse(o.UserName, u.UserName), orElse(o.Email, u.Email)
	u.Role = orElse(o.Role, u.Role)
	if o.Password != nil {
		u.Password = *o.Password
	}
	if o.AccessKey != nil {
		u.AccessKey = *o.AccessKey
	}
	if o.Admin != nil {
		u.Admin = *o.Admin
	}
	if o.Inactive != nil {
		u.Inactive = *o.Inactive
	}
	if o.Deleted != nil {
		u.Deleted = *o.Deleted
	}
	if o.Groups != nil {
		u.Groups = *o.Groups
	}
}

func peopleCommands() []command {
	return []command{
		{
			"user/add", "add a person; answers the id", `{"userName":"carol","password":"carol-pw","accessKey":"carol-key","admin":false,"groups":["20x2"]}`,
			order(func(s *Server, in userOrder) (any, error) {
				if in.UserName == "" {
					return nil, fmt.Errorf("add user: no userName")
				}
				var u User
				in.apply(&u)
				return created(s.AddUser(u), nil)
			}),
		},
		{
			"user/change", "deactivate, delete, replace the access key, make an admin, set groups", `{"id":"19x5","inactive":true}`,
			order(func(s *Server, in userOrder) (any, error) { return done(s.UpdateUser(in.ID, in.apply)) }),
		},
		{
			"sessions/drop", "end all sessions", `{}`,
			order(func(s *Server, _ struct{}) (any, error) { s.DropSessions(); return done(nil) }),
		},
	}
}

// requireOwner keeps a mistyped owner from making records that nobody can read.
func (s *Server) requireOwner(id string) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if r := s.records[id]; r == nil || !r.module.isDirectory() {
		return fmt.Errorf("owner %q: no such user or group", id)
	}
	return nil
}
