package reconcile

import (
	"html"
	"strings"

	"contactbridge/internal/contact"
)

// Settle gives the faces that enter the base once an operation took effect: of the fields it wrote, those which both
// records now show as the plan expected. What a side shows otherwise is no part of it, and will be planned as that side's
// own change. v and o are the records as last observed.
func Settle(shapes []contact.Shape, op Operation, v, o contact.Contact) Base {
	out := Base{}
	for _, s := range shapes {
		change, written := op.Fields[s.Field]
		if !written {
			continue
		}
		now := Faces{v[s.Field], o[s.Field]}
		if shows(s, now.VTiger, change.Faces.VTiger) && shows(s, now.Outlook, change.Faces.Outlook) {
			out[s.Field] = now
		}
	}
	return out
}

// shows tells whether a side holds what was written to it, or a reduction of that which its store made: a beginning of at
// least 20 characters, or the text with what it cannot hold dropped, escaped or replaced.
func shows(s contact.Shape, got, want string) bool {
	switch {
	case s.Same(got, want), s.Same(html.UnescapeString(got), want):
		return true
	case got == "" || s.Type != contact.Text:
		return false
	case len([]rune(got)) >= 20 && strings.HasPrefix(contact.NormalText(want), contact.NormalText(got)):
		return true
	}
	return contact.NormalText(dropAstral(want)) == contact.NormalText(strings.ReplaceAll(got, "????", ""))
}

// dropAstral leaves out every character above U+FFFF.
func dropAstral(v string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xFFFF {
			return -1
		}
		return r
	}, v)
}
