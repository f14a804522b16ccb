package graphsim

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
)

// AddFolder adds a folder below the default one and returns its id; "" if there is no such user or the name is taken.
func (s *Server) AddFolder(user, name string) (folderID string) {
	a := s.directory.account(user)
	if a == nil {
		return ""
	}
	m := a.mailbox
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.freeName(name, m.contacts, nil) != nil {
		return ""
	}
	return m.addFolder(name, m.contacts).id
}

// AddContact adds a contact the way a person does in Outlook, from properties under their Graph names, and returns
// the immutable id. Folder is an id or a name; "" is the default folder. The result is "" if user or folder are
// missing or the service would refuse the fields. [Server.Create] says why.
func (s *Server) AddContact(user, folder string, fields map[string]any) (immutableID string) {
	id, err := s.Create(user, folder, fields)
	if err != nil {
		return ""
	}
	return id
}

// Create is [Server.AddContact] with its error.
func (s *Server) Create(user, folderName string, fields map[string]any) (immutableID string, err error) {
	w, err := s.seedWrite(fields, true)
	if err != nil {
		return "", fmt.Errorf("add a contact of %s: %w", user, err)
	}
	err = s.inFolder(user, folderName, func(m *mailbox, f *folder) error {
		immutableID = m.create(f, w.content(nil, true, false), w.stamps, s.now()).immutableID
		return nil
	})
	return immutableID, err
}

// Edit changes a contact as a PATCH with these fields would. Id is the immutable or the default one, as everywhere.
func (s *Server) Edit(user, id string, fields map[string]any) error {
	w, err := s.seedWrite(fields, false)
	if err != nil {
		return fmt.Errorf("edit contact %s of %s: %w", id, user, err)
	}
	replace := s.current().ReplaceAddresses
	return s.onItem(user, id, func(m *mailbox, it *item) error {
		m.update(it, w.content(it.fields, false, replace), w.stamps, s.now())
		return nil
	})
}

// Delete removes a contact as a person does; with DeletedItems, [Server.Move] brings it back.
func (s *Server) Delete(user, id string) error {
	keep := s.current().DeletedItems
	return s.onItem(user, id, func(m *mailbox, it *item) error {
		m.delete(it, keep, s.now())
		return nil
	})
}

// Move puts a contact into another folder of the mailbox: the default id changes, the immutable one does not.
func (s *Server) Move(user, id, folder string) error {
	return s.onItem(user, id, func(m *mailbox, it *item) error {
		f := m.named(folder)
		if f == nil {
			return errNoFolder
		}
		m.move(it, f, s.now())
		return nil
	})
}

// Spoil makes answers show value in place of a property from now on, for values that the service should not hold but
// does; the contact counts as changed. [Server.Mend] ends it.
func (s *Server) Spoil(user, id, property string, value any) error {
	return s.onItem(user, id, func(m *mailbox, it *item) error {
		spoiled := maps.Clone(it.spoiled)
		if spoiled == nil {
			spoiled = map[string]any{}
		}
		spoiled[property] = value
		it.spoiled = spoiled
		m.update(it, it.fields, nil, s.now())
		return nil
	})
}

// Mend makes answers show the contact as it is again; the contact counts as changed.
func (s *Server) Mend(user, id string) error {
	return s.onItem(user, id, func(m *mailbox, it *item) error {
		it.spoiled = nil
		m.update(it, it.fields, nil, s.now())
		return nil
	})
}

// CopyContact copies a contact into a folder, with its extended properties, and returns the copy's immutable id.
func (s *Server) CopyContact(user, id, folder string) (immutableID string, err error) {
	err = s.onItem(user, id, func(m *mailbox, it *item) error {
		f := m.named(folder)
		if f == nil {
			return errNoFolder
		}
		immutableID = m.create(f, it.fields, it.stamps, s.now()).immutableID
		return nil
	})
	return immutableID, err
}

// DeleteFolder removes a folder and everything in it.
func (s *Server) DeleteFolder(user, folderName string) error {
	return s.inFolder(user, folderName, func(m *mailbox, f *folder) error {
		if f.parent == nil {
			return errors.New("the default folder cannot be deleted")
		}
		m.removeFolder(f, s.now())
		return nil
	})
}

var (
	errNoUser    = errors.New("no such user")
	errNoFolder  = errors.New("no such folder")
	errNoContact = errors.New("no such contact")
)

// seedWrite brings Go values into the shape of decoded JSON before they are checked.
func (s *Server) seedWrite(fields map[string]any, creating bool) (write, error) {
	text, err := json.Marshal(fields)
	if err != nil {
		return write{}, fmt.Errorf("encode the fields: %w", err)
	}
	var body map[string]any
	if err := json.Unmarshal(text, &body); err != nil {
		return write{}, fmt.Errorf("decode the fields: %w", err)
	}
	w, refused := s.newWrite(body, creating)
	if refused != nil {
		return write{}, fmt.Errorf("%s: %s", refused.code, refused.message)
	}
	return w, nil
}

func (s *Server) inFolder(user, name string, do func(*mailbox, *folder) error) error {
	a := s.directory.account(user)
	if a == nil {
		return fmt.Errorf("open folder of %s: %w", user, errNoUser)
	}
	a.mailbox.mu.Lock()
	defer a.mailbox.mu.Unlock()
	f := a.mailbox.named(name)
	if f == nil {
		return fmt.Errorf("open folder of %s: %w", user, errNoFolder)
	}
	if err := do(a.mailbox, f); err != nil {
		return fmt.Errorf("open folder of %s: %w", user, err)
	}
	return nil
}

func (s *Server) onItem(user, id string, do func(*mailbox, *item) error) error {
	a := s.directory.account(user)
	if a == nil {
		return fmt.Errorf("open contact %s of %s: %w", id, user, errNoUser)
	}
	a.mailbox.mu.Lock()
	defer a.mailbox.mu.Unlock()
	it := a.mailbox.items[id]
	if it == nil {
		return fmt.Errorf("open contact %s of %s: %w", id, user, errNoContact)
	}
	if err := do(a.mailbox, it); err != nil {
		return fmt.Errorf("open contact %s of %s: %w", id, user, err)
	}
	return nil
}

// named finds a folder by id, well-known name or the name people see.
func (m *mailbox) named(name string) *folder {
	if f := m.folder(name); f != nil {
		return f
	}
	if name == m.deleted.id || strings.EqualFold(name, m.deleted.name) {
		return m.deleted
	}
	for _, f := range m.folders {
		if strings.EqualFold(f.name, name) {
			return f
		}
	}
	return nil
}
