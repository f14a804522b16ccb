package console

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"

	"contactbridge/internal/client"
)

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// together offers to decide for all of a role or of a group. Groups are asked of vTiger, so only when a person wants that.
func (p *usersPage) together(v *visit, counts []client.UserCount) {
	p.Together = v.form("together", url.Values{"role": {""}, "group": {""}})
	n := map[string]int64{}
	for _, c := range counts {
		n[c.Role] += c.Users
	}
	delete(n, "")
	p.Roles, p.Groups = []option{{Text: say("users.none")}}, []option{{Text: say("users.none")}}
	for role, users := range n {
		p.Roles = append(p.Roles, option{Value: role, Text: role + " (" + decimal(users) + ")"})
	}
	slices.SortFunc(p.Roles, func(a, b option) int { return cmp.Compare(a.Value, b.Value) })
	a, err := ask(v.api.ListGroupsWithResponse(v.Request.Context()))
	if err != nil {
		p.NoGroups = say("users.noGroups")
		return
	}
	for _, g := range a.JSON200.Groups {
		p.Groups = append(p.Groups, option{Value: g.ID, Text: g.Name + " (" + strconv.Itoa(len(g.Members)) + ")"})
	}
}

// allowTogether decides for a role or a group.
func allowTogether(v *visit) error {
	return v.allow(client.AccessForAllBody{Allowed: v.posted("allowed") == "true", Role: given(v.Request.PostForm, "role"), Group: given(v.Request.PostForm, "group")})
}
