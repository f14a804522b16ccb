package outlook

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/microsoft/kiota-abstractions-go/authentication"
	"github.com/microsoft/kiota-abstractions-go/store"
	khttp "github.com/microsoft/kiota-http-go"
	jsonserialization "github.com/microsoft/kiota-serialization-json-go"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/microsoftgraph/msgraph-sdk-go/users"
)

const (
	graphVersion = "/v1.0"
	// atWork is how many requests Graph serves one app for one mailbox at a time; a $batch uses all of them.
	atWork = 4
	// callTimeout bounds one request. It is shorter than a lease, so that no request outlives the right to send it.
	callTimeout = 30 * time.Second
)

// Client speaks to Graph as one signed-in user. It keeps its requests within what Graph serves one app for one mailbox;
// Clients of the same mailbox must share that by WithPace. It may be used by many at once.
type Client struct {
	tokens  *Source
	tenant  string
	user    string // Config.Mailbox
	base    string // with the version
	timeout time.Duration
	http    *http.Client
	adapter *khttp.NetHttpRequestAdapter
	pace    *pacer
	invalid error // why no request can be made
	clock   offset
}

// Option changes a Client under construction.
type Option func(*settings)

type settings struct {
	timeout time.Duration
	keep    Keep
	clock   clock
}

// WithTimeout bounds each single request; 30 s unless told.
func WithTimeout(d time.Duration) Option {
	return func(s *settings) { s.timeout = d }
}

// NewClient speaks for the account of tokens. A Config that cannot work shows at the first request.
func NewClient(cfg Config, tokens *Source, options ...Option) *Client {
	set := settings{timeout: callTimeout}
	for _, option := range options {
		option(&set)
	}
	c := &Client{
		tokens: tokens, tenant: cfg.TenantID, user: cfg.Mailbox, base: cfg.graph() + graphVersion, timeout: set.timeout,
		pace: newPacer(set.keep, set.clock), http: pipeline(), invalid: cfg.EnsureValid(),
	}
	// The proxy factory writes null for what a model was set to nil; without it clearing a field sends nothing.
	writer := store.NewBackingStoreSerializationWriterProxyFactory(jsonserialization.NewJsonSerializationWriterFactory())
	provider := authentication.NewBaseBearerTokenAuthenticationProvider(&bearer{tokens: tokens, base: c.base})
	adapter, err := khttp.NewNetHttpRequestAdapterWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		provider, jsonserialization.NewJsonParseNodeFactory(), writer, c.http)
	if err != nil {
		c.invalid = bug("prepare the Microsoft Graph client", err)
		return c
	}
	adapter.SetBaseUrl(c.base)
	c.adapter = adapter
	return c
}

// pipeline is the SDK's middleware without three parts: the retry handler, which repeats requests that create;
// compression, which gains little on such bodies; and redirects, which Graph's contacts do not use and a token must not follow.
func pipeline() *http.Client {
	return &http.Client{
		Transport: khttp.NewCustomTransportWithParentTransport(transport,
			core.NewGraphTelemetryHandler(&core.GraphClientOptions{GraphServiceVersion: "v1.0"}),
			khttp.NewUrlReplaceHandler(true, core.ReplacementPairs),
			khttp.NewParametersNameDecodingHandler(),
			khttp.NewUserAgentHandler(),
		),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// transport is shared: Clients come and go with the work, connections should stay.
var transport = func() http.RoundTripper {
	t := khttp.GetDefaultTransport()
	if own, ok := t.(*http.Transport); ok {
		own.MaxIdleConnsPerHost = 16
	}
	return t
}()

// me addresses the mailbox's user. The SDK knows no /me: the pipeline and the batch put it in the place of this id.
func (c *Client) me() *users.UserItemRequestBuilder {
	user := c.user
	if user == "" {
		user = "me-token-to-replace"
	}
	return users.NewUserItemRequestBuilderInternal(map[string]string{"baseurl": c.base, "user%2Did": user}, c.adapter)
}

// bearer hands tokens to the configured Graph only. The SDK's own host check sends the request without a token instead.
type bearer struct {
	tokens *Source
	base   string
}

// GetAuthorizationToken refuses every other scheme, host or port than the configured ones.
func (b *bearer) GetAuthorizationToken(ctx context.Context, to *url.URL, _ map[string]any) (string, error) {
	if !sameOrigin(to, b.base) {
		return "", foreignAddress("authorize a request to Microsoft Graph")
	}
	return b.tokens.Token(ctx)
}

// GetAllowedHostsValidator is part of the SDK's interface; nothing asks it, and it allows the configured host only.
func (b *bearer) GetAllowedHostsValidator() *authentication.AllowedHostsValidator {
	var hosts []string
	if u, err := url.Parse(b.base); err == nil {
		hosts = append(hosts, u.Hostname())
	}
	v, err := authentication.NewAllowedHostsValidatorErrorCheck(hosts)
	if err != nil {
		return &authentication.AllowedHostsValidator{}
	}
	return v
}

func sameOrigin(u *url.URL, base string) bool {
	b, err := url.Parse(base)
	return err == nil && strings.EqualFold(u.Scheme, b.Scheme) &&
		strings.EqualFold(u.Hostname(), b.Hostname()) && port(u) == port(b)
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return map[string]string{"https": "443", "http": "80"}[strings.ToLower(u.Scheme)]
}
