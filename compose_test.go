// Package contactbridge_test checks the files at the root of the repository.
package contactbridge_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

type composeFile struct {
	Services map[string]service `yaml:"services"`
}

type service struct {
	Image       string                       `yaml:"image"`
	Build       any                          `yaml:"build"`
	Command     []string                     `yaml:"command"`
	Profiles    []string                     `yaml:"profiles"`
	Ports       []string                     `yaml:"ports"`
	Environment map[string]*string           `yaml:"environment"`
	DependsOn   map[string]map[string]string `yaml:"depends_on"`
	Restart     string                       `yaml:"restart"`
	HealthCheck struct {
		Test    []string `yaml:"test"`
		Disable bool     `yaml:"disable"`
	} `yaml:"healthcheck"`
}

func compose(t *testing.T) composeFile {
	t.Helper()
	text, err := os.ReadFile("docker-compose.yml")
	require.NoError(t, err)
	var file composeFile
	require.NoError(t, yaml.Unmarshal(text, &file))
	return file
}

func TestComposeHasTheServicesOfTheHouse(t *testing.T) {
	services := compose(t).Services
	require.Equal(t, []string{"api", "migrate", "postgres", "simulators", "temporal", "temporal-ui", "worker"},
		slices.Sorted(maps.Keys(services)))
	for name, s := range services {
		if name == "simulators" {
			require.Equal(t, []string{"demo"}, s.Profiles)
			continue
		}
		require.Emptyf(t, s.Profiles, "%s starts without a profile", name)
	}
}

func TestComposeImagesArePinned(t *testing.T) {
	exact := regexp.MustCompile(`^[a-z0-9./-]+:\d+\.\d+(\.\d+)?(-[a-z]+[\d.]*)?$`)
	for name, s := range compose(t).Services {
		if s.Build == nil {
			require.Regexpf(t, exact, s.Image, "%s runs an image by its exact tag", name)
		}
	}
}

func TestDockerfileImagesArePinned(t *testing.T) {
	text, err := os.ReadFile("Dockerfile")
	require.NoError(t, err)
	bases := regexp.MustCompile(`(?m)^FROM (?:--platform=\S+ )?(\S+)`).FindAllStringSubmatch(string(text), -1)
	require.NotEmpty(t, bases)
	for _, base := range bases {
		if base[1] != "scratch" {
			require.Regexp(t, `^golang:\d+\.\d+\.\d+-alpine\d+\.\d+$`, base[1])
		}
	}
	require.Regexp(t, `(?m)^USER [1-9]`, string(text))
	require.Contains(t, string(text), `ENTRYPOINT ["/contactbridge"]`)
}

func TestComposePublishesOnLoopbackOnly(t *testing.T) {
	published := 0
	for name, s := range compose(t).Services {
		for _, port := range s.Ports {
			published++
			require.Truef(t, strings.HasPrefix(port, "127.0.0.1:"), "%s publishes %s", name, port)
		}
		bindsWide := strings.Contains(strings.Join(s.Command, " "), "0.0.0.0")
		require.Equalf(t, name == "simulators", bindsWide, "%s binds all addresses", name)
	}
	require.NotZero(t, published)
}

func TestComposeServersHaveHealthChecks(t *testing.T) {
	services := compose(t).Services
	for _, name := range []string{"postgres", "temporal", "temporal-ui", "api"} {
		require.NotEmptyf(t, services[name].HealthCheck.Test, "%s has a health check", name)
	}
	// The image's own check asks the api, so the image's other uses must say that it is not theirs.
	for _, name := range []string{"migrate", "worker", "simulators"} {
		require.Truef(t, services[name].HealthCheck.Disable, "%s has no api to ask", name)
	}
}

func TestComposeMigratesOnceBeforeAnythingUsesTheDatabase(t *testing.T) {
	services := compose(t).Services
	require.Equal(t, []string{"migrate"}, services["migrate"].Command)
	require.Equal(t, "no", services["migrate"].Restart)
	require.Equal(t, "service_healthy", services["migrate"].DependsOn["postgres"]["condition"])
	require.Equal(t, "service_healthy", services["temporal"].DependsOn["postgres"]["condition"])
	require.Equal(t, "service_healthy", services["migrate"].DependsOn["temporal"]["condition"], "it registers search attributes")
	for _, name := range []string{"api", "worker"} {
		s := services[name]
		require.Equal(t, []string{name}, s.Command)
		require.Equal(t, "unless-stopped", s.Restart)
		require.Equal(t, "service_completed_successfully", s.DependsOn["migrate"]["condition"])
		require.Equal(t, "service_healthy", s.DependsOn["temporal"]["condition"])
	}
}

func TestComposeHoldsNoSecret(t *testing.T) {
	fromEnv := regexp.MustCompile(`\$\{[A-Z_]+:\?[^}]+\}`)
	ofTheApp := []string{
		"DATABASE_URL", "CONTACTBRIDGE_KEYSET", "CONTACTBRIDGE_PUBLIC_URL",
	}
	services := compose(t).Services
	mandatory := map[string][]string{
		"postgres": {"POSTGRES_PASSWORD"}, "temporal": {"POSTGRES_PWD"}, "migrate": ofTheApp, "api": ofTheApp, "worker": ofTheApp,
	}
	for name, keys := range mandatory {
		for _, key := range keys {
			value := services[name].Environment[key]
			require.NotNilf(t, value, "%s of %s", key, name)
			require.Regexpf(t, fromEnv, *value, "%s of %s comes from .env or fails with a message", key, name)
		}
	}
	for _, name := range []string{"migrate", "api", "worker"} {
		for _, key := range []string{
			"VTIGER_URL", "VTIGER_USERNAME", "VTIGER_ACCESS_KEY", "MICROSOFT_CLIENT_ID", "MICROSOFT_CLIENT_SECRET", "MICROSOFT_TENANT_ID",
			"MICROSOFT_GRAPH_URL", "MICROSOFT_LOGIN_URL", "CONTACTBRIDGE_TRUSTED_PROXIES",
		} {
			value, passed := services[name].Environment[key]
			require.Truef(t, passed, "%s reaches %s", key, name)
			require.Nilf(t, value, "%s is unset in %s unless .env has it", key, name)
		}
	}
	ignored, err := os.ReadFile(".dockerignore")
	require.NoError(t, err)
	require.Contains(t, strings.Split(string(ignored), "\n"), ".env")
}

// Every variable that the README documents reaches the API and the worker, and nothing else does.
func TestComposePassesWhatIsDocumented(t *testing.T) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	documented := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`[A-Z].*?`) \\|").FindAllStringSubmatch(string(text), -1) {
		for _, name := range regexp.MustCompile("[A-Z_]+").FindAllString(row[1], -1) {
			documented[name] = true
		}
	}
	require.Greater(t, len(documented), 12)
	services := compose(t).Services
	for _, name := range []string{"migrate", "api", "worker"} {
		require.ElementsMatch(t, slices.Collect(maps.Keys(documented)), slices.Collect(maps.Keys(services[name].Environment)), name)
	}
}

// The console links to the Web UI where this file publishes it, unless .env says that people reach it elsewhere.
func TestComposeTellsTheConsoleWhereTemporalIsSeen(t *testing.T) {
	services := compose(t).Services
	require.Equal(t, "${CONTACTBRIDGE_TEMPORAL_UI_URL:-http://127.0.0.1:${TEMPORAL_UI_PORT:-8233}}", *services["api"].Environment["CONTACTBRIDGE_TEMPORAL_UI_URL"])
	require.Equal(t, []string{"127.0.0.1:${TEMPORAL_UI_PORT:-8233}:8080"}, services["temporal-ui"].Ports)
}
