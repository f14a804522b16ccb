package console

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/client"
	"contactbridge/internal/demo"
)

// caller is somebody of the cast who uses the API as programs do, to set a stage for a page.
type caller struct {
	*rig
	*client.ClientWithResponses
}

// program signs somebody of the cast in to the API.
func (r *rig) program(name string) caller {
	r.t.Helper()
	api, err := client.Open(r.url, "")
	require.NoError(r.t, err)
	password := "demo-" + name
	a, err := ask(api.SignInWithResponse(r.t.Context(), nil, client.SignInInputBody{Username: name, Password: &password}))
	require.NoError(r.t, err)
	api, err = client.Open(r.url, a.JSON200.Token)
	require.NoError(r.t, err)
	return caller{r, api}
}

// done demands that a call went well.
func done[A client.Answer](r *rig, a A, err error) A {
	r.t.Helper()
	a, err = ask(a, err)
	require.NoError(r.t, err)
	return a
}

// step1 is an admin's step 1.
func (r *rig) step1() {
	r.t.Helper()
	a, err := r.program("admin").PutMicrosoftWithResponse(r.t.Context(), nil, client.MicrosoftInputBody{
		ClientID: r.cast.ClientID, ClientSecret: &r.cast.ClientSecret, TenantID: r.cast.TenantID, RedirectURL: r.url + "/oauth/callback",
	})
	done(r, a, err)
}

// person gives somebody of the cast.
func (r *rig) person(name string) demo.Person {
	for _, p := range append(r.cast.Users, r.cast.Admin) {
		if p.UserName == name {
			return p
		}
	}
	r.t.Fatalf("there is no %s", name)
	return demo.Person{}
}

// allow lets somebody sync.
func (r *rig) allow(name string) {
	r.t.Helper()
	admin := r.program("admin")
	list, err := admin.ListUsersWithResponse(r.t.Context(), nil)
	done(r, list, err)
	a, err := admin.SetAccessWithResponse(r.t.Context(), r.person(name).ID, client.AccessInputBody{Allowed: true})
	done(r, a, err)
}

// begun does step 1, lets somebody sync, and gives their connection, which has no mailbox yet.
func (r *rig) begun(name string) (caller, string) {
	r.t.Helper()
	r.step1()
	r.allow(name)
	p := r.program(name)
	made, err := p.CreateConnectionWithResponse(r.t.Context(), client.ConnectInputBody{Module: "Contacts"})
	return p, done(r, made, err).JSON201.ID
}

// connected is begun with its mailbox signed in, and the folder Contacts; it is not synced yet.
func (r *rig) connected(name string) (caller, string) {
	r.t.Helper()
	p, id := r.begun(name)
	link, err := p.AuthorizeWithResponse(r.t.Context(), id)
	_, err = demo.Connect(r.t.Context(), done(r, link, err).JSON201.URL, r.person(name))
	require.NoError(r.t, err)
	folder := "Contacts"
	saved, err := p.PutSettingsWithResponse(r.t.Context(), id, nil, client.SettingsChange{FolderID: &folder})
	done(r, saved, err)
	return p, id
}

// sync does a sync to its end. The rig must work.
func (p caller) sync(connection string) client.RunView {
	p.t.Helper()
	yes := true
	started, err := p.StartRunWithResponse(p.t.Context(), connection, nil, client.StartBody{SkipPreview: &yes})
	id := done(p.rig, started, err).JSON202.ID
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	defer cancel()
	for {
		run, err := p.GetRunWithResponse(ctx, id)
		if r := done(p.rig, run, err).JSON200; r.EndedAt != nil {
			require.Equal(p.t, client.RunViewStateDone, r.State)
			return *r
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// The rig does the real thing: what a page starts here happens on both sides.
func TestTheRigSyncs(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.work()
	r.cast.People(r.vtiger, r.microsoft)
	alice, connection := r.connected("alice")
	run := alice.sync(connection)
	require.NotEmpty(t, *run.Counts)
	_, differences := demo.Compare(r.vtiger, r.microsoft, r.person("alice"))
	require.Empty(t, differences)
}

// On a phone the pages are behind a button that needs no script; on a wide screen they are always there.
func TestTheMenuOfAPhoneNeedsNoScript(t *testing.T) {
	t.Parallel()
	b := newRig(t).chromiumAs("admin")
	b.scripts(false)
	b.open("/tokens")
	require.Contains(t, b.text(), "Audit log")
	require.NotContains(t, b.text(), "Menu")
	b.width(360)
	require.NotContains(t, b.text(), "Audit log")
	b.click(".menu summary")
	require.Contains(t, b.text(), "Audit log")
	accessible(b)
	b.press(`a[href="/audit"]`)
	require.Equal(t, "/audit", b.at())
}

// Whoever has no mouse gets to the content by the first key, and sees where they are.
func TestTheKeyboardFindsTheContent(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.chromiumAs("alice")
	b.open("/tokens")
	b.says("You have no access tokens.")
	b.key("Tab", 9)
	var focused struct {
		Text    string
		Visible bool
		Outline string
	}
	look := `(e => ({Text: e.textContent, Visible: e.getBoundingClientRect().top >= 0, Outline: getComputedStyle(e).outlineStyle}))(document.activeElement)`
	b.eval(look, &focused)
	require.Equal(t, say("layout.skip"), focused.Text)
	require.True(t, focused.Visible)
	require.Equal(t, "solid", focused.Outline)
	b.key("Enter", 13)
	var id string
	b.eval("document.activeElement.id", &id)
	require.Equal(t, "main", id)
	b.fine()
}
