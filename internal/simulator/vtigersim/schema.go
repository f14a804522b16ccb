package vtigersim

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// recorded holds the describe and listtypes answers of a real vTiger 8.3.0.
//
//go:embed recorded/*.json
var recorded embed.FS

// field is one field of a module as describe shows it.
type field struct {
	Name      string `json:"name"`
	Label     string `json:"label"`
	Mandatory bool   `json:"mandatory"`
	Editable  bool   `json:"editable"`
	Type      struct {
		Name     string   `json:"name"`
		RefersTo []string `json:"refersTo"`
	} `json:"type"`
}

// module is one kind of record; it never changes.
type module struct {
	Name        string  `json:"name"`
	Prefix      string  `json:"idPrefix"`
	Fields      []field `json:"fields"`
	LabelFields string  `json:"labelFields"`

	position map[string]int // of a field in Fields and in record.values
	admin    json.RawMessage
	ordinary json.RawMessage // the same fields in another order; nil: as admin's

	// Positions of the fields the server fills; -1 where a module has none.
	idAt, ownerAt, modifiedAt int
}

// modules and listtypes answers of the recorded server.
type catalog struct {
	modules  map[string]*module
	byPrefix map[string]*module
	admin    typeList
	ordinary typeList
}

type typeList struct {
	Types       []string                   `json:"types"`
	Information map[string]json.RawMessage `json:"information"`
}

// schema reads the embedded recordings once. They are part of the program, so a
// broken one is a mistake of the build and panics.
var schema = sync.OnceValue(func() *catalog {
	c, err := readCatalog()
	if err != nil {
		panic(fmt.Sprintf("vtigersim: embedded recordings: %v", err))
	}
	return c
})

func readCatalog() (*catalog, error) {
	c := &catalog{modules: map[string]*module{}, byPrefix: map[string]*module{}}
	for _, name := range []string{"Contacts", "Accounts", "Leads", "Vendors", "Users", "Groups"} {
		results, err := readRecorded("describe-" + name + "-admin.json")
		if err != nil {
			return nil, err
		}
		m, err := newModule(results[0])
		if err != nil {
			return nil, fmt.Errorf("describe of %s: %w", name, err)
		}
		c.modules[name], c.byPrefix[m.Prefix] = m, m
	}
	alice, err := readRecorded("describe-alice.json")
	if err != nil {
		return nil, err
	}
	c.modules["Contacts"].ordinary = alice[0]
	lists, err := readRecorded("listtypes.json")
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(lists[0], &c.admin); err != nil {
		return nil, fmt.Errorf("listtypes of the admin: %w", err)
	}
	if err := json.Unmarshal(lists[1], &c.ordinary); err != nil {
		return nil, fmt.Errorf("listtypes of an ordinary user: %w", err)
	}
	return c, nil
}

// readRecorded returns the results of a file's recorded replies, compacted.
func readRecorded(file string) ([]json.RawMessage, error) {
	text, err := recorded.ReadFile("recorded/" + file)
	if err != nil {
		return nil, fmt.Errorf("read recording: %w", err)
	}
	var exchanges []struct {
		JSON struct {
			Result json.RawMessage `json:"result"`
		} `json:"json"`
	}
	if err := json.Unmarshal(text, &exchanges); err != nil {
		return nil, fmt.Errorf("parse %s: %w", file, err)
	}
	var results []json.RawMessage
	for _, exchange := range exchanges {
		var compact bytes.Buffer
		if len(exchange.JSON.Result) > 0 {
			if err := json.Compact(&compact, exchange.JSON.Result); err != nil {
				return nil, fmt.Errorf("compact %s: %w", file, err)
			}
		}
		results = append(results, compact.Bytes())
	}
	return results, nil
}

func newModule(describe json.RawMessage) (*module, error) {
	m := &module{admin: describe, position: map[string]int{}}
	if err := json.Unmarshal(describe, m); err != nil {
		return nil, err
	}
	for i, f := range m.Fields {
		m.position[f.Name] = i
	}
	m.idAt, m.ownerAt, m.modifiedAt = m.at("id"), m.at("assigned_user_id"), m.at("modifiedtime")
	return m, nil
}

// at is the position of the named field, or -1.
func (m *module) at(name string) int {
	if i, ok := m.position[name]; ok {
		return i
	}
	return -1
}

// describe is the reply of the describe operation for a user whose date format
// is given: vTiger writes the caller's own format into date fields.
func (m *module) describe(admin bool, dateFormat string) json.RawMessage {
	reply := m.admin
	if !admin && m.ordinary != nil {
		reply = m.ordinary
	}
	quoted, err := json.Marshal(dateFormat)
	if err != nil || dateFormat == defaultDateFormat {
		return reply
	}
	return bytes.ReplaceAll(reply, []byte(`"format":"`+defaultDateFormat+`"`), append([]byte(`"format":`), quoted...))
}

// hasFieldOf reports whether a listed type has a field of one of the kinds. Types
// whose describe was not recorded have none.
func (c *catalog) hasFieldOf(name string, kinds []string) bool {
	m := c.modules[name]
	return m != nil && slices.ContainsFunc(m.Fields, func(f field) bool {
		return slices.Contains(kinds, f.Type.Name)
	})
}

// label is the display name vTiger keeps beside a record.
func (m *module) label(values []string) string {
	var words []string
	for name := range strings.SplitSeq(m.LabelFields, ",") {
		if i := m.at(name); i >= 0 && values[i] != "" {
			words = append(words, values[i])
		}
	}
	return strings.TrimSpace(strings.Join(words, " "))
}
