package activities

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
	"contactbridge/internal/vtiger"
)

// ensureFields refuses a plan that does anything, or asks whether it may delete, while vTiger has not every field that the
// connection's mapping and conditions name. Records show nothing in a field that was removed: by the mapping that would be
// cleared in Outlook, and by the conditions everybody would leave the scope, or enter it. What was read meanwhile shows that
// too when the field is back, which moves no modified time: the next run reads all anew.
func (a *Activities) ensureFields(ctx context.Context, crm *vtiger.Client, c ledger.Connection, rows ledger.PlanRows) error {
	asks := slices.ContainsFunc(rows.Holds, func(h ledger.Hold) bool { return h.Kind == reconcile.GuardHold })
	if len(rows.Links)+len(rows.Operations) == 0 && !asks {
		return nil
	}
	described, err := crm.Fields(ctx, c.Module)
	if err != nil {
		return err
	}
	missing := func(name string) bool {
		return !slices.ContainsFunc(described, func(f vtiger.FieldInfo) bool { return f.Name == name })
	}
	for _, row := range c.Settings.Mapping {
		if i := slices.IndexFunc(row.VTiger, missing); i >= 0 {
			return cmp.Or(a.Ledger.ReadAgain(ctx, c.Feed(contact.VTiger)), fieldGone(row.VTiger[i], "mapping", "the row"))
		}
	}
	for _, condition := range c.Settings.Conditions {
		if missing(condition.Field) {
			return cmp.Or(a.Ledger.ReadAgain(ctx, c.Feed(contact.VTiger)), fieldGone(condition.Field, "conditions", "the condition"))
		}
	}
	return nil
}

func fieldGone(name, setting, part string) error {
	return &contact.Error{
		Kind: contact.NeedsAdmin, Code: "field-gone", Doing: "compare the settings with the fields of vTiger",
		Sentence: fmt.Sprintf("vTiger has no field %s any more, which the %s of this connection names; take %s away, or put the field back in vTiger.", name, setting, part),
	}
}
