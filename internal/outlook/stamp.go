package outlook

import (
	"context"
	"encoding/json"
	"strings"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/users"

	"contactbridge/internal/contact"
)

// stampID names the extended property that holds the operation id of our insert. The GUID is ours alone; changing it
// would orphan every stamp already written.
const stampID = "String {6f3a1d52-8c47-4e0b-9d1e-2b7c50a9e4f1} Name contactBridgeOperation"

const (
	expandStamp = "singleValueExtendedProperties($filter=id eq '" + stampID + "')"
	// maxListPages ends a listing whose links never end; it allows for ten contacts a page.
	maxListPages = 20000
)

// stamp reads the expanded property. Graph may answer the GUID in another case than it was written.
func (it item) stamp() string {
	var properties []struct{ ID, Value string }
	if raw, there := it["singleValueExtendedProperties"]; !there || json.Unmarshal(raw, &properties) != nil {
		return ""
	}
	for _, p := range properties {
		if strings.EqualFold(p.ID, stampID) {
			return p.Value
		}
	}
	return ""
}

func setStamp(body models.Contactable, stamp string) {
	id := stampID
	p := models.NewSingleValueLegacyExtendedProperty()
	p.SetId(&id)
	p.SetValue(&stamp)
	body.SetSingleValueExtendedProperties([]models.SingleValueLegacyExtendedPropertyable{p})
}

// Stamps lists the folder with the stamps, which a delta cannot show. Contacts without one are absent. The list is paged
// by position: what changes meanwhile may be missed. The user's own copy of a contact carries its stamp too.
func (b *Book) Stamps(ctx context.Context) (map[string]string, error) {
	const doing = "list the stamps of the Outlook folder"
	if err := b.client.ready(); err != nil {
		return nil, err
	}
	// No $top: it has been seen to limit the whole list rather than the page.
	info, err := b.inFolder().ToGetRequestInformation(ctx, &users.ItemContactFoldersItemContactsRequestBuilderGetRequestConfiguration{
		Headers: immutable(pageSize),
		QueryParameters: &users.ItemContactFoldersItemContactsRequestBuilderGetQueryParameters{
			Select: []string{"id"}, Expand: []string{expandStamp},
		},
	})
	if err != nil {
		return nil, bug(doing, err)
	}
	stamps := map[string]string{}
	err = eachPage(ctx, b.client, doing, info, maxListPages, func(page []item) {
		for _, it := range page {
			if id, stamp := it.id(), it.stamp(); id != "" && stamp != "" {
				stamps[id] = stamp
			}
		}
	}, pageSize)
	if err != nil {
		return nil, err
	}
	return stamps, nil
}

// FindStamped looks in this folder. Graph compares stamps without regard to case.
func (b *Book) FindStamped(ctx context.Context, stamps []string) ([]contact.Record, error) {
	const doing = "look for stamped contacts in Outlook"
	parts := make([]*abs.RequestInformation, len(stamps))
	for i, stamp := range stamps {
		info, err := b.stampRequest(ctx, stamp)
		if err != nil {
			return nil, bug(doing, err)
		}
		parts[i] = info
	}
	answers, err := b.client.readBatch(ctx, doing, parts)
	if err != nil {
		return nil, err
	}
	found := stampHits{seen: map[string]bool{}}
	for i, a := range answers {
		if err := b.collect(ctx, doing, &found, stamps[i], a); err != nil {
			return nil, err
		}
	}
	return found.records, nil
}

func (b *Book) stampRequest(ctx context.Context, stamp string) (*abs.RequestInformation, error) {
	filter := "singleValueExtendedProperties/Any(ep: ep/id eq '" + stampID + "' and ep/value eq '" +
		strings.ReplaceAll(stamp, "'", "''") + "')"
	return b.inFolder().ToGetRequestInformation(ctx, &users.ItemContactFoldersItemContactsRequestBuilderGetRequestConfiguration{
		Headers: immutable(pageSize),
		QueryParameters: &users.ItemContactFoldersItemContactsRequestBuilderGetQueryParameters{
			Filter: &filter, Select: selected, Expand: []string{expandStamp},
		},
	})
}

// stampHits gathers each record once.
type stampHits struct {
	records []contact.Record
	seen    map[string]bool
	broken  bool
}

func (h *stampHits) take(stamp string, items []item) {
	for _, it := range items {
		record, err := it.record()
		if err != nil {
			h.broken = true
			continue
		}
		if record.Stamp == "" {
			record.Stamp = stamp
		}
		if !h.seen[record.ID] {
			h.seen[record.ID] = true
			h.records = append(h.records, record)
		}
	}
}

// collect takes one answer and the pages after it. A hit that cannot be read fails the call, for it must not count as
// none: its insert would be repeated.
func (b *Book) collect(ctx context.Context, doing string, found *stampHits, stamp string, a answer) error {
	var page struct {
		Value []item `json:"value"`
		Next  string `json:"@odata.nextLink"`
	}
	if err := a.decode(doing, &page); err != nil {
		return err
	}
	found.take(stamp, page.Value)
	if page.Next != "" {
		next, err := b.client.follow(doing, page.Next, pageSize)
		if err != nil {
			return err
		}
		err = eachPage(ctx, b.client, doing, next, maxListPages, func(items []item) { found.take(stamp, items) }, pageSize)
		if err != nil {
			return err
		}
	}
	if found.broken {
		return &contact.Error{Kind: contact.BadRecord, Doing: doing, Sentence: "A contact with our stamp cannot be read.", Err: errBroken}
	}
	return nil
}
