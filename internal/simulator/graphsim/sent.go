package graphsim

import "time"

// sent shows a contact as answers do: bent by the switches, and spoiled where [Server.Spoil] says so.
func (it *item) sent(immutable bool, set Settings) entity {
	e := it.render(immutable)
	if birthday, ok := e["birthday"].(string); ok && set.DateOnlyBirthdays {
		e["birthday"] = birthday[:len(time.DateOnly)]
	}
	if set.NullAddresses {
		for _, name := range addressProperties {
			if parts, ok := e[name].(map[string]any); ok && len(parts) == 0 {
				e[name] = nil
			}
		}
	}
	for name, value := range it.spoiled {
		e[name] = value
	}
	return e
}
