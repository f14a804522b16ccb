package api

import (
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

// observed writes one line a request and turns a panic into a problem. Query strings are never logged, since returns
// from Microsoft carry codes there; nor are the tokens in the paths of sign-in links.
func (s *Server) observed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, seen := time.Now(), &seenWriter{ResponseWriter: w}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if strings.HasPrefix(r.URL.Path, "/api/") {
			w.Header().Set("Cache-Control", "no-store")
		}
		defer func() {
			value := recover()
			if value != http.ErrAbortHandler {
				s.recovered(value, seen, r)
			}
			s.Log.InfoContext(r.Context(), "request", "method", r.Method, "path", shownPath(r.URL.Path), "status", seen.status,
				"bytes", seen.bytes, "ms", time.Since(began).Milliseconds())
			if value == http.ErrAbortHandler { // the server breaks the connection off
				panic(value)
			}
		}()
		next.ServeHTTP(seen, r)
	})
}

// recovered answers and logs a panic. A client that hung up while its answer was written is none.
func (s *Server) recovered(value any, w *seenWriter, r *http.Request) {
	if value == nil || r.Context().Err() != nil {
		return
	}
	s.Log.ErrorContext(r.Context(), "a handler panicked", "method", r.Method, "path", shownPath(r.URL.Path), "stack", string(debug.Stack()))
	if w.status == 0 {
		refuse(internal, "An internal error occurred; the service's log says more.").write(w)
	}
}

// shownPath hides the token of a sign-in or set-up link.
func shownPath(path string) string {
	for _, secret := range []string{connectPath, setupPath} {
		if strings.HasPrefix(path, secret) {
			return secret + "…"
		}
	}
	return path
}

// seenWriter remembers what was answered.
type seenWriter struct {
	http.ResponseWriter

	status int // 0 before anything was written
	bytes  int
}

// WriteHeader remembers the first status.
func (w *seenWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write counts.
func (w *seenWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(p)
	w.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *seenWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Flush sends what was written so far; a followed run needs it.
func (w *seenWriter) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }
