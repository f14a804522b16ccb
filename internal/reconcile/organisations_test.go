package reconcile

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// organisations is a world of records whose only name is the company.
func organisations(v, o []contact.Contact) World {
	w := World{Policy: off, VTiger: Tree{}, Outlook: Tree{}, Shapes: []contact.Shape{
		{Field: "companyName", Type: contact.Text, Required: contact.VTiger, Fallback: []contact.Field{"emailAddresses"}},
		{Field: "emailAddresses", Type: contact.Emails},
		{Field: "businessPhones", Type: contact.Phones, Region: "DE"},
	}}
	for i, c := range v {
		id := "v" + string(rune('1'+i))
		w.VTiger[id] = Seen{ID: id, Presence: contact.Present, Contact: c}
	}
	for i, c := range o {
		id := "o" + string(rune('1'+i))
		w.Outlook[id] = Seen{ID: id, Presence: contact.Present, Contact: c}
	}
	return w
}

func TestOrganisationsAreRecognisedByTheirNames(t *testing.T) {
	acme := contact.Contact{"companyName": "Acme", "businessPhones": "030 1234567"}
	plan := Make(organisations([]contact.Contact{acme}, []contact.Contact{{"companyName": "ACME"}}))
	require.Len(t, plan.Links, 1)
	require.Equal(t, Attach, plan.Links[0].Step)
	for _, op := range plan.Operations {
		require.Equal(t, contact.Update, op.Action, "one organisation is no two")
	}

	tenant := contact.Contact{"companyName": "Tenant", "businessPhones": "030 1234567"}
	plan = Make(organisations([]contact.Contact{acme}, []contact.Contact{tenant}))
	require.Empty(t, plan.Links, "organisations may share a switchboard")
	require.Len(t, plan.Operations, 2)
}

func TestAnOrganisationWithoutANameIsReported(t *testing.T) {
	plan := Make(organisations(nil, []contact.Contact{{"businessPhones": "030 1234567"}}))
	require.Empty(t, plan.Operations)
	require.Equal(t, []Finding{{Side: contact.Outlook, Record: "o1", Why: whyNoCompany}}, plan.Findings)
	plan = Make(organisations(nil, []contact.Contact{{"emailAddresses": "info@x.test"}}))
	require.Len(t, plan.Operations, 1, "the e-mail address stands in")
}
