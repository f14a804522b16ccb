package outlook

import (
	"context"
	"fmt"
	"net/http"

	"contactbridge/internal/contact"
)

// outcome reads the answer to one write.
func outcome(w contact.Write, a answer) contact.Written {
	if a.ok() {
		return success(w, a)
	}
	err := graphError(doingOf(w.Action), a)
	switch a.status {
	case http.StatusConflict, http.StatusPreconditionFailed:
		// Graph answers so now and then without cause; a new plan decides on what is really there.
		return conflicted(w, a, err)
	case http.StatusNotFound:
		if w.Action != contact.Insert && err.Kind == contact.BadInput {
			return contact.Written{Outcome: contact.Gone, Err: err}
		}
		if w.Action == contact.Insert && err.Kind == contact.BadInput {
			err.Sentence = folderGone
		}
		return contact.Written{Outcome: contact.Refused, Err: err}
	case http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusFailedDependency, 509:
		return contact.Written{Outcome: contact.Postponed, Err: err}
	case http.StatusInsufficientStorage:
		return contact.Written{Outcome: contact.Refused, Err: err}
	}
	if err.Kind == contact.Unavailable {
		return contact.Written{Outcome: contact.Unclear, Err: err}
	}
	if err.Kind == contact.Bug {
		err.Kind, err.Sentence = contact.BadRecord, refusal(w)
	}
	return contact.Written{Outcome: contact.Refused, Err: err}
}

// refusal says why Outlook refused a contact, as far as its limits tell; Graph's own words quote the contact.
func refusal(w contact.Write) string {
	for _, p := range Catalogue {
		if p.Most > 0 && len(contact.Lines(w.Values[p.Name])) > p.Most {
			return fmt.Sprintf("Outlook refuses this contact: it takes at most %d values in %s.", p.Most, p.Name)
		}
	}
	return "Outlook refuses this contact."
}

// conflicted is Stale where there is a version to be stale. An insert has none: refused, unless it was one of Graph's
// conflicts without cause.
func conflicted(w contact.Write, a answer, err *contact.Error) contact.Written {
	switch {
	case w.Action != contact.Insert:
		return contact.Written{Outcome: contact.Stale, Err: err}
	case a.status == http.StatusPreconditionFailed || a.code() == "ErrorIrresolvableConflict":
		return contact.Written{Outcome: contact.Postponed, Err: err}
	}
	err.Kind, err.Sentence = contact.BadRecord, "Outlook refuses this contact."
	return contact.Written{Outcome: contact.Refused, Err: err}
}

// success reads the record from the reply. A write whose reply does not show it, and a delete that was answered otherwise
// than Graph does, is Unclear until reread has looked at its id; an insert that was not even told its id can be found by its stamp only.
func success(w contact.Write, a answer) contact.Written {
	if w.Action == contact.Delete && a.status == http.StatusNoContent {
		return contact.Written{Outcome: contact.Done}
	}
	it, err := decodeItem(a.body)
	if err == nil && w.Action != contact.Delete {
		var record contact.Record
		if record, err = it.record(); err == nil {
			record.Stamp = w.Stamp
			return contact.Written{Outcome: contact.Done, Record: record}
		}
	}
	id := it.id()
	if w.Action != contact.Insert {
		id = w.ID
	}
	return contact.Written{Outcome: contact.Unclear, Record: contact.Record{ID: id}, Err: &contact.Error{
		Kind: contact.Unavailable, Doing: doingOf(w.Action), Sentence: "Outlook's answer does not show the contact.", Err: errBroken,
	}}
}

// reread shows the record of stale writes, and of successful ones whose reply did not. What cannot be read stays as it is.
func (b *Book) reread(ctx context.Context, writes []contact.Write, written []contact.Written) {
	var ids []string
	var at []int
	for i, out := range written {
		id := writes[i].ID
		if id == "" {
			id = out.Record.ID
		}
		if out.Outcome == contact.Stale || (out.Outcome == contact.Unclear && out.Record.ID != "") {
			ids, at = append(ids, id), append(at, i)
		}
	}
	sightings, err := b.Look(ctx, ids)
	if err != nil {
		return
	}
	for n, s := range sightings {
		out := &written[at[n]]
		deleting := writes[at[n]].Action == contact.Delete
		switch {
		case deleting && out.Outcome == contact.Unclear:
			if s.Presence == contact.Deleted {
				*out = contact.Written{Outcome: contact.Done}
			}
		case s.Presence == contact.Present && out.Outcome == contact.Unclear:
			s.Record.Stamp = writes[at[n]].Stamp
			*out = contact.Written{Outcome: contact.Done, Record: s.Record}
		case s.Presence == contact.Present:
			out.Record = s.Record
		case s.Presence == contact.Deleted && out.Outcome == contact.Stale:
			out.Outcome = contact.Gone
		}
	}
}
