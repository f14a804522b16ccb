package fieldmap

import (
	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// The letter cases.
const (
	upperCase = "upper"
	lowerCase = "lower"
	titleCase = "title"
)

// casing writes in the transform's letter case, by no language's own rules. A Caser has state, so each text gets its own.
func (t Transform) casing(v string) string {
	switch t.Case {
	case upperCase:
		return cases.Upper(language.Und).String(v)
	case lowerCase:
		return cases.Lower(language.Und).String(v)
	case titleCase:
		return cases.Title(language.Und).String(v)
	}
	return v
}
