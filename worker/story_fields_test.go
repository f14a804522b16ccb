package worker_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// pair is one field with its value, as a story names them.
type pair struct{ key, value string }

// written is key=value; a value with spaces, or an empty one, stands in quotation marks, and "A"*90 is ninety of them.
var written = regexp.MustCompile(`^([\w.]+)=(?:("(?:[^"\\]|\\.)*")(?:\*(\d+))?|(\S*))(?:\s+|$)`)

func readPairs(text string) (out []pair, err error) {
	for text = strings.TrimSpace(text); text != ""; {
		found := written.FindStringSubmatch(text)
		if found == nil {
			return nil, fmt.Errorf("%q is no list of field=value", text)
		}
		value := found[4]
		if found[2] != "" {
			if value, err = strconv.Unquote(found[2]); err != nil {
				return nil, fmt.Errorf("%s: %w", found[2], err)
			}
		}
		if times, err := strconv.Atoi(found[3]); err == nil {
			value = strings.Repeat(value, times)
		}
		out, text = append(out, pair{found[1], value}), text[len(found[0]):]
	}
	return out, nil
}

// Lists of Outlook, which stories write with commas.
var lists = []string{"businessPhones", "homePhones", "categories", "children", "imAddresses"}

// inOutlook spells pairs as Graph takes them.
func inOutlook(pairs []pair) map[string]any {
	out := map[string]any{}
	for _, p := range pairs {
		outer, inner, part := strings.Cut(p.key, ".")
		switch {
		case part:
			address, _ := out[outer].(map[string]any)
			if address == nil {
				address = map[string]any{}
			}
			address[inner], out[outer] = p.value, address
		case p.key == "email":
			out["emailAddresses"] = mailsOf(members(p.value)...)
		case slices.Contains(lists, p.key):
			out[p.key] = anyOf(members(p.value))
		case p.key == "birthday" && len(p.value) == len("2006-01-02"):
			out[p.key] = p.value + "T11:59:00Z"
		case p.key == "birthday" && p.value == "":
			out[p.key] = nil
		default:
			out[p.key] = p.value
		}
	}
	return out
}

func members(list string) (out []string) {
	for _, m := range strings.Split(list, ",") {
		if m = strings.TrimSpace(m); m != "" {
			out = append(out, m)
		}
	}
	return out
}

func anyOf(list []string) []any {
	out := []any{}
	for _, m := range list {
		out = append(out, m)
	}
	return out
}

// shownInOutlook reads a field of a contact as stories write it.
func shownInOutlook(c map[string]any, key string) string {
	value := c[key]
	if key == "email" {
		value = c["emailAddresses"]
	}
	if outer, inner, part := strings.Cut(key, "."); part {
		address, _ := c[outer].(map[string]any)
		value = address[inner]
	}
	switch v := value.(type) {
	case []any:
		var out []string
		for _, m := range v {
			if mail, is := m.(map[string]any); is {
				m = mail["address"]
			}
			out = append(out, fmt.Sprint(m))
		}
		return strings.Join(out, ", ")
	case string:
		if key == "birthday" && len(v) > len("2006-01-02") {
			return v[:len("2006-01-02")]
		}
		return v
	}
	return ""
}

// inVTiger spells pairs as vTiger takes them; an organisation is named, and made when there is none of that name.
func (s *story) inVTiger(pairs []pair) map[string]string {
	out := map[string]string{}
	for _, p := range pairs {
		switch {
		case p.key == "organisation" && p.value != "":
			out["account_id"] = s.vtiger.AddAccount(p.value)
		case p.key == "organisation":
			out["account_id"] = ""
		default:
			out[p.key] = p.value
		}
	}
	return out
}

// shownInVTiger reads a field of a record as stories write it.
func (s *story) shownInVTiger(c map[string]string, key string) string {
	if key == "organisation" {
		account, _ := s.vtiger.Record(c["account_id"])
		return account["accountname"]
	}
	return c[key]
}
