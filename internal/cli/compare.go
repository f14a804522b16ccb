package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// compare reads an object, finds what would change, and makes the body that changes it.
func (p *plan) compare(ctx context.Context) error {
	body, tag, err := p.get(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	var now fields
	if err := json.Unmarshal(body, &now); err != nil {
		return unreachable(err)
	}
	p.tag = tag
	send := fields{}
	if p.whole {
		send = p.sendable(now)
	}
	for _, name := range slices.Sorted(maps.Keys(p.wanted)) {
		old, known := now[name]
		if known && same(name, old, p.wanted[name]) {
			continue
		}
		send[name] = p.wanted[name]
		p.lines = append(p.lines, p.line(name, old, known))
	}
	if len(p.lines) == 0 {
		return nil
	}
	p.body, err = json.Marshal(send)
	return err
}

// sendable is what an object shows of itself and takes again. What is empty there is absent here.
func (p *plan) sendable(now fields) fields {
	send := fields{}
	for name, value := range now {
		if !slices.Contains(p.shown, name) && !slices.Contains([]string{`""`, "0"}, string(value)) && !(name == "username" && p.wanted["password"] == nil) {
			send[name] = value
		}
	}
	return send
}

// line says what changes in one field: values of settings, rows of the mapping as a count, and of what may be secret
// nothing.
func (p *plan) line(name string, old json.RawMessage, known bool) string {
	switch {
	case !known || slices.Contains(p.kept, name):
		return name + ": given"
	case name == "mapping":
		return fmt.Sprintf("mapping: %s", rowChanges(old, p.wanted[name]))
	}
	return fmt.Sprintf("%s: %s → %s", name, short(old), short(p.wanted[name]))
}

func short(v json.RawMessage) string {
	var out bytes.Buffer
	if json.Compact(&out, v) != nil {
		return "?"
	}
	return out.String()
}

// same compares values, not spellings. A filter's name follows from its id, no conditions are an empty list, and an empty
// value of a condition is none.
func same(name string, a, b json.RawMessage) bool {
	x, y := value(a), value(b)
	if name == "filter" {
		for _, v := range []any{x, y} {
			if filter, is := v.(map[string]any); is {
				delete(filter, "name")
			}
		}
	}
	if name == "conditions" {
		x, y = conditions(x), conditions(y)
	}
	return reflect.DeepEqual(x, y)
}

func conditions(v any) any {
	if v == nil {
		return []any{}
	}
	list, _ := v.([]any)
	for _, each := range list {
		if one, is := each.(map[string]any); is && one["value"] == "" {
			delete(one, "value")
		}
	}
	return v
}

func value(raw json.RawMessage) (v any) {
	in := json.NewDecoder(bytes.NewReader(raw))
	in.UseNumber()
	if in.Decode(&v) != nil {
		return string(raw)
	}
	return v
}

// rowChanges counts the mapping's rows that go and come.
func rowChanges(old, wanted json.RawMessage) string {
	before, after := rows(old), rows(wanted)
	if string(wanted) == "null" {
		return "the default of the module"
	}
	var parts []string
	if gone := lacking(before, after); gone > 0 {
		parts = append(parts, counted(gone, "row goes", "rows go"))
	}
	if come := lacking(after, before); come > 0 {
		parts = append(parts, counted(come, "row comes", "rows come"))
	}
	if len(parts) == 0 {
		return "another order"
	}
	return strings.Join(parts, ", ")
}

func rows(raw json.RawMessage) []any {
	list, _ := value(raw).([]any)
	return list
}

// lacking counts what of one list another one has not.
func lacking(in, from []any) (n int) {
	for _, row := range in {
		if !slices.ContainsFunc(from, func(other any) bool { return reflect.DeepEqual(row, other) }) {
			n++
		}
	}
	return n
}
