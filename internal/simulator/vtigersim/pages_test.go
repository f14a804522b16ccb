package vtigersim

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLifeOfARecordInThePages(t *testing.T) {
	now := recordedAt
	s, c := newCRM(t, WithClock(func() time.Time { return now }))
	admin := c.as("admin")
	id := s.AddContact("19x5", map[string]string{"lastname": "L", "nosuch": "x", "source": "x", "id": "12x77"})
	record, ok := s.Record(id)
	require.True(t, ok)
	require.Equal(t, []string{"12x3", "CRM", "CON1", "0"}, []string{record["id"], record["source"], record["contact_no"], record["deleted"]})

	steps := []struct {
		name  string
		do    func() error
		bumps bool
		found bool
	}{
		{"star", func() error { return s.Edit(id, map[string]string{"starred": "1"}) }, false, true},
		{"edit", func() error { return s.Edit(id, map[string]string{"title": " Boss "}) }, true, true},
		{"comment", func() error { return s.Edit(id, nil) }, true, true},
		{"reassign", func() error { return s.Reassign(id, "20x2") }, true, true},
		{"delete", func() error { return s.Delete(id) }, true, false},
		{"restore", func() error { return s.Restore(id) }, true, true},
	}
	for _, step := range steps {
		before, _ := s.Record(id)
		now = now.Add(time.Second)
		require.NoError(t, step.do(), step.name)
		after, _ := s.Record(id)
		require.Equal(t, step.bumps, before["modifiedtime"] != after["modifiedtime"], step.name)
		require.Equal(t, step.found, len(admin.query("select id from Contacts where id = '"+id+"';").column("id")) == 1, step.name)
		require.Equal(t, step.found, len(s.Contacts()) == 1, step.name)
	}
	record, _ = s.Record(id)
	require.Equal(t, []string{"Boss", "20x2", "1"}, []string{record["title"], record["assigned_user_id"], record["starred"]})
	require.NoError(t, s.Purge(id))
	_, ok = s.Record(id)
	require.False(t, ok)
}

func TestActionsOnNothingFail(t *testing.T) {
	s, _ := newCRM(t)
	id := s.AddContact("19x1", map[string]string{"lastname": "L"})
	for _, err := range []error{
		s.Edit("12x99", nil), s.Delete("12x99"), s.Restore("12x99"), s.Purge("12x99"), s.Reassign("12x99", "19x1"),
		s.Restore(id), s.Delete("19x1"), s.Purge("20x2"),
	} {
		require.ErrorContains(t, err, "no such record")
	}
}

func TestDeletingAnOrganisationBumpsNoContact(t *testing.T) {
	now := recordedAt
	s, c := newCRM(t, WithClock(func() time.Time { return now }))
	account := s.AddAccount("Acme")
	id := s.AddContact("19x1", map[string]string{"lastname": "L", "account_id": account})
	now = now.Add(time.Minute)
	require.NoError(t, s.Delete(account))
	reply := c.as("admin").get("retrieve", "id", id)
	require.Nil(t, reply.field("account_id"))
	require.Equal(t, "2026-11-23 15:41:57", reply.field("modifiedtime"))
}

// Reading 20,000 contacts by keyset, as the product does, finds each exactly
// once, although 150 share a second, and a page does not read the whole book.
func TestManyContacts(t *testing.T) {
	now := recordedAt
	s, c := newCRM(t, WithClock(func() time.Time { return now }))
	const all = 20_000
	for i := range all {
		if i%150 == 0 {
			now = now.Add(time.Second)
		}
		s.AddContact("19x1", map[string]string{"lastname": fmt.Sprint(i), "email": fmt.Sprintf("c%d@x.test", i)})
	}
	admin := c.as("admin")
	seen := map[string]bool{}
	at, last := "2020-01-01 00:00:00", "12x0"
	started := time.Now()
	for {
		where := fmt.Sprintf("modifiedtime > '%s' or modifiedtime = '%s' and id > '%s'", at, at, last)
		page := admin.query("select id,modifiedtime from Contacts where " + where + " order by modifiedtime, id limit 100;")
		found := page.column("id")
		if len(found) == 0 {
			break
		}
		for _, id := range found {
			require.False(t, seen[id.(string)])
			seen[id.(string)] = true
		}
		last, at = found[len(found)-1].(string), page.column("modifiedtime")[len(found)-1].(string)
	}
	require.Len(t, seen, all)
	require.Less(t, time.Since(started), all/100*100*time.Millisecond, "100 ms a page")
	require.Len(t, admin.query("select id from Contacts where email = 'C19999@x.test';").column("id"), 1)
}
