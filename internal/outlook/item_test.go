package outlook

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

func readItem(t *testing.T, changes map[string]any) (contact.Record, error) {
	t.Helper()
	raw, err := json.Marshal(wire("1", changes))
	require.NoError(t, err)
	it, err := decodeItem(raw)
	require.NoError(t, err)
	require.True(t, it.whole())
	return it.record()
}

func TestUnusualContactsAreRead(t *testing.T) {
	r, err := readItem(t, map[string]any{
		"birthday":        "1974-07-22",
		"homeAddress":     nil,
		"businessAddress": map[string]any{"city": "Ulm", "state": nil, "postOfficeBox": "7"},
		"emailAddresses": []any{
			map[string]any{"name": "Ann Example", "address": "ann@example.test"}, map[string]any{"name": "no address"}, nil,
		},
		"businessPhones":       []any{"+1 2", nil, "", "+1\n3"},
		"personalNotes":        "",
		"primaryEmailAddress":  map[string]any{"address": "ann@example.test"},
		"lastModifiedDateTime": "2026-01-02T03:04:05Z",
	})
	require.NoError(t, err)
	require.Equal(t, map[string]string{
		"birthday": "1974-07-22", "businessAddress.city": "Ulm", "emailAddresses": "ann@example.test", "businessPhones": "+1 2\n+1 3",
	}, r.Values)
	require.Equal(t, "key-1", r.Version)
	require.Equal(t, "2026-01-02T03:04:05Z", r.Changed.Format("2006-01-02T15:04:05Z07:00"))
}

func TestVersionIsInTheEtagToo(t *testing.T) {
	r, err := readItem(t, map[string]any{"changeKey": nil, "@odata.etag": `W/"EQAA"`})
	require.NoError(t, err)
	require.Equal(t, "EQAA", r.Version)
}

func TestUnreadablePropertiesAreNotEmptyOnes(t *testing.T) {
	for _, changes := range []map[string]any{
		{"birthday": "soon"},
		{"surname": 7},
		{"businessPhones": "+1 2"},
		{"emailAddresses": map[string]any{}},
		{"homeAddress": "Ulm"},
		{"homeAddress": map[string]any{"city": 7}},
		{"changeKey": nil},
	} {
		_, err := readItem(t, changes)
		require.ErrorIs(t, err, errBroken, "%v", changes)
	}
}
