package reconcile

import (
	"slices"
	"strings"

	"contactbridge/internal/contact"
)

// level is one rule by which strangers are recognised; a lower one is stronger.
type level int

const (
	byContent level = iota
	byEmail
	byPhone
	byNameAndCompany
)

// levels lists the rules, strongest first.
var levels = []level{byContent, byEmail, byPhone, byNameAndCompany}

// String says what is equal, for sentences.
func (l level) String() string {
	return [...]string{"content", "e-mail address", "phone number", "name and company"}[l]
}

// keysOf gives, level by level, what a contact is recognised by. Blank never equals blank.
func (p *planner) keysOf(c contact.Contact) [][]string {
	out := make([][]string, len(levels))
	add := func(l level, key string) {
		if strings.Trim(key, "\x00") != "" {
			out[l] = append(out[l], l.String()+"\x00"+key)
		}
	}
	var content strings.Builder
	for _, s := range p.Shapes {
		value := c[s.Field]
		if s.Direction.Allows(contact.VTiger) && s.Direction.Allows(contact.Outlook) {
			content.WriteString(carriedForm(s, value, c) + "\x00")
		}
		switch s.Type {
		case contact.Emails:
			for _, k := range strings.Split(s.Type.Normal(value, s.Region), "\n") {
				add(byEmail, k)
			}
		case contact.Phones, contact.Phone:
			for _, k := range strings.Split(s.Type.Normal(value, s.Region), "\n") {
				add(byPhone, k)
			}
		}
	}
	add(byContent, content.String())
	if name, company := p.nameOf(c), strings.ToLower(contact.NormalText(c["companyName"])); name != "" && company != "" {
		add(byNameAndCompany, name+"\x00"+company)
	}
	return out
}

// carriedForm is a value as both sides can hold it, so that a contact equals its own reduction.
func carriedForm(s contact.Shape, value string, from contact.Contact) string {
	for _, side := range contact.Sides {
		value = s.Carry(side, value, from)
	}
	members := strings.Split(s.Type.Normal(value, s.Region), "\n")
	if s.Type.IsSet() {
		slices.Sort(members)
	}
	return strings.Join(members, "\n")
}

// compatible keeps two colleagues with one switchboard number apart: an equal phone says nothing against unequal names.
func (p *planner) compatible(l level, a, b contact.Contact) bool {
	if l != byPhone {
		return true
	}
	na, nb := p.nameOf(a), p.nameOf(b)
	return na == nb || na == "" || nb == ""
}

// nameOf is the full name in normal form, without regard to case; of an organisation, which has no other, the company.
func (p *planner) nameOf(c contact.Contact) string {
	if p.organisations() {
		return strings.ToLower(contact.NormalText(c["companyName"]))
	}
	return strings.ToLower(contact.NormalText(contact.NormalText(c["givenName"]) + " " + contact.NormalText(c["surname"])))
}

// organisations tells whether the records are organisations: then the company is what no record may lack.
func (p *planner) organisations() bool {
	return slices.ContainsFunc(p.Shapes, func(s contact.Shape) bool { return s.Required != "" && s.Field == "companyName" })
}
