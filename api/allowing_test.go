package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/vtigersim"
)

const accessPath = "/api/v1/users/access"

// crowd adds so many users of one role to vTiger.
func (r *rig) crowd(n int, role string) (ids []string) {
	for i := range n {
		ids = append(ids, r.vtiger.AddUser(vtigersim.User{UserName: fmt.Sprintf("%s-%03d", strings.ToLower(role), i), LastName: "Crowd", Role: role}))
	}
	return ids
}

type allowedTogether struct {
	Changed []string
	Users   []struct {
		ID      string
		Allowed bool
	}
}

func (c caller) allowTogether(body any) (out allowedTogether) {
	c.t.Helper()
	a := c.do("PUT", accessPath, body)
	require.Equal(c.t, 200, a.status, a.raw)
	a.read(c.t, &out)
	return out
}

// Two hundred users in one call, of whom vTiger is asked once, and who changed is said.
func TestTwoHundredUsersAreAllowedTogether(t *testing.T) {
	r := newRig(t)
	admin := r.as("ada")
	ids := r.crowd(200, "H9")
	out := admin.allowTogether(jsonMap{"allowed": true, "userIds": ids})
	require.ElementsMatch(t, ids, out.Changed)
	require.Len(t, out.Users, 200)
	for _, u := range out.Users {
		require.True(t, u.Allowed)
	}
	out = admin.allowTogether(jsonMap{"allowed": false, "userIds": []string{ids[7], ids[7]}})
	require.Equal(t, []string{ids[7]}, out.Changed)
	out = admin.allowTogether(jsonMap{"allowed": true, "role": "H9"})
	require.Equal(t, []string{ids[7]}, out.Changed, "the others were allowed already")
	require.Len(t, out.Users, 200)
	require.Len(t, admin.allowTogether(jsonMap{"allowed": false, "role": "H9"}).Changed, 200)
}

// An unknown id refuses everything, and its place is named.
func TestAnUnknownUserRefusesAll(t *testing.T) {
	r := newRig(t)
	admin := r.as("ada")
	ids := r.crowd(3, "H9")
	p := admin.do("PUT", accessPath, jsonMap{"allowed": true, "userIds": []string{ids[0], "19x999", ids[2], "x"}}).refused(t, 422, "invalid")
	require.Equal(t, []flaw{{"body.userIds[1]", "vTiger has no such user."}, {"body.userIds[3]", "vTiger has no such user."}}, p.Errors)
	require.NotContains(t, admin.do("GET", "/api/v1/users", nil).raw, `"allowed":true`)
}

// The role counts as it is in vTiger now, and an inactive user is not allowed by it.
func TestWhoHasTheRoleNow(t *testing.T) {
	r := newRig(t)
	admin := r.as("ada")
	ids := r.crowd(3, "H9")
	admin.do("GET", "/api/v1/users", nil)
	require.NoError(t, r.vtiger.UpdateUser(ids[0], func(u *vtigersim.User) { u.Role = "H8" }))
	require.NoError(t, r.vtiger.UpdateUser(ids[1], func(u *vtigersim.User) { u.Inactive = true }))
	require.Equal(t, []string{ids[2]}, admin.allowTogether(jsonMap{"allowed": true, "role": "H9"}).Changed)
	require.Equal(t, "body.role", admin.do("PUT", accessPath, jsonMap{"allowed": true, "role": "H7"}).refused(t, 422, "invalid").Errors[0].Location)
	r.vtiger.SetBrokenTable("Users", true)
	admin.do("PUT", accessPath, jsonMap{"allowed": true, "role": "H9"}).refused(t, 503, "unavailable")
	require.Equal(t, []string{ids[2]}, admin.allowTogether(jsonMap{"allowed": false, "userIds": []string{ids[2]}}).Changed, "known ids need no vTiger")
}

// vTiger tells nobody who is in a group, so an administrator names the members once.
func TestAGroupIsAllowedByItsNamedMembers(t *testing.T) {
	r := newRig(t)
	admin := r.as("ada")
	ids := r.crowd(3, "H9")
	const members = groupsPath + "/20x2/members"
	p := admin.do("PUT", accessPath, jsonMap{"allowed": true, "group": "20x2"}).refused(t, 422, "invalid")
	require.Equal(t, "body.group", p.Errors[0].Location)
	require.Contains(t, p.Detail, "name its members first")
	a := admin.do("PUT", members, jsonMap{"userIds": ids[:2]})
	require.Equal(t, 200, a.status, a.raw)
	require.ElementsMatch(t, ids[:2], admin.allowTogether(jsonMap{"allowed": true, "group": "20x2"}).Changed)

	var list struct{ Groups []groupView }
	admin.do("GET", groupsPath, nil).read(t, &list)
	require.Len(t, list.Groups, 3)
	require.Equal(t, groupView{"20x2", "Team Selling", ids[:2]}, list.Groups[0])
	require.Equal(t, "body.userIds[0]", admin.do("PUT", members, jsonMap{"userIds": []string{"19x999"}}).refused(t, 422, "invalid").Errors[0].Location)
	admin.do("PUT", groupsPath+"/20x99/members", jsonMap{"userIds": ids}).refused(t, 404, "not-found")
	require.Equal(t, "body.group", admin.do("PUT", accessPath, jsonMap{"allowed": true, "group": "20x99"}).refused(t, 422, "invalid").Errors[0].Location)
	require.Equal(t, 200, admin.do("PUT", members, jsonMap{"userIds": []string{}}).status)
	admin.do("GET", groupsPath, nil).read(t, &list)
	require.Empty(t, list.Groups[0].Members)
}

// Administrators see who has not connected yet, and how everybody's last run ended.
func TestUsersShowHowFarTheyCame(t *testing.T) {
	r, admin, alice, connection := staged(t)
	r.as("bob").connection()
	id := alice.at("POST /runs", connection, nil).text(t, "id")
	var list struct {
		Users []struct {
			UserName, Role string
			Connections    []userConnection
		}
	}
	admin.do("GET", "/api/v1/users", nil).read(t, &list)
	by := map[string][]userConnection{}
	for _, u := range list.Users {
		by[u.UserName] = u.Connections
		require.NotEmpty(t, u.Role)
	}
	require.Equal(t, []userConnection{{ID: idOf(connection), Module: "Contacts", SignedIn: true, LastRun: &userRun{ID: id, State: "queued"}}}, by["alice"])
	require.Len(t, by["bob"], 1)
	require.False(t, by["bob"][0].SignedIn)
	require.Nil(t, by["bob"][0].LastRun)
	require.Empty(t, by["carl"])
}

// Whoever loses the leave is stopped at once, nothing is deleted, and the views say why nothing happens.
func TestDisallowingStopsAtOnce(t *testing.T) {
	r, admin, alice, connection := staged(t)
	waiting := alice.at("POST /runs", connection, nil).header.Get("Location")
	settings := admin.at("GET /settings", connection, nil).raw
	require.Equal(t, []string{admin.userID("alice")}, admin.allowTogether(jsonMap{"allowed": false, "userIds": []string{admin.userID("alice"), admin.userID("carl")}}).Changed)
	var v runView
	admin.do("GET", waiting, nil).read(t, &v)
	require.Equal(t, "cancelled", v.State)
	require.Equal(t, "not-allowed", v.Trouble.Kind)
	require.Contains(t, v.Trouble.Sentence, "no longer allows this user to sync")
	require.Contains(t, admin.nextStep(connection), "must allow the vTiger user alice")
	schedules, err := r.server.Ledger.Schedules(t.Context(), "")
	require.NoError(t, err)
	require.NotEmpty(t, schedules[0].Paused)
	require.Equal(t, settings, admin.at("GET /settings", connection, nil).raw)

	admin.allow("alice")
	require.Equal(t, 202, alice.at("POST /runs", connection, nil).status)
	c, err := r.server.Ledger.Connection(t.Context(), idOf(connection))
	require.NoError(t, err)
	require.True(t, c.SignedIn)
	require.Equal(t, ledger.RunState("cancelled"), ledger.RunState(v.State))
}
