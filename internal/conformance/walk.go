package conformance

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// mostPages stops a walk that does not end.
const mostPages = 10_000

var errEndless = errors.New("the walk does not end")

// seen is what one walk showed.
type seen struct {
	records map[string]contact.Record // as last shown
	next    string
	pages   int
}

// follow walks from the cursor to the end. open gives the Book for each page.
func follow(c context.Context, open func() contact.Book, cursor string) (seen, error) {
	s := seen{records: map[string]contact.Record{}, next: cursor}
	for s.pages < mostPages {
		page, err := open().Page(c, s.next)
		if err != nil {
			return s, err
		}
		s.pages++
		s.next = page.Next
		for _, r := range page.Records {
			s.records[r.ID] = r
		}
		if page.Done {
			return s, nil
		}
	}
	return s, errEndless
}

// walk is follow with the case's own Book, and must succeed.
func (b *bench) walk(t testing.TB, cursor string) seen {
	t.Helper()
	s, err := follow(ctx(t), func() contact.Book { return b.Book }, cursor)
	require.NoError(t, err)
	require.NotEmpty(t, s.next)
	return s
}

// missing counts the ids that the walk did not show.
func (s seen) missing(ids []string) int {
	n := 0
	for _, id := range ids {
		if _, ok := s.records[id]; !ok {
			n++
		}
	}
	return n
}

// own counts the case's own records in the walk.
func (s seen) own(b *bench) int {
	n := 0
	for _, r := range s.records {
		if b.own(r) {
			n++
		}
	}
	return n
}
