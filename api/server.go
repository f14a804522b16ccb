// Package api shows and asks: the REST API of OpenAPI 3.1 and RFC 9457, the pages of the Microsoft sign-in, the probes,
// and the page about the API itself. One file holds one resource.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"contactbridge/internal/integration"
	"contactbridge/internal/ledger"
	"contactbridge/internal/people"
)

// maxBody is how many bytes the body of a request may have.
const maxBody = 1 << 20

// Server is what the API stands on. Every field must be set before Handler.
type Server struct {
	Ledger    *ledger.Ledger
	VTiger    *integration.Account
	Microsoft ledger.Microsoft // what the environment sets of step 1
	PublicURL string           // where browsers reach us, such as http://127.0.0.1:8080; no trailing slash
	GraphURL  string           // Microsoft Graph's base address
	LoginURL  string           // Entra ID's base address

	// TrustedProxies are believed when they say where a request comes from. Nobody else is.
	TrustedProxies []netip.Prefix

	// Request asks for the connection's workflow. What is wanted stands in the ledger before.
	Request func(ctx context.Context, connectionID string) error
	// Ready tells whether what the API needs besides the database answers.
	Ready func(ctx context.Context) error

	// Seen counts an answered request by its route, such as /api/v1/runs/{id}; nil: nobody counts.
	Seen func(method, route string, status int, took time.Duration)

	Log     *slog.Logger
	Version string
}

// Handler serves the API. It can be called again for another, independent handler.
func (s *Server) Handler() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	s.trust(g)
	g.Use(s.count, s.fromWhere())
	g.HandleMethodNotAllowed, g.RedirectTrailingSlash = true, false
	g.NoRoute(func(c *gin.Context) { refuse(notFound, "There is nothing at this address.").write(c.Writer) })
	g.NoMethod(func(c *gin.Context) {
		refuse(noSuchMethod, "This address takes other methods; the header Allow lists them.").write(c.Writer)
	})
	s.mount(g)
	return s.observed(http.MaxBytesHandler(s.sameOrigin(g), maxBody))
}

// count tells of a request by the route that answered it, which holds no id and no token. What no route answers is one kind:
// callers choose such paths and methods.
func (s *Server) count(c *gin.Context) {
	if s.Seen == nil {
		return
	}
	began, method, route := time.Now(), c.Request.Method, c.FullPath()
	if route == "" {
		method, route = "any", "none"
	}
	defer func() { s.Seen(method, route, c.Writer.Status(), time.Since(began)) }()
	c.Next()
}

// mount adds every route, and gives what describes them.
func (s *Server) mount(g *gin.Engine) *huma.OpenAPI {
	r := s.routes(g)
	for _, add := range []func(routes){
		s.setupRoutes, s.sessionRoutes, s.tokenRoutes, s.auditRoutes, s.vtigerRoutes, s.microsoftRoutes, s.alertRoutes, s.defaultsRoutes,
		s.userRoutes, s.groupRoutes, s.connectionRoutes, s.authorizationRoutes, s.invitationRoutes, s.settingsRoutes, s.choiceRoutes,
		s.filterRoutes, s.ownerRoutes, s.runRoutes, s.undoRoutes, s.holdRoutes, s.repairRoutes, s.quarantineRoutes, s.erasureRoutes, s.logRoutes, s.healthRoutes,
		s.connectRoutes, s.callbackRoutes, s.probeRoutes,
	} {
		add(r)
	}
	document(g, r.api.OpenAPI())
	return r.api.OpenAPI()
}

// roll is vTiger's users as the ledger holds them.
func (s *Server) roll() people.Roll { return people.Roll{Ledger: s.Ledger, VTiger: s.VTiger} }

// sameOrigin refuses requests that a browser sends for another site; a cookie alone must not let one act.
func (s *Server) sameOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	if err := protection.AddTrustedOrigin(s.PublicURL); err != nil {
		s.Log.Warn("the public address is no origin; behind a proxy that changes Host forms may be refused", "error", err.Error())
	}
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		refuse(crossOrigin, "Another site sent this request through your browser; nothing was done.").write(w)
	}))
	return protection.Handler(next)
}
