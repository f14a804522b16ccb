package contact

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNormal(t *testing.T) {
	for _, row := range []struct {
		what   string
		typ    Type
		region string
		value  string
		want   string
	}{
		{"text is composed", Text, "", "Zoe\u0308", "Zo\u00eb"},
		{"composed text stays", Text, "", "Zo\u00eb", "Zo\u00eb"},
		{"the case of text counts", Text, "", "McKay", "McKay"},
		{"Windows line ends", Text, "", "one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"},
		{"white space around text goes, inside it stays", Text, "", " \t a  b \r\n", "a  b"},
		{"an e-mail address folds case", Emails, "", "Ann.Gray@Example.COM", "ann.gray@example.com"},
		{"folding knows more than ASCII", Emails, "", "STRASSE@x.test\nstraße@x.test", "strasse@x.test\nstrasse@x.test"},
		{"blank members are none", Emails, "", "\n a@x.test \n\n", "a@x.test"},
		{"an international phone needs no region", Phone, "", "+49 (30) 123-456.7", "+49301234567"},
		{"a national phone belongs to the region", Phone, "DE", "030 / 1234567", "+49301234567"},
		{"the same digits in another region", Phone, "US", "(201) 555-0123", "+12015550123"},
		{"without a region a national phone keeps its digits", Phone, "", "(030) 123-45.67", "0301234567"},
		{"the prefix 00 is international where it is dialled", Phone, "DE", "0044 20 7946 0018", "+442079460018"},
		{"an extension stays", Phone, "DE", "030 1234567 ext. 12", "0301234567ext12"},
		{"two numbers in one field are neither", Phone, "DE", "030 123456 / 030 654321", "030123456030654321"},
		{"words are no phone", Phone, "DE", "Ask Ann", "askann"},
		{"a phone that is only punctuation is none", Phones, "DE", "-\n030 1234567", "+49301234567"},
		{"each phone of a set", Phones, "DE", "030 1234567\r\n+49 171 1234567", "+49301234567\n+491711234567"},
		{"a date", Date, "", "1980-02-29", "1980-02-29"},
		{"a date with Outlook's meaningless time", Date, "", "1980-02-29T11:59:00Z", "1980-02-29"},
		{"what vTiger shows for a date it refused", Date, "", "0000-00-00", ""},
		{"the same with a time", Date, "", "0000-00-00 00:00:00", ""},
		{"a birthday without a year", Date, "", "1604-05-17T00:00:00Z", "1604-05-17"},
		{"a date that is cut at a blank", Date, "", "1980-02-9 11:59", "1980-02-9"},
		{"the zero type is text", "", "", " A ", "A"},
	} {
		t.Run(row.what, func(t *testing.T) {
			got := row.typ.Normal(row.value, row.region)
			require.Equal(t, row.want, got)
			require.Equal(t, got, row.typ.Normal(got, row.region), "a normal form is its own")
		})
	}
}

func TestLines(t *testing.T) {
	require.Empty(t, Lines(" \n\r\n"))
	require.Equal(t, []string{"b", "a", "b"}, Lines("b\r\n a \r\n\nb"))
}
