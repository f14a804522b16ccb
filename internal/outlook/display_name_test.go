package outlook

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDisplayNameFollowsTheParts(t *testing.T) {
	type values = map[string]string
	for _, c := range []struct {
		name            string
		before, changes values
		want            string // "-": none is sent
	}{
		{"a new contact gets one", nil, values{"givenName": "Ann", "surname": "Example"}, "Ann Example"},
		{"a new company gets its name", nil, values{"companyName": "Example Ltd"}, "Example Ltd"},
		{"one made of the parts is made anew", values{"givenName": "Ann", "surname": "Old", "displayName": "Ann Old"}, values{"surname": "New"}, "Ann New"},
		{
			"one without the middle name stays without",
			values{"givenName": "Ann", "middleName": "B", "surname": "Old", "displayName": "Ann Old"},
			values{"surname": "New"},
			"Ann New",
		},
		{
			"one with the title keeps it",
			values{"title": "Dr.", "givenName": "Ann", "surname": "Old", "displayName": "Dr. Ann Old"},
			values{"surname": "New"},
			"Dr. Ann New",
		},
		{"one of the user's own stays", values{"givenName": "Ann", "displayName": "Aunt Ann"}, values{"givenName": "Anna"}, "Aunt Ann"},
		{"a missing one is made", values{"givenName": "Ann"}, values{"surname": "Example"}, "Ann Example"},
		{"one that is written is not touched", values{"givenName": "Ann", "displayName": "Ann"}, values{"givenName": "Eve", "displayName": "E."}, "E."},
		{"other fields send none", values{"givenName": "Ann", "displayName": "Ann"}, values{"jobTitle": "Boss"}, "-"},
		{"the company of a named contact sends none", values{"surname": "X", "displayName": "X"}, values{"companyName": "Ltd"}, "-"},
		{"the company of a nameless one does", values{"companyName": "Old", "displayName": "Old"}, values{"companyName": "New"}, "New"},
		{"clearing the last part clears it", values{"surname": "X", "displayName": "X"}, values{"surname": ""}, ""},
		{"a title alone repeats it", values{"surname": "X", "displayName": "X"}, values{"title": "Dr."}, "X"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := withDisplayName(c.before, c.changes)
			got, sent := out["displayName"]
			if !sent {
				got = "-"
			}
			require.Equal(t, c.want, got)
		})
	}
}
