package worker_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/vtigersim"
)

var killSeeds = flag.Int("kill.seeds", 3, "how many seeds TestKilledWorkers tries")

// built is the folder of the program, once there is one.
var built string

// program builds contactbridge once for all tests.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "contactbridge-kill-")
	if err != nil {
		return "", err
	}
	built = dir
	path := filepath.Join(dir, "contactbridge")
	out, err := exec.Command("go", "build", "-o", path, "contactbridge/cmd/contactbridge").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w: %s", err, out)
	}
	return path, nil
})

func removeProgram() { os.RemoveAll(built) }

// A worker killed with SIGKILL in the midst of a first sync, three times, loses and doubles nothing: the next one
// finishes, what was inserted without an answer is adopted by its stamp, and counts and links are exact.
func TestKilledWorkers(t *testing.T) {
	path, err := program()
	require.NoError(t, err)
	for seed := range uint64(*killSeeds) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			killThrice(t, path, rand.New(rand.NewPCG(seed, 0)))
		})
	}
}

const each = 150 // contacts on either side, no two alike

// strangers adds contacts to both sides of which no two are alike.
func (r *rig) strangers() {
	for n := range each {
		r.vtiger.AddContact(r.user.ID, map[string]string{"firstname": "V", "lastname": fmt.Sprintf("Left %d", n), "email": fmt.Sprintf("v%d@left.example", n)})
		r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{
			"givenName": "O", "surname": fmt.Sprintf("Right %d", n),
			"emailAddresses": []any{map[string]any{"address": fmt.Sprintf("o%d@right.example", n)}},
		})
	}
}

func killThrice(t *testing.T, path string, chance *rand.Rand) {
	r := newStage(t, nil, nil)
	r.strangers()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	run := r.ask("killed")

	// While Outlook's contacts are made.
	first := 1 + chance.IntN(each-30)
	r.killed(path, func() {
		require.NoError(t, r.microsoft.Await(ctx, func(n map[string]int) bool { return n["contacts.create"] >= first }))
	})
	// While vTiger has made its first contact and holds the answer back.
	release := r.vtiger.Hold("create", 1)
	r.killed(path, func() {
		require.NoError(t, r.vtiger.Await(ctx, func(n vtigersim.Counts) bool { return n["create"] >= 1 }))
	})
	release()
	// While vTiger's are made.
	third := 2 + chance.IntN(each-30)
	r.killed(path, func() {
		require.NoError(t, r.vtiger.Await(ctx, func(n vtigersim.Counts) bool { return n["create"] >= third }))
	})
	stop := r.start(path)
	defer stop(os.Interrupt)
	run = r.await(run)
	require.Equal(t, ledger.RunDone, run.State, "%s: %s", run.Trouble, run.TroubleSentence)

	require.Equal(t, 2*each, len(r.vtiger.Contacts()), "contacts in vTiger")
	require.Equal(t, 2*each, len(r.microsoft.Contacts(r.user.Mailbox, "")), "contacts in Outlook")
	r.equal()
	links, err := r.ledger.ActiveLinks(ctx, r.connection)
	require.NoError(t, err)
	require.Equal(t, 2*each, links)
	require.Positive(t, r.adopted(run), "at least one insert must have been adopted by its stamp")
	require.Empty(t, r.counts(r.sync("afterwards")), "what was finished needs nothing more")
}

// killed runs a worker until the moment has come, and kills it.
func (r *rig) killed(path string, moment func()) {
	stop := r.start(path)
	moment()
	stop(syscall.SIGKILL)
}

// start starts a worker process, with more of an environment, and gives the function that ends it.
func (r *rig) start(path string, more ...string) (stop func(os.Signal)) {
	cmd := r.process(path, more...)
	return func(signal os.Signal) {
		require.NoError(r.t, cmd.Process.Signal(signal))
		_ = cmd.Wait() // a killed process has no good exit
	}
}

// process starts a worker process.
func (r *rig) process(path string, more ...string) *exec.Cmd {
	cmd := exec.Command(path, "worker")
	cmd.Env = append(os.Environ(),
		"DATABASE_URL="+r.dsn, "CONTACTBRIDGE_KEYSET="+r.keyset, "TEMPORAL_ADDRESS="+r.address, "TEMPORAL_NAMESPACE="+r.namespace,
		"VTIGER_URL="+r.vtigerURL, "VTIGER_USERNAME="+r.cast.Admin.UserName, "VTIGER_ACCESS_KEY="+r.cast.AccessKey,
		"MICROSOFT_GRAPH_URL="+r.microsoftURL, "MICROSOFT_LOGIN_URL="+r.microsoftURL, "CONTACTBRIDGE_SETTLE=3s",
	)
	cmd.Env = append(cmd.Env, more...)
	cmd.Stderr = r.t.Output()
	require.NoError(r.t, cmd.Start())
	return cmd
}

// adopted counts the run's inserts that were found by their stamp.
func (r *rig) adopted(run ledger.Run) int {
	lines, err := r.ledger.Log(r.t.Context(), ledger.LogFilter{RunID: run.ID, Limit: 10 * each})
	require.NoError(r.t, err)
	n := 0
	for _, l := range lines {
		if l.ReasonKind == "adopted" {
			n++
		}
	}
	return n
}
