package contact

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatASideCannotHold(t *testing.T) {
	text := Shape{Field: "f", Type: Text, Limits: map[Side]int{VTiger: 5}, BMP: map[Side]bool{VTiger: true}, Required: VTiger}
	upper := Shape{Field: "f", Type: Text, Spell: func(_ Side, v string) string { return strings.ToUpper(v) }}
	words := Shape{Field: "f", Type: Text, Spell: func(to Side, v string) string {
		if pair := map[string][2]string{"Herr": {"Mr.", "Herr"}, "Mr.": {"Mr.", "Herr"}}[v]; to == VTiger {
			return pair[0]
		} else {
			return pair[1]
		}
	}}
	mails := Shape{Field: "f", Type: Emails, Limits: map[Side]int{VTiger: 2}}
	for _, row := range []struct {
		what  string
		shape Shape
		value string
		lost  bool
	}{
		{"nothing", text, "", false},
		{"what fits", text, "short", false},
		{"white space around", text, " ab ", false},
		{"a cut", text, "longer", true},
		{"an emoji", text, "a🎉", true},
		{"only emoji", text, "🎉", true},
		{"capitals", upper, "straße", false},
		{"a word of the table", words, "Herr", false},
		{"a word of none", words, "Prinz", true},
		{"a third address", mails, "a@x\nb@x\nc@x", true},
		{"one address twice", mails, "a@x\nA@x\nb@x", false},
	} {
		require.Equal(t, row.lost, row.shape.Loses(VTiger, row.value), row.what)
	}
	require.False(t, text.Loses(Outlook, "longer 🎉"))
}
