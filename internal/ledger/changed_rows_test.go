package ledger

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/fieldmap"
)

// The faces of a field hold for as long as its row reads and writes the same.
func TestChangedRows(t *testing.T) {
	row := func(t *fieldmap.Transform, vtiger ...string) fieldmap.Row {
		return fieldmap.Row{Outlook: "nickName", VTiger: vtiger, Direction: contact.Both, Transform: t}
	}
	fixed := func(value string) fieldmap.Row {
		return fieldmap.Row{VTiger: []string{"leadsource"}, Direction: contact.ToVTiger, Transform: &fieldmap.Transform{Kind: fieldmap.Fixed, Value: value}}
	}
	joined, otherwise := &fieldmap.Transform{Kind: fieldmap.Join, Separator: "space"}, &fieldmap.Transform{Kind: fieldmap.Join, Separator: "line"}
	names := fieldmap.Mapping{row(joined, "firstname", "lastname")}
	again := *joined
	turned := row(&again, "firstname", "lastname")
	turned.Direction = contact.ToOutlook
	for what, c := range map[string]struct {
		old, now fieldmap.Mapping
		want     []string
	}{
		"the same, and another direction": {names, fieldmap.Mapping{turned}, nil},
		"other parameters":                {names, fieldmap.Mapping{row(otherwise, "firstname", "lastname")}, []string{"nickName", "nickName"}},
		"a transform taken away":          {names, fieldmap.Mapping{row(nil, "firstname", "lastname")}, []string{"nickName", "nickName"}},
		"other fields":                    {names, fieldmap.Mapping{row(joined, "lastname", "firstname")}, []string{"nickName", "nickName"}},
		"a row that is gone":              {names, nil, []string{"nickName"}},
		"another fixed value":             {fieldmap.Mapping{fixed("Web")}, fieldmap.Mapping{fixed("Fair")}, []string{"vtiger.leadsource", "vtiger.leadsource"}},
	} {
		require.Equal(t, c.want, changedRows(c.old, c.now), what)
	}
}
