package reconcile

import "contactbridge/internal/contact"

// isTwin tells whether an operation deletes a record without a partner.
func isTwin(op Operation) bool {
	return op.Action == contact.Delete && (op.VTiger == "" || op.Outlook == "")
}

// revived takes stamped records that were deleted for living ones.
func revived(w *World) {
	eachSeen(w, func(r *Seen) {
		if r.Stamp != "" && r.Presence == contact.Deleted {
			r.Presence = contact.Present
		}
	})
}

// stampedAlike takes an equal address for an equal stamp.
func stampedAlike(w *World) {
	for _, l := range w.Links {
		held := w.VTiger[l.VTiger]
		for id, r := range w.VTiger {
			if r.Stamp == "" && r.Contact["emailAddresses"] != "" && r.Contact["emailAddresses"] == held.Contact["emailAddresses"] {
				r.Stamp = held.Stamp
				w.VTiger[id] = r
			}
		}
	}
}

// ofAnyInsert takes a linked record for what the insert of its partner made, whatever stamp it shows.
func ofAnyInsert(w *World) {
	for _, l := range w.Links {
		if expected := w.Outlook[l.Outlook].Expected; len(expected) > 0 && w.VTiger[l.VTiger].Stamp != "" {
			held := w.VTiger[l.VTiger]
			held.Stamp = expected[0]
			w.VTiger[l.VTiger] = held
		}
	}
}

// allExpected lets every linked record's partner expect the stamp that it shows.
func allExpected(w *World) {
	for _, l := range w.Links {
		if o, seen := w.Outlook[l.Outlook]; seen {
			o.Expected = []string{w.VTiger[l.VTiger].Stamp}
			w.Outlook[l.Outlook] = o
		}
	}
}

// outsideTwins takes stamped records outside for present ones.
func outsideTwins(w *World) {
	eachSeen(w, func(r *Seen) {
		if r.Stamp != "" && r.Presence == contact.Outside {
			r.Presence = contact.Present
		}
	})
}

// deletesTheLinked keeps the twin and deletes the one that the link holds.
func deletesTheLinked(w World) Plan {
	p := Make(w)
	for i, op := range p.Operations {
		for _, l := range w.Links {
			if isTwin(op) && w.VTiger[l.VTiger].Stamp == w.VTiger[op.VTiger].Stamp {
				p.Operations[i].VTiger = l.VTiger
			}
		}
	}
	return p
}
