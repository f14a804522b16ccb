package graphsim

import (
	"cmp"
	"maps"
	"slices"
)

// state is everything there is to see, without passwords, secrets and tokens.
type state struct {
	Apps     []appState        `json:"apps"`
	Users    []userState       `json:"users"`
	Names    map[string]string `json:"directoryNames"` // of the global address list, by address
	Counts   map[string]int    `json:"counts"`
	Statuses map[int]int       `json:"statuses"`
	Faults   []faultState      `json:"faults"` // that did not happen yet
	Switches switchState       `json:"switches"`
	Time     string            `json:"time"`
}

type appState struct {
	ClientID      string   `json:"clientId"`
	TenantID      string   `json:"tenantId"`
	RedirectURLs  []string `json:"redirectUrls"`
	SecretExpired bool     `json:"secretExpired"`
}

type userState struct {
	ID              string        `json:"id"`
	UPN             string        `json:"upn"`
	Mail            string        `json:"mail"`
	DisplayName     string        `json:"displayName"`
	TenantID        string        `json:"tenantId"`
	MailboxDisabled bool          `json:"mailboxDisabled"`
	MailboxDenied   bool          `json:"mailboxDenied"`
	SignInError     int           `json:"signInError"`
	MaxConcurrency  int           `json:"maxConcurrency"`
	Folders         []folderState `json:"folders"` // the default one first, the deleted items last
}

type folderState struct {
	ID       string         `json:"id"`
	Name     string         `json:"name"`
	Parent   string         `json:"parent"`
	Contacts []contactState `json:"contacts"`
}

type contactState struct {
	DefaultID string            `json:"defaultId"`
	Shown     map[string]any    `json:"shown"` // with the immutable id
	Stamps    map[string]string `json:"stamps"`
	Spoiled   map[string]any    `json:"spoiled,omitempty"`
}

type faultState struct {
	Operation string `json:"operation"`
	Times     int    `json:"times"`
	Status    int    `json:"status"`
	AADSTS    int    `json:"aadsts,omitempty"`
	User      string `json:"user,omitempty"`
}

func (s *Server) state() state {
	shown := state{
		Counts: s.Counts(), Statuses: s.Statuses(), Switches: showSettings(s.current()), Time: timestamp(s.now()),
		Apps: []appState{}, Users: []userState{}, Faults: s.faults.state(),
	}
	mailboxes := s.directory.show(&shown)
	for i := range shown.Users {
		u := &shown.Users[i]
		u.MaxConcurrency, u.Folders = s.MaxConcurrency(u.ID), mailboxes[u.ID].state()
	}
	return shown
}

// show fills in apps and people, and gives the mailboxes by object id, to be read without the directory's lock.
func (d *directory) show(into *state) map[string]*mailbox {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(d.apps)) {
		a := d.apps[id]
		into.Apps = append(into.Apps, appState{a.ClientID, a.TenantID, append([]string{}, a.RedirectURLs...), a.secretExpired})
	}
	mailboxes := map[string]*mailbox{}
	for _, a := range d.accounts {
		if mailboxes[a.id] != nil {
			continue // it stands there under several names
		}
		mailboxes[a.id] = a.mailbox
		into.Users = append(into.Users, userState{
			ID: a.id, UPN: a.UPN, Mail: a.Mail, DisplayName: a.DisplayName, TenantID: a.TenantID,
			MailboxDisabled: a.noMailbox, MailboxDenied: a.denied, SignInError: a.signInError,
		})
	}
	slices.SortFunc(into.Users, func(a, b userState) int { return cmp.Compare(a.UPN, b.UPN) })
	into.Names = maps.Clone(d.names)
	return mailboxes
}

func (m *mailbox) state() []folderState {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := slices.SortedFunc(maps.Values(m.folders), func(a, b *folder) int { return a.order - b.order })
	var all []folderState
	for _, f := range append(list, m.deleted) {
		one := folderState{ID: f.id, Name: f.name, Contacts: []contactState{}}
		if f.parent != nil {
			one.Parent = f.parent.id
		}
		for _, it := range f.items {
			one.Contacts = append(one.Contacts, contactState{it.id, shown(it), maps.Clone(it.stamps), maps.Clone(it.spoiled)})
		}
		all = append(all, one)
	}
	return all
}

func (f *faults) state() []faultState {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := []faultState{}
	for _, r := range f.rules {
		list = append(list, faultState{r.op, r.left, r.fault.Status, r.fault.AADSTS, r.fault.User})
	}
	return list
}
