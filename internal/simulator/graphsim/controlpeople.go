package graphsim

import "errors"

type userOrder struct {
	UPN         string `json:"upn"`
	Password    string `json:"password"`
	DisplayName string `json:"displayName"`
	Mail        string `json:"mail"`
	TenantID    string `json:"tenantId"`
}

type appOrder struct {
	ClientID     string   `json:"clientId"`
	Secret       string   `json:"secret"`
	TenantID     string   `json:"tenantId"`
	RedirectURLs []string `json:"redirectUrls"`
	Expired      bool     `json:"expired"`
}

type nameOrder struct {
	Address string `json:"address"`
	Name    string `json:"name"`
}

// peopleCommands are what an admin of the tenants does with apps and people.
func peopleCommands() []command {
	return []command{
		{
			"user/add", "add a person with an empty mailbox, in any tenant; answers the object id", `{"upn":"new@fabrikam.example","password":"the word","tenantId":"22222222-3333-4444-5555-666666666666"}`,
			order(func(s *Server, in userOrder) (any, error) {
				if in.UPN == "" || in.TenantID == "" || s.directory.account(in.UPN) != nil {
					return nil, errors.New("add a user: want a tenantId and a upn that is not taken")
				}
				return created(s.AddUser(User(in)), nil)
			}),
		},
		{
			"user/password", "change a password; no token ends by it", `{"upn":"ann@contoso.example","password":"another word"}`,
			order(func(s *Server, in userOrder) (any, error) { return done(s.SetPassword(in.UPN, in.Password)) }),
		},
		{
			"app/add", "register an app, or replace it; without a tenantId it is multi-tenant", `{"clientId":"app-2","secret":"another secret","redirectUrls":["http://127.0.0.1:8080/oauth/callback"]}`,
			order(func(s *Server, in appOrder) (any, error) {
				if in.ClientID == "" {
					return nil, errors.New("add an app: want a clientId")
				}
				s.AddApp(App{ClientID: in.ClientID, Secret: in.Secret, TenantID: in.TenantID, RedirectURLs: in.RedirectURLs})
				return done(nil)
			}),
		},
		{
			"app/secret", "make an app's secret expired, or valid again", `{"clientId":"app-2","expired":true}`,
			order(func(s *Server, in appOrder) (any, error) { return done(s.ExpireSecret(in.ClientID, in.Expired)) }),
		},
		{
			"directory/name", "put an address into the global address list; its name then wins in contacts", `{"address":"boss@contoso.example","name":"The Boss"}`,
			order(func(s *Server, in nameOrder) (any, error) {
				s.SetDirectoryName(in.Address, in.Name)
				return done(nil)
			}),
		},
	}
}
