package vtiger

import (
	"context"
	"net/url"
	"slices"
	"strings"
)

// shape is what describe tells of a module besides its fields' properties.
type shape struct {
	prefix string   // of its ids, which differs per installation: "12"
	names  []string // of its fields
	labels []string // the fields that name a record: "firstname", "lastname"
	number string   // the field with vTiger's running number, not quite unique; empty in a module without one
}

// shape describes a module.
func (c *Client) shape(ctx context.Context, module string) (shape, error) {
	const doing = "describe a module of vTiger"
	if err := ensureModule(doing, module); err != nil {
		return shape{}, err
	}
	var described struct {
		Prefix string `json:"idPrefix"`
		Labels string `json:"labelFields"`
		Fields []struct {
			Name     string `json:"name"`
			Editable bool   `json:"editable"`
		} `json:"fields"`
	}
	if err := c.read(ctx, doing, "describe", url.Values{"elementType": {module}}, &described); err != nil {
		return shape{}, err
	}
	if !isID(described.Prefix + "x1") {
		return shape{}, rubbish(doing)
	}
	s := shape{prefix: described.Prefix}
	for _, f := range described.Fields {
		s.names = append(s.names, f.Name)
		if strings.HasSuffix(f.Name, "_no") && !f.Editable {
			s.number = f.Name
		}
	}
	for name := range strings.SplitSeq(described.Labels, ",") {
		if slices.Contains(s.names, name) && isName(name) {
			s.labels = append(s.labels, name)
		}
	}
	return s, nil
}

// orderFields are the fields by which a saved filter is sorted, those first in which the fewest records are equal: what
// vTiger does with equals is up to its database.
func (s shape) orderFields() []string {
	wanted := []string{s.number}
	for _, label := range slices.Backward(s.labels) {
		wanted = append(wanted, label)
	}
	var out []string
	for _, name := range append(wanted, "createdtime", "modifiedtime") {
		if slices.Contains(s.names, name) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
