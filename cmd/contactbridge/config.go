package main

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"contactbridge/api"
	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/signin"
	"contactbridge/internal/vtiger"
)

// config is what the environment says. Its reader names the variable in every error and never quotes a secret.
type config struct {
	database string
	listen   string
	// metricsListen is where Prometheus finds this process; empty: nowhere.
	metricsListen string
	publicURL     string
	keyset        *ledger.Keyset
	vtiger        vtiger.Config    // what is set of the integration account; the ledger has the rest
	microsoft     ledger.Microsoft // … and of the app registration
	graphURL      string
	loginURL      string
	settle        time.Duration
	overlap       time.Duration
	young         time.Duration
	deletions     time.Duration
	filters       time.Duration
	retention     time.Duration  // of the log; 0: for ever
	temporalUI    string         // where people see Temporal; empty: nobody said
	proxies       []netip.Prefix // whose word on where a request comes from is taken; nobody's otherwise
	sessions      int            // of the integration account, for all processes together
}

// environment reads variables; tests and the demo give their own.
type environment func(name string) string

// readConfig reads and checks everything that the API and the worker need.
func readConfig(env environment) (config, error) {
	c := config{
		database:      env("DATABASE_URL"),
		listen:        or(env("CONTACTBRIDGE_LISTEN"), ":8080"),
		metricsListen: env("CONTACTBRIDGE_METRICS_LISTEN"),
		publicURL:     strings.TrimRight(or(env("CONTACTBRIDGE_PUBLIC_URL"), "http://127.0.0.1:8080"), "/"),
		temporalUI:    strings.TrimRight(env("CONTACTBRIDGE_TEMPORAL_UI_URL"), "/"),
		vtiger:        vtiger.Config{URL: strings.TrimRight(env("VTIGER_URL"), "/"), Username: env("VTIGER_USERNAME"), AccessKey: env("VTIGER_ACCESS_KEY")},
		graphURL:      strings.TrimRight(or(env("MICROSOFT_GRAPH_URL"), "https://graph.microsoft.com"), "/"),
		loginURL:      strings.TrimRight(or(env("MICROSOFT_LOGIN_URL"), "https://login.microsoftonline.com"), "/"),
	}
	c.microsoft = ledger.Microsoft{
		ClientID: env("MICROSOFT_CLIENT_ID"), ClientSecret: env("MICROSOFT_CLIENT_SECRET"), TenantID: env("MICROSOFT_TENANT_ID"),
		RedirectURL: api.RedirectURL(c.publicURL),
	}
	var err error
	if c.settle, err = duration(env, "CONTACTBRIDGE_SETTLE", 120*time.Second); err != nil {
		return c, err
	}
	if c.overlap, err = duration(env, "CONTACTBRIDGE_VTIGER_OVERLAP", 120*time.Second); err != nil {
		return c, err
	}
	if c.young, err = duration(env, "CONTACTBRIDGE_VTIGER_YOUNG", 5*time.Second); err != nil {
		return c, err
	}
	if c.deletions, err = duration(env, "CONTACTBRIDGE_DELETIONS_EVERY", 15*time.Minute); err != nil {
		return c, err
	}
	if c.filters, err = duration(env, "CONTACTBRIDGE_FILTERS_EVERY", time.Hour); err != nil {
		return c, err
	}
	if c.retention, err = retention(env); err != nil {
		return c, err
	}
	if c.sessions, err = sessions(env); err != nil {
		return c, err
	}
	if c.proxies, err = proxies(env); err != nil {
		return c, err
	}
	for _, v := range []struct{ name, value string }{
		{"DATABASE_URL", c.database},
		{"CONTACTBRIDGE_KEYSET", env("CONTACTBRIDGE_KEYSET")},
	} {
		if v.value == "" {
			return c, fmt.Errorf("%s is not set%s", v.name, hint[v.name])
		}
	}
	for _, v := range []struct{ name, value string }{
		{"CONTACTBRIDGE_PUBLIC_URL", c.publicURL},
		{"VTIGER_URL", or(c.vtiger.URL, unset)},
		{"CONTACTBRIDGE_TEMPORAL_UI_URL", or(c.temporalUI, unset)},
		{"MICROSOFT_GRAPH_URL", c.graphURL},
		{"MICROSOFT_LOGIN_URL", c.loginURL},
	} {
		if u, err := url.Parse(v.value); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return c, fmt.Errorf("%s must be an address such as https://host, and is not", v.name)
		}
	}
	if err := ensureMicrosoft(c); err != nil {
		return c, err
	}
	if c.keyset, err = ledger.ParseKeyset(env("CONTACTBRIDGE_KEYSET")); err != nil {
		return c, fmt.Errorf("CONTACTBRIDGE_KEYSET cannot be used: %w", err)
	}
	return c, nil
}

// ensureMicrosoft refuses an app registration that cannot work, as far as the environment sets one.
func ensureMicrosoft(c config) error {
	m := c.microsoft
	m.ClientID, m.ClientSecret, m.TenantID = or(m.ClientID, "unset"), or(m.ClientSecret, "unset"), or(m.TenantID, "common")
	var e *contact.Error
	if err := (signin.Accounts{GraphURL: c.graphURL, LoginURL: c.loginURL}).Config(m).EnsureValid(); errors.As(err, &e) && e.Code == "tenantId" {
		return fmt.Errorf("MICROSOFT_TENANT_ID: %s", e.Sentence)
	}
	return nil
}

// hint says where a mandatory value comes from.
var hint = map[string]string{
	"DATABASE_URL":         ": the address of a PostgreSQL database, postgres://user:password@host:5432/name",
	"CONTACTBRIDGE_KEYSET": ": `contactbridge init` makes one",
}

// unset stands in for an address that need not be set.
const unset = "https://unset"

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

func duration(env environment, name string, otherwise time.Duration) (time.Duration, error) {
	text := env(name)
	if text == "" {
		return otherwise, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%s must be a duration such as %s", name, otherwise)
	}
	return d, nil
}

// leastRetention is a week: removals are counted over a day, and what was done last can be looked up.
const leastRetention = 7

// retention reads how many days the log is kept.
func retention(env environment) (time.Duration, error) {
	const name = "CONTACTBRIDGE_RETENTION"
	days, err := strconv.Atoi(or(env(name), "90"))
	if err != nil || days != 0 && days < leastRetention || days > 36500 {
		return 0, fmt.Errorf("%s must be a number of days from %d on, or 0 to keep everything", name, leastRetention)
	}
	return time.Duration(days) * 24 * time.Hour, nil
}

// sessions reads how many sessions of the integration account all processes use together. One would make a slow request
// of a person's stop every sync; beyond four vTiger gets no faster.
func sessions(env environment) (int, error) {
	const name = "CONTACTBRIDGE_VTIGER_SESSIONS"
	text := env(name)
	if text == "" {
		return vtiger.Sessions, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 2 || n > vtiger.Sessions {
		return 0, fmt.Errorf("%s must be a number from 2 to %d", name, vtiger.Sessions)
	}
	return n, nil
}

// proxies reads the networks, or single addresses, of the reverse proxies in front of the API. A network of everybody would
// let everybody choose their address.
func proxies(env environment) ([]netip.Prefix, error) {
	const name = "CONTACTBRIDGE_TRUSTED_PROXIES"
	var out []netip.Prefix
	for text := range strings.SplitSeq(env(name), ",") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		network, err := netip.ParsePrefix(text)
		if address, single := netip.ParseAddr(text); single == nil {
			network, err = address.Prefix(address.BitLen())
		}
		if err != nil || network.Bits() == 0 {
			return nil, fmt.Errorf("%s must be networks such as 10.0.0.0/8 or addresses such as 127.0.0.1, with commas between them", name)
		}
		out = append(out, network)
	}
	return out, nil
}

// named puts the variable to look at before an error of what it configures.
func named(variable string, err error) error {
	if err == nil {
		return nil
	}
	var side *contact.Error
	if errors.As(err, &side) && side.Sentence != "" {
		if side.Code != "" {
			return fmt.Errorf("%s: %s (%s)", variable, side.Sentence, side.Code)
		}
		return fmt.Errorf("%s: %s", variable, side.Sentence)
	}
	return fmt.Errorf("%s: %w", variable, err)
}

// oneLine keeps an error on one line.
func oneLine(err error) string {
	return strings.Join(strings.Fields(err.Error()), " ")
}

var osEnv environment = os.Getenv
