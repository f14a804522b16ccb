package worker_test

import (
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/vtigersim"
)

// deeds are what people do by hand in either book.
var deeds = []sentence{
	{"before the next sync writes, {rest}", func(s *story, x said) error {
		s.between = append(s.between, func() { require.NoError(s.t, s.speak(x.text)) })
		return nil
	}},
	{"{who} edits in vTiger {name}: {fields}", func(s *story, x said) error { return s.edit(contact.VTiger, x) }},
	{"{who} edits in Outlook {name}: {fields}", func(s *story, x said) error { return s.edit(contact.Outlook, x) }},
	{"{who} edited in vTiger, an hour ago, {name}: {fields}", func(s *story, x said) error {
		s.vtiger.SetClockSkew(-time.Hour)
		defer s.vtiger.SetClockSkew(0)
		return s.edit(contact.VTiger, x)
	}},
	{"{who} saves in vTiger {name} without a change", func(s *story, x said) error { return s.edit(contact.VTiger, x) }},
	{"{who} deletes in {side} {name}", func(s *story, x said) error { return s.remove(x.side, x.who[0], x.names[0]) }},
	{"{who} deletes in {side} everybody called {name}", (*story).removeCrowd},
	{"everybody called {name} is edited in vTiger: {fields}", func(s *story, x said) error { return s.editCrowd(x, 0) }},
	{"the first {n} called {name} are edited in vTiger: {fields}", func(s *story, x said) error { return s.editCrowd(x, x.n) }},
	{"{who} restores in vTiger {name}", func(s *story, x said) error { return s.onVTiger(x, s.vtiger.Restore) }},
	{"{who} purges in vTiger {name}", func(s *story, x said) error { return s.onVTiger(x, s.vtiger.Purge) }},
	{"{who} gives {name} in vTiger to {who}", func(s *story, x said) error {
		return s.onVTiger(x, func(id string) error { return s.vtiger.Reassign(id, x.who[1].ID) })
	}},
	{"{who} merges in vTiger {name} into {name}: {fields}", (*story).merge},
	{"{who} moves in Outlook {name} to the folder {word}", func(s *story, x said) error {
		folder := s.folder(x.who[0], x.text)
		return s.onOutlook(x, func(id string) error { return s.microsoft.Move(x.who[0].Mailbox, id, folder) })
	}},
	{"{who} moves in Outlook {name} back", func(s *story, x said) error {
		return s.onOutlook(x, func(id string) error { return s.microsoft.Move(x.who[0].Mailbox, id, "") })
	}},
	{"{who} copies in Outlook {name} as {name}", func(s *story, x said) error {
		return s.onOutlook(x, func(id string) error {
			made, err := s.microsoft.CopyContact(x.who[0].Mailbox, id, "")
			s.names.give(place(contact.Outlook, x.who[0]), x.names[1], made)
			return err
		})
	}},
	{"{who} deletes in Outlook the folder {word}", func(s *story, x said) error {
		return s.microsoft.DeleteFolder(x.who[0].Mailbox, x.text)
	}},
	{"Ada renames in vTiger the organisation {word} to {word}", func(s *story, x said) error {
		return s.vtiger.Edit(s.vtiger.AddAccount(x.text), map[string]string{"accountname": x.other})
	}},
	{"Ada deletes the saved filter {word}", func(s *story, x said) error { return s.vtiger.RemoveFilter(s.names.ids["filter/"+x.text]) }},
}

// edit changes a contact as a person does by hand.
func (s *story) edit(side contact.Side, x said) error {
	if side == contact.VTiger {
		return s.onVTiger(x, func(id string) error { return s.vtiger.Edit(id, s.inVTiger(x.fields)) })
	}
	return s.onOutlook(x, func(id string) error { return s.microsoft.Edit(x.who[0].Mailbox, id, inOutlook(x.fields)) })
}

// onVTiger does something with the vTiger record of the sentence's first name.
func (s *story) onVTiger(x said, do func(id string) error) error {
	id, err := s.known(contact.VTiger, x.who[0], x.names[0])
	if err != nil {
		return err
	}
	return do(id)
}

// onOutlook is onVTiger for the mailbox of the sentence's first person.
func (s *story) onOutlook(x said, do func(id string) error) error {
	id, err := s.known(contact.Outlook, x.who[0], x.names[0])
	if err != nil {
		return err
	}
	return do(id)
}

func (s *story) remove(side contact.Side, x *actor, name string) error {
	id, err := s.known(side, x, name)
	switch {
	case err != nil:
		return err
	case side == contact.VTiger:
		return s.vtiger.Delete(id)
	}
	return s.microsoft.Delete(x.Mailbox, id)
}

func (s *story) removeCrowd(x said) error {
	for _, name := range s.crowdMembers(x.side, x.who[0], x.names[0]) {
		if err := s.remove(x.side, x.who[0], name); err != nil {
			return err
		}
	}
	return nil
}

// editCrowd edits the first of a crowd in vTiger, or all of it.
func (s *story) editCrowd(x said, first int) error {
	all := s.crowdMembers(contact.VTiger, nil, x.names[0])
	if first == 0 {
		first = len(all)
	}
	for _, name := range all[:first] {
		if err := s.vtiger.Edit(s.names.ids[place(contact.VTiger, nil)+name], s.inVTiger(x.fields)); err != nil {
			return err
		}
	}
	return nil
}

// crowdMembers lists the names of a crowd.
func (s *story) crowdMembers(side contact.Side, x *actor, name string) (out []string) {
	for n := 1; ; n++ {
		one := fmt.Sprintf("%s-%02d", name, n)
		if s.names.ids[place(side, x)+one] == "" {
			return out
		}
		out = append(out, one)
	}
}

// merge is what vTiger does when a person merges two records: the first is deleted, the second saved.
func (s *story) merge(x said) error {
	if err := s.remove(contact.VTiger, x.who[0], x.names[0]); err != nil {
		return err
	}
	x.names = x.names[1:]
	return s.edit(contact.VTiger, x)
}

func (s *story) saveFilter(name, where string) error {
	id, err := s.vtiger.AddFilter(vtigersim.SavedFilter{Owner: s.cast.Admin.ID, Module: "Contacts", Name: name, Shared: true, Where: where})
	s.names.ids["filter/"+name] = id
	return err
}
