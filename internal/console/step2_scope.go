package console

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// putScope puts whose records flow, and which of Outlook's contacts, into the values of the form. An administrator's form
// holds what is granted, a user's what is chosen of it.
func (p *panel) putScope(values url.Values) {
	chosen := p.Settings.OwnerScope
	everyone, owners := chosen.Everyone, chosen.Owners
	if p.Admin {
		everyone, owners = chosen.Granted.Everyone, chosen.Granted.Owners
	}
	values["ownerScope.everyone"], values["ownerScope.owners"] = []string{strconv.FormatBool(everyone)}, owners
	values.Set("ownerScope", scopeText(everyone, owners))
	values["outlookFilter.wanted"], values["outlookFilter.unwanted"] = []string{""}, []string{""}
	if f := p.Settings.OutlookFilter; f != nil {
		values.Set("outlookFilter.wanted", strings.Join(f.Wanted, "\n"))
		values.Set("outlookFilter.unwanted", strings.Join(f.Unwanted, "\n"))
	}
}

// scopeText tells two scopes apart.
func scopeText(everyone bool, owners []string) string {
	return strings.Join(append([]string{strconv.FormatBool(everyone)}, slices.Sorted(slices.Values(owners))...), " ")
}

// scopeBody is what the form asks for. A scope that was not touched is not sent: an administrator who saves something else
// thus does not widen what the user chose.
func scopeBody(posted url.Values, body map[string]any) {
	everyone, owners := posted.Get("ownerScope.everyone") == "true", posted["ownerScope.owners"]
	if posted.Has("ownerScope") && posted.Get("ownerScope") != scopeText(everyone, owners) {
		body["ownerScope"] = map[string]any{"everyone": everyone, "owners": append([]string{}, owners...)}
	}
	if !posted.Has("outlookFilter.wanted") {
		return
	}
	body["outlookFilter"] = nil
	wanted, unwanted := linesOf(posted.Get("outlookFilter.wanted")), linesOf(posted.Get("outlookFilter.unwanted"))
	if len(wanted)+len(unwanted) > 0 {
		body["outlookFilter"] = map[string]any{"wanted": wanted, "unwanted": unwanted}
	}
}

// linesOf are the lines that hold something.
func linesOf(text string) []string {
	all := []string{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// Grantable tells whether there is anything to choose of whose records flow.
func (p *panel) Grantable() bool {
	s := p.Settings.OwnerScope
	return p.Form.fixed["ownerScope"] == "" && (p.Admin || s.Everyone || s.Granted.Everyone || len(p.OwnerOptions()) > 0)
}

// MayEveryone tells whether all records of the module can be chosen.
func (p *panel) MayEveryone() bool {
	s := p.Settings.OwnerScope
	return p.Admin || s.Everyone || s.Granted.Everyone
}

// OwnerOptions are the users and groups whose records can be chosen, and those that were.
func (p *panel) OwnerOptions() []option {
	var all []option
	for _, o := range p.owners {
		text := o.Name
		if o.Group {
			text = say("step2.owner.group", o.Name)
		}
		all = append(all, option{Value: o.ID, Text: text})
	}
	for _, id := range p.Settings.OwnerScope.Owners {
		all = keeping(all, id, id)
	}
	for _, id := range p.Settings.OwnerScope.Granted.Owners {
		all = keeping(all, id, id)
	}
	return all
}

// Flowing are the names of the owners whose records flow besides the user's own.
func (p *panel) Flowing() string {
	var names []string
	for _, o := range p.OwnerOptions() {
		if slices.Contains(p.Settings.OwnerScope.Owners, o.Value) {
			names = append(names, o.Text)
		}
	}
	return strings.Join(names, ", ")
}

// ScopeWrong tells whether something is wrong with whose records flow.
func (p *panel) ScopeWrong() string { return p.Form.WrongAt("ownerScope") }

// Categorised tells whether the filter of categories is to be shown open.
func (p *panel) Categorised() bool {
	return p.Form.Value("outlookFilter.wanted")+p.Form.Value("outlookFilter.unwanted") != "" || p.Form.Wrongs("outlookFilter.wanted", "outlookFilter.unwanted", "outlookFilter")
}
