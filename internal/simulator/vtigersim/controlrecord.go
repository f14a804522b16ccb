package vtigersim

type recordOrder struct {
	ID     string            `json:"id"`
	Owner  string            `json:"owner"`
	Fields map[string]string `json:"fields"`
}

type accountOrder struct {
	Name string `json:"name"`
}

// recordCommands are what a person does with records in the CRM's pages.
func recordCommands() []command {
	return []command{
		{
			"contact/add", "add a contact; answers its id", `{"owner":"19x1","fields":{"lastname":"Example","email":"e@example.test"}}`,
			order(func(s *Server, in recordOrder) (any, error) {
				if err := s.requireOwner(in.Owner); err != nil {
					return nil, err
				}
				return created(s.AddContact(in.Owner, in.Fields), nil)
			}),
		},
		{
			"account/add", "add an organisation, or find it by name; answers its id", `{"name":"Example Ltd"}`,
			order(func(s *Server, in accountOrder) (any, error) { return created(s.AddAccount(in.Name), nil) }),
		},
		{
			"contact/edit", "save fields of any record; no fields: a save that only moves the modified time", `{"id":"12x3","fields":{"title":"Director"}}`,
			order(func(s *Server, in recordOrder) (any, error) { return done(s.Edit(in.ID, in.Fields)) }),
		},
		{
			"contact/reassign", "hand a record to another user or group", `{"id":"12x3","owner":"20x2"}`,
			order(func(s *Server, in recordOrder) (any, error) {
				if err := s.requireOwner(in.Owner); err != nil {
					return nil, err
				}
				return done(s.Reassign(in.ID, in.Owner))
			}),
		},
		{
			"contact/delete", "move a record to the recycle bin", `{"id":"12x3"}`,
			order(func(s *Server, in recordOrder) (any, error) { return done(s.Delete(in.ID)) }),
		},
		{
			"contact/restore", "bring a record back from the recycle bin", `{"id":"12x3"}`,
			order(func(s *Server, in recordOrder) (any, error) { return done(s.Restore(in.ID)) }),
		},
		{
			"contact/purge", "remove a record for good", `{"id":"12x3"}`,
			order(func(s *Server, in recordOrder) (any, error) { return done(s.Purge(in.ID)) }),
		},
	}
}
