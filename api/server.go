// Package api shows and asks: the REST API, its documentation, the sign-in pages and the probes. It holds no rule of the
// sync; it checks rights and input, calls the ledger and the sides, and translates errors once.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"contactbridge/internal/ledger"
	"contactbridge/internal/outlook"
	"contactbridge/internal/vtiger"
)

// Server is what the API stands on.
type Server struct {
	Ledger    *ledger.Ledger
	VTiger    *vtiger.Client // the integration account
	PublicURL string         // the address that people open, without a trailing slash
	GraphURL  string
	LoginURL  string
	Request   func(ctx context.Context, connectionID string) error // asks for the connection's workflow
	Ready     func(ctx context.Context) error                      // whether Temporal answers
	Log       *slog.Logger
	Version   string
}

// base is where the REST API begins.
const base = "/api/v1"

// bodyLimit is the largest request body, in bytes.
const bodyLimit = 1 << 20

// Handler serves everything.
func (s *Server) Handler() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.HandleMethodNotAllowed = true
	_ = router.SetTrustedProxies(nil) // nil is always valid: no proxy is trusted
	router.Use(s.observe)
	router.NoRoute(func(c *gin.Context) { writeProblem(c, problem(NotFound, "There is nothing at this address.")) })
	router.NoMethod(func(c *gin.Context) {
		writeProblem(c, problem(MethodNotAllowed, "This address does not take that method."))
	})
	api := humagin.New(router, s.openAPI())
	api.UseMiddleware(s.identify(api))
	for _, register := range []func(huma.API){
		s.sessions, s.microsoft, s.users, s.connections, s.authorization, s.settings, s.choices, s.runs, s.logs,
	} {
		register(api)
	}
	s.pages(router)
	s.probes(router)
	router.GET("/docs", func(c *gin.Context) { s.docs(c, api.OpenAPI()) })
	return http.MaxBytesHandler(http.NewCrossOriginProtection().Handler(router), bodyLimit)
}

// openAPI is the head of the document. Huma's own documentation page is left out: it loads from elsewhere.
func (s *Server) openAPI() huma.Config {
	config := huma.DefaultConfig("Contact Bridge", s.Version)
	config.DocsPath, config.SchemasPath, config.CreateHooks = "", "", nil
	config.Info.Description = "Keeps the contacts of vTiger and Office 365 the same. Sign in with your vTiger user name: POST " + base + "/session."
	config.Servers = []*huma.Server{{URL: s.PublicURL}}
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer", Description: "The token that POST " + base + "/session gives."},
		"cookie": {Type: "apiKey", In: "cookie", Name: sessionCookie},
	}
	return config
}

// observe logs each request, without its query, and turns a panic into a problem.
func (s *Server) observe(c *gin.Context) {
	began := time.Now()
	defer func() {
		if r := recover(); r != nil {
			s.Log.Error("a request panicked", "path", c.FullPath(), "panic", r)
			writeProblem(c, problem(Internal, "An internal error occurred."))
		}
		s.Log.Info("request", "method", c.Request.Method, "path", c.FullPath(), "status", c.Writer.Status(), "took", time.Since(began))
	}()
	c.Next()
}

// mailboxConfig is how we are known to Microsoft; Step1Missing until an admin saved it.
func (s *Server) mailboxConfig(ctx context.Context) (outlook.Config, error) {
	m, err := s.Ledger.Microsoft(ctx)
	if err != nil {
		return outlook.Config{}, err
	}
	if m.Version == 0 {
		return outlook.Config{}, problem(Step1Missing, "An admin must first save the Microsoft settings (step 1).")
	}
	return outlook.Config{
		LoginURL: s.LoginURL, GraphURL: s.GraphURL, TenantID: m.TenantID, ClientID: m.ClientID, ClientSecret: m.ClientSecret, RedirectURL: m.RedirectURL,
	}, nil
}

// mailbox opens a connection's mailbox; NeedsSignIn when nobody is signed in.
func (s *Server) mailbox(ctx context.Context, c ledger.Connection) (*outlook.Client, error) {
	config, err := s.mailboxConfig(ctx)
	if err != nil {
		return nil, err
	}
	refresh, err := s.Ledger.Refresh(ctx, c.ID)
	if err != nil {
		if isNotFound(err) {
			return nil, problem(NeedsSignIn, "Sign in to the mailbox first (step 2).")
		}
		return nil, err
	}
	source := outlook.NewSource(config, refresh, func(ctx context.Context, rotated string) error {
		return s.Ledger.SaveRefresh(ctx, c.ID, rotated)
	})
	return outlook.NewClient(config, source), nil
}

// secure tells whether people reach us by HTTPS.
func (s *Server) secure() bool { return strings.HasPrefix(s.PublicURL, "https://") }
