package reconcile

import (
	"time"

	"contactbridge/internal/contact"
)

var (
	removing  = Policy{RemoveCopy: map[contact.Side]bool{contact.VTiger: true, contact.Outlook: true}}
	removeOut = Policy{RemoveCopy: map[contact.Side]bool{contact.Outlook: true}}
	removeIn  = Policy{RemoveCopy: removing.RemoveCopy, Direction: contact.ToVTiger}
	removeRun = Policy{RemoveCopy: removing.RemoveCopy, Run: contact.ToVTiger}
	removeAll = Policy{RemoveCopy: removing.RemoveCopy, DeleteWins: true}
	removal   = []Policy{removing, removeOut}

	asking = Policy{AskInstance: true}
	holdEl = Policy{AskInstance: true, Elsewhere: HoldElsewhere}
	insEl  = Policy{AskInstance: true, Elsewhere: InsertElsewhere}
	askAll = []Policy{asking, holdEl, insEl}
	askRun = Policy{AskInstance: true, Run: contact.ToOutlook}

	fromMarch = Policy{SyncFrom: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
)

// changed says when a record was last saved.
func (s scene) changed(id string, at time.Time) scene {
	return s.with(id, func(r *Seen) { r.Changed = at })
}

// condemned lets an earlier plan have seen a deletion.
func (s scene) condemned(gone contact.Side) scene {
	s = s.state(s.w.Links[0].State)
	s.w.Links[0].Condemned = gone
	return s
}

// held lets the instance answer about an address.
func (s scene) held(address string, hits ...Hit) scene {
	old := s.w.Instance
	s.w.Instance = map[string][]Hit{address: hits}
	for a, h := range old {
		s.w.Instance[a] = h
	}
	return s
}

var annInserted = "insert vtiger -o1 new emailAddresses=ann@x.test givenName=Ann surname=Gray"

// exitRows are about scope exits that take the copy with them.
var exitRows = []planRow{
	{"vTiger's leaves, Outlook's copy is removed", removal, linked(ann, ann).outside("v1"), []string{"delete outlook v1-o1 left-scope"}},
	{"Outlook's leaves, vTiger's copy is removed", []Policy{removing}, linked(ann, ann).outside("o1"), []string{"delete vtiger v1-o1 left-scope"}},
	{"but only where that is wanted", []Policy{removeOut}, linked(ann, ann).outside("o1"), []string{"freeze v1-o1 left-scope"}},
	{"against the connection's direction", []Policy{removeIn}, linked(ann, ann).outside("v1"), []string{"freeze v1-o1 left-scope"}},
	{"against the run's direction", []Policy{removeRun}, linked(ann, ann).outside("v1"), []string{"standing 1"}},
	{"an edited copy stays", removal, linked(ann, ann).outside("v1").shows("o1", ann.With("jobTitle", "CEO")), []string{"freeze v1-o1 left-scope"}},
	{
		"unless deletions win",
		[]Policy{removeAll},
		linked(ann, ann).outside("v1").shows("o1", ann.With("jobTitle", "CEO")),
		[]string{"delete outlook v1-o1 left-scope"},
	},
	{"both leave", removal, linked(ann, ann).outside("v1").outside("o1"), []string{"freeze v1-o1 left-scope"}},
	{"what left before stays", removal, linked(ann, ann).state(OutOfScope).outside("v1"), nil},
	{"the copy is busy", removal, linked(ann, ann).outside("v1").busy("o1"), nil},
	{"the copy was never observed", removal, linked(ann, ann).outside("v1").absent("o1"), nil},
	{"an edit after a plan saw the deletion comes too late", switched, edited("v1", "o1").condemned(contact.VTiger), []string{"delete outlook v1-o1 deleted-there"}},
	{"unless that plan saw another deletion", []Policy{on}, edited("o1", "v1").condemned(contact.VTiger), []string{
		"end v1-o1 edit-wins", "insert outlook v1- new emailAddresses=ann@x.test givenName=Ann jobTitle=CEO surname=Gray",
	}},
}

// fromRows are about the date from which records start to flow.
var fromRows = []planRow{
	{"older than the date", []Policy{fromMarch}, scene{}.stranger("v1", ann).changed("v1", fromMarch.SyncFrom.Add(-time.Second)), nil},
	{"of the date", []Policy{fromMarch}, scene{}.stranger("v1", ann).changed("v1", fromMarch.SyncFrom), []string{
		"insert outlook v1- new emailAddresses=ann@x.test givenName=Ann surname=Gray",
	}},
	{"Outlook's flow whatever their age", []Policy{fromMarch}, scene{}.stranger("o1", ann).changed("o1", dawn), []string{annInserted}},
	{"older, and matched all the same", []Policy{fromMarch}, scene{}.stranger("v1", ann).changed("v1", dawn).stranger("o1", ann), []string{
		"attach v1-o1 matched emailAddresses:ann@x.test givenName:Ann surname:Gray",
	}},
	{"older, and linked", []Policy{fromMarch}, linked(ann, ann).shows("v1", ann.With("jobTitle", "CEO")).changed("v1", dawn), []string{
		"update outlook v1-o1 changed-there jobTitle=>CEO",
	}},
	{"older, and linked before", []Policy{fromMarch}, scene{}.stranger("v1", ann).with("v1", func(r *Seen) { r.Known = true }), []string{
		"insert outlook v1- new emailAddresses=ann@x.test givenName=Ann surname=Gray",
	}},
}

// instanceRows are about what the whole vTiger instance is asked before inserts.
var instanceRows = []planRow{
	{"asked first", askAll, scene{}.stranger("o1", ann.With("emailAddresses", "ANN@x.test\nann+home@x.test")), []string{"ask ann+home@x.test,ann@x.test"}},
	{"one answer is missing", askAll, scene{}.stranger("o1", ann.With("emailAddresses", two)).held("ann@x.test"), []string{"ask a2@x.test"}},
	{"nobody has it", askAll, scene{}.stranger("o1", ann).held("ann@x.test"), []string{annInserted}},
	{"there is no address to ask for", askAll, scene{}.stranger("o1", annAtAcme), []string{"insert vtiger -o1 new companyName=Acme givenName=Ann surname=Gray"}},
	{"not for Outlook", askAll, scene{}.stranger("v1", ann), []string{"insert outlook v1- new emailAddresses=ann@x.test givenName=Ann surname=Gray"}},
	{"not for another run", []Policy{askRun}, scene{}.stranger("o1", ann), []string{"standing 1"}},
	{"not for one that has its like here", askAll, scene{}.stranger("v1", ann).stranger("o1", ann), []string{
		"attach v1-o1 matched emailAddresses:ann@x.test givenName:Ann surname:Gray",
	}},
	{"somebody else has it: skipped", []Policy{asking}, elsewhereScene(), []string{"o1 exists-elsewhere of 19x7"}},
	{"or held", []Policy{holdEl}, elsewhereScene(), []string{"hold -o1 exists-elsewhere 12x9"}},
	{"or inserted", []Policy{insEl}, elsewhereScene(), []string{annInserted}},
	{"held, and approved", []Policy{holdEl}, elsewhereScene().answered(holdEl, Answer{Verdict: Approve}), []string{annInserted}},
	{"held, and discarded", []Policy{holdEl}, elsewhereScene().answered(holdEl, Answer{Verdict: Discard}), []string{"hold -o1 exists-elsewhere 12x9 answered discard"}},
	{"one that left the scope has it", []Policy{asking}, scene{}.stranger("o1", ann).held("ann@x.test", Hit{"v9", "19x5", true}).outside("v9"), []string{"o1 exists-elsewhere of 19x5"}},
	{"one of this scope that was not read yet", askAll, scene{}.stranger("o1", ann).held("ann@x.test", Hit{"v9", "19x5", true}), []string{"o1 waits"}},
	{"one that may be torn", askAll, scene{}.stranger("o1", ann).held("ann@x.test", Hit{"v9", "19x5", true}).stranger("v9", bo).busy("v9"), []string{"o1 waits"}},
	{"one that was deleted since", askAll, scene{}.stranger("o1", ann).held("ann@x.test", Hit{"v9", "19x5", true}).gone("v9"), []string{annInserted}},
	{
		"one that has it in a field of no row", askAll, linked(bo, bo).stranger("o2", ann).held("ann@x.test", Hit{"v1", "19x5", true}),
		[]string{"hold -o2 possible-duplicate v1"},
	},
	{
		"which a person tells apart", askAll,
		linked(bo, bo).stranger("o2", ann).held("ann@x.test", Hit{"v1", "19x5", true}).answered(asking, Answer{Verdict: Approve}),
		[]string{"insert vtiger -o2 new emailAddresses=ann@x.test givenName=Ann surname=Gray"},
	},
	{
		"two with one address go one after the other", askAll, scene{}.stranger("o1", ann).stranger("o2", bo.With("emailAddresses", "ann@x.test")).held("ann@x.test"),
		[]string{annInserted, "o2 waits"},
	},
	{
		"a linked one has its like: a person wants it all the same",
		[]Policy{off},
		linked(ann, ann).stranger("o2", ann.With("jobTitle", "CEO")).answered(off, Answer{Verdict: Approve}),
		[]string{"insert vtiger -o2 new emailAddresses=ann@x.test givenName=Ann jobTitle=CEO surname=Gray"},
	},
	{
		"ambiguous, and a person chose",
		[]Policy{off},
		scene{}.stranger("v1", ann).stranger("o1", ann).stranger("o2", ann).answered(off, Answer{Approve, "o2"}),
		[]string{"attach v1-o2 matched emailAddresses:ann@x.test givenName:Ann surname:Gray", "hold -o1 ambiguous v1 answered approve"},
	},
	{
		"ambiguous, and nobody's like",
		[]Policy{outward},
		scene{}.stranger("v1", ann).stranger("o1", ann).stranger("o2", ann).answered(outward, Answer{Verdict: Approve}),
		[]string{"insert outlook v1- new emailAddresses=ann@x.test givenName=Ann surname=Gray"},
	},
	{"plus-aliases are two people", []Policy{inward}, scene{}.stranger("v1", bo.With("emailAddresses", "ann+1@x.test")).stranger("o1", ann), []string{annInserted}},
	{"accents in an address are composed alike", []Policy{outward}, scene{}.stranger("v1", bo.With("emailAddresses", "ren\u00e9@x.test")).stranger("o1", bo.With("emailAddresses", "RENE\u0301@X.test")), []string{
		"attach v1-o1 matched emailAddresses:ren\u00e9@x.test|RENE\u0301@X.test givenName:Bo surname:Ng",
	}},
}

// elsewhereScene is a stranger whose address somebody else's record has.
func elsewhereScene() scene {
	return scene{}.stranger("o1", ann).held("ann@x.test", Hit{"12x9", "19x7", false})
}
