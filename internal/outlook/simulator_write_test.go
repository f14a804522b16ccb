package outlook

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/graphsim"
)

func TestStampsOfAFolderAndOfACopy(t *testing.T) {
	c := openCloud(t)
	b := c.book()
	want := map[string]string{}
	var writes []contact.Write
	for i := range 20 {
		writes = append(writes, contact.Write{
			Action: contact.Insert, Values: map[string]string{"surname": fmt.Sprint("N", i)}, Stamp: fmt.Sprint("OP", i),
		})
	}
	got, err := b.Write(t.Context(), writes)
	require.NoError(t, err)
	for i, w := range got {
		require.Equal(t, contact.Done, w.Outcome)
		want[w.Record.ID] = writes[i].Stamp
	}
	for range 205 { // the stamped ones are on two pages, with strangers
		c.person(t, "", map[string]string{"surname": "stranger"})
	}
	twin, err := c.CopyContact(ann, got[3].Record.ID, "")
	require.NoError(t, err)
	want[twin] = "OP3"
	stamps, err := b.Stamps(t.Context())
	require.NoError(t, err)
	require.Equal(t, want, stamps)

	found, err := b.FindStamped(t.Context(), []string{"OP3", "OP4", "none"})
	require.NoError(t, err)
	var ids []string
	for _, r := range found {
		ids = append(ids, r.ID)
		require.Equal(t, want[r.ID], r.Stamp)
	}
	require.ElementsMatch(t, []string{got[3].Record.ID, twin, got[4].Record.ID}, ids)
}

func TestLimitsOfListsAreBadRecords(t *testing.T) {
	c := openCloud(t)
	got, err := c.book().Write(t.Context(), []contact.Write{
		{Action: contact.Insert, Values: map[string]string{"businessPhones": "1\n2\n3"}},
		{Action: contact.Insert, Values: map[string]string{"businessPhones": "1\n2"}},
	})
	require.NoError(t, err)
	require.Equal(t, contact.Refused, got[0].Outcome)
	requireKind(t, contact.BadRecord, got[0].Err)
	require.Equal(t, contact.Done, got[1].Outcome)
}

func TestAnInsertCommittedBeforeA504IsFoundByItsStamp(t *testing.T) {
	c := openCloud(t)
	b := c.book()
	for _, op := range []string{"contacts.create", "batch"} {
		c.Fail(op, 1, graphsim.GatewayTimeout().Committed())
		got, err := b.Write(t.Context(), []contact.Write{
			{Action: contact.Insert, Values: map[string]string{"surname": "X"}, Stamp: "OP-" + op},
		})
		require.NoError(t, err)
		require.Equal(t, contact.Unclear, got[0].Outcome)
		found, err := b.FindStamped(t.Context(), []string{"OP-" + op})
		require.NoError(t, err)
		require.Len(t, found, 1)
	}
	require.Equal(t, 2, c.Count("contacts.create"), "a POST is never repeated")
}

func TestASpontaneousConflictIsStaleWithTheLivingRecord(t *testing.T) {
	c := openCloud(t)
	id := c.person(t, "", map[string]string{"surname": "X"})
	b := c.book()
	records, _, _ := walk(t, b, "")
	c.Fail("contacts.update", 1, graphsim.Conflict())
	got, err := b.Write(t.Context(), []contact.Write{
		{Action: contact.Update, ID: id, Before: records[id], Values: map[string]string{"jobTitle": "Boss"}},
	})
	require.NoError(t, err)
	require.Equal(t, contact.Stale, got[0].Outcome)
	require.Equal(t, records[id].Version, got[0].Record.Version)
}

func TestPartsOfABatchAreThrottledAlone(t *testing.T) {
	c := openCloud(t)
	c.Fail("contacts.create", 1, graphsim.Throttled("2.5"))
	got, err := c.book().Write(t.Context(), []contact.Write{
		{Action: contact.Insert, Values: map[string]string{"surname": "X"}},
		{Action: contact.Insert, Values: map[string]string{"surname": "Y"}},
	})
	require.NoError(t, err)
	outcomes := map[contact.Outcome]error{got[0].Outcome: got[0].Err, got[1].Outcome: got[1].Err}
	require.Contains(t, outcomes, contact.Done)
	require.Equal(t, 2500*time.Millisecond, contact.RetryAfter(outcomes[contact.Postponed]))
}

func TestAClientStaysWithinWhatAMailboxServes(t *testing.T) {
	c := openCloud(t, func(s *graphsim.Settings) { s.Latency = 2 * time.Millisecond })
	client := c.client()
	b := client.Book(c.folder)
	var all sync.WaitGroup
	for n := range 6 {
		all.Go(func() {
			var writes []contact.Write
			for i := range 20 {
				writes = append(writes, contact.Write{Action: contact.Insert, Values: map[string]string{"surname": fmt.Sprint(n, "-", i)}})
			}
			got, err := b.Write(context.Background(), writes)
			if err != nil {
				t.Error(err)
			}
			for _, w := range got {
				if w.Outcome != contact.Done {
					t.Error(w.Outcome, w.Err)
				}
			}
			if _, err := client.Folders(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	require.LessOrEqual(t, c.MaxConcurrency(ann), 4)
	require.Zero(t, c.Statuses()[http.StatusTooManyRequests])
	require.Len(t, c.Contacts(ann, ""), 120)
}

func TestTheAccessTokenIsRenewedUnnoticed(t *testing.T) {
	c := openCloud(t)
	b := c.book()
	require.NoError(t, c.ExpireAccessTokens(ann))
	got, err := b.Write(t.Context(), []contact.Write{{Action: contact.Insert, Values: map[string]string{"surname": "X"}}})
	require.NoError(t, err)
	require.Equal(t, contact.Done, got[0].Outcome)
	require.Equal(t, 1, c.Count("contacts.create"))

	require.NoError(t, c.RevokeTokens(ann))
	_, err = b.Write(t.Context(), []contact.Write{{Action: contact.Insert, Values: map[string]string{"surname": "Y"}}})
	require.Equal(t, "AADSTS50173", requireKind(t, contact.NeedsSignIn, err).Code)
	_, err = b.Page(t.Context(), "")
	requireKind(t, contact.NeedsSignIn, err)
	require.Equal(t, 1, c.Count("contacts.create"))
}

func TestAnExpiredSecretConcernsTheAdmin(t *testing.T) {
	c := openCloud(t)
	require.NoError(t, c.ExpireSecret("app", true))
	_, err := NewSource(c.config, c.source.Refresh(), nil).Token(t.Context())
	require.Equal(t, "AADSTS7000222", requireKind(t, contact.NeedsAdmin, err).Code)
}

func TestAMailboxWithoutALicenceIsNoDeletion(t *testing.T) {
	c := openCloud(t)
	id := c.person(t, "", map[string]string{"surname": "X"})
	b := c.book()
	records, _, next := walk(t, b, "")
	require.NoError(t, c.DisableMailbox(ann, true))
	for range 2 { // Graph alternates between two codes
		_, err := b.Look(t.Context(), []string{id})
		requireKind(t, contact.NeedsAdmin, err)
		_, err = b.Page(t.Context(), next)
		requireKind(t, contact.NeedsAdmin, err)
		got, err := b.Write(t.Context(), []contact.Write{{Action: contact.Delete, ID: id, Before: records[id]}})
		require.NoError(t, err)
		require.Equal(t, contact.Refused, got[0].Outcome)
	}
	require.NoError(t, c.DisableMailbox(ann, false))
	require.NoError(t, c.DenyMailbox(ann, true))
	_, err := b.Page(t.Context(), next)
	requireKind(t, contact.NeedsAdmin, err)
}

// TestTheBudgetOfAFirstSync counts what N inserts and a quiet walk cost in requests.
func TestTheBudgetOfAFirstSync(t *testing.T) {
	c := openCloud(t)
	b := c.book()
	const n = 200
	_, _, next := walk(t, b, "")
	for chunk := range n / b.Batch() {
		var writes []contact.Write
		for i := range b.Batch() {
			writes = append(writes, contact.Write{Action: contact.Insert, Values: map[string]string{"surname": fmt.Sprint(chunk, i)}})
		}
		_, err := b.Write(t.Context(), writes)
		require.NoError(t, err)
	}
	require.Equal(t, n, c.Count("contacts.create"))
	require.Zero(t, c.Count("contacts.get"), "a reply is the record")
	before := c.Count("delta")
	records, _, next := walk(t, b, next)
	require.Len(t, records, n)
	_, _, _ = walk(t, b, next)
	require.LessOrEqual(t, c.Count("delta")-before, 3)
	require.Zero(t, c.Count("contacts.get"), "a page shows whole contacts")
}
