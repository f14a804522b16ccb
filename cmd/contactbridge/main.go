// Command contactbridge is the one program: API, worker, migrations, demo and simulators.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"contactbridge/internal/cli"
)

// version is set by the linker for a release.
var version = "development"

// command is one subcommand. Its error is printed as one line.
type command struct {
	name, does string
	run        func(ctx context.Context, args []string, out io.Writer) error
}

var commands = []command{
	{"serve", "the API and the worker in one process", serve},
	{"api", "the API alone", serveAPI},
	{"worker", "the worker alone", serveWorker},
	{"migrate", "bring the database up to date", migrate},
	{"setup", "print a new link for the first set-up", setup},
	{"init", "write an .env with fresh keys", initialise},
	{"demo", "everything on this machine, with simulators; --once ends after the log", demonstrate},
	{"simulate", "the simulators of vTiger and Microsoft alone", simulate},
	{"healthcheck", "ask the API on this machine whether it is ready", healthcheck},
	{"version", "print the version", printVersion},
}

// errShown is an error about which everything was printed already.
var errShown = errors.New("shown already")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	interrupted := ctx.Err() != nil
	stop()
	var exit *cli.Exit
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.As(err, &exit):
		os.Exit(exit.Code)
	case interrupted:
		fmt.Fprintln(os.Stderr, "contactbridge: interrupted")
		os.Exit(1)
	case errors.Is(err, errShown):
		os.Exit(1)
	default:
		fmt.Fprintln(os.Stderr, "contactbridge:", oneLine(err))
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) > 0 {
		if slices.Contains([]string{"help", "-h", "--help"}, args[0]) {
			return help(args[1:], out)
		}
		if cli.Has(args[0]) {
			return callService(ctx, args)
		}
		for _, c := range commands {
			if c.name == args[0] {
				return c.run(ctx, args[1:], out)
			}
		}
	}
	return misused(args)
}

// misused says that there is no such command.
func misused(words []string) error {
	usage(os.Stderr)
	if len(words) > 0 {
		fmt.Fprintf(os.Stderr, "contactbridge: there is no command %q\n", strings.Join(words, " "))
	}
	return &cli.Exit{Code: cli.WrongUse}
}

func usage(out io.Writer) {
	fmt.Fprintln(out, "usage: contactbridge COMMAND\n\nthe service")
	for _, c := range commands {
		fmt.Fprintf(out, "  %-16s %s\n", c.name, c.does)
	}
	fmt.Fprintln(out, "\nwork with a service that runs; contactbridge help COMMAND says more")
	cli.Usage(out)
	fmt.Fprintf(out, "\n%s", cli.Codes)
}

// help explains everything, or a command.
func help(words []string, out io.Writer) error {
	if len(words) == 0 {
		usage(out)
		return nil
	}
	if cli.Help(out, words) {
		return nil
	}
	for _, c := range commands {
		if len(words) == 1 && c.name == words[0] {
			fmt.Fprintf(out, "contactbridge %s: %s\n", c.name, c.does)
			return nil
		}
	}
	return misused(words)
}

// callService works with a service over its API.
func callService(ctx context.Context, args []string) error {
	setting, err := cli.System()
	if err != nil {
		return err
	}
	return cli.Run(ctx, args, setting)
}

func printVersion(_ context.Context, _ []string, out io.Writer) error {
	fmt.Fprintln(out, version)
	return nil
}

// parse reads a subcommand's flags; what is wrong with them was printed already.
func parse(flags *flag.FlagSet, args []string) error {
	err := flags.Parse(args)
	if err == nil && flags.NArg() > 0 {
		return fmt.Errorf("%s takes no argument %q", flags.Name(), flags.Arg(0))
	}
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return err
	}
	return errShown
}
