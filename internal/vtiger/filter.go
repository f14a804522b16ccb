package vtiger

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"

	"contactbridge/internal/contact"
)

// Filter is one saved filter of a module, as vTiger's Mobile module lists it. Its conditions cannot be read.
type Filter struct {
	ID     string // "50"
	Name   string
	Shared bool // everybody may use it; a filter that the integration account shares itself is not listed as shared
}

// sharedGroup is the group of the list that holds what others share. An administrator finds the private filters of
// everybody among its own, without their owners.
const sharedGroup = "Shared"

// codeFilterGone is of our making.
const codeFilterGone = "filter-gone"

// FilterGone tells whether an error says that a saved filter is no longer in vTiger under its id and name. Such an error
// has kind NeedsAdmin and lasts until another filter is chosen.
func FilterGone(err error) bool {
	var e *contact.Error
	return errors.As(err, &e) && e.Kind == contact.NeedsAdmin && e.Code == codeFilterGone
}

func filterGone(doing, name string) error {
	return &contact.Error{
		Kind: contact.NeedsAdmin, Doing: doing, Code: codeFilterGone,
		Sentence: fmt.Sprintf("The saved filter %q no longer exists in vTiger; choose another one.", name),
	}
}

// Filters lists the saved filters of a module that the integration account can use, by id. Kind Unavailable when vTiger
// lists none: every module has one.
func (c *Client) Filters(ctx context.Context, module string) ([]Filter, error) {
	const doing = "list the saved filters of a module of vTiger"
	if err := ensureModule(doing, module); err != nil {
		return nil, err
	}
	var list struct {
		Groups map[string]json.RawMessage `json:"filters"`
	}
	form := url.Values{"module": {module}}
	if err := c.mobile(ctx, doing, "mobile.fetchmodulefilters", form, &list); err != nil {
		return nil, err
	}
	var filters []Filter
	for _, group := range slices.Sorted(maps.Keys(list.Groups)) {
		found, err := readFilters(doing, list.Groups[group], group == sharedGroup)
		if err != nil {
			return nil, err
		}
		filters = append(filters, found...)
	}
	if len(filters) == 0 {
		return nil, untrue(doing)
	}
	slices.SortFunc(filters, func(a, b Filter) int {
		return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	return filters, nil
}

func readFilters(doing string, group json.RawMessage, shared bool) ([]Filter, error) {
	var entries []struct {
		ID   json.RawMessage `json:"id"`
		Name json.RawMessage `json:"name"`
	}
	if json.Unmarshal(group, &entries) != nil {
		return nil, rubbish(doing)
	}
	filters := make([]Filter, len(entries))
	for i, e := range entries {
		id, isText := scalar(e.ID)
		name, isName := scalar(e.Name)
		if !isText || !isName || id == "" {
			return nil, rubbish(doing)
		}
		filters[i] = Filter{ID: id, Name: name, Shared: shared}
	}
	return filters, nil
}

// mobile asks an operation of the Mobile module, which reads from POST only and which an administrator can switch off.
// Its codes are its own numbers.
func (c *Client) mobile(ctx context.Context, doing, operation string, form url.Values, into any) error {
	a, err := c.post(ctx, doing, operation, form)
	if err != nil {
		return err
	}
	switch a.code {
	case "":
	case codeMobileOff:
		return &contact.Error{
			Kind: contact.NeedsAdmin, Doing: doing, Code: a.code,
			Sentence: "vTiger's Mobile module, which tells of saved filters, is switched off: enable it in vTiger.",
		}
	default:
		return failure(doing, a)
	}
	if json.Unmarshal(a.result, into) != nil {
		return rubbish(doing)
	}
	return nil
}

// codeMobileOff is how the Mobile module answers while it is switched off (read in its source).
const codeMobileOff = "1501"
