package console

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"contactbridge/internal/client"
)

// conditionRow is what the table shows of a condition.
type conditionRow struct {
	Number int    // from 1
	Title  string // what people know the field by
	Wrong  bool

	Field, Operator, Value field
}

// conditionName is a condition's name in a form, which is also its place in the API's body.
func conditionName(i int) string { return fmt.Sprintf("conditions[%d]", i) }

// putConditions replaces the conditions of a form.
func putConditions(values url.Values, all []client.ConditionView) {
	maps.DeleteFunc(values, func(name string, _ []string) bool { return strings.HasPrefix(name, "conditions[") })
	values.Set("conditions", "")
	for i, c := range all {
		at := conditionName(i)
		values.Set(at+".field", c.Field)
		values.Set(at+".operator", string(c.Operator))
		values.Set(at+".value", text(c.Value))
	}
}

// conditionsOf reads the conditions of a form, which are numbered without gaps. A row without a field is none.
func conditionsOf(values url.Values) []client.ConditionView {
	all := []client.ConditionView{}
	for i := 0; values.Has(conditionName(i) + ".field"); i++ {
		at := conditionName(i)
		c := client.ConditionView{Field: values.Get(at + ".field"), Operator: client.ConditionViewOperator(values.Get(at + ".operator"))}
		if value := strings.TrimSpace(values.Get(at + ".value")); value != "" {
			c.Value = &value
		}
		if c.Field != "" {
			all = append(all, c)
		}
	}
	return all
}

// conditionsBody is what the form asks for. Empty rows are dropped, from the form too, so that places stay right.
func conditionsBody(posted url.Values, body map[string]any) {
	if posted.Has("conditions") {
		all := conditionsOf(posted)
		putConditions(posted, all)
		body["conditions"] = all
	}
}

// conditions are those that the form holds and an empty one, or those that are stored if they cannot be changed here.
func (p *panel) conditions() []conditionRow {
	values, fixed := p.Form.values, p.Form.fixed["conditions"] != ""
	if fixed || !values.Has("conditions") {
		values = settingsValues(p.Settings)
	}
	all := conditionsOf(values)
	if !fixed {
		all = append(all, client.ConditionView{Operator: client.Is})
	}
	options := p.comparable()
	rows := make([]conditionRow, len(all))
	for i, c := range all {
		rows[i] = p.condition(i, c, options, len(all))
	}
	return rows
}

// fullChoices bounds the rows of a table that each offer all fields: with more of them the page would become heavy. A row
// of a longer table offers its own field, or none.
const fullChoices = 6

func (p *panel) condition(i int, c client.ConditionView, options []option, of int) conditionRow {
	if c.Field != "" && of > fullChoices {
		options = slices.DeleteFunc(slices.Clone(options), func(o option) bool { return o.Value != "" && o.Value != c.Field })
	}
	options = keeping(options, c.Field, c.Field)
	part := func(name, value string) field {
		name = conditionName(i) + "." + name
		return field{Name: name, Value: value, Values: []string{value}, Wrong: p.Form.wrong[name]}
	}
	r := conditionRow{Number: i + 1, Field: part("field", c.Field).From(options), Operator: part("operator", string(c.Operator)), Value: part("value", text(c.Value))}
	r.Wrong = r.Field.Wrong+r.Operator.Wrong+r.Value.Wrong != ""
	for _, o := range r.Field.Options {
		if o.Chosen {
			r.Title = o.Text
		}
	}
	return r
}

// comparable are the fields that a condition can ask for, and none.
func (p *panel) comparable() []option {
	texts, all := p.vtigerSide().texts, []option{{Text: say("step2.condition.none")}}
	for _, f := range p.fields {
		if f.Comparable {
			all = append(all, option{Value: f.Name, Text: texts[f.Name]})
		}
	}
	byText(all[1:])
	return all
}

// Conditioned tells whether the conditions are to be shown open.
func (p *panel) Conditioned() bool {
	return p.Form.Wrongs("conditions") || slices.ContainsFunc(p.Conditions, func(r conditionRow) bool { return r.Wrong || r.Field.Value != "" })
}
