package fieldmap

import (
	"golang.org/x/text/cases"

	"contactbridge/internal/contact"
)

// of gives the pair's word on a side.
func (p Pair) of(side contact.Side) string {
	if side == contact.VTiger {
		return p.VTiger
	}
	return p.Outlook
}

// paired gives the side's word for a word of the other side; a word of its own stays itself. What is neither has no word
// there, so the side shows nothing of it.
func (t Transform) paired(to contact.Side, v string) string {
	for _, side := range [2]contact.Side{to.Other(), to} {
		for _, p := range t.Pairs {
			if sameWord(p.of(side), v) {
				return p.of(to)
			}
		}
	}
	return ""
}

// sameWord tells whether two texts are one word, whatever their case.
func sameWord(a, b string) bool { return word(a) == word(b) }

// word is the form in which words are told apart.
func word(v string) string { return contact.NormalText(cases.Fold().String(contact.NormalText(v))) }

// What vTiger's check boxes hold. There is no third: a cleared one is 0.
const (
	ticked   = "1"
	unticked = "0"
)

// ticked gives vTiger's 0 or 1 for a word of Outlook, and back. Any other word of Outlook ticks nothing.
func (t Transform) ticked(to contact.Side, v string) string {
	yes := sameWord(v, t.Yes) || word(v) == ticked
	switch {
	case to == contact.VTiger && yes:
		return ticked
	case to == contact.VTiger:
		return unticked
	case yes:
		return t.Yes
	case sameWord(v, t.No) || word(v) == unticked:
		return t.No
	}
	return ""
}
