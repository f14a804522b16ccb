package reconcile

import (
	"fmt"

	"contactbridge/internal/contact"
)

// acceptExcluded tells whether a stranger of one side may be inserted into the other although its like is there, in the
// very folder or among the records of the very owners, where only a filter leaves it out: one more would be its duplicate.
// It follows the policy about contacts that somebody else has. For who has an address the whole vTiger is asked, which
// knows these too.
func (p *planner) acceptExcluded(m *matching, side contact.Side, r Seen) bool {
	target := side.Other()
	asked := target == contact.VTiger && p.Policy.AskInstance && len(Addresses(p.Shapes, r.Contact)) > 0
	if asked || p.Policy.Elsewhere == InsertElsewhere || len(m.excluded[target]) == 0 {
		return true
	}
	var found []string
	for _, level := range levels {
		if found = p.candidates(m, m.excluded, side, r.ID, level, mostCandidates); len(found) > 0 {
			break
		}
	}
	if len(found) == 0 {
		return true
	}
	if p.Policy.Elsewhere != HoldElsewhere {
		p.find(side, r.ID, whyExcluded(target))
		return false
	}
	h := Hold{Question: question(ElsewhereHold, append([]string{r.ID}, found...)...), Candidates: found, Why: whyExcluded(target)}
	if h.Answer = p.Answers[h.Question]; h.Answer.Verdict == Approve {
		return true
	}
	p.holdStranger(ElsewhereHold, side, r.ID, h)
	return false
}

// enters tells whether an insert into vTiger makes a record of the scope. One that does not would leave the scope as soon
// as it is there.
func (w World) enters(fields map[contact.Field]FieldChange) bool {
	if w.Enters == nil {
		return true
	}
	made := contact.Contact{}
	for f, change := range fields {
		made[f] = change.After
	}
	return w.Enters(made)
}

func whyExcluded(target contact.Side) Why {
	return Why{string(ElsewhereHold), fmt.Sprintf("%s has it already, as a contact that this connection's filter leaves out, so it is not inserted.", target.Title())}
}

var whyConditions = Why{"outside-conditions", "In vTiger it would not meet this connection's conditions, so it is not inserted. A fixed value in the mapping lets new contacts meet them."}
