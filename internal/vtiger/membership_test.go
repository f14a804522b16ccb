package vtiger

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/vtigersim"
)

// saved adds a shared filter for contacts of a title, with so many members among as many others.
func (c *crm) saved(t testing.TB, title string, members int) (f Filter, ids []string) {
	t.Helper()
	f = Filter{Name: "Filter " + title, Shared: true}
	var err error
	f.ID, err = c.AddFilter(vtigersim.SavedFilter{Owner: c.alice, Module: "Contacts", Name: f.Name, Shared: true, Where: "title = '" + title + "'"})
	require.NoError(t, err)
	ids = []string{}
	for i := range members {
		ids = append(ids, c.person(map[string]string{"lastname": fmt.Sprintf("L%04d", (i*7919)%1000), "firstname": fmt.Sprint(i % 3), "title": title}))
		c.person(map[string]string{"lastname": "Other"})
	}
	return f, ids
}

func TestMembersOfASavedFilter(t *testing.T) {
	for _, n := range []int{0, 1, 19, 20, 21, 41, 62, 65, 83, 104, 200} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			c := newCRM(t)
			c.person(map[string]string{"lastname": "Elsewhere"})
			f, want := c.saved(t, "in", n)
			book := c.contacts()
			_, err := book.client.Now(t.Context())
			require.NoError(t, err)
			c.ResetCounts()
			got, known, err := book.Members(t.Context(), f)
			require.NoError(t, err)
			require.True(t, known)
			require.Equal(t, want, got)
			requests, most := c.Counts().Total(), n/10+14
			if n%21 == 20 { // no single field's two orders show all
				most += n / 10
			}
			require.LessOrEqual(t, requests, most)
		})
	}
}

func TestMembersOfEverySize(t *testing.T) {
	c := newCRM(t)
	c.person(map[string]string{"lastname": "Elsewhere"})
	f, _ := c.saved(t, "in", 0)
	book, want := c.contacts(), []string{}
	for n := range 301 {
		if n > 0 {
			want = append(want, c.person(map[string]string{"lastname": fmt.Sprintf("L%04d", (n*7919)%1000), "title": "in"}))
		}
		got, known, err := book.Members(t.Context(), f)
		require.NoError(t, err)
		require.True(t, known, n)
		require.Equal(t, want, got)
	}
}

// In the simulator records that are equal keep their order when the direction turns, so that both directions lose the
// same ones. A database may do so.
func TestEqualRecordsAreNeverAWrongSet(t *testing.T) {
	c := newCRM(t)
	f, _ := c.saved(t, "in", 0)
	book := c.contacts()
	want := []string{}
	for n := range 70 {
		want = append(want, c.person(map[string]string{"lastname": "Same", "title": "in"}))
		r := &reading{book: book, doing: "test", filter: f.ID, prefix: "12", seen: map[string]bool{}}
		known, err := r.read(t.Context(), []string{"lastname"}, nil)
		require.NoError(t, err)
		require.Equal(t, n < 20, known, "of %d members", n+1)
		if known {
			require.Len(t, r.seen, len(want))
		}
	}
}

func TestAFilterThatIsNoLongerThere(t *testing.T) {
	rows := map[string]func(c *crm, f *Filter) error{
		"deleted": func(c *crm, f *Filter) error { return c.RemoveFilter(f.ID) },
		"renamed": func(c *crm, f *Filter) error {
			return c.UpdateFilter(f.ID, func(s *vtigersim.SavedFilter) { s.Name = "Other" })
		},
		"garbage": func(_ *crm, f *Filter) error { f.ID = "garbage"; return nil },
		"another module's": func(c *crm, f *Filter) (err error) {
			f.ID, err = c.AddFilter(vtigersim.SavedFilter{Owner: c.alice, Module: "Leads", Name: f.Name, Shared: true})
			return err
		},
	}
	for name, change := range rows {
		t.Run(name, func(t *testing.T) {
			c := newCRM(t)
			f, _ := c.saved(t, "in", 3)
			require.NoError(t, change(c, &f))
			_, known, err := c.contacts().Members(t.Context(), f)
			require.False(t, known)
			require.True(t, FilterGone(err))
			require.Equal(t, contact.NeedsAdmin, contact.KindOf(err))
			require.Contains(t, contact.SentenceOf(err), `"Filter in"`)
		})
	}
}

func TestAFilterThatGoesWhileItIsListed(t *testing.T) {
	for at := 1; at <= 2; at++ {
		c := newCRM(t)
		f, _ := c.saved(t, "in", 3)
		asked := 0
		book := c.behind(t, func(operation string, _ url.Values) (string, bool) {
			if operation == "mobile.listmodulerecords" {
				if asked++; asked == at {
					require.NoError(t, c.RemoveFilter(f.ID))
				}
			}
			return "", false
		}).Book("Contacts", overlap)
		_, known, err := book.Members(t.Context(), f)
		require.False(t, known)
		require.True(t, FilterGone(err))
	}
}

func TestABrokenDatabaseIsNoEmptyFilter(t *testing.T) {
	c := newCRM(t)
	f, _ := c.saved(t, "in", 30)
	c.SetBrokenTable("Contacts", true)
	_, known, err := c.contacts().Members(t.Context(), f)
	require.NoError(t, err)
	require.False(t, known)
	c.SetBrokenTable("Contacts", false)

	// It breaks at any one page, for that page only or from there on. A filter of which no page ever shows a row, while
	// others do, cannot be told from an empty one.
	for _, lasting := range []bool{false, true} {
		for at := 1; at <= 7; at++ {
			asked := 0
			book := c.behind(t, func(operation string, form url.Values) (string, bool) {
				if operation != "mobile.listmodulerecords" {
					return "", false
				}
				asked++
				empty := `{"success":true,"result":{"records":[],"headers":[],"selectedFilter":"` + f.ID + `","moreRecords":false}}`
				ours := strings.Contains(form.Get("elements"), `"filterid":"`+f.ID+`"`)
				return empty, ours && (asked == at || lasting && asked > at)
			}).Book("Contacts", overlap)
			_, known, err := book.Members(t.Context(), f)
			require.NoError(t, err)
			if asked >= at && !(lasting && at == 1) {
				require.False(t, known, "page %d lasting %t", at, lasting)
			}
		}
	}
	c.Fail("mobile.listmodulerecords", 1, vtigersim.EmptyError)
	_, known, err = c.contacts().Members(t.Context(), f)
	require.Equal(t, contact.Unavailable, contact.KindOf(err))
	require.False(t, known)
}

func TestAnEmptyFilterNeedsAWitness(t *testing.T) {
	c := newCRM(t)
	f, _ := c.saved(t, "in", 0)
	_, known, err := c.contacts().Members(t.Context(), f)
	require.NoError(t, err)
	require.False(t, known, "no record of the module bears witness")
	c.person(map[string]string{"lastname": "Elsewhere"})
	ids, known, err := c.contacts().Members(t.Context(), f)
	require.NoError(t, err)
	require.True(t, known)
	require.Empty(t, ids)
}

// One member leaves before each request in turn: either the listing is not believed, or it holds all that stayed.
func TestAMemberThatLeavesWhileListed(t *testing.T) {
	const n = 63
	for _, leaver := range []int{0, 18, 19, 20, 21, 40, 41, 42, 62} {
		for at := 1; at <= 14; at++ {
			c := newCRM(t)
			f, ids := c.saved(t, "in", n)
			asked := 0
			book := c.behind(t, func(operation string, _ url.Values) (string, bool) {
				if operation == "mobile.listmodulerecords" {
					if asked++; asked == at {
						require.NoError(t, c.Edit(ids[leaver], map[string]string{"title": "out"}))
					}
				}
				return "", false
			}).Book("Contacts", overlap)
			got, known, err := book.Members(t.Context(), f)
			require.NoError(t, err)
			if known {
				stayed := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == ids[leaver] })
				require.Subset(t, got, stayed, "leaver %d before request %d", leaver, at)
				require.Subset(t, ids, got)
			}
		}
	}
}

func TestFilters(t *testing.T) {
	c := newCRM(t)
	f, _ := c.saved(t, "in", 0)
	private, err := c.AddFilter(vtigersim.SavedFilter{Owner: c.alice, Module: "Contacts", Name: "Alice's own"})
	require.NoError(t, err)
	filters, err := c.dial().Filters(t.Context(), "Contacts")
	require.NoError(t, err)
	require.Equal(t, []Filter{
		{ID: "7", Name: "All", Shared: true}, {ID: "8", Name: "Contacts Address"}, f, {ID: private, Name: "Alice's own"},
	}, filters)

	_, err = c.dial().Filters(t.Context(), "Nonsense")
	require.Equal(t, contact.NeedsAdmin, contact.KindOf(err))
	_, err = c.dial().Filters(t.Context(), "No; module")
	require.Equal(t, contact.BadInput, contact.KindOf(err))
	c.SetMobileOff(true)
	_, err = c.dial().Filters(t.Context(), "Contacts")
	require.Equal(t, contact.NeedsAdmin, contact.KindOf(err))
	require.Contains(t, contact.SentenceOf(err), "Mobile module")
	require.False(t, FilterGone(err))
	for _, body := range []string{`[]`, `{"filters":[]}`, `{"filters":{}}`, `{"filters":{"Mine":[],"Shared":[]}}`, `{"filters":{"Mine":[{"id":{}}]}}`} {
		_, _, err := c.behind(t, func(operation string, _ url.Values) (string, bool) {
			return `{"success":true,"result":` + body + `}`, operation == "mobile.fetchmodulefilters"
		}).Book("Contacts", overlap).Members(t.Context(), f)
		require.Equal(t, contact.Unavailable, contact.KindOf(err), body)
	}
}
