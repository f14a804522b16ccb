package graphsim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode"
)

// write is the content of a POST or PATCH: a present key is to be set, its nil value clears.
type write struct {
	fields map[string]any
	stamps map[string]string
}

// writeBody decodes the body of a POST or PATCH.
func (c *call) writeBody() (map[string]any, *refusal) {
	if !strings.Contains(c.header.Get("Content-Type"), "json") {
		return nil, badRequest("Write requests (excluding DELETE) must contain the Content-Type header declaration.")
	}
	var body map[string]any
	decoder := json.NewDecoder(bytes.NewReader(c.body))
	if err := decoder.Decode(&body); err != nil || body == nil || decoder.More() {
		return nil, badRequest("Unable to read JSON request payload. " +
			"Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	return body, nil
}

// newWrite checks the shape and the limits of a contact's properties. Names come from the global address list.
func (s *Server) newWrite(body map[string]any, creating bool) (write, *refusal) {
	w := write{fields: map[string]any{}, stamps: map[string]string{}}
	for name, value := range body {
		refused := w.read(name, value, creating, s.directory.name)
		if refused != nil {
			if code := s.current().LimitCode; refused.limit && code != "" {
				refused.code = code
			}
			return write{}, refused
		}
	}
	return w, nil
}

func (w write) read(name string, value any, creating bool, directoryName func(string) string) (refused *refusal) {
	limit, isList := listProperties[name]
	switch {
	case slices.Contains(textProperties, name):
		w.fields[name], refused = readText(name, value)
	case isList:
		w.fields[name], refused = readList(name, value, limit)
	case slices.Contains(addressProperties, name):
		w.fields[name], refused = readAddress(name, value, creating)
	case name == "birthday":
		w.fields[name], refused = readBirthday(value)
	case name == "emailAddresses":
		w.fields[name], refused = readEmails(value, directoryName)
	case name == "singleValueExtendedProperties":
		refused = w.readStamps(value)
	}
	return refused
}

// apply returns the content after w, leaving fields as they are.
func (w write) apply(fields map[string]any, replaceAddresses bool) map[string]any {
	after := maps.Clone(fields)
	if after == nil {
		after = map[string]any{}
	}
	for name, value := range w.fields {
		if parts, ok := value.(map[string]any); ok && !replaceAddresses {
			old, _ := fields[name].(map[string]any)
			value = merge(old, parts)
		}
		if value = compact(value); value == nil {
			delete(after, name)
			continue
		}
		after[name] = value
	}
	return after
}

func merge(old, parts map[string]any) map[string]any {
	merged := maps.Clone(old)
	if merged == nil {
		merged = map[string]any{}
	}
	maps.Copy(merged, parts)
	return merged
}

// compact makes everything empty nil: the store does not tell an empty string from an absent one.
func compact(value any) any {
	switch v := value.(type) {
	case string:
		if v == "" {
			return nil
		}
	case []any:
		if len(v) == 0 {
			return nil
		}
	case map[string]any:
		kept := map[string]any{}
		for name, part := range v {
			if part != nil && part != "" {
				kept[name] = part
			}
		}
		if len(kept) == 0 {
			return nil
		}
		return kept
	}
	return value
}

func readText(name string, value any) (any, *refusal) {
	if _, ok := value.(string); ok || value == nil {
		return value, nil
	}
	return nil, wrongType(name, "Edm.String")
}

func readList(name string, value any, limit int) (any, *refusal) {
	list, ok := value.([]any)
	if !ok && value != nil {
		return nil, wrongType(name, "Collection(Edm.String)")
	}
	kept := []any{}
	for _, entry := range list {
		text, ok := entry.(string)
		if !ok && entry != nil {
			return nil, wrongType(name, "Collection(Edm.String)")
		}
		if text != "" {
			kept = append(kept, text)
		}
	}
	if limit > 0 && len(list) > limit {
		return nil, tooMany(name, len(list), limit)
	}
	return kept, nil
}

// readAddress refuses null in a POST the way the service does: as an error of its own.
func readAddress(name string, value any, creating bool) (any, *refusal) {
	if value == nil {
		if creating {
			return nil, internalError()
		}
		return nil, nil
	}
	address, ok := value.(map[string]any)
	if !ok {
		return nil, wrongType(name, "microsoft.graph.physicalAddress")
	}
	parts := map[string]any{}
	for _, part := range addressParts {
		given, present := address[part]
		if !present {
			continue
		}
		text, refused := readText(part, given)
		if refused != nil {
			return nil, refused
		}
		parts[part] = text
	}
	return parts, nil
}

func (w write) readStamps(value any) *refusal {
	list, ok := value.([]any)
	if !ok {
		return wrongType("singleValueExtendedProperties", "Collection(microsoft.graph.singleValueLegacyExtendedProperty)")
	}
	for _, entry := range list {
		stamp, _ := entry.(map[string]any)
		id, _ := stamp["id"].(string)
		text, ok := stamp["value"].(string)
		property, refused := stampProperty(id)
		if refused != nil {
			return refused
		}
		if !ok {
			return wrongType("value", "Edm.String")
		}
		w.stamps[property] = text
	}
	return nil
}

func internalError() *refusal {
	return refuse(http.StatusInternalServerError, "ErrorInternalServerError",
		"An internal server error occurred. The operation failed.")
}

func wrongType(name, kind string) *refusal {
	return refuse(http.StatusBadRequest, "RequestBodyRead",
		fmt.Sprintf("Cannot convert the value of property '%s' to the expected type '%s'.", name, kind))
}

func tooMany(name string, count, limit int) *refusal {
	letters := []rune(name)
	letters[0] = unicode.ToUpper(letters[0])
	r := refuse(http.StatusBadRequest, "ErrorInvalidRequest", fmt.Sprintf(
		"The multi value property %s has %d entries, that exceeds the max allowed value of %d",
		string(letters), count, limit))
	r.limit = true
	return r
}
