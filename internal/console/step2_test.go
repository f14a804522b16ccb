package console

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/client"
	"contactbridge/internal/demo"
	"contactbridge/internal/simulator/vtigersim"
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

// pressing posts the page's settings form to another of its buttons' addresses.
func (p shown) pressing(act, do string, pairs ...string) shown {
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

// lockedOf are settings that only administrators may change.
func lockedOf(names []string) *[]client.DefaultsChangeLocked {
	var all []client.DefaultsChangeLocked
	for _, name := range names {
		all = append(all, client.DefaultsChangeLocked(name))
	}
	return &all
}

// What cannot work stands beside its field, what was typed stays, and nothing is changed.
func TestStep2NamesTheFieldThatCannotWork(t *testing.T) {
	t.Parallel()
	_, alice, b, at, id := settled(t)
	before := alice.settings(id)
	for _, c := range []struct {
		field, value, says string
	}{
		{"phoneRegion", "XX", "two capital letters"},
		{"deleteGuard.count", "many", "Enter a whole number."},
		{"deleteGuard.percent", "101", "100"},
		{"conflictPolicy", "dice", "one of"},
		{"folderId", "nowhere", "folder"},
		{"filter", "4711", "There is no such filter"},
	} {
		p := b.open(at).save(c.field, c.value, "deleteInOutlook", "true")
		require.Equal(t, http.StatusUnprocessableEntity, p.status, c.field)
		p.says("Something in the form cannot work. Nothing was changed")
		require.Regexp(t, `id="field-`+regexp.QuoteMeta(c.field)+`-wrong">[^<]*`+c.says, p.page, c.field)
		form := p.values(at)
		require.Equal(t, "true", form.Get("deleteInOutlook"), c.field)
		if c.field == "phoneRegion" || strings.HasPrefix(c.field, "deleteGuard") {
			require.Equal(t, c.value, form.Get(c.field))
			require.Regexp(t, `<details open><summary>More settings`, p.page, "what is wrong is seen at once")
		}
		require.Equal(t, before, alice.settings(id), c.field)
	}
}

func TestStep2MakesAFolder(t *testing.T) {
	t.Parallel()
	_, alice, b, at, id := settled(t)
	p := b.open(at).save("folderId", "new")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Regexp(t, `id="field-newFolder-wrong">[^<]+`, p.page)
	require.Equal(t, "new", p.values(at).Get("folderId"))

	// The rest cannot be saved: the folder is there and chosen, and made once only.
	p = p.save("newFolder", `<b>"Ours"</b>`, "phoneRegion", "XX")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	made := p.values(at).Get("folderId")
	require.NotContains(t, []string{"new", "", alice.settings(id).FolderID}, made)
	p = p.save("phoneRegion", "").says("The settings are saved.", `<b>"Ours"</b>`)
	require.NotContains(t, p.page, "<b>")
	require.Equal(t, `<b>"Ours"</b>`, alice.settings(id).FolderName)
	require.Equal(t, made, alice.settings(id).FolderID)
	folders, err := alice.ListFoldersWithResponse(t.Context(), id)
	require.Len(t, done(alice.rig, folders, err).JSON200.Folders, 2)
}

func TestStep2OfAnEarlierReadingOverwritesNothing(t *testing.T) {
	t.Parallel()
	_, alice, b, at, id := settled(t)
	early := b.open(at)
	b.open(at).save("conflictPolicy", "ask").says("The settings are saved.")
	p := early.save("deleteInOutlook", "true")
	require.Equal(t, http.StatusPreconditionFailed, p.status)
	p.says("Somebody else changed it after you read it")
	require.Equal(t, "true", p.values(at).Get("deleteInOutlook"))
	require.False(t, alice.settings(id).DeleteInOutlook)
	require.Equal(t, "ask", string(alice.settings(id).ConflictPolicy))
	p.save().says("The settings are saved.")
	require.True(t, alice.settings(id).DeleteInOutlook)
}

func TestStep2RenewsAndRevokesTheSignIn(t *testing.T) {
	t.Parallel()
	r, alice, b, at, id := settled(t)
	p := b.open(at).send(at + "/sign-in")
	p.says("Until now it was connected with alice@bridge.example.")
	_, err := demo.Connect(t.Context(), p.at.String(), r.person("alice"))
	require.NoError(t, err)

	p = b.open(at).says("Contact Bridge forgets the sign-in").send(at + "/revoke")
	p.says("Contact Bridge deleted its copy of the sign-in", "not connected", "Connect the mailbox first.")
	p.save("conflictPolicy", "ask").says("The settings are saved.")
	require.NotEmpty(t, alice.settings(id).FolderID, "the folder stays")

	p = p.send(at + "/end")
	require.Equal(t, "/step2", p.at.Path)
	p.says("The connection has ended. No contact was deleted.", "New connection")
	require.Equal(t, http.StatusNotFound, b.open(at).status)
}

// Another user's connection does not exist; an administrator can settle it.
func TestStep2OfOthers(t *testing.T) {
	t.Parallel()
	r, alice, b, at, id := settled(t)
	r.allow("bob")
	bob := r.as("bob")
	form := b.open(at).values(at)
	require.Equal(t, http.StatusForbidden, bob.visit(http.MethodPost, at+"/assign", form).status, "which is an admin's")
	for _, act := range []string{"", "/sign-in", "/revoke", "/end", "/rows", "/reset"} {
		require.Equal(t, http.StatusNotFound, bob.visit(http.MethodPost, at+act, form).status, act)
	}
	p := bob.open(at)
	require.Equal(t, http.StatusNotFound, p.status)
	require.NotContains(t, p.page, "alice@")
	p = bob.open("/step2").says("New connection")
	require.NotContains(t, p.page, id)
	require.NotContains(t, p.page, "alice")

	admin := r.as("admin")
	admin.open("/step2").says("Connections of other users are opened from the page Users")
	p = admin.open("/users")
	p = p.open(p.link("Step 2")).says("This is the connection of alice.", "Only alice can sign in to Microsoft")
	require.NotContains(t, p.page, at+"/sign-in", "or the admin would connect their own mailbox")
	p.save("conflictPolicy", "ask").says("The settings are saved.")
	require.Equal(t, "ask", string(alice.settings(id).ConflictPolicy))

	p = admin.open("/step2?user=" + url.QueryEscape(r.person("bob").ID) + "&who=bob").says("New connection for bob")
	admin.open("/step2?user=" + url.QueryEscape(r.person("bob").ID) + "&who=alice").says("New connection for " + r.person("bob").ID)
	p = p.send("", "module", "Leads")
	p.says("The connection is made.", "This is the connection of bob.", "Leads")
	require.Equal(t, p.at.Path, admin.open("/step2?user="+url.QueryEscape(r.person("bob").ID)).at.Path)
	p = bob.open("/step2?all=1").send("", "module", "Leads")
	require.Equal(t, http.StatusConflict, p.status)
	p.says("This vTiger user has a connection for Leads already.")
}

func TestStep2OfSeveralModules(t *testing.T) {
	t.Parallel()
	r, _, b, at, _ := settled(t)
	r.vtiger.SetModuleOff("Vendors", true)
	p := b.open(at)
	require.NotContains(t, p.page, `class="tabs"`)
	p = p.open("/step2?all=1").says("Your connections", "alice@bridge.example")
	require.Equal(t, "Leads", p.values("/step2").Get("module"), "the next one is proposed")
	wrong := p.send("", "module", "Vendors")
	require.Equal(t, http.StatusUnprocessableEntity, wrong.status)
	require.Regexp(t, `id="field-module-wrong">This module cannot be synced`, wrong.page)
	p = p.send("")
	p.says("Leads", "not connected")
	require.Regexp(t, `<a href="/step2/[^"]+" aria-current="page">Leads</a>`, p.page)
	require.Equal(t, "/step2", p.open("/step2").at.Path, "with two there is a choice")
}

func TestStep2ShowsWhatAnAdministratorFixed(t *testing.T) {
	t.Parallel()
	r, alice, b, at, id := settled(t)
	locked := []string{"direction", "mapping", "filter", "deleteGuard", "deleteInVtiger"}
	no := false
	a, err := r.program("admin").PutDefaultsWithResponse(t.Context(), nil, client.DefaultsChange{
		Locked: lockedOf(locked), Caps: &client.CapsChange{UsersMayCreateInVtiger: &no},
	})
	done(r, a, err)
	p := b.open(at).says("An administrator has fixed this for everybody.", "An administrator allows no new contacts in vTiger")
	require.Equal(t, len(locked)+1, strings.Count(p.text(), "An administrator has fixed this for everybody."))
	require.Regexp(t, `id="field-direction" disabled`, p.page)
	require.Regexp(t, `id="field-deleteGuard.count"[^>]*readonly`, p.page)
	require.NotContains(t, p.page, at+"/rows")
	p.says("First Name", "both ways")
	before := alice.settings(id)
	p = p.save("conflictPolicy", "ask").says("The settings are saved.")
	after := alice.settings(id)
	require.Equal(t, "ask", string(after.ConflictPolicy))
	require.Equal(t, before.Mapping, after.Mapping)

	// What is sent all the same is refused beside the field.
	p = p.save("direction", "toVtiger", "deleteInOutlook", "true")
	require.Equal(t, http.StatusForbidden, p.status)
	require.Regexp(t, `id="field-direction-wrong">An administrator locked it`, p.page)
	require.False(t, alice.settings(id).DeleteInOutlook)
	few := []client.Row{{Outlook: "surname", Vtiger: []string{"lastname"}, Direction: "both"}}
	changed, err := r.program("admin").PutSettingsWithResponse(t.Context(), id, nil, client.SettingsChange{Mapping: &few})
	done(r, changed, err)
	p = b.open(at).pressing("reset", "")
	require.Equal(t, http.StatusForbidden, p.status)
	p.says("An administrator locked it.", "1 pair of fields")
	require.Equal(t, few, alice.settings(id).Mapping)

	// For administrators nothing is fixed.
	p = r.as("admin").open(at)
	require.NotContains(t, p.text(), "has fixed this")
	p.save("direction", "toOutlook").says("The settings are saved.")
}

func TestStep2Filters(t *testing.T) {
	t.Parallel()
	r, alice, b, at, id := settled(t)
	owner := r.person("alice").ID
	shared, err := r.vtiger.AddFilter(vtigersim.SavedFilter{Owner: owner, Module: "Contacts", Name: `<i>"Key" accounts</i>`, Shared: true})
	require.NoError(t, err)
	private, err := r.vtiger.AddFilter(vtigersim.SavedFilter{Owner: r.person("admin").ID, Module: "Contacts", Name: "Only Ada's"})
	require.NoError(t, err)
	p := b.open(at).says(`<i>"Key" accounts</i>`)
	require.NotContains(t, p.page, "<i>")
	require.NotContains(t, p.text(), "Only Ada's")
	p = p.save("filter", shared).says("The settings are saved.")
	require.Equal(t, shared, p.values(at).Get("filter"))
	require.Equal(t, shared, alice.settings(id).Filter.ID)
	p.save("filter", "").says("The settings are saved.")
	require.Nil(t, alice.settings(id).Filter)

	// A private one is an administrator's to give. The user sees it, keeps it, and can leave it.
	r.as("admin").open(at).says("Only Ada's (private)").save("filter", private).says("The settings are saved.")
	p = b.open(at)
	require.Equal(t, private, p.values(at).Get("filter"))
	p.says("Only Ada's").save("conflictPolicy", "ask").says("The settings are saved.")
	require.Equal(t, private, alice.settings(id).Filter.ID)
}

// When a side is silent, the rest of the page can be used, and what it did not tell stays.
func TestStep2WhileASideIsSilent(t *testing.T) {
	t.Parallel()
	r, alice, b, at, id := settled(t)
	require.NoError(t, r.microsoft.DenyMailbox("alice@bridge.example", true))
	r.vtiger.SetMobileOff(true)
	before := alice.settings(id)
	p := b.open(at)
	require.Equal(t, http.StatusOK, p.status)
	require.GreaterOrEqual(t, strings.Count(p.page, `class="notice warn"`), 2, p.text())
	p.save("conflictPolicy", "ask").says("The settings are saved.")
	after := alice.settings(id)
	require.Equal(t, before.FolderID, after.FolderID)
	require.Equal(t, before.Mapping, after.Mapping)
	require.Equal(t, "ask", string(after.ConflictPolicy))
}

// In application mode nobody signs in: an administrator names the mailbox.
func TestStep2InApplicationMode(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	alice, id := r.begun("alice")
	r.as("admin").open("/step1").send("", "mode", "application")
	at := "/step2/" + id
	p := r.as("alice").open(at).says("An administrator names the mailbox.")
	require.NotContains(t, p.page, at+"/sign-in")
	require.NotContains(t, p.page, at+"/assign")
	p = r.as("admin").open(at)
	require.Equal(t, "alice@bridge.example", p.values(at+"/assign").Get("mailbox"), "vTiger's address is proposed")
	p = p.send(at+"/assign", "mailbox", "nobody@bridge.example")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Regexp(t, `id="field-mailbox-wrong">[^<]+`, p.page)
	require.Equal(t, "nobody@bridge.example", p.values(at+"/assign").Get("mailbox"))
	p.send(at+"/assign", "mailbox", "alice@bridge.example").says("The mailbox is connected. Now choose the folder.", "connected")
	p = r.as("alice").open(at).save("folderId", "new", "newFolder", "Customers").says("The settings are saved.")
	require.Equal(t, "Customers", alice.settings(id).FolderName)
	p.send(at + "/revoke").says("The connection no longer reaches the mailbox, which an administrator had named")
}

func TestStep2GivesTheServiceAccountsMailbox(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, id := r.begun("alice")
	at := "/step2/" + id
	admin := r.as("admin")
	require.NotContains(t, admin.open(at).page, at+"/assign")
	admin.open("/step1").saveStep1("username", "bob@bridge.example", "password", "demo-bob").says("Its mailbox is bob@bridge.example.")
	p := admin.open(at)
	p.send(at+"/assign", "mailbox", "alice@bridge.example").says("Only the service account's own mailbox can be named here")
	p.send(at+"/assign").says("The mailbox is connected.", "bob@bridge.example")
}

func TestStep2ComesAfterStep1AndNeedsLeave(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.as("alice")
	p := b.open("/step2")
	require.Equal(t, http.StatusConflict, p.status)
	p.says("An administrator must save the authentication configuration (step 1)")
	r.step1()
	p = b.open("/step2")
	require.Equal(t, http.StatusForbidden, p.status)
	p.says("The user is not allowed to sync")
}

// Where 200 people work, an administrator's pages are light too.
func TestStep2IsLightForMany(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for i := range 200 {
		r.vtiger.AddUser(vtigersim.User{UserName: fmt.Sprintf("salesperson%d", i), FirstName: "Friedrich-Wilhelm", LastName: fmt.Sprintf("Salesperson-%d", i)})
	}
	_, id := r.connected("alice")
	r.allow("admin")
	users, err := r.server.Ledger.Users(t.Context())
	require.NoError(t, err)
	var ids []string
	for _, u := range users {
		ids = append(ids, u.ID)
	}
	_, err = r.server.Ledger.AllowAll(t.Context(), ids, true)
	require.NoError(t, err)
	admin := r.as("admin")
	for _, path := range []string{"/step2?all=1", "/step2/" + id} {
		p := admin.open(path)
		if path != "/step2?all=1" { // whose records flow is chosen from all
			p.says("salesperson199")
		}
		require.Less(t, len(p.page)+files(p), 100_000, path)
	}
}
