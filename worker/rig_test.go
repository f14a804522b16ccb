package worker_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"contactbridge/activities"
	"contactbridge/internal/contact"
	"contactbridge/internal/demo"
	"contactbridge/internal/devstack"
	"contactbridge/internal/fieldmap"
	"contactbridge/internal/ledger"
	"contactbridge/internal/outlook"
	"contactbridge/internal/reconcile"
	"contactbridge/internal/simulator/graphsim"
	"contactbridge/internal/simulator/vtigersim"
	"contactbridge/internal/vtiger"
	"contactbridge/migrations"
	"contactbridge/worker"
	"contactbridge/workflows"
)

// TestMain lets more tests run at once than there are cores, unless told otherwise: those that may do wait most of the time.
func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	devstack.Main(m, removeProgram)
}

var migrated = devstack.NewTemplate(migrate)

func migrate(ctx context.Context, dsn string) error {
	l, err := ledger.Open(ctx, dsn, nil)
	if err != nil {
		return err
	}
	defer l.Close()
	_, err = migrations.Up(ctx, l.DB())
	return err
}

// rig is the whole engine on real PostgreSQL, a real Temporal and the simulators, with one user's connection.
type rig struct {
	t          *testing.T
	ledger     *ledger.Ledger
	vtiger     *vtigersim.Server
	microsoft  *graphsim.Server
	temporal   client.Client
	connection ledger.Connection
	cast       demo.Cast
	user       demo.Person

	dsn, keyset, vtigerURL, microsoftURL, namespace, address string
}

// newRig starts an engine with a worker; change adapts the connection's settings.
func newRig(t *testing.T, data converter.DataConverter, change func(*ledger.Settings)) *rig {
	r := newStage(t, data, change)
	r.work(r.acts(3 * time.Second))
	return r
}

// newStage is an engine without a worker.
func newStage(t *testing.T, data converter.DataConverter, change func(*ledger.Settings)) *rig {
	r := newScene(t)
	r.connection = r.join(r.user, change)
	r.address, r.namespace = devstack.Namespace(t)
	r.dialTemporal(data)
	return r
}

// dialTemporal connects to the rig's Temporal until the test ends.
func (r *rig) dialTemporal(data converter.DataConverter) {
	var err error
	r.temporal, err = client.Dial(client.Options{HostPort: r.address, Namespace: r.namespace, DataConverter: data})
	require.NoError(r.t, err)
	r.t.Cleanup(r.temporal.Close)
}

// newScene is the ledger and both sides, with nobody connected yet and without a Temporal.
func newScene(t *testing.T, options ...graphsim.Option) *rig {
	return sceneOn(t, migrated.Database(t), options...)
}

// sceneOn is newScene on a migrated database.
func sceneOn(t *testing.T, dsn string, options ...graphsim.Option) *rig {
	r := &rig{t: t, vtiger: vtigersim.New(), microsoft: graphsim.New(options...), cast: demo.NewCast(), dsn: dsn}
	r.vtigerURL = started(t, r.vtiger.Start)
	r.microsoftURL = started(t, r.microsoft.Start)
	r.cast.Seed(r.vtiger, r.microsoft, "http://127.0.0.1/oauth/callback")
	r.user = r.cast.Users[0]

	var err error
	r.keyset, err = ledger.NewKeyset()
	require.NoError(t, err)
	keyset, err := ledger.ParseKeyset(r.keyset)
	require.NoError(t, err)
	r.ledger, err = ledger.Open(t.Context(), r.dsn, keyset)
	require.NoError(t, err)
	t.Cleanup(func() { r.ledger.Close() })
	require.NoError(t, r.ledger.SaveMicrosoft(t.Context(), ledger.Microsoft{
		ClientID: r.cast.ClientID, ClientSecret: r.cast.ClientSecret, TenantID: r.cast.TenantID, RedirectURL: "http://127.0.0.1/oauth/callback",
	}))
	return r
}

// started starts a simulator until the test ends.
func started(t *testing.T, start func(string) (string, func(), error)) string {
	url, stop, err := start("")
	require.NoError(t, err)
	t.Cleanup(stop)
	return url
}

// dial gives a client of the integration account whose sessions are shared through the ledger, as the command's is.
func (r *rig) dial(l *ledger.Ledger, options ...vtiger.Option) *vtiger.Client {
	config := r.integration()
	slots := l.VTigerSlots(config.Address(), config.Username, vtiger.Sessions)
	return vtiger.Dial(config, append([]vtiger.Option{
		vtiger.WithSlots(func(ctx context.Context) (vtiger.Slot, error) {
			slot, err := slots(ctx)
			return vtiger.Slot(slot), err
		}),
		vtiger.WithLoginLock(l.VTigerLogins(config.Address())),
	}, options...)...)
}

// work runs a worker until the test ends.
func (r *rig) work(a *activities.Activities) {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- worker.Run(ctx, r.temporal, a, worker.Options{Namespace: r.namespace}) }()
	r.t.Cleanup(func() {
		stop()
		require.NoError(r.t, <-ended)
	})
}

// join makes one user's connection as the API would.
func (r *rig) join(user demo.Person, change func(*ledger.Settings)) ledger.Connection {
	ctx := r.t.Context()
	require.NoError(r.t, r.ledger.SaveUsers(ctx, []ledger.User{{ID: user.ID, UserName: user.UserName, Active: true, Allowed: true}}))
	require.NoError(r.t, r.ledger.Allow(ctx, user.ID, true))
	settings := ledger.Settings{
		Mapping: fieldmap.Default("Contacts"), Direction: contact.Both, ConflictPolicy: reconcile.VTigerWins,
		DeleteInOutlook: true, DeleteInVTiger: true, DeleteVersus: "editWins",
	}
	if change != nil {
		change(&settings)
	}
	c, err := r.ledger.CreateConnection(ctx, user.ID, "Contacts", settings)
	require.NoError(r.t, err)
	refresh := r.refreshToken(r.microsoftURL, user)
	require.NoError(r.t, r.ledger.SignedIn(ctx, c.ID, ledger.Mailbox{Tenant: r.cast.TenantID, ID: "mailbox-of-" + user.UserName}, refresh))
	c, err = r.ledger.Connection(ctx, c.ID)
	require.NoError(r.t, err)
	config := outlook.Config{LoginURL: r.microsoftURL, GraphURL: r.microsoftURL, TenantID: r.cast.TenantID, ClientID: r.cast.ClientID, ClientSecret: r.cast.ClientSecret, RedirectURL: "http://127.0.0.1/oauth/callback"}
	folder, err := outlook.NewClient(config, outlook.NewSource(config, refresh, nil)).Folder(ctx, outlook.DefaultFolder)
	require.NoError(r.t, err)
	c.FolderID, c.FolderName = folder.ID, folder.Name
	require.NoError(r.t, r.ledger.SaveConnectionSettings(ctx, c))
	c, err = r.ledger.Connection(ctx, c.ID)
	require.NoError(r.t, err)
	return c
}

// refreshToken signs a user in by the password grant.
func (r *rig) refreshToken(microsoftURL string, user demo.Person) string {
	response, err := http.PostForm(microsoftURL+"/"+r.cast.TenantID+"/oauth2/v2.0/token", url.Values{
		"grant_type": {"password"}, "client_id": {r.cast.ClientID}, "client_secret": {r.cast.ClientSecret},
		"username": {user.Mailbox}, "password": {user.Password}, "scope": {"Contacts.ReadWrite offline_access User.Read"},
	})
	require.NoError(r.t, err)
	defer response.Body.Close()
	var token struct {
		Refresh string `json:"refresh_token"`
	}
	require.NoError(r.t, json.NewDecoder(response.Body).Decode(&token))
	require.NotEmpty(r.t, token.Refresh)
	return token.Refresh
}

// ask queues a run and asks for the workflow, as a click does.
func (r *rig) ask(key string) ledger.Run {
	run, err := r.ledger.RequestRun(r.t.Context(), r.connection, key, "", r.user.ID)
	require.NoError(r.t, err)
	require.NoError(r.t, workflows.Request(r.t.Context(), r.temporal, r.connection.ID))
	return run
}

// await waits for a run's end.
func (r *rig) await(run ledger.Run) ledger.Run {
	require.Eventually(r.t, func() bool {
		now, err := r.ledger.Run(r.t.Context(), run.ID)
		if err != nil {
			return false
		}
		run = now
		return run.EndedAt != nil
	}, 2*time.Minute, 20*time.Millisecond, "the run did not end")
	return run
}

// sync does a run to its end and demands success.
func (r *rig) sync(key string) ledger.Run {
	run := r.await(r.ask(key))
	require.Equal(r.t, ledger.RunDone, run.State, "%s: %s", run.Trouble, run.TroubleSentence)
	return run
}

// counts sums a run by "action side outcome".
func (r *rig) counts(run ledger.Run) map[string]int {
	list, err := r.ledger.Counts(r.t.Context(), run.ID)
	require.NoError(r.t, err)
	out := map[string]int{}
	for _, c := range list {
		out[fmt.Sprintf("%s %s %s", c.Action, c.Side, c.Outcome)] = c.N
	}
	return out
}

// equal demands that both sides hold the same, and that something was compared.
func (r *rig) equal() {
	compared, differences := demo.Compare(r.vtiger, r.microsoft, r.user)
	require.Empty(r.t, differences)
	require.Positive(r.t, compared)
}
