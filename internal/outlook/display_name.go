package outlook

import (
	"maps"
	"strings"
)

// spellings are the ways in which programs make a display name of the parts; the first is Outlook's and ours.
var spellings = [][]string{
	{"givenName", "middleName", "surname", "generation"},
	{"givenName", "surname"},
	{"title", "givenName", "middleName", "surname", "generation"},
}

var nameParts = []string{"title", "givenName", "middleName", "surname", "generation"}

// withDisplayName adds the display name to changes that write a name part, because Graph would else overwrite the one
// that the user may have chosen. One that was made of the parts is made anew in the same spelling, any other is kept.
// A company makes the display name of a contact without a name. changes itself stays as it is.
func withDisplayName(before, changes map[string]string) map[string]string {
	if _, given := changes["displayName"]; given {
		return changes
	}
	after := maps.Clone(before)
	if after == nil {
		after = map[string]string{}
	}
	maps.Copy(after, changes)
	if !writesName(before, changes, after) {
		return changes
	}
	out := maps.Clone(changes)
	out["displayName"] = displayName(before, after)
	return out
}

func writesName(before, changes, after map[string]string) bool {
	for _, part := range nameParts {
		if _, written := changes[part]; written {
			return true
		}
	}
	_, company := changes["companyName"]
	return company && (spelled(before, spellings[0]) == "" || spelled(after, spellings[0]) == "")
}

func displayName(before, after map[string]string) string {
	old := before["displayName"]
	if old == "" {
		return generated(after, spellings[0])
	}
	for _, spelling := range spellings {
		if old == generated(before, spelling) {
			return generated(after, spelling)
		}
	}
	return old
}

func generated(values map[string]string, spelling []string) string {
	if name := spelled(values, spelling); name != "" {
		return name
	}
	return values["companyName"]
}

func spelled(values map[string]string, parts []string) string {
	var kept []string
	for _, part := range parts {
		if s := strings.TrimSpace(values[part]); s != "" {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, " ")
}
