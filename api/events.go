package api

import (
	"context"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/sse"

	"contactbridge/internal/ledger"
)

// eventEvery is how often a followed run is looked at.
const eventEvery = time.Second

// eventRoute lets a client follow a run as server-sent events: one whenever it changed, and the last one when it has ended.
func (s *Server) eventRoute(r routes) {
	op := on(http.MethodGet, runsPath+"/{id}/events", "Step 3: sync", "follow-run",
		"Follow a run as server-sent events, until it has ended", http.StatusNotFound)
	op.Middlewares = append(op.Middlewares, s.admit(r.api, syncing, op.Method+" "+op.Path), s.ofVisibleRun(r.api))
	refusals(&op, syncing, reflect.TypeFor[runInput]())
	op.Security = []map[string][]string{{"bearer": {}}, {"cookie": {}}}
	sse.Register(r.api, op, map[string]any{"run": runView{}}, func(ctx context.Context, in *runInput, send sse.Sender) {
		s.follow(ctx, in.ID, send)
	})
}

// ofVisibleRun refuses before the stream begins, while there still is a status to refuse with.
func (s *Server) ofVisibleRun(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		if _, _, err := s.visibleRun(c.Context(), c.Param("id")); err != nil {
			p := s.failure(c.Context(), "follow a run", err)
			_ = huma.WriteErr(api, c, p.Status, p.Detail, p) // huma reports what it cannot write
			return
		}
		next(c)
	}
}

// follow sends the run whenever what is shown of it changed. A client that hung up, one that lost its access, or an error
// ends it; the client asks anew.
func (s *Server) follow(ctx context.Context, id string, send sse.Sender) {
	tick := time.NewTicker(eventEvery)
	defer tick.Stop()
	var last ledger.Run
	done, total := -1, -1
	for {
		now, err := s.still(ctx, syncing)
		if err != nil {
			return
		}
		r, _, err := s.visibleRun(now, id)
		if err != nil {
			return
		}
		v, err := s.wholeRun(ctx, r)
		if err != nil {
			return
		}
		if v.Progress.Done != done || v.Progress.Total != total || r.State != last.State || r.Phase != last.Phase {
			if send.Data(v) != nil {
				return
			}
		}
		if r.EndedAt != nil {
			return
		}
		last, done, total = r, v.Progress.Done, v.Progress.Total
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
