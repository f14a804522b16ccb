package graphsim

import "strings"

// entity is the JSON object of a contact.
type entity map[string]any

// render shows a contact with all its properties; empty ones as null, [], {} or, for the notes, as "".
func (it *item) render(immutable bool) entity {
	e := entity{
		"@odata.etag": it.etag(), "id": it.shownID(immutable), "changeKey": it.changeKey,
		"createdDateTime": timestamp(it.created), "lastModifiedDateTime": timestamp(it.modified),
		"parentFolderId": it.folder.id, "birthday": it.fields["birthday"],
	}
	for _, name := range textProperties {
		e[name] = it.fields[name]
	}
	if e["personalNotes"] == nil {
		e["personalNotes"] = ""
	}
	for name := range listProperties {
		e.orEmpty(name, it.fields[name], []any{})
	}
	for _, name := range addressProperties {
		e.orEmpty(name, it.fields[name], map[string]any{})
	}
	e.orEmpty("emailAddresses", it.fields["emailAddresses"], []any{})
	emails, _ := it.fields["emailAddresses"].([]any)
	for i, email := range emails {
		e[slotProperties[i]] = email
	}
	return e
}

func (e entity) orEmpty(name string, value, empty any) {
	if value == nil {
		value = empty
	}
	e[name] = value
}

// pick keeps the selected properties; the id and the annotations always stay.
func (e entity) pick(selected []string) entity {
	if len(selected) == 0 {
		return e
	}
	picked := entity{"id": e["id"], "@odata.etag": e["@odata.etag"]}
	for _, name := range selected {
		for _, known := range []string{name, lowerFirst(name)} {
			if value, ok := e[known]; ok {
				picked[known] = value
			}
		}
	}
	return picked
}

func lowerFirst(name string) string {
	if name == "" {
		return ""
	}
	return strings.ToLower(name[:1]) + name[1:]
}

// expand adds one extended property, if the contact has it; no answer shows one otherwise.
func (e entity) expand(it *item, property string) entity {
	if value, has := it.stamps[property]; property != "" && has {
		e["singleValueExtendedProperties"] = []any{map[string]any{"id": property, "value": value}}
	}
	return e
}

func (it *item) shownID(immutable bool) string {
	if immutable {
		return it.immutableID
	}
	return it.id
}

func (it *item) etag() string { return `W/"` + it.changeKey + `"` }

// matches tells whether an If-Match header allows a write.
func (it *item) matches(ifMatch string) bool {
	if ifMatch == "" || ifMatch == "*" {
		return true
	}
	return strings.Trim(strings.TrimPrefix(ifMatch, "W/"), `"`) == it.changeKey
}
