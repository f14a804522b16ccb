package vtiger

import (
	"context"

	"contactbridge/internal/contact"
)

// Look asks for known ids, a hundred a query. An id that a believable answer leaves out is then asked for by itself:
// Deleted only when vTiger denies it with the one message that it has for records that do not exist, and a living
// record is retrieved after it in the same session. vTiger says the same of an id that never was.
func (b *Book) Look(ctx context.Context, ids []string) ([]contact.Sighting, error) {
	doing := b.doing("look for records of")
	found := map[string]contact.Sighting{}
	for _, portion := range portions(askable(ids), pageRows) {
		if err := b.lookAt(ctx, doing, portion, found); err != nil {
			return nil, err
		}
	}
	out := make([]contact.Sighting, len(ids))
	for i, id := range ids {
		s, answered := found[id]
		if !answered {
			s = contact.Sighting{ID: id, Presence: contact.Unknown}
		}
		out[i] = s
	}
	return out, nil
}

// askable gives the distinct ids that have vTiger's form.
func askable(ids []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, id := range ids {
		if isID(id) && !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// lookAt answers for one query's worth of ids.
func (b *Book) lookAt(ctx context.Context, doing string, ids []string, found map[string]contact.Sighting) error {
	now, err := b.client.Now(ctx)
	if err != nil {
		return err
	}
	rows, witness, err := b.where(ctx, doing, vtql("id in ?", ids))
	if err != nil {
		return err
	}
	records, err := b.records(ctx, doing, rows)
	if err != nil {
		return err
	}
	b.client.doubt(records, now)
	for _, r := range records {
		found[r.ID] = contact.Sighting{ID: r.ID, Presence: contact.Present, Record: r}
	}
	var missing []string
	for _, id := range ids {
		if _, there := found[id]; !there {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return b.confirm(ctx, doing, missing, witness, found)
}

// confirmed is how many missing ids are asked for in one turn: a second's work, far below a slot's life.
const confirmed = 25

// confirm asks for the missing ids one by one.
func (b *Book) confirm(ctx context.Context, doing string, missing []string, witness string, found map[string]contact.Sighting) error {
	for _, portion := range portions(missing, confirmed) {
		t, err := b.client.take(ctx, doing)
		if err != nil {
			return err
		}
		err = t.confirm(ctx, doing, portion, witness, found)
		t.give()
		if err != nil {
			return err
		}
	}
	return nil
}

// confirm asks in one turn, hence in one session unless it is renewed. Denials count only when the witness, a living
// record, is retrieved after them in the session that gave them: else it may be the account that lost its rights.
func (t *turn) confirm(ctx context.Context, doing string, missing []string, witness string, found map[string]contact.Sighting) error {
	denied := map[string]string{} // the session, by id
	for _, id := range missing {
		a, err := t.retrieve(ctx, doing, id)
		switch {
		case err != nil:
			return err
		case a.code == "" || a.code == codeDenied && a.message == messageNotVisible:
			found[id] = contact.Sighting{ID: id, Presence: contact.Outside}
		case a.code == codeDenied && a.message == messageNoRecord:
			denied[id] = a.session
		}
	}
	if len(denied) == 0 || witness == "" {
		return nil
	}
	a, err := t.retrieve(ctx, doing, witness)
	if err != nil {
		return err
	}
	if a.code != "" {
		return nil
	}
	for id, session := range denied {
		if session == a.session {
			found[id] = contact.Sighting{ID: id, Presence: contact.Deleted}
		}
	}
	return nil
}
