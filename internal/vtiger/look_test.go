package vtiger

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/vtigersim"
)

// A converted lead is so: absent from every listing, yet retrievable.
func TestAbsentButRetrievableIsOutside(t *testing.T) {
	c := newCRM(t)
	c.person(map[string]string{"lastname": "Stays"})
	id := c.person(map[string]string{"lastname": "Converted"})
	hidden := c.behind(t, func(operation string, form url.Values) (string, bool) {
		return nothing, operation == "query" && strings.Contains(form.Get("query"), vtql("?", []string{id})) &&
			!strings.Contains(form.Get("query"), " or ")
	}).Book("Contacts", overlap)
	require.Equal(t, contact.Present, sighted(t, hidden, id).Presence, "the sentinel's query finds it")

	hidden = c.behind(t, c.without(t, id)).Book("Contacts", overlap)
	require.Equal(t, contact.Outside, sighted(t, hidden, id).Presence)
}

// without leaves one record out of every whole row listing.
func (c *crm) without(t *testing.T, id string) meddler {
	other := c.dial()
	return func(operation string, form url.Values) (string, bool) {
		if operation != "query" || !strings.HasPrefix(form.Get("query"), "select * from Contacts") {
			return "", false
		}
		var rows, kept []map[string]json.RawMessage
		require.NoError(t, other.read(t.Context(), "list", "query", url.Values{"query": {form.Get("query")}}, &rows))
		for _, r := range rows {
			if textual(r)["id"] != id {
				kept = append(kept, r)
			}
		}
		body, err := json.Marshal(map[string]any{"success": true, "result": append([]map[string]json.RawMessage{}, kept...)})
		require.NoError(t, err)
		return string(body), true
	}
}

func TestAnotherUsersRecordIsOutside(t *testing.T) {
	c := newCRM(t)
	own := c.AddContact(c.alice, map[string]string{"lastname": "Own"})
	others := c.person(map[string]string{"lastname": "Other"})
	book := Dial(Config{URL: c.url, Username: "alice", AccessKey: "aliceKey0123"}).Book("Contacts", overlap)
	require.Equal(t, contact.Present, sighted(t, book, own).Presence)
	require.Equal(t, contact.Outside, sighted(t, book, others).Presence)
}

func TestADeletionNeedsAWitness(t *testing.T) {
	c := newCRM(t)
	gone := c.person(map[string]string{"lastname": "Gone"})
	require.NoError(t, c.Delete(gone))
	require.Equal(t, contact.Unknown, sighted(t, c.contacts(), gone).Presence, "no record lives that could bear witness")
	c.person(map[string]string{"lastname": "Lives"})
	require.Equal(t, contact.Deleted, sighted(t, c.contacts(), gone).Presence)
	require.NoError(t, c.Purge(gone))
	require.Equal(t, contact.Deleted, sighted(t, c.contacts(), gone).Presence)
}

// An account that lost its rights in mid-question gets the same denial for every record.
func TestDenialsOfAnAccountWithoutRightsAreNotBelieved(t *testing.T) {
	c := newCRM(t)
	gone := c.person(map[string]string{"lastname": "Gone"})
	c.person(map[string]string{"lastname": "Lives"})
	require.NoError(t, c.Delete(gone))
	denied := `{"success":false,"error":{"code":"ACCESS_DENIED","message":"Permission to perform the operation is denied"}}`
	book := c.behind(t, func(operation string, _ url.Values) (string, bool) {
		return denied, operation == "retrieve"
	}).Book("Contacts", overlap)
	require.Equal(t, contact.Unknown, sighted(t, book, gone).Presence)
}

func TestAWitnessOfAnotherSessionDoesNotCount(t *testing.T) {
	c := newCRM(t)
	gone := c.person(map[string]string{"lastname": "Gone"})
	c.person(map[string]string{"lastname": "Lives"})
	require.NoError(t, c.Delete(gone))
	asked := 0
	book := c.behind(t, func(operation string, _ url.Values) (string, bool) {
		if operation == "retrieve" {
			if asked++; asked == 2 {
				c.DropSessions()
			}
		}
		return "", false
	}).Book("Contacts", overlap)
	require.Equal(t, contact.Unknown, sighted(t, book, gone).Presence)
	require.Equal(t, contact.Deleted, sighted(t, book, gone).Presence)
}

func TestOtherDenialsSayNothing(t *testing.T) {
	for _, body := range []string{
		`{"success":false,"error":{"code":"ACCESS_DENIED","message":"Permission to perform the operation is denied for id"}}`,
		`{"success":false,"error":{"code":"ACCESS_DENIED","message":"Zugriff verweigert"}}`,
		`{"success":false,"error":{"code":"INTERNAL_SERVER_ERROR","message":"Permission to perform the operation is denied"}}`,
		`{"success":false,"error":{"code":"RECORD_NOT_FOUND","message":"Record not found"}}`,
	} {
		c := newCRM(t)
		gone := c.person(map[string]string{"lastname": "Gone"})
		c.person(map[string]string{"lastname": "Lives"})
		require.NoError(t, c.Delete(gone))
		book := c.behind(t, func(operation string, form url.Values) (string, bool) {
			return body, operation == "retrieve" && form.Get("id") == gone
		}).Book("Contacts", overlap)
		require.Equal(t, contact.Unknown, sighted(t, book, gone).Presence, body)
	}
}

func TestLookDoesNotBelieveABrokenDatabase(t *testing.T) {
	c := newCRM(t)
	id := c.person(map[string]string{"lastname": "A"})
	c.SetBrokenTable("Contacts", true)
	got, err := c.contacts().Look(t.Context(), []string{id})
	if err == nil {
		require.Equal(t, contact.Unknown, got[0].Presence)
	}
	c.SetBrokenTable("Contacts", false)
	c.Fail("query", 1, vtigersim.EmptyError)
	_, err = c.contacts().Look(t.Context(), []string{id})
	require.Equal(t, contact.Unavailable, contact.KindOf(err))
}

func TestKnownIDsCostOneQueryAHundred(t *testing.T) {
	c := newCRM(t)
	var ids []string
	for range 200 {
		ids = append(ids, c.person(map[string]string{"lastname": "A"}))
	}
	book := c.contacts()
	_, err := book.client.Now(t.Context())
	require.NoError(t, err)
	c.ResetCounts()
	_, err = book.Look(t.Context(), append(ids, ids[0], "", "garbage"))
	require.NoError(t, err)
	require.Equal(t, 2, c.Counts().Total())
}
