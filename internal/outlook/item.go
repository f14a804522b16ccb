package outlook

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"time"

	"contactbridge/internal/contact"
)

// item is one contact as Graph spells it, property by property, so that an unusual one costs only itself.
type item map[string]json.RawMessage

// errBroken says that a contact cannot be read. It names no value.
var errBroken = errors.New("the contact has a property that cannot be read")

func decodeItem(raw json.RawMessage) (item, error) {
	var it item
	if err := json.Unmarshal(raw, &it); err != nil || it == nil {
		return nil, errBroken
	}
	return it, nil
}

func (it item) id() string { return it.plain("id") }

func (it item) removed() bool { return len(it["@removed"]) > 0 }

// whole tells whether everything that was selected is there. A delta may show only what changed; what is missing there
// must not be taken for empty.
func (it item) whole() bool {
	for _, name := range selected {
		if _, there := it[name]; !there {
			return false
		}
	}
	return true
}

// plain reads a text that no record depends on; what cannot be read is empty.
func (it item) plain(name string) string {
	s, err := it.text(name)
	if err != nil {
		return ""
	}
	return s
}

// record reads the whole contact, or fails: a property that cannot be read must not look as if it were empty.
func (it item) record() (contact.Record, error) {
	r := contact.Record{ID: it.id(), Version: it.version(), Values: map[string]string{}, Stamp: it.stamp()}
	if r.ID == "" || r.Version == "" {
		return contact.Record{}, errBroken
	}
	if at, err := time.Parse(time.RFC3339, it.plain("lastModifiedDateTime")); err == nil {
		r.Changed = at.UTC()
	}
	for _, p := range Catalogue {
		value, err := it.value(p)
		if err != nil {
			return contact.Record{}, err
		}
		if value != "" {
			r.Values[p.Name] = value
		}
	}
	return r, nil
}

func (it item) value(p Property) (string, error) {
	if address, part, nested := strings.Cut(p.Name, "."); nested {
		return it.part(address, part)
	}
	switch p.Kind {
	case EmailList:
		return it.emails(p.Name)
	case PhoneList, TextList:
		return it.list(p.Name)
	case Date:
		return it.date(p.Name)
	default:
		return it.text(p.Name)
	}
}

func (it item) text(name string) (string, error) {
	var s *string
	if err := it.into(name, &s); err != nil || s == nil {
		return "", err
	}
	return withoutNUL(*s), nil
}

// withoutNUL drops the one character that PostgreSQL holds in no text.
func withoutNUL(s string) string { return strings.ReplaceAll(s, "\x00", "") }

func (it item) list(name string) (string, error) {
	var members []*string
	if err := it.into(name, &members); err != nil {
		return "", err
	}
	return lines(members), nil
}

// emails leaves out entries without an address: Outlook stores a malformed one as a name alone.
func (it item) emails(name string) (string, error) {
	var entries []wireEmail
	if err := it.into(name, &entries); err != nil {
		return "", err
	}
	members := make([]*string, len(entries))
	for i, e := range entries {
		members[i] = e.Address
	}
	return lines(members), nil
}

func (it item) part(address, part string) (string, error) {
	var parts map[string]json.RawMessage
	if err := it.into(address, &parts); err != nil {
		return "", err
	}
	return item(parts).text(part)
}

var dateForm = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}`)

// date drops the time, which has no meaning here and differs with the program that set the birthday.
func (it item) date(name string) (string, error) {
	s, err := it.text(name)
	if err != nil || s == "" {
		return "", err
	}
	if !dateForm.MatchString(s) {
		return "", errBroken
	}
	return s[:len(time.DateOnly)], nil
}

func (it item) into(name string, target any) error {
	raw, there := it[name]
	if !there {
		return nil
	}
	if err := json.Unmarshal(raw, target); err != nil {
		return errBroken
	}
	return nil
}

// version is the changeKey, which the etag repeats.
func (it item) version() string {
	if key := it.plain("changeKey"); key != "" {
		return key
	}
	return strings.TrimSuffix(strings.TrimPrefix(it.plain("@odata.etag"), `W/"`), `"`)
}

// lines joins what is not blank, one a line.
func lines(members []*string) string {
	var kept []string
	for _, m := range members {
		if m == nil {
			continue
		}
		if s := strings.Join(strings.Fields(withoutNUL(*m)), " "); s != "" {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, "\n")
}
