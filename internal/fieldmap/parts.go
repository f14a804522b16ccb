package fieldmap

import (
	"strings"

	"contactbridge/internal/contact"
)

// separators are what can stand between parts, by name.
var separators = map[string]string{"space": " ", "comma": ", ", "line": "\n"}

// joined is what the parts are as one; blank ones leave no gap. Which field a word stands in is not told, so moving it from
// one to the next is no change.
func (t Transform) joined(parts []string) string {
	var held []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			held = append(held, p)
		}
	}
	return strings.Join(held, separators[t.Separator])
}

// split gives n parts, at least two, of which v is made. Words are taken as a name is: the last word is the last part, even if it is the
// only one, the other parts but the last but one have a word each. Lines and what stands between commas fill the parts in
// order, and the last takes what is left.
func (t Transform) split(v string, n int) []string {
	out, pieces := make([]string, n), t.pieces(v)
	if t.Separator != "space" {
		first := min(n-1, len(pieces))
		copy(out, pieces[:first])
		out[n-1] = t.joined(pieces[first:])
		return out
	}
	if last := len(pieces) - 1; last >= 0 {
		out[n-1], pieces = pieces[last], pieces[:last]
	}
	first := min(n-2, len(pieces))
	copy(out, pieces[:first])
	out[n-2] = t.joined(pieces[first:])
	return out
}

// pieces are the words, the lines or what stands between commas.
func (t Transform) pieces(v string) []string {
	switch t.Separator {
	case "space":
		return strings.Fields(v)
	case "comma":
		v = strings.ReplaceAll(v, ",", "\n")
	}
	return contact.Lines(v)
}

// partsAsOne is what a side shows as one after v was written to it: each part cut to its column. The side that holds it in
// one field shows v itself.
func (r Row) partsAsOne(of module, to contact.Side, v string) string {
	names := r.names(to)
	if len(names) < 2 {
		return v
	}
	parts := r.Transform.split(v, len(names))
	for i, name := range names {
		if runes := []rune(parts[i]); to == contact.VTiger && of.columns[name] > 0 && len(runes) > of.columns[name] {
			parts[i] = r.Transform.joined(r.Transform.pieces(string(runes[:of.columns[name]]))) // no separator stays at its end
		}
	}
	return r.Transform.joined(parts)
}

// inParts spreads v over the fields; a record that shows v already keeps its division.
func (r Row) inParts(names []string, v string, before map[string]string) map[string]string {
	held := make([]string, len(names))
	for i, name := range names {
		held[i] = before[name]
	}
	parts := held
	if r.Transform.joined(held) != v {
		parts = r.Transform.split(v, len(names))
	}
	out := map[string]string{}
	for i, name := range names {
		out[name] = parts[i]
	}
	return out
}
