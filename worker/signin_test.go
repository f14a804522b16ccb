package worker_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
	"contactbridge/internal/outlook"
	"contactbridge/internal/signin"
	"contactbridge/internal/simulator/graphsim"
)

// Two workers whose access tokens ended at once ask Microsoft for new ones one after the other, each with the newest
// refresh token; one that died after Microsoft's answer costs nothing.
func TestOneRefreshAtATimeAmongProcesses(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	c := r.current()
	accounts := signin.Accounts{Ledger: r.ledger, GraphURL: r.microsoftURL, LoginURL: r.microsoftURL}
	m, err := r.ledger.Microsoft(t.Context())
	require.NoError(t, err)
	open := func() *outlook.Source {
		_, source, err := accounts.Open(m, c)
		require.NoError(t, err)
		return source
	}
	before := r.microsoft.Count("token")
	release := r.microsoft.Hold("token", 1)
	answers := make(chan error, 2)
	for range 2 {
		go func() { _, err := open().Token(context.Background()); answers <- err }()
	}
	require.NoError(t, r.microsoft.Await(t.Context(), func(n map[string]int) bool { return n["token"] > before }))
	require.Never(t, func() bool { return r.microsoft.Count("token") > before+1 }, 300*time.Millisecond, 20*time.Millisecond,
		"the second waits for its turn")
	old, _, err := r.ledger.Refresh(t.Context(), c.ID)
	require.NoError(t, err)
	release()
	require.NoError(t, <-answers)
	require.NoError(t, <-answers)
	newest, _, err := r.ledger.Refresh(t.Context(), c.ID)
	require.NoError(t, err)
	require.NotEqual(t, old, newest)

	// Killed between Microsoft's answer and our save: nothing is kept, and the token of before still works.
	dead, died := context.WithCancel(t.Context())
	err = r.ledger.RenewSignIn(dead, c, func(ctx context.Context, refresh string) (string, error) {
		_, err := outlook.NewSource(accounts.Config(m), refresh, nil).Token(ctx)
		died()
		return "never kept", err
	})
	require.Error(t, err)
	_, err = open().Token(t.Context())
	require.NoError(t, err)
}

// A challenge of Graph is met by one refresh with its claims; one that cannot be met asks the user to sign in.
func TestAClaimsChallengeIsMet(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	r.cast.People(r.vtiger, r.microsoft)
	r.sync("one")
	require.NoError(t, r.microsoft.ChallengeTokens(r.user.Mailbox, `{"access_token":{"nbf":{"essential":true,"value":"1"}}}`))
	before := r.microsoft.Count("token")
	r.sync("two")
	require.Equal(t, before+1, r.microsoft.Count("token"))

	require.NoError(t, r.microsoft.ChallengeTokens(r.user.Mailbox, `{"access_token":{"nbf":{"essential":true,"value":"2"}}}`))
	require.NoError(t, r.microsoft.BlockSignIn(r.user.Mailbox, 50076))
	run := r.await(r.ask("three"))
	require.Equal(t, "needs-sign-in", run.Trouble)
	require.Contains(t, run.TroubleSentence, "second factor")
}

// As the app itself, without anybody's sign-in, contacts sync as they do otherwise.
func TestContactsSyncInApplicationMode(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, nil)
	m, err := r.ledger.Microsoft(t.Context())
	require.NoError(t, err)
	m.Application = true
	require.NoError(t, r.ledger.SaveMicrosoft(t.Context(), m))
	r.cast.People(r.vtiger, r.microsoft)
	folder := r.current().FolderID
	box := ledger.Mailbox{Tenant: r.cast.TenantID, ID: r.user.Mailbox, Address: r.user.Mailbox}
	require.NoError(t, r.ledger.Assign(t.Context(), r.connection.ID, box, ledger.Application))
	r.choose(folder)
	refreshed := r.microsoft.Count("token.refresh_token")
	r.sync("one")
	r.equal()
	require.Empty(t, r.written(r.sync("two")))
	require.Equal(t, refreshed, r.microsoft.Count("token.refresh_token"))
	r.microsoft.Fail("batch", 1, graphsim.Blank(503))
	require.NoError(t, r.vtiger.Edit(r.vtiger.Contacts()[0]["id"], map[string]string{"title": "Chief"}))
	r.sync("three")
	r.equal()
}
