package fieldmap

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// carried is what is written on a side for what the other side holds, beside a row that shows that it holds something.
func carried(t *testing.T, r Row, to contact.Side, from values) values {
	m := Mapping{r, one("surname", "cf_999")}
	s := m.Shapes(Place{Module: "Contacts", Region: "DE"})[0]
	source := m.Read(to.Other(), from)
	value := s.Carry(to, source[s.Field], source)
	written := m.Write(to, contact.Contact{s.Field: value}, nil)
	require.True(t, s.Same(value, m.Read(to, written)[s.Field]), "%q is read as it was announced", value)
	return written
}

func TestTransformsSpell(t *testing.T) {
	title := one("jobTitle", "title")
	salutation := with(one("title", "salutationtype"), Transform{Kind: Picklist, Pairs: []Pair{{"Herr", "Mr."}, {"Frau", "Ms."}}})
	box := with(one("nickName", "cf_857"), Transform{Kind: Boolean, Yes: "Ja"})
	full := with(one("nickName", "firstname", "lastname"), Transform{Kind: Join, Separator: "space"})
	three := with(also(one("givenName", "cf_853"), "middleName", "surname"), Transform{Kind: Join, Separator: "space"})
	street := with(one("businessAddress.street", "mailingstreet", "mailingpobox"), Transform{Kind: Join, Separator: "line"})
	comma := with(one("nickName", "lastname", "firstname"), Transform{Kind: Join, Separator: "comma"})
	for _, row := range []struct {
		what string
		row  Row
		to   contact.Side
		from values
		want values
	}{
		{"trim", with(title, Transform{Kind: Trim}), contact.VTiger, values{"jobTitle": " CEO\n"}, values{"title": "CEO"}},
		{"upper", with(title, Transform{Kind: Case, Case: "upper"}), contact.VTiger, values{"jobTitle": "ceo"}, values{"title": "CEO"}},
		{"lower", with(title, Transform{Kind: Case, Case: "lower"}), contact.VTiger, values{"jobTitle": "ΣΑΣ"}, values{"title": "σας"}},
		{"title", with(title, Transform{Kind: Case, Case: "title"}), contact.VTiger, values{"jobTitle": "HEAD of sales"}, values{"title": "Head Of Sales"}},
		{"only into vTiger", with(title, Transform{Kind: Case, Case: "upper", Into: contact.VTiger}), contact.Outlook, values{"title": "Ceo"}, values{"jobTitle": "Ceo"}},
		{"a phone", with(one("mobilePhone", "mobile"), Transform{Kind: E164}), contact.VTiger, values{"mobilePhone": "0171 1234567"}, values{"mobile": "+491711234567"}},
		{"a phone with an extension stays as typed", with(one("mobilePhone", "mobile"), Transform{Kind: E164}), contact.VTiger, values{"mobilePhone": "0171 1234567 ext 3"}, values{"mobile": "0171 1234567 ext 3"}},
		{"phones of a list", with(one("businessPhones", "phone", "otherphone"), Transform{Kind: E164}), contact.VTiger, values{"businessPhones": "030 1234567\nswitchboard"}, values{"phone": "+49301234567", "otherphone": "switchboard"}},
		{"addresses of a list", with(one("emailAddresses", "email"), Transform{Kind: Case, Case: "lower"}), contact.VTiger, values{"emailAddresses": "Ann@X.test"}, values{"email": "ann@x.test"}},
		{"a word", salutation, contact.VTiger, values{"title": "herr "}, values{"salutationtype": "Mr."}},
		{"a word back", salutation, contact.Outlook, values{"salutationtype": "Ms."}, values{"title": "Frau"}},
		{"the other side's own word", salutation, contact.VTiger, values{"title": "mr."}, values{"salutationtype": "Mr."}},
		{"a word without a pair", salutation, contact.VTiger, values{"title": "Prinz"}, values{}},
		{"a ticked box", box, contact.VTiger, values{"nickName": "ja"}, values{"cf_857": "1"}},
		{"a box that is cleared", box, contact.VTiger, values{"nickName": ""}, values{"cf_857": "0"}},
		{"any other word ticks nothing", box, contact.VTiger, values{"nickName": "vielleicht"}, values{"cf_857": "0"}},
		{"a ticked box back", box, contact.Outlook, values{"cf_857": "1"}, values{"nickName": "Ja"}},
		{"an empty box without a word", box, contact.Outlook, values{"cf_857": "0"}, values{}},
		{"a name is split at its last word", full, contact.VTiger, values{"nickName": "Ann  Mary Gray"}, values{"firstname": "Ann Mary", "lastname": "Gray"}},
		{"a lone word is the last name", full, contact.VTiger, values{"nickName": "Gray"}, values{"lastname": "Gray"}},
		{"a part is cut to its column", full, contact.VTiger, values{"nickName": "Abcdefghijklmnopqrstuvwxyz Abcdefghijklmnopqrstuvwxyz Gray"}, values{"firstname": "Abcdefghijklmnopqrstuvwxyz Abcdefghijklm", "lastname": "Gray"}},
		{"a name is joined", full, contact.Outlook, values{"firstname": " Ann", "lastname": "van Gray"}, values{"nickName": "Ann van Gray"}},
		{"a missing part leaves no gap", full, contact.Outlook, values{"lastname": "Gray"}, values{"nickName": "Gray"}},
		{"three parts of two words", three, contact.Outlook, values{"cf_853": "Ann Gray"}, values{"givenName": "Ann", "surname": "Gray"}},
		{"three parts of four words", three, contact.Outlook, values{"cf_853": "Ann Mary Sue Gray"}, values{"givenName": "Ann", "middleName": "Mary Sue", "surname": "Gray"}},
		{"three parts of Outlook as one", three, contact.VTiger, values{"givenName": "Ann", "middleName": "M.", "surname": "Gray"}, values{"cf_853": "Ann M. Gray"}},
		{"lines", street, contact.VTiger, values{"businessAddress.street": "Way 1\r\n\r\nFloor 2\r\nDoor 3"}, values{"mailingstreet": "Way 1", "mailingpobox": "Floor 2\nDoor 3"}},
		{"fields as lines", street, contact.Outlook, values{"mailingstreet": "Way 1", "mailingpobox": "PO 2"}, values{"businessAddress.street": "Way 1\nPO 2"}},
		{"commas", comma, contact.VTiger, values{"nickName": "Gray,Ann, M."}, values{"lastname": "Gray", "firstname": "Ann, M."}},
		{"no comma is left where a part is cut", comma, contact.VTiger, values{"nickName": "Gray, " + strings.Repeat("a", 39) + ", x"}, values{"lastname": "Gray", "firstname": strings.Repeat("a", 39)}},
		{"the first of several", with(toOutlook(one("manager", "assistant", "department")), Transform{Kind: First}), contact.Outlook, values{"assistant": " ", "department": "IT"}, values{"manager": "IT"}},
		{"the first of several of Outlook", with(also(toVTiger(one("spouseName", "othercity")), "assistantName"), Transform{Kind: First}), contact.VTiger, values{"spouseName": "Bo", "assistantName": "Cy"}, values{"othercity": "Bo"}},
		{"a fixed value into vTiger", fixedWith("cf_855"), contact.VTiger, values{"surname": "Gray"}, values{"cf_855": "Web"}},
	} {
		t.Run(row.what, func(t *testing.T) {
			require.Equal(t, row.want, withoutBlank(carried(t, row.row, row.to, row.from)))
		})
	}
}

func withoutBlank(v values) values {
	for name, value := range v {
		if value == "" {
			delete(v, name)
		}
	}
	return v
}

func fixedWith(field string) Row {
	return with(Row{VTiger: []string{field}, Direction: contact.ToVTiger}, Transform{Kind: Fixed, Value: "Web"})
}

// What a list gains is spelled; what it held already stays as it was typed.
func TestNewMembersAreSpelled(t *testing.T) {
	m := Mapping{with(one("businessPhones", "phone", "otherphone"), Transform{Kind: E164})}
	s := m.Shapes(Place{Module: "Contacts", Region: "DE"})[0]
	merged, left := s.Merge(contact.VTiger, "030 1234567", "030 1234567\n030 7654321", "030 1234567", "030 1234567")
	require.Empty(t, left)
	require.Equal(t, "030 1234567\n+49307654321", merged)
}

func TestAFixedValueIsOnlyOfRecordsThatHoldSomething(t *testing.T) {
	m := Mapping{one("surname", "lastname"), fixedWith("leadsource")}
	require.Empty(t, m.Read(contact.Outlook, values{"jobTitle": "unmapped"}))
	require.Equal(t, contact.Contact{"surname": "Gray", "vtiger.leadsource": "Web"}, m.Read(contact.Outlook, values{"surname": "Gray"}))
	require.Equal(t, contact.Contact{"vtiger.leadsource": "Fair"}, m.Read(contact.VTiger, values{"leadsource": "Fair"}), "its own side shows what it holds")
}

// A record that reads as it should keeps its division, which no rule would find again.
func TestADivisionStays(t *testing.T) {
	m := Mapping{with(one("nickName", "firstname", "lastname"), Transform{Kind: Join, Separator: "space"})}
	before := values{"firstname": "Ludwig", "lastname": "van Beethoven"}
	require.Empty(t, m.Write(contact.VTiger, contact.Contact{"nickName": "Ludwig van Beethoven"}, before))
	require.Equal(t, values{"firstname": "Ludwig van", "lastname": "Gray"}, m.Write(contact.VTiger, contact.Contact{"nickName": "Ludwig van Gray"}, before))
	require.Equal(t, values{"firstname": "", "lastname": ""}, m.Write(contact.VTiger, contact.Contact{"nickName": ""}, before))
}

func TestRowsAreSpelledAlike(t *testing.T) {
	row := with(also(one("givenName", "lastname"), "surname"), Transform{Kind: Join, Separator: "space"})
	require.True(t, row.SpelledAs(toOutlook(with(row, *row.Transform))), "the direction is no spelling")
	require.False(t, row.SpelledAs(with(row, Transform{Kind: Join, Separator: "comma"})))
	require.False(t, row.SpelledAs(also(row, "middleName", "surname")))
	require.False(t, row.SpelledAs(Row{Outlook: row.Outlook, VTiger: row.VTiger, Also: row.Also}))
	pairs := with(row, Transform{Kind: Picklist, Pairs: []Pair{{"a", "b"}}})
	require.False(t, pairs.SpelledAs(with(pairs, Transform{Kind: Picklist, Pairs: []Pair{{"a", "c"}}})))
	require.True(t, one("title", "title").SpelledAs(one("title", "title")))
}

// Rows without a transform are written as they were before there were any.
func TestRowsAsJSON(t *testing.T) {
	for _, row := range []struct {
		json string
		row  Row
	}{
		{`{"outlook":"surname","vtiger":["lastname"],"direction":"both"}`, one("surname", "lastname")},
		{
			`{"outlook":"givenName","vtiger":["lastname"],"direction":"both","also":["surname"],"transform":{"kind":"join","separator":"space"}}`,
			with(also(one("givenName", "lastname"), "surname"), Transform{Kind: Join, Separator: "space"}),
		},
		{
			`{"outlook":"title","vtiger":["salutationtype"],"direction":"both","transform":{"kind":"picklist","pairs":[{"outlook":"Herr","vtiger":"Mr."}]}}`,
			with(one("title", "salutationtype"), Transform{Kind: Picklist, Pairs: []Pair{{"Herr", "Mr."}}}),
		},
	} {
		text, err := json.Marshal(row.row)
		require.NoError(t, err)
		require.Equal(t, row.json, string(text))
		var read Row
		require.NoError(t, json.Unmarshal(text, &read))
		require.Equal(t, row.row, read)
	}
}
