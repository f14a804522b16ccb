package conformance

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// texts are what people write into one line of a contact; each side takes them all, to the letter.
var texts = []string{
	"AT&T", "O'Brien", `say "hi"`, "a < b > c", "<b>bold</b>", "<Acme>", "x <y@z.test>", "100% & 50%", "a?b", `C:\new\`, `\'; --`,
	"&amp; already", "&lt;b&gt;", "Zoë Müller", "Zoe\u0308", "ß and ſ", "王小明", "שלום", "a\u200bb", "a\u00a0b", "O\u2019Brien",
}

func carriedTexts(t *testing.T, b *bench) {
	id, _ := b.put(t)
	r := b.present(t, id)
	for _, text := range texts {
		done := b.write(t, ctx(t), change(r, map[string]string{b.Text: text}))
		require.Equal(t, contact.Done, done.Outcome, "%q", text)
		require.Equal(t, text, done.Record.Values[b.Text])
		require.Equal(t, text, b.Values(t, id)[b.Text])
		r = done.Record
	}
	for _, text := range texts[:3] {
		values := b.person()
		values[b.Text] = text
		made := b.write(t, ctx(t), b.insertion(values, stamp()))
		require.Equal(t, contact.Done, made.Outcome, "%q", text)
		b.sweep(t, made.Record.ID)
		holds(t, values, made.Record.Values)
		holds(t, values, b.Values(t, made.Record.ID))
	}
}

// overlong holds that the house is told what became of a value: the record answered is what the side holds, or nothing is.
func overlong(t *testing.T, b *bench) {
	long := strings.Repeat("é", 5000)
	values := b.person()
	values[b.Text] = long
	made := b.write(t, ctx(t), b.insertion(values, stamp()))
	if made.Outcome != contact.Done {
		require.Equal(t, contact.Refused, made.Outcome)
		require.Equal(t, contact.BadRecord, contact.KindOf(made.Err))
		require.Zero(t, b.walk(t, "").own(b))
		return
	}
	id := made.Record.ID
	b.sweep(t, id)
	held := made.Record.Values[b.Text]
	require.NotEmpty(t, held)
	require.True(t, strings.HasPrefix(long, held))
	require.Equal(t, held, b.Values(t, id)[b.Text])
	require.Equal(t, made.Record.Hash(), b.present(t, id).Hash())

	again := b.write(t, ctx(t), change(made.Record, map[string]string{b.Text: long}))
	require.Equal(t, contact.Done, again.Outcome)
	require.Equal(t, held, again.Record.Values[b.Text], "it is cut alike each time")
}

func dates(t *testing.T, b *bench) {
	id, _ := b.put(t)
	r := b.present(t, id)
	for _, date := range []string{"1980-02-29", "1604-05-17", "2026-12-31", ""} {
		done := b.write(t, ctx(t), change(r, map[string]string{b.Date: date}))
		require.Equal(t, contact.Done, done.Outcome, "%q", date)
		require.Equal(t, date, done.Record.Values[b.Date])
		require.Equal(t, date, b.Values(t, id)[b.Date])
		r = b.present(t, id)
		require.Equal(t, date, r.Values[b.Date])
	}
}
