package contact

import (
	"strings"

	"golang.org/x/text/cases"
)

// Loses tells whether a side cannot hold all of a value: what it would show of it, told back, is not the value any more. A
// value that is only spelled otherwise there is not lost.
func (s Shape) Loses(side Side, v string) bool {
	if strings.TrimSpace(v) == "" {
		return false
	}
	shown := s.carried(side, v)
	if s.Type.IsSet() {
		return len(s.Type.keys(Lines(shown), s.Region)) < len(s.without(Lines(v), nil))
	}
	told := s.spell(side.Other(), shown)
	return !s.Same(told, v) && letters(told) != letters(v)
}

// carried is Carry without what stands in for a missing value.
func (s Shape) carried(side Side, v string) string {
	s.Required = ""
	return s.Carry(side, v, nil)
}

// letters is a text without regard to case and white space.
func letters(v string) string {
	return cases.Fold().String(strings.Join(strings.Fields(NormalText(v)), ""))
}
