package contact

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The shapes of the tables: each has the limits that make its rows interesting.
var (
	shortTitle  = Shape{Field: "jobTitle", Type: Text, Limits: map[Side]int{VTiger: 5}, BMP: map[Side]bool{VTiger: true}}
	lastName    = Shape{Field: "surname", Type: Text, Limits: map[Side]int{VTiger: 5}, BMP: map[Side]bool{VTiger: true}, Required: VTiger, Fallback: []Field{"givenName", "emailAddresses"}}
	someEmails  = Shape{Field: "emailAddresses", Type: Emails, Limits: map[Side]int{VTiger: 2, Outlook: 3}}
	germanPhone = Shape{Field: "mobilePhone", Type: Phone, Region: "DE"}
	birthday    = Shape{Field: "birthday", Type: Date}
)

func TestSame(t *testing.T) {
	for _, row := range []struct {
		what  string
		shape Shape
		a, b  string
		want  bool
	}{
		{"composed and decomposed", shortTitle, "Zoe\u0308", "Zo\u00eb", true},
		{"the case of text", shortTitle, "ceo", "CEO", false},
		{"blank and empty", shortTitle, " ", "", true},
		{"a set in another order", someEmails, "b@x.test\na@x.test", "A@x.test\nB@x.test", true},
		{"a member twice", someEmails, "a@x.test\nA@X.test", "a@x.test", true},
		{"a part of a set", someEmails, "a@x.test\nb@x.test", "a@x.test", false},
		{"two spellings of one phone", germanPhone, "0171 1234567", "+49 171 1234567", true},
		{"an extension is a difference", germanPhone, "0171 1234567", "0171 1234567 ext 3", false},
		{"a date refused and none", birthday, "0000-00-00", "", true},
		{"a birthday without a year is not none", birthday, "1604-05-17", "", false},
	} {
		t.Run(row.what, func(t *testing.T) {
			require.Equal(t, row.want, row.shape.Same(row.a, row.b))
			require.Equal(t, row.want, row.shape.Same(row.b, row.a))
		})
	}
}

func TestCarry(t *testing.T) {
	ann := Contact{"givenName": "Annabel", "emailAddresses": "ann@x.test\nann@y.test"}
	for _, row := range []struct {
		what   string
		shape  Shape
		side   Side
		value  string
		source Contact
		want   string
	}{
		{"what fits stays byte for byte", shortTitle, VTiger, " a\r\nb", nil, " a\r\nb"},
		{"what is too long is cut by characters", shortTitle, VTiger, "Zoë & Co", nil, "Zoë &"},
		{"the other side has no limit", shortTitle, Outlook, "Zoë & Co", nil, "Zoë & Co"},
		{"an emoji is dropped before the cut", shortTitle, VTiger, "a🎉bcdef", nil, "abcde"},
		{"the other side keeps the emoji", shortTitle, Outlook, "a🎉b", nil, "a🎉b"},
		{"control characters go, tab and line ends stay", shortTitle, Outlook, "a\x00\x1b\t\r\nb", nil, "a\t\r\nb"},
		{"bytes that are no text go", shortTitle, Outlook, "a\xffb", nil, "ab"},
		{"a last name that is there needs no stand-in", lastName, VTiger, "Gray", ann, "Gray"},
		{"the first name stands in, cut", lastName, VTiger, "", ann, "Annab"},
		{"an emoji is no last name", lastName, VTiger, "🎉", ann, "Annab"},
		{"then the first address", lastName, VTiger, " ", ann.With("givenName", "🎉"), "ann@x"},
		{"nothing can stand in", lastName, VTiger, "", nil, ""},
		{"the side that does not require it", lastName, Outlook, "", ann, ""},
		{"a third address does not fit", someEmails, VTiger, "a@x.test\nb@x.test\nc@x.test", nil, "a@x.test\nb@x.test"},
		{"three fit there", someEmails, Outlook, "a@x.test\nb@x.test\nc@x.test", nil, "a@x.test\nb@x.test\nc@x.test"},
		{"a date without a year", birthday, VTiger, "1604-05-17", nil, "1604-05-17"},
		{"a date loses its time", birthday, VTiger, "1980-02-29T11:59:00Z", nil, "1980-02-29"},
		{"a date that vTiger refused is none", birthday, Outlook, "0000-00-00", nil, ""},
	} {
		t.Run(row.what, func(t *testing.T) {
			require.Equal(t, row.want, row.shape.Carry(row.side, row.value, row.source))
		})
	}
}

func TestAgree(t *testing.T) {
	for _, row := range []struct {
		what  string
		shape Shape
		v, o  Contact
		want  bool
	}{
		{"both empty", shortTitle, nil, nil, true},
		{"one empty", shortTitle, nil, Contact{"jobTitle": "CEO"}, false},
		{"vTiger shows the cut", shortTitle, Contact{"jobTitle": "Direc"}, Contact{"jobTitle": "Director"}, true},
		{"a shorter beginning is not the cut", shortTitle, Contact{"jobTitle": "Dir"}, Contact{"jobTitle": "Director"}, false},
		{"Outlook never cuts", shortTitle, Contact{"jobTitle": "Director"}, Contact{"jobTitle": "Direc"}, false},
		{"only an emoji, of which vTiger shows nothing", shortTitle, nil, Contact{"jobTitle": "🎉"}, true},
		{"the stand-in for a missing last name", lastName, Contact{"surname": "Ann"}, Contact{"givenName": "Ann"}, true},
		{"a last name that stands in for nothing", lastName, Contact{"surname": "Bo"}, Contact{"givenName": "Ann"}, false},
		{"as many addresses as vTiger holds", someEmails, Contact{"emailAddresses": "c@x.test\nA@x.test"}, Contact{"emailAddresses": "a@x.test\nb@x.test\nc@x.test"}, true},
		{"fewer than it could hold", someEmails, Contact{"emailAddresses": "a@x.test"}, Contact{"emailAddresses": "a@x.test\nb@x.test\nc@x.test"}, false},
		{"full, but with another address", someEmails, Contact{"emailAddresses": "a@x.test\nd@x.test"}, Contact{"emailAddresses": "a@x.test\nb@x.test\nc@x.test"}, false},
	} {
		t.Run(row.what, func(t *testing.T) {
			require.Equal(t, row.want, row.shape.Agree(row.v, row.o))
		})
	}
}
