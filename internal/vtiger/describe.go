package vtiger

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"
)

// description is what describe says of a module.
type description struct {
	Prefix      string `json:"idPrefix"`    // of the module's ids; differs per installation
	LabelFields string `json:"labelFields"` // the fields that name a record, with commas between
	Fields      []struct {
		Name      string `json:"name"`
		Label     string `json:"label"`
		Mandatory bool   `json:"mandatory"`
		Editable  bool   `json:"editable"`
		Type      struct {
			Name     string   `json:"name"`
			RefersTo []string `json:"refersTo"`
			Choices  []struct {
				Value string `json:"value"`
			} `json:"picklistValues"`
		} `json:"type"`
	} `json:"fields"`
}

func (c *Client) describe(ctx context.Context, doing, module string) (description, error) {
	var d description
	if err := ensureModule(doing, module); err != nil {
		return d, err
	}
	err := c.read(ctx, doing, "describe", url.Values{"elementType": {module}}, &d)
	return d, err
}

// labels are the fields whose texts, with blanks between, name a record.
func (d description) labels() []string {
	var out []string
	for name := range strings.SplitSeq(d.LabelFields, ",") {
		if name = strings.TrimSpace(name); isName(name) {
			out = append(out, name)
		}
	}
	return out
}

// references gives the reference fields, each with those of its modules whose records have a name here; without any, the
// field's values mean nothing here.
func (d description) references() map[string][]string {
	out := map[string][]string{}
	for _, f := range d.Fields {
		if f.Type.Name == "reference" {
			out[f.Name] = slices.DeleteFunc(slices.Clone(f.Type.RefersTo), func(m string) bool { return !slices.Contains(named, m) })
		}
	}
	return out
}

// descriptionLife is how long what describe said is used again: it changes with an admin's layout.
const descriptionLife = 10 * time.Minute

// remembered is a description with its age.
type remembered struct {
	description
	at time.Time
}

// described is the module's description, as asked for not long ago.
func (c *Client) described(ctx context.Context, module string) (description, error) {
	c.mu.Lock()
	r := c.descriptions[module]
	c.mu.Unlock()
	if !r.at.IsZero() && time.Since(r.at) < descriptionLife {
		return r.description, nil
	}
	const doing = "read the fields of a module of vTiger"
	d, err := c.describe(ctx, doing, module)
	if err != nil {
		return d, err
	}
	if !isID(d.Prefix + "x1") {
		return d, rubbish(doing)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.descriptions == nil {
		c.descriptions = map[string]remembered{}
	}
	c.descriptions[module] = remembered{d, time.Now()}
	return d, nil
}

// orderFields are the fields by which a saved filter is sorted, those first in which the fewest records are equal: what
// vTiger does with equals is up to its database. The first is vTiger's running number, which is not quite unique.
func (d description) orderFields() []string {
	var numbers, names []string
	for _, f := range d.Fields {
		names = append(names, f.Name)
		if strings.HasSuffix(f.Name, "_no") && !f.Editable {
			numbers = append(numbers, f.Name)
		}
	}
	wanted := numbers
	for _, label := range slices.Backward(d.labels()) {
		wanted = append(wanted, label)
	}
	var out []string
	for _, name := range append(wanted, "createdtime", "modifiedtime") {
		if slices.Contains(names, name) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
