package fieldmap

import (
	"slices"
	"strings"

	"contactbridge/internal/contact"
)

// Kind is what a transform does.
type Kind string

// The transforms.
const (
	Trim     Kind = "trim"     // drops white space at both ends
	Case     Kind = "case"     // writes in capital letters, in small ones, or each word with a capital first
	E164     Kind = "e164"     // writes phone numbers as +49301234567; one that cannot be read stays as typed
	Fixed    Kind = "fixed"    // writes always the same into one side
	First    Kind = "first"    // the first of several that holds something; to one field of the other side only
	Join     Kind = "join"     // several fields of one side are the parts of one field of the other
	Picklist Kind = "picklist" // words of one side for words of the other
	Boolean  Kind = "boolean"  // words of Outlook for a check box of vTiger
)

// kinds lists the transforms, in the order in which they are told.
var kinds = []Kind{Trim, Case, E164, Fixed, First, Join, Picklist, Boolean}

// Transform says how a row's values are written, and by that which values of the two sides are the same. It has no part in
// finding out whether something changed: each side is compared with what it showed itself.
type Transform struct {
	Kind      Kind         `json:"kind" enum:"trim,case,e164,fixed,first,join,picklist,boolean"`
	Into      contact.Side `json:"into,omitempty" enum:"vtiger,outlook" doc:"trim, case, e164: only what is written into this side; absent: into both"`
	Case      string       `json:"case,omitempty" enum:"upper,lower,title" doc:"case: title writes the first letter of each word as a capital and the others small"`
	Value     string       `json:"value,omitempty" maxLength:"2000" doc:"fixed: what is written"`
	Separator string       `json:"separator,omitempty" enum:"space,comma,line" doc:"join: what stands between the parts"`
	Pairs     []Pair       `json:"pairs,omitempty" maxItems:"500" doc:"picklist: the words; one without a pair does not travel, and the other side is left empty"`
	Yes       string       `json:"yes,omitempty" maxLength:"255" doc:"boolean: Outlook's word for a ticked box"`
	No        string       `json:"no,omitempty" maxLength:"255" doc:"boolean: Outlook's word for an empty box; absent: nothing"`
}

// Pair is one line of a picklist table. Outlook's word is recognised whatever its case, vTiger's too.
type Pair struct {
	Outlook string `json:"outlook" minLength:"1" maxLength:"255"`
	VTiger  string `json:"vtiger" minLength:"1" maxLength:"255"`
}

// equal tells whether both do the same.
func (t *Transform) equal(o *Transform) bool {
	if t == nil || o == nil {
		return t == o
	}
	return t.Kind == o.Kind && t.Into == o.Into && t.Case == o.Case && t.Value == o.Value && t.Separator == o.Separator &&
		slices.Equal(t.Pairs, o.Pairs) && t.Yes == o.Yes && t.No == o.No
}

// spell is how the row writes a text, or a member of a list, on a side; nil when it writes them as they are.
func (r Row) spell(of module, region string) func(contact.Side, string) string {
	if r.Transform == nil {
		return nil
	}
	t := *r.Transform
	switch t.Kind {
	case Trim:
		return t.into(strings.TrimSpace)
	case Case:
		return t.into(t.casing)
	case E164:
		return t.into(func(v string) string { return dialled(v, region) })
	case Join:
		return func(to contact.Side, v string) string { return r.partsAsOne(of, to, v) }
	case Picklist:
		return t.paired
	case Boolean:
		return t.ticked
	}
	return nil
}

// into limits a spelling to the side that the transform names.
func (t Transform) into(spelled func(string) string) func(contact.Side, string) string {
	return func(to contact.Side, v string) string {
		if t.Into != "" && t.Into != to {
			return v
		}
		return spelled(v)
	}
}

// dialled is the number in E.164, or the text as it is.
func dialled(v, region string) string {
	if number := contact.E164(v, region); number != "" {
		return number
	}
	return v
}
