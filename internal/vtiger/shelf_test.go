package vtiger

import (
	"cmp"
	"context"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/conformance"
	"contactbridge/internal/simulator/vtigersim"
)

// shelf is what the suite needs to know of a module.
type shelf struct {
	module, first, last, text, email, date, picklist string
	typed                                            map[string][]string
	references                                       map[string]string // the module that each stock reference points to
}

// address is what people write into a field for links.
var address = []string{"https://conformance.test/a?b=c&d=e", ""}

// shelves are the modules under test. None of the fields makes a vTiger send mail.
var shelves = []shelf{
	{
		module: "Contacts", first: "firstname", last: "lastname", text: "title", email: "email", date: "birthday", picklist: "leadsource",
		typed:      map[string][]string{"donotcall": {"1", "0"}, "support_start_date": {"2026-12-31", ""}},
		references: map[string]string{"account_id": "Accounts", "contact_id": "Contacts"},
	},
	{
		module: "Leads", first: "firstname", last: "lastname", text: "designation", email: "email", picklist: "rating",
		typed: map[string][]string{"emailoptout": {"1", "0"}, "noofemployees": {"12", "0"}, "website": address},
	},
	{
		module: "Accounts", first: "ownership", last: "accountname", text: "siccode", email: "email1", picklist: "industry",
		typed:      map[string][]string{"emailoptout": {"1", "0"}, "employees": {"12", "0"}, "website": address},
		references: map[string]string{"account_id": "Accounts"},
	},
	{
		module: "Vendors", first: "category", last: "vendorname", text: "city", email: "email", picklist: "glacct",
		typed: map[string][]string{"website": address},
	},
}

// added are the custom fields that the simulator's modules have besides.
var added = []vtigersim.CustomField{
	{Name: "cf_1001", Label: "Conformance text", Type: "string"},
	{Name: "cf_1003", Label: "Conformance regions", Type: "multipicklist", Choices: []string{"North", "South"}},
	{Name: "cf_1005", Label: "Conformance day", Type: "date"},
	{Name: "cf_1007", Label: "Conformance link", Type: "url"},
	{Name: "cf_1009", Label: "Conformance box", Type: "boolean"},
	{Name: "cf_1011", Label: "Conformance customer", Type: "reference", RefersTo: []string{"Campaigns", "Contacts", "Accounts"}},
}

func (s shelf) withAdded() shelf {
	all := map[string][]string{
		"cf_1003": {"North |##| South", "South", "Elsewhere", ""}, "cf_1005": {"1604-05-17", ""}, "cf_1007": address, "cf_1009": {"1", "0"},
	}
	maps.Copy(all, s.typed)
	s.typed, s.date = all, cmp.Or(s.date, "cf_1005")
	references := map[string]string{"cf_1011": "Accounts"}
	maps.Copy(references, s.references)
	s.references = references
	return s
}

// fill puts the module's names into a rig. create makes a record of any module by hand.
func (s shelf) fill(rig conformance.Rig, create func(t testing.TB, module string, values map[string]string) string) conformance.Rig {
	rig.First, rig.Last, rig.Text, rig.Email, rig.Date, rig.Picklist = s.first, s.last, s.text, s.email, s.date, s.picklist
	rig.Typed = s.typed
	rig.Insert = func(t testing.TB, values map[string]string) string { return create(t, s.module, values) }
	for field, module := range s.references {
		rig.References = append(rig.References, conformance.Reference{
			Field: field, Target: func(t testing.TB, text string) (id, name string) {
				if module == "Accounts" {
					return create(t, module, map[string]string{"accountname": text}), text
				}
				return create(t, module, map[string]string{"firstname": "Bo", "lastname": text}), "Bo " + text
			},
		})
	}
	return rig
}

// catalogue reads what vTiger tells about the module. label names a custom field of it; empty for the first plain one that
// it has, if any.
func (s shelf) catalogue(t testing.TB, c *Client, label string) *conformance.Catalogue {
	t.Helper()
	fields, err := c.Fields(t.Context(), s.module)
	require.NoError(t, err)
	out := &conformance.Catalogue{
		Module: s.module, Modules: c.Modules, Label: label,
		Groups: func(ctx context.Context) ([]string, error) {
			groups, err := c.Groups(ctx)
			var ids []string
			for _, g := range groups {
				ids = append(ids, g.ID)
			}
			return ids, err
		},
		Fields: func(ctx context.Context) ([]conformance.CatalogueField, error) {
			fields, err := c.Fields(ctx, s.module)
			var out []conformance.CatalogueField
			for _, f := range fields {
				out = append(out, conformance.CatalogueField{Name: f.Name, Label: f.Label, Mandatory: f.Mandatory, Editable: f.Editable})
			}
			return out, err
		},
	}
	for _, f := range fields {
		if out.Custom == "" && strings.HasPrefix(f.Name, "cf_") && f.Type == "string" && (label == "" || f.Label == label) {
			out.Custom, out.Label = f.Name, f.Label
		}
	}
	return out
}
