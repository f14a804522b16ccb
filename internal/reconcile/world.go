// Package reconcile says what has to be done: a three-way plan from what both sides show and what they showed when they
// last agreed, and the matching of strangers.
//
// It is pure and its output is ordered: equal worlds give equal plans.
package reconcile

import (
	"slices"
	"strings"
	"time"

	"contactbridge/internal/contact"
)

// Faces are the two values of one field when the sides last agreed on it, each as its own side showed it.
type Faces struct {
	VTiger  string `json:"v,omitempty"`
	Outlook string `json:"o,omitempty"`
}

// Of gives one side's face.
func (f Faces) Of(s contact.Side) string {
	if s == contact.VTiger {
		return f.VTiger
	}
	return f.Outlook
}

// facesOf makes Faces from a side's value and the other side's.
func facesOf(s contact.Side, value, other string) Faces {
	if s == contact.VTiger {
		return Faces{VTiger: value, Outlook: other}
	}
	return Faces{VTiger: other, Outlook: value}
}

// Base is what a link's sides showed when they last agreed, field by field. A field on which they never agreed is absent.
type Base map[contact.Field]Faces

// Seen is what the tree of one side holds of one record.
type Seen struct {
	ID       string
	Presence contact.Presence // Present, Deleted or Outside; a record never observed is not in the tree
	Contact  contact.Contact  // the record's faces, when Present or Excluded
	Stamp    string           // the operation id that our insert left in it
	Expected []string         // the operation ids under which our own insert of it into the other side can be found
	Known    bool             // a link that ended held it once: it does not start to flow, it goes on
	Busy     bool             // an operation on it is unclear: nothing is planned until that is settled
	// Untouched says that nobody saved the record since it was made, as far as its side shows that; vTiger does.
	Untouched bool
	// Foreign says that a record of vTiger belongs to a group or to another user than the connection's: it is synced, and
	// deleted by no sync.
	Foreign bool
	// Excluded says that a record is Outside by a filter only, of categories, of members or of conditions; its Contact is known.
	Excluded bool
	// Changed is when the record was last saved, by the clock of its side; zero when that is not known.
	Changed time.Time
}

// LinkState says whether a link acts.
type LinkState string

// The states of a link.
const (
	Active     LinkState = "active"
	OutOfScope LinkState = "out-of-scope" // frozen until both records are in scope again
	Detached   LinkState = "detached"     // one record was deleted and its deletion does not travel; never acts by itself
)

// Link is two records known to be the same person.
type Link struct {
	ID      int64
	State   LinkState
	VTiger  string       // record id
	Outlook string       // record id
	Missing contact.Side // Detached: the side whose record was deleted
	Base    Base
	// Replaced is what our own last write to the vTiger record took away, of the fields that it wrote.
	Replaced map[contact.Field]Replacement
	// Condemned is the side whose confirmed deletion an earlier plan saw while no edit stood against it; empty: none.
	Condemned contact.Side
}

// Of gives one side's record id.
func (l Link) Of(s contact.Side) string {
	if s == contact.VTiger {
		return l.VTiger
	}
	return l.Outlook
}

// Tree is one side as last observed, by record id.
type Tree map[string]Seen

// World is all that a plan is made from.
type World struct {
	Policy  Policy
	Shapes  []contact.Shape
	Links   []Link
	VTiger  Tree
	Outlook Tree
	// Now is the time of the plan, by our clock.
	Now time.Time
	// Ahead is how far a side's clock was measured to run ahead of ours; negative when it is behind.
	Ahead map[contact.Side]time.Duration
	// Answers are what people said to the questions of earlier plans; a question that still waits for an answer has an
	// empty one.
	Answers map[string]Answer
	// Instance is what the whole vTiger instance answered, by address in normal form. An address that is not there was
	// not asked for, or so long ago that the answer counts no more; one without hits belongs to nobody.
	Instance map[string][]Hit
	// Enters tells whether a record of vTiger that is made with these values would be in the scope; nil: every one. It
	// answers the same to the same.
	Enters func(contact.Contact) bool
}

// Of gives one side's tree.
func (w World) Of(s contact.Side) Tree {
	if s == contact.VTiger {
		return w.VTiger
	}
	return w.Outlook
}

// sortedIDs gives the tree's ids in order.
func (t Tree) sortedIDs() []string {
	ids := make([]string, 0, len(t))
	for id := range t {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, strings.Compare)
	return ids
}
