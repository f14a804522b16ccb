package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"

	"contactbridge/activities"
	"contactbridge/api"
	"contactbridge/internal/console"
	"contactbridge/internal/integration"
	"contactbridge/internal/ledger"
	"contactbridge/internal/metrics"
	"contactbridge/internal/people"
	"contactbridge/migrations"
	"contactbridge/worker"
	"contactbridge/workflows"
)

// service is everything that the API and the worker stand on, checked.
type service struct {
	config
	ledger    *ledger.Ledger
	vtiger    *integration.Account
	temporal  client.Client
	namespace string       // of Temporal
	listener  net.Listener // the API's; nil in a worker
	metrics   *metrics.Metrics
	log       *slog.Logger
}

func serve(ctx context.Context, args []string, _ io.Writer) error {
	return serving(ctx, args, true, func(ctx context.Context, s *service) error {
		both, ctx := errgroup.WithContext(ctx)
		both.Go(func() error { return s.api(ctx) })
		both.Go(func() error { return s.worker(ctx) })
		return both.Wait()
	})
}

func serveAPI(ctx context.Context, args []string, _ io.Writer) error {
	return serving(ctx, args, true, func(ctx context.Context, s *service) error { return s.api(ctx) })
}

func serveWorker(ctx context.Context, args []string, _ io.Writer) error {
	return serving(ctx, args, false, func(ctx context.Context, s *service) error { return s.worker(ctx) })
}

// serving opens what the environment names, runs, and closes it.
func serving(ctx context.Context, args []string, listening bool, run func(context.Context, *service) error) error {
	if len(args) > 0 {
		return fmt.Errorf("it takes no argument %q: everything is set by the environment", args[0])
	}
	c, err := readConfig(osEnv)
	if err != nil {
		return err
	}
	temporal, err := temporalFromEnvironment()
	if err != nil {
		return err
	}
	var listener net.Listener
	if listening {
		if listener, err = net.Listen("tcp", c.listen); err != nil {
			return fmt.Errorf("CONTACTBRIDGE_LISTEN: cannot listen on %s: %w", c.listen, err)
		}
		defer listener.Close()
	}
	s, err := open(ctx, c, temporal, slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	if err != nil {
		return err
	}
	defer s.close()
	s.listener = listener
	return s.measured(ctx, run)
}

// open connects to everything and checks that it can be used, so that a wrong setting is one line at the start.
func open(ctx context.Context, c config, temporal client.Options, log *slog.Logger) (*service, error) {
	s := &service{config: c, log: log, namespace: temporal.Namespace}
	var err error
	if s.ledger, err = openLedger(ctx, c); err != nil {
		return nil, err
	}
	s.metrics = metrics.New(s.ledger, version)
	s.vtiger = &integration.Account{Ledger: s.ledger, Fixed: c.vtiger, Sessions: c.sessions, Young: c.young}
	if s.temporal, err = dialTemporal(ctx, temporal, log); err != nil {
		s.close()
		return nil, err
	}
	if err := s.check(ctx); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func openLedger(ctx context.Context, c config) (*ledger.Ledger, error) {
	l, err := ledger.Open(ctx, c.database, c.keyset)
	if err != nil {
		return nil, named("DATABASE_URL", err)
	}
	pending, err := migrations.Pending(ctx, l.DB())
	if err != nil || len(pending) > 0 {
		l.Close()
		return nil, errors.New("DATABASE_URL: the database lacks migrations; run `contactbridge migrate`")
	}
	return l, nil
}

// check asks vTiger and Microsoft whether the settings are good for anything.
func (s *service) check(ctx context.Context) error {
	if err := s.checkVTiger(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for name, address := range map[string]string{"MICROSOFT_GRAPH_URL": s.graphURL, "MICROSOFT_LOGIN_URL": s.loginURL} {
		if err := answers(ctx, address); err != nil {
			return fmt.Errorf("%s: %s does not answer", name, address)
		}
	}
	return nil
}

// answers tells whether anything speaks HTTP at the address, whatever it says.
func answers(ctx context.Context, address string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

func (s *service) close() {
	if s.temporal != nil {
		s.temporal.Close()
	}
	grace, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	s.vtiger.Settle(grace)
	s.ledger.Close()
}

// api serves until ctx ends, then lets requests finish. Where no vTiger is named yet, the log shows how to name one.
func (s *service) api(ctx context.Context) error {
	if err := s.invite(ctx); err != nil {
		return err
	}
	calls := (&api.Server{
		Ledger: s.ledger, VTiger: s.vtiger, Microsoft: s.microsoft, PublicURL: s.publicURL, TrustedProxies: s.proxies, GraphURL: s.graphURL, LoginURL: s.loginURL,
		Request: func(ctx context.Context, connection string) error {
			return workflows.Request(ctx, s.temporal, connection)
		},
		Ready: func(ctx context.Context) error {
			_, err := s.temporal.CheckHealth(ctx, &client.CheckHealthRequest{})
			return err
		},
		Seen: s.metrics.Seen, Log: s.log, Version: version,
	}).Handler()
	pages := (&console.Console{
		API: calls, PublicURL: s.publicURL, TemporalUI: s.temporalPage(), Seen: s.metrics.Seen, Log: s.log, Version: version,
	}).Handler()
	server := &http.Server{Handler: pages, ReadHeaderTimeout: 10 * time.Second}
	s.log.Info("the console and the API listen", "address", s.listener.Addr().String(), "public", s.publicURL)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(s.listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return server.Shutdown(grace)
}

// temporalPage is our namespace in Temporal's Web UI; empty where nobody said where that is.
func (s *service) temporalPage() string {
	if s.temporalUI == "" {
		return ""
	}
	return s.temporalUI + "/namespaces/" + url.PathEscape(s.namespace)
}

func (s *service) worker(ctx context.Context) error {
	s.log.Info("the worker works", "queue", workflows.TaskQueue)
	a := &activities.Activities{
		Ledger: s.ledger, VTiger: s.vtiger.Client, Microsoft: s.microsoft, GraphURL: s.graphURL, LoginURL: s.loginURL,
		Overlap: s.overlap, Young: s.young, Settle: s.settle, Deletions: s.deletions, Filters: s.filters, Every: time.Minute,
	}
	return worker.Run(ctx, s.temporal, a, worker.Options{Namespace: s.namespace, Log: s.log, Chores: s.chores()})
}

// chores are what the workers do beside the syncs, one of them at a time.
func (s *service) chores() []worker.Chore {
	return []worker.Chore{
		worker.Herald(s.ledger, s.publicURL, s.log),
		worker.Warden(people.Roll{Ledger: s.ledger, VTiger: s.vtiger}, s.log),
		worker.Janitor(s.ledger, s.retention, s.log),
	}
}
