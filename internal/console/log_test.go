package console

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
	"contactbridge/internal/simulator/vtigersim"
)

// written is a connection of somebody with a run whose log a test writes, as a worker does.
type written struct {
	*rig
	connection ledger.Connection
	run        string
}

// writes gives somebody a connection and a run. Nothing is synced.
func (r *rig) writes(name string) written {
	r.t.Helper()
	r.allow(name)
	c, err := r.server.Ledger.CreateConnection(r.t.Context(), r.person(name).ID, "Contacts", ledger.Settings{})
	require.NoError(r.t, err)
	run, err := r.server.Ledger.RequestRun(r.t.Context(), c, "", contact.Both, c.UserID)
	require.NoError(r.t, err)
	return written{r, c, run.ID}
}

// line adds a line; minutes is how long ago it was settled.
func (w written) line(name string, minutes int, change func(*ledger.Operation)) {
	w.t.Helper()
	at := time.Now().Add(-time.Duration(minutes) * time.Minute).Truncate(time.Second)
	o := ledger.Operation{
		ConnectionID: w.connection.ID, RunID: w.run, Epoch: 1, Side: contact.Outlook, Action: contact.Update, Outcome: ledger.Done, Name: name,
		Reason: "jobTitle changed in vTiger.", CreatedAt: at, SettledAt: &at, Native: map[string]string{},
		Fields: map[contact.Field]reconcile.FieldChange{"jobTitle": {Before: "Clerk", After: "Head of Sales"}},
	}
	if change != nil {
		change(&o)
	}
	_, err := w.server.Ledger.DB().NewInsert().Model(&o).ExcludeColumn("id").Exec(w.t.Context())
	require.NoError(w.t, err)
}

var summaries = regexp.MustCompile(`<details(?: open)?><summary><bdi>([^<]*)</bdi>`)

// names are the contacts that a page of the log lists, in order.
func (p shown) names() (out []string) {
	for _, m := range summaries.FindAllStringSubmatch(p.page, -1) {
		out = append(out, html.UnescapeString(m[1]))
	}
	return out
}

// link is the address of a link with a text.
func (p shown) link(label string) string {
	p.t.Helper()
	m := regexp.MustCompile(`<a href="([^"]*)"[^>]*>` + regexp.QuoteMeta(label) + `</a>`).FindStringSubmatch(p.page)
	require.NotNil(p.t, m, "no link %s on %s", label, p.page)
	return html.UnescapeString(m[1])
}

func TestTheLogIsNarrowedByEveryFilter(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	require.NoError(t, r.vtiger.UpdateUser(r.person("alice").ID, func(u *vtigersim.User) { u.TimeZone = "Pacific/Auckland" }))
	b := r.as("alice")
	r.allow("alice")
	b.open("/log").says("The log is empty. It fills with the first sync.")
	w := r.writes("alice")
	w.line("Ann Added", 50, func(o *ledger.Operation) { o.Action = contact.Insert })
	w.line("Ben Failed", 40, func(o *ledger.Operation) { o.Action, o.Outcome = ledger.ErrorAction, ledger.Failed })
	w.line("Cid Here", 30, func(o *ledger.Operation) { o.Side = contact.VTiger; o.VTigerID = "12x77" })
	w.line("Dan Skipped", 20, func(o *ledger.Operation) { o.Action, o.Outcome = ledger.SkipAction, ledger.Skipped })
	second, err := r.server.Ledger.RequestRun(t.Context(), w.connection, "second", contact.ToOutlook, w.connection.UserID)
	require.NoError(t, err)
	other := written{r, w.connection, second.ID}
	other.line("Eve Deleted", 10, func(o *ledger.Operation) { o.Action = contact.Delete })

	zone, err := time.LoadLocation("Pacific/Auckland")
	require.NoError(t, err)
	ago := func(minutes int) string {
		return url.QueryEscape(time.Now().Add(-time.Duration(minutes) * time.Minute).In(zone).Format("2006-01-02T15:04"))
	}
	for query, want := range map[string][]string{
		"":                                       {"Eve Deleted", "Dan Skipped", "Cid Here", "Ben Failed", "Ann Added"},
		"action=insert":                          {"Ann Added"},
		"outcome=failed":                         {"Ben Failed"},
		"outcome=failed&action=error":            {"Ben Failed"},
		"direction=toVtiger":                     {"Cid Here"},
		"text=ann":                               {"Ann Added"},
		"text=+12x77+":                           {"Cid Here"},
		"run=" + second.ID:                       {"Eve Deleted"},
		"since=" + ago(25):                       {"Eve Deleted", "Dan Skipped"},
		"until=" + ago(35):                       {"Ben Failed", "Ann Added"},
		"since=" + ago(45) + "&until=" + ago(25): {"Cid Here", "Ben Failed"},
		"user=" + w.connection.UserID:            {"Eve Deleted", "Dan Skipped", "Cid Here", "Ben Failed", "Ann Added"},
		"action=&outcome=&text=&since=":          {"Eve Deleted", "Dan Skipped", "Cid Here", "Ben Failed", "Ann Added"},
		"action=conflict":                        nil,
	} {
		p := b.open("/log?" + query)
		require.Equal(t, http.StatusOK, p.status, query)
		require.Equal(t, want, p.names(), query)
		if want == nil {
			p.says("Nothing in the log fits these filters.")
			continue
		}
		// The table of the same filters has the same lines.
		table := b.open(p.link("Export as CSV"))
		require.Equal(t, "text/csv; charset=utf-8", table.header.Get("Content-Type"), query)
		require.Len(t, strings.Split(strings.TrimSpace(table.page), "\r\n"), len(want)+1, query)
		for _, name := range want {
			require.Contains(t, table.page, name, query)
		}
	}
	p := b.open("/log?action=error")
	p.says("Problem", "Failed", "in Outlook", "jobTitle changed in vTiger.", "Clerk", "Head of Sales")
	require.Equal(t, "/runs/"+w.run, p.link("The sync that did it"))
	require.Contains(t, p.page, `<option value="error" selected>`)

	for query, says := range map[string]string{
		"since=soon": "Enter a day and a time, such as 2026-01-31T09:00.",
		"since=2026-01-02T00:00&until=2026-01-01T00:00": "Use a time after since.",
		"action=explode":                   "Use one of",
		"run=nothing":                      "There is no such run, or it belongs to somebody else.",
		"cursor=guess":                     "Use a cursor exactly as the page before gave it.",
		"text=" + strings.Repeat("x", 201): "200",
	} {
		p := b.open("/log?" + query)
		require.Equal(t, http.StatusOK, p.status, query)
		require.Contains(t, p.text(), says, query)
		require.Empty(t, p.names(), query)
	}
}

// Fifty lines a page, further and back, and no line is missed or shown twice while others are written.
func TestPagesOfTheLogStandStill(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	w := r.writes("alice")
	for i := range 120 {
		w.line(fmt.Sprintf("Person %03d", i), 200-i, nil)
	}
	b := r.as("alice")
	first := b.open("/log?text=person")
	require.Len(t, first.names(), 50)
	require.NotContains(t, first.page, ">Newer<")
	second := b.open(first.link("Older"))
	for i := range 5 {
		w.line(fmt.Sprintf("Person new %d", i), 0, nil)
	}
	third := b.open(second.link("Older"))
	require.NotContains(t, third.page, ">Older<")
	var all []string
	for _, p := range []shown{first, second, third} {
		all = append(all, p.names()...)
	}
	require.Len(t, all, 120)
	for i, name := range all {
		require.Equal(t, fmt.Sprintf("Person %03d", 119-i), name)
	}
	require.Equal(t, second.names(), b.open(third.link("Newer")).names())
	require.Equal(t, all[:45], b.open(b.open(third.link("Newer")).link("Newer")).names()[5:])
	require.Equal(t, "Person new 4", b.open(third.link("Newest")).names()[0])
	require.Equal(t, "person", third.at.Query().Get("text"))
}

// People see their own lines only; administrators see everybody's, and of others' which fields changed, not what is in them.
func TestTheLogShowsValuesToTheirOwnerOnly(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	a, b := r.writes("alice"), r.writes("bob")
	a.line("Ann of Alice", 2, nil)
	b.line("Bea of Bob", 1, nil)
	alice, admin := r.as("alice"), r.as("admin")
	p := alice.open("/log")
	require.Equal(t, []string{"Ann of Alice"}, p.names())
	p.says("Head of Sales")
	require.NotContains(t, p.page, `name="who"`)
	require.Equal(t, http.StatusForbidden, alice.open("/log?user="+r.person("bob").ID).status)
	alice.open("/log?run=" + b.run).says("There is no such run, or it belongs to somebody else.")
	require.Equal(t, []string{"Ann of Alice"}, alice.open("/log?who=bob").names(), "what only administrators can narrow is not narrowed")

	p = admin.open("/log").says("Only bob sees what is in the fields. These changed: Job title.")
	require.Equal(t, []string{"Bea of Bob", "Ann of Alice"}, p.names())
	require.NotContains(t, p.page, "Head of Sales")
	p = admin.open("/log?who=ALICE&action=update")
	require.Equal(t, r.person("alice").ID, p.at.Query().Get("user"))
	require.Equal(t, "update", p.at.Query().Get("action"))
	require.Equal(t, []string{"Ann of Alice"}, p.names())
	require.Equal(t, []string{"Bea of Bob"}, admin.open(admin.open("/log").link("bob")).names())
	admin.open("/log?who=nobody").says("vTiger has no user with the name nobody.")
}

// Whatever people write into contacts is text, and a page stays light with fifty lines of it.
func TestHostileAndLongContactsAreTextAndLight(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	w := r.writes("alice")
	hostile := `<script>alert("x")</script>' onmouseover="x" ` + "\u202eevil\u202c"
	long := strings.Repeat("Wöhr & Söhne <b> ", 60)
	for i := range 51 {
		w.line(fmt.Sprint(hostile, i, long), 100-i, func(o *ledger.Operation) {
			o.Action = contact.Insert
			o.Reason = "The contact is new in vTiger, and so it is added in Outlook, because the connection's direction lets it travel there."
			o.Fields = map[contact.Field]reconcile.FieldChange{}
			for f := range 25 {
				o.Fields[contact.Field(fmt.Sprint("businessPhones", f))] = reconcile.FieldChange{Before: long, After: hostile + long, Conflict: true, Lost: long}
			}
		})
	}
	w.line(" ", 0, nil)
	b := r.as("alice")
	p := b.open("/log")
	p.protected()
	require.NotContains(t, p.page, "<script>alert")
	require.NotContains(t, p.page, "<b>")
	require.Len(t, p.names(), 50)
	require.Equal(t, "(no name)", p.names()[0])
	p.says(`<script>alert("x")</script>' onmouseover="x"`)
	files := 0
	for _, name := range assets {
		files += len(b.open(assetPath(name)).page)
	}
	t.Logf("%d bytes, %d of them the page", len(p.page)+files, len(p.page))
	require.Less(t, len(p.page)+files, 100_000)

	// One line can be seen whole.
	m := regexp.MustCompile(`form="whole" name="whole" value="(\d+)"`).FindStringSubmatch(p.page)
	require.NotNil(t, m)
	require.NotContains(t, p.text(), strings.TrimSpace(long))
	b.open("/log?whole="+m[1]).says(hostile, strings.Join(strings.Fields(long), " "), "Business phones24")
}
