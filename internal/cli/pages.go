package cli

import (
	"context"
	"encoding/json"
	"fmt"
)

// most is the largest page that the API gives.
const most = 200

// item is one thing of a list, for people, and as the API spelled it, for programs.
type item[T any] struct {
	view T
	raw  json.RawMessage
}

// list reads the items of an answer, which are under a name.
func list[T any](body []byte, name string) ([]item[T], error) {
	var whole map[string]json.RawMessage
	var raw []json.RawMessage
	if err := json.Unmarshal(body, &whole); err != nil {
		return nil, unreachable(err)
	}
	if err := json.Unmarshal(whole[name], &raw); err != nil {
		return nil, fmt.Errorf("read %s of the answer: %w", name, err)
	}
	items := make([]item[T], len(raw))
	for i, each := range raw {
		if err := json.Unmarshal(each, &items[i].view); err != nil {
			return nil, fmt.Errorf("read %s of the answer: %w", name, err)
		}
		items[i].raw = each
	}
	return items, nil
}

// page asks for one page of a list: what it holds, and the cursor of the next one, which is nil on the last.
type page[T any] func(ctx context.Context, cursor *string, limit int64) ([]item[T], *string, error)

// each gives every item of a list, limit at most unless that is 0, and tells whether there are more.
func each[T any](ctx context.Context, of page[T], limit int, do func([]item[T]) error) (more bool, err error) {
	var cursor *string
	for given := 0; ; {
		size := most
		if limit > 0 {
			size = min(most, limit-given)
		}
		items, next, err := of(ctx, cursor, int64(size))
		if err == nil {
			err = do(items)
		}
		if err != nil || next == nil || *next == "" {
			return false, err
		}
		if given += len(items); limit > 0 && given >= limit {
			return true, nil
		}
		cursor = next
	}
}

// all collects a list.
func all[T any](ctx context.Context, of page[T], limit int) (whole []item[T], more bool, err error) {
	more, err = each(ctx, of, limit, func(items []item[T]) error {
		whole = append(whole, items...)
		return nil
	})
	return whole, more, err
}

// raws makes one list of the items as the API spelled them.
func raws[T any](items []item[T]) json.RawMessage {
	out := make([]json.RawMessage, len(items))
	for i, each := range items {
		out[i] = each.raw
	}
	return join(out)
}

// lines prints items as the API spelled them, one a line.
func lines[T any](c *call, items []item[T]) error {
	for _, each := range items {
		if err := c.document(each.raw); err != nil {
			return err
		}
	}
	return nil
}

// set gives a pointer to what was chosen, nil for nothing.
func set[T ~string](text string) *T {
	if text == "" {
		return nil
	}
	v := T(text)
	return &v
}

// join makes one list of answers.
func join(answers []json.RawMessage) json.RawMessage {
	raw, err := json.Marshal(answers)
	if err != nil {
		panic(err) // each was JSON when it came
	}
	return raw
}
