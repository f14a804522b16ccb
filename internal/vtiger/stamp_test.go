package vtiger

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// stamped makes a record with a source through the web service, as a late twin arrives.
func stamped(t *testing.T, c *crm, book *Book, source string) string {
	t.Helper()
	a, err := book.client.post(t.Context(), "make", "create", url.Values{
		"elementType": {book.module},
		"element":     {element(map[string]string{"lastname": "Stamped"}, "assigned_user_id", c.admin, "source", source)},
	})
	require.NoError(t, err)
	require.Empty(t, a.code)
	records, err := book.FindStamped(t.Context(), []string{strings.TrimPrefix(strings.ToUpper(source), stampPrefix)})
	require.NoError(t, err)
	if len(records) == 0 {
		return ""
	}
	return records[len(records)-1].ID
}

func TestTwinsAreBothFound(t *testing.T) {
	c := newCRM(t)
	book := c.contacts()
	first := stamped(t, c, book, stampPrefix+"AAAA")
	second := stamped(t, c, book, stampPrefix+"AAAA")
	records, err := book.FindStamped(t.Context(), []string{"AAAA"})
	require.NoError(t, err)
	require.Len(t, records, 2)
	require.ElementsMatch(t, []string{first, second}, []string{records[0].ID, records[1].ID})
}

func TestTwinsBeyondAPageAreFound(t *testing.T) {
	c := newCRM(t)
	book := c.contacts()
	var stamps []string
	for i := range 60 {
		stamps = append(stamps, fmt.Sprintf("STAMP%03d", i))
		stamped(t, c, book, stampPrefix+stamps[i])
		stamped(t, c, book, stampPrefix+stamps[i])
	}
	records, err := book.FindStamped(t.Context(), stamps)
	require.NoError(t, err)
	ids := map[string]bool{}
	for _, r := range records {
		ids[r.ID] = true
	}
	require.Len(t, ids, 120)
}

func TestOnlyTheVeryStampIsFound(t *testing.T) {
	c := newCRM(t)
	book := c.contacts()
	require.Empty(t, stamped(t, c, book, "OTHER BRIDGE/AAAA"))
	require.NotEmpty(t, stamped(t, c, book, stampPrefix+"AAAA"))
	for _, near := range []string{"AAA", "AAAAA", "aaaa", "AAAA ", "ÀAAA", "' or id > '0", `\`} {
		records, err := book.FindStamped(t.Context(), []string{near})
		require.NoError(t, err)
		require.Empty(t, records, near)
	}
}

// To miss a stamped record for a fault of the database would insert it twice.
func TestAStampIsNotMissingInABrokenListing(t *testing.T) {
	c := newCRM(t)
	stamped(t, c, c.contacts(), stampPrefix+"AAAA")
	book := c.behind(t, brokenTable("Contacts", func() bool { return true })).Book("Contacts", overlap)
	_, err := book.FindStamped(t.Context(), []string{"AAAA"})
	require.Equal(t, contact.Unavailable, contact.KindOf(err))

	c.person(map[string]string{"lastname": "B"})
	onlyStamps := c.behind(t, func(_ string, form url.Values) (string, bool) {
		return nothing, strings.Contains(form.Get("query"), "source in")
	}).Book("Contacts", overlap)
	_, err = onlyStamps.FindStamped(t.Context(), []string{"AAAA"})
	require.Equal(t, contact.Unavailable, contact.KindOf(err))
}
