// Package console is the web console: pages made on the server that work over the API, as a browser-shaped client of it in
// the same process. Rights, checks and the audit log are thus the API's; the console knows neither the ledger nor a side.
//
// A page is three files with one name: its Go file (what it shows and what its forms do), its template and its texts.
package console

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

// maxForm is how many bytes a posted form may have.
const maxForm = 1 << 20

// Console is what the pages stand on. Every field but Seen must be set before Handler.
type Console struct {
	API       http.Handler // answers what is its own, and every page's calls
	PublicURL string       // where browsers reach us; no trailing slash

	// TemporalUI is where Temporal's Web UI shows our namespace, such as http://127.0.0.1:8233/namespaces/default; empty: it
	// is linked nowhere. Administrators see it.
	TemporalUI string

	// Seen counts an answered request by its route; nil: nobody counts.
	Seen func(method, route string, status int, took time.Duration)

	Log     *slog.Logger
	Version string

	pages      []*page
	protection *http.CrossOriginProtection
}

// Handler serves the console, and the API at the API's own addresses.
func (c *Console) Handler() http.Handler { return c.handler(pages()) }

func (c *Console) handler(all []*page) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	g.RedirectTrailingSlash = false
	g.Use(c.count)
	mountAssets(g)
	c.pages, c.protection = all, c.protect()
	for _, p := range c.pages {
		c.mount(g, p)
	}
	g.NoRoute(c.on(&nowhere, (*visit).show))
	own := guarded(http.MaxBytesHandler(g, maxForm))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ofAPI(r.URL.Path) {
			c.API.ServeHTTP(w, r)
			return
		}
		own.ServeHTTP(w, r)
	})
}

// ofAPI tells whether an address is the API's own.
func ofAPI(path string) bool {
	for _, folder := range []string{"/api/", "/connect/", "/setup/", "/oauth/"} {
		if strings.HasPrefix(path, folder) {
			return true
		}
	}
	switch path {
	case "/api", "/openapi.json", "/openapi-3.0.json", "/docs", "/healthz", "/readyz":
		return true
	}
	return false
}

// count tells of a request by the route that answered it, which holds no id, and logs it without its query.
func (c *Console) count(g *gin.Context) {
	began, method, route := time.Now(), g.Request.Method, g.FullPath()
	if route == "" {
		method, route = "any", "none"
	}
	defer func() {
		took, status := time.Since(began), g.Writer.Status()
		c.Log.InfoContext(g.Request.Context(), "page", "method", g.Request.Method, "path", g.Request.URL.Path, "status", status, "ms", took.Milliseconds())
		if c.Seen != nil {
			c.Seen(method, route, status, took)
		}
	}()
	g.Next()
}
