package worker_test

import (
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/devstack"
	"contactbridge/internal/ledger"
	"contactbridge/workflows"
)

// disturbance is what somebody or something does to a connection that syncs by itself.
type disturbance struct {
	name     string
	postgres bool // on a PostgreSQL of its own
	temporal bool // and a Temporal, which forgets all when it ends unless it is durable
	durable  bool
	disturb  func(*station)
}

var disturbances = []disturbance{
	{name: "service restarted", disturb: func(s *station) {
		s.stop(syscall.SIGKILL)
		s.stop = s.start(s.program)
	}},
	{name: "schedule deleted by hand", disturb: func(s *station) {
		require.NoError(s.t, s.rig.temporal.ScheduleClient().GetHandle(s.t.Context(), workflows.ScheduleID(s.connection.ID)).Delete(s.t.Context()))
	}},
	{name: "workflow terminated", disturb: func(s *station) {
		release := s.vtiger.Hold("create", 1)
		defer release()
		require.Eventually(s.t, func() bool { return s.vtiger.Count("create") > s.created }, 2*time.Minute, 50*time.Millisecond, "the schedule's run inserts")
		s.at = time.Now()
		require.NoError(s.t, s.rig.temporal.TerminateWorkflow(s.t.Context(), workflows.ID(s.connection.ID), "", "by hand"))
	}},
	{name: "Temporal emptied", temporal: true, disturb: func(s *station) { require.NoError(s.t, s.temporal.Crash(s.t.Context())) }},
	{name: "Temporal restarted", temporal: true, durable: true, disturb: func(s *station) { require.NoError(s.t, s.temporal.Crash(s.t.Context())) }},
	{name: "database restarted", postgres: true, disturb: func(s *station) { require.NoError(s.t, s.postgres.Crash(s.t.Context())) }},
}

// station is a rig that a worker process serves, with the servers of its own that may crash.
type station struct {
	*rig
	program  string
	stop     func(os.Signal) // ends the worker process
	postgres *devstack.PostgresServer
	temporal *devstack.TemporalServer
	created  int       // in vTiger before the disturbance
	at       time.Time // of the disturbance
}

func newStation(t *testing.T, program string, d disturbance) *station {
	s := &station{program: program}
	s.rig = sceneOn(t, s.database(t, d.postgres))
	s.connection = s.join(s.user, func(s *ledger.Settings) { s.Automatic, s.IntervalMinutes = true, 1 })
	s.address, s.namespace = s.engine(t, d)
	s.dialTemporal(nil)
	s.stop = s.start(program)
	t.Cleanup(func() { s.stop(os.Interrupt) })
	return s
}

// database is a migrated one, on a server of the station's own where it is to crash.
func (s *station) database(t *testing.T, own bool) string {
	if !own {
		return migrated.Database(t)
	}
	var err error
	s.postgres, err = devstack.PrivatePostgres(t.Context(), func(line string) { t.Log(line) })
	require.NoError(t, err)
	t.Cleanup(s.postgres.Stop)
	require.NoError(t, migrate(t.Context(), s.postgres.DSN))
	return s.postgres.DSN
}

// engine is the Temporal that the worker process reaches.
func (s *station) engine(t *testing.T, d disturbance) (address, namespace string) {
	if !d.temporal {
		return devstack.Namespace(t)
	}
	var err error
	s.temporal, err = devstack.PrivateTemporal(t.Context(), d.durable, func(line string) { t.Log(line) })
	require.NoError(t, err)
	t.Cleanup(s.temporal.Stop)
	return s.temporal.Address, s.temporal.Namespace
}

// byItself lists the connection's runs of the schedule, oldest first. A database that is just starting has none.
func (s *station) byItself() (out []ledger.Run) {
	runs, _ := s.ledger.Runs(s.t.Context(), "", s.connection.ID, 0, 1000)
	for i := range runs {
		if r := runs[len(runs)-1-i]; r.Scheduled && r.StartedAt != nil {
			out = append(out, r)
		}
	}
	return out
}

// since lists those that began after the disturbance.
func (s *station) since() (out []ledger.Run) {
	for _, r := range s.byItself() {
		if r.StartedAt.After(s.at) {
			out = append(out, r)
		}
	}
	return out
}

// Whatever is restarted, deleted or emptied: the next run of a connection that syncs every minute begins within that minute
// and one more, without a person, and each minute has one run.
//
// It waits for minutes. Of the tests that run at once Go begins with those of the last file, so this file's name comes late.
func TestTheScheduleOutlives(t *testing.T) {
	t.Parallel()
	path, err := program()
	require.NoError(t, err)
	stations := make([]*station, len(disturbances))
	for i, d := range disturbances {
		stations[i] = newStation(t, path, d)
		stations[i].sync("first")
	}
	for i, s := range stations {
		require.Eventually(t, func() bool { return len(s.byItself()) > 0 }, 3*time.Minute, 100*time.Millisecond, disturbances[i].name)
	}
	for i, s := range stations {
		s.created = s.vtiger.Count("create")
		s.microsoft.AddContact(s.user.Mailbox, "", mailed("While", "while@disturbed.example"))
		s.at = time.Now()
		disturbances[i].disturb(s)
	}
	for i, s := range stations {
		require.Eventually(t, func() bool { return len(s.since()) > 1 }, 5*time.Minute, 100*time.Millisecond, disturbances[i].name)
		s.onTime(disturbances[i].name)
	}
}

// onTime demands that the first run after the disturbance was in time, that none was doubled, and that the work was done once.
func (s *station) onTime(name string) {
	s.t.Helper()
	after := s.since()
	waited := after[0].StartedAt.Sub(s.at)
	s.t.Logf("%s: the next run began after %s", name, waited.Round(time.Second))
	require.Less(s.t, waited, 2*time.Minute, name)
	runs := s.byItself()
	for i, r := range runs[1:] {
		require.Greater(s.t, r.RequestedAt.Sub(runs[i].RequestedAt), 20*time.Second, "%s: one run a minute", name)
	}
	s.equal()
	n := 0
	for _, c := range s.vtiger.Contacts() {
		if c["firstname"] == "While" {
			n++
		}
	}
	require.Equal(s.t, 1, n, name)
}
