package devstack

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// clusterConfig tells Debian's packages whether installing PostgreSQL makes and starts a cluster.
const clusterConfig = "/etc/postgresql-common/createcluster.conf"

// canInstall tells whether we are root on Debian, Ubuntu or a derivative.
func canInstall() bool {
	if os.Geteuid() != 0 {
		return false
	}
	if _, err := os.Stat("/etc/debian_version"); err != nil {
		return false
	}
	_, err := exec.LookPath("apt-get")
	return err == nil
}

// installPostgres installs PostgreSQL by apt-get, one process at a time, and returns the directory of its programs.
func installPostgres(ctx context.Context, log func(string)) (string, error) {
	cache, err := cacheDir()
	if err != nil {
		return "", err
	}
	unlock, err := lockFile(ctx, filepath.Join(cache, "apt.lock"), "install PostgreSQL", log)
	if err != nil {
		return "", err
	}
	defer unlock()
	if dir := findPostgres(postgresPlaces); dir != "" {
		return dir, nil
	}
	log("no PostgreSQL on this machine: installing the package postgresql with apt-get")
	if err := aptGet(ctx, "update"); err != nil {
		return "", err
	}
	if err := aptGet(ctx, "install", "-y", "--no-install-recommends", "postgresql-common"); err != nil {
		return "", err
	}
	if err := withoutCluster(func() error {
		return aptGet(ctx, "install", "-y", "--no-install-recommends", "postgresql")
	}); err != nil {
		return "", err
	}
	dir := findPostgres(postgresPlaces)
	if dir == "" {
		return "", fmt.Errorf("apt-get installed postgresql, but its programs are not found: %w", ErrMissing)
	}
	log("PostgreSQL is installed in " + dir)
	return dir, nil
}

// withoutCluster keeps the packages from making a cluster of their own, which would also listen on PostgreSQL's port,
// and puts their setting back afterwards.
func withoutCluster(install func() error) error {
	before, err := os.ReadFile(clusterConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return install()
	}
	if err != nil {
		return fmt.Errorf("read the settings of Debian's PostgreSQL packages: %w", err)
	}
	after := append(append([]byte(nil), before...), "\ncreate_main_cluster = false\n"...)
	if err := os.WriteFile(clusterConfig, after, 0o644); err != nil {
		return fmt.Errorf("change the settings of Debian's PostgreSQL packages: %w", err)
	}
	installed := install()
	if err := os.WriteFile(clusterConfig, before, 0o644); err != nil {
		return errors.Join(installed, fmt.Errorf("restore the settings of Debian's PostgreSQL packages: %w", err))
	}
	return installed
}

// aptGet asks no questions, keeps changed configuration files and waits for another apt's lock.
func aptGet(ctx context.Context, arguments ...string) error {
	output := &tail{}
	options := []string{"-q", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Options::=--force-confold"}
	cmd := exec.CommandContext(ctx, "apt-get", append(options, arguments...)...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	cmd.Stdout, cmd.Stderr = output, output
	// A killed dpkg leaves a half-installed package, an interrupted one does not.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = time.Minute
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("apt-get %s: %w: %s", arguments[0], err, output)
	}
	return nil
}
