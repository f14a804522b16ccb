package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"

	"contactbridge/internal/demo"
	"contactbridge/internal/devstack"
	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/graphsim"
	"contactbridge/internal/simulator/vtigersim"
	"contactbridge/internal/vtiger"
)

// stage is what the demo starts, and how to stop it.
type stage struct {
	story    demo.Story
	temporal *devstack.TemporalServer
	service  *service
	listener net.Listener
	stops    []func()
}

// demonstrate starts everything privately, tells the story through the public API, and stays up until it is interrupted;
// with --once it ends after the comparison, with an error if the sides differ.
func demonstrate(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.SetOutput(out)
	once := flags.Bool("once", false, "end after the log; exit 0 only when both sides are equal")
	listen := flags.String("listen", "127.0.0.1:0", "the API's address; by default a free port")
	if err := parse(flags, args); err != nil {
		return err
	}
	began := time.Now()
	s := &stage{}
	defer s.stop()
	var err error
	if s.listener, err = net.Listen("tcp", *listen); err != nil {
		return fmt.Errorf("--listen: cannot listen on %s: %w", *listen, err)
	}
	s.stops = append(s.stops, func() { s.listener.Close() })
	if err := s.start(ctx, out); err != nil {
		return err
	}
	running, ctx := errgroup.WithContext(ctx)
	over, end := context.WithCancel(ctx)
	running.Go(func() error { return s.service.api(over) })
	running.Go(func() error { return s.service.worker(over) })
	err = s.play(ctx, *once, began, out)
	end()
	return errors.Join(err, running.Wait())
}

// play tells the story and says where to look.
func (s *stage) play(ctx context.Context, once bool, began time.Time, out io.Writer) error {
	err := s.story.Tell(ctx)
	if ctx.Err() != nil {
		return errors.New("interrupted before both sides were compared")
	}
	if err != nil && !errors.Is(err, demo.ErrDifferent) {
		return err
	}
	fmt.Fprintf(out, "the story took %.1f s with everything it started\n", time.Since(began).Seconds())
	if once {
		return err
	}
	fmt.Fprintf(out, "\nconsole          %s\nAPI docs         %[1]s/docs\nTemporal Web UI  %s\n", s.service.publicURL, s.temporal.UIURL)
	for _, p := range append([]demo.Person{s.story.Cast.Admin}, s.story.Cast.Users...) {
		fmt.Fprintf(out, "sign in as       %s / %s\n", p.UserName, p.Password)
	}
	fmt.Fprintf(out, "command line     contactbridge login %s\nCtrl-C stops everything\n", s.service.publicURL)
	<-ctx.Done()
	fmt.Fprintln(out, "stopping")
	return nil
}

// start brings up PostgreSQL, Temporal, the simulators and the service.
func (s *stage) start(ctx context.Context, out io.Writer) error {
	tell := func(line string) { fmt.Fprintln(out, line) }
	postgres, err := devstack.Postgres(ctx, tell)
	if err != nil {
		return err
	}
	s.stops = append(s.stops, postgres.Stop)
	if s.temporal, err = devstack.Temporal(ctx, tell); err != nil {
		return err
	}
	s.stops = append(s.stops, s.temporal.Stop)
	c, err := s.simulators("http://" + s.listener.Addr().String())
	if err != nil {
		return err
	}
	c.database, c.temporalUI = postgres.DSN, s.temporal.UIURL
	if err := migrateTo(ctx, c.database, io.Discard); err != nil {
		return err
	}
	options := client.Options{HostPort: s.temporal.Address, Namespace: s.temporal.Namespace}
	if s.service, err = open(ctx, c, options, slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	s.service.listener = s.listener
	s.stops = append(s.stops, s.service.close)
	s.story.API, s.story.Out = c.publicURL, out
	tell("PostgreSQL, Temporal, vTiger, Microsoft, API and worker are up")
	return nil
}

// simulators starts both, fills them, and gives the configuration that points at them.
func (s *stage) simulators(publicURL string) (config, error) {
	text, err := ledger.NewKeyset()
	if err != nil {
		return config{}, err
	}
	keyset, err := ledger.ParseKeyset(text)
	if err != nil {
		return config{}, err
	}
	s.story.Cast, s.story.RedirectURL = demo.NewCast(), publicURL+"/oauth/callback"
	s.story.VTiger, s.story.Microsoft = vtigersim.New(), graphsim.New()
	vtigerURL, stopVTiger, err := s.story.VTiger.Start("")
	if err != nil {
		return config{}, err
	}
	s.stops = append(s.stops, stopVTiger)
	microsoftURL, stopMicrosoft, err := s.story.Microsoft.Start("")
	if err != nil {
		return config{}, err
	}
	s.stops = append(s.stops, stopMicrosoft)
	s.story.Cast.Seed(s.story.VTiger, s.story.Microsoft, s.story.RedirectURL)
	s.story.Cast.People(s.story.VTiger, s.story.Microsoft)
	return config{
		publicURL: publicURL, keyset: keyset, graphURL: microsoftURL, loginURL: microsoftURL,
		vtiger: vtiger.Config{URL: vtigerURL, Username: s.story.Cast.Admin.UserName, AccessKey: s.story.Cast.AccessKey},
		settle: 3 * time.Second, overlap: 120 * time.Second, young: time.Second, sessions: vtiger.Sessions,
	}, nil
}

// stop ends what was started, the newest first.
func (s *stage) stop() {
	for i := len(s.stops) - 1; i >= 0; i-- {
		s.stops[i]()
	}
}
