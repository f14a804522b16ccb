package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"contactbridge/internal/cli"
	"contactbridge/internal/demo"
	"contactbridge/internal/devstack"
	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/graphsim"
	"contactbridge/internal/simulator/vtigersim"
)

func TestMain(m *testing.M) { devstack.Main(m) }

// The demo ends well by its own comparison of both sides.
func TestDemoOnce(t *testing.T) {
	var out bytes.Buffer
	err := demonstrate(t.Context(), []string{"--once"}, &out)
	t.Log(out.String())
	require.NoError(t, err)
	require.Contains(t, out.String(), "0 differences; the third sync wrote 0 times")
	require.Regexp(t, `compared [1-9]\d+ fields`, out.String())
}

// good is an environment in which everything is there, with one value changed.
func good(t *testing.T) map[string]string {
	v, m, cast := vtigersim.New(), graphsim.New(), demo.NewCast()
	vtigerURL, stopVTiger, err := v.Start("")
	require.NoError(t, err)
	t.Cleanup(stopVTiger)
	microsoftURL, stopMicrosoft, err := m.Start("")
	require.NoError(t, err)
	t.Cleanup(stopMicrosoft)
	cast.Seed(v, m, "http://127.0.0.1:8080/oauth/callback")
	keyset, err := ledger.NewKeyset()
	require.NoError(t, err)
	dsn := devstack.Database(t)
	require.NoError(t, migrateTo(t.Context(), dsn, &bytes.Buffer{}))
	return map[string]string{
		"DATABASE_URL": dsn, "CONTACTBRIDGE_KEYSET": keyset, "VTIGER_URL": vtigerURL, "VTIGER_USERNAME": cast.Admin.UserName,
		"VTIGER_ACCESS_KEY": cast.AccessKey, "MICROSOFT_GRAPH_URL": microsoftURL, "MICROSOFT_LOGIN_URL": microsoftURL,
	}
}

// start opens a service in an environment, as serve does.
func start(ctx context.Context, env map[string]string, temporal client.Options) error {
	c, err := readConfig(func(name string) string { return env[name] })
	if err != nil {
		return err
	}
	s, err := open(ctx, c, temporal, slog.New(slog.DiscardHandler))
	if err == nil {
		s.close()
	}
	return err
}

// Whatever is wrong at the start is one line that names the variable and quotes no secret.
func TestWrongSettingsAreNamed(t *testing.T) {
	address, namespace := devstack.Namespace(t)
	temporal := client.Options{HostPort: address, Namespace: namespace}
	env := good(t)
	require.NoError(t, start(t.Context(), env, temporal))

	for _, c := range []struct{ variable, value string }{
		{"DATABASE_URL", ""},
		{"DATABASE_URL", "mysql://secret-value"},
		{"DATABASE_URL", "postgres://user:secret-value@127.0.0.1:1/none?sslmode=disable"},
		{"DATABASE_URL", devstack.Database(t)},
		{"CONTACTBRIDGE_KEYSET", ""},
		{"CONTACTBRIDGE_KEYSET", "secret-value"},
		{"CONTACTBRIDGE_PUBLIC_URL", "secret-value"},
		{"CONTACTBRIDGE_SETTLE", "soon"},
		{"CONTACTBRIDGE_VTIGER_OVERLAP", "-3s"},
		{"CONTACTBRIDGE_VTIGER_YOUNG", "young"},
		{"CONTACTBRIDGE_RETENTION", "3"},
		{"CONTACTBRIDGE_RETENTION", "90d"},
		{"CONTACTBRIDGE_TRUSTED_PROXIES", "10.0.0.0/8, secret-value"},
		{"CONTACTBRIDGE_TRUSTED_PROXIES", "10.0.0.1/40"},
		{"CONTACTBRIDGE_TRUSTED_PROXIES", "0.0.0.0/0"},
		{"CONTACTBRIDGE_TRUSTED_PROXIES", "127.0.0.1, ::/0"},
		{"CONTACTBRIDGE_VTIGER_SESSIONS", "many"},
		{"CONTACTBRIDGE_VTIGER_SESSIONS", "1"},
		{"CONTACTBRIDGE_VTIGER_SESSIONS", "5"},
		{"VTIGER_URL", "secret-value"},
		{"CONTACTBRIDGE_TEMPORAL_UI_URL", "secret-value"},
		{"VTIGER_URL", "http://127.0.0.1:1"},
		{"VTIGER_USERNAME", "nobody"},
		{"VTIGER_USERNAME", "alice"},
		{"VTIGER_ACCESS_KEY", "secret-value"},
		{"MICROSOFT_GRAPH_URL", "http://127.0.0.1:1"},
		{"MICROSOFT_LOGIN_URL", "ftp://x"},
		{"MICROSOFT_TENANT_ID", "no tenant"},
	} {
		t.Run(c.variable+" "+c.value, func(t *testing.T) {
			changed := map[string]string{}
			for name, value := range env {
				changed[name] = value
			}
			changed[c.variable] = c.value
			err := start(t.Context(), changed, temporal)
			require.Error(t, err)
			line := oneLine(err)
			require.Contains(t, line, c.variable)
			require.NotContains(t, line, "secret-value")
			require.NotContains(t, line, env["VTIGER_ACCESS_KEY"])
			require.NotContains(t, line, "goroutine")
		})
	}
	err := start(t.Context(), env, client.Options{HostPort: "127.0.0.1:1"})
	require.ErrorContains(t, err, "TEMPORAL_ADDRESS")
	err = start(t.Context(), env, client.Options{HostPort: address, Namespace: "no-such-namespace"})
	require.ErrorContains(t, err, "TEMPORAL_NAMESPACE")

	env["VTIGER_URL"] = strings.Replace(env["VTIGER_URL"], "127.0.0.1", "localhost", 1)
	require.ErrorContains(t, start(t.Context(), env, temporal), "VTIGER_URL names another vTiger")
}

func TestInitWritesOnceOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".env")
	var out bytes.Buffer
	require.NoError(t, initialise(t.Context(), []string{"-file", path}, &out))
	first, err := os.ReadFile(path)
	require.NoError(t, err)
	for _, name := range []string{"CONTACTBRIDGE_KEYSET=", "POSTGRES_PASSWORD=", "CONTACTBRIDGE_PUBLIC_URL="} {
		require.Contains(t, string(first), name)
	}
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	require.NotContains(t, out.String(), "CONTACTBRIDGE_KEYSET=")

	require.Error(t, initialise(t.Context(), []string{"-file", path}, &out))
	again, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, first, again)
}

func TestUnknownCommandsAreRefused(t *testing.T) {
	for _, args := range [][]string{{"destroy"}, nil, {"help", "destroy"}} {
		var exit *cli.Exit
		require.ErrorAs(t, run(t.Context(), args, &bytes.Buffer{}), &exit)
		require.Equal(t, cli.WrongUse, exit.Code)
	}
}

func TestHelpKnowsEveryCommand(t *testing.T) {
	var all bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"help"}, &all))
	require.Contains(t, all.String(), "exit codes")
	for _, name := range []string{"serve", "healthcheck", "login", "users allow", "sync", "config import"} {
		require.Contains(t, all.String(), "  "+name+" ")
		var one bytes.Buffer
		require.NoError(t, run(t.Context(), append([]string{"help"}, strings.Fields(name)...), &one))
		require.Contains(t, one.String(), "contactbridge "+name)
	}
	var both bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"help", "config"}, &both))
	require.Contains(t, both.String(), "contactbridge config export")
	require.Contains(t, both.String(), "contactbridge config import FILE")
}

func TestTheConsoleLinksToOurNamespaceInTemporal(t *testing.T) {
	s := &service{config: config{temporalUI: "http://127.0.0.1:8233"}, namespace: "contact bridge"}
	require.Equal(t, "http://127.0.0.1:8233/namespaces/contact%20bridge", s.temporalPage())
	s.temporalUI = ""
	require.Empty(t, s.temporalPage())
}
