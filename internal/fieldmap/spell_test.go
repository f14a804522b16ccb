package fieldmap

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// values are a record's native fields.
type values = map[string]string

func TestRead(t *testing.T) {
	m := Default("Contacts")
	require.Equal(t, contact.Contact{"surname": " Gray ", "emailAddresses": "a@x.test\nb@x.test", "homePhones": "030 1"},
		m.Read(contact.VTiger, values{
			"lastname": " Gray ", "firstname": " ", "email": " a@x.test", "secondaryemail": "b@x.test", "homephone": "030 1", "leadsource": "Fair",
		}), "the side's own face, blank fields absent, unmapped ones left out")
	require.Equal(t, contact.Contact{"surname": "Gray", "emailAddresses": "b@x.test\na@x.test"},
		m.Read(contact.Outlook, values{"surname": "Gray", "emailAddresses": "b@x.test\na@x.test", "lastname": "Other"}))
	require.Equal(t, contact.Contact{"emailAddresses": "b@x.test"}, m.Read(contact.VTiger, values{"secondaryemail": "b@x.test"}))
}

func TestWrite(t *testing.T) {
	m := Default("Contacts")
	for _, row := range []struct {
		what    string
		side    contact.Side
		changes contact.Contact
		before  values
		want    values
	}{
		{"nothing changed", contact.VTiger, nil, values{"title": "CEO"}, values{}},
		{"one field", contact.VTiger, contact.Contact{"jobTitle": "CTO"}, values{"title": "CEO", "lastname": "Gray"}, values{"title": "CTO"}},
		{"the other side's name of it", contact.Outlook, contact.Contact{"jobTitle": "CTO"}, values{"jobTitle": "CEO"}, values{"jobTitle": "CTO"}},
		{"clearing", contact.VTiger, contact.Contact{"jobTitle": ""}, values{"title": "CEO"}, values{"title": ""}},
		{"clearing what is not there", contact.VTiger, contact.Contact{"jobTitle": ""}, values{}, values{}},
		{"what is so already", contact.Outlook, contact.Contact{"jobTitle": "CEO"}, values{"jobTitle": "CEO"}, values{}},
		{"an insert names every value", contact.VTiger, contact.Contact{"surname": "Gray", "jobTitle": ""}, nil, values{"lastname": "Gray"}},
		{"what no row maps", contact.VTiger, contact.Contact{"shoeSize": "43"}, nil, values{}},
		{
			"a new address takes the free field", contact.VTiger,
			contact.Contact{"emailAddresses": "b@x.test\na@x.test"},
			values{"email": "a@x.test"},
			values{"secondaryemail": "b@x.test"},
		},
		{
			"the first field is free", contact.VTiger,
			contact.Contact{"emailAddresses": "b@x.test\na@x.test"},
			values{"secondaryemail": "a@x.test"},
			values{"email": "b@x.test"},
		},
		{
			"a member keeps its field, white space and all", contact.VTiger,
			contact.Contact{"emailAddresses": "b@x.test"},
			values{"email": "a@x.test", "secondaryemail": " b@x.test "},
			values{"email": ""},
		},
		{
			"one is replaced", contact.VTiger,
			contact.Contact{"emailAddresses": "b@x.test\nc@x.test"},
			values{"email": "a@x.test", "secondaryemail": "b@x.test"},
			values{"email": "c@x.test"},
		},
		{
			"both are replaced in order", contact.VTiger,
			contact.Contact{"emailAddresses": "c@x.test\nd@x.test"},
			values{"email": "a@x.test", "secondaryemail": "b@x.test"},
			values{"email": "c@x.test", "secondaryemail": "d@x.test"},
		},
		{
			"the same twice", contact.VTiger,
			contact.Contact{"emailAddresses": "a@x.test\na@x.test"},
			values{"email": "a@x.test", "secondaryemail": "a@x.test"},
			values{},
		},
		{
			"all go", contact.VTiger,
			contact.Contact{"emailAddresses": ""},
			values{"email": "a@x.test", "secondaryemail": "b@x.test"},
			values{"email": "", "secondaryemail": ""},
		},
	} {
		t.Run(row.what, func(t *testing.T) {
			require.Equal(t, row.want, m.Write(row.side, row.changes, row.before))
		})
	}
}

func TestShapes(t *testing.T) {
	byField := map[contact.Field]contact.Shape{}
	for _, s := range Default("Contacts").Shapes(Place{Module: "Contacts", Region: "DE"}) {
		byField[s.Field] = s
		require.Equal(t, "DE", s.Region)
		require.True(t, s.BMP[contact.VTiger])
		require.False(t, s.BMP[contact.Outlook])
	}
	emails := byField["emailAddresses"]
	require.Equal(t, contact.Emails, emails.Type)
	require.Equal(t, map[contact.Side]int{contact.VTiger: 2, contact.Outlook: 3}, emails.Limits)
	surname := byField["surname"]
	require.Equal(t, contact.Text, surname.Type)
	require.Equal(t, 80, surname.Limits[contact.VTiger])
	require.Equal(t, contact.VTiger, surname.Required)
	require.Equal(t, []contact.Field{"givenName", "companyName", "emailAddresses"}, surname.Fallback)
	require.Empty(t, byField["givenName"].Required)
	require.Equal(t, contact.ToOutlook, byField["companyName"].Direction)
	require.Zero(t, byField["personalNotes"].Limits[contact.VTiger])

	alone := Mapping{{Outlook: "surname", VTiger: []string{"lastname"}}, {Outlook: "givenName", VTiger: []string{"firstname"}}}
	require.Equal(t, []contact.Field{"givenName"}, alone.Shapes(Place{Module: "Contacts", Region: ""})[0].Fallback, "only mapped fields stand in")
}
