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
func SameCategory(a, b string) bool { return categoryKey(a) == categoryKey(b) }

func categoryKey(name string) string {
	return contact.NormalEmail(strings.Join(strings.Fields(name), " "))
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

// acceptExcluded tells whether a stranger of vTiger may be inserted into Outlook although its like is there, in the very
// folder, where only the categories leave it out: one more would be its duplicate. It follows the policy about contacts
// that somebody else has.
func (p *planner) acceptExcluded(m *matching, r Seen) bool {
	if p.Policy.Elsewhere == InsertElsewhere || len(m.excluded[contact.Outlook]) == 0 {
		return true
	}
	var found []string
	for _, level := range levels {
		if found = p.candidates(m, m.excluded, contact.VTiger, r.ID, level, mostCandidates); len(found) > 0 {
			break
		}
	}
	if len(found) == 0 {
		return true
	}
	if p.Policy.Elsewhere != HoldElsewhere {
		p.find(contact.VTiger, r.ID, whyExcluded)
		return false
	}
	h := Hold{Question: question(ElsewhereHold, append([]string{r.ID}, found...)...), Candidates: found, Why: whyExcluded}
	if h.Answer = p.Answers[h.Question]; h.Answer.Verdict == Approve {
		return true
	}
	p.holdStranger(ElsewhereHold, contact.VTiger, r.ID, h)
	return false
}

var (
	whyUnwanted = Why{"unwanted-category", "Its categories are among those that this connection leaves out, so it is not inserted."}
	whyExcluded = Why{string(ElsewhereHold), "Outlook has it already, as a contact that this connection's filter of categories leaves out, so it is not inserted."}
)
