package outlook

import (
	"context"

	abs "github.com/microsoft/kiota-abstractions-go"
)

// eachPage walks a list to its end. Graph pages lists by position, so that what changes meanwhile may be missed or come
// twice.
func eachPage[T any](
	ctx context.Context, c *Client, doing string, info *abs.RequestInformation, most int, take func([]T), prefer ...string,
) error {
	for range most {
		var page struct {
			Value []T    `json:"value"`
			Next  string `json:"@odata.nextLink"`
		}
		if err := c.read(ctx, doing, info, &page); err != nil {
			return err
		}
		take(page.Value)
		if page.Next == "" {
			return nil
		}
		next, err := c.follow(doing, page.Next, prefer...)
		if err != nil {
			return err
		}
		info = next
	}
	return notJSON(doing)
}
