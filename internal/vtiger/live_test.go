package vtiger

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/conformance"
	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/vtigersim"
)

// liveConfig names a real vTiger and an administrator's access key, when the environment does. The cases make several
// hundred records of each module there and delete them again, touching no others; that vTiger's workflows run for each.
func liveConfig() (config Config, named bool) {
	config = Config{
		URL:       os.Getenv("CONTACTBRIDGE_TEST_VTIGER_URL"),
		Username:  os.Getenv("CONTACTBRIDGE_TEST_VTIGER_USERNAME"),
		AccessKey: os.Getenv("CONTACTBRIDGE_TEST_VTIGER_ACCESS_KEY"),
	}
	return config, config.URL != ""
}

func liveRig(t *testing.T, config Config, s shelf) conformance.Rig {
	hand := Dial(config)
	info, err := hand.Check(t.Context())
	require.NoError(t, err)
	if !info.shows(s.module) {
		t.Skipf("this vTiger has %s switched off", s.module)
	}
	groups, err := hand.Groups(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, groups)
	save := func(t testing.TB, operation string, form url.Values) row {
		a, err := hand.post(t.Context(), "work by hand", operation, form)
		require.NoError(t, err)
		require.Empty(t, a.code)
		var columns map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(a.result, &columns))
		return textual(columns)
	}
	retrieve := func(t testing.TB, id string) row {
		a, err := hand.retrieve(t.Context(), "work by hand", id)
		require.NoError(t, err)
		require.Empty(t, a.code)
		var columns map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(a.result, &columns))
		return textual(columns)
	}
	create := func(t testing.TB, module string, values map[string]string) string {
		return save(t, "create", url.Values{
			"elementType": {module},
			"element":     {element(values, "assigned_user_id", info.UserID)},
		})["id"]
	}
	loses := &losing{real: http.DefaultTransport}
	rig := conformance.Rig{
		Book:   Dial(config, WithTransport(loses)).Book(s.module, overlap),
		Reopen: func() contact.Book { return Dial(config).Book(s.module, overlap) },
		Edit: func(t testing.TB, id string, values map[string]string) {
			before := retrieve(t, id)["modifiedtime"]
			require.Eventually(t, func() bool {
				save(t, "revise", url.Values{"element": {element(values, "id", id)}})
				return retrieve(t, id)["modifiedtime"] != before
			}, 10*time.Second, 300*time.Millisecond)
		},
		EditNow: func(t testing.TB, id string, values map[string]string) {
			save(t, "revise", url.Values{"element": {element(values, "id", id)}})
		},
		Reassign: func(t testing.TB, id string) string {
			save(t, "revise", url.Values{"element": {element(nil, "id", id, "assigned_user_id", groups[0].ID)}})
			return groups[0].ID
		},
		Remove: func(t testing.TB, id string) {
			_, err := hand.post(context.WithoutCancel(t.Context()), "work by hand", "delete", url.Values{"id": {id}})
			require.NoError(t, err)
		},
		Values: func(t testing.TB, id string) map[string]string { return retrieve(t, id) },
		Owner:  info.UserID, Group: groups[0].ID,
		Catalogue:  s.catalogue(t, hand, ""),
		HoldInsert: func(testing.TB) func() { return loses.hold() },
	}
	return s.fill(rig, create)
}

// losing is a line that loses the answer to one create, when asked to: vTiger has carried it out by then.
type losing struct {
	real http.RoundTripper
	held atomic.Pointer[chan struct{}]
}

// hold loses the next create's answer; its caller waits until release is called, or gives up before.
func (l *losing) hold() (release func()) {
	gate := make(chan struct{})
	l.held.Store(&gate)
	return sync.OnceFunc(func() { close(gate) })
}

func (l *losing) RoundTrip(r *http.Request) (*http.Response, error) {
	create := false
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		form, err := io.ReadAll(body)
		if err != nil {
			return nil, err
		}
		create = strings.Contains(string(form), "operation=create")
	}
	response, err := l.real.RoundTrip(r)
	if !create || err != nil {
		return response, err
	}
	gate := l.held.Swap(nil)
	if gate == nil {
		return response, nil
	}
	response.Body.Close()
	select {
	case <-*gate:
	case <-r.Context().Done():
	}
	return nil, io.ErrUnexpectedEOF
}

// TestTheLiveRigItself runs it over the simulator, so that it does not rot. The simulator's clock runs fast: the rig waits
// for the next second at each edit.
func TestTheLiveRigItself(t *testing.T) {
	for _, s := range shelves {
		t.Run(s.module, func(t *testing.T) {
			t.Parallel() // it mostly waits
			conformance.Run(t, func(t *testing.T) conformance.Rig {
				began := time.Now()
				fast := func() time.Time { return began.Add(10 * time.Since(began)) }
				return liveRig(t, newCRM(t, vtigersim.WithClock(fast)).config(), s)
			})
		})
	}
}
