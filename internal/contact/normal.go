package contact

import (
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Type says how the values of a field are compared.
type Type string

// The types of mapped fields.
const (
	Text   Type = "text"
	Date   Type = "date"   // YYYY-MM-DD, without a time zone
	Phone  Type = "phone"  // compared as E.164, kept as written
	Phones Type = "phones" // a set of phones, one a line
	Emails Type = "emails" // a set of addresses, one a line
	Texts  Type = "texts"  // a set of texts, one a line, each compared as Text is
)

// IsSet tells whether values of the type are sets, one member a line.
func (t Type) IsSet() bool { return t == Phones || t == Emails || t == Texts }

// Normal is the form in which two values of the type are the same. region is the two-letter country that phones without
// an international prefix belong to; empty when unknown. Normal(Normal(v)) == Normal(v).
func (t Type) Normal(value, region string) string {
	switch t {
	case Date:
		return NormalDate(value)
	case Phone:
		return NormalPhone(value, region)
	case Phones, Emails, Texts:
		blank := func(key string) bool { return key == "" }
		return strings.Join(slices.DeleteFunc(t.keys(Lines(value), region), blank), "\n")
	default:
		return NormalText(value)
	}
}

// keys gives the normal form of each member.
func (t Type) keys(members []string, region string) []string {
	out := make([]string, len(members))
	for i, m := range members {
		switch t {
		case Phones:
			out[i] = NormalPhone(m, region)
		case Texts:
			out[i] = NormalText(m)
		default:
			out[i] = NormalEmail(m)
		}
	}
	return out
}

// NormalText composes (NFC), writes line ends as \n and drops the white space around the text, as vTiger's own form does.
func NormalText(value string) string {
	value = strings.ReplaceAll(value, "\r\n", "\n")
	value = strings.ReplaceAll(value, "\r", "\n")
	return strings.TrimSpace(norm.NFC.String(value))
}

// NormalEmail folds case: no mail system in use tells addresses apart by it. It folds what is decomposed, since folding
// makes letters that compose anew with the marks after them.
func NormalEmail(value string) string {
	return NormalText(cases.Fold().String(norm.NFD.String(NormalText(value))))
}

// NormalPhone is E.164 when the number can be read, else what is left of it without punctuation. A number with an
// extension stays text: E.164 would lose it.
func NormalPhone(value, region string) string {
	value = NormalText(value)
	if barePhone(value) == "" {
		return ""
	}
	return phones.normal(value, region, readPhone)
}

// readPhone is NormalPhone of a number that is not blank.
func readPhone(value, region string) string {
	if number := E164(value, region); number != "" {
		return number
	}
	return barePhone(value)
}

// E164 reads a phone number; empty when it is none, or one with an extension. E164(E164(v)) == E164(v).
func E164(value, region string) string {
	// The bare form is read too, so that it never has a normal form of its own.
	for _, form := range []string{NormalText(value), barePhone(value)} {
		// A number that reads otherwise once it is written out (only zeros after the prefix) is none.
		if number := e164(form, region); number != "" && number == e164(number, region) {
			return number
		}
	}
	return ""
}

// barePhone is a number without punctuation; empty exactly when the number has no normal form.
func barePhone(value string) string {
	return NormalText(strings.Map(withoutPunctuation, strings.ToLower(NormalText(value))))
}

// e164 reads a number without an extension; empty when it is none.
func e164(value, region string) string {
	n, err := phonenumbers.Parse(value, region)
	if err != nil || !phonenumbers.IsPossibleNumber(n) || n.GetExtension() != "" {
		return ""
	}
	return phonenumbers.Format(n, phonenumbers.E164)
}

// withoutPunctuation drops what people put between digits.
func withoutPunctuation(r rune) rune {
	if strings.ContainsRune(" \t-./()", r) {
		return -1
	}
	return r
}

// NormalDate is the first ten characters, YYYY-MM-DD; empty for what vTiger shows in place of a date it refused.
func NormalDate(value string) string {
	value = strings.TrimSpace(value)
	if len(value) > 10 {
		value = strings.TrimSpace(value[:10])
	}
	if value == "0000-00-00" {
		return ""
	}
	return value
}

// Lines splits a set into its members at any kind of line end, leaving out blank ones.
func Lines(value string) []string {
	var out []string
	for _, line := range strings.Split(strings.ReplaceAll(value, "\r", "\n"), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
