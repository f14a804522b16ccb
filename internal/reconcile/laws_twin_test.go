package reconcile

import (
	"errors"
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"contactbridge/internal/contact"
)

// twinning is what befalls two vTiger records that one insert of ours made: the one that the link holds, and the other.
type twinning struct {
	Held, Other string
}

// twinnings draws mostly the fates that keep a twin alive.
var twinnings = rapid.Custom(func(t *rapid.T) twinning {
	return twinning{
		Held:  rapid.SampledFrom([]string{"", "", "edited", "gone", "outside", "absent", "busy", "foreign", "unexpected"}).Draw(t, "held"),
		Other: rapid.SampledFrom([]string{"", "", "", "edited", "outside", "busy", "copied"}).Draw(t, "other"),
	}
})

// onlyTwins (T3): a record is deleted as a twin only if nobody saved it since it was made and a living linked record shows
// the same stamp, which that one's partner expects; its twin is that such a one does go, and nothing else.
func onlyTwins(h history, plan maker) error {
	m, err := play(h, plan, deletesOnlyTwins)
	if err != nil {
		return err
	}
	l, err := m.probe(plan, deletesOnlyTwins)
	if err != nil {
		return err
	}
	if h.Twins.Held != "unexpected" {
		m.books[contact.Outlook][l.Outlook].expects = []string{"S"}
	}
	held := m.books[contact.VTiger][l.VTiger]
	held.stamp, held.untouched = "S", true
	*m.next++
	id := fmt.Sprintf("v%03d", *m.next)
	other := *held
	m.books[contact.VTiger][id] = &other
	held.befallTwin(h.Twins.Held)
	other.befallTwin(h.Twins.Other)
	if _, err = m.sync(plan, contact.Both, deletesOnlyTwins); err != nil {
		return err
	}
	spared := slices.Contains([]string{"gone", "outside", "absent", "busy", "foreign", "unexpected"}, h.Twins.Held) || h.Twins.Other != ""
	wanted := !spared && m.policy.Direction.Allows(contact.VTiger)
	if deleted := other.presence == contact.Deleted; deleted != wanted {
		return fmt.Errorf("a twin, held %q, other %q: deleted %t", h.Twins.Held, h.Twins.Other, deleted)
	}
	if held.presence == contact.Deleted && h.Twins.Held != "gone" {
		return errors.New("the linked record is deleted")
	}
	return nil
}

// befallTwin lets one thing happen to a stamped record.
func (r *stored) befallTwin(fate string) {
	switch fate {
	case "edited":
		r.untouched = false
	case "gone":
		r.presence = contact.Deleted
	case "outside":
		r.presence = contact.Outside
	case "absent":
		r.absent = true
	case "busy":
		r.busy = true
	case "foreign": // an insert of another record
		r.stamp = "F"
	case "copied":
		r.stamp = ""
	}
}

// deletesOnlyTwins is the part of T7 that every plan must keep.
func deletesOnlyTwins(w World, p Plan) error {
	for _, op := range p.Operations {
		if op.Action != contact.Delete || op.VTiger != "" && op.Outlook != "" {
			continue
		}
		r := w.Of(op.Side)[op.Of(op.Side)]
		_, linked := w.holding(op.Side, r.ID)
		living := slices.ContainsFunc(w.Links, func(l Link) bool {
			held := w.VTiger[l.VTiger]
			return held.Presence == contact.Present && held.Stamp == r.Stamp && !held.Busy &&
				slices.Contains(w.Outlook[l.Outlook].Expected, r.Stamp)
		})
		switch {
		case op.Side != contact.VTiger || !w.Policy.Direction.Allows(op.Side) || linked:
			return fmt.Errorf("deletes %s, which no rule of twins reaches", r.ID)
		case r.Presence != contact.Present || r.Busy || !r.Untouched || r.Stamp == "" || !living:
			return fmt.Errorf("deletes %s as a twin: %s, busy %t, untouched %t, of a living one %t", r.ID, r.Presence, r.Busy, r.Untouched, living)
		}
	}
	return nil
}
