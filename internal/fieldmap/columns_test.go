package fieldmap

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/simulator/vtigersim"
)

// The table says of every column what a vTiger keeps of a text that is too long.
func TestColumnsAreWhatVTigerKeeps(t *testing.T) {
	server := vtigersim.New()
	owner := server.AddUser(vtigersim.User{UserName: "admin", Admin: true})
	for name, m := range modules {
		for field, most := range m.columns {
			values := map[string]string{m.mandatory: "x " + field}
			values[field] = strings.Repeat("ü", most+1)
			id, err := server.AddRecord(name, owner, values)
			require.NoError(t, err)
			kept, found := server.Record(id)
			require.True(t, found, field)
			require.Equal(t, strings.Repeat("ü", most), kept[field], "%s of %s", field, name)
		}
	}
}
