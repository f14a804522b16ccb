package vtiger

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"contactbridge/internal/contact"
)

// Write performs the writes one after the other. Before them one query reads version and owner of the records to be
// updated or deleted; after them one query re-reads what was written, for vTiger's replies differ from what it stored.
//
// vTiger has no lock: an edit between the two queries of the same field is overwritten, and shows as a later change.
// Versions are whole seconds: two edits of one second cannot be told apart.
func (b *Book) Write(ctx context.Context, writes []contact.Write) ([]contact.Written, error) {
	doing := b.doing("write records of")
	if len(writes) > batch {
		return nil, &contact.Error{Kind: contact.Bug, Doing: doing, Code: "batch"}
	}
	if err := ensureModule(doing, b.module); err != nil {
		return nil, err
	}
	now, err := b.current(ctx, doing, writes)
	if err != nil {
		return nil, err
	}
	out := make([]contact.Written, len(writes))
	var s stop
	for i, w := range writes {
		out[i] = s.begin(ctx, doing, func() contact.Written { return b.perform(ctx, doing, w, now) })
	}
	b.reread(ctx, doing, writes, out)
	return out, nil
}

// current reads version and owner of the records that the writes name.
func (b *Book) current(ctx context.Context, doing string, writes []contact.Write) (map[string]row, error) {
	var ids []string
	for _, w := range writes {
		if w.Action != contact.Insert {
			ids = append(ids, w.ID)
		}
	}
	now := map[string]row{}
	for _, portion := range portions(askable(ids), pageRows) {
		rows, err := b.client.query(ctx, doing, "select id,modifiedtime,assigned_user_id from "+b.module+vtql(" where id in ?", portion))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			now[r["id"]] = r
		}
	}
	return now, nil
}

// perform does one write. A Done answer holds the id only, until it is re-read.
func (b *Book) perform(ctx context.Context, doing string, w contact.Write, now map[string]row) contact.Written {
	if err := b.ensurePossible(doing, w); err != nil {
		return contact.Written{Outcome: contact.Refused, Err: err}
	}
	if w.Action == contact.Insert {
		return b.insert(ctx, doing, w)
	}
	r, there := now[w.ID]
	switch {
	case !there:
		return contact.Written{Outcome: contact.Gone, Err: &contact.Error{Kind: contact.BadRecord, Doing: doing, Code: "not-listed"}}
	case r["modifiedtime"] != w.Before.Version || w.Owner != "" && r["assigned_user_id"] != w.Owner:
		return contact.Written{Outcome: contact.Stale, Err: &contact.Error{Kind: contact.BadRecord, Doing: doing, Code: "changed"}}
	case w.Action == contact.Delete:
		a, err := b.client.post(ctx, doing, "delete", url.Values{"id": {w.ID}})
		return written(doing, w, a, err)
	case len(w.Values) == 0: // a revise without change would still move the modified time
		return contact.Written{Outcome: contact.Done, Record: contact.Record{ID: w.ID}}
	}
	// Never the operation update: it stores a description that it was not sent HTML-encoded.
	a, err := b.client.post(ctx, doing, "revise", url.Values{"element": {element(w.Values, "id", w.ID)}})
	return written(doing, w, a, err)
}

func (b *Book) insert(ctx context.Context, doing string, w contact.Write) contact.Written {
	more := []string{"assigned_user_id", w.Owner}
	if w.Stamp != "" {
		more = append(more, "source", stampPrefix+w.Stamp)
	}
	a, err := b.client.post(ctx, doing, "create", url.Values{"elementType": {b.module}, "element": {element(w.Values, more...)}})
	if err == nil && a.code == codeDuplicate {
		return b.duplicate(ctx, doing, w)
	}
	out := written(doing, w, a, err)
	if out.Outcome != contact.Done {
		return out
	}
	var made map[string]json.RawMessage
	if json.Unmarshal(a.result, &made) != nil || !isID(textual(made)["id"]) {
		return contact.Written{Outcome: contact.Unclear, Err: rubbish(doing)}
	}
	out.Record.ID = textual(made)["id"]
	return out
}

// element is the JSON of a record's values, with more names and values in pairs. An empty value clears its field.
func element(values map[string]string, more ...string) string {
	fields := make(map[string]string, len(values)+len(more)/2)
	for name, value := range values {
		fields[name] = strings.ToValidUTF8(value, "") // as vTiger stores it; JSON would put U+FFFD there
	}
	for i := 0; i+1 < len(more); i += 2 {
		fields[more[i]] = more[i+1]
	}
	text, _ := json.Marshal(fields) // a map of strings always marshals
	return string(text)
}

// ensurePossible refuses a write that breaks the contract.
func (b *Book) ensurePossible(doing string, w contact.Write) error {
	refuse := func(code string) error { return &contact.Error{Kind: contact.Bug, Doing: doing, Code: code} }
	if !slices.Contains([]contact.Action{contact.Insert, contact.Update, contact.Delete}, w.Action) {
		return refuse("action")
	}
	for name := range w.Values {
		if !writable(name) {
			return refuse("field-not-writable")
		}
	}
	if w.Action == contact.Insert {
		if !isID(w.Owner) { // vTiger would store the record and answer with something else than JSON
			return refuse("owner")
		}
		if len(w.Stamp) > maxStamp || w.Stamp != strings.ToUpper(w.Stamp) {
			return refuse("stamp")
		}
	}
	return nil
}

// maxStamp is what the column of source leaves for a stamp.
const maxStamp = 100 - len(stampPrefix)

// reread gives the Done writes their records. What was written and is not shown now, or cannot be asked for, is unclear.
func (b *Book) reread(ctx context.Context, doing string, writes []contact.Write, out []contact.Written) {
	var ids []string
	for i, o := range out {
		if o.Outcome == contact.Done && writes[i].Action != contact.Delete {
			ids = append(ids, o.Record.ID)
		}
	}
	if len(ids) == 0 {
		return
	}
	shown := map[string]contact.Record{}
	rows, err := b.rows(ctx, doing, vtql("where id in ?", ids))
	if err == nil {
		var records []contact.Record
		records, err = b.records(ctx, doing, rows)
		for _, r := range records {
			shown[r.ID] = r
		}
	}
	if err == nil {
		err = untrue(doing)
	}
	for i, o := range out {
		if o.Outcome != contact.Done || writes[i].Action == contact.Delete {
			continue
		}
		if r, ok := shown[o.Record.ID]; ok {
			out[i].Record = r
		} else {
			out[i] = contact.Written{Outcome: contact.Unclear, Err: err}
		}
	}
}
