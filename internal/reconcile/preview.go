package reconcile

import (
	"encoding/json"

	"contactbridge/internal/contact"
)

// Honoured is a new plan beside the preview that a person said yes to.
type Honoured struct {
	Send    []bool // by operation of the new plan: the preview shows the same
	Changed []int  // operations of the preview that are neither planned alike nor were sent before
}

// Honour divides a new plan by a preview: only what the preview shows alike may be sent. sent is what was sent of the preview
// already, which the new plan has no reason to repeat. The preview may show an operation once only.
func Honour(planned, previewed, sent []Operation) Honoured {
	shown, done := map[string]bool{}, map[string]bool{}
	for _, op := range previewed {
		shown[op.likeness()] = true
	}
	for _, op := range sent {
		for _, action := range []contact.Action{contact.Insert, contact.Update, contact.Delete} {
			op.Action = action // the line of a refused one is an error's, and does not tell
			done[op.likeness()] = true
		}
	}
	out := Honoured{Send: make([]bool, len(planned))}
	for i, op := range planned {
		l := op.likeness()
		out.Send[i] = shown[l]
		done[l] = true
	}
	for i, op := range previewed {
		if !done[op.likeness()] {
			out.Changed = append(out.Changed, i)
		}
	}
	return out
}

// likeness names what an operation does: equal ones write the same over the same. The id that an insert gets is no part
// of it.
func (o Operation) likeness() string {
	type value struct{ Before, After string }
	fields := make(map[contact.Field]value, len(o.Fields))
	for f, c := range o.Fields {
		fields[f] = value{c.Before, c.After}
	}
	v, u := o.VTiger, o.Outlook
	switch {
	case o.Action == contact.Insert && o.Side == contact.VTiger:
		v = ""
	case o.Action == contact.Insert:
		u = ""
	}
	// Strings and maps of strings always marshal, with sorted keys.
	raw, _ := json.Marshal([]any{o.Side, o.Action, v, u, fields})
	return string(raw)
}
