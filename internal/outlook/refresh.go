package outlook

import (
	"context"
	"net/http"
	"strings"

	abs "github.com/microsoft/kiota-abstractions-go"

	"contactbridge/internal/contact"
)

// replacesWhole tells whether an update writes a property that Graph replaces as a whole: a list or an address. Since
// Graph is said not to compare versions on PATCH, such an update could drop what was added since it was planned.
func replacesWhole(w contact.Write) bool {
	if w.Action != contact.Update || w.ID == "" {
		return false
	}
	for name := range w.Values {
		switch kinds[name] {
		case EmailList, PhoneList, TextList:
			return true
		}
		if strings.Contains(name, ".") {
			return true
		}
	}
	return false
}

// refresh reads the contacts of updates that replace something whole, by the place of the write. Those that another
// version, another folder or nothing was found of are answered in written and not to be sent. An error means that
// nothing is known; nothing was begun.
func (b *Book) refresh(ctx context.Context, doing string, writes []contact.Write, written []contact.Written) (map[int]item, error) {
	var parts []*abs.RequestInformation
	var at []int
	for i, w := range writes {
		if !replacesWhole(w) {
			continue
		}
		info, err := b.lookRequest(ctx, w.ID)
		if err != nil {
			return nil, neverLeft(bug(doing, err))
		}
		parts, at = append(parts, info), append(at, i)
	}
	held := map[int]item{}
	if len(parts) == 0 {
		return held, nil
	}
	answers, err := b.client.readBatch(ctx, doing, parts)
	if err != nil {
		return nil, neverLeft(err)
	}
	for n, i := range at {
		held[i], written[i] = b.current(writes[i], answers[n])
	}
	return held, nil
}

// current compares what was read with what the update was planned on; the zero Written lets it go ahead.
func (b *Book) current(w contact.Write, a answer) (item, contact.Written) {
	doing := doingOf(w.Action)
	switch {
	case a.status == http.StatusNotFound:
		return nil, contact.Written{Outcome: contact.Gone, Err: graphError(doing, a)}
	case !a.ok():
		return nil, outcome(w, a)
	}
	it, err := decodeItem(a.body)
	var record contact.Record
	if err == nil {
		record, err = it.record()
	}
	if err != nil {
		return nil, contact.Written{Outcome: contact.Refused, Err: &contact.Error{
			Kind: contact.BadRecord, Doing: doing, Sentence: "Outlook shows this contact in a form that cannot be read.", Err: err,
		}}
	}
	record.ID = w.ID
	moved := it.plain("parentFolderId") != b.folder
	if !moved && (w.Before.Version == "" || w.Before.Version == record.Version) {
		return it, contact.Written{}
	}
	stale := contact.Written{Outcome: contact.Stale, Err: &contact.Error{
		Kind: contact.Unavailable, Doing: doing, Sentence: "The contact was being changed by someone else.",
	}}
	if !moved {
		stale.Record = record
	}
	return nil, stale
}
