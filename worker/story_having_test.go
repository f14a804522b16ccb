package worker_test

import (
	"fmt"
	"regexp"

	"contactbridge/internal/contact"
)

// havings say who is in which book before anything happens.
var havings = []sentence{
	{"{who} has in vTiger {name}: {fields}", func(s *story, x said) error {
		return s.add(contact.VTiger, x.who[0], "", x.names[0], x.fields)
	}},
	{"{who} has in Outlook {name}: {fields}", func(s *story, x said) error {
		return s.add(contact.Outlook, x.who[0], "", x.names[0], x.fields)
	}},
	{"{who} has in Outlook's folder {word} {name}: {fields}", func(s *story, x said) error {
		return s.add(contact.Outlook, x.who[0], x.text, x.names[0], x.fields)
	}},
	{"{who} has in {side} {n} people called {name}", func(s *story, x said) error {
		return s.crowd(x.side, x.who[0], x.n, x.names[0])
	}},
	{"{who} has in Outlook a folder {word}", func(s *story, x said) error {
		s.folder(x.who[0], x.text)
		return nil
	}},
	{"vTiger has a saved filter {word}: {text}", func(s *story, x said) error { return s.saveFilter(x.text, x.other) }},
}

// add makes a contact as a person does by hand.
func (s *story) add(side contact.Side, x *actor, folder, name string, fields []pair) error {
	if side == contact.VTiger {
		s.names.give(place(side, x), name, s.vtiger.AddContact(x.ID, s.inVTiger(fields)))
		return nil
	}
	if folder != "" {
		folder = s.folder(x, folder)
	}
	id, err := s.microsoft.Create(x.Mailbox, folder, inOutlook(fields))
	s.names.give(place(side, x), name, id)
	return err
}

// folder gives the id of a person's folder, which is made when it is first named.
func (s *story) folder(x *actor, name string) string {
	key := "folder/" + x.Name + "/" + name
	if s.names.ids[key] == "" {
		s.names.ids[key] = s.microsoft.AddFolder(x.Mailbox, name)
	}
	return s.names.ids[key]
}

// crowd makes many contacts whose names differ in their number only.
func (s *story) crowd(side contact.Side, x *actor, n int, name string) error {
	for i := range n {
		last, mail := fmt.Sprintf("%s %02d", name, i+1), fmt.Sprintf("%s%02d@x.test", name, i+1)
		fields := []pair{{"lastname", last}, {"email", mail}}
		if side == contact.Outlook {
			fields = []pair{{"surname", last}, {"email", mail}}
		}
		if err := s.add(side, x, "", fmt.Sprintf("%s-%02d", name, i+1), fields); err != nil {
			return err
		}
	}
	return nil
}

var ofCrowd = regexp.MustCompile(`^(.+)-\d\d+$`)

// isCrowd tells whether a name is one of many, of which nobody wants to read every single one.
func isCrowd(name string) bool { return ofCrowd.MatchString(name) }

func crowdOf(name string) string { return ofCrowd.FindStringSubmatch(name)[1] }

// known finds the record that a name stands for.
func (s *story) known(side contact.Side, x *actor, name string) (string, error) {
	id, known := s.names.ids[place(side, x)+name]
	if !known {
		return "", fmt.Errorf("nobody in %s is called %s yet", side.Title(), name)
	}
	return id, nil
}
