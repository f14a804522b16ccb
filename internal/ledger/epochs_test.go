package ledger_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// choose saves another folder.
func choose(t *testing.T, l *ledger.Ledger, id, folder string) error {
	c, err := l.Connection(t.Context(), id)
	require.NoError(t, err)
	c.FolderID = folder
	return l.SaveConnectionSettings(t.Context(), c)
}

// An epoch is found again by its identity, however the tenant is spelled meanwhile; a sign-in as the same mailbox leaves
// everything as it is.
func TestAnEpochIsFoundByItsIdentity(t *testing.T) {
	l, ctx := fresh(t), t.Context()
	c := connected(t, l)
	at := func() ledger.Connection {
		now, err := l.Connection(ctx, c.ID)
		require.NoError(t, err)
		return now
	}
	enter := func(mailbox, tenant string) {
		require.NoError(t, l.SignedIn(ctx, c.ID, ledger.Mailbox{ID: mailbox, Tenant: tenant}, "r"))
	}
	enter("A", "common")
	require.NoError(t, choose(t, l, c.ID, "f1"))
	first := at()
	enter("A", "contoso.example")
	require.Equal(t, first.Epoch, at().Epoch)
	require.Equal(t, "f1", at().FolderID)
	require.Equal(t, "common", at().MailboxTenant, "it is part of every stamp")

	require.NoError(t, choose(t, l, c.ID, "f2"))
	second := at()
	enter("B", "contoso.example")
	require.Empty(t, at().FolderID)
	require.NotContains(t, []int64{first.Epoch, second.Epoch}, at().Epoch)
	require.NoError(t, choose(t, l, c.ID, "f1"))
	third := at()
	require.NotContains(t, []int64{first.Epoch, second.Epoch}, third.Epoch)

	enter("A", "contoso.example")
	require.NoError(t, choose(t, l, c.ID, "f1"))
	require.Equal(t, first.Epoch, at().Epoch)
	require.Equal(t, "common", at().MailboxTenant)
	require.NoError(t, choose(t, l, c.ID, "f2"))
	require.Equal(t, second.Epoch, at().Epoch)
}

// A mailbox's folder belongs to one current epoch; who left it does not keep others out, and cannot return while they stay.
func TestAFolderBelongsToOneCurrentEpoch(t *testing.T) {
	l, ctx := fresh(t), t.Context()
	one := connected(t, l)
	two, err := l.CreateConnection(ctx, "19x5", "Leads", one.Settings)
	require.NoError(t, err)
	for _, c := range []ledger.Connection{one, two} {
		require.NoError(t, l.SignedIn(ctx, c.ID, ledger.Mailbox{ID: "A"}, "r"), "each has its own sign-in")
	}
	require.NoError(t, choose(t, l, one.ID, "f"))
	require.ErrorIs(t, choose(t, l, two.ID, "f"), ledger.ErrConflict)
	require.NoError(t, choose(t, l, one.ID, "g"))
	require.NoError(t, choose(t, l, two.ID, "f"))
	require.ErrorIs(t, choose(t, l, one.ID, "f"), ledger.ErrConflict)
}

// Leaving an epoch ends its open runs, and a plan made for it is not kept. Its links protect their records for ever.
func TestLeavingAnEpochEndsItsRuns(t *testing.T) {
	l, ctx := fresh(t), t.Context()
	c := connected(t, l)
	require.NoError(t, l.SignedIn(ctx, c.ID, ledger.Mailbox{ID: "A"}, "r"))
	require.NoError(t, choose(t, l, c.ID, "f"))
	c, err := l.Connection(ctx, c.ID)
	require.NoError(t, err)
	run, err := l.RequestRun(ctx, c, "one", "", "19x5")
	require.NoError(t, err)
	attach := ledger.PlanRows{Links: []reconcile.LinkChange{{Step: reconcile.Attach, VTiger: "12x2", Outlook: "A"}}}
	require.NoError(t, l.SavePlan(ctx, c, run.ID, attach))
	require.NoError(t, l.SignedIn(ctx, c.ID, ledger.Mailbox{ID: "B"}, "r"))
	run, err = l.Run(ctx, run.ID)
	require.NoError(t, err)
	require.Equal(t, ledger.RunFailed, run.State)
	require.ErrorIs(t, l.SavePlan(ctx, c, run.ID, ledger.PlanRows{}), ledger.ErrMoved)
	linked, err := l.Linked(ctx, c, contact.VTiger, []string{"12x2"})
	require.NoError(t, err)
	require.True(t, linked["12x2"], "archived, not gone")
	now, err := l.Connection(ctx, c.ID)
	require.NoError(t, err)
	n, err := l.ActiveLinks(ctx, now)
	require.NoError(t, err)
	require.Zero(t, n)
}

// A renewal that was begun for one mailbox never gets the token of another.
func TestARenewalIsForItsMailbox(t *testing.T) {
	l, ctx := fresh(t), t.Context()
	c := connected(t, l)
	require.NoError(t, l.SignedIn(ctx, c.ID, ledger.Mailbox{ID: "A"}, "for A"))
	c, err := l.Connection(ctx, c.ID)
	require.NoError(t, err)
	require.Equal(t, ledger.Delegated, c.Grant)
	require.NoError(t, l.SignedIn(ctx, c.ID, ledger.Mailbox{ID: "B"}, "for B"))
	used := func(when string) ledger.Use {
		return func(_ context.Context, refresh string) (string, error) {
			t.Error(when + ": used " + refresh)
			return refresh, nil
		}
	}
	require.ErrorIs(t, l.RenewSignIn(ctx, c, used("another mailbox")), ledger.ErrMoved)
	require.NoError(t, l.Assign(ctx, c.ID, ledger.Mailbox{ID: "A"}, ledger.Application))
	require.ErrorIs(t, l.RenewSignIn(ctx, c, used("no sign-in")), ledger.ErrNotFound)
	require.ErrorIs(t, l.RenewService(ctx, c, used("no service account")), ledger.ErrNotFound)
	require.NoError(t, l.SaveServiceAccount(ctx, ledger.ServiceAccount{Username: "s", Mailbox: ledger.Mailbox{ID: "S"}}, "hunter2-service"))
	require.ErrorIs(t, l.RenewService(ctx, c, used("the service account stands for nobody else")), ledger.ErrMoved)
}
