package fieldmap

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// recorded gives the fields of a module as a vTiger 8.3.0 described them to an admin.
func recorded(t *testing.T, module string) []VTigerField {
	text, err := os.ReadFile("testdata/describe-" + module + "-admin.json")
	require.NoError(t, err)
	var answers []struct {
		JSON struct {
			Result struct {
				Fields []struct {
					Name     string
					Editable bool
					Type     struct {
						Name     string
						RefersTo []string
						Choices  []struct{ Value string } `json:"picklistValues"`
					}
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal(text, &answers))
	require.Len(t, answers, 1)
	var out []VTigerField
	for _, f := range answers[0].JSON.Result.Fields {
		field := VTigerField{Name: f.Name, Type: f.Type.Name, Editable: f.Editable, RefersTo: f.Type.RefersTo}
		for _, choice := range f.Type.Choices {
			field.Choices = append(field.Choices, choice.Value)
		}
		out = append(out, field)
	}
	require.Greater(t, len(out), 20)
	return out
}

func TestCheck(t *testing.T) {
	one := func(outlook string, d contact.Direction, vtiger ...string) Row {
		return Row{Outlook: outlook, VTiger: vtiger, Direction: d}
	}
	name := one("surname", contact.Both, "lastname")
	for _, row := range []struct {
		what    string
		mapping Mapping
		want    []Problem
	}{
		{"the smallest mapping", Mapping{name}, nil},
		{
			"no last name",
			Mapping{one("givenName", contact.Both, "firstname")},
			[]Problem{{-1, "vTiger's lastname must be mapped: vTiger takes no contact without it"}},
		},
		{
			"an unknown Outlook property",
			Mapping{name, one("shoeSize", contact.Both, "firstname")},
			[]Problem{{1, `there is no Outlook property "shoeSize"`}},
		},
		{
			"an unknown vTiger field",
			Mapping{name, one("title", contact.Both, "cf_1")},
			[]Problem{{1, `there is no vTiger field "cf_1"`}},
		},
		{
			"an unknown direction",
			Mapping{name, one("title", "sideways", "title")},
			[]Problem{{1, `direction "sideways" is none of both, toOutlook, toVtiger`}},
		},
		{
			"no direction",
			Mapping{name, one("title", "", "title")},
			[]Problem{{1, `direction "" is none of both, toOutlook, toVtiger`}},
		},
		{
			"no vTiger field",
			Mapping{name, one("title", contact.Both)},
			[]Problem{{1, "no vTiger field is named"}},
		},
		{
			"two fields for one value",
			Mapping{name, one("title", contact.Both, "title", "department")},
			[]Problem{{1, `Outlook property "title" holds one value, so it takes one vTiger field`}},
		},
		{"two fields for a list", Mapping{name, one("emailAddresses", contact.Both, "email", "secondaryemail")}, nil},
		{
			"an Outlook property twice",
			Mapping{name, one("surname", contact.Both, "firstname")},
			[]Problem{{1, `Outlook property "surname" is mapped twice`}},
		},
		{
			"a vTiger field twice",
			Mapping{name, one("nickName", contact.Both, "lastname")},
			[]Problem{{1, `vTiger field "lastname" is mapped twice`}},
		},
		{
			"writing a field that cannot be written",
			Mapping{name, one("nickName", contact.Both, "contact_no")},
			[]Problem{{1, `vTiger field "contact_no" cannot be written, so its direction must be toOutlook`}},
		},
		{"only reading it", Mapping{name, one("nickName", contact.ToOutlook, "contact_no")}, nil},
		{
			"writing a reference",
			Mapping{name, one("companyName", contact.ToVTiger, "account_id")},
			[]Problem{{1, `vTiger field "account_id" points to another record, so its direction must be toOutlook`}},
		},
		{"only reading a reference", Mapping{name, one("companyName", contact.ToOutlook, "account_id")}, nil},
		{"a date told as a text", Mapping{name, one("nickName", contact.Both, "birthday")}, nil},
		{
			"a date in a list",
			Mapping{name, one("emailAddresses", contact.Both, "birthday")},
			[]Problem{{1, `vTiger field "birthday" and Outlook property "emailAddresses" must both be dates or both not`}},
		},
		{"a picklist, a checkbox and a link as texts", Mapping{
			name, one("profession", contact.Both, "leadsource"), one("nickName", contact.Both, "cf_857"), one("manager", contact.Both, "cf_863"),
		}, nil},
		{
			"an image",
			Mapping{name, one("nickName", contact.ToOutlook, "imagename")},
			[]Problem{{1, `vTiger field "imagename" is of the type image, which cannot be mapped`}},
		},
		{
			"the owner",
			Mapping{name, one("manager", contact.ToOutlook, "assigned_user_id")},
			[]Problem{{1, `vTiger field "assigned_user_id" is of the type owner, which cannot be mapped`}},
		},
		{
			"what tells about the record",
			Mapping{name, one("manager", contact.ToOutlook, "source")},
			[]Problem{{1, `vTiger field "source" is no content of a record, so it cannot be mapped`}},
		},
		{
			"a reference to a user",
			Mapping{name, one("manager", contact.ToOutlook, "modifiedby")},
			[]Problem{{1, `vTiger field "modifiedby" points to a record that is none of Contacts, Leads, Accounts, Vendors, so it cannot be mapped`}},
		},
		{
			"a date into a text",
			Mapping{name, one("birthday", contact.Both, "title")},
			[]Problem{{1, `vTiger field "title" and Outlook property "birthday" must both be dates or both not`}},
		},
	} {
		t.Run(row.what, func(t *testing.T) {
			require.Equal(t, row.want, row.mapping.Check("Contacts", recorded(t, "Contacts")))
		})
	}
}

func TestShapesLeaveOutRowsThatCheckRefuses(t *testing.T) {
	bad := Mapping{{Outlook: "shoeSize", VTiger: []string{"title"}}, {Outlook: "title"}}
	require.Empty(t, bad.Shapes(Place{Module: "Contacts", Region: ""}))
	require.Empty(t, bad.Read(contact.VTiger, map[string]string{"title": "CEO"})["title"])
	require.Empty(t, bad.Write(contact.VTiger, contact.Contact{"title": "CEO"}, nil))
}
