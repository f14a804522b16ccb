package reconcile

// The strangers that the rows below bring together.
var (
	annAtAcme = ann.With("companyName", "Acme").With("emailAddresses", "")
	desk      = "030 1234567"
)

// matchRows are about strangers that may be one person.
var matchRows = []planRow{
	{
		"equal content", all, scene{}.stranger("v1", ann).stranger("o1", ann),
		[]string{"attach v1-o1 matched emailAddresses:ann@x.test givenName:Ann surname:Gray"},
	},
	{
		"equal content, as far as vTiger can hold it", all, scene{}.stranger("v1", cut).stranger("o1", long),
		[]string{"attach v1-o1 matched emailAddresses:ann@x.test surname:Feathers|Featherstone"},
	},
	{
		"equal e-mail, one fills the other", twoWay, scene{}.stranger("v1", ann.With("jobTitle", "CEO")).stranger("o1", ann.With("emailAddresses", "ANN@X.test")),
		[]string{"attach v1-o1 matched emailAddresses:ann@x.test|ANN@X.test givenName:Ann surname:Gray", "update outlook v1-o1 changed-there jobTitle=>CEO"},
	},
	{
		"equal e-mail, a conflict of the rest",
		[]Policy{offOutlook},
		scene{}.stranger("v1", ann).stranger("o1", ann.With("givenName", "Anna")),
		[]string{"attach v1-o1 matched emailAddresses:ann@x.test surname:Gray", "update vtiger v1-o1 conflict givenName=Ann>Anna lost Ann"},
	},
	{
		"one of several addresses is equal",
		[]Policy{outward},
		scene{}.stranger("v1", ann).stranger("o1", ann.With("emailAddresses", "other@x.test\nann@x.test")),
		[]string{"attach v1-o1 matched givenName:Ann surname:Gray"},
	},
	{
		"equal phone and name", all, scene{}.stranger("v1", annAtAcme.With("mobilePhone", desk)).stranger("o1", annAtAcme.With("mobilePhone", "+49 30 1234567")),
		[]string{"attach v1-o1 matched companyName:Acme givenName:Ann mobilePhone:030 1234567|+49 30 1234567 surname:Gray"},
	},
	{
		"colleagues share a switchboard's phone",
		[]Policy{off},
		scene{}.stranger("v1", ann.With("mobilePhone", desk)).stranger("o1", bo.With("mobilePhone", desk)),
		[]string{
			"insert outlook v1- new emailAddresses=ann@x.test givenName=Ann mobilePhone=030 1234567 surname=Gray",
			"insert vtiger -o1 new emailAddresses=bo@x.test givenName=Bo mobilePhone=030 1234567 surname=Ng",
		},
	},
	{
		"equal name and company",
		[]Policy{off},
		scene{}.stranger("v1", annAtAcme).stranger("o1", annAtAcme.With("givenName", "ANN").With("jobTitle", "CEO")),
		[]string{
			"attach v1-o1 matched companyName:Acme surname:Gray",
			"update vtiger v1-o1 changed-there jobTitle=>CEO", "update outlook v1-o1 conflict givenName=ANN>Ann lost ANN",
		},
	},
	{
		"the stronger rule goes first", all, scene{}.stranger("v1", ann).stranger("o1", ann).stranger("o2", annAtAcme.With("emailAddresses", "ann@x.test")),
		[]string{"attach v1-o1 matched emailAddresses:ann@x.test givenName:Ann surname:Gray", "hold -o2 possible-duplicate v1"},
	},
	{
		"two candidates are ambiguous, and all of them say so", all, scene{}.stranger("v1", ann).stranger("o1", ann).stranger("o2", ann),
		[]string{"hold v1- ambiguous o1,o2", "hold -o1 ambiguous v1", "hold -o2 ambiguous v1"},
	},
	{
		"a chain of matches is ambiguous too", all,
		scene{}.stranger("v1", ann).stranger("o1", bo.With("emailAddresses", "ann@x.test\nbo@x.test")).stranger("v2", bo.With("jobTitle", "CEO")),
		[]string{"hold v1- ambiguous o1", "hold v2- ambiguous o1", "hold -o1 ambiguous v1,v2"},
	},
	{"like a linked contact", all, linked(ann, ann).stranger("o2", ann.With("givenName", "Anna")), []string{"hold -o2 possible-duplicate v1"}},
	{
		"like a contact that is linked in this very plan", all, scene{}.stranger("v1", ann).stranger("o1", ann).stranger("v2", ann.With("givenName", "Anna")),
		[]string{"attach v1-o1 matched emailAddresses:ann@x.test givenName:Ann surname:Gray", "hold v2- possible-duplicate o1"},
	},
	{
		"adopted by its stamp", all, scene{}.stranger("v1", ann).expects("v1", "S1").stranger("o1", ann).stamped("o1", "S1"),
		[]string{"attach v1-o1 adopted emailAddresses:ann@x.test givenName:Ann surname:Gray"},
	},
	{
		"the stamp counts more than the content",
		[]Policy{off},
		scene{}.stranger("v1", ann).expects("v1", "S0").expects("v1", "S1").stranger("o1", ann.With("givenName", "Bo").With("emailAddresses", "")).stamped("o1", "S1").stranger("o2", ann),
		[]string{
			"attach v1-o1 adopted surname:Gray",
			"update outlook v1-o1 conflict emailAddresses=>ann@x.test givenName=Bo>Ann lost Bo", "hold -o2 possible-duplicate v1",
		},
	},
	{"a stamp that nobody expects", []Policy{outward}, scene{}.stranger("o1", ann).stamped("o1", "S1"), nil},
	{
		"a copied stamp proves nothing", all, scene{}.stranger("v1", ann).expects("v1", "S1").stranger("o1", ann).stamped("o1", "S1").stranger("o2", ann).stamped("o2", "S1"),
		[]string{"hold v1- ambiguous o1,o2", "hold -o1 ambiguous v1", "hold -o2 ambiguous v1"},
	},
	{
		"a copy that was edited is held all the same", all, linked(ann, ann).stamped("o1", "S1").stranger("o2", bo).stamped("o2", "S1"),
		[]string{"hold -o2 possible-duplicate"},
	},
	{"the record of an unclear insert is not met by the rules", all, scene{}.stranger("v1", ann).busy("v1").stranger("o1", ann), nil},
	{"nor by its stamp", all, scene{}.stranger("v1", ann).expects("v1", "S1").busy("v1").stranger("o1", bo).stamped("o1", "S1"), nil},
}

// strangerRows are about strangers that match nobody.
var strangerRows = []planRow{
	{
		"new in vTiger",
		[]Policy{off, offOutlook, outward, runOutward, on, onWins},
		scene{}.stranger("v1", ann),
		[]string{"insert outlook v1- new emailAddresses=ann@x.test givenName=Ann surname=Gray"},
	},
	{
		"new in Outlook",
		[]Policy{off, offOutlook, inward, runInward, on, onWins, onInward, onRunIn},
		scene{}.stranger("o1", ann),
		[]string{"insert vtiger -o1 new emailAddresses=ann@x.test givenName=Ann surname=Gray"},
	},
	{"new against the connection's direction", []Policy{inward, onInward}, scene{}.stranger("v1", ann), nil},
	{"new against the run's direction", []Policy{runInward, onRunIn}, scene{}.stranger("v1", ann), []string{"standing 1"}},
	{
		"new, with rows of one direction", twoWay, scene{}.stranger("o1", ann.With("department", "Law").With("profession", "Judge")),
		[]string{"insert vtiger -o1 new emailAddresses=ann@x.test givenName=Ann profession=Judge surname=Gray"},
	},
	{
		"new, and more than vTiger can hold", twoWay, scene{}.stranger("o1", long.With("emailAddresses", three).With("jobTitle", "🎉")),
		[]string{"insert vtiger -o1 new emailAddresses=ann@x.test,a2@x.test jobTitle= surname=Feathers", "o1 reduced"},
	},
	{
		"new, with a one-way value of which vTiger shows nothing anyway", twoWay, scene{}.stranger("o1", ann.With("department", "🎉")),
		[]string{"insert vtiger -o1 new department= emailAddresses=ann@x.test givenName=Ann surname=Gray"},
	},
	{"new, without a last name", twoWay, scene{}.stranger("o1", company), []string{"insert vtiger -o1 new companyName=Acme surname=Acme"}},
	{"new, without any name", twoWay, scene{}.stranger("o1", nobody), []string{"o1 no-name"}},
	{"the same in the other direction", twoWay, scene{}.stranger("v1", nobody), []string{"insert outlook v1- new jobTitle=CEO"}},
	{"empty in vTiger", twoWay, scene{}.stranger("v1", nil), []string{"v1 empty"}},
	{"only a field that may not travel", twoWay, scene{}.stranger("v1", nobody.With("jobTitle", "").With("profession", "Judge")), []string{"v1 empty"}},
	{"two empty ones are not one person", twoWay, scene{}.stranger("v1", nil).stranger("o1", nil), []string{"v1 empty", "o1 no-name"}},
	{"a busy one waits", all, scene{}.stranger("v1", ann).busy("v1"), nil},
	{
		"in the order of sides and ids", twoWay, scene{}.stranger("o2", bo.With("emailAddresses", "").With("surname", "Two")).stranger("v3", ann).stranger("v1", bo),
		[]string{
			"insert outlook v1- new emailAddresses=bo@x.test givenName=Bo surname=Ng",
			"insert outlook v3- new emailAddresses=ann@x.test givenName=Ann surname=Gray",
			"insert vtiger -o2 new givenName=Bo surname=Two",
		},
	},
}
