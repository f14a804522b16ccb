package contact

import "context"

// Book is what the house asks of a side. Every implementation passes the suite of internal/conformance.
//
// Errors are *Error and carry a kind. A Book keeps no cursor and no plan: what it forgets costs requests, never data.
type Book interface {
	// Page reads the next page of the change feed. An empty cursor begins a whole walk. The returned Next is durable:
	// storing it together with the page and coming back later, even from another process, misses nothing.
	// Records may come repeatedly and in any order.
	Page(ctx context.Context, cursor string) (Page, error)

	// Look asks for records by id and answers each, in order. It is the only source of a confirmed deletion.
	Look(ctx context.Context, ids []string) ([]Sighting, error)

	// Stamps lists the stamps of all records by record id, for a side whose feed cannot show them;
	// nil from a side whose records show their stamps themselves.
	Stamps(ctx context.Context) (map[string]string, error)

	// FindStamped returns every living record that carries one of the stamps. A stamp without a record is absent from
	// the answer, which proves nothing while the request that set it may still be at work.
	FindStamped(ctx context.Context, stamps []string) ([]Record, error)

	// Write performs at most Batch() writes and answers each, in order. The writes of one call name distinct records.
	// An error means that no write of this call was begun.
	Write(ctx context.Context, writes []Write) ([]Written, error)

	// Batch is how many writes one call takes.
	Batch() int
}

// Page is one page of a change feed.
type Page struct {
	Records []Record
	Gone    []string // ids that the feed says have left; a hint to be confirmed by Look, never a deletion
	Next    string
	Done    bool // the walk reached its end; Next begins the next one
	// Restarted says that the side no longer knows the cursor: this page is the first of a new whole walk. What left
	// meanwhile is shown by nothing but its absence from that walk, which deletes nothing by itself.
	Restarted bool
}

// Presence is what a side says about one id.
type Presence string

// What Look can answer.
const (
	Present Presence = "present" // the record is there and given
	Deleted Presence = "deleted" // the side stated that it is gone, and stated it believably
	Outside Presence = "outside" // it exists where this Book does not reach (another folder, not visible, a converted lead)
	Unknown Presence = "unknown" // no clear statement: nothing follows from it
)

// Sighting is the answer of Look for one id.
type Sighting struct {
	ID       string
	Presence Presence
	Record   Record // when Present
}

// Action is what an operation does to one record.
type Action string

// The three writes.
const (
	Insert Action = "insert"
	Update Action = "update"
	Delete Action = "delete"
)

// Write is one change to be made on a side.
type Write struct {
	Action Action
	ID     string            // update, delete: the record
	Values map[string]string // insert: all fields; update: the changed ones, empty clears
	Before Record            // update, delete: the record as planned on; a side that finds another version writes nothing and answers Stale
	Owner  string            // vTiger: the owner an insert gets, and whom an update or delete must find
	// Scope, of an insert into vTiger, tells whose record may be named as the one that stands in its way; nil: the Owner's.
	Scope func(owner string) bool
	Stamp string // insert: recognisable later by FindStamped
}

// Outcome is what became of one write.
type Outcome string

// What Write can answer.
const (
	Done      Outcome = "done"      // it took effect; Record is what the side shows now (insert, update)
	Stale     Outcome = "stale"     // the record had another version or owner: nothing was written
	Gone      Outcome = "gone"      // the side says there is no such record: to be confirmed by Look
	Unclear   Outcome = "unclear"   // it may or may not have taken effect
	Postponed Outcome = "postponed" // not performed, and worth repeating after Err's RetryAfter
	Refused   Outcome = "refused"   // not performed, and repeating it alike is pointless; Err says why
)

// Written is the answer of Write for one write.
type Written struct {
	Outcome Outcome
	Record  Record
	Err     error // *Error; nil when Done
}
