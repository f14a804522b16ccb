package outlook

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/fieldmap"
)

// Whatever can be mapped is read and written, as the same kind and with the same limit.
func TestEveryMappablePropertyIsInTheCatalogue(t *testing.T) {
	kinds := map[contact.Type]Kind{contact.Emails: EmailList, contact.Phones: PhoneList, contact.Phone: Phone, contact.Date: Date}
	held := map[string]Property{}
	for _, p := range Catalogue {
		held[p.Name] = p
	}
	for _, p := range fieldmap.Properties {
		kind, special := kinds[p.Type]
		if !special {
			kind = Text
		}
		require.Equal(t, Property{Name: p.Name, Kind: kind, Most: p.Most}, held[p.Name])
	}
}
