package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/client"
	"contactbridge/internal/demo"
)

// stepped is a rig in which step 1 is done and somebody may sync, and their browser.
func stepped(t *testing.T, names ...string) (*rig, *browser) {
	t.Helper()
	r := newRig(t)
	r.step1()
	for _, name := range names {
		r.allow(name)
	}
	return r, r.as(names[0])
}

// settled is a rig with a connection that has a mailbox and a folder, its owner's browser, and the address of its step 2.
func settled(t *testing.T) (r *rig, alice caller, b *browser, at, id string) {
	t.Helper()
	r = newRig(t)
	alice, id = r.connected("alice")
	return r, alice, r.as("alice"), "/step2/" + id, id
}

// settings are a connection's, as the API tells them.
func (p caller) settings(connection string) client.SettingsView {
	p.t.Helper()
	a, err := p.GetSettingsWithResponse(p.t.Context(), connection)
	return *done(p.rig, a, err).JSON200
}

// press posts the page's settings form to another of its buttons' addresses.
func (p shown) press(act, do string, pairs ...string) shown {
	p.t.Helper()
	form := p.values(p.of())
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	if do != "" {
		form.Set("do", do)
	}
	return p.visit(http.MethodPost, p.of()+"/"+act, form)
}

// of is the address of the page's connection.
func (p shown) of() string { return strings.Join(strings.Split(p.at.Path, "/")[:3], "/") }

func (p shown) save(pairs ...string) shown { p.t.Helper(); return p.send(p.of(), pairs...) }

// From nothing to a connection that can be previewed, by forms alone.
func TestStep2FromNothingToThePreview(t *testing.T) {
	t.Parallel()
	r, b := stepped(t, "alice")
	p := b.open("/step2").says("New connection")
	p = p.send("", "module", "Contacts")
	require.Equal(t, http.StatusOK, p.status, p.text())
	p.says("The connection is made.", "vTiger user alice", "not connected", "Connect the mailbox first.", "The records of vTiger whose owner is alice.")
	at := p.at.Path
	require.Equal(t, at, b.open("/step2").at.Path, "the only connection is opened at once")

	p = p.send(at + "/sign-in")
	require.Regexp(t, `^/connect/\w+$`, p.at.Path)
	p.says("A mailbox will be connected for the vTiger user Alice Sales (alice).")
	said, err := demo.Connect(t.Context(), p.at.String(), r.person("alice"))
	require.NoError(t, err)
	require.Contains(t, said, "Go on with step 2")

	p = b.open(at).says("connected", "alice@bridge.example", "Choose the Outlook folder to sync with")
	require.NotContains(t, p.text(), "not connected")
	require.NotContains(t, p.text(), "Go on with step 3")
	p = p.save("folderId", "new", "newFolder", "Customers", "direction", "toOutlook", "deleteInOutlook", "true", "phoneRegion", "CH", "deleteGuard.count", "30")
	require.Equal(t, at, p.at.Path, p.text())
	p.says("The settings are saved.", "Start the first sync (step 3): look at its preview, then apply it.")
	form := p.values(at)
	for name, want := range map[string]string{
		"direction": "toOutlook", "deleteInOutlook": "true", "deleteInVtiger": "false", "phoneRegion": "CH", "deleteGuard.count": "30", "deleteGuard.percent": "25",
	} {
		require.Equal(t, want, form.Get(name), name)
	}
	s := r.program("alice").settings(strings.TrimPrefix(at, "/step2/"))
	require.Equal(t, "Customers", s.FolderName)
	require.Equal(t, s.FolderID, form.Get("folderId"))
	require.True(t, s.DeleteInOutlook)
	require.Equal(t, client.SettingsViewDirection("toOutlook"), s.Direction)
}

var _ = url.Values{}
