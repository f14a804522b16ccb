package devstack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// Limits of a start. Ports are chosen before the server binds them, so another program may be faster; then the server
// ends at once and is tried again with others.
const (
	launchAttempts = 3
	launchTimeout  = 90 * time.Second
	readyEvery     = 50 * time.Millisecond
	readyTimeout   = 5 * time.Second
	stopGrace      = 10 * time.Second
)

// errEnded marks a server that ended before it served.
var errEnded = errors.New("ended before it served")

// launch is how a server is started.
type launch struct {
	name    string
	ports   int                                          // how many free ports it needs
	command func(ports []int) *exec.Cmd                  // a fresh command for each attempt
	ready   func(ctx context.Context, ports []int) error // nil once it serves
	signal  os.Signal                                    // asks it to end
}

// run starts the server and returns when it serves, with the ports it has.
func (l launch) run(ctx context.Context) (*process, []int, error) {
	ctx, cancel := context.WithTimeout(ctx, launchTimeout)
	defer cancel()
	var err error
	for range launchAttempts {
		var ports []int
		if ports, err = freePorts(l.ports); err != nil {
			return nil, nil, err
		}
		var p *process
		if p, err = l.once(ctx, ports); err == nil {
			return p, ports, nil
		}
		if !errors.Is(err, errEnded) {
			break
		}
	}
	return nil, nil, err
}

func (l launch) once(ctx context.Context, ports []int) (*process, error) {
	p, err := start(l.command(ports))
	if err != nil {
		return nil, err
	}
	for {
		last := l.ask(ctx, ports)
		switch {
		case p.ended():
			return nil, fmt.Errorf("%s %w: %s", l.name, errEnded, p.output)
		case last == nil:
			return p, nil
		}
		select {
		case <-ctx.Done():
			p.stop(l.signal, stopGrace)
			return nil, fmt.Errorf("wait for %s to serve: %w (last answer: %w)", l.name, ctx.Err(), last)
		case <-p.done:
		case <-time.After(readyEvery):
		}
	}
}

func (l launch) ask(ctx context.Context, ports []int) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	return l.ready(ctx, ports)
}
