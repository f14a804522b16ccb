package conformance

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// Catalogue is what a side tells about itself.
type Catalogue struct {
	Module  string // the rig's
	Modules func(context.Context) ([]string, error)
	Groups  func(context.Context) (ids []string, err error)
	Fields  func(context.Context) ([]CatalogueField, error)

	// Label is of a custom field that the module has, and Custom its native name; both empty where it has none.
	Label, Custom string
}

// CatalogueField is one field as the side describes it.
type CatalogueField struct {
	Name, Label         string
	Mandatory, Editable bool
}

func hasCatalogue(r Rig) bool { return r.Catalogue != nil }

func catalogue(t *testing.T, b *bench) {
	modules, err := b.Catalogue.Modules(ctx(t))
	require.NoError(t, err)
	require.Contains(t, modules, b.Catalogue.Module)
	groups, err := b.Catalogue.Groups(ctx(t))
	require.NoError(t, err)
	require.Contains(t, groups, b.Group)

	fields, err := b.Catalogue.Fields(ctx(t))
	require.NoError(t, err)
	byName := map[string]CatalogueField{}
	labelled := ""
	for _, f := range fields {
		require.NotEmpty(t, f.Label, f.Name)
		byName[f.Name] = f
		if b.Catalogue.Label != "" && f.Label == b.Catalogue.Label {
			labelled = f.Name
		}
	}
	require.True(t, byName[b.Last].Mandatory)
	for _, name := range []string{b.First, b.Last, b.Text, b.Email} {
		require.True(t, byName[name].Editable, name)
	}
	for _, r := range b.References {
		require.Contains(t, byName, r.Field)
		require.False(t, byName[r.Field].Editable, "a reference cannot be written")
	}
	require.Equal(t, b.Catalogue.Custom, labelled)
	if labelled != "" {
		b.carry(t, labelled, []string{"by its label", ""})
	}
}
