package vtigersim

import "maps"

const programSource = "WEBSERVICE"

// create stores a record and answers it as read back, with entities decoded. An
// owner that does not exist is noticed after storing.
func (s *Server) create(c *call) (any, error) {
	m, err := s.named(c.user, c.params["elementType"])
	if err != nil {
		return nil, err
	}
	e, err := c.readElement()
	if err != nil {
		return nil, err
	}
	if m.isDirectory() {
		// A user's role is a reference without a target, which create stumbles over.
		return nil, errBadID
	}
	values, err := convert(c.user, m, e, true, s.switches.charset())
	if err != nil {
		return nil, err
	}
	number := s.nextNumber(m)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.duplicate(m, values, nil) {
		return nil, errDuplicate
	}
	// Free text, upper-cased, and fixed from now on.
	source := upperASCII(orElse(e["source"].text, programSource))
	r, save := s.add(m, values, c.user.id, source, number)
	s.settle(c.operation, save)
	return s.saved(r, true)
}

// revise writes the fields sent and nothing else. There is no optimistic lock.
func (s *Server) revise(c *call) (any, error) {
	return s.edit(c, func(r *record, e element) (changes, error) {
		values, err := convert(c.user, s.used(r.module), e, false, s.switches.charset())
		if i := r.module.at("description"); err == nil && i >= 0 {
			if text, sent := values[i]; sent {
				values[i] = specials.Replace(text)
			}
		}
		return values, err
	}, false)
}

// update demands the mandatory fields, ignores an empty reference, and damages a
// description it was not sent: the stored one comes back HTML-encoded.
func (s *Server) update(c *call) (any, error) {
	return s.edit(c, func(r *record, e element) (changes, error) {
		e = maps.Clone(e)
		for _, f := range r.module.Fields {
			if sent, ok := e[f.Name]; ok && f.Type.Name == "reference" && sent.text == "" && !sent.null {
				delete(e, f.Name)
			}
		}
		values, err := convert(c.user, s.used(r.module), e, true, s.switches.charset())
		if err != nil {
			return nil, err
		}
		if i := r.module.at("description"); i >= 0 {
			if text, sent := values[i]; sent {
				values[i] = specials.Replace(text)
			} else {
				values[i] = encodeEntities(r.values[i])
			}
		}
		return values, nil
	}, true)
}

func (s *Server) edit(c *call, prepare func(*record, element) (changes, error), decode bool) (any, error) {
	e, err := c.readElement()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.find(c.user, e["id"].text)
	if err != nil {
		return nil, err
	}
	if r.module.isDirectory() {
		return nil, errDenied
	}
	values, err := prepare(r, e)
	if err != nil {
		return nil, err
	}
	if s.duplicate(r.module, values, r) {
		return nil, errDuplicate
	}
	s.settle(c.operation, s.change(r, values, c.user.id))
	return s.saved(r, decode)
}

// saved answers a write that is done already, whatever the answer says. The
// caller holds s.mu.
func (s *Server) saved(r *record, decode bool) (any, error) {
	switch {
	case !s.ownerExists(r):
		return nil, errRestricted
	case s.switches.broken(r.module.Name):
		return nil, errInternal
	default:
		return s.whole(r, decode), nil
	}
}

// isDirectory tells users and groups, which are read-only here, from records.
func (m *module) isDirectory() bool { return m.Name == "Users" || m.Name == "Groups" }

func (s *Server) retrieve(c *call) (any, error) {
	reply, seen, err := s.read(c)
	s.landAll(seen)
	return reply, err
}

// read also returns the saves of which the reply shows a part.
func (s *Server) read(c *call) (any, []*lateSave, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, err := s.find(c.user, c.params["id"])
	if err != nil {
		return nil, nil, err
	}
	if s.switches.broken(r.module.Name) {
		return nil, nil, errInternal
	}
	return s.whole(r, false), r.seenTorn(nil), nil
}

// remove moves a record to the recycle bin, from which only the CRM's own pages
// bring it back.
func (s *Server) remove(c *call) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.find(c.user, c.params["id"])
	if err != nil {
		return nil, err
	}
	if r.module.isDirectory() {
		return nil, errDenied
	}
	s.discard(r)
	return object{{"status", "successful"}}, nil
}
