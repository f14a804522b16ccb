package api

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
	"contactbridge/internal/simulator/vtigersim"
)

func (c caller) health(query string) (v healthView) {
	c.t.Helper()
	a := c.do("GET", "/api/v1/health"+query, nil)
	require.Equal(c.t, 200, a.status, a.raw)
	a.read(c.t, &v)
	require.Len(c.t, v.Days, ledger.Fortnight)
	require.Equal(c.t, time.Now().UTC().Format(time.DateOnly), v.Days[ledger.Fortnight-1].Day)
	return v
}

// Everybody sees how their own sync is, administrators how everybody's is.
func TestHealthIsOnesOwnOrEverybodys(t *testing.T) {
	r, admin, alice, connection := staged(t)
	other := r.as("bob").connection()
	run := alice.at("POST /runs", connection, nil).text(t, "id")
	r.waits(connection, "q", reconcile.GuardHold)
	r.waits(other, "q", reconcile.GuardHold)
	r.refuses(connection, "12x1", true)
	r.refuses(connection, "12x2", false)
	r.exec("INSERT INTO days (user_id, day, done, failed) SELECT user_id, (now() AT TIME ZONE 'UTC')::date - 2, 7, 1 FROM connections")
	r.exec("UPDATE epochs SET linked = 5, outside = 2, detached = 3")

	mine := alice.health("")
	require.Equal(t, []standingCount{{ledger.NotSynced, 1}}, mine.Connections)
	require.Equal(t, contactsHealth{InSync: 5, Outside: 2, Detached: 3, Waiting: 1, Refused: 1, Parked: 1}, mine.Contacts)
	require.Equal(t, 7, mine.Days[ledger.Fortnight-3].Done)
	require.Equal(t, 1, mine.Days[ledger.Fortnight-3].Failed)
	require.Zero(t, mine.Days[ledger.Fortnight-1].Done)
	require.Equal(t, run, mine.LastRun.ID)
	require.Empty(t, mine.Attention)
	require.Equal(t, mine, alice.health("?user="+admin.userID("alice")))
	require.Equal(t, mine, admin.health("?user="+admin.userID("alice")))

	require.NoError(t, r.server.Ledger.SetTrouble(t.Context(), idOf(connection), string(contact.NeedsSignIn), "Sign in again."))
	all := admin.health("")
	require.Equal(t, []standingCount{{ledger.NoSignIn, 1}, {ledger.NotConnected, 1}}, all.Connections)
	require.Equal(t, 2, all.Contacts.Waiting)
	require.Equal(t, 14, all.Days[ledger.Fortnight-3].Done)
	require.Equal(t, []attentionView{{idOf(connection), admin.userID("alice"), "alice", "Contacts", ledger.NoSignIn, "needs-sign-in", "Sign in again."}}, all.Attention)
	require.NotContains(t, fmt.Sprint(r.as("bob").health("")), "alice")
	require.Nil(t, r.as("bob").health("").LastRun)
}

func TestTheSecretsEndIsShownToAdministrators(t *testing.T) {
	_, admin, alice, _ := staged(t)
	require.Nil(t, admin.health("").SecretEnds)
	admin.saveMicrosoft(map[string]any{"secretExpiresAt": "2031-05-06"})
	require.Equal(t, "2031-05-06", *admin.health("").SecretEnds)
	require.Nil(t, alice.health("").SecretEnds)
}

type userPage struct {
	Users   []listedUser
	Next    string
	Counts  []userCount
	Current bool
}

func (c caller) users(query string) (p userPage) {
	c.t.Helper()
	a := c.do("GET", "/api/v1/users"+query, nil)
	require.Equal(c.t, 200, a.status, a.raw)
	a.read(c.t, &p)
	return p
}

func (p userPage) names() (out []string) {
	for _, u := range p.Users {
		out = append(out, u.UserName)
	}
	return out
}

// The list can be read page by page and narrowed, and then vTiger is not asked.
func TestUsersArePagedAndNarrowed(t *testing.T) {
	r, admin, _, connection := staged(t)
	r.crowd(23, "H9")
	r.vtiger.AddUser(vtigersim.User{UserName: "idle", LastName: "Gone", Inactive: true})
	r.as("bob").connection()
	whole := admin.users("")
	require.True(t, whole.Current)
	require.Len(t, whole.Users, len(whole.names()))
	asked := r.vtiger.Counts()
	require.NotEmpty(t, asked)
	var paged []string
	next, pages := "", 0
	for next != "" || pages == 0 {
		p := admin.users("?stored=true&limit=10&cursor=" + next)
		require.False(t, p.Current)
		require.LessOrEqual(t, len(p.Users), 10)
		paged, next, pages = append(paged, p.names()...), p.Next, pages+1
	}
	require.Equal(t, whole.names(), paged)
	require.Greater(t, pages, 2)
	for query, want := range map[string][]string{
		"text=H9-00":                          {"h9-000", "h9-001", "h9-002", "h9-003", "h9-004", "h9-005", "h9-006", "h9-007", "h9-008", "h9-009"},
		"text=100%25":                         nil,
		"text=_":                              nil,
		"name=ALICE":                          {"alice"},
		"name=alic":                           nil,
		"state=allowed":                       {"alice", "bob"},
		"state=inactive":                      {"idle"},
		"state=connected":                     {"alice"},
		"state=notConnected":                  {"bob"},
		"state=needsSignIn":                   nil,
		"state=notAllowed&text=h9-01&limit=2": {"h9-010", "h9-011"},
	} {
		require.Equal(t, want, admin.users("?stored=true&"+query).names(), query)
	}
	require.Equal(t, asked, r.vtiger.Counts(), "vTiger was asked")

	require.NoError(t, r.server.Ledger.SetTrouble(t.Context(), idOf(connection), string(contact.NeedsSignIn), "Sign in again."))
	p := admin.users("?stored=true&state=needsSignIn")
	require.Equal(t, []string{"alice"}, p.names())
	require.False(t, p.Users[0].Connections[0].SignedIn)
	require.NoError(t, r.server.Ledger.SetTrouble(t.Context(), idOf(connection), string(contact.NeedsAdmin), "Ask."))
	require.Equal(t, []string{"alice"}, admin.users("?stored=true&state=failing").names())
	n := 0
	for _, c := range p.Counts {
		n += c.Users
		if c.Role == "H9" {
			require.Equal(t, userCount{"H9", ledger.UserNotAllowed, false, 23}, c)
		}
	}
	require.Len(t, whole.Users, n)
	require.Empty(t, admin.users("?stored=true&text="+url.QueryEscape("' OR 1=1 --")).Users)
}
