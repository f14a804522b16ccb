package vtigersim

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// element is the record a client sends: field names with text. null is kept
// apart from "" because update treats references differently.
type element map[string]input

type input struct {
	text string
	null bool
}

// readElement takes any JSON object: numbers become text, true "1", false and
// objects "", of an array the first item counts. Invalid UTF-8 is dropped.
func (c *call) readElement() (element, error) {
	text, sent := c.params["element"]
	if !sent {
		return nil, errFatal
	}
	return parseElement(text)
}

func parseElement(text string) (element, error) {
	decoder := json.NewDecoder(strings.NewReader(strings.ToValidUTF8(text, "")))
	decoder.UseNumber()
	var raw map[string]any
	if err := decoder.Decode(&raw); err != nil || raw == nil || decoder.More() {
		return nil, errInternal
	}
	e := element{}
	for name, value := range raw {
		e[name] = input{text: scalarText(value), null: value == nil}
	}
	return e, nil
}

func scalarText(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "1"
		}
	case []any:
		if len(v) > 0 {
			return scalarText(v[0])
		}
	}
	return ""
}

// serverFilled are ignored when a client sends them, although describe calls
// some of them editable.
var serverFilled = []string{"modifiedby", "tags"}

func (f *field) writable() bool {
	return f.Editable && !slices.Contains(serverFilled, f.Name)
}

// changes are values to store, by position in the module's fields.
type changes map[int]string

// convert checks what a client sent in vTiger's order (references, mandatory
// fields, owner) and returns what is to be stored. demand lists the mandatory
// fields that must be there.
func convert(u *user, m *module, e element, demandAll bool, set charset) (changes, error) {
	if err := checkReferences(m, e); err != nil {
		return nil, err
	}
	if err := checkMandatory(m, e, demandAll); err != nil {
		return nil, err
	}
	values := changes{}
	for i := range m.Fields {
		f := &m.Fields[i]
		sent, ok := e[f.Name]
		if !ok || !f.writable() {
			continue
		}
		value, err := storedValue(u, m, f, sent.text, set)
		if err != nil {
			return nil, err
		}
		values[i] = value
	}
	return values, nil
}

func checkReferences(m *module, e element) error {
	for i := range m.Fields {
		f := &m.Fields[i]
		text := e[f.Name].text
		if f.Type.Name != "reference" || text == "" || !f.writable() {
			continue
		}
		target, _, err := resolve(text)
		if err != nil {
			return err
		}
		if !slices.Contains(f.Type.RefersTo, target.Name) {
			return &refusal{"REFERENCE_INVALID", "Invalid reference specified for " + f.Name}
		}
	}
	return nil
}

func checkMandatory(m *module, e element, demandAll bool) error {
	for _, f := range m.Fields {
		sent, ok := e[f.Name]
		if f.Mandatory && sent.text == "" && (ok || demandAll) {
			return &refusal{"MANDATORY_FIELDS_MISSING", f.Name + " does not have a value"}
		}
	}
	return nil
}

// storedValue turns text into what the column holds. Only owners can be wrong;
// everything else is accepted in some form, picklist values as they are.
func storedValue(u *user, m *module, f *field, text string, set charset) (string, error) {
	switch f.Type.Name {
	case "owner":
		return storedOwner(text)
	case "boolean":
		if text == "1" || text == "on" {
			return "1", nil
		}
		return "0", nil
	case "date":
		return storedDate(text, u.DateFormat), nil
	case "integer":
		return strconv.Itoa(atoi(text)), nil
	case "currency":
		return storedAmount(text), nil
	default:
		return storedText(text, columnLength(m.Name, f.Name), set), nil
	}
}

func storedAmount(text string) string {
	amount, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		amount = 0
	}
	return strconv.FormatFloat(amount, 'f', 8, 64)
}

// storedOwner accepts ids of users and groups and, as vTiger does, a bare number
// for a user. Whether the owner exists is found out only after storing.
func storedOwner(text string) (string, error) {
	if number, err := strconv.Atoi(text); err == nil {
		return userPrefix + strconv.Itoa(number), nil
	}
	target, number, err := resolve(text)
	if err != nil {
		return "", errBadID
	}
	if target.Name != "Users" && target.Name != "Groups" {
		return "", &refusal{"REFERENCE_INVALID", "Invalid reference specified for assigned_user_id"}
	}
	return target.Prefix + "x" + strconv.Itoa(number), nil
}
