package reconcile

// twinned is a link whose vTiger record an insert of ours made, and a stranger v2 that the same insert made.
func twinned() scene {
	return linked(ann, ann).stamped("v1", "S1").untouched("v1").expects("o1", "S1").
		stranger("v2", ann).stamped("v2", "S1").untouched("v2")
}

// twinRows are about vTiger records that one insert of ours made twice.
var twinRows = []planRow{
	{
		"a twin is deleted, whatever the switches say",
		[]Policy{off, offOutlook, inward, runInward, on, onWins, onInward, onRunIn},
		twinned(),
		[]string{"delete vtiger v2- twin"},
	},
	{"a twin against the run's direction", []Policy{runOutward}, twinned(), []string{"standing 1"}},
	{"a twin against the connection's direction", []Policy{outward}, twinned(), []string{"hold v2- possible-duplicate o1"}},
	{
		"both twins, when there are three", twoWay, twinned().stranger("v3", ann).stamped("v3", "S1").untouched("v3"),
		[]string{"delete vtiger v2- twin", "delete vtiger v3- twin"},
	},
	{
		"a twin that somebody saved", twoWay, twinned().with("v2", func(r *Seen) { r.Untouched = false }),
		[]string{"v2 twin-edited"},
	},
	{
		"a twin that somebody edited", twoWay, twinned().shows("v2", bo).with("v2", func(r *Seen) { r.Untouched = false }),
		[]string{"v2 twin-edited"},
	},
	{
		"both twins edited", twoWay, twinned().with("v1", func(r *Seen) { r.Untouched = false }).with("v2", func(r *Seen) { r.Untouched = false }),
		[]string{"v2 twin-edited"},
	},
	{
		"the linked one was edited, and its edit travels", twoWay,
		twinned().shows("v1", ann.With("jobTitle", "CEO")).with("v1", func(r *Seen) { r.Untouched = false }),
		[]string{"delete vtiger v2- twin", "update outlook v1-o1 changed-there jobTitle=>CEO"},
	},
	{"a twin of another owner", all, twinned().outside("v2"), nil},
	{"a twin that may be torn", all, twinned().busy("v2"), nil},
	{"the linked one is busy", twoWay, twinned().busy("v1"), nil},
	{"its partner is busy", twoWay, twinned().busy("o1"), nil},
	{"a user's copy has no stamp", twoWay, twinned().stamped("v2", ""), []string{"hold v2- possible-duplicate o1"}},
	{
		"a stamp that the partner does not expect", twoWay, twinned().with("o1", func(r *Seen) { r.Expected = []string{"S0"} }),
		[]string{"hold v2- possible-duplicate o1"},
	},
	{"another stamp than the linked one's", twoWay, twinned().stamped("v2", "S0").expects("o1", "S0"), []string{"hold v2- possible-duplicate o1"}},
	{
		"the linked one is deleted",
		switched,
		twinned().gone("v1"),
		[]string{"delete outlook v1-o1 deleted-there", "hold v2- possible-duplicate o1"},
	},
	{
		"the linked one is deleted, and that does not travel: the twin takes its place",
		[]Policy{off, offOutlook},
		twinned().gone("v1"),
		[]string{
			"detach v1-o1 detached missing vtiger", "end v1-o1 matched",
			"attach v2-o1 matched emailAddresses:ann@x.test givenName:Ann surname:Gray",
		},
	},
	{"the linked one was never observed", twoWay, twinned().absent("v1"), []string{"hold v2- possible-duplicate o1"}},
	{
		"the linked one left the scope", twoWay, twinned().outside("v1"),
		[]string{"freeze v1-o1 left-scope", "hold v2- possible-duplicate o1"},
	},
	{
		"the partner is deleted: the twin must not bring it back",
		switched,
		twinned().gone("o1"),
		[]string{"delete vtiger v2- twin", "delete vtiger v1-o1 deleted-there"},
	},
	{
		"the partner is deleted, and that does not travel",
		[]Policy{off, offOutlook},
		twinned().gone("o1"),
		[]string{"detach v1-o1 detached missing outlook", "delete vtiger v2- twin"},
	},
	{
		"the partner is deleted, but an edit of the linked one wins",
		[]Policy{on},
		twinned().gone("o1").shows("v1", ann.With("jobTitle", "CEO")).with("v1", func(r *Seen) { r.Untouched = false }),
		[]string{
			"end v1-o1 edit-wins", "delete vtiger v2- twin",
			"insert outlook v1- new emailAddresses=ann@x.test givenName=Ann jobTitle=CEO surname=Gray",
		},
	},
	{"two of which no link holds one", twoWay, func() scene {
		s := twinned()
		s.w.Links = nil
		return s
	}(), []string{"hold v1- ambiguous o1", "hold v2- ambiguous o1", "hold -o1 ambiguous v1,v2"}},
	{
		"in Outlook the stamp may be a user's copy", twoWay,
		linked(ann, ann).stamped("o1", "S1").expects("v1", "S1").stranger("o2", ann).stamped("o2", "S1").untouched("o2"),
		[]string{"hold -o2 possible-duplicate v1"},
	},
	{
		"a stranger like a twin that is about to go", twoWay, twinned().stranger("o2", ann.With("jobTitle", "CEO")),
		[]string{"delete vtiger v2- twin", "hold -o2 possible-duplicate v1"},
	},
	{
		"a stranger like a twin that stays", twoWay, twinned().with("v2", func(r *Seen) { r.Untouched, r.Contact = false, bo }).stranger("o2", bo),
		[]string{"v2 twin-edited", "hold -o2 ambiguous v2"},
	},
}
