package outlook

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/users"

	"contactbridge/internal/contact"
)

// pageSize is the most that Graph puts on a page of a delta; unasked it gives ten.
const pageSize = "odata.maxpagesize=200"

type deltaPage struct {
	Value []json.RawMessage `json:"value"`
	Next  string            `json:"@odata.nextLink"`
	Delta string            `json:"@odata.deltaLink"`
}

// Page reads the folder's delta. Cursors are Graph's own links; one of another address is refused and gets no token.
//
// Graph forgets its positions after a time of its own choosing, those in mid-walk too. Then Page answers with the first
// page of a whole walk and says so by Restarted. The fresh link that Graph may offer is not used: it need not select what
// records need.
//
// A contact that the page shows in part or unreadably is read by itself; if that fails too its id is in Gone, to be
// asked for again. A folder that no longer exists is an error of kind BadInput.
func (b *Book) Page(ctx context.Context, cursor string) (contact.Page, error) {
	const doing = "read the changes of the Outlook folder"
	if err := b.client.ready(); err != nil {
		return contact.Page{}, err
	}
	a, err := b.delta(ctx, doing, cursor)
	restarted := err == nil && cursor != "" && forgotten(a)
	if restarted {
		a, err = b.delta(ctx, doing, "")
	}
	if err != nil {
		return contact.Page{}, err
	}
	var wire deltaPage
	if err := a.decode(doing, &wire); err != nil {
		return contact.Page{}, folderLost(err, a)
	}
	page := contact.Page{Next: wire.Next, Restarted: restarted}
	if wire.Next == "" {
		page.Next, page.Done = wire.Delta, true
	}
	// A link that could not be followed later is refused now, while the cursor before it still works.
	if _, err := b.client.follow(doing, page.Next); err != nil {
		return contact.Page{}, err
	}
	return b.fill(ctx, page, wire.Value)
}

func (b *Book) delta(ctx context.Context, doing, cursor string) (answer, error) {
	info, err := b.deltaRequest(ctx, doing, cursor)
	if err != nil {
		return answer{}, err
	}
	return b.client.send(ctx, doing, info)
}

func (b *Book) deltaRequest(ctx context.Context, doing, cursor string) (*abs.RequestInformation, error) {
	if cursor != "" {
		return b.client.follow(doing, cursor, pageSize)
	}
	info, err := b.inFolder().Delta().ToGetRequestInformation(ctx,
		&users.ItemContactFoldersItemContactsDeltaRequestBuilderGetRequestConfiguration{
			Headers: immutable(pageSize),
			QueryParameters: &users.ItemContactFoldersItemContactsDeltaRequestBuilderGetQueryParameters{
				Select: selected,
			},
		})
	if err != nil {
		return nil, bug(doing, err)
	}
	return info, nil
}

func (b *Book) inFolder() *users.ItemContactFoldersItemContactsRequestBuilder {
	return b.client.me().ContactFolders().ByContactFolderId(b.folder).Contacts()
}

var forgottenCodes = []string{"syncstatenotfound", "resyncrequired", "syncstateinvalid"}

// forgotten tells whether Graph no longer knows a position. A plain 404 may mean that too; the whole walk that follows
// shows whether it was the folder.
func forgotten(a answer) bool {
	code := strings.ToLower(a.code())
	switch {
	case slices.Contains(folderGoneCodes, code), slices.Contains(mailboxCodes, code):
		return false
	case a.status == http.StatusGone, a.status == http.StatusNotFound:
		return true
	}
	return a.status >= 400 && a.status < 500 && slices.Contains(forgottenCodes, code)
}

func folderLost(err error, a answer) error {
	if a.status == http.StatusNotFound && contact.KindOf(err) == contact.BadInput {
		return &contact.Error{
			Kind: contact.BadInput, Doing: "read the changes of the Outlook folder", Code: a.code(), Sentence: folderGone,
		}
	}
	return err
}

// fill sorts the items of a page into records and what has left.
func (b *Book) fill(ctx context.Context, page contact.Page, items []json.RawMessage) (contact.Page, error) {
	var again []string
	for _, raw := range items {
		it, err := decodeItem(raw)
		if err != nil || it.id() == "" {
			continue
		}
		if it.removed() {
			page.Gone = append(page.Gone, it.id())
			continue
		}
		record, err := it.record()
		if err != nil || !it.whole() {
			again = append(again, it.id())
			continue
		}
		page.Records = append(page.Records, record)
	}
	sightings, err := b.Look(ctx, again)
	if err != nil {
		return contact.Page{}, err
	}
	for _, s := range sightings {
		if s.Presence == contact.Present {
			page.Records = append(page.Records, s.Record)
		} else {
			page.Gone = append(page.Gone, s.ID)
		}
	}
	return page, nil
}
