package vtigersim

import "slices"

// secret fields are in describe of Users but never in an answer.
var secret = []string{"accesskey", "user_password", "confirm_password"}

// whole renders all fields as retrieve and the writing operations answer, with
// the label that describe does not know. decode is what the replies of create
// and update suffer: entities decoded once. The caller holds s.mu.
func (s *Server) whole(r *record, decode bool) object {
	reply := make(object, 0, len(r.values)+1)
	off := s.switches.offFields(r.module.Name)
	for i, f := range r.module.Fields {
		if slices.Contains(secret, f.Name) || slices.Contains(off, f.Name) {
			continue
		}
		value := s.shown(r, i)
		if text, ok := value.(string); ok && decode {
			value = decodeEntities(text)
		}
		if f.Name == "tags" {
			value = ""
		}
		reply = append(reply, member{f.Name, value})
	}
	return append(reply, member{"label", r.module.label(r.values)})
}

// row renders the fields at the given positions as query answers: an empty date
// is null there, not "". The caller holds s.mu.
func (s *Server) row(r *record, positions []int) object {
	reply := make(object, 0, len(positions))
	for _, i := range positions {
		value := s.shown(r, i)
		if r.module.Fields[i].Type.Name == "date" && value == "" {
			value = nil
		}
		reply = append(reply, member{r.module.Fields[i].Name, value})
	}
	return reply
}

// shown is a value with dangling references as null.
func (s *Server) shown(r *record, i int) any {
	kind := &r.module.Fields[i].Type
	if kind.Name != "reference" || len(kind.RefersTo) == 0 {
		return r.values[i]
	}
	if target := s.records[r.values[i]]; target == nil || target.deleted {
		return nil
	}
	return r.values[i]
}
