package api

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"contactbridge/internal/fieldmap"
	"contactbridge/internal/ledger"
)

// mappingChoice is a mapping that is wanted; absence keeps the one that is set and null goes back to the default.
type mappingChoice struct {
	given bool
	rows  fieldmap.Mapping // nil for null
}

// UnmarshalJSON is called for null too.
func (m *mappingChoice) UnmarshalJSON(raw []byte) error {
	m.given = true
	return json.Unmarshal(raw, &m.rows)
}

// Schema describes it as a list or null.
func (mappingChoice) Schema(r huma.Registry) *huma.Schema {
	most, rows := 200, *r.Schema(reflect.TypeFor[fieldmap.Mapping](), true, "Mapping")
	rows.Nullable, rows.MaxItems = true, &most
	rows.Description = "The whole table; null: the default"
	return &rows
}

// chooseMapping sets the wanted mapping, held against the fields that vTiger has now.
func (s *Server) chooseMapping(ctx context.Context, c *ledger.Connection, wanted mappingChoice) error {
	if !wanted.given {
		return nil
	}
	known, err := s.fields(ctx, c.Module)
	if err != nil {
		return err
	}
	if wanted.rows == nil {
		d, err := s.Ledger.Defaults(ctx)
		c.Settings.Mapping = startMapping(d, c.Module, known)
		return err
	}
	c.Settings.Mapping = wanted.rows
	return checkMapping("body.mapping", c.Module, wanted.rows, known)
}

// startMapping is the mapping that a connection of a module starts with: of the administrator's default, else of the
// module's own, what this vTiger has the fields for.
func startMapping(d ledger.Defaults, module string, known []fieldmap.VTigerField) fieldmap.Mapping {
	if rows, decided := d.Mappings[module]; decided {
		return rows.Fitting(known)
	}
	return fieldmap.Default(module).Fitting(known)
}

// checkMapping names each row that cannot work by its place in the request, which begins with the mapping's.
func checkMapping(place, module string, m fieldmap.Mapping, known []fieldmap.VTigerField) error {
	var flaws []flaw
	for _, p := range m.Check(module, known) {
		at := place
		if p.Row >= 0 {
			at = fmt.Sprintf("%s[%d]", place, p.Row)
		}
		flaws = append(flaws, flaw{Location: at, Message: p.Message})
	}
	if len(flaws) > 0 {
		return refuse(invalid, "The mapping cannot work; errors names the rows.", flaws...)
	}
	return nil
}
