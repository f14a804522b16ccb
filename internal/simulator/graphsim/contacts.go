package graphsim

import "net/http"

func (s *Server) createContact(c *call, r route, m *mailbox) (answer, *refusal) {
	body, refused := c.writeBody()
	if refused != nil {
		return answer{}, refused
	}
	w, refused := s.newWrite(body, true)
	if refused != nil {
		return answer{}, refused
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f, refused := m.requireFolder(r.folder)
	if refused != nil {
		return answer{}, refused
	}
	it := m.create(f, w.content(nil, true, false), w.stamps, s.now())
	a := c.contactAnswer(http.StatusCreated, r, it, "", s.current())
	a.header.Set("Location", c.graphURL(r.path+"('"+it.shownID(c.immutable())+"')"))
	return a, nil
}

// content is what the contact holds after the write.
func (w write) content(before map[string]any, creating, replaceAddresses bool) map[string]any {
	after := w.apply(before, replaceAddresses)
	w.derive(after, creating)
	return after
}

// oneContact serves GET, PATCH and DELETE of a contact. Without a folder in the path any contact of the mailbox is
// found; with one it has to be in that folder.
func (s *Server) oneContact(c *call, r route, m *mailbox, set Settings) (answer, *refusal) {
	var w write
	if r.op == "contacts.update" {
		body, refused := c.writeBody()
		if refused != nil {
			return answer{}, refused
		}
		if w, refused = s.newWrite(body, false); refused != nil {
			return answer{}, refused
		}
	}
	property, refused := c.expanded()
	if refused != nil {
		return answer{}, refused
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	it, refused := m.requireItem(r)
	if refused != nil {
		return answer{}, refused
	}
	if r.op == "contacts.get" {
		return c.contactAnswer(http.StatusOK, r, it, property, set), nil
	}
	if !set.IgnoreIfMatch && !it.matches(c.header.Get("If-Match")) {
		return answer{}, irresolvableConflict()
	}
	if r.op == "contacts.update" {
		m.update(it, w.content(it.fields, false, set.ReplaceAddresses), w.stamps, s.now())
		return c.contactAnswer(http.StatusOK, r, it, "", set), nil
	}
	m.delete(it, set.DeletedItems && r.op == "contacts.delete", s.now())
	return answer{status: http.StatusNoContent, header: http.Header{}}, nil
}

func (m *mailbox) requireItem(r route) (*item, *refusal) {
	if !wellFormed(r.contact) {
		return nil, idMalformed()
	}
	it := m.items[r.contact]
	if it == nil {
		return nil, itemNotFound()
	}
	if r.folder != "" && m.folder(r.folder) != it.folder {
		return nil, itemNotFound()
	}
	return it, nil
}

func (c *call) contactAnswer(status int, r route, it *item, property string, set Settings) answer {
	e := it.sent(c.immutable(), set).pick(c.selected()).expand(it, property)
	e["@odata.context"] = c.graphURL("$metadata#" + r.path + "/$entity")
	a := jsonAnswer(status, e)
	a.header.Set("ETag", it.etag())
	if c.immutable() {
		a.header.Set("Preference-Applied", `IdType="ImmutableId"`)
	}
	return a
}
