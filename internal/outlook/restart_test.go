package outlook

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/graphsim"
)

func TestAPositionForgottenInMidWalkBeginsItAnew(t *testing.T) {
	for _, dead := range []graphsim.DeltaSettings{
		{},
		{GoneWithoutLocation: true},
		{DeadStatus: http.StatusBadRequest, DeadCode: "resyncRequired"},
		{DeadCode: "SyncStateInvalid"},
		{DeadStatus: http.StatusNotFound, DeadCode: "syncStateNotFound"},
		{DeadStatus: http.StatusConflict, DeadCode: "ResyncRequired"},
	} {
		t.Run(fmt.Sprint(dead.DeadStatus, dead.DeadCode), func(t *testing.T) {
			c := openCloud(t, func(s *graphsim.Settings) { s.Delta = dead })
			for i := range 205 { // more than a page
				c.person(t, "", map[string]string{"surname": fmt.Sprint("N", i)})
			}
			b := c.book()
			first, err := b.Page(t.Context(), "")
			require.NoError(t, err)
			require.False(t, first.Done || first.Restarted)
			require.NoError(t, c.ResetDelta(ann))
			again, err := b.Page(t.Context(), first.Next)
			require.NoError(t, err)
			require.True(t, again.Restarted)
			require.False(t, again.Done)
			require.Equal(t, first.Records, again.Records, "it is the first page once more")
			last, err := b.Page(t.Context(), again.Next)
			require.NoError(t, err)
			require.True(t, last.Done)
			require.False(t, last.Restarted)
		})
	}
}

func TestAFreshWalkThatIsRefusedTooIsForLater(t *testing.T) {
	c := openCloud(t)
	b := c.book()
	_, _, next := walk(t, b, "")
	c.Fail("delta", 2, graphsim.Fault{Status: http.StatusGone, Code: "SyncStateNotFound"})
	_, err := b.Page(t.Context(), next)
	requireKind(t, contact.Unavailable, err)
}

func TestASpoiledContactCostsOnlyItself(t *testing.T) {
	for property, value := range map[string]any{
		"surname": 7, "homeAddress": "Way 1", "birthday": "soon", "homePhones": map[string]any{}, "emailAddresses": "a@x.test",
	} {
		c := openCloud(t)
		spoiled, plain := c.person(t, "", map[string]string{"surname": "S"}), c.person(t, "", map[string]string{"surname": "P"})
		require.NoError(t, c.Spoil(ann, spoiled, property, value))
		b := c.book()
		records, gone, next := walk(t, b, "")
		require.Contains(t, records, plain, property)
		require.Equal(t, []string{spoiled}, gone, "it is to be asked for again")
		sightings, err := b.Look(t.Context(), gone)
		require.NoError(t, err)
		require.Equal(t, contact.Unknown, sightings[0].Presence)
		require.NoError(t, c.Mend(ann, spoiled))
		records, _, _ = walk(t, b, next)
		require.Contains(t, records, spoiled)
	}
	c := openCloud(t, func(s *graphsim.Settings) { s.DateOnlyBirthdays, s.NullAddresses = true, true })
	id := c.person(t, "", map[string]string{"surname": "X", "birthday": "1604-02-29"})
	require.NoError(t, c.Spoil(ann, id, "emailAddresses", []any{nil, map[string]any{"address": nil, "name": "Ann"}}))
	records, gone, _ := walk(t, c.book(), "")
	require.Empty(t, gone, "what is only unusual is read")
	require.Equal(t, "1604-02-29", records[id].Values["birthday"])
}

func TestDeletedItemsAreNoFolderToMoveTo(t *testing.T) {
	c := openCloud(t, func(s *graphsim.Settings) { s.DeletedItems = true })
	other := c.AddFolder(ann, "Other")
	ids := []string{c.person(t, "", map[string]string{"surname": "D"}), c.person(t, "", map[string]string{"surname": "M"}), c.person(t, "", map[string]string{"surname": "P"})}
	require.NoError(t, c.Delete(ann, ids[0]))
	require.NoError(t, c.Move(ann, ids[1], other))
	presences := func() []contact.Presence {
		got, err := c.book().Look(t.Context(), ids)
		require.NoError(t, err)
		return []contact.Presence{got[0].Presence, got[1].Presence, got[2].Presence}
	}
	require.Equal(t, []contact.Presence{contact.Deleted, contact.Outside, contact.Present}, presences())
	c.Fail("folders.get", 2, graphsim.Page(http.StatusNotFound)) // of both folders; the third is the own one
	require.NotContains(t, presences(), contact.Deleted, "a page that says 404 proves nothing")
	require.NoError(t, c.Move(ann, ids[0], c.folder))
	require.Equal(t, contact.Present, presences()[0], "a person brought it back")
}
