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
	"contactbridge/internal/contact"
	"contactbridge/internal/demo"
	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/vtigersim"
)

// crew adds so many users of one role to vTiger, and reads the list.
func (r *rig) crew(n int, role string) (ids []string) {
	r.t.Helper()
	for i := range n {
		ids = append(ids, r.vtiger.AddUser(vtigersim.User{
			UserName: fmt.Sprintf("%s-%03d", strings.ToLower(role), i), FirstName: "Person", LastName: fmt.Sprintf("of the long name %03d", i),
			Email: fmt.Sprintf("person.of.the.long.name.%03d@company.example", i), Role: role,
		}))
	}
	a, err := r.program("admin").ListUsersWithResponse(r.t.Context(), nil)
	require.True(r.t, done(r, a, err).JSON200.Current)
	return ids
}

var listedIDs = regexp.MustCompile(`name="id" value="([^"]+)"`)

func (p shown) ids() (out []string) {
	for _, m := range listedIDs.FindAllStringSubmatch(p.page, -1) {
		out = append(out, m[1])
	}
	return out
}

// may are the user names of those who may sync.
func (r *rig) may() (names []string) {
	list, err := r.server.Ledger.UserList(r.t.Context(), ledger.UserFilter{Allowed: true})
	require.NoError(r.t, err)
	for _, u := range list {
		names = append(names, u.UserName)
	}
	return names
}

func TestUsersAreForAdministrators(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, p := range []shown{r.as("alice").open("/users"), r.as("alice").visit(http.MethodPost, "/users/allow", url.Values{"id": {r.person("alice").ID}, "allowed": {"true"}})} {
		require.Equal(t, http.StatusForbidden, p.status)
		p.says("Only administrators may do this")
	}
	require.Empty(t, r.may())
	require.NotContains(t, r.as("alice").open("/tokens").page, `href="/users"`)
	require.Contains(t, r.as("admin").open("/tokens").page, `href="/users"`)
}

// The first look reads the list from vTiger; later ones show what is stored, until somebody asks for more.
func TestTheListOfUsersIsReadAtFirstAndWhenAsked(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.as("admin")
	p := b.open("/users").says("Alice Sales", "Bob", "may not sync")
	require.Len(t, p.ids(), 3)
	r.vtiger.AddUser(vtigersim.User{UserName: "zoe", FirstName: "<b>Zoë", LastName: `"O'Neil" ` + strings.Repeat("x", 60)})
	before := r.vtiger.Counts()
	require.Len(t, b.open("/users").ids(), 3)
	require.Equal(t, before, r.vtiger.Counts(), "vTiger was asked")
	p = p.send("/users/refresh").says("The list was read from vTiger just now.", `<b>Zoë "O'Neil"`)
	require.Len(t, p.ids(), 4)
	require.NotContains(t, p.page, "<b>")
	p.protected()
	r.vtiger.SetBrokenTable("Users", true)
	p.send("/users/refresh").says("Zoë")
	require.NotContains(t, p.open("/users").text(), "The list was read")
}

func TestUsersAreNarrowedAndPaged(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.vtiger.AddUser(vtigersim.User{UserName: "idle", LastName: "Gone", Inactive: true})
	r.crew(230, "H9")
	alice, connection := r.connected("alice")
	r.allow("bob")
	b := r.as("admin")
	p := b.open("/users")
	var all []string
	for pages := 1; ; pages++ {
		require.LessOrEqual(t, len(p.ids()), 100)
		all = append(all, p.ids()...)
		if !strings.Contains(p.page, ">Next page<") {
			require.Equal(t, 3, pages)
			break
		}
		p = b.open("/users" + p.link("Next page"))
	}
	require.Len(t, all, 234)
	require.Equal(t, all[:100], b.open("/users"+p.link("First page")).ids())
	p.says("234 users", "Everybody (234)", "May sync (2)", "May not sync (231)", "Not connected yet (1)", "Connected (1)", "Not active in vTiger (1)")

	id := func(name string) []string { return []string{r.person(name).ID} }
	for query, want := range map[string][]string{
		"state=notConnected": id("bob"), "state=connected": id("alice"), "text=alice": id("alice"), "text=H9-22": all[len(all)-11 : len(all)-1],
		"state=notConnected&text=alice": nil, "state=needsSignIn": nil,
	} {
		require.Equal(t, want, b.open("/users?"+query).ids(), query)
	}
	b.open("/users?text=nobody").says("Nobody fits.")
	b.open("/users?state=happy").says("Use one of")
	b.open("/users?cursor=guess").says("Use a cursor exactly as the page before gave it.")
	require.NoError(t, r.server.Ledger.SetTrouble(t.Context(), connection, string(contact.NeedsSignIn), "Sign in again."))
	p = b.open("/users?state=needsSignIn")
	require.Equal(t, id("alice"), p.ids())
	p.says("must sign in again", "Invite")
	_ = alice
}

// One call decides for all that are chosen, or for nobody.
func TestManyUsersAreAllowedTogether(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ids := r.crew(12, "H9")
	p := r.as("admin").open("/users?text=h9")
	back := p.values("/users/allow").Get("back")
	require.Equal(t, "text=h9", back)
	p = p.visit(http.MethodPost, "/users/allow", url.Values{"id": {ids[0], "19x999", ids[1]}, "allowed": {"true"}, "back": {back}})
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	p.says("vTiger has no such user.")
	require.Len(t, p.ids(), 12, "the page is as it was")
	require.Empty(t, r.may())
	p = p.visit(http.MethodPost, "/users/allow", url.Values{"allowed": {"true"}, "back": {back}})
	p.says("Choose somebody first. Nothing was changed.")
	p = p.visit(http.MethodPost, "/users/allow", url.Values{"id": ids[:10], "allowed": {"true"}, "back": {back}})
	p.says("10 more users may sync now.", "not connected yet")
	require.Equal(t, "h9", p.at.Query().Get("text"))
	require.Len(t, r.may(), 10)
	p = p.visit(http.MethodPost, "/users/allow", url.Values{"id": {ids[0]}, "allowed": {"false"}, "back": {"%zz"}})
	p.says("1 user may no longer sync. Nothing is deleted.")
	require.Len(t, r.may(), 9)

	p = p.open("/users?together=yes").says("H9 (12)", "Team Selling (0)")
	p.send("/users/together", "role", "H9", "allowed", "true").says("3 more users may sync now.")
	require.Len(t, r.may(), 12)
	p = p.send("/users/together", "group", "20x2", "allowed", "true")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	require.Contains(t, p.text(), "name its members first")
	p = p.open("/users?together=yes").send("/users/together", "allowed", "true")
	p.says("Name the users by exactly one of")
	a, err := r.program("admin").PutMembersWithResponse(t.Context(), "20x2", client.MembersInputBody{UserIds: ids[:2]})
	done(r, a, err)
	p.open("/users?together=yes").send("/users/together", "group", "20x2", "allowed", "false").says("2 users may no longer sync.")
	require.Len(t, r.may(), 10)
}

// An invitation needs no connection beforehand; whoever signs in by it is connected.
func TestUsersAreInvited(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.allow("alice")
	b := r.as("admin")
	require.NotContains(t, b.open("/users").page, ">Invite<", "before step 1 there is nothing to invite to")
	r.step1()
	p := b.open("/users?state=notConnected")
	button := regexp.MustCompile(`name="invited" value="([^"]*)">Invite<`).FindAllStringSubmatch(p.page, -1)
	require.Len(t, button, 1)
	require.Equal(t, r.person("alice").ID+"  alice", button[0][1])
	p = p.visit(http.MethodPost, "/users/invite", url.Values{"invited": {button[0][1]}, "back": {"state=notConnected"}})
	require.Equal(t, http.StatusOK, p.status)
	p.says("Give this link to alice.", "It works once")
	link := regexp.MustCompile(regexp.QuoteMeta(r.url) + `/connect/\w+`).FindString(p.page)
	require.NotEmpty(t, link)
	require.Equal(t, []string{r.person("alice").ID}, p.ids())

	// Without a mail server the API says so, and a second invitation takes the same connection.
	p = p.send("/users/invite")
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	p.says("No mail server is set in the alert settings")
	again := regexp.MustCompile(`name="invited" value="([^"]*)">Invite<`).FindStringSubmatch(p.page)[1]
	p = p.visit(http.MethodPost, "/users/invite", url.Values{"invited": {again}})
	list, err := r.server.Ledger.Connections(t.Context(), "")
	require.NoError(t, err)
	require.Len(t, list, 1)
	link = regexp.MustCompile(regexp.QuoteMeta(r.url) + `/connect/\w+`).FindString(p.page)
	_, err = demo.Connect(t.Context(), link, r.person("alice"))
	require.NoError(t, err)
	p = b.open("/users?state=connected").says("Alice Sales", "connected Contacts")
	require.NotContains(t, p.page, ">Invite<")
	p = b.visit(http.MethodPost, "/users/invite", url.Values{"invited": {r.person("bob").ID + "  bob"}})
	p.says("An administrator must allow the vTiger user bob to sync first.")
}

// A page of two hundred users stays light.
func TestAPageOfUsersIsLight(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.step1()
	ids := r.crew(200, "H9")
	_, err := r.server.Ledger.AllowAll(t.Context(), ids, true)
	require.NoError(t, err)
	b := r.as("admin")
	p := b.open("/users?state=allowed")
	require.Len(t, p.ids(), 100)
	files := 0
	for _, name := range assets {
		files += len(b.open(assetPath(name)).page)
	}
	t.Logf("%d bytes, %d of them the page", len(p.page)+files, len(p.page))
	require.Less(t, len(p.page)+files, 100_000)
}
