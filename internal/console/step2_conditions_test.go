package console

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/client"
)

// askedBy is what conditions ask, as words.
func askedBy(all []client.ConditionView) (out []string) {
	for _, c := range all {
		out = append(out, c.Field+" "+string(c.Operator)+" "+text(c.Value))
	}
	return out
}

func TestStep2Conditions(t *testing.T) {
	t.Parallel()
	r, alice, b, at, id := settled(t)
	p := b.open(at)
	require.Contains(t, p.page, "<details><summary>Only records that meet conditions")
	require.Regexp(t, `aria-label="Field of condition 1"><option value="" selected>No condition</option><option value="assistant">Assistant</option>`, p.page)
	require.NotContains(t, p.page, `<option value="modifiedtime">Modified Time</option><option value="otherphone"`)
	p.save("conditions[0].operator", "contains", "conditions[0].value", "without a field").says("The settings are saved.")
	require.Empty(t, alice.settings(id).Conditions)

	p = b.open(at).save("conditions[0].field", "leadsource", "conditions[0].value", ` <b>"Web"</b> `).says("The settings are saved.")
	require.Equal(t, []string{`leadsource is <b>"Web"</b>`}, askedBy(alice.settings(id).Conditions))
	require.NotContains(t, p.page, "<b>")
	require.Contains(t, p.page, "<details open><summary>Only records that meet conditions")
	require.Equal(t, "leadsource", p.values(at).Get("conditions[0].field"))
	p.save("conditions[1].field", "donotcall", "conditions[1].value", "No").says("The settings are saved.")
	two := []string{`leadsource is <b>"Web"</b>`, "donotcall is 0"}
	require.Equal(t, two, askedBy(alice.settings(id).Conditions))
	b.open(at).save().says("The settings are saved.")
	require.Equal(t, two, askedBy(alice.settings(id).Conditions), "what is not touched stays")

	// The first row is emptied, so that what is wrong stands beside the row that is the first by then.
	p = b.open(at).save("conditions[0].field", "", "conditions[1].operator", "contains", "conditions[2].field", "birthday", "conditions[2].operator", "isAfter", "conditions[2].value", "soon", "direction", "toOutlook")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Regexp(t, `<details open><summary>Only records that meet conditions`, p.page)
	require.Regexp(t, `id="field-conditions\[0\].operator-wrong">A check box can only`, p.page)
	require.Regexp(t, `id="field-conditions\[1\].value-wrong">Use a day such as`, p.page)
	require.Regexp(t, `name="conditions\[1\].value" type="text" value="soon"[^>]* aria-describedby="field-conditions\[1\].value-wrong" aria-invalid="true"`, p.page)
	require.Equal(t, "toOutlook", p.values(at).Get("direction"))
	require.Equal(t, two, askedBy(alice.settings(id).Conditions))
	p.save("conditions[0].operator", "is", "conditions[1].value", "2000-01-31").says("The settings are saved.")
	require.Equal(t, []string{"donotcall is 0", "birthday isAfter 2000-01-31"}, askedBy(alice.settings(id).Conditions))

	// A field that vTiger has no more is still shown, and may stay.
	require.NoError(t, r.vtiger.SetFieldOff("Contacts", "donotcall", true))
	p = b.open(at)
	require.Equal(t, "donotcall", p.values(at).Get("conditions[0].field"))
	p.save("conflictPolicy", "ask").says("The settings are saved.")
	require.Len(t, alice.settings(id).Conditions, 2)
	p = b.open(at).save("conditions[1].value", "2000-02-01")
	require.Regexp(t, `id="field-conditions\[0\].field-wrong">vTiger has no such field`, p.page)
	p.save("conditions[0].field", "").says("The settings are saved.")
	require.Equal(t, []string{"birthday isAfter 2000-02-01"}, askedBy(alice.settings(id).Conditions))
	b.open(at).save("conditions[0].field", "").says("The settings are saved.")
	require.Empty(t, alice.settings(id).Conditions)
}

// What an administrator locked is shown and neither asked for nor sent.
func TestStep2LockedConditions(t *testing.T) {
	t.Parallel()
	r, alice, b, at, id := settled(t)
	b.open(at).save("conditions[0].field", "leadsource", "conditions[0].operator", "isNotEmpty").says("The settings are saved.")
	locks, err := r.program("admin").PutDefaultsWithResponse(t.Context(), nil, client.DefaultsChange{Locked: lockedOf([]string{"conditions"})})
	done(r, locks, err)
	p := b.open(at).says("An administrator has fixed this for everybody.", "Lead Source", "is not empty")
	require.NotContains(t, p.page, `name="conditions`)
	p.save("conflictPolicy", "ask").says("The settings are saved.", "is not empty")
	require.Len(t, alice.settings(id).Conditions, 1)
	require.Contains(t, r.as("admin").open(at).page, `name="conditions[0].field"`)
}

// A long list stays light: below 100 kB with what the page loads.
func TestStep2WithManyConditionsIsLight(t *testing.T) {
	t.Parallel()
	r, alice, b, at, id := settled(t)
	var all []client.ConditionView
	for i := range 20 {
		value := fmt.Sprint("Not ", i)
		all = append(all, client.ConditionView{Field: "leadsource", Operator: client.IsNot, Value: &value})
	}
	files := 0
	for _, name := range assets {
		files += len(b.open(assetPath(name)).page)
	}
	for _, n := range []int{0, fullChoices, 20} {
		some := all[:n]
		saved, err := alice.PutSettingsWithResponse(t.Context(), id, nil, client.SettingsChange{Conditions: &some})
		done(alice.rig, saved, err)
		weight := len(r.as("admin").open(at).page) + files
		t.Logf("%d conditions: %d bytes", n, weight)
		require.Less(t, weight, 100_000)
	}
	p := b.open(at).save("conditions[0].field", "").says("The settings are saved.")
	require.Len(t, alice.settings(id).Conditions, 19)
	p.save("conditions[19].field", "title", "conditions[19].operator", "isEmpty", "conditions[19].value", "").says("The settings are saved.")
	p = b.open(at).save("conditions[20].field", "title", "conditions[20].operator", "isNotEmpty")
	require.Regexp(t, `<details open><summary>Only records that meet conditions.*\s*<p>.*</p><p class="notice bad">Give at most 20`, p.page)
}
