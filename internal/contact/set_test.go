package contact

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMerge(t *testing.T) {
	three := Shape{Type: Emails, Limits: map[Side]int{VTiger: 2, Outlook: 3}}
	for _, row := range []struct {
		what                               string
		target                             Side
		held, source, heldBase, sourceBase string // members are single letters
		want                               string
		overflow                           string
	}{
		{"nothing changed", Outlook, "ab", "ab", "ab", "ab", "ab", ""},
		{"the source adds", Outlook, "a", "ab", "a", "a", "ab", ""},
		{"the source removes", Outlook, "ab", "b", "ab", "ab", "b", ""},
		{"the source replaces", Outlook, "ab", "cb", "ab", "ab", "bc", ""},
		{"the target adds", Outlook, "ab", "a", "a", "a", "ab", ""},
		{"the target removes, and the source still holds it", Outlook, "a", "ab", "ab", "ab", "a", ""},
		{"both add different ones", Outlook, "ab", "ac", "a", "a", "abc", ""},
		{"both add the same", Outlook, "ab", "aB", "a", "a", "ab", ""},
		{"both remove the same", Outlook, "a", "a", "ab", "ab", "a", ""},
		{"both remove different ones", Outlook, "a", "b", "ab", "ab", "", ""},
		{"both replace the same one differently", Outlook, "xb", "yb", "ab", "ab", "xby", ""},
		{"the target removed what the source adds anew", Outlook, "a", "ab", "ab", "a", "ab", ""},
		{"the source lost what the target adds anew", Outlook, "ab", "a", "a", "ab", "ab", ""},
		{"the order of the target is kept", Outlook, "cba", "adbc", "abc", "abc", "cba", "d"},
		{"what the target holds twice stays twice", Outlook, "aa", "ab", "a", "a", "aab", ""},
		{"what the source adds twice comes once", Outlook, "a", "abB", "a", "a", "ab", ""},
		{"a target that is full", VTiger, "ab", "abc", "ab", "ab", "ab", "c"},
		{"what is removed makes place", VTiger, "ab", "bc", "ab", "ab", "bc", ""},
		{"a target that holds too many is not cut", VTiger, "abc", "abcd", "abc", "abc", "abc", "d"},
		{"what found no place stays away while there is none", VTiger, "ab", "abc", "ab", "abc", "ab", "c"},
		{"and takes the one that becomes free", VTiger, "a", "abc", "ab", "abc", "ac", ""},
		{"unless its source dropped it", VTiger, "a", "ab", "ab", "abc", "a", ""},
		{"a target that never was full has no such guests", VTiger, "", "ac", "a", "ac", "", ""},
	} {
		t.Run(row.what, func(t *testing.T) {
			merged, overflow := three.Merge(row.target, members(row.held), members(row.source), members(row.heldBase), members(row.sourceBase))
			require.Equal(t, members(row.want), merged)
			require.Equal(t, members(row.overflow), strings.Join(overflow, "\n"))
		})
	}
}

// members spells a set of single letters.
func members(letters string) string { return strings.Join(strings.Split(letters, ""), "\n") }
