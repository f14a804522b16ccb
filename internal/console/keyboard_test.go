package console

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/demo"
)

// tabTo goes to what a selector names by the Tab key alone, as somebody without a mouse does, who sees where they are.
func (t *tab) tabTo(selector string) {
	t.t.Helper()
	for range 100 {
		t.key("Tab", 9)
		var focused struct {
			There   bool
			Outline string
		}
		t.eval(`(e => ({There: e.matches(`+"`"+selector+"`"+`), Outline: getComputedStyle(e).outlineStyle}))(document.activeElement)`, &focused)
		if focused.There {
			require.NotEqual(t.t, "none", focused.Outline, "%s does not show that it is in focus", selector)
			return
		}
	}
	require.Fail(t.t, "the keyboard does not get to "+selector, t.text())
}

// typesAt types into a field.
func (t *tab) typesAt(id, text string) {
	t.t.Helper()
	t.tabTo("#" + id)
	t.must("Input.insertText", map[string]string{"text": text}, nil)
}

// goesBy follows a link or presses a button by the Enter key.
func (t *tab) goesBy(selector string) {
	t.t.Helper()
	t.tabTo(selector)
	t.then(t.enter)
}

// From the sign-in to synced contacts without a mouse.
func TestTheKeyboardAloneSyncs(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.work()
	r.cast.People(r.vtiger, r.microsoft)
	r.connected("alice")
	b := r.chromium()
	b.open("/sign-in")
	b.typesAt("field-username", "alice")
	b.typesAt("field-password", "demo-alice")
	b.then(b.enter)
	b.goesBy(`nav a[href="/step2"]`)
	b.goesBy(`nav a[href="/step3"], a[href^="/step3"]`)
	b.goesBy(`button[value="preview"]`)
	b.says("15 contacts would be added in Outlook")
	b.goesBy(`form[action$="/apply"] button`)
	b.says("15 contacts added in Outlook")
	_, differences := demo.Compare(r.vtiger, r.microsoft, r.person("alice"))
	require.Empty(t, differences)
	b.goesBy(`a[href^="/log?run="]`)
	b.says("Added")
	b.fine()
}
