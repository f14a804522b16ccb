package console

import (
	"net/http"
	"runtime/debug"

	"contactbridge/internal/client"
)

// policy lets a page load and do nothing but ours. A form may lead to Microsoft only by way of the API's own pages.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'"

// guarded sets what protects every page.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin") // "no-referrer" would make browsers send forms without their origin
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// protect knows what other sites send, as the API does.
func (c *Console) protect() *http.CrossOriginProtection {
	protection := http.NewCrossOriginProtection()
	if err := protection.AddTrustedOrigin(c.PublicURL); err != nil {
		c.Log.Warn("the public address is no origin; behind a proxy that changes Host forms may be refused", "error", err.Error())
	}
	return protection
}

// ensureOurs refuses what a browser sends for another site; a cookie alone must not let one act.
func (c *Console) ensureOurs(r *http.Request) error {
	if c.protection.Check(r) == nil {
		return nil
	}
	return &client.Problem{Status: http.StatusForbidden, Kind: "cross-origin", Title: say("sorry.foreign"), Detail: say("sorry.foreign.why")}
}

// recovered answers a panic with a page.
func (v *visit) recovered() {
	value := recover()
	switch {
	case value == nil, v.Request.Context().Err() != nil:
	case value == http.ErrAbortHandler: // the server breaks the connection off
		panic(value)
	default:
		v.console.Log.ErrorContext(v.Request.Context(), "a page panicked", "page", v.page.name, "stack", string(debug.Stack()))
		v.sorry(errPanicked)
	}
}
