package api

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"contactbridge/internal/reconcile"
	"contactbridge/internal/vtiger"
)

// checkConditions names each part of a condition that cannot work, and spells the values of check boxes as vTiger does.
func checkConditions(conditions reconcile.Conditions, known []vtiger.FieldInfo) (flaws []flaw) {
	for i := range conditions {
		part, message := checkCondition(&conditions[i], known)
		if first := slices.IndexFunc(conditions[:i], conditions[i].Same); message == "" && first >= 0 {
			part, message = "field", fmt.Sprintf("It asks the same as condition %d.", first+1)
		}
		if message != "" {
			flaws = append(flaws, flaw{Location: fmt.Sprintf("body.conditions[%d].%s", i, part), Message: message})
		}
	}
	return flaws
}

// checkCondition gives the first part of a condition that cannot work, and why; no message: it can.
func checkCondition(c *reconcile.Condition, known []vtiger.FieldInfo) (part, message string) {
	i := slices.IndexFunc(known, func(f vtiger.FieldInfo) bool { return f.Name == c.Field })
	switch {
	case i < 0:
		return "field", "vTiger has no such field in this module."
	case !known[i].Content:
		return "field", "No condition can ask for this field: it tells of the record itself."
	}
	if message := checkOperator(c.Operator, known[i].Type); message != "" {
		return "operator", message
	}
	return "value", checkValue(c, known[i].Type)
}

// days are the types of fields that hold a day or a time.
var days = []string{"date", "datetime"}

func checkOperator(o reconcile.Operator, kind string) string {
	several := []reconcile.Operator{reconcile.Contains, reconcile.ContainsNot, reconcile.IsEmpty, reconcile.IsNotEmpty}
	switch {
	case o.OfDays() && !slices.Contains(days, kind):
		return "Only days and times are before or after a day."
	case kind == "boolean" && o != reconcile.Is && o != reconcile.IsNot:
		return "A check box can only be compared by is and isNot."
	case kind == "multipicklist" && !slices.Contains(several, o):
		return "A field that holds several values can only be compared by contains, containsNot, isEmpty and isNotEmpty."
	}
	return ""
}

// checkValue says why a field of the type is never compared with the condition's value; empty: it can be.
func checkValue(c *reconcile.Condition, kind string) string {
	switch {
	case c.Operator.Alone() && c.Value != "":
		return "This operator compares with no value."
	case c.Operator.Alone():
		return ""
	case c.Value == "":
		return "Give a value; whether a field is empty is asked by isEmpty and isNotEmpty."
	case strings.ContainsFunc(c.Value, unicode.IsControl):
		return "No field holds such a text."
	case c.Operator.OfDays() || kind == "date" && (c.Operator == reconcile.Is || c.Operator == reconcile.IsNot):
		if _, err := time.Parse(time.DateOnly, c.Value); err != nil {
			return "Use a day such as 2026-01-31."
		}
	case kind == "boolean":
		ticked, is := boxes[strings.ToLower(c.Value)]
		if !is {
			return "Use 1 for a ticked check box and 0 for an empty one."
		}
		c.Value = ticked
	}
	return ""
}

// boxes are the words for a check box, with vTiger's own.
var boxes = map[string]string{"1": "1", "yes": "1", "true": "1", "0": "0", "no": "0", "false": "0"}
