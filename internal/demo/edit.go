package demo

import "errors"

// edit is what people do between the first and the second sync, on both sides.
func (s *Story) edit() error {
	s.say("\npeople work: edits, new contacts and deletions on both sides")
	for i, p := range s.Cast.Users {
		v, m := s.owned(p), s.VTiger
		o := s.Microsoft.Contacts(p.Mailbox, "")
		id := func(n int) string { s, _ := o[n]["id"].(string); return s }
		same := 15 + 35*i // known to both sides from the start
		both := s.find(p, mail(same))
		err := errors.Join(
			// One side each.
			m.Edit(v[0], map[string]string{"title": "Chief Engineer", "mailingcity": "Genève"}),
			s.Microsoft.Edit(p.Mailbox, id(10), map[string]any{"jobTitle": "Buyer", "personalNotes": "Call on Mondays."}),
			// Different fields of one contact.
			m.Edit(both.vtiger, map[string]string{"department": "Research"}),
			s.Microsoft.Edit(p.Mailbox, both.outlook, map[string]any{"mobilePhone": "+41 79 000 00 01"}),
			// The same field of one contact: vTiger wins, the log keeps the loser.
			m.Edit(v[1], map[string]string{"title": "Director"}),
			s.Microsoft.Edit(p.Mailbox, s.find(p, s.email(v[1])).outlook, map[string]any{"jobTitle": "Head"}),
			// Deletions.
			m.Delete(v[2]),
			s.Microsoft.Delete(p.Mailbox, id(12)),
		)
		if err != nil {
			return err
		}
		// New ones.
		n := 900 + i
		s.VTiger.AddContact(p.ID, map[string]string{"firstname": "Nova", "lastname": last(n), "email": mail(n), "secondaryemail": "second-" + mail(n)})
		s.Microsoft.AddContact(p.Mailbox, "", map[string]any{
			"givenName": "Olaf", "surname": last(n + 50), "birthday": "1980-02-29T11:59:00Z",
			"emailAddresses": []any{map[string]any{"address": mail(n + 50)}},
		})
	}
	return nil
}

// couple is one person's ids on both sides.
type couple struct{ vtiger, outlook string }

// find finds a person's contacts by e-mail address.
func (s *Story) find(p Person, address string) couple {
	var out couple
	for _, c := range s.VTiger.Contacts() {
		if c["assigned_user_id"] == p.ID && c["email"] == address {
			out.vtiger = c["id"]
		}
	}
	for _, c := range s.Microsoft.Contacts(p.Mailbox, "") {
		if addresses(mails(c)...) == address {
			out.outlook, _ = c["id"].(string)
		}
	}
	return out
}

// owned lists a user's contacts in vTiger.
func (s *Story) owned(p Person) []string {
	var ids []string
	for _, c := range s.VTiger.Contacts() {
		if c["assigned_user_id"] == p.ID {
			ids = append(ids, c["id"])
		}
	}
	return ids
}

// email is the first address of a vTiger contact.
func (s *Story) email(id string) string {
	c, _ := s.VTiger.Record(id)
	return c["email"]
}
