package vtiger

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestConformanceOfFilters only reads.
func TestConformanceOfFilters(t *testing.T) {
	t.Run("simulator", func(t *testing.T) {
		c := newCRM(t)
		c.saved(t, "large", 40)
		_, ids := c.saved(t, "small", 23)
		require.Equal(t, ids, smallestShared(t, c.config()))
	})
	if config, named := liveConfig(); named {
		t.Run("live", func(t *testing.T) { smallestShared(t, config) })
	}
}

// smallestShared lists the members of the smallest shared filter that has any, and retrieves each.
func smallestShared(t *testing.T, config Config) []string {
	book := Dial(config).Book("Contacts", overlap)
	filters, err := book.client.Filters(t.Context(), "Contacts")
	require.NoError(t, err)
	s, err := book.client.described(t.Context(), "Contacts")
	require.NoError(t, err)
	var smallest Filter
	fewest := 0
	for _, f := range filters {
		r := &reading{book: book, doing: "count the members", filter: f.ID}
		n, err := r.count(t.Context(), s.orderFields()[0])
		require.NoError(t, err)
		if f.Shared && n > 0 && (fewest == 0 || n < fewest) {
			smallest, fewest = f, n
		}
	}
	if fewest == 0 {
		t.Skip("no shared filter of Contacts has a member")
	}
	ids, known, err := book.Members(t.Context(), smallest)
	require.NoError(t, err)
	require.True(t, known)
	require.Len(t, ids, fewest)
	for _, id := range ids {
		a, err := book.client.retrieve(t.Context(), "read a member of a filter", id)
		require.NoError(t, err)
		require.Empty(t, a.code)
	}
	return ids
}
