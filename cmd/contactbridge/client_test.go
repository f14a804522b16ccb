package main

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"contactbridge/internal/client"
	"contactbridge/internal/demo"
)

// The client that is generated from the OpenAPI document goes the whole way: settings, sign-in at Microsoft, sync.
func TestGeneratedClientGoesAllThreeSteps(t *testing.T) {
	s := served(t)
	step1(t, s)
	user := s.story.Cast.Users[0]
	alice, id := step2(t, s, user)
	step3(t, alice, id)

	// Bob sees nothing of it.
	bob := signedIn(t, s, s.story.Cast.Users[1])
	foreign, err := bob.GetConnectionWithResponse(t.Context(), id)
	require.NoError(t, err)
	var p *client.Problem
	require.ErrorAs(t, client.Refused(foreign), &p)
	require.Equal(t, "not-found", p.Kind)
	require.Equal(t, p, foreign.ApplicationProblemJSON404)
}

// served is the demo's stage with the service running, before anything was told.
func served(t *testing.T) *stage {
	s := &stage{}
	t.Cleanup(s.stop)
	var err error
	s.listener, err = net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, s.start(t.Context(), io.Discard))
	running, ctx := errgroup.WithContext(t.Context())
	running.Go(func() error { return s.service.api(ctx) })
	running.Go(func() error { return s.service.worker(ctx) })
	t.Cleanup(func() { require.NoError(t, running.Wait()) }) // t's context has ended by then
	return s
}

// fine demands a success of a call of the client.
func fine(t *testing.T, err error, a client.Answer) {
	t.Helper()
	require.NoError(t, err)
	require.NoError(t, client.Refused(a))
}

func signedIn(t *testing.T, s *stage, p demo.Person) *client.ClientWithResponses {
	nobody, err := client.Open(s.service.publicURL, "")
	require.NoError(t, err)
	session, err := nobody.SignInWithResponse(t.Context(), nil, client.SignInInputBody{Username: p.UserName, Password: &p.Password})
	fine(t, err, session)
	c, err := client.Open(s.service.publicURL, session.JSON200.Token)
	require.NoError(t, err)
	return c
}

// step1 saves the Microsoft app's settings and allows everybody.
func step1(t *testing.T, s *stage) {
	cast := s.story.Cast
	admin := signedIn(t, s, cast.Admin)
	saved, err := admin.PutMicrosoftWithResponse(t.Context(), nil, client.MicrosoftInputBody{
		ClientID: cast.ClientID, ClientSecret: &cast.ClientSecret, TenantID: cast.TenantID, RedirectURL: s.story.RedirectURL,
	})
	fine(t, err, saved)
	users, err := admin.ListUsersWithResponse(t.Context(), nil)
	fine(t, err, users)
	for _, u := range users.JSON200.Users {
		allowed, err := admin.SetAccessWithResponse(t.Context(), u.ID, client.AccessInputBody{Allowed: true})
		fine(t, err, allowed)
	}
}

// step2 makes a user's connection, signs its mailbox in and chooses folder and mapping.
func step2(t *testing.T, s *stage, p demo.Person) (c *client.ClientWithResponses, connection string) {
	c = signedIn(t, s, p)
	made, err := c.CreateConnectionWithResponse(t.Context(), client.ConnectInputBody{Module: "Contacts"})
	fine(t, err, made)
	connection = made.JSON201.ID
	require.Nil(t, made.JSON201.Folder, "no folder is chosen yet")
	link, err := c.AuthorizeWithResponse(t.Context(), connection)
	fine(t, err, link)
	page, err := demo.Connect(t.Context(), link.JSON201.URL, p)
	require.NoError(t, err)
	require.Contains(t, page, p.Mailbox)

	folders, err := c.ListFoldersWithResponse(t.Context(), connection)
	fine(t, err, folders)
	before, err := c.GetSettingsWithResponse(t.Context(), connection)
	fine(t, err, before)
	tag := before.HTTPResponse.Header.Get("ETag")
	change := client.SettingsChange{FolderID: &folders.JSON200.Folders[0].ID, Mapping: &before.JSON200.Mapping}
	after, err := c.PutSettingsWithResponse(t.Context(), connection, &client.PutSettingsParams{IfMatch: &tag}, change)
	fine(t, err, after)
	late, err := c.PutSettingsWithResponse(t.Context(), connection, &client.PutSettingsParams{IfMatch: &tag}, change)
	require.NoError(t, err)
	require.NotNil(t, late.ApplicationProblemJSON412)
	return c, connection
}

// step3 looks at a preview, applies it, and reads in the log what was done.
func step3(t *testing.T, c *client.ClientWithResponses, connection string) {
	yes := true
	preview := ran(t, c, connection, client.StartBody{Preview: &yes})
	shown, err := c.ListOperationsWithResponse(t.Context(), preview.ID, nil)
	fine(t, err, shown)
	require.NotEmpty(t, shown.JSON200.Operations)

	run := ran(t, c, connection, client.StartBody{Apply: &preview.ID})
	most := int64(200)
	log, err := c.ReadLogWithResponse(t.Context(), &client.ReadLogParams{Run: &run.ID, Limit: &most})
	fine(t, err, log)
	inserts := 0
	for _, line := range log.JSON200.Lines {
		if line.Action == "insert" && line.Outcome == "done" {
			inserts++
			require.NotEmpty(t, line.Fields)
		}
	}
	require.Equal(t, 30, inserts, "20 contacts on either side, 5 of them the same people")
}

// ran asks for a run and waits for its end.
func ran(t *testing.T, c *client.ClientWithResponses, connection string, want client.StartBody) client.RunView {
	asked, err := c.StartRunWithResponse(t.Context(), connection, nil, want)
	fine(t, err, asked)
	run := *asked.JSON202
	require.Eventually(t, func() bool {
		now, err := c.GetRunWithResponse(t.Context(), run.ID)
		if err != nil || now.JSON200 == nil {
			return false
		}
		run = *now.JSON200
		return run.EndedAt != nil
	}, 2*time.Minute, 100*time.Millisecond)
	require.Equal(t, client.RunViewStateDone, run.State, "%+v", run.Trouble)
	return run
}
