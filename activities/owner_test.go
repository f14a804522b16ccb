package activities

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// Each write says whose record it may find: an update whom it was planned on, a deletion the connection's user only.
func TestWhoseRecordsAreWritten(t *testing.T) {
	c := ledger.Connection{UserID: "19x5", Settings: ledger.Settings{OwnerScope: ledger.OwnerScope{Owners: ledger.Owners{IDs: []string{"20x2"}}}}}
	of := func(side contact.Side, action contact.Action) contact.Write {
		return write(c, ledger.Announced{Operation: ledger.Operation{Side: side, Action: action, VTigerID: "12x1", OutlookID: "A"}, Target: ledger.Record{Owner: "20x2"}})
	}
	require.Equal(t, "19x5", of(contact.VTiger, contact.Insert).Owner)
	require.Equal(t, "20x2", of(contact.VTiger, contact.Update).Owner)
	require.Equal(t, "19x5", of(contact.VTiger, contact.Delete).Owner, "whatever the plan was made on")
	require.True(t, of(contact.VTiger, contact.Insert).Scope("20x2"))
	require.False(t, of(contact.VTiger, contact.Insert).Scope("20x3"))
	require.Nil(t, of(contact.Outlook, contact.Insert).Scope)
}

// What stands in an insert's way is linked if it is of the scope; of what an unclear insert made twice one of the scope is
// taken.
func TestWhoseRecordsAreAdopted(t *testing.T) {
	c := ledger.Connection{UserID: "19x5", Settings: ledger.Settings{OwnerScope: ledger.OwnerScope{Owners: ledger.Owners{IDs: []string{"20x2"}}}}}
	op := ledger.Operation{Side: contact.VTiger, Action: contact.Insert, Stamp: "S"}
	for owner, adopts := range map[string]bool{"19x5": true, "20x2": true, "20x3": false} {
		s := obstructed(c, op, contact.Written{Outcome: contact.Refused, Record: contact.Record{ID: "12x1", Owner: owner}, Err: &contact.Error{Code: duplicate}}, false)
		require.Equal(t, adopts, s.Adopt, owner)
	}
	found := []contact.Record{{ID: "12x1", Stamp: "S", Owner: "20x3"}, {ID: "12x2", Stamp: "S", Owner: "20x2"}}
	r, there := made(c, op, found)
	require.True(t, there)
	require.Equal(t, "12x2", r.ID)
}
