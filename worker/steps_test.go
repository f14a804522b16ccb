package worker_test

import (
	"context"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"contactbridge/activities"
	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/vtiger"
	"contactbridge/workflows"
)

// acts gives the rig's activities.
func (r *rig) acts(settle time.Duration) *activities.Activities {
	return &activities.Activities{
		Ledger: r.ledger, GraphURL: r.microsoftURL, LoginURL: r.microsoftURL,
		VTiger:  fixed(r.dial(r.ledger)),
		Overlap: 120 * time.Second, Settle: settle, Deletions: 15 * time.Minute, Every: time.Second, Filters: time.Hour,
	}
}

// fixed gives one client, whatever is set.
func fixed(c *vtiger.Client) func(context.Context) (*vtiger.Client, error) {
	return func(context.Context) (*vtiger.Client, error) { return c, nil }
}

// integration is the integration account.
func (r *rig) integration() vtiger.Config {
	return vtiger.Config{URL: r.vtigerURL, Username: r.cast.Admin.UserName, AccessKey: r.cast.AccessKey}
}

// steps drives activities one by one, so that a test can act in between.
type steps struct {
	*rig
	env *testsuite.TestActivityEnvironment
	a   *activities.Activities
}

func newSteps(r *rig, settle time.Duration) *steps {
	var suite testsuite.WorkflowTestSuite
	s := &steps{rig: r, env: suite.NewTestActivityEnvironment(), a: r.acts(settle)}
	s.env.RegisterActivity(s.a)
	return s
}

// begin queues a run and observes.
func (s *steps) begin(key string) (run string) {
	_, err := s.ledger.RequestRun(s.t.Context(), s.current(), key, "", s.user.ID)
	require.NoError(s.t, err)
	return s.observed()
}

// observed begins the oldest run that is asked for, or goes on with the one that runs.
func (s *steps) observed() (run string) {
	v, err := s.env.ExecuteActivity(s.a.Observe, s.connection.ID)
	require.NoError(s.t, err)
	var o activities.Observed
	require.NoError(s.t, v.Get(&o))
	return o.Run
}

func (s *steps) plan(run string) (p activities.Planned) {
	v, err := s.env.ExecuteActivity(s.a.Plan, run)
	require.NoError(s.t, err)
	require.NoError(s.t, v.Get(&p))
	return p
}

func (s *steps) apply(run string) (p activities.Applied) {
	v, err := s.env.ExecuteActivity(s.a.Apply, run)
	require.NoError(s.t, err)
	require.NoError(s.t, v.Get(&p))
	return p
}

// finish ends the run; a kind makes it a failure.
func (s *steps) finish(kind string) {
	_, err := s.env.ExecuteActivity(s.a.Finish, activities.Ending{Connection: s.connection.ID, Kind: kind})
	require.NoError(s.t, err)
}

// whole does a run from its beginning to its end.
func (s *steps) whole(key string) {
	run := s.begin(key)
	s.plan(run)
	s.apply(run)
	s.finish("")
}

// current is the connection as it is set now.
func (r *rig) current() ledger.Connection {
	c, err := r.ledger.Connection(r.t.Context(), r.connection.ID)
	require.NoError(r.t, err)
	return c
}

// change saves changed settings, as a user does while a run may be at work.
func (r *rig) change(change func(*ledger.Settings)) {
	c := r.current()
	change(&c.Settings)
	require.NoError(r.t, r.ledger.SaveConnectionSettings(r.t.Context(), c))
}

// remap lets jobTitle stand in vTiger's assistant.
func remap(s *ledger.Settings) {
	m := append(s.Mapping[:0:0], s.Mapping...)
	for i := range m {
		switch m[i].Outlook {
		case "jobTitle":
			m[i].VTiger = []string{"assistant"}
		case "assistantName":
			m[i].VTiger = []string{"title"}
		}
	}
	s.Mapping = m
}

// narrow does a run of one direction only.
func (r *rig) narrow(key string, d contact.Direction) {
	run, err := r.ledger.RequestRun(r.t.Context(), r.current(), key, d, r.user.ID)
	require.NoError(r.t, err)
	require.NoError(r.t, workflows.Request(r.t.Context(), r.temporal, r.connection.ID))
	require.Equal(r.t, ledger.RunDone, r.await(run).State)
}
