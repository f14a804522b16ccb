package worker_test

import (
	"log/slog"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"contactbridge/activities"
	"contactbridge/internal/demo"
	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/graphsim"
)

// story is a stage on which a script is played: the activities, driven one by one, on a real PostgreSQL and both
// simulators. It has no Temporal, whose part is only to call the activities in this order.
type story struct {
	*rig
	env    *testsuite.TestActivityEnvironment
	a      *activities.Activities
	actors map[string]*actor
	names  names
	speak  func(sentence string) error

	at       *line
	outcome  []string      // what the sentence brought about
	facts    int           // how many facts were demanded
	restless bool          // the story says that it does not end quietly
	dying    func()        // not nil: the worker of the next sync dies, and this is what a new one finds mended
	between  []func()      // what happens between the next plan and its first write
	after    []func()      // what happens once the next sync is over
	due      []func() bool // whether each trouble of the story really came
}

// actor is a person of the story, with the connection that it has once it syncs.
type actor struct {
	demo.Person

	connection string
	place      int64 // of the last line of the log that was told
	clicks     int
}

func newStory(t *testing.T) *story {
	s := &story{actors: map[string]*actor{}, names: newNames()}
	s.rig = newScene(t, graphsim.WithSeed("story")) // the order of ids shows in a plan
	s.speak = s.say
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler))) // the stories tell what fails
	s.env, s.a = suite.NewTestActivityEnvironment(), s.acts(0)
	s.env.RegisterActivity(s.a)
	for _, p := range append([]demo.Person{s.cast.Admin}, s.cast.Users...) {
		s.actors[p.Name] = &actor{Person: p}
	}
	return s
}

// connected gives a person's connection, which is made when it is first needed.
func (s *story) connected(x *actor) ledger.Connection {
	if x.connection == "" {
		x.connection = s.join(x.Person, func(c *ledger.Settings) {
			c.DeleteInOutlook, c.DeleteInVTiger = false, false // as of a new connection
			c.PhoneRegion = "DE"
		}).ID
		s.introduce()
	}
	c, err := s.ledger.Connection(s.t.Context(), x.connection)
	require.NoError(s.t, err)
	return c
}

// introduce tells the ledger who vTiger's users are, as the console does at a sign-in.
func (s *story) introduce() {
	var users []ledger.User
	for _, x := range s.actors {
		users = append(users, ledger.User{ID: x.ID, UserName: x.UserName, FirstName: x.Name, LastName: "Sales", Active: true})
	}
	require.NoError(s.t, s.ledger.SaveUsers(s.t.Context(), users))
}

// as gives the rig as one person's.
func (s *story) as(x *actor) *rig {
	r := *s.rig
	r.connection, r.user = s.connected(x), x.Person
	return &r
}

// everybody lists who has a connection, by name.
func (s *story) everybody() (out []*actor) {
	for _, x := range s.actors {
		if x.connection != "" {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b *actor) int { return int(a.Name[0]) - int(b.Name[0]) })
	return out
}

// writes counts the writes that both sides were asked for.
func (s *story) writes() int {
	n := 0
	for _, op := range []string{"create", "revise", "update", "delete"} {
		n += s.vtiger.Count(op)
	}
	for _, op := range []string{"contacts.create", "contacts.update", "contacts.delete"} {
		n += s.microsoft.Count(op)
	}
	return n
}
