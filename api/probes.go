package api

import (
	"context"
	"net/http"
	"time"
)

// probeTimeout is how long readiness waits for each of its answers.
const probeTimeout = 3 * time.Second

type probeOutput struct {
	Body struct {
		Status  string `json:"status" example:"ok" enum:"ok,needs-setup" doc:"needs-setup: it is ready to be set up by its link; only /readyz says so"`
		Version string `json:"version"`
		Service string `json:"service" example:"Contact Bridge" doc:"Tells who answers at an address"`
	}
}

func (s *Server) probeRoutes(r routes) {
	const tag = "Probes"
	fine := func() *probeOutput {
		out := &probeOutput{}
		out.Body.Status, out.Body.Version, out.Body.Service = "ok", s.Version, serviceName
		return out
	}
	add(r, anybody, on(http.MethodGet, "/healthz", tag, "health", "Whether the process is alive"),
		func(context.Context, *struct{}) (*probeOutput, error) { return fine(), nil })
	add(r, anybody, on(http.MethodGet, "/readyz", tag, "readiness", "Whether the database and Temporal answer", http.StatusServiceUnavailable),
		func(ctx context.Context, _ *struct{}) (*probeOutput, error) {
			if err := s.ready(ctx); err != nil {
				return nil, err
			}
			out := fine()
			return out, s.toBeSetUp(ctx, &out.Body.Status)
		})
}

// ready names what does not answer.
func (s *Server) ready(ctx context.Context) error {
	for _, needed := range []struct {
		name string
		ask  func(context.Context) error
	}{{"The database", s.Ledger.Ping}, {"Temporal", s.Ready}} {
		asking, cancel := context.WithTimeout(ctx, probeTimeout)
		err := needed.ask(asking)
		cancel()
		if err != nil {
			return refuse(notReady, needed.name+" does not answer.")
		}
	}
	return nil
}

// toBeSetUp says that nobody named a vTiger yet. The API is ready all the same: what sends people here must send them to the
// set-up link too.
func (s *Server) toBeSetUp(ctx context.Context, status *string) error {
	held, err := s.VTiger.Settings(ctx)
	if err == nil && !held.Configured() {
		*status = string(needsSetup)
	}
	return err
}
