package outlook

import (
	"context"
	"net/http"

	abs "github.com/microsoft/kiota-abstractions-go"

	"contactbridge/internal/contact"
)

// discarded finds those contacts elsewhere that lie in no contact folder at all. Deleting moves a contact to Deleted
// Items, where an immutable id may still find it, and of that folder Graph says that there is no such contact folder.
// parents holds the folder of each contact that lies elsewhere, by its place among the sightings. What Graph says
// otherwise about a folder proves nothing.
func (b *Book) discarded(ctx context.Context, parents map[int]string) (map[int]bool, error) {
	var folders []string
	var parts []*abs.RequestInformation
	seen := map[string]bool{}
	for _, folder := range parents {
		if seen[folder] {
			continue
		}
		seen[folder] = true
		info, err := b.client.folderRequest(ctx, folder)
		if err != nil {
			return nil, bug(lookDoing, err)
		}
		folders, parts = append(folders, folder), append(parts, info)
	}
	answers, err := b.client.readBatch(ctx, lookDoing, parts)
	if err != nil {
		return nil, err
	}
	none := map[string]bool{}
	for i, a := range answers {
		none[folders[i]] = a.status == http.StatusNotFound && itemMissing(a.code())
	}
	out := map[int]bool{}
	for i, folder := range parents {
		out[i] = none[folder]
	}
	return out, nil
}

// markDiscarded makes Deleted of what lies in no contact folder.
func (b *Book) markDiscarded(ctx context.Context, sightings []contact.Sighting, parents map[int]string) error {
	if len(parents) == 0 {
		return nil
	}
	discarded, err := b.discarded(ctx, parents)
	if err != nil {
		return err
	}
	for i, is := range discarded {
		if is {
			sightings[i].Presence = contact.Deleted
		}
	}
	return nil
}
