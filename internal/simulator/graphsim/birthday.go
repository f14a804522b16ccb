package graphsim

import "time"

// readBirthday accepts a date or a time; answers always show a time in UTC, whatever was sent.
func readBirthday(value any) (any, *refusal) {
	if value == nil {
		return nil, nil
	}
	text, _ := value.(string)
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return timestamp(at), nil
		}
	}
	return nil, wrongType("birthday", "Edm.DateTimeOffset")
}

// timestamp shows whole seconds only: two writes within one second look alike.
func timestamp(at time.Time) string {
	return at.UTC().Truncate(time.Second).Format(time.RFC3339)
}
