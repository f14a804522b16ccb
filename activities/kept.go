package activities

import (
	"strings"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// kept is the reason of an operation, with what the side's store made less of than was sent to it; empty when it kept all.
// What it made becomes that side's face and flows back to nobody, so that it is told here only.
func kept(c ledger.Connection, op ledger.Operation, shown map[string]string) string {
	face, less := c.Settings.Mapping.Read(op.Side, shown), []string(nil)
	for _, s := range c.Shapes() {
		change, written := op.Fields[s.Field]
		if written && !s.Same(face[s.Field], change.After) && reconcile.Shows(s, face[s.Field], change.After) {
			less = append(less, string(s.Field))
		}
	}
	if len(less) == 0 || op.Action == contact.Delete {
		return ""
	}
	return op.Reason + " " + op.Side.Title() + " stores less of " + strings.Join(less, ", ") + " than it was sent."
}
