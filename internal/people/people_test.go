package people_test

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/devstack"
	"contactbridge/internal/integration"
	"contactbridge/internal/ledger"
	"contactbridge/internal/people"
	"contactbridge/internal/simulator/vtigersim"
	"contactbridge/internal/vtiger"
	"contactbridge/migrations"
)

func TestMain(m *testing.M) { devstack.Main(m) }

var migrated = devstack.NewTemplate(func(ctx context.Context, dsn string) error {
	l, err := ledger.Open(ctx, dsn, nil)
	if err != nil {
		return err
	}
	_, err = migrations.Up(ctx, l.DB())
	return errors.Join(err, l.Close())
})

// town is a vTiger with an admin, alice and bob, all of whom have signed in.
type town struct {
	people.Roll
	*vtigersim.Server
	t                 *testing.T
	admin, alice, bob string
}

func newTown(t *testing.T) *town {
	w := &town{Server: vtigersim.New(), t: t}
	url, stop, err := w.Start("")
	require.NoError(t, err)
	t.Cleanup(stop)
	text, err := ledger.NewKeyset()
	require.NoError(t, err)
	keyset, err := ledger.ParseKeyset(text)
	require.NoError(t, err)
	w.Ledger, err = ledger.Open(t.Context(), migrated.Database(t), keyset)
	require.NoError(t, err)
	t.Cleanup(func() { w.Ledger.Close() })
	w.VTiger = &integration.Account{Ledger: w.Ledger, Fixed: vtiger.Config{URL: url, Username: "admin", AccessKey: "admin-key"}, Sessions: vtiger.Sessions}
	w.admin = w.AddUser(vtigersim.User{UserName: "admin", Password: "admin-word", AccessKey: "admin-key", LastName: "A", Admin: true})
	w.alice = w.AddUser(vtigersim.User{UserName: "alice", Password: "alice-word", AccessKey: "alice-key", LastName: "B"})
	w.bob = w.AddUser(vtigersim.User{UserName: "bob", Password: "bob-word", AccessKey: "bob-key", LastName: "C", Admin: true})
	for _, name := range []string{"admin", "alice", "bob"} {
		u, err := w.SignIn(t.Context(), name, name+"-word", "")
		require.NoError(t, err)
		require.NoError(t, w.Ledger.StartSession(t.Context(), name, u.ID, time.Now().Add(time.Hour)))
	}
	return w
}

func (w *town) change(id string, change func(*vtigersim.User)) {
	w.t.Helper()
	require.NoError(w.t, w.UpdateUser(id, change))
}

// in tells who has a running session.
func (w *town) in() (names string) {
	for _, name := range []string{"admin", "alice", "bob"} {
		if _, err := w.Ledger.SessionUser(w.t.Context(), name); err == nil {
			names += name + " "
		}
	}
	return strings.TrimSpace(names)
}

func TestAccessEndsWithVTigers(t *testing.T) {
	w := newTown(t)
	require.NoError(t, w.Refresh(t.Context()))
	require.Equal(t, "admin alice bob", w.in())

	w.change(w.alice, func(u *vtigersim.User) { u.Inactive = true })
	w.change(w.bob, func(u *vtigersim.User) { u.Admin = false })
	require.NoError(t, w.Refresh(t.Context()))
	require.Equal(t, "admin bob", w.in())
	bob, err := w.Ledger.User(t.Context(), w.bob)
	require.NoError(t, err)
	require.False(t, bob.Admin)

	w.change(w.bob, func(u *vtigersim.User) { u.Deleted = true })
	require.NoError(t, w.Refresh(t.Context()))
	require.Equal(t, "admin", w.in())

	// Who comes back is let in again, by a new sign-in.
	w.change(w.bob, func(u *vtigersim.User) { u.Deleted, u.Inactive = false, false })
	require.NoError(t, w.Refresh(t.Context()))
	require.Equal(t, "admin", w.in())
	bob, err = w.Ledger.User(t.Context(), w.bob)
	require.NoError(t, err)
	require.True(t, bob.Active)
}

// While vTiger is down or gives no list that can be believed, everybody keeps what they have and nobody gets more.
func TestDoubtChangesNothing(t *testing.T) {
	w := newTown(t)
	w.change(w.alice, func(u *vtigersim.User) { u.Admin = true })
	w.change(w.bob, func(u *vtigersim.User) { u.Deleted = true })
	for what, trouble := range map[string]func(){
		"broken":  func() { w.SetBrokenTable("Users", true) },
		"down":    func() { w.Fail(vtigersim.AnyOperation, -1, vtigersim.BadGateway) },
		"demoted": func() { w.change(w.admin, func(u *vtigersim.User) { u.Admin = false }) },
	} {
		trouble()
		require.Error(t, w.Refresh(t.Context()), what)
		for _, id := range []string{w.alice, w.bob} {
			_, err := w.Confirm(t.Context(), id)
			require.Error(t, err, what)
			require.NotEqual(t, contact.NeedsSignIn, contact.KindOf(err), what)
		}
		require.Equal(t, "admin alice bob", w.in(), what)
		alice, err := w.Ledger.User(t.Context(), w.alice)
		require.NoError(t, err)
		require.False(t, alice.Admin, what)
		w.SetBrokenTable("Users", false)
		w.ClearFaults()
		w.change(w.admin, func(u *vtigersim.User) { u.Admin = true })
	}
}

func TestConfirmAsksAboutOne(t *testing.T) {
	w := newTown(t)
	w.change(w.alice, func(u *vtigersim.User) { u.Admin = true })
	alice, err := w.Confirm(t.Context(), w.alice)
	require.NoError(t, err)
	require.True(t, alice.Admin)
	w.change(w.alice, func(u *vtigersim.User) { u.Inactive = true })
	w.change(w.bob, func(u *vtigersim.User) { u.Deleted = true })
	for _, id := range []string{w.alice, w.bob} {
		_, err = w.Confirm(t.Context(), id)
		require.Equal(t, contact.NeedsSignIn, contact.KindOf(err))
	}
	require.Equal(t, "admin", w.in())
}

// TestRoom: vTiger and the ledger meet here; of other rooms only the nouns are known.
func TestRoom(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{join .Imports "\n"}}`, ".").Output()
	require.NoError(t, err)
	imports := strings.Fields(string(out))
	require.Contains(t, imports, "contactbridge/internal/vtiger")
	for _, path := range imports {
		if strings.HasPrefix(path, "contactbridge/") {
			require.Contains(t, []string{"contactbridge/internal/contact", "contactbridge/internal/integration", "contactbridge/internal/ledger", "contactbridge/internal/vtiger"}, path)
		}
	}
}
