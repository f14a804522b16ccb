package devstack

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"

	_ "github.com/lib/pq" // the driver that asks the server whether it serves
)

// superuser is the private server's only role.
const superuser = "contactbridge"

// privatePostgres is a server process of ours with its folder.
type privatePostgres struct {
	address *url.URL // of its maintenance database
	folder  *folder
	process *process
	again   func(context.Context) (*process, error) // on the same port, with what it holds
	once    sync.Once
}

// stop ends the server by a fast shutdown and removes its folder.
func (p *privatePostgres) stop() {
	p.once.Do(func() {
		p.process.stop(os.Interrupt, stopGrace)
		p.folder.remove()
	})
}

// crash kills the server and starts it again. What it had committed is there: only the machine itself must not fall.
func (p *privatePostgres) crash(ctx context.Context) (err error) {
	p.process.stop(syscall.SIGQUIT, stopGrace)
	p.process, err = p.again(ctx)
	return err
}

// cluster is what a private server is made from.
type cluster struct {
	programs string
	account  *account
	folder   *folder
	password string
}

func startPostgres(ctx context.Context, log func(string)) (*privatePostgres, error) {
	programs, err := postgresPrograms(ctx, log)
	if err != nil {
		return nil, err
	}
	who, err := unprivileged()
	if err != nil {
		return nil, err
	}
	private, err := newFolder(who.tempBase(), "postgres")
	if err != nil {
		return nil, err
	}
	c := cluster{programs: programs, account: who, folder: private, password: rand.Text()}
	server, err := c.start(ctx)
	if err != nil {
		private.remove()
		return nil, err
	}
	return server, nil
}

// postgresPrograms finds the server's programs, or installs them where that is ours to do.
func postgresPrograms(ctx context.Context, log func(string)) (string, error) {
	if dir := findPostgres(postgresPlaces); dir != "" {
		return dir, nil
	}
	if canInstall() {
		return installPostgres(ctx, log)
	}
	return "", fmt.Errorf("PostgreSQL: %w: install it (Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql@16) or name a server by %s",
		ErrMissing, databaseVariable)
}

func (c cluster) start(ctx context.Context) (*privatePostgres, error) {
	if err := c.account.own(c.folder.path); err != nil {
		return nil, err
	}
	if err := c.initialise(ctx); err != nil {
		return nil, err
	}
	server := launch{name: "postgres", ports: 1, command: c.server, ready: c.ready, signal: os.Interrupt}
	running, ports, err := server.run(ctx)
	if err != nil {
		return nil, err
	}
	again := func(ctx context.Context) (*process, error) { return server.once(ctx, ports) }
	return &privatePostgres{address: c.address(ports[0]), folder: c.folder, process: running, again: again}, nil
}

// initialise makes the data directory. Collation and case follow Unicode where the system knows C.UTF-8, and plain C
// where it does not.
func (c cluster) initialise(ctx context.Context) error {
	secret := filepath.Join(c.folder.path, "password")
	if err := os.WriteFile(secret, []byte(c.password+"\n"), 0o600); err != nil {
		return fmt.Errorf("write the private server's password file: %w", err)
	}
	defer func() { _ = os.Remove(secret) }()
	if err := c.account.own(secret); err != nil {
		return err
	}
	err := c.initdb(ctx, secret, "--locale=C.UTF-8")
	if err != nil && ctx.Err() == nil {
		err = c.initdb(ctx, secret, "--no-locale")
	}
	return err
}

func (c cluster) initdb(ctx context.Context, secret, locale string) error {
	p, err := start(c.program("initdb", "-D", c.data(), "-U", superuser, "--pwfile="+secret, "--auth=scram-sha-256",
		"--encoding=UTF8", "--no-sync", locale))
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		p.stop(os.Interrupt, stopGrace)
		return fmt.Errorf("make a private PostgreSQL: %w", ctx.Err())
	case <-p.done:
	}
	if !p.succeeded() {
		return fmt.Errorf("make a private PostgreSQL: initdb: %s", p.output)
	}
	return nil
}

// server is the command for one attempt. Nothing survives us, so nothing need reach the disk.
func (c cluster) server(ports []int) *exec.Cmd {
	settings := []string{
		"listen_addresses=127.0.0.1", "port=" + strconv.Itoa(ports[0]), "unix_socket_directories=",
		"fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200",
		"timezone=UTC", "log_min_error_statement=panic", "log_min_messages=fatal",
	}
	arguments := []string{"-D", c.data()}
	for _, setting := range settings {
		arguments = append(arguments, "-c", setting)
	}
	cmd := c.program("postgres", arguments...)
	cmd.ExtraFiles = []*os.File{c.folder.lock}
	return cmd
}

// program is one of PostgreSQL's with a clean environment: no PG* variable of the caller's reaches it.
func (c cluster) program(name string, arguments ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.programs, name), arguments...)
	cmd.Dir = c.folder.path
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + c.folder.path, "LC_MESSAGES=C", "TZ=UTC"}
	runAs(cmd, c.account)
	return cmd
}

// ready asks with the random password, so that a stranger's server on the same port is not taken for ours.
func (c cluster) ready(ctx context.Context, ports []int) error {
	db, err := sql.Open("postgres", c.address(ports[0]).String())
	if err != nil {
		return errors.New("open a connection to the private PostgreSQL")
	}
	defer func() { _ = db.Close() }()
	return db.PingContext(ctx)
}

func (c cluster) data() string { return filepath.Join(c.folder.path, "data") }

func (c cluster) address(port int) *url.URL {
	return &url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(superuser, c.password),
		Host:     net.JoinHostPort("127.0.0.1", strconv.Itoa(port)),
		Path:     "/postgres",
		RawQuery: "sslmode=disable",
	}
}
