package reconcile

import "contactbridge/internal/contact"

// edited is a link whose one side was deleted while the other was edited.
func edited(gone, other string) scene {
	return linked(ann, ann).gone(gone).shows(other, ann.With("jobTitle", "CEO"))
}

// detached is a link that outlived a deletion.
func detached(gone string) scene { return linked(ann, ann).state(Detached).gone(gone) }

// deletionRows are about confirmed deletions.
var deletionRows = []planRow{
	{"deleted in vTiger, switched off", unwanted, linked(ann, ann).gone("v1"), []string{"detach v1-o1 detached missing vtiger"}},
	{"deleted in Outlook, switched off", unwanted, linked(ann, ann).gone("o1"), []string{"detach v1-o1 detached missing outlook"}},
	{"deleted in vTiger, switched on", switched, linked(ann, ann).gone("v1"), []string{"delete outlook v1-o1 deleted-there"}},
	{"deleted in Outlook, switched on", switched, linked(ann, ann).gone("o1"), []string{"delete vtiger v1-o1 deleted-there"}},
	{
		"only the other direction is switched on",
		[]Policy{{Deletes: map[contact.Side]bool{contact.VTiger: true}}},
		linked(ann, ann).gone("v1"),
		[]string{"detach v1-o1 detached missing vtiger"},
	},
	{"against the connection's direction", []Policy{onInward}, linked(ann, ann).gone("v1"), []string{"detach v1-o1 detached missing vtiger"}},
	{"against the run's direction", []Policy{onRunIn}, linked(ann, ann).gone("v1"), []string{"standing 1"}},
	{
		"an edit wins and re-creates",
		[]Policy{on},
		edited("v1", "o1"),
		[]string{"end v1-o1 edit-wins", "insert vtiger -o1 new emailAddresses=ann@x.test givenName=Ann jobTitle=CEO surname=Gray"},
	},
	{"the deletion wins", []Policy{onWins}, edited("v1", "o1"), []string{"delete outlook v1-o1 deleted-there"}},
	{
		"an edit that may not travel does not win",
		[]Policy{on},
		linked(ann, ann).gone("v1").shows("o1", ann.With("department", "Law")),
		[]string{"delete outlook v1-o1 deleted-there"},
	},
	{"an edit cannot win against the direction", []Policy{onInward}, edited("o1", "v1"), []string{"delete vtiger v1-o1 deleted-there"}},
	{"edited, but switched off", unwanted, edited("o1", "v1"), []string{"detach v1-o1 detached missing outlook"}},
	{
		"an edit that wins meets a stranger first",
		[]Policy{on},
		edited("v1", "o1").stranger("v2", ann.With("jobTitle", "CEO")),
		[]string{"end v1-o1 edit-wins", "attach v2-o1 matched emailAddresses:ann@x.test givenName:Ann jobTitle:CEO surname:Gray"},
	},
	{"deleted on both sides", all, linked(ann, ann).gone("v1").gone("o1"), []string{"end v1-o1 both-deleted"}},
	{"deletions of before the switch are not replayed", all, detached("v1"), nil},
	{"a detached record is edited: nothing travels", all, detached("v1").shows("o1", ann.With("jobTitle", "CEO")), nil},
	{"the rest of a detached link is deleted too", all, detached("v1").gone("o1"), []string{"end v1-o1 both-deleted"}},
	{
		"restored", all, detached("v1").with("v1", func(r *Seen) { r.Presence, r.Contact = contact.Present, ann }),
		[]string{"reattach v1-o1 restored"},
	},
	{
		"restored, and edited meanwhile", twoWay, detached("v1").with("v1", func(r *Seen) { r.Presence, r.Contact = contact.Present, ann }).
			shows("o1", ann.With("jobTitle", "CEO")),
		[]string{"reattach v1-o1 restored", "update vtiger v1-o1 changed-there jobTitle=>CEO"},
	},
	{
		"a new stranger takes the deleted one's place", all, detached("v1").stranger("v2", ann),
		[]string{"end v1-o1 matched", "attach v2-o1 matched emailAddresses:ann@x.test givenName:Ann surname:Gray"},
	},
	{
		"and at once, in the plan that detaches", unwanted, linked(ann, ann).gone("o1").stranger("o2", ann),
		[]string{"detach v1-o1 detached missing outlook", "end v1-o1 matched", "attach v1-o2 matched emailAddresses:ann@x.test givenName:Ann surname:Gray"},
	},
	{
		"but not that of a record about to be deleted", switched, linked(ann, ann).gone("v1").stranger("v2", ann),
		[]string{"delete outlook v1-o1 deleted-there", "hold v2- possible-duplicate o1"},
	},
	{"nor that of a busy one", all, detached("v1").busy("o1").stranger("v2", ann), []string{"hold v2- possible-duplicate o1"}},
}

// scopeRows are about records of which nothing is stated.
var scopeRows = []planRow{
	{"a record that is not in the tree", all, linked(ann, ann).absent("v1"), nil},
	{"neither is", all, linked(ann, ann).absent("v1").absent("o1"), nil},
	{"not in the tree, while the other is edited", all, linked(ann, ann).absent("o1").shows("v1", ann.With("jobTitle", "CEO")), nil},
	{"not in the tree, while the other is deleted", all, linked(ann, ann).absent("o1").gone("v1"), nil},
	{"a record leaves the scope", all, linked(ann, ann).outside("v1"), []string{"freeze v1-o1 left-scope"}},
	{"the same in Outlook, while vTiger's is deleted", all, linked(ann, ann).outside("o1").gone("v1"), []string{"freeze v1-o1 left-scope"}},
	{"a frozen link stays as it is", all, linked(ann, ann).state(OutOfScope).outside("v1").shows("o1", ann.With("jobTitle", "CEO")), nil},
	{"back in scope", all, linked(ann, ann).state(OutOfScope), []string{"thaw v1-o1 back-in-scope"}},
	{
		"back in scope, it merges against its base", twoWay, linked(ann, ann).state(OutOfScope).shows("o1", ann.With("jobTitle", "CEO")),
		[]string{"thaw v1-o1 back-in-scope", "update vtiger v1-o1 changed-there jobTitle=>CEO"},
	},
	{"a frozen link's record is deleted in scope", unwanted, linked(ann, ann).state(OutOfScope).gone("v1"), []string{"detach v1-o1 detached missing vtiger"}},
	{"a detached link whose rest leaves the scope", all, detached("v1").outside("o1"), nil},
	{"a busy record", all, linked(ann, ann).shows("v1", ann.With("jobTitle", "CEO")).busy("o1"), nil},
	{"a busy record whose partner is deleted", all, linked(ann, ann).gone("v1").busy("o1"), nil},
	{"a record outside that has no link", all, scene{}.stranger("v1", ann).outside("v1"), nil},
	{"a deleted record that has no link", all, scene{}.gone("o1"), nil},
}
