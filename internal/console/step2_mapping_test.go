package console

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/client"
	"contactbridge/internal/fieldmap"
)

// mapRowOf finds the row of a mapping with an Outlook property.
func mapRowOf(t *testing.T, rows []client.Row, outlook string) (int, client.Row) {
	t.Helper()
	i := slices.IndexFunc(rows, func(r client.Row) bool { return r.Outlook == outlook })
	require.GreaterOrEqual(t, i, 0, outlook)
	return i, rows[i]
}

// saveRow fills in the fields of an open row and saves. Several values of a field stand with + between.
func (p shown) saveRow(i int, pairs ...string) shown {
	p.t.Helper()
	form := p.values(p.of())
	require.Contains(p.t, []string{"open", "wide"}, form.Get(rowName(i)), p.text())
	for j := 0; j+1 < len(pairs); j += 2 {
		form[rowName(i)+"."+pairs[j]] = strings.Split(pairs[j+1], "+")
	}
	return p.visit(http.MethodPost, p.of(), form)
}

// files is how large the files of every page are.
func files(p shown) (all int) {
	for _, name := range assets {
		all += len(p.open(assetPath(name)).page)
	}
	return all
}

func TestTheMappingIsChangedRowByRow(t *testing.T) {
	t.Parallel()
	_, alice, b, at, id := settled(t)
	before := alice.settings(id).Mapping
	n := len(before)
	p := b.open(at).says(fmt.Sprintf("%d pairs of fields", n), "Values of a real contact appear here after the first preview.", "First Name", "First name")
	require.NotContains(t, p.page, `<details open><summary>`)
	p.save().says("The settings are saved.")
	require.Equal(t, before, alice.settings(id).Mapping, "a table that nobody touched stays as it is")

	// A row is added and filled in; another setting that was typed before is still there.
	p = p.pressing("rows", "add", "conflictPolicy", "ask")
	require.Equal(t, http.StatusOK, p.status)
	require.Equal(t, "ask", p.values(at).Get("conflictPolicy"))
	require.Equal(t, before, alice.settings(id).Mapping, "nothing is saved yet")
	p = p.pressing("rows", "open 8").pressing("rows", "open 9")
	require.Less(t, len(p.page)+files(p), 100_000, "a phone fetches less than 100 kB, also with some rows open")
	p = p.saveRow(n, "vtiger", "assistantphone", "outlook", "officeLocation", "direction", "toOutlook", "transform", "trim", "into", "none", "case", "upper", "separator", "comma")
	p.says("The settings are saved.", "Office", "without spaces around it")
	s := alice.settings(id)
	require.Equal(t, "ask", string(s.ConflictPolicy))
	_, row := mapRowOf(t, s.Mapping, "officeLocation")
	require.Equal(t, client.Row{Outlook: "officeLocation", Vtiger: []string{"assistantphone"}, Direction: "toOutlook", Transform: &client.Transform{Kind: "trim"}}, row)

	// It is changed, by its direction without opening it, and then by the rest.
	p = p.save(rowName(n)+".direction", "both").says("The settings are saved.")
	p = p.pressing("rows", fmt.Sprint("open ", n)).saveRow(n, "transform", "case", "case", "title", "into", "outlook")
	_, row = mapRowOf(t, alice.settings(id).Mapping, "officeLocation")
	require.Equal(t, "both", string(row.Direction))
	require.Equal(t, "title", string(*row.Transform.Case))
	require.Equal(t, "outlook", string(*row.Transform.Into))
	require.Equal(t, n+1, len(alice.settings(id).Mapping))

	// The first one is removed: the others keep what they say.
	p = p.pressing("rows", "remove 0")
	require.Len(t, alice.settings(id).Mapping, n+1)
	p = p.save().says("The settings are saved.")
	require.Equal(t, before[1:], alice.settings(id).Mapping[:n-1])

	// A row that was left blank is none.
	p = p.pressing("rows", "add").save().says("The settings are saved.")
	require.Len(t, alice.settings(id).Mapping, n)
	for _, nonsense := range []string{"", "open 99", "remove -1", "remove x", "drop 1"} {
		require.Equal(t, http.StatusOK, p.pressing("rows", nonsense).status)
	}

	// Back to the default at once, and what else was typed is still there.
	p = p.pressing("reset", "", "deleteInOutlook", "true").says("The mapping is the default again, and saved.")
	require.Equal(t, before, alice.settings(id).Mapping)
	require.False(t, alice.settings(id).DeleteInOutlook)
	require.Equal(t, "true", p.values(at).Get("deleteInOutlook"))
	p.save().says("The settings are saved.")
	require.True(t, alice.settings(id).DeleteInOutlook)
	require.Equal(t, before, alice.settings(id).Mapping)
}

func TestWhatIsWrongWithTheMappingStandsBesideTheRow(t *testing.T) {
	t.Parallel()
	_, alice, b, at, id := settled(t)
	before := alice.settings(id).Mapping
	n := len(before)
	rows := func(p shown) string { return p.page[indexOf(t, p.page, fmt.Sprintf(`id="row-%d"`, n+1)):] }
	for _, c := range []struct {
		says  string
		pairs []string
	}{
		{"there is no vTiger field", []string{"vtiger", `<b>nothing</b>`, "outlook", "officeLocation"}},
		{"mapped twice", []string{"vtiger", "assistantphone", "outlook", "surname"}},
		{"no vTiger field is named", []string{"outlook", "officeLocation"}},
		{"takes phone numbers", []string{"vtiger", "assistantphone", "outlook", "officeLocation", "transform", "e164"}},
		{"lacks a word", []string{"vtiger", "leadsource", "outlook", "officeLocation", "transform", "picklist", "pairs", "only one word"}},
		{"fixed needs a value", []string{"vtiger", "assistantphone", "transform", "fixed", "direction", "toVtiger"}},
		{"holds one value", []string{"vtiger", "assistantphone+otherpobox", "outlook", "officeLocation"}},
	} {
		p := b.open(at).pressing("rows", "add", "conflictPolicy", "ask").saveRow(n, c.pairs...)
		require.Equal(t, http.StatusUnprocessableEntity, p.status, c.says)
		require.Regexp(t, `<p class="wrong">[^<]*`+c.says, rows(p), c.says)
		require.NotContains(t, p.page, "<b>nothing")
		require.Equal(t, "ask", p.values(at).Get("conflictPolicy"))
		for i := 0; i+1 < len(c.pairs); i += 2 {
			require.Equal(t, strings.Split(c.pairs[i+1], "+"), filled(p.values(at)[rowName(n)+"."+c.pairs[i]]), c.says)
		}
		require.Equal(t, before, alice.settings(id).Mapping)
	}

	// A row can have more fields on a side.
	p := b.open(at).pressing("rows", "open 0")
	require.Equal(t, 1, strings.Count(p.page, `name="mapping[0].vtiger"`))
	p = p.pressing("rows", "more 0")
	require.Equal(t, 2, strings.Count(p.page, `name="mapping[0].vtiger"`))
	require.Equal(t, 2, strings.Count(p.page, `name="mapping[0].outlook"`))

	// A flaw of a row after a blank one stands beside its own row.
	p = b.open(at).pressing("rows", "add").pressing("rows", "add").saveRow(n+1, "vtiger", "assistantphone", "outlook", "surname")
	require.Contains(t, rows(p), "mapped twice")
	require.Equal(t, n+1, strings.Count(p.page, `id="row-`))

	// What is wrong with the table as a whole stands above it.
	last, _ := mapRowOf(t, before, "surname")
	p = b.open(at).pressing("rows", fmt.Sprint("remove ", last)).save()
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Regexp(t, `id="mapping">[^<]*</h2><p class="notice bad">[^<]*lastname must be mapped`, p.page)
}

// Whatever a mapping holds goes through the form unchanged.
func TestTransformsTravelThroughTheForm(t *testing.T) {
	t.Parallel()
	_, alice, b, at, id := settled(t)
	into, comma, title, value := client.TransformInto("outlook"), client.TransformSeparator("comma"), client.TransformCase("title"), ` "A" = <b> & C `
	yes, no := "yes", "no way"
	pairs := []client.Pair{{Outlook: "Met at the fair", Vtiger: "Trade Show"}, {Outlook: "Phoned", Vtiger: "Cold Call"}}
	rows := []client.Row{
		{Outlook: "surname", Vtiger: []string{"lastname"}, Direction: "both", Transform: &client.Transform{Kind: "case", Case: &title, Into: &into}},
		{Outlook: "emailAddresses", Vtiger: []string{"email", "secondaryemail"}, Direction: "both"},
		{Outlook: "mobilePhone", Vtiger: []string{"mobile"}, Direction: "both", Transform: &client.Transform{Kind: "e164"}},
		{Outlook: "businessAddress.street", Also: &[]string{"otherAddress.street"}, Vtiger: []string{"mailingstreet"}, Direction: "toVtiger", Transform: &client.Transform{Kind: "first"}},
		{Outlook: "officeLocation", Vtiger: []string{"mailingcity", "mailingstate"}, Direction: "toOutlook", Transform: &client.Transform{Kind: "join", Separator: &comma}},
		{Outlook: "profession", Vtiger: []string{"leadsource"}, Direction: "both", Transform: &client.Transform{Kind: "picklist", Pairs: &pairs}},
		{Outlook: "nickName", Vtiger: []string{"donotcall"}, Direction: "both", Transform: &client.Transform{Kind: "boolean", Yes: &yes, No: &no}},
		{Outlook: "", Vtiger: []string{"title"}, Direction: "toVtiger", Transform: &client.Transform{Kind: "fixed", Value: &value}},
		{Outlook: "department", Vtiger: []string{}, Direction: "toOutlook", Transform: &client.Transform{Kind: "fixed", Value: &value}},
	}
	a, err := alice.PutSettingsWithResponse(t.Context(), id, nil, client.SettingsChange{Mapping: &rows})
	done(alice.rig, a, err)
	require.Equal(t, rows, alice.settings(id).Mapping)
	p := b.open(at)
	require.NotContains(t, p.page, "<b>")
	p.save("conflictPolicy", "ask").says("The settings are saved.")
	require.Equal(t, rows, alice.settings(id).Mapping, "shut")
	p = b.open(at)
	for i := range rows {
		p = p.pressing("rows", fmt.Sprint("open ", i))
	}
	p.save().says("The settings are saved.")
	require.Equal(t, rows, alice.settings(id).Mapping, "open")
}

// A form of rows is read as it was written, whatever a mapping holds, with as many rows as it may have.
func TestDraftsAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	all := []draft{
		{State: shutRow, VTiger: []string{"a", "b"}, Outlook: []string{"x"}, Direction: "both", Kind: "join", Separator: "line"},
		{State: openRow, Direction: "toVtiger"},
		{State: wideRow, Outlook: []string{"y", "z"}, Kind: "picklist", Pairs: "o = v\n", Yes: "y", No: "n", Into: "vtiger", Case: "upper", Value: "mapping[0]"},
	}
	for len(all) < 200 {
		all = append(all, draft{State: shutRow, VTiger: []string{fmt.Sprint("f", len(all))}})
	}
	values := url.Values{"direction": {"both"}, "mapping": {""}}
	putDrafts(values, all)
	require.Equal(t, all, drafts(values))
	putDrafts(values, all[:1])
	require.Equal(t, all[:1], drafts(values))
	require.Equal(t, "both", values.Get("direction"))
	require.NotEmpty(t, fieldmap.Modules)
	for _, m := range modules {
		require.Contains(t, fieldmap.Modules, m)
		require.True(t, catalogue.has("step2.module."+m))
	}
}
