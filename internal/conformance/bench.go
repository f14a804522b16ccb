package conformance

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// bench is a rig at work in one case. Its tag is in every surname it makes, so that the case knows its own records.
type bench struct {
	Rig
	tag string
	n   int
}

func tag() string {
	b := make([]byte, 5)
	_, _ = rand.Read(b) // crypto/rand.Read never fails
	return base32.StdEncoding.EncodeToString(b)
}

// stamp makes an operation id in the form that the house uses: upper-case base32, unpadded.
func stamp() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
}

// person gives the values of a new person whom nobody else in the address book resembles.
func (b *bench) person() map[string]string {
	b.n++
	n := strconv.Itoa(b.n)
	return map[string]string{
		b.First: "Ann " + n,
		b.Last:  "Conform " + b.tag + " " + n,
		b.Text:  "Engineer " + n,
		b.Email: strings.ToLower("ann."+b.tag) + "." + n + "@conformance.test",
	}
}

// editNow edits within the second in which it is called.
func (b *bench) editNow(t testing.TB, id string, values map[string]string) {
	t.Helper()
	if b.EditNow != nil {
		b.EditNow(t, id, values)
		return
	}
	b.Edit(t, id, values)
}

// put inserts a person by hand and takes them away after the case.
func (b *bench) put(t testing.TB) (id string, values map[string]string) {
	t.Helper()
	values = b.person()
	id = b.Insert(t, values)
	require.NotEmpty(t, id)
	b.sweep(t, id)
	return id, values
}

func (b *bench) putMany(t testing.TB, n int) []string {
	t.Helper()
	ids := make([]string, n)
	for i := range ids {
		ids[i], _ = b.put(t)
	}
	return ids
}

func (b *bench) sweep(t testing.TB, id string) {
	t.Cleanup(func() { b.Remove(t, id) })
}

// own tells whether the case made the record.
func (b *bench) own(r contact.Record) bool {
	return strings.Contains(r.Values[b.Last], b.tag)
}

// look asks for one id.
func (b *bench) look(t testing.TB, id string) contact.Sighting {
	t.Helper()
	seen, err := b.Book.Look(ctx(t), []string{id})
	require.NoError(t, err)
	require.Len(t, seen, 1)
	require.Equal(t, id, seen[0].ID)
	return seen[0]
}

// present asks for one id that must be there.
func (b *bench) present(t testing.TB, id string) contact.Record {
	t.Helper()
	s := b.look(t, id)
	require.Equal(t, contact.Present, s.Presence)
	require.Equal(t, id, s.Record.ID)
	return s.Record
}

// write performs one write and holds its answer to the contract.
func (b *bench) write(t testing.TB, c context.Context, w contact.Write) contact.Written {
	t.Helper()
	return b.writeAll(t, c, []contact.Write{w})[0]
}

func (b *bench) writeAll(t testing.TB, c context.Context, ws []contact.Write) []contact.Written {
	t.Helper()
	got, err := b.Book.Write(c, ws)
	require.NoError(t, err)
	require.Len(t, got, len(ws))
	for _, g := range got {
		if g.Outcome == contact.Done {
			require.NoError(t, g.Err)
			continue
		}
		if g.Err != nil {
			var e *contact.Error
			require.True(t, errors.As(g.Err, &e), "an outcome's error is a *contact.Error")
		}
	}
	return got
}

// insertion is the write that inserts values under a stamp.
func (b *bench) insertion(values map[string]string, stamp string) contact.Write {
	return contact.Write{Action: contact.Insert, Values: values, Owner: b.Owner, Stamp: stamp}
}

// change is the write that updates a record as it was read.
func change(r contact.Record, values map[string]string) contact.Write {
	return contact.Write{Action: contact.Update, ID: r.ID, Values: values, Before: r, Owner: r.Owner}
}

// removal is the write that deletes a record as it was read.
func removal(r contact.Record) contact.Write {
	return contact.Write{Action: contact.Delete, ID: r.ID, Before: r, Owner: r.Owner}
}

// plain gives what the side holds now in the four fields that the cases use.
func (b *bench) plain(t testing.TB, id string) map[string]string {
	t.Helper()
	held := b.Values(t, id)
	four := map[string]string{}
	for _, name := range []string{b.First, b.Last, b.Text, b.Email} {
		four[name] = held[name]
	}
	return four
}

// holds demands that values, by native names, hold what is wanted; an absent field is empty.
func holds(t testing.TB, want, got map[string]string) {
	t.Helper()
	for name, value := range want {
		require.Equal(t, value, got[name], "field %s", name)
	}
}

func ctx(t testing.TB) context.Context { return t.Context() }
