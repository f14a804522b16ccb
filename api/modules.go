package api

import (
	"context"
	"slices"
	"strings"

	"contactbridge/internal/fieldmap"
)

// modules are those that can be synced and that vTiger shows now.
func (s *Server) modules(ctx context.Context) ([]string, error) {
	crm, err := s.VTiger.Client(ctx)
	if err != nil {
		return nil, err
	}
	shown, err := crm.Modules(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(fieldmap.Modules), func(m string) bool { return !slices.Contains(shown, m) }), nil
}

// ensureModule refuses a module that cannot be synced, named at a place of the request, listing those that can.
func (s *Server) ensureModule(ctx context.Context, place, module string) error {
	possible, err := s.modules(ctx)
	if err != nil {
		return err
	}
	switch {
	case slices.Contains(possible, module):
		return nil
	case len(possible) == 0:
		return refuseField(place, "vTiger shows none of the modules that can be synced: "+strings.Join(fieldmap.Modules, ", ")+".")
	}
	return refuseField(place, "This module cannot be synced; possible are: "+strings.Join(possible, ", ")+".")
}

// fields are a module's fields as a mapping is held against them.
func (s *Server) fields(ctx context.Context, module string) ([]fieldmap.VTigerField, error) {
	crm, err := s.VTiger.Client(ctx)
	if err != nil {
		return nil, err
	}
	described, err := crm.Fields(ctx, module)
	if err != nil {
		return nil, err
	}
	out := make([]fieldmap.VTigerField, len(described))
	for i, f := range described {
		out[i] = fieldmap.VTigerField{Name: f.Name, Type: f.Type, Editable: f.Editable, RefersTo: f.RefersTo, Choices: f.Choices}
	}
	return out, nil
}
