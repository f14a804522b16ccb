package reconcile

import (
	"slices"
	"strings"
	"time"
)

// Operator says how a condition compares the text of a field with its value. Case and the number of blanks do not count.
type Operator string

// The operators. A field that holds nothing is not any value, contains none, and is neither before nor after a day.
const (
	Is          Operator = "is"
	IsNot       Operator = "isNot"
	Contains    Operator = "contains"
	ContainsNot Operator = "containsNot"
	StartsWith  Operator = "startsWith"
	IsEmpty     Operator = "isEmpty"
	IsNotEmpty  Operator = "isNotEmpty"
	IsBefore    Operator = "isBefore" // a day: YYYY-MM-DD; of a time its day in UTC, as vTiger shows it
	IsAfter     Operator = "isAfter"
)

// Operators are all of them.
var Operators = []Operator{Is, IsNot, Contains, ContainsNot, StartsWith, IsEmpty, IsNotEmpty, IsBefore, IsAfter}

// Alone tells whether the operator compares with no value.
func (o Operator) Alone() bool { return o == IsEmpty || o == IsNotEmpty }

// OfDays tells whether the operator compares days.
func (o Operator) OfDays() bool { return o == IsBefore || o == IsAfter }

// Condition asks something of one field of a vTiger record.
type Condition struct {
	Field    string   `json:"field"` // vTiger's name of it
	Operator Operator `json:"operator"`
	Value    string   `json:"value"` // empty where the operator compares with none
}

// Conditions say which of vTiger's records are in the scope: those that meet all of them. None takes all.
type Conditions []Condition

// Admit tells whether a record with these values, by vTiger's names of its fields, is in the scope.
func (c Conditions) Admit(values map[string]string) bool {
	return !slices.ContainsFunc(c, func(one Condition) bool { return !one.Meets(values[one.Field]) })
}

// Meets tells whether a text of the field is what the condition asks for. What is no operator is met by nothing.
func (c Condition) Meets(text string) bool {
	held, wanted := folded(text), folded(c.Value)
	switch c.Operator {
	case Is:
		return held == wanted
	case IsNot:
		return held != wanted
	case Contains:
		return strings.Contains(held, wanted)
	case ContainsNot:
		return !strings.Contains(held, wanted)
	case StartsWith:
		return strings.HasPrefix(held, wanted)
	case IsEmpty:
		return held == ""
	case IsNotEmpty:
		return held != ""
	case IsBefore:
		day := dayOf(text)
		return day != "" && day < c.Value
	case IsAfter:
		return dayOf(text) > c.Value
	}
	return false
}

// Same tells whether two conditions ask the same.
func (c Condition) Same(other Condition) bool {
	return c.Field == other.Field && c.Operator == other.Operator && folded(c.Value) == folded(other.Value)
}

// dayOf gives the day of a date or time as vTiger spells them; empty where there is none.
func dayOf(text string) string {
	if day := text[:min(len(text), len(time.DateOnly))]; len(day) == len(time.DateOnly) {
		return day
	}
	return ""
}
