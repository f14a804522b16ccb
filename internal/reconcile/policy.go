package reconcile

import (
	"fmt"
	"time"

	"contactbridge/internal/contact"
)

// ConflictPolicy says whose value is kept when both sides changed a field to different values.
type ConflictPolicy string

// The four conflict policies; the zero one is VTigerWins.
const (
	VTigerWins  ConflictPolicy = "vtiger"
	OutlookWins ConflictPolicy = "outlook"
	NewestWins  ConflictPolicy = "newest" // the record that was saved later; within CloseCall vTiger's
	AskFirst    ConflictPolicy = "ask"    // nobody's, until a person chose
)

// EnsureValid refuses anything but the four policies.
func (c ConflictPolicy) EnsureValid() error {
	switch c {
	case VTigerWins, OutlookWins, NewestWins, AskFirst:
		return nil
	}
	return fmt.Errorf("conflict policy %q is none of vtiger, outlook, newest, ask", string(c))
}

// ElsewherePolicy says what becomes of a new Outlook contact whose address a vTiger record outside the connection's
// scope holds.
type ElsewherePolicy string

// The three policies; the zero one is SkipElsewhere.
const (
	SkipElsewhere   ElsewherePolicy = "skip"
	HoldElsewhere   ElsewherePolicy = "hold"
	InsertElsewhere ElsewherePolicy = "insert"
)

// Policy is what the connection's user decided, as far as an admin's caps allow it.
type Policy struct {
	Direction contact.Direction // the connection's
	Run       contact.Direction // this run's; it may only narrow, and what it leaves out stands until another run
	Conflict  ConflictPolicy
	Deletes   map[contact.Side]bool // whether a deletion on the other side deletes here
	// DeleteWins applies a deletion although the surviving record was edited; else the edit wins and re-creates.
	DeleteWins bool
	// RemoveCopy tells whether a record that leaves the scope on the other side takes its copy here with it; else the
	// link is frozen and the copy stays.
	RemoveCopy map[contact.Side]bool
	// SyncFrom is the vTiger modified time before which a record does not start to flow to Outlook; zero: all do.
	SyncFrom time.Time
	// AskInstance holds an insert into vTiger back until the whole instance was asked for the contact's addresses.
	AskInstance bool
	Elsewhere   ElsewherePolicy
	// Categories are those of Outlook's contacts that an insert into Outlook has to meet.
	Categories Categories
	// NoInsert and NoDelete are an administrator's caps: the sides in which nothing may be inserted, or no linked record
	// deleted, whatever else is decided and whoever approves it. The twins that we made ourselves are no such deletion.
	NoInsert map[contact.Side]bool
	NoDelete map[contact.Side]bool
}

// deletes tells whether a deletion on the other side deletes the linked record here.
func (p Policy) deletes(target contact.Side) bool { return p.Deletes[target] && !p.NoDelete[target] }

// removesCopy tells whether a record that leaves the scope on the other side takes its copy here with it.
func (p Policy) removesCopy(target contact.Side) bool {
	return p.RemoveCopy[target] && !p.NoDelete[target]
}

// may tells whether values of the row may ever travel into the side.
func (p Policy) may(s contact.Shape, target contact.Side) bool {
	return s.Direction.Allows(target) && p.Direction.Allows(target)
}

// starts tells whether a record without a link may begin to flow to the other side by its modified time.
func (p Policy) starts(side contact.Side, changed time.Time) bool {
	return side != contact.VTiger || p.SyncFrom.IsZero() || !changed.Before(p.SyncFrom)
}
