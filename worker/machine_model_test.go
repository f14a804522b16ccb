package worker_test

import (
	"fmt"
	"strings"

	"contactbridge/internal/contact"
	"contactbridge/internal/demo"
)

// This file is what the test knows by itself of people, places and what was written. It shares nothing with the product:
// a person is known by the last name, which nobody edits.

// person is somebody whom users know.
type person struct {
	n      int
	extra  int                 // how many records more than one a place may hold of the person, by what users did
	copied bool                // a user's copy may stand beside the record that is synced
	in     map[*home]*standing // by whose share
}

func (p *person) surname() string { return fmt.Sprintf("Person-%d", p.n) }

func (p *person) address() string { return fmt.Sprintf("p%d@machine.example", p.n) }

// sheet is one record of a person, on whichever side.
type sheet struct {
	side   contact.Side
	box    string // Outlook: the mailbox
	folder string // Outlook: the folder; empty: the default one
	id     string
	owner  string            // vTiger
	fields map[string]string // as both sides can show them
	raw    map[string]string // Outlook: as it shows them
}

// fields pairs what both sides hold in common, as far as people write it here: vTiger's name and Outlook's.
var fields = [][2]string{
	{"firstname", "givenName"},
	{"title", "jobTitle"},
	{"department", "department"},
	{"assistant", "assistantName"},
	{"mobile", "mobilePhone"},
	{"mailingcity", "businessAddress.city"},
	{"description", "personalNotes"},
}

// foreign are fields outside the mapping.
var foreign = map[contact.Side][]string{contact.VTiger: {"fax", "mailingpobox"}, contact.Outlook: {"spouseName", "nickName"}}

func synced(side contact.Side) []string {
	out := make([]string, len(fields))
	for i, pair := range fields {
		out[i] = pair[at(side)]
	}
	return out
}

func at(side contact.Side) int {
	if side == contact.VTiger {
		return 0
	}
	return 1
}

// sheets lists every living record of a person.
func (m *machine) sheets(p *person) []sheet {
	var out []sheet
	for _, s := range m.all() {
		if s.fields["surname"] == p.surname() {
			out = append(out, s)
		}
	}
	return out
}

// all lists every living record of both sides.
func (m *machine) all() []sheet {
	var out []sheet
	for _, r := range m.vtiger.Contacts() {
		s := sheet{side: contact.VTiger, id: r["id"], owner: r["assigned_user_id"], fields: map[string]string{"surname": r["lastname"]}}
		for _, name := range append(synced(contact.VTiger), foreign[contact.VTiger]...) {
			s.fields[name] = plain(r[name])
		}
		out = append(out, s)
	}
	for _, box := range m.boxes() {
		for _, folder := range []string{"", sideFolder} {
			out = append(out, m.folder(box, folder)...)
		}
	}
	return out
}

func (m *machine) folder(box demo.Person, folder string) []sheet {
	var out []sheet
	for _, r := range m.microsoft.Contacts(box.Mailbox, folder) {
		id, _ := r["id"].(string)
		s := sheet{side: contact.Outlook, box: box.Mailbox, folder: folder, id: id, fields: map[string]string{"surname": text(r, "surname")}, raw: map[string]string{}}
		for _, name := range append(synced(contact.Outlook), foreign[contact.Outlook]...) {
			s.raw[name] = text(r, name)
			s.fields[name] = plain(s.raw[name])
		}
		out = append(out, s)
	}
	return out
}

// text reads a property, or a part of an address by a dotted name.
func text(r map[string]any, name string) string {
	value := r[name]
	if address, part, dotted := strings.Cut(name, "."); dotted {
		parts, _ := r[address].(map[string]any)
		value = parts[part]
	}
	s, _ := value.(string)
	return s
}

// plain is a value as both sides can show it: vTiger's database here holds nothing above U+FFFF.
func plain(v string) string {
	v = strings.Map(func(r rune) rune {
		if r > 0xFFFF {
			return -1
		}
		return r
	}, v)
	return strings.TrimSpace(strings.ReplaceAll(v, "\r\n", "\n"))
}
