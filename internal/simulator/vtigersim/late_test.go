package vtigersim

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// saver is one of the two ways to save; release comes after check.
type saver struct {
	name string
	edit func(id string) (finished <-chan got)
	add  func() (finished <-chan got)
}

// savers need the test's own session for nothing but saving: it waits.
func savers(t *testing.T, s *Server, c *client) []saver {
	program := c.as("admin")
	inBackground := func(operation string, call func() got) <-chan got {
		before := s.Count(operation + stalledSuffix)
		finished := make(chan got, 1)
		go func() { finished <- call() }()
		require.NoError(t, s.Await(t.Context(), func(n Counts) bool { return n[operation+stalledSuffix] > before }))
		return finished
	}
	byHand := func(err error) <-chan got {
		require.NoError(t, err)
		finished := make(chan got, 1)
		finished <- got{}
		return finished
	}
	return []saver{
		{
			"pages",
			func(id string) <-chan got {
				return byHand(s.Edit(id, map[string]string{"title": "new", "department": "new", "assigned_user_id": "19x5"}))
			},
			func() <-chan got { s.AddContact("19x1", map[string]string{"lastname": "Late"}); return byHand(nil) },
		},
		{
			"web service",
			func(id string) <-chan got {
				return inBackground("revise", func() got {
					return program.revise(`{"id":"` + id + `","title":"new","department":"new","assigned_user_id":"19x5"}`)
				})
			},
			func() <-chan got {
				return inBackground("create", func() got { return program.create(`{"lastname":"Late","assigned_user_id":"19x1"}`) })
			},
		},
	}
}

const lateColumns = "select title,department,assigned_user_id,modifiedtime from Contacts where id = '%s';"

// shownBy is what one read shows of a record.
func shownBy(reader *client, id string) string {
	page := reader.query(fmt.Sprintf(lateColumns, id))
	return fmt.Sprint(page.column("title"), page.column("department"), page.column("assigned_user_id"), page.column("modifiedtime"))
}

const (
	oldRow = "[old] [old] [19x1] [2026-11-23 15:41:57]"
	newRow = "[new] [new] [19x5] [2026-11-23 15:42:57]"
)

func TestSavesAreSeenLate(t *testing.T) {
	rows := []struct {
		name    string
		order   func(*Server) func()
		between []string // what readers see one after the other before release
	}{
		{
			"values held back", func(s *Server) func() { return s.HoldValues(1, 0) },
			[]string{"[old] [old] [19x5] [2026-11-23 15:42:57]", "[old] [old] [19x5] [2026-11-23 15:42:57]"},
		},
		{
			"torn between two reads", func(s *Server) func() { return s.TearSaves(1, 0) },
			[]string{"[new] [old] [19x5] [2026-11-23 15:42:57]", newRow},
		},
		{"torn and released unseen", func(s *Server) func() { return s.TearSaves(1, 0) }, nil},
	}
	for _, row := range rows {
		for n, name := range []string{"pages", "web service"} {
			t.Run(row.name+" "+name, func(t *testing.T) {
				now := recordedAt
				s, c := newCRM(t, WithClock(func() time.Time { return now }))
				reader, save := c.as("admin"), savers(t, s, c)[n]
				id := s.AddContact("19x1", map[string]string{"lastname": "L", "title": "old", "department": "old"})
				require.Equal(t, oldRow, shownBy(reader, id))
				now = now.Add(time.Minute)
				release := row.order(s)
				finished := save.edit(id)
				for _, seen := range row.between {
					require.Equal(t, seen, shownBy(reader, id))
				}
				release()
				require.Equal(t, newRow, shownBy(reader, id))
				if answer := <-finished; name == "web service" {
					require.Equal(t, "new", answer.field("title"), "answered when all has landed")
				}
				require.NoError(t, s.Edit(id, map[string]string{"title": "once"}))
				require.Equal(t, []any{"once"}, reader.query("select title from Contacts;").column("title"), "the order is used up")
			})
		}
	}
}

func TestRecordsAppearLate(t *testing.T) {
	for n, name := range []string{"pages", "web service"} {
		t.Run(name, func(t *testing.T) {
			now := recordedAt
			s, c := newCRM(t, WithClock(func() time.Time { return now }))
			reader, save := c.as("admin"), savers(t, s, c)[n]
			release := s.HoldCreates(1, 0)
			finished := save.add()
			now = now.Add(time.Minute)
			second := s.AddContact("19x1", map[string]string{"lastname": "Second"})
			require.Equal(t, []any{second}, reader.query("select id from Contacts;").column("id"))
			require.NotEmpty(t, reader.get("retrieve", "id", "12x3").refusal())
			release()
			page := reader.query("select id,modifiedtime from Contacts order by modifiedtime;")
			require.Equal(t, []any{"12x3", second}, page.column("id"))
			require.Equal(t, "2026-11-23 15:41:57", page.column("modifiedtime")[0])
			<-finished
		})
	}
}

// A retrieve and a query of the changed fields end a tear; other fields do not.
func TestWhatEndsATear(t *testing.T) {
	s, c := newCRM(t)
	reader := c.as("admin")
	id := s.AddContact("19x1", map[string]string{"lastname": "L"})
	s.TearSaves(1, 0)
	require.NoError(t, s.Edit(id, map[string]string{"mobile": "1"}))
	require.Equal(t, "1", reader.get("retrieve", "id", id).field("mobile"), "one field cannot be torn")
	require.NoError(t, s.Edit(id, map[string]string{"mobile": "2", "fax": "2"}))
	require.Len(t, reader.query("select id,modifiedtime from Contacts;").column("id"), 1)
	torn := reader.get("retrieve", "id", id)
	require.Equal(t, []any{"2", ""}, []any{torn.field("mobile"), torn.field("fax")})
	require.Equal(t, "2", reader.get("retrieve", "id", id).field("fax"))
}

func TestLateSavesLandByThemselves(t *testing.T) {
	s, c := newCRM(t)
	reader := c.as("admin")
	id := s.AddContact("19x1", map[string]string{"lastname": "L"})
	const delay = 30 * time.Millisecond
	s.HoldValues(1, delay)
	s.HoldCreates(1, delay)
	s.TearSaves(1, delay)
	require.NoError(t, s.Edit(id, map[string]string{"title": "late"}))
	added := s.AddContact("19x1", map[string]string{"lastname": "Added"})
	require.NoError(t, s.Edit(id, map[string]string{"phone": "1", "fax": "1"}))
	require.Eventually(t, func() bool {
		// Record is no reader in the sense of TearSaves.
		record, _ := s.Record(id)
		_, appeared := s.Record(added)
		return appeared && record["title"] == "late" && record["fax"] == "1"
	}, 5*time.Second, time.Millisecond)
	started := time.Now()
	s.HoldValues(1, delay)
	require.Equal(t, "revised", reader.revise(`{"id":"`+id+`","title":"revised"}`).field("title"))
	require.GreaterOrEqual(t, time.Since(started), delay)
}

func TestReleaseAndClearOfLateSaves(t *testing.T) {
	s, c := newCRM(t)
	reader := c.as("admin")
	id := s.AddContact("19x1", map[string]string{"lastname": "L"})
	titles := func() []any { return reader.query("select title from Contacts;").column("title") }
	s.HoldValues(-1, 0)
	require.NoError(t, s.Edit(id, map[string]string{"title": "1"}))
	s.ClearFaults()
	require.NoError(t, s.Edit(id, map[string]string{"title": "2"}))
	require.Equal(t, []any{"2"}, titles())
	s.ReleaseSaves()
	require.Equal(t, []any{"1"}, titles(), "the slow save overwrites the one that came in between")
	require.NoError(t, s.Edit(id, map[string]string{"title": "3"}))
	require.Equal(t, []any{"3"}, titles())
}

// A server that stops lets a waiting save land and be answered.
func TestClosingLandsSaves(t *testing.T) {
	s, c := newCRM(t)
	id := s.AddContact("19x1", map[string]string{"lastname": "L"})
	save := savers(t, s, c)[1]
	s.HoldValues(1, 0)
	finished := save.edit(id)
	s.Close()
	require.Equal(t, "new", (<-finished).field("title"))
}
