package fieldmap

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// Every mistake in a row is told by the row's number and by what it names.
func TestCheckTransforms(t *testing.T) {
	title, street := one("jobTitle", "title"), one("businessAddress.street", "mailingstreet", "mailingpobox")
	picklist := func(r Row, pairs ...Pair) Row { return with(r, Transform{Kind: Picklist, Pairs: pairs}) }
	fixed := func(r Row, value string) Row { return with(r, Transform{Kind: Fixed, Value: value}) }
	into := func(field string) Row { return toVTiger(Row{VTiger: []string{field}}) }
	salutation := one("title", "salutationtype")
	for _, row := range []struct {
		what string
		row  Row
		want []string
	}{
		{"no such transform", with(title, Transform{Kind: "rot13"}), []string{`there is no transform "rot13"; possible are trim, case, e164, fixed, first, join, picklist, boolean`}},
		{"parameters of another", with(title, Transform{Kind: Trim, Case: "upper", Value: "x", Separator: "line", Pairs: []Pair{{"a", "b"}}, Yes: "y", No: "n"}), []string{
			"the transform trim takes no case", "the transform trim takes no value", "the transform trim takes no separator",
			"the transform trim takes no pairs", "the transform trim takes no yes", "the transform trim takes no no",
		}},
		{"into of a join", with(street, Transform{Kind: Join, Separator: "line", Into: contact.VTiger}), []string{"the transform join takes no into"}},
		{"no case", with(title, Transform{Kind: Case}), []string{`the transform case takes one of upper, lower, title as case, not ""`}},
		{"into neither side", with(title, Transform{Kind: Trim, Into: "both"}), []string{`the transform's side "both" is neither vtiger nor outlook`}},
		{"into a side that is not written", with(toOutlook(title), Transform{Kind: Trim, Into: contact.VTiger}), []string{"the transform trim is for what is written into vTiger, where the row's direction writes nothing"}},
		{"the case of a date", with(one("birthday", "birthday"), Transform{Kind: Trim}), []string{`the transform trim takes texts, and Outlook property "birthday" holds dates`}},
		{"e164 of a text", with(title, Transform{Kind: E164}), []string{`the transform e164 takes phone numbers, and Outlook property "jobTitle" holds none`}},
		{"no separator", with(street, Transform{Kind: Join}), []string{`the transform join takes one of space, comma, line as separator, not ""`}},
		{"a join of a list", with(one("emailAddresses", "email", "secondaryemail"), Transform{Kind: Join, Separator: "line"}), []string{`the transform join cannot take Outlook property "emailAddresses", which holds a list`}},
		{"a join of one", with(title, Transform{Kind: Join, Separator: "line"}), []string{"the transform join takes several fields of one side and one of the other"}},
		{"a join of several and several", with(also(street, "homeAddress.street"), Transform{Kind: Join, Separator: "line"}), []string{"the transform join takes several fields of one side and one of the other"}},
		{"a join of several kinds", with(also(title, "birthday"), Transform{Kind: Join, Separator: "line"}), []string{`Outlook property "birthday" holds another kind of value than "jobTitle"`}},
		{"a join of what is not there", with(also(title, "shoeSize"), Transform{Kind: Join, Separator: "line"}), []string{`there is no Outlook property "shoeSize"`}},
		{"several of Outlook without a transform", also(title, "department"), []string{"several Outlook properties take the transform join or first"}},
		{"a property twice", with(also(title, "jobTitle"), Transform{Kind: Join, Separator: "line"}), []string{`Outlook property "jobTitle" is mapped twice`}},
		{"a join that writes a read-only field", with(one("nickName", "contact_no", "firstname"), Transform{Kind: Join, Separator: "space"}), []string{`vTiger field "contact_no" cannot be written, so its direction must be toOutlook`}},
		{"first both ways", with(street, Transform{Kind: First}), []string{"the transform first only reads its several fields, so the direction must be toOutlook"}},
		{"first both ways, of Outlook", with(also(title, "department"), Transform{Kind: First}), []string{"the transform first only reads its several fields, so the direction must be toVtiger"}},
		{"first of a list", with(toOutlook(one("emailAddresses", "email", "secondaryemail")), Transform{Kind: First}), []string{`the transform first cannot take Outlook property "emailAddresses", which holds a list`}},
		{"no pairs", picklist(salutation), []string{"the transform picklist needs pairs"}},
		{"half a pair", picklist(salutation, Pair{"Herr", " "}), []string{"pair 1 of the picklist lacks a word"}},
		{"two equal keys", picklist(salutation, Pair{"Herr", "Mr."}, Pair{"herr", "Dr."}), []string{`Outlook's word "herr" has two pairs`}},
		{"two equal values", picklist(salutation, Pair{"Herr", "Mr."}, Pair{"Hr.", "Mr."}), []string{`vTiger's value "Mr." has two pairs`}},
		{"several words for a value that is only written", picklist(toVTiger(salutation), Pair{"Herr", "Mr."}, Pair{"Hr.", "Mr."}), nil},
		{"several values for a word that is only written", picklist(toOutlook(salutation), Pair{"Herr", "Mr."}, Pair{"Herr", "Sir"}), nil},
		{"the same pair twice", picklist(toOutlook(salutation), Pair{"Herr", "Mr."}, Pair{"Herr", "Mr."}), []string{`Outlook's word "Herr" has two pairs`}},
		{"crossing pairs", picklist(salutation, Pair{"Hot", "Active"}, Pair{"Active", "Acquired"}), []string{`the pair of "Active" and "Acquired" crosses the one of "Hot" and "Active"`}},
		{"a word that is its own pair", picklist(salutation, Pair{"Dr.", "Dr."}, Pair{"Herr", "Mr."}), nil},
		{"a value that the picklist lacks", picklist(one("profession", "leadsource"), Pair{"Messe", "Trade Fair"}), []string{`vTiger field "leadsource" has no value "Trade Fair"`}},
		{"a value of the picklist", picklist(one("profession", "leadsource"), Pair{"Messe", "Trade Show"}), nil},
		{"a value that is too long", picklist(title, Pair{"x", strings.Repeat("y", 51)}), []string{`vTiger field "title" holds 50 characters, fewer than "` + strings.Repeat("y", 51) + `" has`}},
		{"an emoji in a value", picklist(title, Pair{"x", "🎉"}), []string{"pair 1 of the picklist has a character that is not kept on both sides"}},
		{"a table of a list", picklist(one("emailAddresses", "email"), Pair{"a", "b"}), []string{`the transform picklist takes texts, and Outlook property "emailAddresses" holds a list`}},
		{"a text as a box", with(title, Transform{Kind: Boolean, Yes: "Yes"}), []string{`the transform boolean takes a check box, and vTiger field "title" is of the type string`}},
		{"a box without a word", with(one("nickName", "cf_857"), Transform{Kind: Boolean}), []string{"the transform boolean needs yes, Outlook's word for a ticked box"}},
		{"a box with one word", with(one("nickName", "cf_857"), Transform{Kind: Boolean, Yes: "Ja", No: "ja"}), []string{`the transform boolean cannot tell yes "Ja" from no "ja"`}},
		{"a box upside down", with(one("nickName", "cf_857"), Transform{Kind: Boolean, Yes: "0"}), []string{`the transform boolean cannot tell yes "0" from no ""`}},
		{"no fixed value", fixed(into("title"), " "), []string{"the transform fixed needs a value"}},
		{"a fixed value between two", fixed(title, "x"), []string{"the transform fixed takes one field of the side that gets the value, and none of the other"}},
		{"a fixed value the wrong way", fixed(toOutlook(into("title")), "x"), []string{"the transform fixed writes into vTiger, so the direction must be toVtiger"}},
		{"a fixed value for a read-only field", fixed(into("contact_no"), "x"), []string{`vTiger field "contact_no" cannot be written, so it takes no fixed value`}},
		{"a fixed value for a reference", fixed(into("account_id"), "x"), []string{`vTiger field "account_id" cannot be written, so it takes no fixed value`}},
		{"a fixed value for a list", fixed(Row{Outlook: "emailAddresses", Direction: contact.ToOutlook}, "x"), []string{`Outlook property "emailAddresses" is a list, so it takes no fixed value`}},
		{"a fixed value that is no date", fixed(into("birthday"), "2026-02-30"), []string{`"2026-02-30" is no date such as 2026-01-31`}},
		{"a fixed value of a box", fixed(into("cf_857"), "yes"), []string{`vTiger field "cf_857" is a check box, so its fixed value is 0 or 1`}},
		{"a fixed value of a picklist", fixed(into("leadsource"), "Outlook"), []string{`vTiger field "leadsource" has no value "Outlook"`}},
		{"a fixed value for nobody", fixed(Row{Direction: contact.ToVTiger}, "x"), []string{"the transform fixed takes one field of the side that gets the value, and none of the other"}},
		{"fixed values", fixed(into("leadsource"), "Trade Show"), nil},
		{"a fixed value into Outlook", fixed(Row{Outlook: "department", Direction: contact.ToOutlook}, "CRM"), nil},
	} {
		t.Run(row.what, func(t *testing.T) {
			var want []Problem
			for _, message := range row.want {
				want = append(want, Problem{1, message})
			}
			require.Equal(t, want, Mapping{one("surname", "lastname"), row.row}.Check("Contacts", recorded(t, "Contacts")))
		})
	}
}

// A lone word or line must fill the field without which vTiger takes no record.
func TestAJoinFillsTheMandatoryField(t *testing.T) {
	for _, row := range []struct {
		separator, first, second, which string
	}{{"space", "lastname", "firstname", "last"}, {"line", "firstname", "lastname", "first"}, {"comma", "firstname", "lastname", "first"}} {
		m := func(fields ...string) Mapping {
			return Mapping{with(one("nickName", fields...), Transform{Kind: Join, Separator: row.separator})}
		}
		require.Equal(t, []Problem{{0, "vTiger's lastname must be the " + row.which + " of the joined fields: vTiger takes no contact without it"}},
			m(row.first, row.second).Check("Contacts", recorded(t, "Contacts")))
		right := m(row.second, row.first)
		require.Empty(t, right.Check("Contacts", recorded(t, "Contacts")))
		require.Equal(t, contact.VTiger, right.Shapes(Place{Module: "Contacts"})[0].Required)
	}
}
