package outlook

import (
	"context"
	"net/http"
	"slices"
	"strings"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/users"

	"contactbridge/internal/contact"
)

const lookDoing = "look up contacts in Outlook"

// Look asks the whole mailbox for each id, so that a contact in another contact folder is Outside. Deleted needs a 404 of
// the item itself, or of the folder that it lies in, while the Book's own folder can be read in the same call; a contact
// that cannot be read, or an id that Graph does not take for one, is Unknown. Any other failure of a single id fails the
// call, so that nothing is concluded from it.
func (b *Book) Look(ctx context.Context, ids []string) ([]contact.Sighting, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	if err := b.client.ready(); err != nil {
		return nil, err
	}
	parts := make([]*abs.RequestInformation, len(ids))
	for i, id := range ids {
		info, err := b.lookRequest(ctx, id)
		if err != nil {
			return nil, bug(lookDoing, err)
		}
		parts[i] = info
	}
	answers, err := b.client.readBatch(ctx, lookDoing, parts)
	if err != nil {
		return nil, err
	}
	sightings, parents := make([]contact.Sighting, len(ids)), map[int]string{}
	for i, a := range answers {
		if sightings[i] = b.sight(ids[i], a); sightings[i].Presence == contact.Outside {
			parents[i] = parentOf(a)
		}
	}
	if err := b.markDiscarded(ctx, sightings, parents); err != nil {
		return nil, err
	}
	missing := slices.ContainsFunc(sightings, func(s contact.Sighting) bool { return s.Presence == contact.Deleted })
	if missing && !b.reachable(ctx) {
		withdraw(sightings)
	}
	return sightings, nil
}

func (b *Book) lookRequest(ctx context.Context, id string) (*abs.RequestInformation, error) {
	return b.client.me().Contacts().ByContactId(id).ToGetRequestInformation(ctx,
		&users.ItemContactsContactItemRequestBuilderGetRequestConfiguration{
			Headers: immutable(),
			QueryParameters: &users.ItemContactsContactItemRequestBuilderGetQueryParameters{
				Select: append([]string{"parentFolderId"}, selected...),
			},
		})
}

// sight reads one answer; Deleted still waits for the folder to be confirmed.
func (b *Book) sight(id string, a answer) contact.Sighting {
	s := contact.Sighting{ID: id, Presence: contact.Unknown}
	if a.status == http.StatusNotFound && itemMissing(a.code()) {
		s.Presence = contact.Deleted
		return s
	}
	if !a.ok() {
		return s
	}
	it, err := decodeItem(a.body)
	if err != nil {
		return s
	}
	switch parent := it.plain("parentFolderId"); parent {
	case "":
		return s
	case b.folder:
		if record, err := it.record(); err == nil {
			// The id asked for is the one the house knows, should Graph answer in another form.
			record.ID = id
			s.Presence, s.Record = contact.Present, record
		}
	default:
		s.Presence = contact.Outside
	}
	return s
}

func parentOf(a answer) string {
	it, err := decodeItem(a.body)
	if err != nil {
		return ""
	}
	return it.plain("parentFolderId")
}

func itemMissing(code string) bool {
	switch strings.ToLower(code) {
	case "erroritemnotfound", "itemnotfound":
		return true
	}
	return false
}

// reachable confirms that the mailbox answers for this folder.
func (b *Book) reachable(ctx context.Context) bool {
	f, err := b.client.Folder(ctx, b.folder)
	return err == nil && f.ID == b.folder
}

func withdraw(sightings []contact.Sighting) {
	for i := range sightings {
		if sightings[i].Presence == contact.Deleted {
			sightings[i].Presence = contact.Unknown
		}
	}
}
