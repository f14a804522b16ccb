// Package conformance is the suite that every contact.Book must pass: over a simulator in each test run, and over a
// live server when an environment variable names one. Its cases look only at records they made themselves, so that they
// hold whatever else the address book contains, and they take away what they made.
package conformance

import (
	"testing"

	"contactbridge/internal/contact"
)

// Rig is one side under test: the Book, and a hand that works in the side as a person would, without the Book.
type Rig struct {
	Book contact.Book

	// Reopen gives another Book over the same address book, as another process would open it.
	Reopen func() contact.Book

	// Insert makes a record as a person in the side's own UI does. Values have native field names.
	Insert func(t testing.TB, values map[string]string) (id string)

	// Edit changes single fields as a person does. Where versions are coarse (vTiger's are seconds) it first waits, or
	// moves the simulator's clock, until the edit must show another version.
	Edit func(t testing.TB, id string, values map[string]string)

	// EditNow edits as Edit does without waiting for another version, so that two edits can fall into one second. nil
	// where Edit waits for nothing.
	EditNow func(t testing.TB, id string, values map[string]string)

	// Restore brings back what Remove deleted, as a person does. nil where the hand cannot.
	Restore func(t testing.TB, id string)

	// Reassign gives the record to another owner and tells whom. nil where records have no owners.
	Reassign func(t testing.TB, id string) (owner string)

	// Away puts a record where the Book does not reach, as a person does, until back is called. nil where the hand cannot.
	Away func(t testing.TB, id string) (back func())

	// Remove deletes as a person does. That there is nothing to delete is no failure. It also cleans up after the case,
	// when t.Context has ended.
	Remove func(t testing.TB, id string)

	// Values is what the side holds now, by native field names; empty fields may be absent.
	Values func(t testing.TB, id string) map[string]string

	// Native names of four plain fields: given name, surname, job title, e-mail.
	First, Last, Text, Email string

	// Date is the native name of a date field that takes YYYY-MM-DD; empty where there is none.
	Date string

	// Owner is whom inserts belong to; empty in Outlook.
	Owner string

	// Group is a group that records can belong to; empty where records have no owners.
	Group string

	// Picklist is the native name of a field with a list of values, to which the side holds nobody; empty where there is none.
	Picklist string

	// Typed are native names of fields of other types that a mapping carries as texts, each with values that its type has.
	Typed map[string][]string

	// References are the fields that show the name of another record.
	References []Reference

	// Catalogue is what the side tells about itself; nil where it tells nothing.
	Catalogue *Catalogue

	// HoldInsert makes the side commit the next insert without ever answering it, until release is called.
	// Simulators only: nil on a live server, whose cases are then left out.
	HoldInsert func(t testing.TB) (release func())

	// Break makes listings answer nothing or rubbish until mend is called, while the records exist.
	// Simulators only, as HoldInsert.
	Break func(t testing.TB) (mend func())
}

// Run puts each case to a rig of its own.
func Run(t *testing.T, open func(t *testing.T) Rig) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			rig := open(t)
			if c.can != nil && !c.can(rig) {
				t.Skip("this rig cannot do what the case needs")
			}
			c.check(t, &bench{Rig: rig, tag: tag()})
		})
	}
}

type testCase struct {
	name  string
	can   func(Rig) bool
	check func(*testing.T, *bench)
}

var cases = []testCase{
	{name: "a whole walk shows every record", check: wholeWalk},
	{name: "a walk whose every page is read by another process shows every record", check: reopenedWalk},
	{name: "from the end cursor only later changes show new content", check: laterChanges},
	{name: "an edit in mid-walk is shown by this walk or the next", check: editInMidWalk},
	{name: "a second walk from the end cursor of a quiet one shows nothing new", check: quietWalk},
	{name: "a removed record is not shown by a whole walk", check: removedNotWalked},
	{name: "as many saves as fit into one second are all shown", check: oneSecond},
	{name: "a save in the second in which the walk ended is shown by the next", check: secondOfTheEnd},
	{name: "a save in the cursor's own second is shown by this walk or the next", check: cursorsOwnSecond},

	{name: "an edit changes version and content", check: editChangesVersion},
	{name: "a record has one hash however it is read", check: oneHash},
	{name: "a removed record is answered deleted", check: removedIsDeleted},
	{name: "an id never seen is never present", check: neverSeen},
	{name: "a restored record is present and shown again", can: canRestore, check: restored},
	{name: "a reassigned record shows its owner", can: canReassign, check: reassigned},
	{name: "a record that left is outside and comes back as it was", can: canLeave, check: away},
	{name: "look answers in order and mixes presences", check: lookInOrder},
	{name: "look takes more ids than one request carries", check: lookMany},

	{name: "a stamped insert returns what the side holds and is found by its stamp", check: stampedInsert},
	{name: "an unknown stamp is absent", check: unknownStamp},
	{name: "the walk or the list of stamps shows a stamp", check: stampShown},

	{name: "an update writes its fields and leaves the others alone", check: updateSingle},
	{name: "clearing a field clears it", check: clearing},
	{name: "texts are carried to the letter", check: carriedTexts},
	{name: "an over-long value is cut as the record tells, or refused", check: overlong},
	{name: "dates are carried and cleared", can: hasDate, check: dates},
	{name: "a value that a picklist does not have is stored", can: hasPicklist, check: picklists},
	{name: "values of other types are carried as texts", can: hasTyped, check: typed},
	{name: "a reference shows a name and follows the record's own change", can: refers, check: references},
	{name: "a reference to a record that is gone shows nothing", can: refers, check: lostReferences},
	{name: "an insert belongs to the user or the group it is for", can: hasGroup, check: owners},
	{name: "the catalogue lists modules, groups and fields by their labels", can: hasCatalogue, check: catalogue},
	{name: "an update planned on an older version writes nothing", check: staleUpdate},
	{name: "a delete planned on an older version deletes nothing", check: staleDelete},
	{name: "a delete removes and look confirms it", check: deleteConfirmed},
	{name: "an update of a removed record writes and inserts nothing", check: updateOfRemoved},
	{name: "a delete of a removed record is not done", check: deleteOfRemoved},
	{name: "a batch answers every write in order", check: batchInOrder},
	{name: "after the context has ended nothing is written", check: endedContext},

	{name: "an insert whose answer never came is unclear and later found by its stamp exactly once", can: canHold, check: unclearInsert},
	{name: "a broken listing never confirms a deletion", can: canBreak, check: brokenLook},
	{name: "a broken listing never ends a walk with fewer records", can: canBreak, check: brokenWalk},
	{name: "a broken listing never hides a later change for good", can: canBreak, check: brokenFollow},
}

func canRestore(r Rig) bool { return r.Restore != nil }

func canReassign(r Rig) bool { return r.Reassign != nil }

func canLeave(r Rig) bool { return r.Away != nil }

func hasDate(r Rig) bool { return r.Date != "" }

func canHold(r Rig) bool { return r.HoldInsert != nil }

func canBreak(r Rig) bool { return r.Break != nil }
