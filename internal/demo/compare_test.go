package demo

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/simulator/graphsim"
	"contactbridge/internal/simulator/vtigersim"
)

// The comparison sees what differs: a missing contact on either side, and any single field.
func TestCompareSeesDifferences(t *testing.T) {
	v, m, cast := vtigersim.New(), graphsim.New(), NewCast()
	cast.Seed(v, m, "http://127.0.0.1/oauth/callback")
	p := cast.Users[0]
	account := v.AddAccount("Acme")
	id := v.AddContact(p.ID, map[string]string{
		"firstname": "Ann", "lastname": "Gray", "email": "ann@x.test", "phone": "1", "birthday": "1980-02-29", "account_id": account,
		"mailingcity": "Zürich", "description": "two\nlines",
	})
	other := m.AddContact(p.Mailbox, "", map[string]any{
		"givenName": "Ann", "surname": "Gray", "emailAddresses": []any{map[string]any{"address": "ann@x.test"}}, "businessPhones": []any{"1"},
		"birthday": "1980-02-29T11:59:00Z", "companyName": "Acme", "businessAddress": map[string]any{"city": "Zürich"}, "personalNotes": "two\nlines",
	})
	require.NotEmpty(t, other)
	compared, differences := Compare(v, m, p)
	require.Empty(t, differences)
	require.Greater(t, compared, 20)

	for field, value := range map[string]string{
		"firstname": "Anna", "phone": "2", "birthday": "1980-02-28", "mailingcity": "Bern", "description": "one", "homephone": "3", "account_id": v.AddAccount("Other"),
	} {
		before, _ := v.Record(id)
		require.NoError(t, v.Edit(id, map[string]string{field: value}))
		_, differences = Compare(v, m, p)
		require.Len(t, differences, 1, field)
		require.NoError(t, v.Edit(id, map[string]string{field: before[field]}))
	}
	v.AddContact(p.ID, map[string]string{"lastname": "Left", "email": "left@x.test"})
	m.AddContact(p.Mailbox, "", map[string]any{"surname": "Right", "emailAddresses": []any{map[string]any{"address": "right@x.test"}}})
	_, differences = Compare(v, m, p)
	require.Len(t, differences, 2)

	m.AddContact(p.Mailbox, "", map[string]any{"surname": "Twin", "emailAddresses": []any{map[string]any{"address": "right@x.test"}}})
	_, differences = Compare(v, m, p)
	require.Len(t, differences, 3, "two with one address are two")
}
