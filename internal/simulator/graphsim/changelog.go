package graphsim

import "time"

// changeLog is the history of one folder, for delta. Only the newest change of a default id counts; older ones stay
// in place so that positions, which delta tokens carry, never move.
type changeLog struct {
	changes []change
	newest  map[string]int  // default id -> its newest change
	left    map[string]bool // immutable ids that were removed from the folder once
}

type change struct {
	item        *item
	id          string // the default id at that time
	immutableID string
	removed     bool
	at          time.Time
	// returned marks an item that came back into the folder: with immutable ids the real service has reported it
	// as removed and never reports it as added again.
	returned bool
}

func newChangeLog() *changeLog {
	return &changeLog{newest: map[string]int{}, left: map[string]bool{}}
}

func (l *changeLog) upsert(it *item) {
	_, known := l.newest[it.id]
	l.add(change{item: it, id: it.id, immutableID: it.immutableID, at: it.modified, returned: !known && l.left[it.immutableID]})
}

func (l *changeLog) remove(it *item, now time.Time) {
	l.left[it.immutableID] = true
	l.add(change{id: it.id, immutableID: it.immutableID, at: now, removed: true})
}

func (l *changeLog) add(c change) {
	l.newest[c.id] = len(l.changes)
	l.changes = append(l.changes, c)
}

// walk tells which changes a round of delta shows.
type walk struct {
	first     bool // the round enumerates the folder from nothing
	start     int  // where the log ended when the round began
	immutable bool
	removals  bool      // show old removals in a first round too
	until     time.Time // later changes are not visible yet; zero: all are
}

// page returns up to size changes from position on that w shows, the position after them, and whether more follow.
func (l *changeLog) page(position, size int, w walk) (shown []change, next int, more bool) {
	for next = position; next < len(l.changes); next++ {
		if !w.until.IsZero() && l.changes[next].at.After(w.until) {
			return shown, next, false
		}
		if !l.shows(next, w) {
			continue
		}
		if len(shown) == size {
			return shown, next, true
		}
		shown = append(shown, l.changes[next])
	}
	return shown, next, false
}

func (l *changeLog) shows(at int, w walk) bool {
	c := l.changes[at]
	old := w.first && at < w.start
	switch {
	case l.newest[c.id] != at:
		return false
	case c.removed && old:
		return w.removals
	case c.returned && w.immutable:
		return old
	}
	return true
}
