package reconcile

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"contactbridge/internal/contact"
)

// patience is how many histories a mutant may survive. They are seeded, so that the same ones kill it every time.
const patience = 600

// mutants are planners with one thing broken, and the law that has to notice.
var mutants = []struct {
	what string
	law  string
	plan maker
}{
	{"never writes to Outlook", "T1", without(func(op Operation) bool { return op.Side == contact.Outlook && op.Action == contact.Update })},
	{"never inserts", "T1", without(func(op Operation) bool { return op.Action == contact.Insert })},
	{"inserts although a stranger matches", "T1", insertsTwins},
	{"links strangers without merging them", "T1", linksWithoutMerging},
	{"one-faced base", "T2", seeing(oneFaced)},
	{"base never moves", "T2", standingBase},
	{"writes what both sides agree on", "T2", writesAgreements},
	{"whole-record overwrite on update", "T4", overwrites},
	{"conflicts drop the loser silently", "T4", silent},
	{"the other side wins", "T4", seeing(func(w *World) { otherWins(w) })},
	{"directions are ignored", "T4", seeing(bothWays)},
	{"no base at all", "T4", seeing(func(w *World) { eachLink(w, func(l *Link) { l.Base = nil }) })},
	{"sets are overwritten like texts", "T4", overwritesSets},
	{"never deletes", "T5", without(func(op Operation) bool { return op.Action == contact.Delete })},
	{"deletes although the switch is off", "T5", seeing(func(w *World) {
		w.Policy.Deletes = map[contact.Side]bool{contact.VTiger: true, contact.Outlook: true}
	})},
	{"detached links forgotten", "T5", seeing(func(w *World) {
		w.Links = slices.DeleteFunc(w.Links, func(l Link) bool { return l.State == Detached })
	})},
	{"detached links taken for active ones", "T5", seeing(func(w *World) { eachLink(w, func(l *Link) { l.State = Active }) })},
	{"a deletion wins over an edit", "T5", seeing(func(w *World) { w.Policy.DeleteWins = true })},
	{"an edit always wins over a deletion", "T5", seeing(func(w *World) { w.Policy.DeleteWins = false })},
	{"deletions are taken for absence", "T6 absence", seeing(func(w *World) { deletedIsAbsent(w.VTiger); deletedIsAbsent(w.Outlook) })},
	{"absent taken for deleted", "T6 absence", seeing(absentIsDeleted)},
	{"outside taken for deleted", "T6 absence", seeing(func(w *World) {
		eachSeen(w, func(r *Seen) {
			if r.Presence == contact.Outside {
				r.Presence = contact.Deleted
			}
		})
	})},
	{"outside taken for present", "T6 absence", seeing(func(w *World) {
		eachSeen(w, func(r *Seen) {
			if r.Presence == contact.Outside {
				r.Presence = contact.Present
			}
		})
	})},
	{"busy ignored", "T6 absence", seeing(func(w *World) { eachSeen(w, func(r *Seen) { r.Busy = false }) })},
	{"never deletes a twin", "T3 twins", without(isTwin)},
	{"deletes edited twins", "T3 twins", seeing(func(w *World) { eachSeen(w, func(r *Seen) { r.Untouched = true }) })},
	{"deletes the twin of a dead record", "T3 twins", seeing(revived)},
	{"deletes what is like a linked record without its stamp", "T3 twins", seeing(stampedAlike)},
	{"deletes what another insert made", "T3 twins", seeing(ofAnyInsert)},
	{"deletes a twin that the partner does not expect", "T3 twins", seeing(allExpected)},
	{"deletes twins of another owner", "T3 twins", seeing(outsideTwins)},
	{"deletes twins against the direction", "T3 twins", seeing(bothWays)},
	{"deletes the linked twin", "T3 twins", deletesTheLinked},
	{"forgets which stamps its inserts carry", "T3 an", seeing(func(w *World) { eachSeen(w, func(r *Seen) { r.Expected = nil }) })},
	{"sends an unclear insert again at once", "T3 an", seeing(func(w *World) { eachSeen(w, func(r *Seen) { r.Busy = false }) })},
	{"the newest is taken without the clocks' offset", "T4", seeing(func(w *World) { w.Ahead = nil })},
	{"the newest is vTiger's for hours", "T4", seeing(func(w *World) { w.Ahead = map[contact.Side]time.Duration{contact.VTiger: -9 * time.Hour} })},
	{"asks nobody", "T4", seeing(func(w *World) {
		if w.Policy.Conflict == AskFirst {
			w.Policy.Conflict = VTigerWins
		}
	})},
	{"hears no answer", "T4", seeing(func(w *World) { w.Answers = nil })},
	{"what vTiger takes back is any change", "T4", seeing(func(w *World) { eachLink(w, func(l *Link) { l.Replaced = nil }) })},
	{"an old form counts for ever", "T4", seeing(func(w *World) { w.Now = dawn })},
	{"removes copies that nobody wants removed", "T5", seeing(func(w *World) {
		w.Policy.RemoveCopy = map[contact.Side]bool{contact.VTiger: true, contact.Outlook: true}
	})},
	{"never removes a copy", "T5", seeing(func(w *World) { w.Policy.RemoveCopy = nil })},
	{"forgets that a deletion was seen", "T5", seeing(func(w *World) { eachLink(w, func(l *Link) { l.Condemned = "" }) })},
	{"the date holds everything back", "T1", seeing(func(w *World) { w.Policy.SyncFrom = w.Now.Add(24 * time.Hour) })},
	{"the date is ignored", "T1", seeing(func(w *World) { w.Policy.SyncFrom = time.Time{} })},
	{"rows have no direction", "T9", seeing(bothWays)},
	{"never clears", "T9", neverClears},
	{"what a side never had is cleared on the other", "T9", clearsTheUnset},
	{"a reduction flows back", "T10", seeing(oneFaced)},
	{"writes more than the side can carry", "T10", writesWhole},
	{"keeps quiet about what it reduces", "T10", func(w World) Plan {
		p := Make(w)
		p.Findings = slices.DeleteFunc(p.Findings, func(f Finding) bool { return f.Why.Kind == "reduced" })
		return p
	}},
	{"links the first of several candidates", "T11", linksTheFirst},
	{"inserts what is ambiguous", "T11", insertsAmbiguous},
	{"takes strangers for known ones", "T11", without(func(op Operation) bool { return op.Action == contact.Insert })},
	{"deletions without their link", "T6 guard", unlinkedDeletions},
	{"inserts what an administrator forbids", "caps", seeing(func(w *World) { w.Policy.NoInsert = nil })},
	{"deletes what an administrator forbids", "caps", seeing(func(w *World) { w.Policy.NoDelete = nil })},
	{"keeps quiet about what is forbidden", "caps", func(w World) Plan {
		p := Make(w)
		p.Findings = slices.DeleteFunc(p.Findings, func(f Finding) bool { return f.Why.Kind == "insert-forbidden" })
		return p
	}},
	{"forbids for ever", "caps", seeing(func(w *World) { w.Policy.NoInsert = inVTiger })},
	{"deletes what belongs to a group", "owner", seeing(func(w *World) { eachSeen(w, func(r *Seen) { r.Foreign = false }) })},
	{"deletes nothing in vTiger", "owner", without(func(op Operation) bool { return op.Side == contact.VTiger && op.Action == contact.Delete })},
	{"takes all for somebody else's", "owner", seeing(func(w *World) { eachSeen(w, func(r *Seen) { r.Foreign = true }) })},
	{"asks another question each time", "T15", asksAnew()},
	{"follows the order of the links", "T15", inOrder},
	{"gives no reason", "T15", wordless},
	{"counts nothing as standing", "T15", func(w World) Plan {
		p := Make(w)
		p.Standing = 0
		return p
	}},
}

// TestMutants: every broken planner is caught by its law, so the laws can fail; and each law catches one at least.
func TestMutants(t *testing.T) {
	used := map[string]bool{}
	for _, mutant := range mutants {
		used[mutant.law] = true
		t.Run(mutant.what, func(t *testing.T) {
			for seed := range patience {
				if err := lawOf(t, mutant.law)(histories.Example(seed), mutant.plan); err != nil {
					t.Logf("killed by history %d: %v", seed, err)
					return
				}
			}
			t.Fatalf("it survives %s", mutant.law)
		})
	}
	if len(used) != len(laws) {
		t.Fatalf("%d of %d laws are proved able to fail", len(used), len(laws))
	}
}

// lawOf finds the one law whose name begins so.
func lawOf(t *testing.T, number string) law {
	for name, law := range laws {
		if strings.HasPrefix(name, number+" ") {
			return law
		}
	}
	t.Fatalf("there is no law %s", number)
	return nil
}

// seeing makes a planner that sees the world wrongly.
func seeing(alter func(*World)) maker {
	return func(w World) Plan {
		alter(&w)
		return Make(w)
	}
}

// without makes a planner that leaves operations out.
func without(left func(Operation) bool) maker {
	return func(w World) Plan {
		p := Make(w)
		p.Operations = slices.DeleteFunc(p.Operations, left)
		return p
	}
}

// eachLink alters every link.
func eachLink(w *World, alter func(*Link)) {
	for i := range w.Links {
		alter(&w.Links[i])
	}
}

// eachSeen alters every record.
func eachSeen(w *World, alter func(*Seen)) {
	for _, side := range contact.Sides {
		for id, r := range w.Of(side) {
			alter(&r)
			w.Of(side)[id] = r
		}
	}
}

// otherWins turns the policy about conflicts round.
func otherWins(w *World) {
	if w.Policy.Conflict == VTigerWins {
		w.Policy.Conflict = OutlookWins
	} else if w.Policy.Conflict == OutlookWins {
		w.Policy.Conflict = VTigerWins
	}
}

// oneFaced takes vTiger's face for Outlook's too.
func oneFaced(w *World) {
	eachLink(w, func(l *Link) {
		for f, faces := range l.Base {
			l.Base[f] = Faces{faces.VTiger, faces.VTiger}
		}
	})
}

// bothWays forgets every direction but the run's.
func bothWays(w *World) {
	w.Policy.Direction = contact.Both
	for i := range w.Shapes {
		w.Shapes[i].Direction = contact.Both
	}
}

// deletedIsAbsent drops what was confirmed deleted.
func deletedIsAbsent(tree Tree) {
	maps.DeleteFunc(tree, func(_ string, r Seen) bool { return r.Presence == contact.Deleted })
}

// absentIsDeleted takes every linked record that is not in its tree for deleted.
func absentIsDeleted(w *World) {
	for _, l := range w.Links {
		for _, side := range contact.Sides {
			if _, seen := w.Of(side)[l.Of(side)]; !seen {
				w.Of(side)[l.Of(side)] = Seen{ID: l.Of(side), Presence: contact.Deleted}
			}
		}
	}
}
