package worker_test

import (
	"contactbridge/internal/contact"
	"contactbridge/internal/demo"
	"contactbridge/internal/ledger"
	"contactbridge/internal/outlook"
	"contactbridge/internal/reconcile"
)

// How connections change their mailbox and folder.

// boxes are all mailboxes: each user's own and a spare one.
func (m *machine) boxes() []demo.Person { return m.mailboxes }

// travels changes a home's mailbox or folder.
func (m *machine) travels(h *home) {
	defer func() { m.stirAll(h, true) }()
	switch m.chance.IntN(3) {
	case 0:
		folder := sideFolder
		if h.folder != "" {
			folder = ""
		}
		m.enters(h, h.box, folder)
	case 1:
		box := m.mailboxes[2+h.number].Mailbox
		if h.box == box {
			box = m.mailboxes[h.number].Mailbox
		}
		if m.free(box) {
			m.enters(h, box, "")
		}
	default:
		m.swaps()
	}
}

// free tells whether no home is signed in to a mailbox.
func (m *machine) free(box string) bool { return m.homes[0].box != box && m.homes[1].box != box }

// swaps lets both homes take each other's mailbox, by way of a spare one.
func (m *machine) swaps() {
	a, b := m.homes[0], m.homes[1]
	first, second := a.box, b.box
	for _, spare := range m.mailboxes {
		if m.free(spare.Mailbox) {
			m.mixed = true
			m.enters(a, spare.Mailbox, "")
			m.enters(b, first, "")
			m.enters(a, second, "")
			m.stirAll(a, true)
			m.stirAll(b, true)
			return
		}
	}
}

// enters signs a home in to a mailbox and chooses a folder there.
func (m *machine) enters(h *home, box, folder string) {
	m.tell("%s goes to %s/%s", h.user.Name, box, folder)
	if h.box != box {
		for _, who := range m.mailboxes {
			if who.Mailbox == box {
				h.signInAs(who)
			}
		}
	}
	h.box, h.folder = box, folder
	id := outlook.DefaultFolder
	if folder != "" {
		id = m.folders[box]
	}
	h.choose(id)
}

// goHome brings everybody back to where they began, with settings under which both sides must come to be equal.
func (m *machine) goHome() {
	for _, h := range m.homes {
		if own := m.mailboxes[h.number].Mailbox; h.box != own && !m.free(own) {
			m.swaps()
		}
	}
	for _, h := range m.homes {
		if own := m.mailboxes[h.number].Mailbox; h.box != own || h.folder != "" {
			m.enters(h, own, "")
			m.stirAll(h, true)
		}
		if was := h.current().Settings; was.Direction != contact.Both || isRemapped(was) {
			m.stirAll(h, isRemapped(was))
		}
		// Deletions of before the switches are not made up for.
		if m.chance.IntN(2) == 0 {
			m.stirAll(h, false)
			h.change(func(s *ledger.Settings) { s.DeleteInVTiger, s.DeleteInOutlook = true, true })
		}
		h.change(func(s *ledger.Settings) {
			s.Direction, s.BatchSize, s.SyncFrom, s.Guard = contact.Both, 0, "", reconcile.Limits{}
			if isRemapped(*s) {
				exchange(s)
			}
		})
	}
}
