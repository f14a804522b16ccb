package devstack

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"google.golang.org/protobuf/types/known/durationpb"
)

// temporalVariable names a server on which we register namespaces of our own, as host:port without TLS.
const temporalVariable = "CONTACTBRIDGE_TEST_TEMPORAL_ADDRESS"

// retention is how long a server keeps closed workflows in our namespaces: the least that it accepts.
const retention = 24 * time.Hour

// TemporalServer is a Temporal for demo or tests, private or borrowed. Its methods may be used at once.
type TemporalServer struct {
	// Address is the frontend's host:port.
	Address string
	// Namespace is "default" on a private server and one of our own, with a random name, on a borrowed one.
	Namespace string
	// UIURL is the private server's Web UI; empty for a borrowed one.
	UIURL string

	private *privateTemporal // nil when the server is borrowed
	client  client.Client

	mu   sync.Mutex
	ours []string // namespaces to delete on a borrowed server
}

// Temporal starts a private Temporal with its Web UI, or borrows the server that CONTACTBRIDGE_TEST_TEMPORAL_ADDRESS
// names. The first start on a machine without a Temporal CLI builds one, which takes minutes; log is told. ErrMissing
// when that cannot be done.
func Temporal(ctx context.Context, log func(string)) (*TemporalServer, error) {
	if borrowed := os.Getenv(temporalVariable); borrowed != "" {
		return (&TemporalServer{Address: borrowed}).reached(ctx)
	}
	return PrivateTemporal(ctx, false, log)
}

// PrivateTemporal starts one whatever the environment names. What a durable one knows outlives its Crash.
func PrivateTemporal(ctx context.Context, durable bool, log func(string)) (*TemporalServer, error) {
	started, err := startTemporal(ctx, durable, log)
	if err != nil {
		return nil, err
	}
	return (&TemporalServer{private: started, Address: started.address, Namespace: "default", UIURL: started.uiURL}).reached(ctx)
}

// Crash kills a private server and starts it again at the same address.
func (s *TemporalServer) Crash(ctx context.Context) error { return s.private.crash(ctx) }

// reached connects to a server that serves.
func (s *TemporalServer) reached(ctx context.Context) (*TemporalServer, error) {
	dialled, err := dial(ctx, s.Address)
	if err != nil {
		s.Stop()
		return nil, fmt.Errorf("reach Temporal at %s: %w", s.Address, err)
	}
	s.client = dialled
	if s.private == nil {
		if s.Namespace, err = s.NewNamespace(ctx); err != nil {
			s.Stop()
			return nil, err
		}
	}
	return s, nil
}

// NewNamespace registers a namespace with a random name and returns when workflows can be started in it.
func (s *TemporalServer) NewNamespace(ctx context.Context) (string, error) {
	name := randomName("contactbridge-")
	_, err := s.client.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace:                        name,
		Description:                      "demo or test of Contact Bridge",
		WorkflowExecutionRetentionPeriod: durationpb.New(retention),
	})
	if err != nil {
		return "", fmt.Errorf("register a Temporal namespace of our own: %w", err)
	}
	s.mu.Lock()
	s.ours = append(s.ours, name)
	s.mu.Unlock()
	if err := s.awaitNamespace(ctx, name); err != nil {
		return "", err
	}
	return name, nil
}

// awaitNamespace waits until the frontend's cache knows the namespace, which is some time after its registration.
func (s *TemporalServer) awaitNamespace(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, launchTimeout)
	defer cancel()
	for {
		_, err := s.client.WorkflowService().CountWorkflowExecutions(ctx,
			&workflowservice.CountWorkflowExecutionsRequest{Namespace: name})
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for a new Temporal namespace: %w (last answer: %w)", ctx.Err(), err)
		case <-time.After(readyEvery):
		}
	}
}

// Stop ends the private server and removes its folder, or deletes our namespaces on a borrowed one. It may be called
// again.
func (s *TemporalServer) Stop() {
	if s.client != nil {
		if s.private == nil {
			s.deleteNamespaces()
		}
		s.client.Close()
	}
	if s.private != nil {
		s.private.stop()
	}
}

// deleteNamespaces is for borrowed servers only; a namespace that cannot be deleted stays, empty but for our runs.
func (s *TemporalServer) deleteNamespaces() {
	s.mu.Lock()
	names := slices.Clone(s.ours)
	s.ours = nil
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), dropTimeout)
	defer cancel()
	for _, name := range names {
		_, _ = s.client.OperatorService().DeleteNamespace(ctx, &operatorservice.DeleteNamespaceRequest{Namespace: name})
	}
}

// dial connects without TLS and without any of the SDK's environment variables.
func dial(ctx context.Context, address string) (client.Client, error) {
	return client.DialContext(ctx, client.Options{
		HostPort: address,
		Logger:   sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
}
