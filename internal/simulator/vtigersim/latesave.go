package vtigersim

import (
	"maps"
	"slices"
	"time"
)

// release lands what is held in the order of saving and ends the order.
func (o *lateOrder) release() {
	for _, save := range o.saves {
		save.land()
	}
	o.left, o.saves = 0, nil
}

// land is done once, whoever comes first. The caller holds Server.mu.
func (l *lateSave) land() {
	if !l.isDone() {
		l.apply()
		close(l.landed)
	}
}

// takeLate uses up one order of the kind; nil if there is none. The caller holds s.mu.
func (s *Server) takeLate(kind lateness) *lateOrder {
	for _, order := range s.late {
		if order.kind != kind || order.left == 0 {
			continue
		}
		if order.left > 0 {
			order.left--
		}
		return order
	}
	return nil
}

// postpone keeps the rest of a save for later. The caller holds s.mu.
func (s *Server) postpone(order *lateOrder, apply func()) *lateSave {
	save := &lateSave{apply: apply, landed: make(chan struct{})}
	order.saves = append(slices.DeleteFunc(order.saves, (*lateSave).isDone), save)
	if order.delay > 0 {
		time.AfterFunc(order.delay, func() { s.landAll([]*lateSave{save}) })
	}
	return save
}

func (l *lateSave) isDone() bool {
	select {
	case <-l.landed:
		return true
	default:
		return false
	}
}

func (o *lateOrder) isSpent() bool {
	return o.left == 0 && !slices.ContainsFunc(o.saves, func(l *lateSave) bool { return !l.isDone() })
}

func (s *Server) landAll(saves []*lateSave) {
	if len(saves) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, save := range saves {
		save.land()
	}
}

// store writes a save's fields, or as much of them as the orders let through; nil
// when all is written. The caller holds s.mu.
func (s *Server) store(r *record, c changes) *lateSave {
	rest := maps.Clone(c)
	if owner, ok := c[r.module.ownerAt]; ok {
		r.values[r.module.ownerAt] = owner
		delete(rest, r.module.ownerAt)
	}
	if len(rest) > 0 {
		if order := s.takeLate(lateValues); order != nil {
			return s.postpone(order, func() { r.put(rest) })
		}
	}
	second := r.secondHalf(rest)
	if len(second) > 0 {
		if order := s.takeLate(tornSaves); order != nil {
			return s.tear(order, r, rest, second)
		}
	}
	r.put(rest)
	return nil
}

func (s *Server) tear(order *lateOrder, r *record, all, second changes) *lateSave {
	first := maps.Clone(all)
	maps.DeleteFunc(first, func(i int, _ string) bool { _, later := second[i]; return later })
	differing := r.differing(all)
	r.put(first)
	torn := &tornSave{positions: differing}
	torn.save = s.postpone(order, func() {
		r.put(second)
		r.torn = slices.DeleteFunc(r.torn, func(t *tornSave) bool { return t == torn })
	})
	r.torn = append(r.torn, torn)
	return torn.save
}

// settle keeps a program's request waiting until its save has landed, even if the
// client has gone. The caller holds s.mu, which is released meanwhile.
func (s *Server) settle(operation string, save *lateSave) {
	if save == nil {
		return
	}
	s.mu.Unlock()
	s.tally.add(operation + stalledSuffix)
	s.wait(save.landed, nil)
	s.mu.Lock()
	save.land() // a closing server leaves nothing half done
}
