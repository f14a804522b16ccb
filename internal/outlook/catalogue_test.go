package outlook

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/fieldmap"
)

// Whatever can be mapped is read and written, as the same kind and with the same limit.
func TestEveryMappablePropertyIsInTheCatalogue(t *testing.T) {
	kinds := map[contact.Type]Kind{contact.Emails: EmailList, contact.Phones: PhoneList, contact.Phone: Phone, contact.Date: Date, contact.Texts: TextList}
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
		delete(held, p.Name)
	}
	require.Equal(t, map[string]Property{"displayName": {Name: "displayName", Kind: Text}}, held, "the rest follows from what is mapped")
}

// Every property of Microsoft's contact is mapped, or made of others, or none of a person's business.
func TestTheWholeContactResourceIsAccountedFor(t *testing.T) {
	made := []string{"displayName", "fileAs", "initials", "primaryEmailAddress", "secondaryEmailAddress", "tertiaryEmailAddress"}
	own := []string{"@odata.etag", "id", "changeKey", "createdDateTime", "lastModifiedDateTime", "parentFolderId"}
	c := openCloud(t)
	id := c.AddContact(ann, "", map[string]any{"surname": "X", "emailAddresses": []any{
		map[string]any{"address": "a@x.test"}, map[string]any{"address": "b@x.test"}, map[string]any{"address": "c@x.test"},
	}})
	for name := range c.Contact(ann, id) {
		mapped := slices.ContainsFunc(fieldmap.Properties, func(p fieldmap.Property) bool {
			return p.Name == name || strings.HasPrefix(p.Name, name+".")
		})
		require.True(t, mapped != slices.Contains(append(made, own...), name), name)
	}
}
