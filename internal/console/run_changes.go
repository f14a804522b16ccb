package console

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"contactbridge/internal/client"
)

// changesShown are the operations of one page: with all their fields they are large.
const changesShown = 25

// changeRow is an operation as people read it.
type changeRow struct {
	Name, What, Why string
	Outcome, Look   string // of its badge; empty: there is nothing more to say
	Fields          []fieldRow
}

// fieldRow is what becomes of a field.
type fieldRow struct {
	Label, Before, After, Lost string

	Bare bool // its values belong to somebody else
}

// showChanges lists a run's operations. What an undo leaves as it is stands apart.
func (v *visit) showChanges(p *runPage) error {
	limit, params := int64(changesShown), &client.ListOperationsParams{}
	params.Limit = &limit
	if after := v.Query("after"); after != "" {
		params.Cursor, p.First = &after, p.Path
	}
	held, err := ask(v.api.ListOperationsWithResponse(v.Request.Context(), p.Run.ID, params))
	if err != nil {
		return err
	}
	labels, err := v.fieldLabels(p.Run.ConnectionID)
	if err != nil {
		return err
	}
	undo := text(p.Run.Undoes) != ""
	for _, o := range held.JSON200.Operations {
		if !undo || o.Action != "skip" {
			p.Changes = append(p.Changes, changeOf(o, labels, p.Run.Preview))
		}
	}
	if undo && p.First == "" {
		if err := v.showSkipped(p, labels); err != nil {
			return err
		}
	}
	if next := text(held.JSON200.Next); next != "" {
		p.Next = p.Path + "?" + url.Values{"after": {next}}.Encode()
	}
	return nil
}

// skippedShown and skippedPages bound how many contacts that an undo leaves as they are stand on its page, and how far they
// are looked for.
const (
	skippedShown = 50
	skippedPages = 10
)

// showSkipped lists what an undo leaves as it is, which stands behind all that it does.
func (v *visit) showSkipped(p *runPage, labels labelsOf) error {
	limit := int64(200)
	params := &client.ListOperationsParams{Limit: &limit}
	for range skippedPages {
		held, err := ask(v.api.ListOperationsWithResponse(v.Request.Context(), p.Run.ID, params))
		if err != nil {
			return err
		}
		for _, o := range held.JSON200.Operations {
			if o.Action == "skip" && len(p.Skipped) < skippedShown {
				p.Skipped = append(p.Skipped, changeOf(o, labels, p.Run.Preview))
			}
		}
		if params.Cursor = held.JSON200.Next; params.Cursor == nil {
			break
		}
	}
	return nil
}

// labelsOf are what people call the mapped fields, and in which order they think of them.
type labelsOf struct {
	names map[string]string
	order []string
}

func (v *visit) fieldLabels(connection string) (labelsOf, error) {
	l := labelsOf{names: map[string]string{}}
	held, err := ask(v.api.ListOutlookFieldsWithResponse(v.Request.Context(), connection))
	if err != nil {
		return l, err
	}
	for _, f := range held.JSON200.Fields {
		l.names[f.Name], l.order = f.Label, append(l.order, f.Name)
	}
	return l, nil
}

// of is what people call a field; one without an Outlook property has vTiger's name.
func (l labelsOf) of(field string) string {
	if label := l.names[field]; label != "" {
		return label
	}
	return strings.TrimPrefix(field, "vtiger.")
}

// sorted gives fields in the order in which people think of them.
func (l labelsOf) sorted(fields []string) []string {
	place := func(f string) int {
		if i := slices.Index(l.order, f); i >= 0 {
			return i
		}
		return len(l.order)
	}
	slices.SortFunc(fields, func(a, b string) int {
		if d := place(a) - place(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return fields
}

// changeOf words an operation.
func changeOf(o client.OperationView, labels labelsOf, preview bool) changeRow {
	side := ""
	if o.Direction != nil {
		side = strings.ToLower(strings.TrimPrefix(string(*o.Direction), "to"))
	}
	row := changeRow{Name: named(o.Name), What: word("run.finding", o.Action), Why: o.Reason}
	switch writing := slices.Contains(writes, o.Action); {
	case writing && o.Outcome == "done":
		row.What = word("run.deed", o.Action+"."+side)
	case writing:
		row.What = word("run.plan", o.Action+"."+side)
	}
	if o.Outcome != "done" && o.Outcome != "previewed" {
		row.Outcome, row.Look = word("run.outcome", o.Outcome), outcomeLook(o.Outcome)
	}
	if preview && o.Outcome == "held" {
		row.Outcome = say("run.outcome.heldPreview")
	}
	for _, name := range labels.sorted(slices.Collect(maps.Keys(o.Fields))) {
		f := o.Fields[name]
		row.Fields = append(row.Fields, fieldRow{
			Label: labels.of(name), Before: text(f.Before), After: text(f.After), Lost: text(f.Lost), Bare: f.Before == nil && f.After == nil,
		})
	}
	return row
}

// named shows a name, or that there is none.
func named(name string) string {
	if strings.TrimSpace(name) == "" {
		return say("run.nameless")
	}
	return name
}

func outcomeLook(outcome string) string {
	switch outcome {
	case "failed":
		return "bad"
	case "held", "unclear":
		return "warn"
	}
	return ""
}
