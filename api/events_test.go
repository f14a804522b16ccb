package api

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// followed opens the event stream of a run and gives each run that it tells.
func (c caller) followed(run string) (next func() (runView, bool)) {
	request, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.url+run+"/events", nil)
	require.NoError(c.t, err)
	request.Header.Set("Authorization", "Bearer "+c.token)
	response, err := http.DefaultClient.Do(request)
	require.NoError(c.t, err)
	c.t.Cleanup(func() { response.Body.Close() })
	require.Equal(c.t, http.StatusOK, response.StatusCode)
	require.Equal(c.t, "text/event-stream", response.Header.Get("Content-Type"))
	lines := bufio.NewScanner(response.Body)
	return func() (runView, bool) {
		for lines.Scan() {
			if data, is := strings.CutPrefix(lines.Text(), "data: "); is {
				var v runView
				require.NoError(c.t, json.Unmarshal([]byte(data), &v))
				return v, true
			}
		}
		return runView{}, false
	}
}

// A run is followed from the queue to its end: an event a change, and no more after the last.
func TestARunIsFollowed(t *testing.T) {
	r, _, alice, connection := staged(t)
	run := alice.at("POST /runs", connection, nil).header.Get("Location")
	id := idOf(run)
	next := alice.followed(run)
	v, more := next()
	require.True(t, more)
	require.Equal(t, "queued", v.State)

	r.exec("UPDATE runs SET state = 'running', phase = 'applying', started_at = now(), total = 4")
	for i, outcome := range []string{"done", "done", "unclear", "planned"} {
		r.exec(fmt.Sprintf(`INSERT INTO operations (connection_id, epoch, run_id, side, action, outcome, sent_at)
			SELECT connection_id, 1, id, '%s', 'insert', '%s', now() - interval '10 seconds' FROM runs`, contact.Sides[i%2], outcome))
	}
	for v.Progress.Done != 2 {
		v, more = next()
		require.True(t, more)
	}
	require.Equal(t, 4, v.Progress.Total)
	require.Equal(t, []sideProgress{{contact.Outlook, 1, 2}, {contact.VTiger, 1, 2}}, v.Progress.Sides)
	require.InDelta(t, 0.2, v.Progress.PerSecond, 0.05)
	require.InDelta(t, 10, *v.Progress.Remaining, 3)

	require.Equal(t, "cancelled", alice.do("POST", run+"/cancel", nil).text(t, "state"))
	v, more = next()
	require.True(t, more)
	require.Equal(t, "cancelled", v.State)
	require.Equal(t, 1, v.Pending)
	_, more = next()
	require.False(t, more, "the stream ends with the run")
	require.Equal(t, "cancelled", alice.do("POST", run+"/cancel", nil).text(t, "state"), "again changes nothing")
	ended, err := r.server.Ledger.Run(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, ledger.RunCancelled, ended.State)
}

func TestProgress(t *testing.T) {
	began := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	sides := []ledger.Progress{{Side: contact.VTiger, Done: 30, All: 100}}
	v := progress(ledger.Run{}, sides, began, began.Add(10*time.Second))
	require.Equal(t, 3.0, v.PerSecond)
	require.Equal(t, 24, *v.Remaining)
	require.Nil(t, progress(ledger.Run{}, nil, time.Time{}, began).Remaining, "nothing can be said before it writes")
	ended := began.Add(20 * time.Second)
	v = progress(ledger.Run{EndedAt: &ended}, sides, began, began.Add(time.Hour))
	require.Equal(t, 1.5, v.PerSecond, "the rate is that of its time")
	require.Nil(t, v.Remaining)
}
