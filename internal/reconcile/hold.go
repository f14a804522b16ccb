package reconcile

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"contactbridge/internal/contact"
)

// HoldKind is why something waits for a person.
type HoldKind string

// The kinds of holds.
const (
	ConflictHold  HoldKind = "conflict"           // TakeVTiger (or Approve), TakeOutlook
	AmbiguousHold HoldKind = "ambiguous"          // Approve with the Record to link with; without one it is inserted as somebody new
	DuplicateHold HoldKind = "possible-duplicate" // Approve inserts it all the same
	ElsewhereHold HoldKind = "exists-elsewhere"   // Approve inserts it all the same
	GuardHold     HoldKind = "guard"              // Approve deletes; Discard detaches or freezes the link
)

// Verdict is what a person said to a question.
type Verdict string

// The verdicts. Discard means: leave it as it is; a discarded question is not asked again while it stays the same.
const (
	Approve     Verdict = "approve"
	Discard     Verdict = "discard"
	TakeVTiger  Verdict = "vtiger"
	TakeOutlook Verdict = "outlook"
)

// Answer is a person's verdict; Record is the candidate that was chosen, where there is one to choose.
type Answer struct {
	Verdict Verdict
	Record  string
}

// Hold is what waits for a person. It is known by its question: a later plan with the same one keeps the hold and its
// answer, and one without it closes it.
type Hold struct {
	Kind       HoldKind
	Question   string       // unique within the connection
	Side       contact.Side // where a write would take place
	VTiger     string       // record ids, as far as there are records
	Outlook    string
	Field      contact.Field // ConflictHold
	Values     Faces         // ConflictHold: what both sides show
	Candidates []string      // AmbiguousHold, DuplicateHold: records on Side that it may be, at most mostCandidates
	Owner      string        // ElsewhereHold: who owns the record that was found
	Operation  *Operation    // GuardHold: what is done once it is approved
	Answer     Answer        // what was said already, and keeps it as it is
	Why        Why
}

// question names what is asked: equal parts give equal questions. The values in it cannot be read out of it.
func question(kind HoldKind, parts ...string) string {
	h := sha256.New()
	for _, part := range append([]string{string(kind)}, parts...) {
		h.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// hold adds what waits for a person.
func (p *planner) hold(h Hold) { p.out.Holds = append(p.out.Holds, h) }

// holdStranger adds a stranger that waits for a person.
func (p *planner) holdStranger(kind HoldKind, side contact.Side, id string, h Hold) {
	h.Kind, h.Side = kind, side.Other()
	if side == contact.VTiger {
		h.VTiger = id
	} else {
		h.Outlook = id
	}
	p.hold(h)
}

// Record gives the side and the id of the stranger that waits, or of the record that a write would change or delete.
func (h Hold) Record() (contact.Side, string) {
	of := Link{VTiger: h.VTiger, Outlook: h.Outlook}
	if id := of.Of(h.Side); id != "" {
		return h.Side, id
	}
	return h.Side.Other(), of.Of(h.Side.Other())
}
