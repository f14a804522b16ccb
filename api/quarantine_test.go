package api

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// refuses puts a refused write into a connection, as a run would; parked ones have no next time.
func (r *rig) refuses(connection, record string, parked bool) string {
	next := "now() + interval '1 hour'"
	if parked {
		next = "NULL"
	}
	r.exec(fmt.Sprintf(`INSERT INTO quarantine (connection_id, epoch, side, action, outlook_id, name, kind, sentence, settings, attempts, pauses, next_at)
		SELECT id, epoch, 'vtiger', 'insert', '%s', 'Ann', 'bad-record', 'A field that vTiger demands is empty.', settings_version, 2, 2, %s
		FROM connections WHERE id = '%s'`, record, next, idOf(connection)))
	var id int64
	require.NoError(r.t, r.server.Ledger.DB().NewRaw("SELECT id FROM quarantine WHERE outlook_id = ?", record).Scan(r.t.Context(), &id))
	return fmt.Sprint(id)
}

// quarantine reads the caller's list.
func (c caller) quarantine(query string) (list []refusalView, next string) {
	var page struct {
		Refusals []refusalView
		Next     string
	}
	a := c.do("GET", "/api/v1/quarantine"+query, nil)
	require.Equal(c.t, 200, a.status, a.raw)
	a.read(c.t, &page)
	return page.Refusals, page.Next
}

func TestQuarantineIsListedInPages(t *testing.T) {
	r, admin, alice, connection := staged(t)
	first, second := r.refuses(connection, "o1", false), r.refuses(connection, "o2", true)
	list, next := alice.quarantine("?limit=1&connection=" + idOf(connection))
	require.Len(t, list, 1)
	require.Equal(t, first, list[0].ID)
	require.Equal(t, waitingState, list[0].State)
	require.Equal(t, "toVtiger", list[0].Direction)
	require.Equal(t, "A field that vTiger demands is empty.", list[0].Cause)
	require.NotNil(t, list[0].NextAt)
	list, next = admin.quarantine("?limit=1&cursor=" + next)
	require.Empty(t, next)
	require.Equal(t, second, list[0].ID)
	require.Equal(t, parkedState, list[0].State)
	require.Nil(t, list[0].NextAt)
}

// What is to be tried again is due, counts as never tried, and a sync is asked for once a connection.
func TestRefusedWritesAreTriedAgain(t *testing.T) {
	r, admin, alice, connection := staged(t)
	one := r.refuses(connection, "o1", true)
	r.refuses(connection, "o2", true)
	r.refuses(connection, "o3", false)
	retry := func(c caller, body any) int {
		var out struct{ Retried int }
		a := c.do("POST", "/api/v1/quarantine/retry", body)
		require.Equal(t, 200, a.status, a.raw)
		a.read(t, &out)
		return out.Retried
	}
	require.Equal(t, 1, retry(alice, map[string]any{"ids": []string{one}}))
	list, _ := alice.quarantine("")
	require.Equal(t, []string{waitingState, parkedState, waitingState}, []string{list[0].State, list[1].State, list[2].State})
	require.Equal(t, 3, retry(alice, map[string]any{"connection": idOf(connection)}))
	require.Equal(t, 3, retry(admin, nil))
	require.Len(t, r.asked, 3)
	var anew int
	require.NoError(t, r.server.Ledger.DB().NewRaw("SELECT count(*) FROM quarantine WHERE pauses = 0 AND next_at <= now()").Scan(t.Context(), &anew))
	require.Equal(t, 3, anew)
	r.exec("DELETE FROM quarantine")
	require.Zero(t, retry(alice, nil))
	require.Len(t, r.asked, 3, "no sync for nothing")
}

func TestRefusedWritesOfOthersDoNotExist(t *testing.T) {
	r, admin, alice, connection := staged(t)
	id := r.refuses(connection, "o1", true)
	admin.allow("bob")
	bob := r.as("bob")
	list, _ := bob.quarantine("")
	require.Empty(t, list)
	bob.do("GET", "/api/v1/quarantine?connection="+idOf(connection), nil).refused(t, 404, "not-found")
	bob.do("POST", "/api/v1/quarantine/retry", map[string]any{"ids": []string{id}}).refused(t, 404, "not-found")
	bob.do("POST", "/api/v1/quarantine/retry", map[string]any{"connection": idOf(connection)}).refused(t, 404, "not-found")
	require.Equal(t, 200, bob.do("POST", "/api/v1/quarantine/retry", nil).status)
	alice.do("POST", "/api/v1/quarantine/retry", map[string]any{"ids": []string{}}).refused(t, 422, "invalid")
	list, _ = alice.quarantine("")
	require.Equal(t, parkedState, list[0].State, "nothing of it was tried")
	require.Empty(t, r.asked)
}
