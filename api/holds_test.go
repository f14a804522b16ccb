package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

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

func TestAllHoldsOfAKindAreAnswered(t *testing.T) {
	r, _, alice, connection := staged(t)
	for i := range 3 {
		r.waits(connection, fmt.Sprint("g", i), reconcile.GuardHold)
	}
	r.waits(connection, "c", reconcile.ConflictHold)
	var out struct{ Answered int }
	alice.do("POST", connection+"/holds", map[string]any{"approve": true, "kind": "guard"}).read(t, &out)
	require.Equal(t, 3, out.Answered)
	require.Len(t, r.asked, 1)
	alice.do("POST", connection+"/holds", map[string]any{"approve": true, "kind": "guard"}).read(t, &out)
	require.Zero(t, out.Answered)
	require.Len(t, r.asked, 1, "no sync for nothing")
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
	bob.do("POST", connection+"/holds", map[string]any{"approve": true, "kind": "guard"}).refused(t, 404, "not-found")
}
