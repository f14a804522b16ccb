package graphsim

import "fmt"

type recordOrder struct {
	User     string         `json:"user"`
	ID       string         `json:"id"`
	Folder   string         `json:"folder"`
	Fields   map[string]any `json:"fields"`
	Property string         `json:"property"`
	Value    any            `json:"value"`
}

type folderOrder struct {
	User   string `json:"user"`
	Name   string `json:"name"`
	Folder string `json:"folder"`
}

// recordCommands are what a person does with contacts and folders in Outlook.
func recordCommands() []command {
	return []command{
		{
			"contact/add", "add a contact; answers its immutable id", `{"user":"ann@contoso.example","fields":{"surname":"Example","emailAddresses":[{"address":"e@example.test"}]}}`,
			order(func(s *Server, in recordOrder) (any, error) { return created(s.Create(in.User, in.Folder, in.Fields)) }),
		},
		{
			"contact/edit", "change properties of a contact; null clears", `{"user":"ann@contoso.example","id":"ID","fields":{"jobTitle":"Director"}}`,
			order(func(s *Server, in recordOrder) (any, error) { return done(s.Edit(in.User, in.ID, in.Fields)) }),
		},
		{
			"contact/move", "put a contact into another folder, or back; also out of the deleted items", `{"user":"ann@contoso.example","id":"ID","folder":"Other"}`,
			order(func(s *Server, in recordOrder) (any, error) { return done(s.Move(in.User, in.ID, in.Folder)) }),
		},
		{
			"contact/copy", "copy a contact with its extended properties; answers the copy's immutable id", `{"user":"ann@contoso.example","id":"ID","folder":""}`,
			order(func(s *Server, in recordOrder) (any, error) {
				return created(s.CopyContact(in.User, in.ID, in.Folder))
			}),
		},
		{
			"contact/spoil", "make answers show value in place of a property", `{"user":"ann@contoso.example","id":"ID","property":"surname","value":7}`,
			order(func(s *Server, in recordOrder) (any, error) {
				if in.Property == "" {
					return nil, fmt.Errorf("spoil a contact of %s: want a property", in.User)
				}
				return done(s.Spoil(in.User, in.ID, in.Property, in.Value))
			}),
		},
		{
			"contact/mend", "make answers show a contact as it is again", `{"user":"ann@contoso.example","id":"ID"}`,
			order(func(s *Server, in recordOrder) (any, error) { return done(s.Mend(in.User, in.ID)) }),
		},
		{
			"contact/delete", "delete a contact", `{"user":"ann@contoso.example","id":"ID"}`,
			order(func(s *Server, in recordOrder) (any, error) { return done(s.Delete(in.User, in.ID)) }),
		},
		{
			"folder/add", "add a folder below the default one; answers its id", `{"user":"ann@contoso.example","name":"Customers"}`,
			order(func(s *Server, in folderOrder) (any, error) {
				id := s.AddFolder(in.User, in.Name)
				if id == "" {
					return nil, fmt.Errorf("add a folder for %s: no such user, or the name is missing or taken", in.User)
				}
				return created(id, nil)
			}),
		},
		{
			"folder/delete", "delete a folder with everything in it", `{"user":"ann@contoso.example","folder":"Customers"}`,
			order(func(s *Server, in folderOrder) (any, error) { return done(s.DeleteFolder(in.User, in.Folder)) }),
		},
		{
			"delta/reset", "kill every delta token of a mailbox", `{"user":"ann@contoso.example"}`,
			order(func(s *Server, in folderOrder) (any, error) { return done(s.ResetDelta(in.User)) }),
		},
	}
}
