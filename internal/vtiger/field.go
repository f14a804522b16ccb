package vtiger

import (
	"context"
	"net/url"
	"slices"
	"strings"
)

// FieldInfo describes one field of a module.
type FieldInfo struct {
	Name      string   // "cf_853"; a custom field's number differs per installation
	Label     string   // as people see it
	Type      string   // string, text, phone, email, url, date, boolean, picklist, multipicklist, reference, owner, …
	Mandatory bool     // a record without it is refused
	Editable  bool     // whether Write may set it
	RefersTo  []string // of a reference: the modules it can refer to
	Choices   []string // of a picklist: its values; vTiger stores others too
}

// Fields lists the fields of a module, by name. It tells no lengths, since vTiger does not: see Limit.
func (c *Client) Fields(ctx context.Context, module string) ([]FieldInfo, error) {
	const doing = "list the fields of a module of vTiger"
	if err := ensureModule(doing, module); err != nil {
		return nil, err
	}
	var described struct {
		Fields []struct {
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
	if err := c.read(ctx, doing, "describe", url.Values{"elementType": {module}}, &described); err != nil {
		return nil, err
	}
	fields := make([]FieldInfo, len(described.Fields))
	for i, f := range described.Fields {
		fields[i] = FieldInfo{
			Name: f.Name, Label: f.Label, Type: f.Type.Name, Mandatory: f.Mandatory,
			Editable: f.Editable && writable(f.Name), RefersTo: f.Type.RefersTo,
		}
		for _, choice := range f.Type.Choices {
			fields[i].Choices = append(fields[i].Choices, choice.Value)
		}
	}
	slices.SortFunc(fields, func(a, b FieldInfo) int { return strings.Compare(a.Name, b.Name) })
	return fields, nil
}

// unwritten are the columns that vTiger fills itself, that Write sets from other parts of a write, or that it cannot set.
var unwritten = map[string]bool{
	"id": true, "createdtime": true, "modifiedtime": true, "modifiedby": true, "assigned_user_id": true,
	"source": true, "starred": true, "label": true, "tags": true, "isconvertedfromlead": true,
	"imagename": true, organisation: true,
}

// writable tells whether a write's values may hold the field.
func writable(field string) bool { return isName(field) && !unwritten[field] }
