package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// tick posts the settings form with boxes of one name ticked as wanted.
func (p shown) tick(name string, values ...string) shown {
	p.t.Helper()
	form := p.values(p.of())
	form[name] = values
	return p.visit(http.MethodPost, p.of(), form)
}

// An administrator grants whose records flow; the user narrows it, and nobody widens it by saving something else.
func TestStep2WhoseRecordsFlow(t *testing.T) {
	t.Parallel()
	r, alice, b, at, id := settled(t)
	bob, admins := r.person("bob").ID, r.as("admin")
	p := b.open(at).says("The records of vTiger whose owner is alice.")
	require.NotContains(t, p.page, "ownerScope.owners")
	require.NotContains(t, p.text(), "Bob")
	p.tick("ownerScope.owners", bob).says("The settings are saved.")
	require.Empty(t, alice.settings(id).OwnerScope.Owners, "a form without it changes nothing")
	form := p.values(at)
	form["ownerScope"], form["ownerScope.owners"] = []string{"false"}, []string{bob}
	form.Set("etag", b.open(at).values(at).Get("etag"))
	refused := b.visit(http.MethodPost, at, form)
	require.Equal(t, http.StatusForbidden, refused.status)
	refused.says("An administrator did not grant the records of all these owners")

	p = admins.open(at).says("Grant the records of other users or groups", "Bob Sales (bob)", "(group)")
	require.Empty(t, p.values(at)["ownerScope.owners"])
	p = p.tick("ownerScope.owners", bob, "20x2").says("The settings are saved.")
	require.ElementsMatch(t, []string{bob, "20x2"}, p.values(at)["ownerScope.owners"])

	p = b.open(at).says("The records of vTiger whose owner is alice, and those of: Bob Sales (bob)", "Change whose records flow")
	require.NotContains(t, p.text(), "Ada Administrator")
	require.NotContains(t, p.page, "ownerScope.everyone")
	require.ElementsMatch(t, []string{bob, "20x2"}, p.values(at)["ownerScope.owners"])
	p = p.tick("ownerScope.owners", "20x2").says("The settings are saved.")
	require.Equal(t, []string{"20x2"}, alice.settings(id).OwnerScope.Owners)
	require.Equal(t, []string{"20x2"}, p.values(at)["ownerScope.owners"])

	p = admins.open(at)
	require.ElementsMatch(t, []string{bob, "20x2"}, p.values(at)["ownerScope.owners"], "what is granted")
	p = p.save("conflictPolicy", "ask").says("The settings are saved.")
	require.Equal(t, []string{"20x2"}, alice.settings(id).OwnerScope.Owners, "what alice chose stays")

	p.save("ownerScope.everyone", "true").says("All records of the module in vTiger, whoever owns them.")
	p = b.open(at).says("Everybody's records")
	form = p.values(at)
	form.Del("ownerScope.everyone")
	form["ownerScope.owners"] = []string{bob}
	b.visit(http.MethodPost, at, form).says("The settings are saved.")
	s := alice.settings(id).OwnerScope
	require.Equal(t, []string{bob}, s.Owners)
	require.False(t, s.Everyone)
	require.True(t, s.Granted.Everyone)

	form = admins.open(at).values(at)
	form["ownerScope.owners"] = []string{"20x77"}
	form.Del("ownerScope.everyone")
	p = admins.visit(http.MethodPost, at, form)
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	p.says("vTiger has no such user or group.")
	require.Equal(t, s, alice.settings(id).OwnerScope)
}

func TestStep2Categories(t *testing.T) {
	t.Parallel()
	_, alice, b, at, id := settled(t)
	p := b.open(at)
	require.Contains(t, p.page, "<details><summary>Only some contacts of Outlook, by category")
	p = p.save("outlookFilter.wanted", "Customers\r\n\r\n <b>\"VIP\"</b> \r\n", "outlookFilter.unwanted", "Private").says("The settings are saved.")
	f := alice.settings(id).OutlookFilter
	require.Equal(t, []string{"Customers", `<b>"VIP"</b>`}, f.Wanted)
	require.Equal(t, []string{"Private"}, f.Unwanted)
	require.NotContains(t, p.page, "<b>")
	require.Contains(t, p.page, "<details open><summary>Only some contacts of Outlook, by category")
	p.save().says("The settings are saved.")
	require.Equal(t, f, alice.settings(id).OutlookFilter)

	p = b.open(at).save("outlookFilter.unwanted", "Private\nprivate", "deleteInOutlook", "true")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Regexp(t, `id="field-outlookFilter.unwanted-wrong">It is the same category as`, p.page)
	require.Equal(t, "Private\nprivate", p.values(at).Get("outlookFilter.unwanted"))
	require.Equal(t, "true", p.values(at).Get("deleteInOutlook"))
	p.save("outlookFilter.wanted", "", "outlookFilter.unwanted", " ").says("The settings are saved.")
	require.Nil(t, alice.settings(id).OutlookFilter)
}

// What is not touched is not sent, whatever the order of the ids.
func TestAScopeIsSentWhenItWasTouched(t *testing.T) {
	t.Parallel()
	for sent, posted := range map[bool]url.Values{
		false: {"ownerScope": {"false 19x5 20x2"}, "ownerScope.owners": {"20x2", "19x5"}},
		true:  {"ownerScope": {"false 19x5 20x2"}, "ownerScope.owners": {"20x2", "19x5"}, "ownerScope.everyone": {"true"}},
	} {
		body := map[string]any{}
		scopeBody(posted, body)
		require.Equal(t, sent, body["ownerScope"] != nil)
	}
	require.True(t, slices.IsSorted(strings.Fields(scopeText(false, []string{"20x2", "19x5"}))[1:]))
}
