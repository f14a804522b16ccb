package outlook

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"contactbridge/internal/contact"
)

// The public cloud; national clouds and simulators have others.
const (
	publicLogin = "https://login.microsoftonline.com"
	publicGraph = "https://graph.microsoft.com"
)

// Config is the app registration and where Microsoft is. Addresses have no trailing slash and no version; empty ones mean
// the public cloud.
type Config struct {
	LoginURL     string
	GraphURL     string
	TenantID     string // a tenant's id or domain, or common, organizations, consumers
	ClientID     string
	ClientSecret string
	RedirectURL  string // exactly as registered
	Mailbox      string // object id or user name of the mailbox's user; empty: whoever is signed in
}

var tenantForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]*$`)

// EnsureValid refuses a Config that cannot work, with an error of kind BadInput that names the field.
func (c Config) EnsureValid() error {
	switch {
	case !tenantForm.MatchString(c.TenantID):
		return badField("tenantId", "must be the tenant's id or domain, or common")
	case strings.TrimSpace(c.ClientID) == "":
		return badField("clientId", "is missing")
	case c.ClientSecret == "":
		return badField("clientSecret", "is missing")
	case !isAddress(c.RedirectURL):
		return badField("redirectUrl", "must be a whole http or https address")
	case !isBase(c.login()):
		return badField("loginUrl", "must be an http or https address without a path")
	case !isBase(c.graph()):
		return badField("graphUrl", "must be an http or https address without a path")
	}
	return nil
}

// EnsureApplication refuses, as EnsureValid does, what cannot work without a user: the app belongs to one tenant then.
func (c Config) EnsureApplication() error {
	if c.sharedTenant() {
		return badField("tenantId", "must be the tenant's id or domain in application mode, not "+c.TenantID)
	}
	return c.EnsureValid()
}

// EnsurePassword refuses, as EnsureValid does, what cannot work with a user name and password.
func (c Config) EnsurePassword() error {
	if c.sharedTenant() && !strings.EqualFold(c.TenantID, "organizations") {
		return badField("tenantId", "must be the tenant's id or domain, or organizations, for a sign-in by password, not "+c.TenantID)
	}
	return c.EnsureValid()
}

// consumerTenant is the tenant of all personal accounts.
const consumerTenant = "9188040d-6c67-4c5b-b112-36a304b66dad"

// sharedTenant tells the names that stand for no organization.
func (c Config) sharedTenant() bool {
	return slices.Contains([]string{"common", "organizations", "consumers", consumerTenant}, strings.ToLower(c.TenantID))
}

func badField(field, problem string) error {
	return &contact.Error{
		Kind: contact.BadInput, Doing: "check the Microsoft settings", Code: field,
		Sentence: "The field " + field + " " + problem + ".",
	}
}

func isAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}

func isBase(s string) bool {
	u, err := url.Parse(s)
	return err == nil && isAddress(s) && u.Path == "" && u.RawQuery == "" && u.Fragment == ""
}

func (c Config) login() string { return orElse(c.LoginURL, publicLogin) }

func (c Config) graph() string { return orElse(c.GraphURL, publicGraph) }

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return strings.TrimSuffix(s, "/")
}
