package conformance

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// crowd bounds the saves of one second: a simulator takes thousands, and six pages of one second show enough.
const crowd = 600

func oneSecond(t *testing.T, b *bench) {
	b.put(t)
	before := b.walk(t, "")
	var ids []string
	for start := time.Now(); time.Since(start) < time.Second && len(ids) < crowd; {
		id, _ := b.put(t)
		ids = append(ids, id)
	}
	t.Logf("%d saves within one second", len(ids))
	require.Zero(t, b.walk(t, before.next).missing(ids))
	require.Zero(t, b.walk(t, "").missing(ids))
}

// often repeats a case whose two saves may fall into different seconds by chance.
const often = 4

func secondOfTheEnd(t *testing.T, b *bench) {
	cursor := ""
	for range often {
		ids := b.putMany(t, 2)
		first := b.walk(t, cursor)
		require.Zero(t, first.missing(ids))

		added, _ := b.put(t)
		b.editNow(t, ids[0], map[string]string{b.Text: "Director"})
		second := b.walk(t, first.next)
		require.Contains(t, second.records, added)
		require.Equal(t, "Director", second.records[ids[0]].Values[b.Text])
		cursor = second.next
	}
}

// cursorsOwnSecond edits a record that the walk has passed, in the second of the record at which the walk stands.
func cursorsOwnSecond(t *testing.T, b *bench) {
	b.put(t)
	cursor := b.walk(t, "").next
	for range often {
		ids := b.putMany(t, 3)
		page, err := b.Book.Page(ctx(t), cursor)
		require.NoError(t, err)

		b.editNow(t, ids[0], map[string]string{b.Text: "Director"})
		shown := map[string]string{}
		note := func(s seen) {
			for id, r := range s.records {
				shown[id] = r.Values[b.Text]
			}
		}
		rest := b.walk(t, page.Next)
		note(rest)
		next := b.walk(t, rest.next)
		note(next)
		require.Equal(t, "Director", shown[ids[0]])
		cursor = next.next
	}
}
