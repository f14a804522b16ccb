package vtiger

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/vtigersim"
)

func TestFaultsOfAWrite(t *testing.T) {
	for _, c := range []struct {
		name    string
		fault   vtigersim.Fault
		outcome contact.Outcome
		stored  bool
	}{
		{"an empty 500", vtigersim.EmptyError, contact.Unclear, false},
		{"a bad gateway", vtigersim.BadGateway, contact.Unclear, false},
		{"no JSON", vtigersim.NotJSON, contact.Unclear, false},
		{"an internal error after storing", vtigersim.ErrorAfterCommit, contact.Unclear, true},
		{"a connection lost after storing", vtigersim.HangUp, contact.Unclear, true},
		{"a lost session", vtigersim.SessionLost, contact.Done, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			crm := newCRM(t)
			book := crm.contacts()
			r := crm.known(t, book)
			for operation, w := range map[string]contact.Write{
				"create": crm.inserting("A", "S1"), "revise": updating(r, "New"),
			} {
				crm.Fail(operation, 1, c.fault)
				got := write(t, book, w)[0]
				require.Equal(t, c.outcome, got.Outcome, operation)
				if got.Err != nil {
					requireDiscreet(t, crm, got.Err)
					require.NotContains(t, got.Err.Error(), "example.test")
				}
			}
			found, err := book.FindStamped(t.Context(), []string{"S1"})
			require.NoError(t, err)
			require.Equal(t, c.stored, len(found) == 1)
		})
	}
}

func TestRefusals(t *testing.T) {
	c := newCRM(t)
	c.SetUniqueEmails(true)
	book := c.contacts()
	require.Equal(t, contact.Done, write(t, book, c.inserting("A", "S1"))[0].Outcome)

	twin := write(t, book, c.inserting("A", "S2"))[0]
	require.Equal(t, contact.Refused, twin.Outcome)
	require.Equal(t, contact.BadRecord, contact.KindOf(twin.Err))
	require.Contains(t, contact.SentenceOf(twin.Err), "duplicate")

	nameless := c.inserting("B", "S3")
	delete(nameless.Values, "lastname")
	got := write(t, book, nameless)[0]
	require.Equal(t, contact.Refused, got.Outcome)
	require.Equal(t, contact.BadRecord, contact.KindOf(got.Err))
	require.Len(t, c.Contacts(), 1)
}

func TestWhatBreaksTheContractIsRefusedUnsent(t *testing.T) {
	c := newCRM(t)
	book := c.contacts()
	r := c.known(t, book)
	spoil := func(w contact.Write, change func(*contact.Write)) contact.Write {
		change(&w)
		return w
	}
	c.ResetCounts()
	for _, w := range []contact.Write{
		spoil(c.inserting("A", "S1"), func(w *contact.Write) { w.Owner = "" }),
		spoil(c.inserting("A", "S1"), func(w *contact.Write) { w.Owner = "admin" }),
		spoil(c.inserting("A", "S1"), func(w *contact.Write) { w.Values["account_id"] = "Ice & Sons" }),
		spoil(c.inserting("A", "S1"), func(w *contact.Write) { w.Values["source"] = "x" }),
		spoil(c.inserting("A", "S1"), func(w *contact.Write) { w.Stamp = "lower" }),
		spoil(c.inserting("A", "S1"), func(w *contact.Write) { w.Stamp = strings.Repeat("A", 99) }),
		spoil(updating(r, "New"), func(w *contact.Write) { w.Values["id"] = "12x4" }),
		spoil(updating(r, "New"), func(w *contact.Write) { w.Action = "merge" }),
	} {
		got := write(t, book, w)[0]
		require.Equal(t, contact.Refused, got.Outcome)
		require.Equal(t, contact.Bug, contact.KindOf(got.Err))
	}
	require.Zero(t, c.Count("create")+c.Count("revise"))

	_, err := book.Write(t.Context(), make([]contact.Write, book.Batch()+1))
	require.Equal(t, contact.Bug, contact.KindOf(err))
}

func TestTwoUnclearAnswersPostponeTheRest(t *testing.T) {
	c := newCRM(t)
	book := c.contacts()
	c.known(t, book)
	c.Fail("create", -1, vtigersim.EmptyError)
	got := write(t, book, c.inserting("A", "S1"), c.inserting("B", "S2"), c.inserting("C", "S3"), c.inserting("D", "S4"))
	var outcomes []contact.Outcome
	for _, g := range got {
		outcomes = append(outcomes, g.Outcome)
		require.Error(t, g.Err)
	}
	require.Equal(t, []contact.Outcome{contact.Unclear, contact.Unclear, contact.Postponed, contact.Postponed}, outcomes)
	require.Equal(t, 2, c.Count("create"))
}

func TestOneBadRecordDoesNotStopTheBatch(t *testing.T) {
	c := newCRM(t)
	c.Fail("create", 1, vtigersim.NotJSON)
	got := write(t, c.contacts(), c.inserting("A", "S1"), c.inserting("B", "S2"))
	require.Equal(t, contact.Unclear, got[0].Outcome)
	require.Equal(t, contact.Done, got[1].Outcome)
}

func TestARefusedConnectionPostpones(t *testing.T) {
	c := newCRM(t)
	config := c.config()
	config.URL = "http://127.0.0.1:1"
	got := write(t, Dial(config).Book("Contacts", overlap), c.inserting("A", "S1"), c.inserting("B", "S2"))
	for _, g := range got {
		require.Equal(t, contact.Postponed, g.Outcome)
		require.Equal(t, contact.Unavailable, contact.KindOf(g.Err))
	}
	_, err := Dial(config).Book("Contacts", overlap).Write(t.Context(), []contact.Write{updating(contact.Record{ID: "12x3"}, "New")})
	require.Equal(t, contact.Unavailable, contact.KindOf(err), "nothing was begun")
}

func TestACancelledBatchTellsWhatWasBegun(t *testing.T) {
	c := newCRM(t)
	book := c.contacts()
	c.known(t, book)
	defer c.Hold("create", 1)()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		_ = c.Await(ctx, func(n vtigersim.Counts) bool { return n["create"] == 1 })
		cancel()
	}()
	got, err := book.Write(ctx, []contact.Write{c.inserting("A", "S1"), c.inserting("B", "S2")})
	require.NoError(t, err)
	require.Equal(t, contact.Unclear, got[0].Outcome)
	require.Equal(t, contact.Postponed, got[1].Outcome)
	require.Equal(t, 1, c.Count("create"))
}

func TestATimeOutIsUnclearAndPostponesTheRest(t *testing.T) {
	c := newCRM(t)
	client := c.dial()
	book := client.Book("Contacts", overlap)
	c.known(t, book)
	client.timeout = 300 * time.Millisecond
	defer c.Hold("create", 1)()
	got := write(t, book, c.inserting("A", "S1"), c.inserting("B", "S2"))
	require.Equal(t, contact.Unclear, got[0].Outcome)
	require.Equal(t, contact.Postponed, got[1].Outcome)
}

func TestWhatCannotBeReReadIsUnclear(t *testing.T) {
	c := newCRM(t)
	r := c.known(t, c.contacts())
	book := c.behind(t, brokenTable("Contacts", func() bool { return true })).Book("Contacts", overlap)
	got := write(t, book, c.inserting("A", "S1"), updating(r, "New"), deleting(c.known(t, c.contacts())))
	require.Equal(t, contact.Unclear, got[0].Outcome)
	require.Equal(t, contact.Unclear, got[1].Outcome)
	require.Equal(t, contact.Done, got[2].Outcome)
}

// vTiger stores a record for an owner who does not exist, and answers without JSON.
func TestAnUnknownOwnerIsUnclear(t *testing.T) {
	c := newCRM(t)
	w := c.inserting("A", "S1")
	w.Owner = "19x999"
	require.Equal(t, contact.Unclear, write(t, c.contacts(), w)[0].Outcome)
}
