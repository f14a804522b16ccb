package reconcile

import (
	"html"
	"net/mail"
	"regexp"
	"slices"
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
		if Shows(s, now.VTiger, change.Faces.VTiger) && Shows(s, now.Outlook, change.Faces.Outlook) {
			out[s.Field] = now
		}
	}
	return out
}

// Shows tells whether a side holds what was written to it, or a reduction of that which its store made: a beginning of at
// least 20 characters, or the text with what it cannot hold dropped, escaped or replaced.
func Shows(s contact.Shape, got, want string) bool {
	switch {
	case s.Same(got, want):
		return true
	case s.Type.IsSet():
		return showsSet(s, contact.Lines(got), contact.Lines(want))
	case got == "":
		return false
	case s.Type == contact.Text, s.Type == contact.Phone:
		return reduction(got, want)
	}
	return false
}

// showsSet is Shows member by member. Outlook drops an address that is none.
func showsSet(s contact.Shape, got, want []string) bool {
	held := make([]bool, len(got))
	for _, w := range want {
		found := s.Type == contact.Emails && !isAddress(w)
		for i, g := range got {
			if s.Same(g, w) || reduction(g, w) {
				held[i], found = true, true
			}
		}
		if !found {
			return false
		}
	}
	return !slices.Contains(held, false)
}

// isAddress tells whether a text has the form of an e-mail address.
func isAddress(v string) bool {
	_, err := mail.ParseAddress(v)
	return err == nil
}

// reduction tells whether got is what a store kept of a text. Entities are resolved on both sides, since a store that
// escapes some characters leaves those alone that were escaped before.
func reduction(got, want string) bool {
	plain := func(v string) string { return contact.NormalText(html.UnescapeString(v)) }
	if plain(got) == plain(want) || plain(strings.ReplaceAll(got, "????", "")) == plain(dropAstral(want)) {
		return true
	}
	beginning := cutEntity.ReplaceAllString(got, "")
	return len([]rune(got)) >= 20 && strings.HasPrefix(contact.NormalText(want), contact.NormalText(got)) ||
		len([]rune(beginning)) >= 20 && strings.HasPrefix(plain(want), plain(beginning))
}

// cutEntity is the beginning of an entity that was cut off.
var cutEntity = regexp.MustCompile(`&#?[A-Za-z0-9]{0,8}$`)

// dropAstral leaves out every character above U+FFFF.
func dropAstral(v string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xFFFF {
			return -1
		}
		return r
	}, v)
}
