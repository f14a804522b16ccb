package vtigersim

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// errDatabase is an error of the database, which vTiger answers as success with
// an empty list.
var errDatabase = errors.New("database error")

// test is one condition made ready to run. The fields beside match let a scan
// start later: the smallest id number or text that can match.
type test struct {
	column   string
	operator string
	match    func(*record) bool
	numbers  []int    // of id literals; those without a prefix match nothing and are left out
	texts    []string // of datetime literals
}

// bind resolves a condition against a module.
func bind(m *module, c condition, set charset) (test, error) {
	i := m.at(c.column)
	if i < 0 || slices.Contains(secret, c.column) {
		return test{}, &refusal{"ACCESS_DENIED", "Permission to access " + c.column + " attribute denied."}
	}
	t := test{column: c.column, operator: c.operator}
	var err error
	switch kind := m.Fields[i].Type.Name; {
	case kind == "reference" && len(m.Fields[i].Type.RefersTo) > 0, kind == "owner", i == m.idAt:
		err = t.onIDs(i, c.values)
	case set == utf8mb3 && slices.ContainsFunc(c.values, func(v literal) bool { return hasAstral(v.text) }):
		err = errDatabase // it does not fit the connection's character set
	case kind == "date" || kind == "datetime":
		err = t.onTimes(i, kind, c.values)
	case kind == "integer" || kind == "currency":
		err = t.onAmounts(i, c.values)
	default:
		err = t.onTexts(i, c.values)
	}
	return t, err
}

// onIDs compares the numbers behind the x; the prefix does not matter. A quoted
// text without prefix matches nothing, a bare number is a database error.
func (t *test) onIDs(i int, values []literal) error {
	for _, v := range values {
		if !v.quoted || t.operator == "LIKE" {
			return errDatabase
		}
		if _, rest, ok := strings.Cut(v.text, "x"); ok {
			if n, err := strconv.Atoi(rest); err == nil {
				t.numbers = append(t.numbers, n)
			}
		}
	}
	wanted := set(t.numbers)
	t.match = func(r *record) bool {
		_, rest, ok := strings.Cut(r.values[i], "x")
		if !ok || len(wanted) == 0 {
			return false
		}
		n, err := strconv.Atoi(rest)
		return err == nil && compare(t.operator, n, wanted, t.numbers)
	}
	return nil
}

// onTimes compares texts: both forms sort by time. An empty date is NULL and
// matches no operator.
func (t *test) onTimes(i int, kind string, values []literal) error {
	if t.operator == "LIKE" {
		return t.onTexts(i, values)
	}
	texts, err := decodeLiterals(values)
	if err != nil {
		return err
	}
	for n, text := range texts {
		if kind == "datetime" && len(text) == len(zeroDate) {
			texts[n] += " 00:00:00"
		}
	}
	t.texts = texts
	wanted := set(texts)
	t.match = func(r *record) bool { return r.values[i] != "" && compare(t.operator, r.values[i], wanted, texts) }
	return nil
}

func (t *test) onAmounts(i int, values []literal) error {
	texts, err := decodeLiterals(values)
	if err != nil || t.operator == "LIKE" {
		return errDatabase
	}
	amounts := make([]float64, len(texts))
	for n, text := range texts {
		amounts[n], _ = strconv.ParseFloat(text, 64) // SQL reads other text as 0
	}
	wanted := set(amounts)
	t.match = func(r *record) bool {
		amount, _ := strconv.ParseFloat(r.values[i], 64)
		return compare(t.operator, amount, wanted, amounts)
	}
	return nil
}

func (t *test) onTexts(i int, values []literal) error {
	texts, err := decodeLiterals(values)
	if err != nil {
		return err
	}
	if t.operator == "LIKE" {
		pattern := []rune(fold(texts[0]))
		t.match = func(r *record) bool { return like([]rune(fold(r.values[i])), pattern) }
		return nil
	}
	for n := range texts {
		texts[n] = comparableText(texts[n])
	}
	wanted := set(texts)
	t.match = func(r *record) bool { return compare(t.operator, comparableText(r.values[i]), wanted, texts) }
	return nil
}

func set[T comparable](values []T) map[T]bool {
	wanted := make(map[T]bool, len(values))
	for _, v := range values {
		wanted[v] = true
	}
	return wanted
}

// compare applies an operator; wanted and values hold the same literals.
func compare[T cmp.Ordered](operator string, value T, wanted map[T]bool, values []T) bool {
	switch operator {
	case "EQ", "IN":
		return wanted[value]
	case "NE":
		return !wanted[value]
	case "LT":
		return value < values[0]
	case "LE":
		return value <= values[0]
	case "GT":
		return value > values[0]
	default:
		return value >= values[0]
	}
}

// decodeLiterals reads texts as the database does after vTiger passed them on.
func decodeLiterals(values []literal) ([]string, error) {
	texts := make([]string, 0, len(values))
	for _, v := range values {
		text, err := decodeSQL(v.text)
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, nil
}

// decodeSQL undoes quoting: a doubled quote is one, a backslash escapes. A lone one at the
// end would swallow the closing quote: a database error.
func decodeSQL(text string) (string, error) {
	text = strings.ReplaceAll(text, "''", "'")
	if !strings.Contains(text, `\`) {
		return text, nil
	}
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			out.WriteByte(text[i])
			continue
		}
		i++
		if i == len(text) {
			return "", errDatabase
		}
		out.WriteString(decodeEscape(text[i]))
	}
	return out.String(), nil
}

func decodeEscape(c byte) string {
	switch c {
	case 'n':
		return "\n"
	case 'r':
		return "\r"
	case 't':
		return "\t"
	case '0':
		return "\x00"
	case 'b':
		return "\b"
	case 'Z':
		return "\x1a"
	case '%', '_':
		return `\` + string(c) // stays escaped, for like
	default:
		return string(c)
	}
}
