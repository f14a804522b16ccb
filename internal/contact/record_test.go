package contact

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestHashNamesTheContent(t *testing.T) {
	a := Record{ID: "1", Version: "1", Owner: "19x1", Values: map[string]string{"x": "1", "y": "2"}}
	require.Equal(t, a.Hash(), Record{ID: "2", Version: "2", Owner: "19x1", Values: map[string]string{"y": "2", "x": "1", "z": ""}}.Hash())
	require.NotEqual(t, a.Hash(), Record{Owner: "19x2", Values: a.Values}.Hash(), "another owner")
	require.NotEqual(t, a.Hash(), Record{Owner: "19x1", Values: map[string]string{"x": "1", "y": "3"}}.Hash(), "another value")
	require.NotEqual(t, a.Hash(), Record{Owner: "19x1", Values: map[string]string{"x": "1y1:2"}}.Hash(), "values run together")
}

func TestWithLeavesTheOriginal(t *testing.T) {
	c := Contact{"f": "1"}
	require.Equal(t, Contact{"f": "2"}, c.With("f", "2"))
	require.Equal(t, Contact{}, c.With("f", ""))
	require.Equal(t, Contact{"f": "1"}, c)
	require.Equal(t, Contact{"f": "1"}, Contact(nil).With("f", "1"))
}

func TestErrorsKeepTheirKindWhenWrapped(t *testing.T) {
	cause := errors.New("reset by peer")
	err := fmt.Errorf("observe: %w", &Error{
		Kind: Throttled, Doing: "read changes", Code: "429", Sentence: "Try later.", RetryAfter: time.Minute, Err: cause,
	})
	require.Equal(t, "observe: read changes: throttled (429): Try later.: reset by peer", err.Error())
	require.Equal(t, Throttled, KindOf(err))
	require.Equal(t, time.Minute, RetryAfter(err))
	require.Equal(t, "Try later.", SentenceOf(err))
	require.ErrorIs(t, err, cause)

	require.Equal(t, Bug, KindOf(cause), "what has no kind is ours")
	require.Zero(t, RetryAfter(cause))
	require.Equal(t, "An internal error occurred.", SentenceOf(cause))
}

func TestDirections(t *testing.T) {
	for _, row := range []struct {
		d         Direction
		toV, toO  bool
		supported bool
	}{{Both, true, true, true}, {ToOutlook, false, true, true}, {ToVTiger, true, false, true}, {"", true, true, false}} {
		require.Equal(t, row.toV, row.d.Allows(VTiger), row.d)
		require.Equal(t, row.toO, row.d.Allows(Outlook), row.d)
		require.Equal(t, row.supported, row.d.EnsureValid() == nil, row.d)
	}
	require.NoError(t, VTiger.EnsureValid())
	require.NoError(t, Outlook.EnsureValid())
	require.Error(t, Side("gmail").EnsureValid())
	require.Equal(t, Outlook, VTiger.Other())
	require.Equal(t, VTiger, Outlook.Other())
}
