package worker_test

import (
	"fmt"
	"strings"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/demo"
	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/graphsim"
)

// begin makes two homes that know a few people, and what is nobody's business.
func (m *machine) begin() {
	m.microsoft.Configure(func(s *graphsim.Settings) {
		s.DeletedItems, s.ReplaceAddresses = m.chance.IntN(2) == 0, m.chance.IntN(2) == 0
		s.Delta.Duplicates, s.Delta.Partial = m.chance.IntN(4) == 0, m.chance.IntN(4) == 0
	})
	m.mailboxes = append(m.mailboxes, m.cast.Users...)
	for _, u := range m.cast.Users {
		spare := demo.Person{Name: u.Name, UserName: u.UserName + "2", Password: u.Password, Mailbox: "spare-" + u.Mailbox}
		m.microsoft.AddUser(graphsim.User{UPN: spare.Mailbox, Password: spare.Password, Mail: spare.Mailbox, TenantID: m.cast.TenantID})
		m.mailboxes = append(m.mailboxes, spare)
	}
	for _, box := range m.mailboxes {
		m.folders[box.Mailbox] = m.microsoft.AddFolder(box.Mailbox, sideFolder)
	}
	for i, u := range m.cast.Users {
		r := *m.rig
		r.user, r.connection = u, m.join(u, m.first)
		h := &home{rig: &r, number: i, box: u.Mailbox}
		m.homes = append(m.homes, h)
		h.noteRemoves()
		for range 3 {
			m.makes(h)
		}
	}
	m.strangers()
	m.others = m.business()
}

// meet lets both homes sync undisturbed.
func (m *machine) meet() {
	for _, h := range m.homes {
		h.tries++
		m.tell("%s syncs undisturbed", h.user.Name)
		r, set := m.serve(h, order{}, func() {}), h.current().Settings
		if !r.failed && !r.abandoned && set.BatchSize == 0 && set.Direction == contact.Both {
			m.wasClean(h)
		}
	}
	m.look()
}

// first are the settings with which a connection begins.
func (m *machine) first(s *ledger.Settings) {
	s.DeleteInOutlook, s.DeleteInVTiger = m.chance.IntN(4) > 0, m.chance.IntN(4) > 0
	s.ConflictPolicy = m.policy()
	if m.chance.IntN(3) == 0 {
		s.DeleteVersus = "deleteWins"
	}
	if m.chance.IntN(6) == 0 {
		s.OnScopeExit = ledger.RemoveCopy
	}
	s.ExistsElsewhere = m.elsewhere()
}

// strangers makes records that no connection may touch: of a user without one, and in folders that nobody syncs.
func (m *machine) strangers() {
	for n := range 2 {
		m.vtiger.AddContact(m.cast.Admin.ID, map[string]string{"lastname": fmt.Sprintf("Foreign %d", n), "email": fmt.Sprintf("f%d@foreign.example", n)})
	}
	for _, box := range m.mailboxes {
		m.microsoft.AddFolder(box.Mailbox, "Private")
		_, err := m.microsoft.Create(box.Mailbox, "Private", map[string]any{"surname": "Private", "jobTitle": "Nobody's business"})
		require.NoError(m.t, err)
	}
}

// business is what strangers look like, whole.
func (m *machine) business() map[string]string {
	out := map[string]string{}
	for _, r := range m.vtiger.Contacts() {
		if strings.HasPrefix(r["lastname"], "Foreign") {
			out[r["id"]] = fmt.Sprint(r)
		}
	}
	for _, box := range m.mailboxes {
		for i, r := range m.microsoft.Contacts(box.Mailbox, "Private") {
			out[fmt.Sprint(box.Mailbox, i)] = fmt.Sprint(r)
		}
	}
	return out
}

// holds tells whether a record is in the home's share now.
func (h *home) holds(s sheet) bool {
	if s.side == contact.VTiger {
		return s.owner == h.user.ID
	}
	return s.box == h.box && s.folder == h.folder
}

// homesOf lists the homes that hold a record.
func (m *machine) homesOf(s sheet) (out []*home) {
	for _, h := range m.homes {
		if h.holds(s) {
			out = append(out, h)
		}
	}
	return out
}

// known gives the person of a record.
func (m *machine) known(s sheet) *person {
	for _, p := range m.people {
		if p.surname() == s.fields["surname"] {
			return p
		}
	}
	require.FailNow(m.t, "nobody made this person", s.fields["surname"])
	return nil
}

func (m *machine) where(s sheet) string {
	if s.side == contact.VTiger {
		return "vTiger of " + s.owner
	}
	return s.box + "/" + s.folder
}

// look remembers every record that there is, as it was last seen.
func (m *machine) look() {
	for _, s := range m.all() {
		if strings.HasPrefix(s.fields["surname"], "Person-") {
			m.seen[s.id] = s
		}
	}
}
