package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"contactbridge/internal/devstack"
	"contactbridge/internal/ledger"
)

// shared is a log that several goroutines write.
type shared struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

var linked = regexp.MustCompile(`http://[^"\s]+/setup/([A-Z0-9]+)`)

// The first start without a vTiger serves, and its log has a set-up link; the command prints a new one, which ends that. By
// it a script names vTiger, and every process that was started before knows it at once.
func TestTheFirstStartInvites(t *testing.T) {
	env := good(t)
	crm, key := env["VTIGER_URL"], env["VTIGER_ACCESS_KEY"]
	for _, name := range []string{"VTIGER_URL", "VTIGER_USERNAME", "VTIGER_ACCESS_KEY"} {
		delete(env, name)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	env["CONTACTBRIDGE_PUBLIC_URL"] = "http://" + listener.Addr().String()
	address, namespace := devstack.Namespace(t)
	var log shared
	begin := func() *service {
		c, err := readConfig(func(name string) string { return env[name] })
		require.NoError(t, err)
		s, err := open(t.Context(), c, client.Options{HostPort: address, Namespace: namespace}, slog.New(slog.NewJSONHandler(&log, nil)))
		require.NoError(t, err)
		t.Cleanup(s.close)
		return s
	}
	door, engine := begin(), begin()
	door.listener = listener
	ended := make(chan error, 1)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() { ended <- door.api(ctx) }()
	require.Eventually(t, func() bool { return linked.MatchString(log.String()) }, time.Minute, 10*time.Millisecond)
	logged := linked.FindStringSubmatch(log.String())
	shown, err := http.Get(env["CONTACTBRIDGE_PUBLIC_URL"])
	require.NoError(t, err)
	defer shown.Body.Close()
	page, err := io.ReadAll(shown.Body)
	require.NoError(t, err)
	require.Equal(t, "/sign-in", shown.Request.URL.Path, "the console is in front")
	require.Contains(t, string(page), "Contact Bridge is not set up yet.")

	for name, value := range env {
		t.Setenv(name, value)
	}
	var out bytes.Buffer
	require.NoError(t, setup(t.Context(), nil, &out))
	printed := linked.FindStringSubmatch(out.String())
	require.NotNil(t, printed, out.String())
	status := func(token string) int {
		body, err := json.Marshal(map[string]string{"token": token, "url": crm, "username": "admin", "accessKey": key})
		require.NoError(t, err)
		a, err := http.Post(env["CONTACTBRIDGE_PUBLIC_URL"]+"/api/v1/setup", "application/json", bytes.NewReader(body))
		require.NoError(t, err)
		defer a.Body.Close()
		return a.StatusCode
	}
	_, err = engine.vtiger.Client(t.Context())
	require.ErrorContains(t, err, "not set up yet")
	require.Equal(t, http.StatusGone, status(logged[1]), "the command made a newer one")
	require.Equal(t, http.StatusOK, status(printed[1]))
	require.ErrorContains(t, setup(t.Context(), nil, &out), "configured already")

	known, err := engine.vtiger.Client(t.Context())
	require.NoError(t, err)
	require.Equal(t, crm, known.Address())
	_, err = known.Users(t.Context())
	require.NoError(t, err)
	before := len(linked.FindAllString(log.String(), -1))
	require.NoError(t, engine.invite(t.Context()))
	require.Len(t, linked.FindAllString(log.String(), -1), before, "nobody is invited any more")
	stop()
	require.NoError(t, <-ended)
	require.NotContains(t, log.String(), key)
	require.NotContains(t, log.String(), printed[1])
}

// What an admin saved may stop working while nobody looks: the service starts all the same, and says so. What the environment
// sets must work.
func TestAStartWithASavedVTigerThatIsAway(t *testing.T) {
	env := good(t)
	address, namespace := devstack.Namespace(t)
	temporal := client.Options{HostPort: address, Namespace: namespace}
	c, err := readConfig(func(name string) string { return env[name] })
	require.NoError(t, err)
	l, err := openLedger(t.Context(), c)
	require.NoError(t, err)
	defer l.Close()
	_, err = l.DB().NewRaw(`INSERT INTO settings (name, value) VALUES ('instance', '"http://127.0.0.1:1"')`).Exec(t.Context())
	require.NoError(t, err)
	require.ErrorContains(t, start(t.Context(), env, temporal), "VTIGER_URL names another vTiger")

	const key = "saved-key-value"
	require.NoError(t, l.SaveVTiger(t.Context(), ledger.VTigerChange{VTiger: ledger.VTiger{
		URL: "http://127.0.0.1:1", Username: "admin", AccessKey: key, Instance: "http://127.0.0.1:1",
	}}))
	for _, name := range []string{"VTIGER_URL", "VTIGER_USERNAME", "VTIGER_ACCESS_KEY"} {
		env[name] = ""
	}
	var log shared
	c, err = readConfig(func(name string) string { return env[name] })
	require.NoError(t, err)
	s, err := open(t.Context(), c, temporal, slog.New(slog.NewJSONHandler(&log, nil)))
	require.NoError(t, err)
	s.close()
	require.Contains(t, log.String(), "vTiger cannot be used as it is set now")
	require.NotContains(t, log.String(), key)
}
