package api

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// dice makes values from schemas: mostly such as are allowed, some that are not.
type dice struct {
	*rand.Rand
	known map[string]any
	pools map[string][]any // values that mean something, by the name of their place
}

// strange are texts that break what was not made with care.
var strange = []string{
	"", " ", "\x00", "é", "😀", "\u202eabc", "'; DROP TABLE users; --", "{{7*7}}", "../../etc/passwd", "%00", "%s%n", "0", "-1", "NaN", "null", "true",
	strings.Repeat("9", 40), "<script>alert(1)</script>", strings.Repeat("x", 300), "=1+1", "\r\nSet-Cookie: a=b", "a\xffb", "00000000-0000-0000-0000-000000000000",
	"2026-02-30", "0000-00-00T00:00:00Z", "9999-12-31T23:59:59Z", "\\", "'", "\"",
}

func (d *dice) chance(percent int) bool { return d.IntN(100) < percent }

func pick[T any](d *dice, of []T) T { return of[d.IntN(len(of))] }

// value makes what a place with that name and schema may hold.
func (d *dice) value(name string, schema map[string]any, depth int) any {
	if ref, is := schema["$ref"].(string); is {
		schema, _ = d.known[ref[strings.LastIndex(ref, "/")+1:]].(map[string]any)
	}
	if either, is := schema["anyOf"].([]any); is {
		schema, _ = pick(d, either).(map[string]any)
		return d.value(name, schema, depth)
	}
	if schema["writeOnly"] == true {
		if pool := d.pools[name]; pool != nil && d.chance(60) {
			return pick(d, pool)
		}
		return "CANARY-SECRET-" + name
	}
	if enum, is := schema["enum"].([]any); is && d.chance(85) {
		return pick(d, enum)
	}
	switch kindOfSchema(d, schema) {
	case "null":
		return nil
	case "object":
		return d.object(schema, depth)
	case "array":
		items, _ := schema["items"].(map[string]any)
		list := []any{}
		for range d.IntN(4) {
			if depth < 6 {
				list = append(list, d.value(strings.TrimSuffix(name, "s"), items, depth+1))
			}
		}
		return list
	case "boolean":
		return d.chance(50)
	case "integer", "number":
		return pick(d, []any{0, 1, 2, 25, 50, 443, 10080, -1, 1 << 40, 1.5})
	}
	return d.text(name, schema)
}

// kindOfSchema chooses one of the types of a schema.
func kindOfSchema(d *dice, schema map[string]any) string {
	if types, is := schema["type"].([]any); is {
		text, _ := pick(d, types).(string)
		return text
	}
	text, _ := schema["type"].(string)
	return text
}

func (d *dice) object(schema map[string]any, depth int) map[string]any {
	out := map[string]any{}
	required, _ := schema["required"].([]any)
	properties, _ := schema["properties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		inner, _ := properties[name].(map[string]any)
		if depth < 6 && (slices.Contains(required, any(name)) || d.chance(50)) {
			out[name] = d.value(name, inner, depth+1)
		}
	}
	return out
}

func (d *dice) text(name string, schema map[string]any) any {
	if pool := d.pools[name]; pool != nil && d.chance(75) {
		return pick(d, pool)
	}
	switch schema["format"] {
	case "date-time":
		return pick(d, []any{"2026-01-31T12:00:00Z", "2020-01-01T00:00:00+14:00", "1066-10-14T00:00:00Z"})
	case "date":
		return pick(d, []any{"2026-01-31", "2026-02-30", "2040-12-31"})
	}
	return pick(d, strange)
}

// broken damages a value somewhere.
func (d *dice) broken(value any) any {
	switch v := value.(type) {
	case map[string]any:
		if len(v) > 0 && d.chance(70) {
			name := pick(d, slices.Sorted(maps.Keys(v)))
			if d.chance(30) {
				delete(v, name)
			} else {
				v[name] = d.broken(v[name])
			}
			return v
		}
		if d.chance(50) {
			v[pick(d, strange)+"x"] = pick(d, strange)
			return v
		}
	case []any:
		if len(v) > 0 && d.chance(70) {
			i := d.IntN(len(v))
			v[i] = d.broken(v[i])
			return v
		}
	}
	return pick(d, []any{nil, true, 0, -1.5, 1e300, "", []any{}, map[string]any{}, []any{nil, []any{}}, strings.Repeat("long ", 2000), pick(d, strange)})
}
