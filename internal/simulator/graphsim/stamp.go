package graphsim

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// stampIndex finds contacts by a single-value extended property. Names of properties are case-sensitive, their
// values are compared without case.
type stampIndex map[stampKey]map[*item]struct{}

type stampKey struct{ property, value string }

func newStampKey(property, value string) stampKey {
	return stampKey{property, strings.ToLower(value)}
}

func (x stampIndex) set(it *item, property, value string) {
	x.remove(it, property)
	it.stamps[property] = value
	key := newStampKey(property, value)
	if x[key] == nil {
		x[key] = map[*item]struct{}{}
	}
	x[key][it] = struct{}{}
}

func (x stampIndex) remove(it *item, property string) {
	old, has := it.stamps[property]
	if !has {
		return
	}
	key := newStampKey(property, old)
	delete(x[key], it)
	if len(x[key]) == 0 {
		delete(x, key)
	}
	delete(it.stamps, property)
}

func (x stampIndex) removeAll(it *item) {
	for property := range it.stamps {
		x.remove(it, property)
	}
}

// items lists the contacts with that value in creation order.
func (x stampIndex) items(key stampKey) []*item {
	var list []*item
	for it := range x[key] {
		list = append(list, it)
	}
	slices.SortFunc(list, byOrder)
	return list
}

func byOrder(a, b *item) int { return int(int64(a.order) - int64(b.order)) }

var propertyID = regexp.MustCompile(
	`^(String|Integer|Boolean|SystemTime|Double|Long|Short|Float|CLSID|Binary|Currency) ` +
		`\{([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})\} (Name|Id) (\S.*)$`)

// stampProperty brings the id of an extended property into the form the service answers with: its GUID in lower case.
func stampProperty(id string) (string, *refusal) {
	parts := propertyID.FindStringSubmatch(id)
	if parts == nil {
		return "", refuse(http.StatusBadRequest, "ErrorInvalidProperty",
			"The property id for the single value extended property is invalid.")
	}
	return fmt.Sprintf("%s {%s} %s %s", parts[1], strings.ToLower(parts[2]), parts[3], parts[4]), nil
}
