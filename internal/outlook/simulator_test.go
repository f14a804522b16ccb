package outlook

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/graphsim"
)

func TestMeAndFolders(t *testing.T) {
	c := openCloud(t)
	box, err := c.client().Me(t.Context())
	require.NoError(t, err)
	require.Equal(t, Mailbox{Tenant: tenantID, ObjectID: c.ann, Address: ann, Name: "Ann Example"}, box)

	want := []Folder{{ID: c.folder, Name: "Contacts", Default: true}}
	for i := range 13 { // more than a page of ten
		name := fmt.Sprintf("Folder %02d", i)
		want = append(want, Folder{ID: c.AddFolder(ann, name), Name: name})
	}
	got, err := c.client().Folders(t.Context())
	require.NoError(t, err)
	require.Equal(t, want[0], got[0])
	require.ElementsMatch(t, want, got)

	one, err := c.client().Folder(t.Context(), want[3].ID)
	require.NoError(t, err)
	require.Equal(t, want[3], one)
	require.NoError(t, c.DeleteFolder(ann, want[3].ID))
	for _, id := range []string{want[3].ID, "no-such-folder", ""} {
		_, err = c.client().Folder(t.Context(), id)
		requireKind(t, contact.BadInput, err)
	}
}

func TestCreateFolder(t *testing.T) {
	c := openCloud(t)
	made, err := c.client().CreateFolder(t.Context(), "Customers")
	require.NoError(t, err)
	found, err := c.client().Folder(t.Context(), made.ID)
	require.NoError(t, err)
	require.Equal(t, made, found)
	_, err = c.client().CreateFolder(t.Context(), "Customers")
	requireKind(t, contact.BadInput, err)
}

func TestARecordKeepsEveryProperty(t *testing.T) {
	c := openCloud(t)
	values := map[string]string{}
	for _, p := range Catalogue {
		switch p.Kind {
		case Date:
			values[p.Name] = "1974-07-22"
		case EmailList:
			values[p.Name] = "one@example.test\ntwo@example.test"
		case PhoneList, TextList:
			values[p.Name] = "+49 1\n+49 2"
		default:
			values[p.Name] = "some " + p.Name
		}
	}
	b := c.book()
	got, err := b.Write(t.Context(), []contact.Write{{Action: contact.Insert, Values: values, Stamp: "OP1"}})
	require.NoError(t, err)
	require.Equal(t, contact.Done, got[0].Outcome, "%v", got[0].Err)
	require.Equal(t, values, got[0].Record.Values)
	require.Equal(t, "OP1", c.Stamp(ann, got[0].Record.ID))

	cleared := map[string]string{}
	for name := range values {
		cleared[name] = ""
	}
	got, err = b.Write(t.Context(), []contact.Write{{Action: contact.Update, ID: got[0].Record.ID, Before: got[0].Record, Values: cleared}})
	require.NoError(t, err)
	require.Equal(t, contact.Done, got[0].Outcome, "%v", got[0].Err)
	require.Empty(t, got[0].Record.Values)
}

func TestAnAddressKeepsItsOtherParts(t *testing.T) {
	for _, replace := range []bool{false, true} {
		c := openCloud(t, func(s *graphsim.Settings) { s.ReplaceAddresses = replace })
		id := c.AddContact(ann, "", map[string]any{"surname": "X", "homeAddress": map[string]any{"street": "Way 1", "city": "Ulm"}})
		records, _, _ := walk(t, c.book(), "")
		got, err := c.book().Write(t.Context(), []contact.Write{{
			Action: contact.Update, ID: id, Before: records[id], Values: map[string]string{"homeAddress.city": "Bonn"},
		}})
		require.NoError(t, err)
		require.Equal(t, "Bonn", got[0].Record.Values["homeAddress.city"])
		require.Equal(t, "Way 1", got[0].Record.Values["homeAddress.street"])
	}
}

func TestAChosenDisplayNameSurvives(t *testing.T) {
	c := openCloud(t)
	id := c.AddContact(ann, "", map[string]any{"givenName": "Ann", "surname": "Old", "displayName": "Aunt Ann"})
	b := c.book()
	records, _, _ := walk(t, b, "")
	got, err := b.Write(t.Context(), []contact.Write{{
		Action: contact.Update, ID: id, Before: records[id], Values: map[string]string{"surname": "New"},
	}})
	require.NoError(t, err)
	require.Equal(t, "Aunt Ann", got[0].Record.Values["displayName"])
}

func TestMovedIsOutsideAndComesBack(t *testing.T) {
	c := openCloud(t)
	other := c.AddFolder(ann, "Other")
	id := c.person(t, "", map[string]string{"surname": "X"})
	b := c.book()
	_, _, next := walk(t, b, "")
	require.NoError(t, c.Move(ann, id, other))
	_, gone, next := walk(t, b, next)
	require.Equal(t, []string{id}, gone)
	presence := func() contact.Presence {
		got, err := b.Look(t.Context(), []string{id})
		require.NoError(t, err)
		return got[0].Presence
	}
	require.Equal(t, contact.Outside, presence())
	require.NoError(t, c.Move(ann, id, c.folder))
	require.Equal(t, contact.Present, presence())
	require.NoError(t, c.Delete(ann, id))
	_, _, _ = walk(t, b, next)
	require.Equal(t, contact.Deleted, presence())
}

func TestAFolderDeletedUnderneathConfirmsNoDeletion(t *testing.T) {
	c := openCloud(t)
	other := c.AddFolder(ann, "Other")
	id := c.person(t, other, map[string]string{"surname": "X"})
	b := c.client().Book(other)
	_, _, next := walk(t, b, "")
	require.NoError(t, c.DeleteFolder(ann, other))
	got, err := b.Look(t.Context(), []string{id})
	require.NoError(t, err)
	require.Equal(t, contact.Unknown, got[0].Presence)
	for _, cursor := range []string{"", next} {
		_, err = b.Page(t.Context(), cursor)
		require.Equal(t, folderGone, requireKind(t, contact.BadInput, err).Sentence)
	}
	written, err := b.Write(t.Context(), []contact.Write{{Action: contact.Insert, Values: map[string]string{"surname": "Y"}}})
	require.NoError(t, err)
	require.Equal(t, contact.Refused, written[0].Outcome)
}

func TestADeltaResetIsAWholeWalk(t *testing.T) {
	c := openCloud(t)
	id := c.person(t, "", map[string]string{"surname": "X"})
	b := c.book()
	_, _, next := walk(t, b, "")
	require.NoError(t, c.ResetDelta(ann))
	records, _, _ := walk(t, b, next)
	require.Contains(t, records, id)
}
