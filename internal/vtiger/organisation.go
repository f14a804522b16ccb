package vtiger

import (
	"context"
	"encoding/json"
)

// organisation is the field that refers to a record of Accounts. In our values it holds the organisation's name, for
// references travel by name; it cannot be written here.
const organisation = "account_id"

// organisations adds to names the name of every organisation that the rows refer to.
//
// One that the listing leaves out is asked for by itself: an empty name would travel as a cleared field, and an absence
// from a listing proves nothing.
func (c *Client) organisations(ctx context.Context, rows []row, names map[string]string) error {
	const doing = "read the names of organisations in vTiger"
	var unknown []string
	asked := map[string]bool{}
	for _, r := range rows {
		id := r[organisation]
		if _, known := names[id]; !isID(id) || known || asked[id] {
			continue
		}
		asked[id] = true
		unknown = append(unknown, id)
	}
	for _, ids := range portions(unknown, pageRows) {
		found, err := c.query(ctx, doing, vtql("select id,accountname from Accounts where id in ?", ids))
		if err != nil {
			return err
		}
		for _, r := range found {
			names[r["id"]] = r["accountname"]
		}
		for _, id := range ids {
			if _, known := names[id]; known {
				continue
			}
			if names[id], err = c.organisationName(ctx, doing, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// organisationName asks for one organisation; a deleted or invisible one has no name.
func (c *Client) organisationName(ctx context.Context, doing, id string) (string, error) {
	a, err := c.retrieve(ctx, doing, id)
	switch {
	case err != nil:
		return "", err
	case a.code == codeDenied && (a.message == messageNoRecord || a.message == messageNotVisible):
		return "", nil
	case a.code != "":
		return "", failure(doing, a)
	}
	var columns map[string]json.RawMessage
	if json.Unmarshal(a.result, &columns) != nil {
		return "", rubbish(doing)
	}
	return textual(columns)["accountname"], nil
}
