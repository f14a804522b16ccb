package vtigersim

type moduleRecordOrder struct {
	Module string            `json:"module"`
	Owner  string            `json:"owner"`
	Fields map[string]string `json:"fields"`
}

type fieldOrder struct {
	Module string `json:"module"`
	Field  string `json:"field"`
	Off    bool   `json:"off"`
}

type moduleOrder struct {
	Module string `json:"module"`
	Off    bool   `json:"off"`
}

// moduleCommands are what a person does in modules other than Contacts, and with modules.
func moduleCommands() []command {
	return []command{
		{
			"record/add", "add a record of any module; answers its id", `{"module":"Leads","owner":"19x1","fields":{"lastname":"Example","company":"Example Ltd"}}`,
			order(func(s *Server, in moduleRecordOrder) (any, error) {
				if err := s.requireOwner(in.Owner); err != nil {
					return nil, err
				}
				return created(s.AddRecord(in.Module, in.Owner, in.Fields))
			}),
		},
		{
			"lead/convert", "turn a lead into a contact; answers the contact's id", `{"id":"10x5"}`,
			order(func(s *Server, in recordOrder) (any, error) { return created(s.ConvertLead(in.ID)) }),
		},
		{
			"module", "switch a module off or on in the module manager", `{"module":"Vendors","off":false}`,
			order(func(s *Server, in moduleOrder) (any, error) { s.SetModuleOff(in.Module, in.Off); return done(nil) }),
		},
		{
			"field", "remove a field of a module in the layout editor, or put it back", `{"module":"Contacts","field":"department","off":false}`,
			order(func(s *Server, in fieldOrder) (any, error) { return done(s.SetFieldOff(in.Module, in.Field, in.Off)) }),
		},
	}
}
