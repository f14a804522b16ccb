package devstack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
)

// privateTemporal is a development server of ours. It keeps its state in memory, or in a file of its folder.
type privateTemporal struct {
	address string
	uiURL   string
	folder  *folder
	process *process
	again   func(context.Context) (*process, error) // on the same ports, with what its file holds
	once    sync.Once
}

// crash kills the server and starts it again.
func (p *privateTemporal) crash(ctx context.Context) (err error) {
	p.process.stop(os.Kill, stopGrace)
	p.process, err = p.again(ctx)
	return err
}

// stop ends the server and removes its folder.
func (p *privateTemporal) stop() {
	p.once.Do(func() {
		p.process.stop(os.Interrupt, stopGrace)
		p.folder.remove()
	})
}

// startTemporal runs the temporal on PATH if it can be used, else the one we build.
func startTemporal(ctx context.Context, durable bool, log func(string)) (*privateTemporal, error) {
	if path := installedTemporal(ctx); path != "" {
		server, err := runTemporal(ctx, path, durable)
		if err == nil || ctx.Err() != nil {
			return server, err
		}
		log("the temporal on PATH does not serve, using our own: " + err.Error())
	}
	path, err := builtTemporal(ctx, log)
	if err != nil {
		return nil, err
	}
	return runTemporal(ctx, path, durable)
}

// installedTemporal is the temporal on PATH if it is one that has a development server.
func installedTemporal(ctx context.Context) string {
	path, err := exec.LookPath("temporal")
	if err != nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if exec.CommandContext(ctx, path, "server", "start-dev", "--help").Run() != nil {
		return ""
	}
	return path
}

func runTemporal(ctx context.Context, path string, durable bool) (*privateTemporal, error) {
	private, err := newFolder(os.TempDir(), "temporal")
	if err != nil {
		return nil, err
	}
	d := devServer{path: path, folder: private, durable: durable}
	server := launch{name: "temporal server start-dev", ports: 4, command: d.command, ready: d.ready, signal: os.Interrupt}
	running, ports, err := server.run(ctx)
	if err != nil {
		private.remove()
		return nil, err
	}
	return &privateTemporal{
		address: loopback(ports[0]), uiURL: "http://" + loopback(ports[3]), folder: private, process: running,
		again: func(ctx context.Context) (*process, error) { return server.once(ctx, ports) },
	}, nil
}

// devServer starts the Temporal CLI's development server.
type devServer struct {
	path    string
	folder  *folder
	durable bool // what it knows outlives its process
}

// command has a clean environment: neither a TEMPORAL_* variable nor a configuration file of the user's reaches it.
func (d devServer) command(ports []int) *exec.Cmd {
	cmd := exec.Command(d.path, "server", "start-dev", "--headless=false", "--ip", "127.0.0.1", "--ui-ip", "127.0.0.1",
		"--port", strconv.Itoa(ports[0]), "--http-port", strconv.Itoa(ports[1]), "--metrics-port", strconv.Itoa(ports[2]),
		"--ui-port", strconv.Itoa(ports[3]), "--log-level", "error")
	if d.durable {
		cmd.Args = append(cmd.Args, "--db-filename", filepath.Join(d.folder.path, "temporal.db"))
	}
	cmd.Dir = d.folder.path
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + d.folder.path, "TMPDIR=" + d.folder.path}
	cmd.ExtraFiles = []*os.File{d.folder.lock}
	return cmd
}

// ready asks both the frontend and the Web UI: a server that lost one of its ports to another program never has both.
func (d devServer) ready(ctx context.Context, ports []int) error {
	dialled, err := dial(ctx, loopback(ports[0]))
	if err != nil {
		return err
	}
	defer dialled.Close()
	if _, err := dialled.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		return fmt.Errorf("ask Temporal's health: %w", err)
	}
	return answers(ctx, "http://"+loopback(ports[3]))
}

// answers is nil when a GET of the address is answered by 200.
func answers(ctx context.Context, address string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("ask the Web UI: %w", err)
	}
	response, err := direct.Do(request)
	if err != nil {
		return fmt.Errorf("ask the Web UI: %w", err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errors.New("ask the Web UI: " + response.Status)
	}
	return nil
}

// direct uses no proxy of the environment's and keeps no connection open.
var direct = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
