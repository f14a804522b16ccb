package reconcile

import (
	"fmt"
	"strings"

	"contactbridge/internal/contact"
)

// instance answers for the whole of vTiger what was asked in this sync.
func (m *model) instance() map[string][]Hit {
	out := map[string][]Hit{}
	for a := range m.asked {
		out[a] = nil
	}
	for id, r := range m.books[contact.VTiger] {
		for _, a := range strings.Split(contact.Emails.Normal(r.face["emailAddresses"], ""), "\n") {
			if m.asked[a] && r.presence != contact.Deleted {
				out[a] = append(out[a], Hit{ID: id, Owner: "19x1", InScope: r.presence == contact.Present})
			}
		}
	}
	return out
}

// remember keeps what a write to vTiger replaced.
func (m *model) remember(l *Link, op Operation) {
	if op.Side != contact.VTiger {
		return
	}
	for f, change := range op.Fields {
		l.Replaced[f] = Replacement{Value: change.Before, At: m.now}
	}
}

// insert makes a record with our stamp and links it, unless the answer is lost.
func (m *model) insert(op Operation, changes contact.Contact) error {
	lost := m.lose
	source := m.books[op.Side.Other()][op.Of(op.Side.Other())]
	stamp := fmt.Sprintf("%s/%d", op.Of(op.Side.Other()), len(source.expects))
	source.expects = append(source.expects, stamp)
	if m.lose = ""; lost != "" {
		source.busy = true
	}
	if lost == "dropped" {
		return nil
	}
	id, err := m.store(op.Side, "", changes)
	if err != nil {
		return err
	}
	m.books[op.Side][id].stamp, m.books[op.Side][id].untouched = stamp, true
	if lost != "" {
		return nil
	}
	v, o := op.VTiger, id
	if op.Side == contact.VTiger {
		v, o = id, op.Outlook
	}
	return m.link(v, o, m.settled(op, v, o))
}
