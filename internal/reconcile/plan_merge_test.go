package reconcile

// mergeRows are about links whose sides have met before.
var mergeRows = []planRow{
	{"nothing changed", all, linked(ann, ann), nil},
	{"only the spelling of a phone changed", all, linked(ann.With("mobilePhone", "0171 1234567"), ann.With("mobilePhone", "0171 1234567")).
		shows("o1", ann.With("mobilePhone", "+49 171 1234567")), nil},
	{
		"vTiger changed a field", twoWay, linked(ann, ann).shows("v1", ann.With("jobTitle", "CEO")),
		[]string{"update outlook v1-o1 changed-there jobTitle=>CEO"},
	},
	{
		"Outlook changed a field", twoWay, linked(ann, ann).shows("o1", ann.With("jobTitle", "CEO")),
		[]string{"update vtiger v1-o1 changed-there jobTitle=>CEO"},
	},
	{
		"both changed different fields", twoWay, linked(ann, ann).shows("v1", ann.With("jobTitle", "CEO")).shows("o1", ann.With("givenName", "Anna")),
		[]string{"update vtiger v1-o1 changed-there givenName=Ann>Anna", "update outlook v1-o1 changed-there jobTitle=>CEO"},
	},
	{
		"one side changed two fields", twoWay, linked(ann, ann).shows("v1", ann.With("jobTitle", "CEO").With("givenName", "")),
		[]string{"update outlook v1-o1 changed-there givenName=Ann> jobTitle=>CEO"},
	},
	{
		"both changed to the same", all, linked(ann, ann).shows("v1", ann.With("jobTitle", "CEO")).shows("o1", ann.With("jobTitle", "CEO")),
		[]string{"move v1-o1 agree jobTitle:CEO"},
	},
	{
		"both cleared the same", all, linked(ann, ann).shows("v1", ann.With("givenName", "")).shows("o1", ann.With("givenName", "")),
		[]string{"move v1-o1 agree givenName:"},
	},
	{
		"a conflict, vTiger wins",
		[]Policy{off},
		linked(ann, ann).shows("v1", ann.With("jobTitle", "CEO")).shows("o1", ann.With("jobTitle", "CTO")),
		[]string{"update outlook v1-o1 conflict jobTitle=CTO>CEO lost CTO"},
	},
	{
		"a conflict, Outlook wins",
		[]Policy{offOutlook},
		linked(ann, ann).shows("v1", ann.With("jobTitle", "CEO")).shows("o1", ann.With("jobTitle", "CTO")),
		[]string{"update vtiger v1-o1 conflict jobTitle=CEO>CTO lost CEO"},
	},
	{
		"a clearing against an edit is a conflict",
		[]Policy{off},
		linked(ann, ann).shows("v1", ann.With("givenName", "")).shows("o1", ann.With("givenName", "Anna")),
		[]string{"update outlook v1-o1 conflict givenName=Anna> lost Anna"},
	},
	{
		"clearing travels", twoWay, linked(ann, ann).shows("o1", ann.With("givenName", "")),
		[]string{"update vtiger v1-o1 changed-there givenName=Ann>"},
	},
	{"a field that no row maps", all, linked(ann, ann).shows("v1", ann.With("shoeSize", "43")), nil},
	{
		"a one-way row carries its source", twoWay, linked(ann, ann).shows("v1", ann.With("department", "Sales")),
		[]string{"update outlook v1-o1 changed-there department=>Sales"},
	},
	{"a change on the target of a one-way row stands", all, linked(ann, ann).shows("o1", ann.With("department", "Sales")), nil},
	{
		"the source of a one-way row wins, whatever the policy", twoWay, linked(ann, ann).shows("v1", ann.With("department", "Sales")).shows("o1", ann.With("department", "Law")),
		[]string{"update outlook v1-o1 conflict department=Law>Sales lost Law"},
	},
	{
		"the same the other way", twoWay, linked(ann, ann).shows("v1", ann.With("profession", "Cook")).shows("o1", ann.With("profession", "Judge")),
		[]string{"update vtiger v1-o1 conflict profession=Cook>Judge lost Cook"},
	},
	{
		"a one-way connection carries outward",
		[]Policy{outward},
		linked(ann, ann).shows("v1", ann.With("jobTitle", "CEO")).shows("o1", ann.With("givenName", "Anna")),
		[]string{"update outlook v1-o1 changed-there jobTitle=>CEO"},
	},
	{
		"a one-way connection carries inward",
		[]Policy{inward, onInward},
		linked(ann, ann).shows("v1", ann.With("jobTitle", "CEO")).shows("o1", ann.With("givenName", "Anna")),
		[]string{"update vtiger v1-o1 changed-there givenName=Ann>Anna"},
	},
	{
		"the source of a one-way connection wins",
		[]Policy{inward},
		linked(ann, ann).shows("v1", ann.With("jobTitle", "CEO")).shows("o1", ann.With("jobTitle", "CTO")),
		[]string{"update vtiger v1-o1 conflict jobTitle=CEO>CTO lost CEO"},
	},
	{"a row against its connection's direction does nothing", []Policy{inward}, linked(ann, ann).shows("v1", ann.With("department", "Sales")), nil},
	{
		"a run outward leaves the other direction standing",
		[]Policy{runOutward},
		linked(ann, ann).shows("v1", ann.With("jobTitle", "CEO")).shows("o1", ann.With("givenName", "Anna")),
		[]string{"update outlook v1-o1 changed-there jobTitle=>CEO", "standing 1"},
	},
	{
		"a run inward does too",
		[]Policy{runInward},
		linked(ann, ann).shows("v1", ann.With("jobTitle", "CEO")).shows("o1", ann.With("givenName", "Anna")),
		[]string{"update vtiger v1-o1 changed-there givenName=Ann>Anna", "standing 1"},
	},
	{
		"a run does not turn a conflict round",
		[]Policy{runInward},
		linked(ann, ann).shows("v1", ann.With("jobTitle", "CEO")).shows("o1", ann.With("jobTitle", "CTO")),
		[]string{"standing 1"},
	},
}

// baseRows are about fields that never met, and about what a side cannot hold.
var baseRows = []planRow{
	{"a row that meets anew: equal", all, linked(ann, ann).unagreed("givenName"), []string{"move v1-o1 agree givenName:Ann"}},
	{
		"a row that meets anew: one empty", twoWay, linked(ann, ann.With("givenName", "")).unagreed("givenName"),
		[]string{"update outlook v1-o1 changed-there givenName=>Ann"},
	},
	{"a row that meets anew: both empty", all, linked(ann, ann).unagreed("jobTitle"), nil},
	{
		"a row that meets anew: different",
		[]Policy{offOutlook},
		linked(ann, ann.With("givenName", "Anna")).unagreed("givenName"),
		[]string{"update vtiger v1-o1 conflict givenName=Ann>Anna lost Ann"},
	},
	{
		"never set does not clear", twoWay, linked(ann, ann).shows("v1", ann.With("jobTitle", "CEO")).unagreed("jobTitle"),
		[]string{"update outlook v1-o1 changed-there jobTitle=>CEO"},
	},
	{"a cut last name does not flow back", all, linked(cut, long), nil},
	{
		"a change beyond the cut is agreed on", all, linked(cut, long).shows("o1", long.With("surname", "Feathersmith")),
		[]string{"move v1-o1 agree surname:Feathers|Feathersmith"},
	},
	{
		"a new last name travels as far as it fits", twoWay, linked(cut, long).shows("o1", long.With("surname", "Grasshopper")),
		[]string{"update vtiger v1-o1 changed-there surname=Feathers>Grasshop", "o1 reduced"},
	},
	{
		"an edit of the cut name does travel", twoWay, linked(cut, long).shows("v1", cut.With("surname", "Feather")),
		[]string{"update outlook v1-o1 changed-there surname=Featherstone>Feather"},
	},
	{"an emoji does not flow back", all, linked(ann.With("jobTitle", "CEO"), ann.With("jobTitle", "CEO🎉")), nil},
	{
		"an added emoji is agreed on", all, linked(nobody, nobody).shows("o1", nobody.With("jobTitle", "CEO🎉")),
		[]string{"move v1-o1 agree jobTitle:CEO|CEO🎉"},
	},
	{
		"a text with an emoji travels without it", twoWay, linked(ann, ann).shows("o1", ann.With("jobTitle", "Boss🎉")),
		[]string{"update vtiger v1-o1 changed-there jobTitle=>Boss", "o1 reduced"},
	},
	{"a stand-in for the last name does not flow back", all, linked(company.With("surname", "Acme"), company), nil},
	{
		"nor follows what it stands for", twoWay, linked(company.With("surname", "Acme"), company).shows("o1", company.With("companyName", "Beta")),
		[]string{"update vtiger v1-o1 changed-there companyName=Acme>Beta"},
	},
	{
		"a cleared last name takes a stand-in", twoWay, linked(ann, ann).shows("o1", ann.With("surname", "")),
		[]string{"update vtiger v1-o1 changed-there surname=Gray>Ann"},
	},
	{
		"without a stand-in vTiger keeps its last name", twoWay, linked(long.With("surname", "Ng"), long.With("surname", "Ng")).shows("o1", long.With("surname", "")),
		[]string{"move v1-o1 agree surname:Ng|"},
	},
}

// setRows are about e-mail addresses.
var setRows = []planRow{
	{
		"an address is added", twoWay, linked(ann, ann).shows("o1", ann.With("emailAddresses", two)),
		[]string{"update vtiger v1-o1 changed-there emailAddresses=ann@x.test>ann@x.test,a2@x.test"},
	},
	{
		"an address is removed", twoWay, linked(ann.With("emailAddresses", two), ann.With("emailAddresses", two)).shows("v1", ann),
		[]string{"update outlook v1-o1 changed-there emailAddresses=ann@x.test,a2@x.test>ann@x.test"},
	},
	{
		"the last address is removed", twoWay, linked(ann, ann).shows("v1", ann.With("emailAddresses", "")),
		[]string{"update outlook v1-o1 changed-there emailAddresses=ann@x.test>"},
	},
	{"another order is no change", all, linked(ann.With("emailAddresses", two), ann.With("emailAddresses", "a2@x.test\nANN@x.test")), nil},
	{
		"both add one: both are kept", twoWay, linked(ann, ann).shows("v1", ann.With("emailAddresses", "ann@x.test\nb@x.test")).shows("o1", ann.With("emailAddresses", "ann@x.test\nc@x.test")),
		[]string{"update outlook v1-o1 changed-there emailAddresses=ann@x.test,c@x.test>ann@x.test,c@x.test,b@x.test", "o1 no-room"},
	},
	{"a third address does not flow back", all, linked(ann.With("emailAddresses", two), ann.With("emailAddresses", three)), nil},
	{
		"a third address stays where it is", all, linked(ann.With("emailAddresses", two), ann.With("emailAddresses", two)).shows("o1", ann.With("emailAddresses", three)),
		[]string{"move v1-o1 agree emailAddresses:ann@x.test,a2@x.test|ann@x.test,a2@x.test,a3@x.test"},
	},
	{
		"and takes the place that becomes free", twoWay, linked(ann.With("emailAddresses", two), ann.With("emailAddresses", three)).shows("v1", ann),
		[]string{
			"update vtiger v1-o1 changed-there emailAddresses=ann@x.test>ann@x.test,a3@x.test",
			"update outlook v1-o1 changed-there emailAddresses=ann@x.test,a2@x.test,a3@x.test>ann@x.test,a3@x.test",
		},
	},
	{
		"a run outward leaves the other half of a merge standing",
		[]Policy{runOutward},
		linked(ann.With("emailAddresses", ""), ann.With("emailAddresses", "")).shows("v1", ann).shows("o1", ann.With("emailAddresses", "b@x.test")),
		[]string{"update outlook v1-o1 changed-there emailAddresses=b@x.test>b@x.test,ann@x.test", "standing 1"},
	},
}
