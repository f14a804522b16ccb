// Package demo tells the product's story against the simulators, through the public REST API only, and checks the ending
// by comparing both sides itself.
package demo

import (
	"fmt"

	"contactbridge/internal/simulator/graphsim"
	"contactbridge/internal/simulator/vtigersim"
)

// Person is somebody who can sign in to both sides.
type Person struct {
	Name     string // first name
	UserName string // in vTiger
	Password string // of both sides
	Mailbox  string // at Microsoft
	ID       string // in vTiger, set by Seed
}

// Cast is who and what the simulators are filled with.
type Cast struct {
	Admin        Person
	AccessKey    string // the admin's, for the integration account
	Users        []Person
	TenantID     string
	ClientID     string
	ClientSecret string
}

// NewCast gives Ada, the admin, and two users.
func NewCast() Cast {
	return Cast{
		Admin:     Person{Name: "Ada", UserName: "admin", Password: "demo-admin"},
		AccessKey: "demoAccessKey123",
		Users: []Person{
			{Name: "Alice", UserName: "alice", Password: "demo-alice", Mailbox: "alice@bridge.example"},
			{Name: "Bob", UserName: "bob", Password: "demo-bob", Mailbox: "bob@bridge.example"},
		},
		TenantID: "11111111-2222-3333-4444-555555555555", ClientID: "66666666-7777-8888-9999-000000000000", ClientSecret: "demo-client-secret",
	}
}

// Seed makes the accounts in both simulators. redirectURL is the one that Microsoft may send people back to.
func (c *Cast) Seed(v *vtigersim.Server, m *graphsim.Server, redirectURL string) {
	c.Admin.ID = v.AddUser(vtigersim.User{
		UserName: c.Admin.UserName, Password: c.Admin.Password, AccessKey: c.AccessKey,
		FirstName: c.Admin.Name, LastName: "Administrator", Email: "ada@bridge.example", Admin: true,
	})
	m.AddApp(graphsim.App{ClientID: c.ClientID, Secret: c.ClientSecret, TenantID: c.TenantID, RedirectURLs: []string{redirectURL}})
	for i := range c.Users {
		u := &c.Users[i]
		u.ID = v.AddUser(vtigersim.User{
			UserName: u.UserName, Password: u.Password, AccessKey: "key-" + u.UserName, FirstName: u.Name, LastName: "Sales", Email: u.Mailbox,
		})
		m.AddUser(graphsim.User{UPN: u.Mailbox, Password: u.Password, DisplayName: u.Name + " Sales", Mail: u.Mailbox, TenantID: c.TenantID})
	}
}

// People fills each user's share: 20 contacts in vTiger and 20 in Outlook, 5 of them the same people, known a little
// differently on either side.
func (c *Cast) People(v *vtigersim.Server, m *graphsim.Server) {
	for u, user := range c.Users {
		acme := v.AddAccount(fmt.Sprintf("Acme %s GmbH", user.Name))
		for i := range 20 {
			n := u*35 + i
			fields := map[string]string{
				"firstname": first(n), "lastname": last(n), "email": mail(n), "phone": phone(n),
				"title": "Engineer", "mailingcity": "Zürich", "mailingstreet": fmt.Sprintf("Bahnhofstrasse %d", n+1), "account_id": acme,
			}
			if i%4 == 0 {
				fields["birthday"], fields["description"] = fmt.Sprintf("19%02d-02-2%d", 50+i, i%9), "Met at the fair.\nLikes AT&T & <b>bold</b>."
			}
			v.AddContact(user.ID, fields)
		}
		for i := range 20 {
			n := u*35 + 15 + i // the first five are vTiger's last five
			fields := map[string]any{
				"givenName": first(n), "surname": last(n), "displayName": first(n) + " " + last(n),
				"emailAddresses": []any{map[string]any{"address": mail(n), "name": first(n)}},
				"mobilePhone":    fmt.Sprintf("+41 79 555 %02d %02d", n/100, n%100), "department": "Purchasing",
			}
			if i%4 == 0 {
				fields["businessAddress"] = map[string]any{"street": "Rue de la Paix 1", "city": "Paris", "postalCode": "75002", "countryOrRegion": "France"}
			}
			if i < 5 {
				delete(fields, "businessAddress")
			}
			m.AddContact(user.Mailbox, "", fields)
		}
	}
}

func first(n int) string {
	names := []string{"Zoë", "Marie", "Ömer", "José", "Anna", "Łukasz", "Noor", "Ida", "Sean", "Mei"}
	return names[n%len(names)]
}

func last(n int) string {
	names := []string{"Müller", "Curie", "Yılmaz", "O'Brien", "Novák", "Kowalski", "Haddad"}
	return fmt.Sprintf("%s-%d", names[n%len(names)], n)
}

func mail(n int) string  { return fmt.Sprintf("person%d@customer.example", n) }
func phone(n int) string { return fmt.Sprintf("+41 44 668 %02d %02d", n/100, n%100) }
