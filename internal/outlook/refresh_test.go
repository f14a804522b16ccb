package outlook

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/graphsim"
)

// ignorant is a Graph that compares no versions, as is reported of PATCH.
func ignorant(s *graphsim.Settings) { s.IgnoreIfMatch = true }

func (c *cloud) update(t *testing.T, before contact.Record, values map[string]string) contact.Written {
	t.Helper()
	got, err := c.book().Write(t.Context(), []contact.Write{{Action: contact.Update, ID: before.ID, Before: before, Values: values}})
	require.NoError(t, err)
	require.Len(t, got, 1)
	return got[0]
}

func (c *cloud) read(t *testing.T, id string) contact.Record {
	t.Helper()
	got, err := c.book().Look(t.Context(), []string{id})
	require.NoError(t, err)
	require.Equal(t, contact.Present, got[0].Presence)
	return got[0].Record
}

func TestWhatNoRecordShowsOfEmailsSurvives(t *testing.T) {
	c := openCloud(t)
	id := c.AddContact(ann, "", map[string]any{"surname": "X", "emailAddresses": []any{
		map[string]any{"address": "Home@x.test", "name": "Ann at home"}, map[string]any{"address": "not an address"},
	}})
	before := c.read(t, id)
	require.Equal(t, "Home@x.test", before.Values["emailAddresses"])
	got := c.update(t, before, map[string]string{"emailAddresses": "home@x.test\nnew@x.test"})
	require.Equal(t, contact.Done, got.Outcome, "%v", got.Err)
	require.Equal(t, []any{
		map[string]any{"address": "home@x.test", "name": "Ann at home"},
		map[string]any{"address": "new@x.test", "name": "new@x.test"},
		map[string]any{"name": "not an address"},
	}, c.Contact(ann, id)["emailAddresses"])

	full := c.update(t, got.Record, map[string]string{"emailAddresses": "home@x.test\nnew@x.test\nthird@x.test"})
	require.Equal(t, contact.Refused, full.Outcome)
	requireKind(t, contact.BadRecord, full.Err)
	require.Len(t, c.Contact(ann, id)["emailAddresses"], 3)
}

func TestWhatWasAddedMeanwhileIsNotReplaced(t *testing.T) {
	for name, edit := range map[string]map[string]any{
		"homePhones":             {"homePhones": []any{"1", "2"}},
		"homeAddress.city":       {"homeAddress": map[string]any{"city": "Ulm", "street": "Way 1"}},
		"emailAddresses":         {"emailAddresses": []any{map[string]any{"address": "a@x.test"}}},
		"categories":             {"categories": []any{"red"}},
		"businessAddress.street": {"jobTitle": "Boss"},
	} {
		t.Run(name, func(t *testing.T) {
			c := openCloud(t, ignorant)
			id := c.AddContact(ann, "", map[string]any{"surname": "X"})
			before := c.read(t, id)
			require.NoError(t, c.Edit(ann, id, edit))
			got := c.update(t, before, map[string]string{name: "ours@x.test"})
			require.Equal(t, contact.Stale, got.Outcome)
			require.Equal(t, c.read(t, id), got.Record)
			require.Zero(t, c.Count("contacts.update"))

			got = c.update(t, got.Record, map[string]string{name: "ours@x.test"})
			require.Equal(t, contact.Done, got.Outcome, "planned anew it is written")
		})
	}
}

func TestAListOfAContactThatLeftIsNotWritten(t *testing.T) {
	c := openCloud(t, ignorant)
	moved, deleted := c.AddContact(ann, "", map[string]any{"surname": "M"}), c.AddContact(ann, "", map[string]any{"surname": "D"})
	was := []contact.Record{c.read(t, moved), c.read(t, deleted)}
	require.NoError(t, c.Move(ann, moved, c.AddFolder(ann, "Other")))
	require.NoError(t, c.Delete(ann, deleted))
	change := map[string]string{"homePhones": "1"}
	require.Equal(t, contact.Stale, c.update(t, was[0], change).Outcome)
	require.Equal(t, contact.Gone, c.update(t, was[1], change).Outcome)
	require.Zero(t, c.Count("contacts.update"))
	require.Empty(t, c.Contacts(ann, ""))
}

func TestNothingIsBegunWhenTheReadingBeforeFails(t *testing.T) {
	c := openCloud(t)
	id := c.AddContact(ann, "", map[string]any{"surname": "X"})
	before := c.read(t, id)
	for _, fault := range []graphsim.Fault{graphsim.Throttled("2.5"), graphsim.Page(http.StatusBadGateway), graphsim.Blank(http.StatusServiceUnavailable)} {
		c.Fail("contacts.get", 1, fault)
		_, err := c.book().Write(t.Context(), []contact.Write{{Action: contact.Update, ID: id, Before: before, Values: map[string]string{"homePhones": "1"}}})
		require.Error(t, err)
		require.True(t, refused(err))
	}
	require.Zero(t, c.Count("contacts.update"))
}

func TestTheSentenceNamesTheLimit(t *testing.T) {
	c := openCloud(t)
	for name, value := range map[string]string{
		"emailAddresses": "a@x.test\nb@x.test\nc@x.test\nd@x.test", "businessPhones": "1\n2\n3", "homePhones": "1\n2\n3", "imAddresses": "1\n2\n3\n4",
	} {
		got, err := c.book().Write(t.Context(), []contact.Write{{Action: contact.Insert, Values: map[string]string{"surname": "X", name: value}}})
		require.NoError(t, err)
		require.Equal(t, contact.Refused, got[0].Outcome)
		require.Contains(t, requireKind(t, contact.BadRecord, got[0].Err).Sentence, name)
	}
	require.Empty(t, c.Contacts(ann, ""))
}

func TestAPartSaysHowLongToWait(t *testing.T) {
	for header, least := range map[string]time.Duration{
		"": 0, "2.128": 2128 * time.Millisecond, "3600": time.Hour, "90000": time.Hour,
		time.Now().Add(time.Minute).UTC().Format(http.TimeFormat): 50 * time.Second,
	} {
		c := openCloud(t)
		c.Fail("contacts.create", 1, graphsim.Throttled(header))
		got, err := c.book().Write(t.Context(), []contact.Write{
			{Action: contact.Insert, Values: map[string]string{"surname": "X"}}, {Action: contact.Insert, Values: map[string]string{"surname": "Y"}},
		})
		require.NoError(t, err)
		outcomes := []contact.Outcome{got[0].Outcome, got[1].Outcome}
		require.ElementsMatch(t, []contact.Outcome{contact.Done, contact.Postponed}, outcomes, "one part's refusal is its own")
		for _, w := range got {
			if w.Outcome == contact.Postponed {
				wait := requireKind(t, contact.Throttled, w.Err).RetryAfter
				require.GreaterOrEqual(t, wait, least)
				require.LessOrEqual(t, wait, least+time.Minute)
			}
		}
		require.Len(t, c.Contacts(ann, ""), 1, "nobody repeats it unasked")
	}
}

func TestADeleteThatIsAnsweredOddlyIsLookedAt(t *testing.T) {
	for _, committed := range []bool{false, true} {
		c := openCloud(t)
		id := c.AddContact(ann, "", map[string]any{"surname": "X"})
		fault, want := graphsim.Blank(http.StatusOK), contact.Unclear
		if committed {
			fault, want = fault.Committed(), contact.Done
		}
		c.Fail("contacts.delete", 1, fault)
		got, err := c.book().Write(t.Context(), []contact.Write{{Action: contact.Delete, ID: id, Before: c.read(t, id)}})
		require.NoError(t, err)
		require.Equal(t, want, got[0].Outcome)
	}
}
