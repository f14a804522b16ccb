package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// limitView is a setting that an administrator's caps limit.
type limitView struct {
	Field    string `json:"field"`
	Sentence string `json:"sentence" doc:"What counts instead, and why"`
}

// limits are the settings of a connection that count only as far as the caps allow.
func limits(c ledger.Connection) []limitView {
	caps, out := c.Rules.Caps, []limitView{}
	if caps.NoCreateInVTiger && c.Settings.Direction.Allows(contact.VTiger) {
		out = append(out, limitView{"direction", "An administrator allows no new contacts in vTiger: what is new in Outlook is not inserted there."})
	}
	if c.Settings.DeleteInVTiger && caps.NoDeleteInVTiger {
		out = append(out, limitView{"deleteInVtiger", noDeletions})
	}
	if c.Settings.Interval() < c.Effective().Interval() {
		out = append(out, limitView{"intervalMinutes", fmt.Sprintf("An administrator lets no connection sync by itself more often than every %d minutes.", caps.SmallestInterval)})
	}
	return out
}

const noDeletions = "An administrator allows no deletions in vTiger: what is deleted in Outlook stays there."

// ensurePermitted refuses a change of what an administrator locked, and for everybody one that the caps would not let
// count. What stays as it is may be sent along.
func ensurePermitted(u ledger.User, rules ledger.Rules, before, after ledger.Settings) error {
	var flaws []flaw
	for _, name := range changedSettings(before, after) {
		if !u.Admin && slices.Contains(rules.Locked, name) {
			flaws = append(flaws, flaw{Location: "body." + name, Message: "An administrator locked it."})
		}
	}
	if len(flaws) > 0 {
		return refuse(locked, "An administrator locked this setting; nothing was changed.", flaws...)
	}
	return ensureWithinCaps(rules.Caps, before, after)
}

// ensureWithinCaps refuses settings that the caps would not let count.
func ensureWithinCaps(caps ledger.Caps, before, after ledger.Settings) error {
	switch {
	case caps.NoDeleteInVTiger && after.DeleteInVTiger && !before.DeleteInVTiger:
		return refuseField("body.deleteInVtiger", noDeletions)
	case after.IntervalMinutes != before.IntervalMinutes && after.IntervalMinutes < caps.SmallestInterval:
		return refuseField("body.intervalMinutes", fmt.Sprintf("An administrator set %d minutes as the smallest interval.", caps.SmallestInterval))
	}
	return nil
}

// changedSettings names the settings that differ, in order.
func changedSettings(before, after ledger.Settings) []string {
	old, now := settingsByName(before), settingsByName(after)
	return slices.DeleteFunc(slices.Sorted(maps.Keys(now)), func(name string) bool { return reflect.DeepEqual(old[name], now[name]) })
}

// settingsByName gives the settings under the names that the API and the ledger have for them.
func settingsByName(s ledger.Settings) map[string]any {
	var out map[string]any
	// Plain values always marshal, and what was marshalled can be read.
	raw, _ := json.Marshal(s)
	_ = json.Unmarshal(raw, &out)
	return out
}
