package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"contactbridge/internal/demo"
	"contactbridge/internal/simulator/graphsim"
	"contactbridge/internal/simulator/vtigersim"
)

// simulate serves the simulators alone, filled with the demo's people, until it is interrupted.
func simulate(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("simulate", flag.ContinueOnError)
	flags.SetOutput(out)
	vtigerAt := flags.String("vtiger", "127.0.0.1:8081", "the address of the simulated vTiger")
	microsoftAt := flags.String("microsoft", "127.0.0.1:8082", "the address of the simulated Entra ID and Graph")
	public := flags.String("public-url", "http://127.0.0.1:8080", "the address of the API, to which sign-ins return")
	if err := parse(flags, args); err != nil {
		return err
	}
	v, m, cast := vtigersim.New(), graphsim.New(), demo.NewCast()
	cast.Seed(v, m, *public+"/oauth/callback")
	cast.People(v, m)
	vtigerListener, err := net.Listen("tcp", *vtigerAt)
	if err != nil {
		return fmt.Errorf("--vtiger: cannot listen on %s: %w", *vtigerAt, err)
	}
	microsoftListener, err := net.Listen("tcp", *microsoftAt)
	if err != nil {
		vtigerListener.Close()
		return fmt.Errorf("--microsoft: cannot listen on %s: %w", *microsoftAt, err)
	}
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() error { return serveSimulator(ctx, vtigerListener, v) })
	both.Go(func() error { return serveSimulator(ctx, microsoftListener, m) })
	fmt.Fprintf(out, "vTiger     http://%s  VTIGER_USERNAME=%s VTIGER_ACCESS_KEY=%s, password %s\n", *vtigerAt, cast.Admin.UserName, cast.AccessKey, cast.Admin.Password)
	fmt.Fprintf(out, "           http://%s/simulator shows and changes its state\n", *vtigerAt)
	fmt.Fprintf(out, "Microsoft  http://%s  client %s, secret %s, tenant %s\n", *microsoftAt, cast.ClientID, cast.ClientSecret, cast.TenantID)
	fmt.Fprintf(out, "           http://%s/simulator shows and changes its state\n", *microsoftAt)
	for _, u := range cast.Users {
		fmt.Fprintf(out, "user       %s / %s, mailbox %s\n", u.UserName, u.Password, u.Mailbox)
	}
	return both.Wait()
}

func serveSimulator(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { server.Close() })
	if err := server.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	return nil
}
