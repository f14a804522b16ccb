package outlook

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/graphsim"
)

// counted is a Keep that counts how often it is asked.
func counted(calls *atomic.Int64) Keep {
	keep := keepAlone(time.Now)
	return func(ctx context.Context, change func(time.Time, []byte) []byte) error {
		calls.Add(1)
		return keep(ctx, change)
	}
}

func inserts(n int) []contact.Write {
	writes := make([]contact.Write, n)
	for i := range writes {
		writes[i] = contact.Write{Action: contact.Insert, Values: map[string]string{"surname": "Example"}}
	}
	return writes
}

func TestRequestsAreReservedInBlocks(t *testing.T) {
	var calls atomic.Int64
	keep := counted(&calls)
	c := openCloud(t)
	client := c.client(WithPace(keep))
	for range block {
		_, err := client.Folder(t.Context(), DefaultFolder)
		require.NoError(t, err)
	}
	require.EqualValues(t, 1, calls.Load())
	_, err := client.Folder(t.Context(), DefaultFolder)
	require.NoError(t, err)
	require.EqualValues(t, 2, calls.Load())
	require.Eventually(t, func() bool { return calls.Load() == 3 }, 5*time.Second, time.Millisecond, "an idle client gives back")
	require.NoError(t, keep(t.Context(), func(_ time.Time, kept []byte) []byte {
		s := readMailboxPace(kept)
		require.Equal(t, block+1, s.sum(), "what was sent, and nothing else, counts")
		require.Empty(t, s.Turn.Holder)
		return kept
	}))
}

// Two connections with one mailbox, as if in two processes: Graph serves four requests at a time and sees no more.
func TestClientsOfOneMailboxShareIt(t *testing.T) {
	c := openCloud(t, func(s *graphsim.Settings) { s.Latency = 2 * time.Millisecond })
	keep := keepAlone(time.Now)
	var group errgroup.Group
	for range 3 {
		client := c.client(WithPace(keep))
		for range 2 {
			group.Go(func() error {
				for range 8 {
					if _, err := client.Book(c.folder).Write(t.Context(), inserts(batchSize)); err != nil {
						return err
					}
					if _, err := client.Folder(t.Context(), DefaultFolder); err != nil {
						return err
					}
				}
				return nil
			})
		}
	}
	require.NoError(t, group.Wait())
	require.Zero(t, c.Statuses()[http.StatusTooManyRequests])
	require.Equal(t, 4, c.MaxConcurrency(ann))
	require.Equal(t, 3*2*8*batchSize, c.Count("contacts.create"))
}

func TestARefusalClosesTheMailboxForAll(t *testing.T) {
	for name, c := range map[string]struct {
		op, retryAfter string
		atLeast        time.Duration
	}{
		"a single request":     {"folders.get", "30.5", 29 * time.Second},
		"a part of a batch":    {"contacts.create", "30", 29 * time.Second},
		"the envelope":         {"batch", "40", 39 * time.Second},
		"a date":               {"folders.get", time.Now().Add(time.Minute).UTC().Format(http.TimeFormat), 30 * time.Second},
		"longer than an hour":  {"folders.get", "86400", maxRetryAfter - time.Second},
		"shorter than a while": {"folders.get", "0.25", 0},
		"no time":              {"folders.get", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			cloud := openCloud(t)
			keep := keepAlone(time.Now)
			first, second := cloud.client(WithPace(keep)), cloud.client(WithPace(keep))
			cloud.Fail(c.op, 1, graphsim.Throttled(c.retryAfter))
			if c.op == "folders.get" {
				_, err := first.Folder(t.Context(), DefaultFolder)
				requireKind(t, contact.Throttled, err)
			} else {
				_, _ = first.Book(cloud.folder).Write(t.Context(), inserts(2))
			}
			seen, began := cloud.Counts(), time.Now()
			for _, client := range []*Client{first, second} {
				_, err := client.Folder(t.Context(), DefaultFolder)
				if c.atLeast == 0 { // soon enough to wait for it
					require.NoError(t, err)
					require.GreaterOrEqual(t, time.Since(began), 240*time.Millisecond)
					continue
				}
				e := requireKind(t, contact.Throttled, err)
				require.True(t, e.Refused)
				require.GreaterOrEqual(t, e.RetryAfter, c.atLeast)
				require.LessOrEqual(t, e.RetryAfter, maxRetryAfter)
				require.Equal(t, seen, cloud.Counts(), "nothing was sent")
			}
		})
	}
}

func TestAFullWindowIsTheCallersWait(t *testing.T) {
	c := openCloud(t)
	keep := keepAlone(time.Now)
	require.NoError(t, keep(t.Context(), func(now time.Time, _ []byte) []byte {
		s := &mailboxPace{}
		s.note(now.Add(-time.Minute), windowMost-10)
		return s.spell()
	}))
	b := c.client(WithPace(keep)).Book(c.folder)
	seen := c.Counts()
	_, err := b.Write(t.Context(), inserts(batchSize))
	e := requireKind(t, contact.Throttled, err)
	require.True(t, e.Refused)
	require.InDelta(t, (window - time.Minute).Seconds(), e.RetryAfter.Seconds(), 15)
	require.Equal(t, seen, c.Counts())
	_, err = b.Write(t.Context(), inserts(10))
	require.NoError(t, err, "ten still fit")
}

func TestAStoreThatFailsSendsNothing(t *testing.T) {
	c := openCloud(t)
	lost := errors.New("lost")
	client := c.client(WithPace(func(context.Context, func(time.Time, []byte) []byte) error { return lost }))
	seen := c.Counts()
	_, err := client.Book(c.folder).Write(t.Context(), inserts(1))
	require.ErrorIs(t, err, lost)
	require.True(t, refused(err))
	require.Equal(t, seen, c.Counts())
}

func TestWaitingForLeaveEndsWithTheWork(t *testing.T) {
	c := openCloud(t)
	keep := keepAlone(time.Now)
	require.NoError(t, keep(t.Context(), func(now time.Time, _ []byte) []byte {
		return (&mailboxPace{Told: refusal429{Until: now.Add(patience - time.Second)}}).spell()
	}))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := c.client(WithPace(keep)).Folder(ctx, DefaultFolder)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.True(t, refused(err))
}
