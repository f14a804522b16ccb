package fieldmap

import (
	"fmt"
	"slices"
	"strings"

	"contactbridge/internal/contact"
)

// checkTransform lists what is wrong with the row's transform; p is the kind of its values.
func (r Row) checkTransform(p Property, fields []VTigerField) []string {
	t := r.Transform
	if t == nil {
		return nil
	}
	if !slices.Contains(kinds, t.Kind) {
		return []string{fmt.Sprintf("there is no transform %q; possible are %s", t.Kind, listed(kinds))}
	}
	out := t.checkParameters()
	switch t.Kind {
	case Trim, Case, E164:
		return append(out, r.checkSpelling(p)...)
	case Fixed:
		return append(out, r.checkFixed(p, fields)...)
	case First, Join:
		return append(out, r.checkSeveral(p)...)
	case Picklist, Boolean:
		return append(out, r.checkWords(p, fields)...)
	}
	return out
}

// checkParameters says which parameters the transform does not take, and which of the letter cases and separators do not exist.
func (t Transform) checkParameters() []string {
	var out []string
	for _, parameter := range []struct {
		name  string
		given bool
		of    []Kind
	}{
		{"into", t.Into != "", []Kind{Trim, Case, E164}},
		{"case", t.Case != "", []Kind{Case}},
		{"value", t.Value != "", []Kind{Fixed}},
		{"separator", t.Separator != "", []Kind{Join}},
		{"pairs", len(t.Pairs) > 0, []Kind{Picklist}},
		{"yes", t.Yes != "", []Kind{Boolean}},
		{"no", t.No != "", []Kind{Boolean}},
	} {
		if parameter.given && !slices.Contains(parameter.of, t.Kind) {
			out = append(out, fmt.Sprintf("the transform %s takes no %s", t.Kind, parameter.name))
		}
	}
	if t.Kind == Case && !slices.Contains([]string{upperCase, lowerCase, titleCase}, t.Case) {
		out = append(out, fmt.Sprintf("the transform case takes one of upper, lower, title as case, not %q", t.Case))
	}
	if _, known := separators[t.Separator]; t.Kind == Join && !known {
		out = append(out, fmt.Sprintf("the transform join takes one of space, comma, line as separator, not %q", t.Separator))
	}
	return out
}

// checkSpelling is about trim, case and e164.
func (r Row) checkSpelling(p Property) []string {
	var out []string
	t := r.Transform
	switch {
	case t.Kind == E164 && p.Type != contact.Phone && p.Type != contact.Phones:
		out = append(out, fmt.Sprintf("the transform e164 takes phone numbers, and Outlook property %q holds none", r.Outlook))
	case p.Type == contact.Date:
		out = append(out, fmt.Sprintf("the transform %s takes texts, and Outlook property %q holds dates", t.Kind, r.Outlook))
	}
	if t.Into == "" {
		return out
	}
	if err := t.Into.EnsureValid(); err != nil {
		return append(out, "the transform's "+err.Error())
	}
	if !r.Direction.Allows(t.Into) {
		out = append(out, fmt.Sprintf("the transform %s is for what is written into %s, where the row's direction writes nothing", t.Kind, t.Into.Title()))
	}
	return out
}

// checkSeveral is about first and join.
func (r Row) checkSeveral(p Property) []string {
	t, side := r.Transform, contact.VTiger
	if len(r.Also) > 0 {
		side = contact.Outlook
	}
	var out []string
	if len(r.names(side)) < 2 || len(r.names(side.Other())) != 1 {
		out = append(out, fmt.Sprintf("the transform %s takes several fields of one side and one of the other", t.Kind))
	}
	if p.Type.IsSet() || t.Kind == Join && p.Type != contact.Text {
		out = append(out, fmt.Sprintf("the transform %s cannot take Outlook property %q, which holds %s", t.Kind, r.Outlook, p.holds()))
	}
	if t.Kind == First && r.Direction.Allows(side) {
		out = append(out, fmt.Sprintf("the transform first only reads its several fields, so the direction must be %s", directionInto(side.Other())))
	}
	return out
}

// holds says what the property's values are.
func (p Property) holds() string {
	switch p.Type {
	case contact.Emails, contact.Phones:
		return "a list"
	case contact.Date:
		return "dates"
	case contact.Phone:
		return "phone numbers"
	}
	return "texts"
}

// directionInto is the direction that writes into the side only.
func directionInto(side contact.Side) contact.Direction {
	if side == contact.VTiger {
		return contact.ToVTiger
	}
	return contact.ToOutlook
}

// checkRoom lists which of the row's parameters a column of the module cannot hold, and whether a joined mandatory field
// can stay empty.
func (of module) checkRoom(r Row) []string {
	t := r.Transform
	if t == nil || len(r.VTiger) == 0 {
		return nil
	}
	var out []string
	words := []string{t.Value}
	for _, p := range t.Pairs {
		words = append(words, p.VTiger)
	}
	name := r.VTiger[0]
	for _, w := range words {
		if most := of.columns[name]; most > 0 && len([]rune(w)) > most {
			out = append(out, fmt.Sprintf("vTiger field %q holds %d characters, fewer than %q has", name, most, w))
		}
	}
	// A lone word is the last part, a lone line the first.
	filled, which := len(r.VTiger)-1, "last"
	if t.Separator != "space" {
		filled, which = 0, "first"
	}
	if i := slices.Index(r.VTiger, of.mandatory); r.is(Join) && len(r.VTiger) > 1 && i >= 0 && i != filled {
		out = append(out, fmt.Sprintf("vTiger's %s must be the %s of the joined fields: vTiger takes no %s without it", of.mandatory, which, of.noun))
	}
	return out
}

// listed writes names with commas between.
func listed[T ~string](names []T) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = string(n)
	}
	return strings.Join(out, ", ")
}
