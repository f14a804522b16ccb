package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/reconcile"
)

// waits puts a hold into alice's connection, as a plan would.
func (r *rig) waits(connection, question string, kind reconcile.HoldKind) string {
	r.exec(fmt.Sprintf(`INSERT INTO holds (connection_id, epoch, question, kind, side, vtiger_id, outlook_id, name, field, shown, candidates, reason_kind, reason)
		SELECT id, epoch, '%s', '%s', 'outlook', '12x1', 'o1', 'Ann', 'jobTitle', '{"v": "CEO", "o": "CTO"}', '{12x1,12x2}', '%[2]s', 'Somebody must choose.'
		FROM connections WHERE id = '%[3]s'`, question, kind, idOf(connection)))
	var id int64
	require.NoError(r.t, r.server.Ledger.DB().NewRaw("SELECT id FROM holds WHERE question = ?", question).Scan(r.t.Context(), &id))
	return fmt.Sprint(id)
}

func idOf(path string) string { return path[strings.LastIndex(path, "/")+1:] }

func TestHoldsAreListedAndAnswered(t *testing.T) {
	r, admin, alice, connection := staged(t)
	conflict := r.waits(connection, "q1", reconcile.ConflictHold)
	ambiguous := r.waits(connection, "q2", reconcile.AmbiguousHold)
	guard := r.waits(connection, "q3", reconcile.GuardHold)

	var list struct{ Holds []holdView }
	alice.do("GET", "/api/v1/holds?connection="+idOf(connection), nil).read(t, &list)
	require.Len(t, list.Holds, 3)
	require.Equal(t, &shownView{"CEO", "CTO"}, list.Holds[0].Shown)
	require.Equal(t, []string{"12x1", "12x2"}, list.Holds[1].Candidates)
	require.Equal(t, "The contact is deleted in Outlook.", list.Holds[2].Approving)

	alice.do("POST", "/api/v1/holds/"+guard+"/approve", map[string]string{"keep": "outlook"}).refused(t, 422, "invalid")
	alice.do("POST", "/api/v1/holds/"+conflict+"/approve", map[string]string{"record": "12x1"}).refused(t, 422, "invalid")
	alice.do("POST", "/api/v1/holds/"+ambiguous+"/approve", map[string]string{"record": "12x9"}).refused(t, 422, "invalid")
	require.Empty(t, r.asked, "what is refused changes nothing")

	require.Equal(t, "outlook", alice.do("POST", "/api/v1/holds/"+conflict+"/approve", map[string]string{"keep": "outlook"}).text(t, "answer"))
	require.Equal(t, "approve", alice.do("POST", "/api/v1/holds/"+ambiguous+"/approve", map[string]string{"record": "12x2"}).text(t, "answer"))
	require.Equal(t, "discard", admin.do("POST", "/api/v1/holds/"+guard+"/discard", nil).text(t, "answer"))
	require.Len(t, r.asked, 3, "each answer asks for a sync")
	alice.do("GET", "/api/v1/holds", nil).read(t, &list)
	require.Empty(t, list.Holds, "nothing waits any more")
}

// newest is a hold after all that there are.
const newest = "999999999999999999"

func TestAllHoldsOfAKindAreAnswered(t *testing.T) {
	r, _, alice, connection := staged(t)
	for i := range 3 {
		r.waits(connection, fmt.Sprint("g", i), reconcile.GuardHold)
	}
	r.waits(connection, "c", reconcile.ConflictHold)
	var list struct{ Waiting []heapView }
	alice.do("GET", "/api/v1/holds?limit=1&connection="+idOf(connection), nil).read(t, &list)
	require.Len(t, list.Waiting, 2)
	require.Equal(t, heapView{reconcile.ConflictHold, 1, list.Waiting[0].Newest}, list.Waiting[0])
	require.Equal(t, heapView{reconcile.GuardHold, 3, list.Waiting[1].Newest}, list.Waiting[1], "on all pages")
	late := r.waits(connection, "late", reconcile.GuardHold)
	var out struct{ Answered int }
	seen := map[string]any{"approve": true, "kind": "guard", "through": list.Waiting[1].Newest}
	alice.do("POST", connection+"/holds", seen).read(t, &out)
	require.Equal(t, 3, out.Answered)
	require.Len(t, r.asked, 1)
	alice.do("POST", connection+"/holds", seen).read(t, &out)
	require.Zero(t, out.Answered, "what was asked since waits on")
	require.Len(t, r.asked, 1, "no sync for nothing")
	seen["through"] = late
	alice.do("POST", connection+"/holds", seen).read(t, &out)
	require.Equal(t, 1, out.Answered)
}

func TestHoldsOfOthersDoNotExist(t *testing.T) {
	r, admin, _, connection := staged(t)
	id := r.waits(connection, "q", reconcile.GuardHold)
	admin.allow("bob")
	bob := r.as("bob")
	var list struct{ Holds []holdView }
	bob.do("GET", "/api/v1/holds", nil).read(t, &list)
	require.Empty(t, list.Holds)
	bob.do("GET", "/api/v1/holds?connection="+idOf(connection), nil).refused(t, 404, "not-found")
	bob.do("POST", "/api/v1/holds/"+id+"/approve", nil).refused(t, 404, "not-found")
	bob.do("POST", "/api/v1/holds/"+id+"/discard", nil).refused(t, 404, "not-found")
	bob.do("POST", connection+"/holds", map[string]any{"approve": true, "kind": "guard", "through": newest}).refused(t, 404, "not-found")
}

// A hold shows the contacts that it is about, and of vTiger only what the connection may use: the feed is everybody's.
func TestHoldsShowTheContactsTheyAreAbout(t *testing.T) {
	r, admin, alice, connection := staged(t)
	r.waits(connection, "q1", reconcile.DuplicateHold)
	r.waits(connection, "q2", reconcile.ElsewhereHold)
	c, err := r.server.Ledger.Connection(t.Context(), idOf(connection))
	require.NoError(t, err)
	r.exec(fmt.Sprintf(`UPDATE holds SET side = 'vtiger', vtiger_id = '', candidates = '{12x1,12x2,12x3}' WHERE connection_id = '%s'`, c.ID))
	for _, feed := range []string{c.Feed(contact.VTiger), c.Feed(contact.Outlook)} {
		r.exec(fmt.Sprintf(`INSERT INTO feeds (id) VALUES ('%s') ON CONFLICT DO NOTHING`, feed))
	}
	for id, owner := range map[string]string{"12x1": "19x99", "12x2": c.UserID, "12x3": "19x99"} {
		r.exec(fmt.Sprintf(`INSERT INTO records (feed, id, presence, version, owner, hash, "values", walk, seen_at) VALUES ('%s', '%s', 'present', '', '%s', '', '{"lastname": "%[2]s"}', 1, now())`,
			c.Feed(contact.VTiger), id, owner))
	}
	r.exec(fmt.Sprintf(`INSERT INTO records (feed, id, presence, version, hash, "values", walk, seen_at) VALUES ('%s', 'o1', 'present', '', '', '{"surname": "Ann", "fileAs": "A"}', 1, now())`, c.Feed(contact.Outlook)))
	r.exec(fmt.Sprintf(`INSERT INTO links (connection_id, epoch, vtiger_id, outlook_id, state) VALUES ('%s', %d, '12x3', 'o9', 'active')`, c.ID, c.Epoch))

	stranger := heldRecord{contact.Outlook, "o1", contact.Contact{"surname": "Ann"}}
	for _, who := range []caller{alice, admin} {
		var list struct{ Holds []holdView }
		who.do("GET", "/api/v1/holds", nil).read(t, &list)
		require.Equal(t, []heldRecord{
			stranger, {contact.VTiger, "12x2", contact.Contact{"surname": "12x2"}}, {contact.VTiger, "12x3", contact.Contact{"surname": "12x3"}},
		}, list.Holds[0].Records)
		require.Equal(t, []heldRecord{stranger}, list.Holds[1].Records, "what exists elsewhere is somebody else's")
	}
}

func TestAllConflictsKeepASidesValues(t *testing.T) {
	r, _, alice, connection := staged(t)
	first, second := r.waits(connection, "q1", reconcile.ConflictHold), r.waits(connection, "q2", reconcile.ConflictHold)
	guard := r.waits(connection, "q3", reconcile.GuardHold)
	alice.do("POST", connection+"/holds", map[string]any{"approve": true, "kind": "guard", "through": newest, "keep": "outlook"}).refused(t, 422, "invalid")
	alice.do("POST", connection+"/holds", map[string]any{"approve": false, "kind": "conflict", "through": newest, "keep": "outlook"}).refused(t, 422, "invalid")
	require.Empty(t, r.asked, "what is refused changes nothing")
	alice.do("POST", connection+"/holds", map[string]any{"approve": true, "kind": "conflict", "through": newest, "keep": "outlook"})
	for id, verdict := range map[string]string{first: "outlook", second: "outlook", guard: ""} {
		var held string
		require.NoError(t, r.server.Ledger.DB().NewRaw("SELECT verdict FROM holds WHERE id = ?", id).Scan(t.Context(), &held))
		require.Equal(t, verdict, held)
	}
}
