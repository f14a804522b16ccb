package worker_test

import (
	"regexp"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// names knows which record a story's name stands for, on each side. In vTiger a name is one record for everybody; in Outlook
// each mailbox has its own.
type names struct {
	ids   map[string]string // by place and name
	of    map[string]string // by place and id
	order map[string]int    // in which the names were first given
}

func newNames() names {
	return names{ids: map[string]string{}, of: map[string]string{}, order: map[string]int{}}
}

// place is where a name holds.
func place(side contact.Side, x *actor) string {
	if side == contact.VTiger {
		return "vtiger/"
	}
	return "outlook/" + x.Name + "/"
}

// give lets a name stand for a record from now on.
func (n names) give(at, name, id string) {
	n.ids[at+name], n.of[at+id] = id, name
	if _, known := n.order[name]; !known {
		n.order[name] = len(n.order)
	}
}

// learn gives the partners of named records the same names.
func (s *story) learn(x *actor) {
	c := s.connected(x)
	var links []ledger.Link
	err := s.ledger.DB().NewSelect().Model(&links).
		Where("l.connection_id = ? AND l.epoch = ? AND l.state IN (?, ?, ?)", c.ID, c.Epoch, reconcile.Active, reconcile.OutOfScope, reconcile.Detached).
		Order("l.id").Scan(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	v, o := place(contact.VTiger, x), place(contact.Outlook, s.mailboxOf(x))
	for _, l := range links {
		inVTiger, inOutlook := s.names.of[v+l.VTigerID], s.names.of[o+l.OutlookID]
		switch {
		case inVTiger != "" && inOutlook == "":
			s.names.give(o, inVTiger, l.OutlookID)
		case inOutlook != "" && inVTiger == "":
			s.names.give(v, inOutlook, l.VTigerID)
		}
	}
}

// called is the name by which the story knows an operation's contact, else what the log calls it.
func (s *story) called(x *actor, op ledger.Operation) string {
	first, second := contact.Outlook, contact.VTiger
	if op.Side == contact.VTiger {
		first, second = second, first
	}
	for _, side := range []contact.Side{first, second} {
		if name := s.names.of[place(side, s.mailboxOf(x))+op.Of(side)]; name != "" && op.Of(side) != "" {
			return name
		}
	}
	return op.Name
}

// mailboxOf is whose mailbox a person's connection syncs with.
func (s *story) mailboxOf(x *actor) *actor {
	box := s.connected(x).MailboxID
	for _, other := range s.actors {
		if box == "mailbox-of-"+other.UserName {
			return other
		}
	}
	return x
}

var idOfVTiger = regexp.MustCompile(`\b\d+x\d+\b`)

// named puts the story's names for the ids that a sentence has.
func (s *story) named(x *actor, sentence string) string {
	return idOfVTiger.ReplaceAllStringFunc(sentence, func(id string) string {
		if name := s.names.of[place(contact.VTiger, x)+id]; name != "" {
			return name
		}
		return id
	})
}
