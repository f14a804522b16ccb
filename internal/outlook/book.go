package outlook

import (
	"context"
	"net/http"
	"slices"

	abs "github.com/microsoft/kiota-abstractions-go"

	"contactbridge/internal/contact"
)

// Book is one folder of the mailbox. It keeps no state and may be used by many at once.
type Book struct {
	client *Client
	folder string
}

var _ contact.Book = (*Book)(nil)

// Book opens a folder by its real id, as Folder and Folders give it: with an alias every contact would seem to lie
// elsewhere.
func (c *Client) Book(folderID string) *Book {
	return &Book{client: c, folder: folderID}
}

// Batch is Graph's limit for one $batch.
func (b *Book) Batch() int { return batchSize }

// readBatch performs any number of reads in batches. Parts that say nothing about their item (too fast, out of order, not
// signed in) make the whole call an error.
func (c *Client) readBatch(ctx context.Context, doing string, parts []*abs.RequestInformation) ([]answer, error) {
	if err := c.ready(); err != nil {
		return nil, err
	}
	answers := make([]answer, 0, len(parts))
	for chunk := range slices.Chunk(parts, batchSize) {
		got, _, err := c.batch(ctx, doing, chunk)
		if err != nil {
			return nil, err
		}
		for _, a := range got {
			if err := unusable(doing, a); err != nil {
				return nil, err
			}
		}
		answers = append(answers, got...)
	}
	return answers, nil
}

func unusable(doing string, a answer) error {
	err := graphError(doing, a)
	missing := a.status == http.StatusNotFound && err.Kind != contact.NeedsAdmin
	if a.ok() || missing || a.status == http.StatusBadRequest {
		return nil
	}
	return err
}
