package worker_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/demo"
	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/graphsim"
	"contactbridge/internal/simulator/vtigersim"
	"contactbridge/internal/vtiger"
)

// site is both sides and the ledger, without Temporal, and the one process that works there.
type site struct {
	*rig
	store *store
	clock *clock
	apart bool // processes have sessions with vTiger of their own, instead of sharing them by way of the ledger
}

// clock is the time of both sides. It follows the real one, and people's saves move it on: vTiger tells saves apart by
// whole seconds, and no two people save within one.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// newSite makes both sides anew. They are reached by way of the living process.
func newSite(t *testing.T, s *store, apart bool) *site {
	s.empty(t)
	w := &site{store: s, clock: &clock{}, apart: apart}
	now := w.clock.now
	w.rig = &rig{
		t: t, vtiger: vtigersim.New(vtigersim.WithClock(now)), microsoft: graphsim.New(graphsim.WithClock(now)),
		cast: demo.NewCast(), ledger: s.ledger, dsn: s.dsn, keyset: s.keyset,
	}
	t.Cleanup(w.vtiger.Close)
	s.process(t)
	w.vtigerURL = served(t, behind(w.vtiger, w.living))
	w.microsoftURL = served(t, behind(w.microsoft, w.living))
	w.cast.Seed(w.vtiger, w.microsoft, "http://127.0.0.1/oauth/callback")
	require.NoError(t, w.ledger.SaveMicrosoft(t.Context(), ledger.Microsoft{
		ClientID: w.cast.ClientID, ClientSecret: w.cast.ClientSecret, TenantID: w.cast.TenantID, RedirectURL: "http://127.0.0.1/oauth/callback",
	}))
	w.born()
	return w
}

func served(t *testing.T, h http.Handler) string {
	server := httptest.NewServer(h)
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	return server.URL
}

func (w *site) living() *process { return w.store.live }

// born starts a process, after the one before it has died, or takes the one that an earlier site has left. What a dead one
// held has expired.
func (w *site) born() {
	p := w.store.process(w.t)
	mine := *w.rig
	mine.ledger = p.ledger
	p.acts = mine.acts(0)
	if p.acts.VTiger = fixed(mine.dial(p.ledger, vtiger.WithYoung(young))); w.apart {
		p.acts.VTiger = fixed(vtiger.Dial(mine.integration(), vtiger.WithYoung(young)))
	}
	p.acts.Every, p.acts.Young = 0, young
	_, err := w.ledger.DB().NewRaw(`DELETE FROM paces; UPDATE leases SET expires_at = now() - interval '1 second'
		WHERE expires_at > now()`).Exec(w.t.Context())
	require.NoError(w.t, err)
}

// young is how long a save of vTiger may take.
const young = 5 * time.Second
