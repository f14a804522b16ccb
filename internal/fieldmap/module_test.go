package fieldmap

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

func TestDefaultsFitARealVTiger(t *testing.T) {
	for _, module := range Modules {
		m := Default(module)
		require.Empty(t, m.Check(module, recorded(t, module)), module)
		require.Len(t, m.Shapes(Place{Module: module, Region: "DE"}), len(m), "every row of %s has a shape", module)
		require.Equal(t, m, m.Fitting(recorded(t, module)), module)
		for name := range modules[module].columns {
			require.True(t, has(recorded(t, module), name), "%s has no %s", module, name)
		}
	}
	require.Empty(t, Default("Campaigns"))
}

func has(fields []VTigerField, name string) bool {
	for _, f := range fields {
		if f.Name == name {
			return true
		}
	}
	return false
}

// Each module demands its own field, in the check and in the shape, and cuts by its own columns.
func TestMandatoryFieldsAreTheModules(t *testing.T) {
	for module, want := range map[string]struct {
		field    contact.Field
		limit    int
		fallback []contact.Field
		message  string
	}{
		"Contacts": {"surname", 80, []contact.Field{"givenName", "companyName", "emailAddresses"}, "vTiger's lastname must be mapped: vTiger takes no contact without it"},
		"Leads":    {"surname", 80, []contact.Field{"givenName", "companyName", "emailAddresses"}, "vTiger's lastname must be mapped: vTiger takes no lead without it"},
		"Accounts": {"companyName", 100, []contact.Field{"emailAddresses"}, "vTiger's accountname must be mapped: vTiger takes no organisation without it"},
		"Vendors":  {"companyName", 100, []contact.Field{"emailAddresses"}, "vTiger's vendorname must be mapped: vTiger takes no vendor without it"},
	} {
		var required []contact.Field
		for _, s := range Default(module).Shapes(Place{Module: module, Region: ""}) {
			if s.Required == contact.VTiger {
				required = append(required, s.Field)
				require.Equal(t, want.limit, s.Limits[contact.VTiger], module)
				require.Equal(t, want.fallback, s.Fallback, module)
			}
		}
		require.Equal(t, []contact.Field{want.field}, required, module)
		notes := Mapping{one("personalNotes", "description")}
		require.Equal(t, []Problem{{-1, want.message}}, notes.Check(module, recorded(t, module)))
	}
	require.Equal(t, []Problem{{-1, `the vTiger module "Campaigns" cannot be synced`}}, Mapping{}.Check("Campaigns", nil))
}

// An installation may lack stock fields, or forbid writing them.
func TestFittingLeavesOutWhatIsNotThere(t *testing.T) {
	fields := []VTigerField{
		{Name: "lastname", Type: "string", Editable: true},
		{Name: "secondaryemail", Type: "email", Editable: true},
		{Name: "designation", Type: "string"},
		{Name: "mobile", Type: "image", Editable: true},
	}
	m := Default("Leads").Fitting(fields)
	require.Equal(t, Mapping{
		one("surname", "lastname"),
		{Outlook: "jobTitle", VTiger: []string{"designation"}, Direction: contact.ToOutlook},
		one("emailAddresses", "secondaryemail"),
	}, m)
	require.Empty(t, m.Check("Leads", fields))
	require.Equal(t, []string{"email", "secondaryemail"}, Default("Leads")[5].VTiger, "the default itself stays")
}
