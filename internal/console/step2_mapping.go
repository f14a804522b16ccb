package console

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"contactbridge/internal/client"
)

// draft is a row of the mapping as a form holds it. Its fields are named by rowName and the keys of put.
type draft struct {
	State   string   // whether its fields can be changed: shutRow, openRow or wideRow
	VTiger  []string // without blanks
	Outlook []string // without blanks; the first one is the row's property

	Direction, Kind, Into, Case, Value, Separator, Pairs, Yes, No string
}

// rowName is a row's name in a form, which is also its place in the API's body.
func rowName(i int) string { return fmt.Sprintf("mapping[%d]", i) }

const (
	shutRow = "shut"
	openRow = "open"
	wideRow = "wide" // open, with room for one field more on each side

	none = "none" // the choice of no transform, and of no limit to one side
)

func draftsOf(rows []client.Row) []draft {
	all := make([]draft, len(rows))
	for i, r := range rows {
		d := draft{State: shutRow, VTiger: filled(r.Vtiger), Outlook: filled([]string{r.Outlook}), Direction: string(r.Direction)}
		if r.Also != nil {
			d.Outlook = append(d.Outlook, *r.Also...)
		}
		if t := r.Transform; t != nil {
			d.Kind, d.Value, d.Yes, d.No = string(t.Kind), text(t.Value), text(t.Yes), text(t.No)
			d.Into, d.Case, d.Separator = text((*string)(t.Into)), text((*string)(t.Case)), text((*string)(t.Separator))
			if t.Pairs != nil {
				for _, p := range *t.Pairs {
					d.Pairs += p.Outlook + " = " + p.Vtiger + "\n"
				}
			}
		}
		all[i] = d
	}
	return all
}

// filled leaves blanks out.
func filled(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == "" })
}

// drafts reads the rows of a form, which are numbered without gaps.
func drafts(values url.Values) (all []draft) {
	for i := 0; values.Has(rowName(i)); i++ {
		at := rowName(i)
		of := func(key string) string { return strings.TrimPrefix(values.Get(at+"."+key), none) }
		all = append(all, draft{
			State: stateOf(values.Get(at)), VTiger: filled(values[at+".vtiger"]), Outlook: filled(values[at+".outlook"]), Direction: of("direction"),
			Kind: of("transform"), Into: of("into"), Case: of("case"), Value: of("value"), Separator: of("separator"), Pairs: of("pairs"), Yes: of("yes"), No: of("no"),
		})
	}
	return all
}

func stateOf(posted string) string {
	if posted == openRow || posted == wideRow {
		return posted
	}
	return shutRow
}

// putDrafts replaces the rows of a form.
func putDrafts(values url.Values, all []draft) {
	maps.DeleteFunc(values, func(name string, _ []string) bool { return strings.HasPrefix(name, "mapping[") })
	for i, d := range all {
		d.put(values, rowName(i))
	}
}

func (d draft) put(values url.Values, at string) {
	values.Set(at, d.State)
	values[at+".vtiger"], values[at+".outlook"] = d.VTiger, d.Outlook
	for key, value := range d.single() {
		values.Set(at+"."+key, value)
	}
}

// single are the fields that have one value.
func (d draft) single() map[string]string {
	return map[string]string{
		"direction": d.Direction, "transform": d.Kind, "into": d.Into, "case": d.Case, "value": d.Value, "separator": d.Separator,
		"pairs": d.Pairs, "yes": d.Yes, "no": d.No,
	}
}

// blank tells whether nothing was chosen in a row.
func (d draft) blank() bool { return len(d.VTiger) == 0 && len(d.Outlook) == 0 && d.Kind == "" }

// mappingBody is the table as the API takes it. Blank rows are dropped, from the form too, so that places stay right.
func mappingBody(posted url.Values) ([]map[string]any, error) {
	all := slices.DeleteFunc(drafts(posted), draft.blank)
	putDrafts(posted, all)
	rows := make([]map[string]any, len(all))
	for i, d := range all {
		row := map[string]any{"outlook": "", "vtiger": append([]string{}, d.VTiger...), "direction": d.Direction}
		if len(d.Outlook) > 0 {
			row["outlook"] = d.Outlook[0]
		}
		if len(d.Outlook) > 1 {
			row["also"] = d.Outlook[1:]
		}
		if d.Kind != "" {
			transform, err := d.transform(rowName(i))
			if err != nil {
				return nil, err
			}
			row["transform"] = transform
		}
		rows[i] = row
	}
	return rows, nil
}

// parameters are what each transform is told besides its kind. A row that is open has fields for all of them.
var parameters = map[string][]string{
	"trim": {"into"}, "case": {"into", "case"}, "e164": {"into"}, "fixed": {"value"}, "join": {"separator"}, "boolean": {"yes", "no"},
}

func (d draft) transform(at string) (map[string]any, error) {
	out, given := map[string]any{"kind": d.Kind}, d.single()
	for _, name := range parameters[d.Kind] {
		if given[name] != "" {
			out[name] = given[name]
		}
	}
	if d.Kind != "picklist" {
		return out, nil
	}
	var pairs []client.Pair
	for line := range strings.Lines(d.Pairs) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		outlook, vtiger, _ := strings.Cut(line, "=")
		p := client.Pair{Outlook: strings.TrimSpace(outlook), Vtiger: strings.TrimSpace(vtiger)}
		if p.Outlook == "" || p.Vtiger == "" {
			return nil, wrong(at, "step2.map.pairs.wrong", strings.TrimSpace(line))
		}
		pairs = append(pairs, p)
	}
	out["pairs"] = pairs
	return out, nil
}

// changeRows changes the table in the form, and saves nothing.
func changeRows(v *visit) error {
	posted := v.Request.PostForm
	all := drafts(posted)
	what, number, _ := strings.Cut(v.posted("do"), " ")
	i, err := strconv.Atoi(number)
	there := err == nil && i >= 0 && i < len(all)
	switch {
	case what == "add":
		all = append(all, draft{State: openRow, Direction: "both"})
	case what == "open" && there:
		all[i].State = openRow
	case what == "more" && there:
		all[i].State = wideRow
	case what == "remove" && there:
		all = slices.Delete(all, i, i+1)
	}
	putDrafts(posted, all)
	v.typed = &typed{act: "", values: posted}
	return v.show()
}

// resetMapping goes back to the default, which is saved at once; what else was typed stays in the form.
func resetMapping(v *visit) error {
	posted := v.Request.PostForm
	s, err := v.putSettings(map[string]any{"mapping": nil})
	p := mendable(err)
	switch {
	case p != nil:
		v.typed = &typed{act: "", values: posted, problem: p}
		return v.showAs(int(p.Status))
	case err != nil:
		return err
	}
	putDrafts(posted, draftsOf(s.Mapping))
	v.typed = &typed{act: "", values: posted}
	return showWith(v, func(p *step2Page) { p.Panel.Notice = say("step2.map.reset.done") })
}
