package conformance

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// answerTime is ample for one insert in a simulator on a busy machine.
const answerTime = 3 * time.Second

func stampedInsert(t *testing.T, b *bench) {
	mark, other := stamp(), stamp()
	values := b.person()
	made := b.write(t, ctx(t), b.insertion(values, mark))
	require.Equal(t, contact.Done, made.Outcome)
	require.NotEmpty(t, made.Record.ID)
	b.sweep(t, made.Record.ID)
	require.NotEmpty(t, made.Record.Version)
	require.Equal(t, b.Owner, made.Record.Owner)
	holds(t, values, made.Record.Values)
	holds(t, values, b.Values(t, made.Record.ID))

	found, err := b.Book.FindStamped(ctx(t), []string{other, mark})
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, made.Record.ID, found[0].ID)
	require.Equal(t, mark, found[0].Stamp)
	holds(t, values, found[0].Values)

	b.Remove(t, made.Record.ID)
	found, err = b.Book.FindStamped(ctx(t), []string{mark})
	require.NoError(t, err)
	require.Empty(t, found, "only living records are found")
}

func unknownStamp(t *testing.T, b *bench) {
	b.put(t)
	found, err := b.Book.FindStamped(ctx(t), []string{stamp()})
	require.NoError(t, err)
	require.Empty(t, found)
	found, err = b.Book.FindStamped(ctx(t), nil)
	require.NoError(t, err)
	require.Empty(t, found)
}

func unclearInsert(t *testing.T, b *bench) {
	b.put(t)
	b.walk(t, "") // what has to be signed in or opened is so from here on
	release := b.HoldInsert(t)
	mark := stamp()
	values := b.person()

	c, cancel := context.WithTimeout(ctx(t), answerTime)
	defer cancel()
	made := b.write(t, c, b.insertion(values, mark))
	release()
	require.Equal(t, contact.Unclear, made.Outcome)
	require.Error(t, made.Err)

	book := b.Reopen()
	var found []contact.Record
	require.Eventually(t, func() bool {
		var err error
		found, err = book.FindStamped(ctx(t), []string{mark})
		return err == nil && len(found) > 0
	}, 10*time.Second, 20*time.Millisecond)
	require.Len(t, found, 1)
	b.sweep(t, found[0].ID)
	holds(t, values, found[0].Values)

	n := 0
	for _, r := range b.walk(t, "").records {
		if r.Values[b.Last] == values[b.Last] {
			n++
		}
	}
	require.Equal(t, 1, n)
}

func endedContext(t *testing.T, b *bench) {
	b.put(t)
	c, cancel := context.WithCancel(ctx(t))
	cancel()
	values := b.person()
	got, err := b.Book.Write(c, []contact.Write{b.insertion(values, stamp())})
	if err == nil {
		require.Len(t, got, 1)
		require.Equal(t, contact.Postponed, got[0].Outcome)
	}
	for _, r := range b.walk(t, "").records {
		require.NotEqual(t, values[b.Last], r.Values[b.Last])
	}
}
