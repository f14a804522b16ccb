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

// keys is what a contact is recognised by, level by level: what others find it under, and what it finds others under.
type keys struct {
	put, find [4][]string
}

// keysOf gives a contact's keys. Blank never equals blank.
func (p *planner) keysOf(c contact.Contact) keys {
	var out keys
	name := p.nameOf(c)
	var content, oneWay strings.Builder
	for _, s := range p.Shapes {
		value := c[s.Field]
		normal := s.Type.Normal(value, s.Region)
		if s.Direction.Allows(contact.VTiger) && s.Direction.Allows(contact.Outlook) {
			content.WriteString(carriedForm(s, value, normal, c) + "\x00")
		} else {
			oneWay.WriteString(normal + "\x00")
		}
		switch s.Type {
		case contact.Emails:
			for _, k := range strings.Split(normal, "\n") {
				out.add(byEmail, k)
			}
		case contact.Phones, contact.Phone:
			for _, k := range strings.Split(normal, "\n") {
				out.addPhone(k, name)
			}
		}
	}
	out.addBeside(byContent, content.String(), oneWay.String())
	if company := strings.ToLower(contact.NormalText(c["companyName"])); name != "" && company != "" {
		out.add(byNameAndCompany, name+"\x00"+company)
	}
	return out
}

// add lets a contact be found, and find others, by one key.
func (k *keys) add(l level, key string) {
	if strings.Trim(key, "\x00") != "" {
		key = string(rune('0'+l)) + key
		k.put[l], k.find[l] = append(k.put[l], key), append(k.find[l], key)
	}
}

// addPhone keeps two colleagues with one switchboard number apart: an equal phone says nothing against unequal names.
func (k *keys) addPhone(phone, name string) { k.addBeside(byPhone, phone, name) }

// addBeside is add for a key that says nothing against an unequal second value; a blank one contradicts none. The second is
// part of the key, so that a thousand who share the first are not compared with each other.
func (k *keys) addBeside(l level, key, second string) {
	if strings.Trim(key, "\x00") == "" {
		return
	}
	if strings.Trim(second, "\x00") == "" {
		second = ""
	}
	key = string(rune('0'+l)) + key + "\x00"
	k.put[l] = append(k.put[l], key+"="+second, key+"*")
	if second == "" {
		k.find[l] = append(k.find[l], key+"*")
	} else {
		k.find[l] = append(k.find[l], key+"="+second, key+"=")
	}
}

// carriedForm is the normal form of a value as both sides can hold it, so that a contact equals its own reduction. normal is
// that of the value itself: to read a phone number costs more than all the rest.
func carriedForm(s contact.Shape, value, normal string, from contact.Contact) string {
	whole := value
	for _, side := range contact.Sides {
		value = s.Carry(side, value, from)
	}
	if value != whole {
		normal = s.Type.Normal(value, s.Region)
	}
	members := strings.Split(normal, "\n")
	if s.Type.IsSet() {
		slices.Sort(members)
	}
	return strings.Join(members, "\n")
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
