package ledger_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// at is an integration account of the vTiger at an address, as it is saved over the one before.
func at(t *testing.T, l *ledger.Ledger, address string, users ...ledger.User) ledger.VTigerChange {
	held, err := l.VTiger(t.Context())
	require.NoError(t, err)
	v := ledger.VTiger{URL: address, Username: "ada", AccessKey: "key-of-" + address, Version: held.Version, Instance: address}
	return ledger.VTigerChange{VTiger: v, Users: users, Replace: true}
}

func user(id, name string) ledger.User { return ledger.User{ID: id, UserName: name, Active: true} }

// settled is a connection of a user with a folder, a link, a planned operation and an open run.
func settled(t *testing.T, l *ledger.Ledger, userID, mailbox string) (ledger.Connection, ledger.Run) {
	ctx := t.Context()
	require.NoError(t, l.Allow(ctx, userID, true))
	c, err := l.CreateConnection(ctx, userID, "Contacts", connected0)
	require.NoError(t, err)
	require.NoError(t, l.SignedIn(ctx, c.ID, ledger.Mailbox{ID: mailbox, Tenant: "t"}, "refresh"))
	require.NoError(t, choose(t, l, c.ID, "f1"))
	c, err = l.Connection(ctx, c.ID)
	require.NoError(t, err)
	run, err := l.RequestRun(ctx, c, "one", "", userID)
	require.NoError(t, err)
	run, err = l.BeginRun(ctx, c.ID)
	require.NoError(t, err)
	require.NoError(t, l.SavePlan(ctx, c, run.ID, ledger.PlanRows{
		Links: []reconcile.LinkChange{{Step: reconcile.Attach, VTiger: "12x2", Outlook: "A"}},
		Operations: []ledger.Operation{{
			ConnectionID: c.ID, Epoch: c.Epoch, RunID: run.ID, Side: contact.VTiger, Action: contact.Update, VTigerID: "12x2", OutlookID: "A",
			Outcome: ledger.Planned, ReasonKind: "changed", Reason: "Why.", CreatedAt: time.Now(),
		}},
	}))
	return c, run
}

var connected0 = ledger.Settings{Direction: contact.Both, ConflictPolicy: reconcile.VTigerWins}

// Another vTiger gives other ids: who is known by name goes on there, with nothing of the old one applied; who is not keeps
// what is theirs and can do nothing. Going back takes the links up again.
func TestAnotherVTigerBeginsAnew(t *testing.T) {
	l, ctx := fresh(t), t.Context()
	require.NoError(t, l.SaveVTiger(ctx, at(t, l, "http://a", user("19x5", "alice"), user("19x6", "bob"))))
	first, run := settled(t, l, "19x5", "A")
	bobs, _ := settled(t, l, "19x6", "B")
	require.NoError(t, l.StartSession(ctx, "token", "19x5", time.Now().Add(time.Hour)))
	feed, err := l.BeginReading(ctx, first.Feed(contact.VTiger), 1)
	require.NoError(t, err)
	_, err = l.StorePage(ctx, feed, contact.Page{Records: []contact.Record{person("12x2", "Ann", "1", time.Now())}, Next: "next"}, "Contacts")
	require.NoError(t, err)
	working, err := l.EnterRun(ctx, run.ID)
	require.NoError(t, err)
	old := ledger.OfInstance(ctx, "http://a")
	require.NoError(t, l.SaveUsers(old, []ledger.User{user("19x5", "alice")}))

	unasked := at(t, l, "http://b")
	unasked.Replace = false
	require.ErrorIs(t, l.SaveVTiger(ctx, unasked), ledger.ErrConflict)
	held, err := l.VTiger(ctx)
	require.NoError(t, err)
	require.Equal(t, "key-of-http://a", held.AccessKey, "nothing is changed")

	require.NoError(t, l.SaveVTiger(ctx, at(t, l, "http://b", user("19x5", "Carl"), user("19x9", "Alice"))))
	c, err := l.Connection(ctx, first.ID)
	require.NoError(t, err)
	require.Equal(t, "19x9", c.UserID, "19x5 is somebody else there")
	require.NotEqual(t, first.Epoch, c.Epoch)
	require.Equal(t, "f1", c.FolderID)
	require.True(t, c.NeedsPreview())
	linked, err := l.Linked(ctx, c, contact.VTiger, []string{"12x2"})
	require.NoError(t, err)
	require.Empty(t, linked)
	run, err = l.Run(ctx, run.ID)
	require.NoError(t, err)
	require.Equal(t, "epoch-ended", run.Trouble)
	require.Equal(t, "19x9", run.RequestedBy)
	ops, err := l.RunOperations(ctx, run.ID, 0, 10)
	require.NoError(t, err)
	require.Equal(t, ledger.Discarded, ops[len(ops)-1].Outcome)
	require.Contains(t, ops[len(ops)-1].Reason, "vTiger was replaced")
	_, err = l.SessionUser(ctx, "token")
	require.ErrorIs(t, err, ledger.ErrNotFound)
	kept, err := l.Records(ctx, c, contact.VTiger, []string{"12x2"})
	require.NoError(t, err)
	require.Empty(t, kept)

	_, err = l.StorePage(working, feed, contact.Page{Records: []contact.Record{person("12x2", "Ann", "1", time.Now())}, Next: "next"}, "Contacts")
	require.ErrorIs(t, err, ledger.ErrMoved, "whoever read the old vTiger keeps nothing of it")
	require.ErrorIs(t, l.StoreAnswers(working, first, map[string][]ledger.Holder{"ann@x.example": nil}, time.Now()), ledger.ErrMoved)
	require.ErrorIs(t, l.SaveUsers(old, []ledger.User{user("19x5", "alice")}), ledger.ErrMoved)

	former, err := l.Connection(ctx, bobs.ID)
	require.NoError(t, err)
	require.Equal(t, "former-2-19x6", former.UserID)
	require.Empty(t, former.FolderID, "somebody else may have it")
	bob, err := l.User(ctx, former.UserID)
	require.NoError(t, err)
	require.False(t, bob.Allowed || bob.Active)
	carl, err := l.User(ctx, "19x5")
	require.NoError(t, err)
	require.False(t, carl.Allowed, "an id of a vTiger that was left gives no right")

	require.NoError(t, l.SaveVTiger(ctx, at(t, l, "http://a", user("19x5", "alice"), user("19x6", "bob"))))
	c, err = l.Connection(ctx, first.ID)
	require.NoError(t, err)
	require.Equal(t, first.Epoch, c.Epoch)
	require.Equal(t, "19x5", c.UserID)
	linked, err = l.Linked(ctx, c, contact.VTiger, []string{"12x2"})
	require.NoError(t, err)
	require.NotEmpty(t, linked)
	require.NoError(t, choose(t, l, bobs.ID, "f1"))
	back, err := l.Connection(ctx, bobs.ID)
	require.NoError(t, err)
	require.Equal(t, bobs.Epoch, back.Epoch)
	require.Equal(t, "19x6", back.UserID)
}

// The same vTiger with another account or key changes nothing else.
func TestAnotherKeyOfTheSameVTigerKeepsEverything(t *testing.T) {
	l, ctx := fresh(t), t.Context()
	require.NoError(t, l.SaveVTiger(ctx, at(t, l, "http://a")))
	first, _ := settled(t, l, "19x5", "A")
	stale := at(t, l, "http://a")
	require.NoError(t, l.SaveVTiger(ctx, at(t, l, "http://a", user("19x5", "alice"))))
	require.ErrorIs(t, l.SaveVTiger(ctx, stale), ledger.ErrMoved)
	c, err := l.Connection(ctx, first.ID)
	require.NoError(t, err)
	require.Equal(t, first.Epoch, c.Epoch)
	require.False(t, c.NeedsPreview())
	var stored string
	require.NoError(t, l.DB().NewRaw("SELECT value::text || encode(sealed, 'escape') FROM settings WHERE name = 'vtiger'").Scan(ctx, &stored))
	require.NotContains(t, stored, "key-of-")

	_, err = l.DB().NewRaw("UPDATE settings SET sealed = 'by another keyset' WHERE name = 'vtiger'").Exec(ctx)
	require.NoError(t, err)
	held, err := l.VTiger(ctx)
	require.NoError(t, err)
	require.Empty(t, held.AccessKey, "what cannot be opened is to be entered again")
	require.Equal(t, "ada", held.Username)
}

// A set-up link works until it is spent, until it expires, and until another one is made; a refused save spends nothing.
func TestASetupLinkIsOneTime(t *testing.T) {
	l, ctx := fresh(t), t.Context()
	require.ErrorIs(t, l.SetupLink(ctx, "one"), ledger.ErrNotFound)
	require.NoError(t, l.IssueSetupLink(ctx, "one", time.Now().Add(time.Hour)))
	require.NoError(t, l.IssueSetupLink(ctx, "two", time.Now().Add(time.Hour)))
	require.ErrorIs(t, l.SetupLink(ctx, "one"), ledger.ErrNotFound)
	require.NoError(t, l.SetupLink(ctx, "two"))

	_, err := l.Instance(ctx, "http://b")
	require.NoError(t, err)
	other := at(t, l, "http://a")
	other.Token, other.Replace = "two", false
	require.ErrorIs(t, l.SaveVTiger(ctx, other), ledger.ErrConflict)
	require.NoError(t, l.SetupLink(ctx, "two"), "nothing was done, so it is not spent")
	use := at(t, l, "http://a")
	use.Token = "two"
	require.NoError(t, l.SaveVTiger(ctx, use))
	require.ErrorIs(t, l.SetupLink(ctx, "two"), ledger.ErrNotFound)

	require.NoError(t, l.IssueSetupLink(ctx, "three", time.Now().Add(-time.Second)))
	require.ErrorIs(t, l.SetupLink(ctx, "three"), ledger.ErrNotFound)
	again := at(t, l, "http://a")
	again.Token = "three"
	require.ErrorIs(t, l.SaveVTiger(ctx, again), ledger.ErrNotFound)
}
