package fieldmap

import (
	"slices"

	"contactbridge/internal/contact"
)

// Modules are the vTiger modules whose records can be synced, in the order in which people think of them.
var Modules = []string{"Contacts", "Leads", "Accounts", "Vendors"}

// module is what is known of a vTiger module without asking an installation.
type module struct {
	noun      string // what people call one record
	mandatory string // the field without which a record is refused and that a person's contact may lack elsewhere
	// columns is how many characters the stock columns hold; longer values are cut silently, and describe tells no
	// length. Custom fields are not in it.
	columns map[string]int
	rows    func() Mapping
}

var modules = map[string]module{"Contacts": contacts, "Leads": leads, "Accounts": accounts, "Vendors": vendors}

// Default is the mapping that a new connection of the module starts with; empty for a module that cannot be synced. Outlook
// has no fax numbers, so vTiger's are in none.
func Default(module string) Mapping {
	m, known := modules[module]
	if !known {
		return nil
	}
	return m.rows()
}

func one(outlook string, vtiger ...string) Row {
	return Row{Outlook: outlook, VTiger: vtiger, Direction: contact.Both}
}

// Fitting is the mapping without what an installation's module does not have or cannot map: fields are left out, rows that
// have none left with them, and a row with a field that cannot be written travels to Outlook only.
func (m Mapping) Fitting(fields []VTigerField) Mapping {
	out := make(Mapping, 0, len(m))
	for _, r := range m {
		r.VTiger = slices.DeleteFunc(slices.Clone(r.VTiger), func(name string) bool {
			return r.only(name, contact.ToOutlook).hasFlaw(fields)
		})
		if len(r.VTiger) == 0 {
			continue
		}
		if r.hasFlaw(fields) {
			r.Direction = contact.ToOutlook
		}
		out = append(out, r)
	}
	return out
}

// only is the row with one of its fields and another direction.
func (r Row) only(name string, d contact.Direction) Row {
	return Row{Outlook: r.Outlook, VTiger: []string{name}, Direction: d}
}

func (r Row) hasFlaw(fields []VTigerField) bool { return len(r.check(fields)) > 0 }
