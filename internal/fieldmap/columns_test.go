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
	for field, most := range columns {
		id := server.AddContact(owner, map[string]string{"lastname": "x", field: strings.Repeat("ü", most+1)})
		kept, found := server.Record(id)
		require.True(t, found, field)
		require.Equal(t, strings.Repeat("ü", most), kept[field], field)
	}
}
