package graphsim

import (
	"net/http"
	"regexp"
	"strings"
)

// filter is a $filter on contacts. A stamp is looked up, everything else is matched one by one.
type filter struct {
	property string // the property filtered by, for the check against $orderby
	stamp    *stampKey
	match    func(*item) bool
}

const literal = `'((?:[^']|'')*)'`

var (
	emailFilter = regexp.MustCompile(`(?i)^emailAddresses/any\(\s*(\w+)\s*:\s*(\w+)/address\s+eq\s+` + literal + `\s*\)$`)
	startFilter = regexp.MustCompile(`(?i)^startswith\(\s*(\w+)\s*,\s*` + literal + `\s*\)$`)
	equalFilter = regexp.MustCompile(`(?i)^(\w+)\s+eq\s+` + literal + `$`)
	stampFilter = regexp.MustCompile(`(?i)^singleValueExtendedProperties/any\(\s*(\w+)\s*:\s*(\w+)/id\s+eq\s+` + literal +
		`\s+and\s+(\w+)/value\s+eq\s+` + literal + `\s*\)$`)
	disjunction = regexp.MustCompile(`(?i)\)\s+or\s+`)
)

func invalidFilter() *refusal {
	return refuse(http.StatusBadRequest, "ErrorInvalidUrlQueryFilter",
		"The query filter contains one or more invalid nodes.")
}

// parseFilter understands what Outlook does: eq on an e-mail address, startswith and eq on text, one stamp.
func parseFilter(text string) (*filter, *refusal) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, nil
	}
	if p := stampFilter.FindStringSubmatch(text); p != nil && p[1] == p[2] && p[1] == p[4] {
		property, refused := stampProperty(unquote(p[3]))
		if refused != nil {
			return nil, refused
		}
		key := newStampKey(property, unquote(p[5]))
		return &filter{property: "singleValueExtendedProperties", stamp: &key}, nil
	}
	if wanted, ok := emailTerms(text); ok {
		return &filter{property: "emailAddresses", match: emailMatch(wanted)}, nil
	}
	if p := startFilter.FindStringSubmatch(text); p != nil && isText(p[1]) {
		prefix := strings.ToLower(unquote(p[2]))
		return textFilter(p[1], func(value string) bool { return strings.HasPrefix(value, prefix) }), nil
	}
	if p := equalFilter.FindStringSubmatch(text); p != nil && isText(p[1]) {
		wanted := strings.ToLower(unquote(p[2]))
		return textFilter(p[1], func(value string) bool { return value == wanted }), nil
	}
	return nil, invalidFilter()
}

func isText(property string) bool {
	for _, name := range textProperties {
		if name == property {
			return true
		}
	}
	return false
}

func textFilter(property string, accept func(string) bool) *filter {
	return &filter{property: property, match: func(it *item) bool {
		value, _ := it.fields[property].(string)
		return value != "" && accept(strings.ToLower(value))
	}}
}

// emailTerms reads one any(… address eq …) or several joined by or.
func emailTerms(text string) ([]string, bool) {
	var wanted []string
	terms := disjunction.Split(text, -1)
	for i, term := range terms {
		if i < len(terms)-1 {
			term += ")" // the split took it
		}
		p := emailFilter.FindStringSubmatch(term)
		if p == nil || p[1] != p[2] {
			return nil, false
		}
		wanted = append(wanted, strings.ToLower(unquote(p[3])))
	}
	return wanted, true
}

// emailMatch compares whole addresses; but joined by or, the service matches parts of them (a known fault of it).
func emailMatch(wanted []string) func(*item) bool {
	return func(it *item) bool {
		for _, address := range addresses(it.fields) {
			for _, want := range wanted {
				if address == want || len(wanted) > 1 && strings.Contains(address, want) {
					return true
				}
			}
		}
		return false
	}
}

var expandStamp = regexp.MustCompile(`(?i)^singleValueExtendedProperties\(\s*\$filter\s*=\s*id\s+eq\s+` + literal + `\s*\)$`)

// expanded reads $expand, which can name one known extended property and nothing else; "" without it.
func (c *call) expanded() (string, *refusal) {
	text := strings.TrimSpace(c.query.Get("$expand"))
	if text == "" {
		return "", nil
	}
	p := expandStamp.FindStringSubmatch(text)
	if p == nil {
		return "", badRequest("Parsing OData Select and Expand failed.")
	}
	return stampProperty(unquote(p[1]))
}
