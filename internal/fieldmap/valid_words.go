package fieldmap

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"contactbridge/internal/contact"
)

// checkWords is about picklist and boolean.
func (r Row) checkWords(p Property, fields []VTigerField) []string {
	t := r.Transform
	var out []string
	if p.Type != contact.Text {
		out = append(out, fmt.Sprintf("the transform %s takes texts, and Outlook property %q holds %s", t.Kind, r.Outlook, p.holds()))
	}
	f := r.fieldOf(fields)
	if t.Kind == Picklist {
		return append(out, r.checkPairs(f)...)
	}
	if f.Name != "" && f.Type != "boolean" {
		out = append(out, fmt.Sprintf("the transform boolean takes a check box, and vTiger field %q is of the type %s", f.Name, f.Type))
	}
	switch yes, no := word(t.Yes), word(t.No); {
	case yes == "":
		out = append(out, "the transform boolean needs yes, Outlook's word for a ticked box")
	case yes == no, yes == unticked, no == ticked:
		out = append(out, fmt.Sprintf("the transform boolean cannot tell yes %q from no %q", t.Yes, t.No))
	}
	return out
}

// fieldOf is the row's first vTiger field as describe tells it; zero when there is none.
func (r Row) fieldOf(fields []VTigerField) VTigerField {
	for _, f := range fields {
		if len(r.VTiger) > 0 && f.Name == r.VTiger[0] {
			return f
		}
	}
	return VTigerField{}
}

// checkPairs refuses a table that does not say, in a direction of the row, what becomes of a word.
func (r Row) checkPairs(f VTigerField) []string {
	var out []string
	pairs := r.Transform.Pairs
	if len(pairs) == 0 {
		out = append(out, "the transform picklist needs pairs")
	}
	for i, p := range pairs {
		if word(p.Outlook) == "" || word(p.VTiger) == "" {
			out = append(out, fmt.Sprintf("pair %d of the picklist lacks a word", i+1))
			continue
		}
		if len(f.Choices) > 0 && !slices.Contains(f.Choices, p.VTiger) {
			out = append(out, fmt.Sprintf("vTiger field %q has no value %q", f.Name, p.VTiger))
		}
		if strings.ContainsFunc(p.VTiger, func(c rune) bool { return c > 0xFFFF }) || strings.ContainsFunc(p.Outlook+p.VTiger, unicode.IsControl) {
			out = append(out, fmt.Sprintf("pair %d of the picklist has a character that is not kept on both sides", i+1))
		}
		if message := r.checkAgainst(p, pairs[:i]); message != "" {
			out = append(out, message)
		}
	}
	return out
}

// checkAgainst holds a pair against those before it. One word may stand for several where it is only written. A word that
// stands on both sides must be its own pair: else nobody could tell whose word it is.
func (r Row) checkAgainst(p Pair, before []Pair) string {
	for _, b := range before {
		sameOutlook, sameVTiger := sameWord(p.Outlook, b.Outlook), sameWord(p.VTiger, b.VTiger)
		switch {
		case sameOutlook && (sameVTiger || r.Direction.Allows(contact.VTiger)):
			return fmt.Sprintf("Outlook's word %q has two pairs", p.Outlook)
		case sameVTiger && r.Direction.Allows(contact.Outlook):
			return fmt.Sprintf("vTiger's value %q has two pairs", p.VTiger)
		case sameWord(p.Outlook, b.VTiger) && !sameVTiger, sameWord(p.VTiger, b.Outlook) && !sameOutlook:
			return fmt.Sprintf("the pair of %q and %q crosses the one of %q and %q", p.Outlook, p.VTiger, b.Outlook, b.VTiger)
		}
	}
	return ""
}

// checkFixed is about fixed.
func (r Row) checkFixed(p Property, fields []VTigerField) []string {
	v := r.Transform.Value
	if strings.TrimSpace(v) == "" {
		return []string{"the transform fixed needs a value"}
	}
	side, others := contact.Outlook, len(r.VTiger)
	if r.Outlook == "" {
		side, others = contact.VTiger, len(r.Also)
	}
	if len(r.names(side)) != 1 || others > 0 {
		return []string{"the transform fixed takes one field of the side that gets the value, and none of the other"}
	}
	var out []string
	if r.Direction != directionInto(side) {
		out = append(out, fmt.Sprintf("the transform fixed writes into %s, so the direction must be %s", side.Title(), directionInto(side)))
	}
	f := r.fieldOf(fields)
	switch {
	case p.Type.IsSet():
		out = append(out, fmt.Sprintf("Outlook property %q is a list, so it takes no fixed value", r.Outlook))
	case (p.Type == contact.Date || f.Type == "date") && !isDate(v):
		out = append(out, fmt.Sprintf("%q is no date such as 2026-01-31", v))
	case f.Type == "boolean" && v != ticked && v != unticked:
		out = append(out, fmt.Sprintf("vTiger field %q is a check box, so its fixed value is 0 or 1", f.Name))
	case f.Type == "picklist" && len(f.Choices) > 0 && !slices.Contains(f.Choices, v):
		out = append(out, fmt.Sprintf("vTiger field %q has no value %q", f.Name, v))
	}
	return out
}

func isDate(v string) bool {
	_, err := time.Parse(time.DateOnly, v)
	return err == nil
}
