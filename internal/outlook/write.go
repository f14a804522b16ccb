package outlook

import (
	"context"
	"errors"
	"fmt"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/users"

	"contactbridge/internal/contact"
)

// Write sends one $batch. Updates and deletes name the version they were planned on; Microsoft documents that check for
// deletes only, so an update may still overwrite what was changed at the same moment. Deletes move to Deleted Items.
//
// Updates that replace a list or an address whole are preceded by one more reading: what another version is found of is
// not sent.
//
// Answers that leave open whether a write took effect (time-outs, broken connections, 5xx) are Unclear, also where they
// concern the whole batch. A sign-in that is refused for the whole batch, throttling and a refused connection are errors:
// nothing was begun.
func (b *Book) Write(ctx context.Context, writes []contact.Write) ([]contact.Written, error) {
	const doing = "write contacts to Outlook"
	if len(writes) == 0 {
		return nil, nil
	}
	if len(writes) > batchSize {
		return nil, neverLeft(bug(doing, fmt.Errorf("%d writes in one call, at most %d fit", len(writes), batchSize)))
	}
	if err := b.client.ready(); err != nil {
		return nil, err
	}
	written := make([]contact.Written, len(writes))
	held, err := b.refresh(ctx, doing, writes, written)
	if err != nil {
		return nil, err
	}
	var parts []*abs.RequestInformation
	var sent []int
	for i, w := range writes {
		if written[i].Outcome != "" {
			continue
		}
		info, err := b.writeRequest(ctx, w, held[i])
		if err != nil {
			written[i] = refuseWrite(w, err)
			continue
		}
		parts, sent = append(parts, info), append(sent, i)
	}
	if len(parts) == 0 {
		return written, nil
	}
	answers, begun, err := b.client.batch(ctx, doing, parts)
	switch {
	case err != nil && !begun:
		return nil, err
	case err == nil && len(sent) == len(writes) && allRefuseSignIn(answers):
		return nil, graphError(doing, answers[0])
	}
	for n, i := range sent {
		if err != nil {
			written[i] = contact.Written{Outcome: contact.Unclear, Err: err}
			continue
		}
		written[i] = outcome(writes[i], answers[n])
	}
	b.reread(ctx, writes, written)
	return written, nil
}

func (b *Book) writeRequest(ctx context.Context, w contact.Write, held item) (*abs.RequestInformation, error) {
	switch w.Action {
	case contact.Insert:
		return b.insertRequest(ctx, w)
	case contact.Update:
		return b.updateRequest(ctx, w, held)
	case contact.Delete:
		if w.ID == "" {
			return nil, errors.New("a delete names no contact")
		}
		return b.client.me().Contacts().ByContactId(w.ID).ToDeleteRequestInformation(ctx,
			&users.ItemContactsContactItemRequestBuilderDeleteRequestConfiguration{Headers: ifMatch(w.Before)})
	}
	return nil, fmt.Errorf("there is no action %q", string(w.Action))
}

func (b *Book) insertRequest(ctx context.Context, w contact.Write) (*abs.RequestInformation, error) {
	body, err := contactBody(nil, nil, withDisplayName(nil, w.Values), false)
	if err != nil {
		return nil, err
	}
	if w.Stamp != "" {
		setStamp(body, w.Stamp)
	}
	return b.inFolder().ToPostRequestInformation(ctx, body,
		&users.ItemContactFoldersItemContactsRequestBuilderPostRequestConfiguration{Headers: immutable()})
}

func (b *Book) updateRequest(ctx context.Context, w contact.Write, held item) (*abs.RequestInformation, error) {
	if w.ID == "" || len(w.Values) == 0 {
		return nil, errors.New("an update names no contact or no change")
	}
	before := w.Before.Values
	if record, err := held.record(); err == nil {
		before = record.Values
	}
	body, err := contactBody(held, before, withDisplayName(before, w.Values), true)
	if err != nil {
		return nil, err
	}
	return b.client.me().Contacts().ByContactId(w.ID).ToPatchRequestInformation(ctx, body,
		&users.ItemContactsContactItemRequestBuilderPatchRequestConfiguration{Headers: ifMatch(w.Before)})
}

// ifMatch makes Graph compare versions; a Before without one writes whatever is there.
func ifMatch(before contact.Record) *abs.RequestHeaders {
	h := immutable()
	if before.Version != "" {
		h.Add("If-Match", `W/"`+before.Version+`"`)
	}
	return h
}

// refuseWrite answers a write that cannot be spelled. What a contact holds is not in the error.
func refuseWrite(w contact.Write, err error) contact.Written {
	return contact.Written{Outcome: contact.Refused, Err: &contact.Error{
		Kind: contact.BadRecord, Doing: doingOf(w.Action), Sentence: "Outlook cannot hold this contact.", Err: err,
	}}
}

func doingOf(action contact.Action) string {
	switch action {
	case contact.Insert:
		return "insert a contact into Outlook"
	case contact.Update:
		return "update a contact in Outlook"
	default:
		return "delete a contact in Outlook"
	}
}
