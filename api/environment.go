package api

import (
	"maps"
	"slices"
	"strings"
)

// ensureFree refuses to change what the environment sets: it wins, so the change would do nothing. changes tells by field
// what the request would change.
func ensureFree(fixed []string, changes map[string]bool) error {
	var flaws []flaw
	for _, field := range slices.Sorted(maps.Keys(changes)) {
		if changes[field] && slices.Contains(fixed, field) {
			flaws = append(flaws, flaw{"body." + field, "The environment sets it."})
		}
	}
	if len(flaws) == 0 {
		return nil
	}
	return refuse(byEnvironment, "The environment of Contact Bridge sets "+strings.Join(fixed, ", ")+
		" and wins over what is saved here: change the variables and restart, or take them away to set it here.", flaws...)
}
