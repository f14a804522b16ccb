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
		Status  string `json:"status" example:"ok"`
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
		func(ctx context.Context, _ *struct{}) (*probeOutput, error) { return fine(), s.ready(ctx) })
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
