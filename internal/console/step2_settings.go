package console

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strconv"

	"contactbridge/internal/client"
)

// newFolder is the choice of a folder that is made when the form is saved.
const newFolder = "new"

// settingsForm is the form of the settings: as stored, or as typed.
func (v *visit) settingsForm(p *panel) {
	s := p.Settings
	stored := settingsValues(s)
	p.putScope(stored)
	p.Form = v.form("", stored)
	p.Form.ETag = p.etag
	if !p.Admin {
		for _, name := range s.Locked {
			for _, field := range fieldsOf(name) {
				p.Form.Locked(field, say("step2.locked"))
			}
		}
		p.Fixed = p.Form.fixed["mapping"]
	}
	p.Rows, p.Conditions = p.rows(), p.conditions()
	changing := v.typed != nil && v.typed.problem == nil
	p.Mapping = changing || p.Form.Wrongs("mapping") || slices.ContainsFunc(p.Rows, func(r mapRow) bool { return r.Open })
}

// Unusual tells whether something is wrong with what stands among the further settings.
func (p *panel) Unusual() bool {
	return p.Form.Wrongs("conflictPolicy", "deleteVersusEdit", "onScopeExit", "existsElsewhere", "phoneRegion", "deleteGuard.count", "deleteGuard.percent", "deleteGuard")
}

// fieldsOf are the form's fields of a setting.
func fieldsOf(setting string) []string {
	switch setting {
	case "deleteGuard":
		return []string{"deleteGuard.count", "deleteGuard.percent"}
	case "outlookFilter":
		return []string{"outlookFilter.wanted", "outlookFilter.unwanted"}
	}
	return []string{setting}
}

func settingsValues(s *client.SettingsView) url.Values {
	filter := ""
	if s.Filter != nil {
		filter = s.Filter.ID
	}
	values := url.Values{
		"folderId": {s.FolderID}, "newFolder": {""}, "direction": {string(s.Direction)}, "filter": {filter},
		"deleteInOutlook": {strconv.FormatBool(s.DeleteInOutlook)}, "deleteInVtiger": {strconv.FormatBool(s.DeleteInVtiger)},
		"conflictPolicy": {string(s.ConflictPolicy)}, "deleteVersusEdit": {string(s.DeleteVersusEdit)}, "onScopeExit": {string(s.OnScopeExit)},
		"existsElsewhere": {string(s.ExistsElsewhere)}, "phoneRegion": {s.PhoneRegion},
		"deleteGuard.count": {number(s.DeleteGuard.Count)}, "deleteGuard.percent": {number(s.DeleteGuard.Percent)},
		"mapping": {""},
	}
	putDrafts(values, draftsOf(s.Mapping))
	putConditions(values, s.Conditions)
	return values
}

// FolderOptions are the mailbox's folders and a new one; the chosen one is there also when the mailbox does not tell it.
func (p *panel) FolderOptions() []option {
	var all []option
	if p.Settings.FolderID == "" {
		all = append(all, option{Text: say("step2.folder.none")})
	}
	for _, f := range p.Folders {
		text := f.Name
		if f.Default != nil && *f.Default {
			text = say("step2.folder.default", f.Name)
		}
		all = append(all, option{Value: f.ID, Text: text})
	}
	return append(keeping(all, p.Settings.FolderID, p.Settings.FolderName), option{Value: newFolder, Text: say("step2.folder.new")})
}

// FilterOptions are the saved filters that can be chosen, and the chosen one.
func (p *panel) FilterOptions() []option {
	all := []option{{Text: say("step2.filter.all")}}
	for _, f := range p.Filters {
		text := f.Name
		if !f.Shared {
			text = say("step2.filter.private", f.Name)
		}
		all = append(all, option{Value: f.ID, Text: text})
	}
	if f := p.Settings.Filter; f != nil {
		return keeping(all, f.ID, f.Name)
	}
	return all
}

// keeping adds a value that is chosen and that nobody offers any more.
func keeping(all []option, value, text string) []option {
	if value == "" || slices.ContainsFunc(all, func(o option) bool { return o.Value == value }) {
		return all
	}
	return append(all, option{Value: value, Text: text})
}

func saveStep2(v *visit) error {
	body, err := v.settingsBody()
	if err != nil {
		return err
	}
	if v.posted("folderId") == newFolder {
		if body["folderId"], err = v.makeFolder(); err != nil {
			return err
		}
	}
	if _, err := v.putSettings(body); err != nil {
		return err
	}
	return v.done("step2.saved")
}

func (v *visit) putSettings(body map[string]any) (*client.SettingsView, error) {
	contentType, sent, err := jsonBody(body)
	if err != nil {
		return nil, err
	}
	params := &client.PutSettingsParams{IfMatch: v.etag()}
	a, err := ask(v.api.PutSettingsWithBodyWithResponse(v.Request.Context(), v.Param("connection"), params, contentType, sent))
	if err != nil {
		return nil, atFields(err)
	}
	return a.JSON200, nil
}

// settingsBody is what the form asks for. A field that the form did not show stays as it is.
func (v *visit) settingsBody() (map[string]any, error) {
	body, posted := map[string]any{}, v.Request.PostForm
	for _, name := range []string{"direction", "conflictPolicy", "deleteVersusEdit", "onScopeExit", "existsElsewhere", "phoneRegion"} {
		if posted.Has(name) {
			body[name] = posted.Get(name)
		}
	}
	for _, name := range []string{"deleteInOutlook", "deleteInVtiger"} {
		if posted.Has(name) {
			body[name] = posted.Get(name) == "true"
		}
	}
	if folder := posted.Get("folderId"); folder != "" && folder != newFolder {
		body["folderId"] = folder
	}
	if posted.Has("filter") {
		body["filter"] = nil
		if id := posted.Get("filter"); id != "" {
			body["filter"] = map[string]string{"id": id}
		}
	}
	if posted.Has("deleteGuard.count") {
		n, err := v.numbers("deleteGuard.count", "deleteGuard.percent")
		if err != nil {
			return nil, err
		}
		body["deleteGuard"] = client.GuardView{Count: n["deleteGuard.count"], Percent: n["deleteGuard.percent"]}
	}
	scopeBody(posted, body)
	conditionsBody(posted, body)
	if posted.Has("mapping") {
		rows, err := mappingBody(posted)
		if err != nil {
			return nil, err
		}
		body["mapping"] = rows
	}
	return body, nil
}

// makeFolder makes the folder that was named. It is chosen in the form from then on, also if the rest cannot be saved.
func (v *visit) makeFolder() (string, error) {
	a, err := ask(v.api.CreateFolderWithResponse(v.Request.Context(), v.Param("connection"), client.CreateFolderInputBody{Name: v.posted("newFolder")}))
	if err != nil {
		return "", moved(err, func(place string) string {
			if place == "body.name" {
				return "body.newFolder"
			}
			return place
		})
	}
	v.Request.PostForm.Set("folderId", a.JSON201.ID)
	v.Request.PostForm.Set("newFolder", "")
	return a.JSON201.ID, nil
}

var within = regexp.MustCompile(`^(body\.(?:mapping\[\d+\]|ownerScope|outlookFilter\.(?:un)?wanted))\b?.*$`)

// atFields moves what is wrong within a row of the mapping, or within a list, to where the form shows it.
func atFields(err error) error {
	return moved(err, func(place string) string { return within.ReplaceAllString(place, "$1") })
}

// moved gives a refusal other places.
func moved(err error, to func(string) string) error {
	var p *client.Problem
	if !errors.As(err, &p) || p.Errors == nil {
		return err
	}
	for i, flaw := range *p.Errors {
		if flaw.Location != nil {
			place := to(*flaw.Location)
			(*p.Errors)[i].Location = &place
		}
	}
	return err
}
