package activities_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"contactbridge/internal/contact"
	"contactbridge/internal/devstack"
	"contactbridge/internal/ledger"
	"contactbridge/internal/outlook"
	"contactbridge/internal/simulator/graphsim"
	"contactbridge/migrations"
)

func TestMain(m *testing.M) { devstack.Main(m) }

var migrated = devstack.NewTemplate(func(ctx context.Context, dsn string) error {
	l, err := ledger.Open(ctx, dsn, nil)
	if err != nil {
		return err
	}
	defer l.Close()
	_, err = migrations.Up(ctx, l.DB())
	return err
})

// Three workers, each with a database connection and a client of its own, write into one mailbox: together they keep to
// what Graph serves, and what one is told closes the mailbox for the others.
func TestWorkersShareAMailboxThroughTheLedger(t *testing.T) {
	const app, tenant, ann = "app", "11111111-2222-3333-4444-555555555555", "ann@contoso.example"
	sim := graphsim.New()
	sim.Configure(func(s *graphsim.Settings) { s.Latency = 2 * time.Millisecond })
	sim.AddApp(graphsim.App{ClientID: app, Secret: "secret", TenantID: tenant, RedirectURLs: []string{"http://127.0.0.1/callback"}})
	id := sim.AddUser(graphsim.User{UPN: ann, Password: "word", TenantID: tenant})
	base, stop, err := sim.Start("")
	require.NoError(t, err)
	t.Cleanup(stop)
	config := outlook.Config{
		LoginURL: base, GraphURL: base, TenantID: tenant, ClientID: app, ClientSecret: "secret", RedirectURL: "http://127.0.0.1/callback",
	}
	refresh := refreshToken(t, base+"/"+tenant, url.Values{
		"client_id": {app}, "client_secret": {"secret"}, "grant_type": {"password"}, "username": {ann}, "password": {"word"},
		"scope": {"offline_access User.Read Contacts.ReadWrite"},
	})
	dsn := migrated.Database(t)
	worker := func() *outlook.Client {
		l, err := ledger.Open(t.Context(), dsn, nil)
		require.NoError(t, err)
		t.Cleanup(func() { l.Close() })
		return outlook.NewClient(config, outlook.NewSource(config, refresh, nil), outlook.WithPace(l.Pace(tenant, id)))
	}
	workers := []*outlook.Client{worker(), worker(), worker()}
	folder, err := workers[0].Folder(t.Context(), outlook.DefaultFolder)
	require.NoError(t, err)

	const batches = 8
	var group errgroup.Group
	for _, w := range workers {
		book := w.Book(folder.ID)
		group.Go(func() error {
			for range batches {
				writes := make([]contact.Write, book.Batch())
				for i := range writes {
					writes[i] = contact.Write{Action: contact.Insert, Values: map[string]string{"surname": "Example"}}
				}
				if _, err := book.Write(t.Context(), writes); err != nil {
					return err
				}
			}
			return nil
		})
	}
	require.NoError(t, group.Wait())
	require.Zero(t, sim.Statuses()[http.StatusTooManyRequests])
	require.Equal(t, 4, sim.MaxConcurrency(ann))
	require.Equal(t, 3*batches*workers[0].Book("").Batch(), sim.Count("contacts.create"))

	sim.Fail("folders.get", 1, graphsim.Throttled("60"))
	_, err = workers[0].Folder(t.Context(), folder.ID)
	require.Equal(t, contact.Throttled, contact.KindOf(err))
	before := sim.Counts()
	for _, w := range workers {
		_, err = w.Folder(t.Context(), folder.ID)
		require.Equal(t, contact.Throttled, contact.KindOf(err))
		require.InDelta(t, time.Minute.Seconds(), contact.RetryAfter(err).Seconds(), 10)
	}
	require.Equal(t, before, sim.Counts(), "nobody asked again")
}

func refreshToken(t *testing.T, tenant string, form url.Values) string {
	res, err := http.PostForm(tenant+"/oauth2/v2.0/token", form)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	var token struct {
		Refresh string `json:"refresh_token"`
	}
	require.NoError(t, json.NewDecoder(res.Body).Decode(&token))
	return token.Refresh
}
