package reconcile

import (
	"slices"
	"strings"

	"contactbridge/internal/contact"
)

// CategoriesField is the field by which Outlook's contacts are in the scope or not, whether a mapping has it or not.
const CategoriesField contact.Field = "categories"

// Categories say which of Outlook's contacts are in the scope; the zero value takes all.
type Categories struct {
	Wanted   []string `json:"wanted"`   // at least one of these, if any is named
	Unwanted []string `json:"unwanted"` // and none of these
}

// SameCategory tells whether two names are one category: Outlook does not tell them apart by case.
func SameCategory(a, b string) bool { return folded(a) == folded(b) }

// folded is a text without what case and the number of blanks add to it.
func folded(text string) string {
	return contact.NormalEmail(strings.Join(strings.Fields(text), " "))
}

// Admit tells whether a contact with these categories, one a line, is in the scope.
func (c Categories) Admit(held string) bool {
	names := contact.Lines(held)
	return !anyCategory(c.Unwanted, names) && (len(c.Wanted) == 0 || anyCategory(c.Wanted, names))
}

func anyCategory(of, names []string) bool {
	return slices.ContainsFunc(of, func(a string) bool {
		return slices.ContainsFunc(names, func(b string) bool { return SameCategory(a, b) })
	})
}

// enter lets an insert into Outlook make a contact of the scope: it gets the first wanted category if it has none of them.
// That category is Outlook's face and no change, so that it never flows back. Not ok when the insert carries a category
// that is unwanted. from is the contact of vTiger.
func (c Categories) enter(fields map[contact.Field]FieldChange, from contact.Contact) (ok bool) {
	change := fields[CategoriesField]
	if c.Admit(change.After) {
		return true
	}
	if anyCategory(c.Unwanted, contact.Lines(change.After)) {
		return false
	}
	change.After = strings.Join(append(contact.Lines(change.After), c.Wanted[0]), "\n")
	change.Faces = Faces{VTiger: from[CategoriesField], Outlook: change.After}
	fields[CategoriesField] = change
	return true
}

var whyUnwanted = Why{"unwanted-category", "Its categories are among those that this connection leaves out, so it is not inserted."}
