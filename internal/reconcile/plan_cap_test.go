package reconcile

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

var (
	inVTiger  = map[contact.Side]bool{contact.VTiger: true}
	noInserts = Policy{Conflict: VTigerWins, NoInsert: inVTiger, AskInstance: true}
	noDeletes = Policy{Conflict: VTigerWins, NoDelete: inVTiger, Deletes: on.Deletes, RemoveCopy: removing.RemoveCopy}
	capped    = Policy{Conflict: VTigerWins, NoInsert: inVTiger, NoDelete: inVTiger, Deletes: on.Deletes}
)

// capRows are about what an administrator forbids in vTiger.
var capRows = []planRow{
	{"a new contact of Outlook is not inserted, and nobody is asked for it", []Policy{noInserts, capped}, scene{}.stranger("o1", ann), []string{"o1 insert-forbidden"}},
	{"one that looks like a linked contact asks no person", []Policy{noInserts}, linked(ann, ann).stranger("o2", ann.With("givenName", "Anna")), []string{"o2 insert-forbidden"}},
	{
		"a new contact of vTiger is inserted all the same",
		[]Policy{noInserts, capped},
		scene{}.stranger("v1", ann),
		[]string{"insert outlook v1- new emailAddresses=ann@x.test givenName=Ann surname=Gray"},
	},
	{"strangers that match are linked all the same", []Policy{noInserts, capped}, scene{}.stranger("v1", ann).stranger("o1", ann), []string{"attach v1-o1 matched emailAddresses:ann@x.test givenName:Ann surname:Gray"}},
	{
		"an edit travels all the same",
		[]Policy{noInserts, noDeletes, capped},
		linked(ann, ann).shows("o1", ann.With("jobTitle", "CEO")),
		[]string{"update vtiger v1-o1 changed-there jobTitle=>CEO"},
	},
	{"deleted in Outlook, it stays in vTiger", []Policy{noDeletes, capped}, linked(ann, ann).gone("o1"), []string{"detach v1-o1 detached missing outlook"}},
	{"deleted in vTiger, it is deleted in Outlook all the same", []Policy{noDeletes, capped}, linked(ann, ann).gone("v1"), []string{"delete outlook v1-o1 deleted-there"}},
	{"it left Outlook's scope, and its copy stays in vTiger", []Policy{noDeletes}, linked(ann, ann).outside("o1"), []string{"freeze v1-o1 left-scope"}},
	{
		"an edit that wins over a deletion in vTiger stays in Outlook",
		[]Policy{capped},
		linked(ann, ann).gone("v1").shows("o1", ann.With("jobTitle", "CEO")),
		[]string{"end v1-o1 edit-wins", "o1 insert-forbidden"},
	},
}

// TestUndoKeepsWithinTheCaps: the switches keep an undo from nothing, an administrator's word does.
func TestUndoKeepsWithinTheCaps(t *testing.T) {
	for name, row := range map[string]struct {
		scene scene
		deed  Deed
		side  contact.Side
	}{
		"an insert":  {linked(ann, ann), made(contact.VTiger, ann, LeftIntact), contact.VTiger},
		"a deletion": {scene{}.gone("v1").stranger("o1", ann), removed(contact.VTiger, ann), contact.VTiger},
	} {
		w := row.scene.w
		free, skipped := Undo(w, []Deed{row.deed})
		require.Len(t, free.Operations, 1, name)
		require.Empty(t, skipped, name)
		w.Policy = capped
		held, skipped := Undo(w, []Deed{row.deed})
		require.Empty(t, held.Operations, name)
		require.Equal(t, whyCapped, skipped[0].Why, name)
	}
}
