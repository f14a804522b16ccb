package vtigersim

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const newContact = `{"lastname":"X","assigned_user_id":"19x1","source":"op-1"}`

func TestFaultsThatExecuteNothing(t *testing.T) {
	s, c := newCRM(t)
	admin := c.as("admin")
	for fault, want := range map[Fault]func(got) bool{
		EmptyError: func(g got) bool { return g.status == http.StatusInternalServerError && g.body == "" },
		BadGateway: func(g got) bool { return g.status == http.StatusBadGateway && strings.Contains(g.body, "<html>") },
		NotJSON:    func(g got) bool { return g.status == http.StatusOK && g.decode() == nil },
	} {
		s.Fail("create", 2, fault)
		for range 2 {
			require.True(t, want(admin.create(newContact)), fault)
		}
		require.Empty(t, s.Contacts())
	}
	require.NotNil(t, admin.create(newContact).field("id"), "the orders are used up")
	require.Equal(t, 7, s.Count("create"))
	require.Equal(t, 6, s.Count("create.refused"))
}

func TestSessionLost(t *testing.T) {
	s, c := newCRM(t)
	admin := c.as("admin")
	s.Fail("query", 1, SessionLost)
	for range 2 {
		require.Contains(t, admin.query("select id from Contacts;").refusal(), "INVALID_SESSIONID")
	}
	require.Empty(t, c.as("admin").query("select id from Contacts;").refusal())
}

func TestErrorAfterCommit(t *testing.T) {
	s, c := newCRM(t)
	admin := c.as("admin")
	s.Fail(AnyOperation, 1, ErrorAfterCommit)
	require.Equal(t, "INTERNAL_SERVER_ERROR: Unknown Error while processing request", admin.create(newContact).refusal())
	require.Len(t, s.BySource("op-1"), 1)
}

func TestHangUp(t *testing.T) {
	s, c := newCRM(t)
	admin := c.as("admin")
	s.Fail("create", -1, HangUp)
	_, err := http.PostForm(c.base+"/webservice.php", admin.form("create", []string{"elementType", "Contacts", "element", newContact}))
	require.Error(t, err)
	require.Len(t, s.Contacts(), 1)
	s.ClearFaults()
	require.NotNil(t, admin.create(newContact).field("id"))
}

func TestHeldAnswerIsCommitted(t *testing.T) {
	s, c := newCRM(t)
	admin, other := c.as("admin"), c.as("admin")
	release := s.Hold("create", 1)
	defer release()
	answered := make(chan got)
	go func() { answered <- admin.create(newContact) }()
	await(t, s, func(n Counts) bool { return n["create"] == 1 })

	require.Len(t, other.query("select id from Contacts where source = 'OP-1';").column("id"), 1)
	select {
	case reply := <-answered:
		require.Fail(t, "answered before the release", reply.body)
	default:
	}
	release()
	require.Equal(t, "OP-1", (<-answered).field("source"))
}

// A client that gives up gets no answer, and its request is executed all the
// same: at once under Hold, after the lock is gone under Stall.
func TestClientThatGivesUp(t *testing.T) {
	s, c := newCRM(t)
	admin := c.as("admin")
	release := s.Stall("create", 1)
	giveUp(t, s, admin, func(n Counts) bool { return n["create.stalled"] == 1 })
	require.Empty(t, s.Contacts())
	release()
	await(t, s, func(n Counts) bool { return n["create"] == 1 })
	require.Len(t, s.BySource("op-1"), 1)

	s.Hold("create", 1)
	giveUp(t, s, admin, func(n Counts) bool { return n["create"] == 2 })
	require.Len(t, s.BySource("op-1"), 2, "twins")
}

// giveUp sends a create and hangs up once the condition holds.
func giveUp(t *testing.T, s *Server, c *client, when func(Counts) bool) {
	t.Helper()
	form := c.form("create", []string{"elementType", "Contacts", "element", newContact})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/webservice.php", strings.NewReader(form.Encode()))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	ended := make(chan error)
	go func() {
		_, err := http.DefaultClient.Do(request)
		ended <- err
	}()
	await(t, s, when)
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
}

func await(t *testing.T, s *Server, condition func(Counts) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	require.NoError(t, s.Await(ctx, condition))
}

func TestCloseReleasesHeldAnswers(t *testing.T) {
	s, c := newCRM(t)
	admin := c.as("admin")
	s.Hold(AnyOperation, -1)
	answered := make(chan got)
	go func() { answered <- admin.query("select id from Contacts;") }()
	await(t, s, func(n Counts) bool { return n["query"] == 1 })
	s.Close()
	require.Equal(t, http.StatusOK, (<-answered).status)
}

func TestBrokenTable(t *testing.T) {
	s, c := newCRM(t)
	admin := c.as("admin")
	id := s.AddContact("19x1", map[string]string{"lastname": "There"})
	s.SetBrokenTable("Contacts", true)
	require.Equal(t, `{"success":true,"result":[]}`, admin.query("select * from Contacts;").body)
	const internal = "INTERNAL_SERVER_ERROR: Unknown Error while processing request"
	require.Equal(t, internal, admin.get("retrieve", "id", id).refusal())
	require.Equal(t, internal, admin.create(newContact).refusal())
	require.Len(t, admin.query("select id from Groups;").column("id"), 3)
	s.SetBrokenTable("Contacts", false)
	require.Len(t, admin.query("select id from Contacts;").column("id"), 2, "create had stored it")
}

func TestDisplayErrors(t *testing.T) {
	s, c := newCRM(t)
	s.SetDisplayErrors(true)
	reply := c.get("getchallenge", "username", "admin")
	require.Nil(t, reply.decode())
	require.True(t, strings.HasPrefix(reply.body, "<br />\n<b>Warning</b>"))
	require.Contains(t, reply.body, `{"success":true`)
}

func TestLatencyQueuesASession(t *testing.T) {
	s, c := newCRM(t)
	admin := c.as("admin")
	s.SetLatency(60 * time.Millisecond)
	started := time.Now()
	done := make(chan got)
	for range 3 {
		go func() { done <- admin.get("listtypes") }()
	}
	for range 3 {
		require.Equal(t, http.StatusOK, (<-done).status)
	}
	require.GreaterOrEqual(t, time.Since(started), 180*time.Millisecond, "one session, one request at a time")
}

func TestAwaitEndsWithItsContext(t *testing.T) {
	s, _ := newCRM(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.Await(ctx, func(Counts) bool { return false }), context.Canceled)
}

func TestCounts(t *testing.T) {
	s, c := newCRM(t)
	admin := c.as("admin")
	admin.query("select id from Contacts;")
	admin.query("nonsense")
	require.Equal(t, Counts{"getchallenge": 1, "login": 1, "query": 2, "query.refused": 1}, s.Counts())
	require.Equal(t, 4, s.Counts().Total())
	s.ResetCounts()
	require.Zero(t, s.Counts().Total())
}

func TestSuccessWithAnEmptyList(t *testing.T) {
	s, c := newCRM(t)
	admin := c.as("admin")
	admin.create(newContact)
	s.Fail("query", 1, EmptyList)
	s.Fail("mobile.listmodulerecords", 1, EmptyList)
	require.JSONEq(t, `{"success":true,"result":[]}`, admin.query("select id from Contacts;").body)
	require.Len(t, admin.query("select id from Contacts;").column("id"), 1)
	all := func() any {
		return admin.post("mobile.listmodulerecords", "elements", `{"module":"Contacts","filterid":"7","page":1}`).field("records")
	}
	require.Empty(t, all())
	require.NotEmpty(t, all())
}
