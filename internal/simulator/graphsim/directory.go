package graphsim

import (
	"strings"
	"sync"
)

// App is an app registration. Without a TenantID it is multi-tenant; with one it is refused on /common.
type App struct {
	ClientID     string
	Secret       string
	TenantID     string
	RedirectURLs []string
	// ContactsOnly is an app whose application permissions cover contacts, but not looking up users.
	ContactsOnly bool
}

// User is a person with a mailbox. Mail defaults to the UPN, DisplayName to the part before its @.
type User struct {
	UPN         string
	Password    string
	DisplayName string
	Mail        string
	TenantID    string
}

type app struct {
	App
	secretExpired bool
}

// account is a user with the state of the sign-in and the mailbox. All but mailbox is guarded by the directory.
type account struct {
	User
	id            string
	mailbox       *mailbox
	consents      map[string]map[string]bool // client id -> scopes in lower case
	signInError   int                        // AADSTS number that every sign-in and refresh ends with
	revoked       int                        // AADSTS number for refresh tokens issued before revocation
	generation    int                        // tokens of an older generation are dead
	accessEnded   int                        // access tokens of an older count are dead
	demand        string                     // claims that access tokens must have been asked for with
	noMailbox     bool
	denied        bool
	noMailboxSeen int
}

type directory struct {
	mu       sync.Mutex
	apps     map[string]*app
	accounts map[string]*account // by lower-case UPN, mail and object id
	tenants  map[string]string   // tenant ids and domains in lower case -> tenant id
	names    map[string]string   // names of the global address list by lower-case address
}

func newDirectory() *directory {
	return &directory{
		apps: map[string]*app{}, accounts: map[string]*account{},
		tenants: map[string]string{}, names: map[string]string{},
	}
}

// AddApp registers an app, or replaces the one with the same ClientID.
func (s *Server) AddApp(a App) {
	d := s.directory
	d.mu.Lock()
	defer d.mu.Unlock()
	d.apps[a.ClientID] = &app{App: a}
	if a.TenantID != "" {
		d.tenants[strings.ToLower(a.TenantID)] = a.TenantID
	}
}

// AddUser adds a person with an empty mailbox and returns the object id.
func (s *Server) AddUser(u User) (objectID string) {
	local, domain, _ := strings.Cut(u.UPN, "@")
	if u.Mail == "" {
		u.Mail = u.UPN
	}
	if u.DisplayName == "" {
		u.DisplayName = local
	}
	a := &account{User: u, id: newGUID(), mailbox: newMailbox(s.ids), consents: map[string]map[string]bool{}}
	a.mailbox.changed = func(f *folder, kind string, it *item) { s.changed(a, f, kind, it) }
	d := s.directory
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, name := range []string{u.UPN, u.Mail, a.id} {
		d.accounts[strings.ToLower(name)] = a
	}
	d.tenants[strings.ToLower(u.TenantID)] = u.TenantID
	d.tenants[strings.ToLower(domain)] = u.TenantID
	return a.id
}

// SetDirectoryName puts an address into the global address list. Exchange then shows name for that address in every
// contact written later, whatever the client sends.
func (s *Server) SetDirectoryName(address, name string) {
	s.directory.mu.Lock()
	defer s.directory.mu.Unlock()
	s.directory.names[strings.ToLower(address)] = name
}

func (d *directory) name(address string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.names[strings.ToLower(address)]
}

func (d *directory) account(name string) *account {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.accounts[strings.ToLower(name)]
}

func (d *directory) app(clientID string) (app, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if a := d.apps[clientID]; a != nil {
		return *a, true
	}
	return app{}, false
}

// tenant resolves a tenant id or domain; shared is true for common, organizations and consumers.
func (d *directory) tenant(name string) (id string, shared, ok bool) {
	name = strings.ToLower(name)
	switch name {
	case "common", "organizations", "consumers":
		return "", true, true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	id, ok = d.tenants[name]
	return id, false, ok
}
