package console

import (
	"net/url"
	"strconv"

	"contactbridge/internal/client"
)

// defaults are what new connections start with, what only administrators may change, and what no sync may do.
var defaults = page{
	name: "defaults", path: "/settings/defaults", who: admins, show: showDefaults,
	acts: map[string]func(*visit) error{"": saveDefaults, "apply": applyDefaults},
}

// lockable are the settings of connections that an administrator can keep for administrators; applicable those of which
// the default can be given to all. The API knows the same.
var (
	lockable = []string{
		"direction", "ownerScope", "mapping", "filter", "conditions", "outlookFilter", "syncFrom", "conflictPolicy", "deleteInOutlook", "deleteInVtiger", "deleteVersusEdit", "deleteGuard",
		"onScopeExit", "existsElsewhere", "batchSize", "automatic", "intervalMinutes", "phoneRegion",
	}
	applicable = []string{
		"direction", "ownerScope", "mapping", "outlookFilter", "syncFrom", "conflictPolicy", "deleteInOutlook", "deleteInVtiger", "deleteVersusEdit", "deleteGuard",
		"onScopeExit", "existsElsewhere", "batchSize", "automatic", "intervalMinutes", "phoneRegion",
	}
)

type defaultsPage struct {
	Tabs            []entry
	Form, Apply     *form
	Locks, Settings []option
}

func showDefaults(v *visit) (any, error) {
	held, err := ask(v.api.GetDefaultsWithResponse(v.Request.Context()))
	if err != nil {
		return nil, err
	}
	d := held.JSON200
	p := defaultsPage{Tabs: v.tabs(), Locks: namedSettings(lockable), Settings: namedSettings(applicable)}
	p.Form = v.form("", url.Values{
		"direction": {string(d.Direction)}, "conflictPolicy": {string(d.ConflictPolicy)}, "deleteVersusEdit": {string(d.DeleteVersusEdit)},
		"onScopeExit": {string(d.OnScopeExit)}, "existsElsewhere": {string(d.ExistsElsewhere)}, "phoneRegion": {d.PhoneRegion},
		"deleteInOutlook": {strconv.FormatBool(d.DeleteInOutlook)}, "deleteInVtiger": {strconv.FormatBool(d.DeleteInVtiger)},
		"automatic": {strconv.FormatBool(d.Automatic)}, "syncFrom": {text(d.SyncFrom)},
		"batchSize": {number(d.BatchSize)}, "intervalMinutes": {number(d.IntervalMinutes)},
		"deleteGuard.count": {number(d.DeleteGuard.Count)}, "deleteGuard.percent": {number(d.DeleteGuard.Percent)},
		"caps.usersMayDeleteInVtiger": {strconv.FormatBool(d.Caps.UsersMayDeleteInVtiger)},
		"caps.usersMayCreateInVtiger": {strconv.FormatBool(d.Caps.UsersMayCreateInVtiger)},
		"caps.smallestInterval":       {number(d.Caps.SmallestInterval)}, "locked": d.Locked,
	})
	p.Form.ETag = held.HTTPResponse.Header.Get("ETag")
	p.Apply = v.form("apply", url.Values{})
	return p, nil
}

// namedSettings are settings of connections as people know them.
func namedSettings(names []string) []option {
	options := make([]option, len(names))
	for i, name := range names {
		options[i] = option{Value: name, Text: word("setting", name)}
	}
	return options
}

func saveDefaults(v *visit) error {
	n, err := v.numbers("batchSize", "intervalMinutes", "deleteGuard.count", "deleteGuard.percent", "caps.smallestInterval")
	if err != nil {
		return err
	}
	contentType, sent, err := jsonBody(map[string]any{
		"direction": v.posted("direction"), "conflictPolicy": v.posted("conflictPolicy"), "deleteVersusEdit": v.posted("deleteVersusEdit"),
		"onScopeExit": v.posted("onScopeExit"), "existsElsewhere": v.posted("existsElsewhere"), "phoneRegion": v.posted("phoneRegion"),
		"deleteInOutlook": v.checked("deleteInOutlook"), "deleteInVtiger": v.checked("deleteInVtiger"), "automatic": v.checked("automatic"),
		"syncFrom": orNull(v.posted("syncFrom")), "batchSize": n["batchSize"], "intervalMinutes": n["intervalMinutes"],
		"deleteGuard": map[string]any{"count": n["deleteGuard.count"], "percent": n["deleteGuard.percent"]},
		"caps": map[string]any{
			"usersMayDeleteInVtiger": v.checked("caps.usersMayDeleteInVtiger"), "usersMayCreateInVtiger": v.checked("caps.usersMayCreateInVtiger"),
			"smallestInterval": n["caps.smallestInterval"],
		},
		"locked": append([]string{}, v.Request.PostForm["locked"]...),
	})
	if err != nil {
		return err
	}
	_, err = ask(v.api.PutDefaultsWithBodyWithResponse(v.Request.Context(), &client.PutDefaultsParams{IfMatch: v.etag()}, contentType, sent))
	if err != nil {
		return err
	}
	return v.done("defaults.saved")
}

func applyDefaults(v *visit) error {
	body := client.ApplyDefaultsJSONRequestBody{}
	for _, name := range v.Request.PostForm["fields"] {
		body.Fields = append(body.Fields, client.SpreadInputBodyFields(name))
	}
	if len(body.Fields) == 0 {
		return wrong("fields", "defaults.fields.none")
	}
	if skip := v.checked("skipPreview"); skip {
		body.SkipPreview = &skip
	}
	a, err := ask(v.api.ApplyDefaultsWithResponse(v.Request.Context(), body))
	if err != nil {
		return err
	}
	v.flash("good", counted("defaults.applied", a.JSON200.Changed))
	return v.doneAt(v.action(""), "")
}
