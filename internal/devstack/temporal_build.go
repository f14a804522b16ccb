package devstack

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

// temporalCLI is the module that holds the development server; tools/go.mod pins its version.
const temporalCLI = "github.com/temporalio/cli"

// progressEvery is how often a build says that it still runs.
const progressEvery = 15 * time.Second

// builtTemporal is the Temporal CLI in our cache, built there first if need be. Two processes at once build it once;
// a build that was cut short goes on where it stopped, since Go keeps what it had compiled.
func builtTemporal(ctx context.Context, log func(string)) (string, error) {
	tools, err := toolsFolder()
	if err != nil {
		return "", err
	}
	version, err := requiredVersion(filepath.Join(tools, "go.mod"), temporalCLI)
	if err != nil {
		return "", err
	}
	cache, err := cacheDir()
	if err != nil {
		return "", err
	}
	path := filepath.Join(cache, "temporal-"+version)
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	if usable(path) {
		return path, nil
	}
	unlock, err := lockFile(ctx, path+".lock", "build the Temporal CLI", log)
	if err != nil {
		return "", err
	}
	defer unlock()
	if usable(path) {
		return path, nil
	}
	return path, buildTemporal(ctx, tools, path, log)
}

// usable tells whether the file is there: it gets its name only when it is complete.
func usable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func buildTemporal(ctx context.Context, tools, path string, log func(string)) error {
	if _, err := exec.LookPath("go"); err != nil {
		return fmt.Errorf("the go command, to build a Temporal server: %w: install Go, put temporal on PATH, or name a server by %s",
			ErrMissing, temporalVariable)
	}
	log("building a Temporal server from the Go module proxy; the first time this takes some minutes")
	unfinished := path + ".unfinished"
	cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", unfinished, temporalCLI+"/cmd/temporal")
	cmd.Dir = tools
	// A workspace of the user's would replace the versions that tools/go.mod pins.
	cmd.Env = append(os.Environ(), "GOWORK=off", "PWD="+tools)
	began := time.Now()
	if err := runToEnd(ctx, cmd, "building a Temporal server", log); err != nil {
		_ = os.Remove(unfinished)
		return err
	}
	if err := os.Rename(unfinished, path); err != nil {
		return fmt.Errorf("keep the Temporal server that was built: %w", err)
	}
	log(fmt.Sprintf("built a Temporal server in %s", time.Since(began).Round(time.Second)))
	return nil
}

// runToEnd runs a long command and tells its progress. Its failure is ErrMissing: most often the machine is offline.
func runToEnd(ctx context.Context, cmd *exec.Cmd, what string, log func(string)) error {
	p, err := start(cmd)
	if err != nil {
		return err
	}
	began := time.Now()
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for !p.ended() {
		select {
		case <-p.done:
		case <-tick.C:
			log(fmt.Sprintf("still %s, %s so far", what, time.Since(began).Round(time.Second)))
		case <-ctx.Done():
			p.stop(os.Interrupt, stopGrace)
			return fmt.Errorf("%s: %w after %s; the next start goes on from here", what, outOfTime(ctx),
				time.Since(began).Round(time.Second))
		}
	}
	if !p.succeeded() {
		return fmt.Errorf("%s: %w: %s", what, ErrMissing, p.output)
	}
	return nil
}
