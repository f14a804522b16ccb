package console

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/client"
	"contactbridge/internal/demo"
)

// ended waits until a run's page, which is reloaded as a browser without scripts does, says what came of it.
func (p shown) ended() shown {
	p.t.Helper()
	require.Regexp(p.t, `^/runs/[0-9a-f-]{36}$`, p.at.Path, p.text())
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if p = p.open(p.at.Path); !strings.Contains(p.page, `<noscript><meta http-equiv="refresh"`) {
			return p
		}
	}
	require.Fail(p.t, "the run does not end", p.text())
	return p
}

// press presses one of a form's buttons.
func (p shown) press(action, name, value string, pairs ...string) shown {
	p.t.Helper()
	return p.send(action, append(pairs, name, value)...)
}

// hostile are names that people could give their contacts.
var hostile = []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, "\u202egnp.exe \u2066x", strings.Repeat("Längename", 34), `{{.Me}} %s %d`}

// light demands that a page with all that it loads is less than 100 kB.
func (p shown) light() shown {
	p.t.Helper()
	size := len(p.page)
	for _, name := range assets {
		raw, err := assetFiles.ReadFile("assets/" + name)
		require.NoError(p.t, err)
		size += len(raw)
	}
	require.Less(p.t, size, 100_000, p.at.Path)
	return p
}

// The whole way of a user who never did it before: look, do exactly that, take it back.
func TestFromThePreviewToTheUndo(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.work()
	r.cast.People(r.vtiger, r.microsoft)
	alice, id := r.connected("alice")
	many := client.GuardView{Count: 1000, Percent: 100}
	saved, err := alice.PutSettingsWithResponse(t.Context(), id, nil, client.SettingsChange{DeleteGuard: &many})
	done(r, saved, err)
	b := r.as("alice")

	p := b.open("/step3").says("Start the first sync", "Look at a preview first.", "There was none yet.")
	require.NotRegexp(t, `<button name="do" value="both"`, p.page, "nothing is synced unseen by a single click")
	first := p.press("/step3/run", "do", "preview")
	again := p.press("/step3/run", "do", "preview")
	require.Equal(t, first.at.Path, again.at.Path, "two clicks are one run")
	preview := first.ended().says("Preview done", "15 contacts would be added in vTiger", "15 contacts would be added in Outlook", "5 contacts found on both sides",
		"Add in Outlook", "First name", "The changes that it would make", "Next page")
	require.Len(t, r.microsoft.Contacts("alice@bridge.example", ""), 20, "a preview changes nothing")
	preview.open(regexp.MustCompile(`<a href="([^"]+)" rel="next"`).FindStringSubmatch(preview.page)[1]).says("First page")

	p = b.open("/step3").says("Sync both", "Preview")
	r.vtiger.AddContact(r.person("alice").ID, map[string]string{"lastname": "Late"})
	applied := preview.send(preview.at.Path + "/apply")
	require.NotEqual(t, preview.at.Path, applied.at.Path)
	applied = applied.ended().says("Sync both ways done", "15 contacts added in vTiger", "15 contacts added in Outlook", "Added in Outlook", "The changes",
		"1 change is left for the next sync.")
	require.Nil(t, r.inOutlook("Late"), "exactly what was shown is done")
	require.Contains(t, applied.page, `href="/log?run=`+strings.TrimPrefix(applied.at.Path, "/runs/")+`"`)
	require.NotContains(t, applied.page, "/apply", "what was done is not done again")

	// A double click on a sync is one run too.
	p = b.open("/step3").says("Start the next sync: 1 change waits for it.", "1 change waits for the next sync.", "alice@bridge.example", "Next sync")
	one, two := p.press("/step3/run", "do", "both"), p.press("/step3/run", "do", "both")
	require.Equal(t, one.at.Path, two.at.Path)
	one.ended().says("1 contact added in Outlook")
	_, differences := demo.Compare(r.vtiger, r.microsoft, r.person("alice"))
	require.Empty(t, differences)
	other := p.press("/step3/run", "do", "toOutlook")
	require.NotEqual(t, one.at.Path, other.at.Path, "another button is another run")
	other.ended().says("Sync to Outlook done")

	// Somebody edits one of them; the undo leaves it alone and says so.
	edited := r.withAddress("person0@customer.example")["id"].(string)
	require.NoError(t, r.microsoft.Edit(aliceMail, edited, map[string]any{"jobTitle": "Buyer"}))
	undo := b.open(applied.at.Path).send(applied.at.Path+"/undo").ended().says("Preview of an undo done", "would be deleted in Outlook", "would be left alone", "Left as it is")
	require.Len(t, r.microsoft.Contacts(aliceMail, ""), 36, "a preview changes nothing")
	undone := undo.send(undo.at.Path+"/apply").ended().says("Undo done", "deleted in vTiger")
	require.Len(t, r.microsoft.Contacts(aliceMail, ""), 22, "all that it added, but what was edited, and what another sync added")
	require.NotContains(t, undone.page, undone.at.Path+"/undo", "an undo is not undone here")
	b.open(applied.at.Path).says("written and then undone")

	p = b.open("/step3").says("Latest syncs", "Preview of an undo", "Undo", "Sync both ways")
	require.Contains(t, p.page, `href="`+applied.at.Path+`"`)

	b.open("/step3").press("/step3/again", "side", "vtiger").ended().says("Sync both ways done")

	// What is another user's does not exist, and an administrator sees no values.
	r.allow("bob")
	bob := r.as("bob")
	for _, path := range []string{applied.at.Path, "/step3?connection=" + id, "/step3/waiting?connection=" + id, "/runs/nothing"} {
		require.Equal(t, http.StatusNotFound, bob.open(path).status, path)
	}
	for _, act := range []string{"/apply", "/undo", "/cancel"} {
		require.Equal(t, http.StatusNotFound, bob.visit(http.MethodPost, applied.at.Path+act, url.Values{"key": {"k"}}).status, act)
	}
	require.Equal(t, http.StatusNotFound, bob.visit(http.MethodPost, "/step3/run", url.Values{"key": {"k"}, "do": {"both"}, "connection": {id}}).status)
	bob.open("/step3").says("There is no connection yet.")
	r.console.TemporalUI = "http://temporal.example/namespaces/default"
	ada := r.as("admin").open(applied.at.Path).says("only its owner sees the values", "This connection in Temporal")
	require.NotContains(t, ada.text(), "Purchasing")
	require.Contains(t, ada.page, `href="http://temporal.example/namespaces/default/workflows?query=WorkflowId%3D%22sync%2F`+id+`%22"`)
	require.NotContains(t, b.open(applied.at.Path).text(), "Temporal")
	r.as("admin").open("/step3?connection=" + id).says("vTiger user alice")

	preview.light()
	b.open("/step3").light()

	c := r.chromiumAs("alice")
	for _, path := range []string{"/step3", preview.at.Path, applied.at.Path} {
		c.open(path)
		accessible(c)
	}
	c.open("/step3")
	c.picture("step3")
	c.open(preview.at.Path)
	c.picture("preview")
	c.fine()
}

func TestWhatIsMissingIsSaidBeforeAnybodyClicks(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.step1()
	require.Equal(t, http.StatusForbidden, r.as("alice").open("/step3").status)
	r.allow("alice")
	alice := r.program("alice")
	made, err := alice.CreateConnectionWithResponse(t.Context(), client.ConnectInputBody{Module: "Contacts"})
	id := done(r, made, err).JSON201.ID
	b := r.as("alice")
	p := b.open("/step3").says("The mailbox is not signed in. Go to step 2", "No Outlook folder is chosen. Go to step 2", "This can be used once what is said above is done.")
	require.Contains(t, p.page, `href="/step2?connection=`+id+`"`)
	require.Regexp(t, `value="preview"[^>]* disabled`, p.page)
	p = p.press("/step3/run", "do", "preview")
	require.Equal(t, http.StatusConflict, p.status)
	require.Contains(t, p.page, `role="alert"`)
	require.NotEmpty(t, p.values("/step3/run").Get("key"))
	p = b.open("/step3").press("/step3/run", "do", "everything")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	p.says("Choose what to do by one of the buttons.")
	b.open("/step3/waiting").says("Nothing waits for an answer.")
	require.Equal(t, http.StatusNotFound, b.open("/step3?connection=nothing").status)
	r.as("bob").open("/step3").says("An administrator must allow")

	// Somebody who has several chooses one.
	made, err = alice.CreateConnectionWithResponse(t.Context(), client.ConnectInputBody{Module: "Leads"})
	leads := done(r, made, err).JSON201.ID
	p = b.open("/step3")
	require.Contains(t, p.page, `<option value="`+id+`" selected>Contacts</option>`)
	p = b.open("/step3?connection=" + leads)
	require.Contains(t, p.page, `<option value="`+leads+`" selected>Leads</option>`)
	require.Equal(t, leads, p.values("/step3/run").Get("connection"))
	ada := r.as("admin").open("/step3").says("There is no connection yet.")
	require.NotContains(t, ada.page, "/step3/run")
	r.as("admin").open("/step3?connection="+leads).says("alice: Leads", "alice: Contacts")
}

func TestHowItSyncsIsSaved(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	alice, id := r.connected("alice")
	b := r.as("alice")
	p := b.open("/step3")
	stale := p
	p = p.send("/step3/settings", "batchSize", "7", "intervalMinutes", "30", "automatic", "true", "from", "day", "syncFrom", "2026-01-31", "direction", "toOutlook").
		says("The settings are saved.")
	read := func() client.SettingsView {
		a, err := alice.GetSettingsWithResponse(t.Context(), id)
		return *done(r, a, err).JSON200
	}
	s := read()
	require.Equal(t, []any{int64(7), int64(30), true, "2026-01-31", client.SettingsViewDirectionToOutlook},
		[]any{s.BatchSize, s.IntervalMinutes, s.Automatic, *s.SyncFrom, s.Direction})
	require.NotEmpty(t, s.Mapping, "what is set at step 2 stays")
	require.NotContains(t, p.page, `value="toVtiger" disabled`)
	require.NotRegexp(t, `name="do" value="(both|toVtiger)"`, p.page, "the connection's direction bounds the buttons")

	p = p.send("/step3/settings", "batchSize", "many").says("Enter a whole number.")
	require.Equal(t, "many", p.values("/step3/settings").Get("batchSize"))
	p = p.send("/step3/settings", "batchSize", "5", "intervalMinutes", "0")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Regexp(t, `id="field-intervalMinutes"[^>]*aria-invalid="true"`, p.page)
	p.send("/step3/settings", "intervalMinutes", "9", "syncFrom", "").says("Enter the day, or choose all contacts.")
	require.Equal(t, int64(7), read().BatchSize, "what is refused changes nothing")

	// A form that somebody else overtook says what is stored now, keeps what was typed, and can be sent again.
	p = stale.send("/step3/settings", "batchSize", "50")
	require.Equal(t, http.StatusPreconditionFailed, p.status)
	p.says("What you entered is still here.", "Batch size: 7", "Minutes between syncs: 30", "Direction: Only from vTiger to Outlook", "The day: 2026-01-31", "Sync automatically: yes")
	require.Equal(t, "50", p.values("/step3/settings").Get("batchSize"))
	p = p.send("/step3/settings").says("The settings are saved.")
	s = read()
	require.Equal(t, []any{int64(50), false}, []any{s.BatchSize, s.Automatic})
	require.Nil(t, s.SyncFrom)

	// What an administrator locked is shown as it is, with the reason, and the rest can still be saved.
	admin := r.program("admin")
	locked := []client.DefaultsChangeLocked{"batchSize", "automatic", "syncFrom", "direction"}
	d, err := admin.PutDefaultsWithResponse(t.Context(), nil, client.DefaultsChange{Locked: &locked})
	done(r, d, err)
	p = p.open("/step3").says("An administrator set this for everybody")
	require.Regexp(t, `id="field-batchSize"[^>]* readonly`, p.page)
	p.send("/step3/settings", "batchSize", "3", "intervalMinutes", "45", "direction", "toVtiger").says("The settings are saved.")
	s = read()
	require.Equal(t, []any{int64(50), int64(45), client.SettingsViewDirectionBoth}, []any{s.BatchSize, s.IntervalMinutes, s.Direction})
	r.as("admin").open("/step3?connection="+id).send("/step3/settings", "batchSize", "3").says("The settings are saved.")
	require.Equal(t, int64(3), read().BatchSize)
}
