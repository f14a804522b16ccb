package console

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/client"
)

// connect goes from the page by Microsoft's to "connected", as a person does.
func (t *tab) connect(person string) {
	t.t.Helper()
	p := t.rig.person(person)
	t.press(`form[action$="/sign-in"] button`)
	require.Contains(t.t, t.at(), "/connect/")
	t.says("A mailbox will be connected for the vTiger user")
	t.press("button")
	t.says("Simulated Microsoft account")
	t.fill("username", p.Mailbox)
	t.fill("password", p.Password)
	t.press("button[value=signin]")
	t.says("The mailbox " + p.Mailbox + " is now connected for the vTiger user")
	t.press(`a[href^="/step2/"]`)
	t.says("connected")
	t.says(p.Mailbox)
}

// uncomplaining demands that nothing failed on the pages, of which some are Microsoft's.
func (t *tab) uncomplaining() {
	t.t.Helper()
	t.mu.Lock()
	defer t.mu.Unlock()
	require.Empty(t.t, t.complaints)
}

// preview looks at what a sync would do, so that records are known. The rig must work.
func (p caller) preview(connection string) {
	p.t.Helper()
	yes := true
	started, err := p.StartRunWithResponse(p.t.Context(), connection, nil, client.StartBody{Preview: &yes})
	id := done(p.rig, started, err).JSON202.ID
	require.Eventually(p.t, func() bool {
		run, err := p.GetRunWithResponse(p.t.Context(), id)
		return done(p.rig, run, err).JSON200.EndedAt != nil
	}, time.Minute, 20*time.Millisecond)
}

func TestStep2InChromium(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.work()
	r.cast.People(r.vtiger, r.microsoft)
	hostile := map[string]string{
		"firstname": `<b>bold</b>"'`, "lastname": "\u202egnirts" + strings.Repeat("W", 60), "mailingstreet": strings.Repeat("long ", 50),
		"description": strings.Repeat("x", 300),
	}
	r.step1()
	r.allow("alice")
	b := r.chromiumAs("alice")
	b.open("/step2")
	b.press("form.card .actions button")
	b.says("not connected")
	accessible(b)
	b.connect("alice")
	at := b.at()
	id := strings.TrimPrefix(at, "/step2/")
	folder := "Contacts"
	alice := r.program("alice")
	saved, err := alice.PutSettingsWithResponse(t.Context(), id, nil, client.SettingsChange{FolderID: &folder})
	done(r, saved, err)
	alice.preview(id)
	b.open(at)
	b.click("#mapping + details > summary")
	b.says("Below the names stand the values of a real contact.")
	b.picture("step2")

	// A contact that was changed last is shown whatever it is called.
	r.vtiger.AddContact(r.person("alice").ID, hostile)
	r.microsoft.AddContact("alice@bridge.example", "", map[string]any{"givenName": `<script>alert(1)</script>"'`, "surname": "x"})
	alice.preview(id)
	b.open(at)
	b.click("#mapping + details > summary")
	b.says(`<b>bold</b>"'`)
	b.says(`<script>alert(1)</script>"'`)
	b.says(strings.Repeat("W", 60))
	accessible(b)

	// A row is opened, and a new one is added: the browser stays at the table.
	b.press(`#row-2 button[value="open 1"]`)
	b.press(`button[value="add"]`)
	accessible(b)
	var hash string
	b.eval("location.hash", &hash)
	require.Equal(t, "#row-25", hash)
	b.press("form > .actions button")
	b.says("The settings are saved.")
	b.uncomplaining()

	// As an administrator sees it.
	a := r.chromiumAs("admin")
	a.open("/step2?all=1")
	accessible(a)
	a.open(at)
	a.says("This is the connection of alice.")
	a.click(`details:has([name="ownerScope"]) > summary`)
	accessible(a)
	a.fine()
}

// Without scripts everything can be done too, and the Enter key saves rather than adds or removes.
func TestStep2InChromiumWithoutScripts(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.step1()
	r.allow("alice")
	b := r.chromiumAs("alice")
	b.scripts(false)
	b.open("/step2")
	b.press("form.card .actions button")
	b.connect("alice")
	at := b.at()
	b.choose("field-folderId", 2) // the last one: a new folder
	b.fill("field-newFolder", "Customers")
	b.then(func() { b.enter() })
	b.says("The settings are saved.")
	s := r.program("alice").settings(strings.TrimPrefix(at, "/step2/"))
	require.Equal(t, "Customers", s.FolderName)

	b.click("#mapping + details > summary")
	b.press(`button[value="add"]`)
	b.choose("field-mapping[24].vtiger-0", 3)
	b.press("form > .actions button")
	b.says("Something in the form cannot work.")
	accessible(b)
	b.press(`button[value="remove 24"]`)

	// A condition by the keyboard; what is wrong with it stands beside it, open.
	b.click(`details:has([name="conditions"]) > summary`)
	b.choose("field-conditions[0].field", 2)
	b.choose("field-conditions[0].operator", 5)
	b.fill("field-conditions[0].value", "+41")
	b.press("form > .actions button")
	b.says("This operator compares with no value.")
	accessible(b)
	b.choose("field-conditions[0].operator", 0)
	b.key("ArrowUp", 38)
	b.press("form > .actions button")
	b.says("The settings are saved.")
	require.Equal(t, []string{"assistantphone startsWith +41"}, askedBy(r.program("alice").settings(strings.TrimPrefix(at, "/step2/")).Conditions))
	b.uncomplaining()
}

// choose takes a choice further down in a select, by the keyboard.
func (t *tab) choose(id string, down int) {
	t.t.Helper()
	t.must("DOM.focus", map[string]any{"nodeId": t.node(`[id="` + id + `"]`)}, nil)
	for range down {
		t.key("ArrowDown", 40)
	}
}

// enter presses the Enter key, which sends the form of the field that is in focus.
func (t *tab) enter() {
	t.t.Helper()
	for _, kind := range []string{"rawKeyDown", "char", "keyUp"} {
		t.must("Input.dispatchKeyEvent", map[string]any{"type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}, nil)
	}
}
