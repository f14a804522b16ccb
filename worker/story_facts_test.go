package worker_test

import (
	"fmt"
	"strings"

	"contactbridge/internal/contact"
	"contactbridge/internal/demo"
)

// facts are written by hand, and never by an update.
var facts = []sentence{
	{"{who}'s vTiger shows {name}: {fields}", func(s *story, x said) error { return s.shows(contact.VTiger, x) }},
	{"{who}'s Outlook shows {name}: {fields}", func(s *story, x said) error { return s.shows(contact.Outlook, x) }},
	{"{who}'s {side} shows {n} {contacts}", func(s *story, x said) error { return s.counts(x.side, x.who[0], "", x.n) }},
	{"{who}'s {side} shows nobody", func(s *story, x said) error { return s.counts(x.side, x.who[0], "", 0) }},
	{"{who}'s folder {word} shows {n} {contacts}", func(s *story, x said) error { return s.counts(contact.Outlook, x.who[0], x.text, x.n) }},
	{"{name} is gone from {who}'s {side}", func(s *story, x said) error {
		s.facts++
		if _, err := s.shown(x.side, x.who[0], x.names[0]); err == nil {
			return fmt.Errorf("%s is still there", x.names[0])
		}
		return nil
	}},
	{"no sync has deleted anybody", func(s *story, _ said) error {
		s.facts++
		if n := s.vtiger.Count("delete") + s.microsoft.Count("contacts.delete"); n > 0 {
			return fmt.Errorf("%d deletions were sent", n)
		}
		return nil
	}},
	{"{who}'s connection is stopped by {text}", func(s *story, x said) error { return s.stopped(x.who[0], x.text) }},
	{"{who}'s connection is not stopped", func(s *story, x said) error { return s.stopped(x.who[0], "") }},
	{"{who}'s two books show the same", func(s *story, x said) error {
		s.facts++
		if _, differences := demo.Compare(s.vtiger, s.microsoft, x.who[0].Person); len(differences) > 0 {
			return fmt.Errorf("%s", strings.Join(differences, "\n"))
		}
		return nil
	}},
}

// shown reads a living contact of a person's book by field.
func (s *story) shown(side contact.Side, x *actor, name string) (func(field string) string, error) {
	id, err := s.known(side, x, name)
	if err != nil {
		return nil, err
	}
	if side == contact.Outlook {
		c := s.microsoft.Contact(x.Mailbox, id)
		if c == nil {
			return nil, fmt.Errorf("%s is not in Outlook", name)
		}
		return func(field string) string { return shownInOutlook(c, field) }, nil
	}
	r, there := s.vtiger.Record(id)
	if !there || r["deleted"] == "1" || r["assigned_user_id"] != x.ID {
		return nil, fmt.Errorf("%s is not among %s's contacts in vTiger", name, x.Name)
	}
	return func(field string) string { return s.shownInVTiger(r, field) }, nil
}

// shows demands what a contact shows; fields that are not named may hold anything.
func (s *story) shows(side contact.Side, x said) error {
	s.facts++
	read, err := s.shown(side, x.who[0], x.names[0])
	if err != nil {
		return err
	}
	var wrong []string
	for _, p := range x.fields {
		if got := read(p.key); got != p.value {
			wrong = append(wrong, fmt.Sprintf("%s is %q, not %q", p.key, got, p.value))
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%s", strings.Join(wrong, "\n"))
	}
	return nil
}

// counts demands how many contacts a person's book or folder holds.
func (s *story) counts(side contact.Side, x *actor, folder string, want int) error {
	s.facts++
	got := len(s.microsoft.Contacts(x.Mailbox, folder))
	if side == contact.VTiger {
		r := *s.rig
		r.user = x.Person
		got = r.ownCount()
	}
	if got != want {
		return fmt.Errorf("there are %d", got)
	}
	return nil
}

// stopped demands what a person's connection shows as its trouble, until a sync succeeds again.
func (s *story) stopped(x *actor, by string) error {
	s.facts++
	if c := s.connected(x); c.Trouble != by {
		return fmt.Errorf("it is stopped by %q", c.Trouble)
	}
	return nil
}
