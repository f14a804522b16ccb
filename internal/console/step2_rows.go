package console

import (
	"net/url"
	"slices"

	"contactbridge/internal/client"
)

// mapRow is what the table shows of a row of the mapping.
type mapRow struct {
	Number          int // from 1
	At              int // from 0
	Name            string
	Title           string // what people know the row by
	State           string
	Open            bool
	Wrong           string
	VTiger, Outlook []pick

	Direction, Transform, Into, Case, Value, Separator, Pairs, Yes, No field
}

// pick is one of a row's fields on a side.
type pick struct {
	field

	Text   string // of what is chosen; empty: nothing is
	Sample string // a real contact's value
}

// rows are the rows that the form holds, or those that are stored if it holds none.
func (p *panel) rows() []mapRow {
	values := p.Form.values
	if !values.Has("mapping") {
		values = settingsValues(p.Settings)
	}
	vtiger, outlook := p.vtigerSide(), p.outlookSide()
	all := drafts(values)
	rows := make([]mapRow, len(all))
	for i, d := range all {
		rows[i] = p.row(i, d, values, vtiger, outlook)
	}
	return rows
}

func (p *panel) row(i int, d draft, values url.Values, vtiger, outlook mapSide) mapRow {
	name, wrong := rowName(i), p.Form.wrong[rowName(i)]
	r := mapRow{Number: i + 1, At: i, Name: name, Wrong: wrong, State: d.State}
	if wrong != "" && d.State == shutRow {
		r.State = openRow
	}
	r.Open = r.State != shutRow
	r.VTiger, r.Outlook = vtiger.picks(i+1, name+".vtiger", d.VTiger, r.State), outlook.picks(i+1, name+".outlook", d.Outlook, r.State)
	r.Title = say("step2.map.number", i+1)
	for _, side := range [][]pick{r.VTiger, r.Outlook} {
		if len(side) > 0 && side[0].Text != "" {
			r.Title = side[0].Text
		}
	}
	of := func(key string) field {
		return field{Name: name + "." + key, Value: values.Get(name + "." + key), Values: values[name+"."+key]}
	}
	r.Direction, r.Transform, r.Into, r.Case, r.Separator = of("direction"), of("transform"), of("into"), of("case"), of("separator")
	r.Value, r.Pairs, r.Yes, r.No = of("value"), of("pairs"), of("yes"), of("no")
	return r
}

// side is what one cell of the table shows.
type side struct {
	Picks []pick
	Fixed string
}

// Side pairs a row's fields with what keeps them from being changed.
func (mapRow) Side(picks []pick, fixed string) side { return side{picks, fixed} }

// Kept are the fields that a row sends along while it is shut.
func (r mapRow) Kept() []field {
	return []field{r.Transform, r.Into, r.Case, r.Value, r.Separator, r.Pairs, r.Yes, r.No}
}

// NextRow is the number that a new row gets.
func (p *panel) NextRow() int { return len(p.Rows) + 1 }

// mapSide is what can be chosen on a side, and what stands in a real contact.
type mapSide struct {
	name    string
	options []option
	texts   map[string]string
	sample  map[string]string
}

func (p *panel) vtigerSide() mapSide {
	s := newSide(say("step2.map.vtiger"), p.sample.Vtiger)
	labels := map[string]int{}
	for _, f := range p.fields {
		labels[f.Label]++
	}
	for _, f := range p.fields {
		text := f.Label
		if labels[f.Label] > 1 {
			text = say("step2.map.twin", f.Label, f.Name)
		}
		s.texts[f.Name] = text
		switch {
		case !f.Editable:
			text = say("step2.map.readOnly", text)
		case f.Mandatory:
			text = say("step2.map.mandatory", text)
		}
		s.options = append(s.options, option{Value: f.Name, Text: text})
	}
	byText(s.options[1:])
	return s
}

func (p *panel) outlookSide() mapSide {
	s := newSide(say("step2.map.outlook"), p.sample.Outlook)
	for _, f := range p.properties {
		s.texts[f.Name] = f.Label
		s.options = append(s.options, option{Value: f.Name, Text: f.Label})
	}
	return s
}

func newSide(name string, real *client.SampleView) mapSide {
	s := mapSide{name: name, options: []option{{Text: say("step2.map.nothing")}}, texts: map[string]string{}}
	if real != nil {
		s.sample = real.Values
	}
	return s
}

// picks are a row's fields on the side. In an open row there is at least one to choose, in a wide one an empty one more.
func (s mapSide) picks(row int, name string, chosen []string, state string) (all []pick) {
	open := state != shutRow
	if state == wideRow || open && len(chosen) == 0 {
		chosen = append(slices.Clone(chosen), "")
	}
	for i, value := range chosen {
		text := s.texts[value]
		if text == "" {
			text = value
		}
		p := pick{field: field{Name: name, Value: value, Values: []string{value}}, Text: text, Sample: s.sample[value]}
		if open {
			p.field = p.From(keeping(s.options, value, value))
			p.Label = say("step2.map.choice", s.name, i+1, row)
		}
		all = append(all, p)
	}
	return all
}
