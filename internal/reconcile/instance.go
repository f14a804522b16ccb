package reconcile

import (
	"slices"
	"strings"

	"contactbridge/internal/contact"
)

// Hit is a record, anywhere in the vTiger instance, that holds an address which was asked for.
type Hit struct {
	ID      string
	Owner   string
	InScope bool // it belongs to this connection's scope, as far as its owner and the module filter tell
}

// fate is what the whole instance says of a stranger.
type fate int

const (
	free      fate = iota // nobody has its addresses
	elsewhere             // a record outside the scope has one
	resembled             // a record of the scope has one, and no rule took the two for one person
	unseen                // a record of the scope has one, and was not observed yet
)

// instanceAgrees tells whether a stranger of Outlook may be inserted into vTiger for all that the whole instance answered.
// What was not answered yet is asked for. approved says that a person wants it although this connection has its like.
//
// Two strangers with one address are inserted one after the other: the second meets the first as a record of vTiger.
func (p *planner) instanceAgrees(m *matching, r Seen, approved bool) bool {
	addresses := Addresses(p.Shapes, r.Contact)
	unanswered := p.unanswered(addresses)
	if len(unanswered) > 0 {
		p.out.Ask = append(p.out.Ask, unanswered...)
		p.out.Unasked++
		return false
	}
	if slices.ContainsFunc(addresses, func(a string) bool { return m.claimed[a] }) {
		p.find(contact.Outlook, r.ID, whyClaimed)
		return false
	}
	hits := p.hits(addresses)
	says, decisive := p.fateOf(hits, approved)
	if !p.accept(r.ID, addresses, says, decisive) {
		return false
	}
	for _, a := range addresses {
		m.claimed[a] = true
	}
	return true
}

// Addresses gives the normal forms of a contact's e-mail addresses, in order and each once.
func Addresses(shapes []contact.Shape, c contact.Contact) []string {
	var out []string
	for _, s := range shapes {
		if s.Type == contact.Emails {
			out = append(out, strings.Split(s.Type.Normal(c[s.Field], s.Region), "\n")...)
		}
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(a string) bool { return a == "" })
}

// unanswered are the addresses of which the instance said nothing.
func (p *planner) unanswered(addresses []string) []string {
	return slices.DeleteFunc(slices.Clone(addresses), func(a string) bool { _, answered := p.Instance[a]; return answered })
}

// hits gives the records that hold any of the addresses, each once and by id.
func (p *planner) hits(addresses []string) []Hit {
	var out []Hit
	for _, a := range addresses {
		out = append(out, p.Instance[a]...)
	}
	slices.SortStableFunc(out, func(a, b Hit) int { return strings.Compare(a.ID, b.ID) })
	return slices.CompactFunc(out, func(a, b Hit) bool { return a.ID == b.ID })
}

// fateOf gives the gravest that any hit says, and the hits that say so. A record that this connection observed is judged
// by its tree, which is newer or knows more.
func (p *planner) fateOf(hits []Hit, approved bool) (fate, []Hit) {
	gravest, decisive := free, []Hit(nil)
	for _, h := range hits {
		says := p.fateOfHit(h)
		if says == resembled && approved {
			continue
		}
		if says > gravest {
			gravest, decisive = says, nil
		}
		if says == gravest {
			decisive = append(decisive, h)
		}
	}
	return gravest, decisive
}

func (p *planner) fateOfHit(h Hit) fate {
	r, observed := p.VTiger[h.ID]
	switch {
	case observed && r.Presence == contact.Deleted:
		return free
	case observed && r.Presence == contact.Outside, !observed && !h.InScope:
		return elsewhere
	case observed && !r.Busy:
		return resembled
	}
	return unseen
}

// accept tells whether the stranger is inserted, and else says why not.
func (p *planner) accept(id string, addresses []string, says fate, decisive []Hit) bool {
	switch says {
	case unseen:
		p.find(contact.Outlook, id, whyUnseen)
		return false
	case resembled:
		_, wanted := p.approvedDuplicate(contact.Outlook, id, Hold{Candidates: idsOf(decisive), Why: whyInstance})
		return wanted
	case elsewhere:
		return p.acceptElsewhere(id, addresses, decisive)
	}
	return true
}

// acceptElsewhere follows the policy about contacts that somebody else has.
func (p *planner) acceptElsewhere(id string, addresses []string, decisive []Hit) bool {
	owner := decisive[0].Owner
	switch p.Policy.Elsewhere {
	case InsertElsewhere:
		return true
	case HoldElsewhere:
		q := question(ElsewhereHold, slices.Concat([]string{id}, addresses, idsOf(decisive))...)
		answer := p.Answers[q]
		if answer.Verdict == Approve {
			return true
		}
		p.holdStranger(ElsewhereHold, contact.Outlook, id, Hold{Question: q, Candidates: idsOf(decisive), Owner: owner, Answer: answer, Why: whyElsewhere()})
	default:
		p.out.Findings = append(p.out.Findings, Finding{Side: contact.Outlook, Record: id, Owner: owner, Why: whyElsewhere()})
	}
	return false
}

// idsOf gives at most mostCandidates ids.
func idsOf(hits []Hit) []string {
	var out []string
	for _, h := range hits[:min(len(hits), mostCandidates)] {
		out = append(out, h.ID)
	}
	return out
}
