package reconcile

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

func TestStamp(t *testing.T) {
	first := Stamp("epoch", contact.VTiger, "12x3", 0)
	require.Regexp(t, "^[A-Z2-7]{32}$", first, "vTiger stores it in upper case")
	require.Equal(t, first, Stamp("epoch", contact.VTiger, "12x3", 0))
	for _, other := range []string{
		Stamp("other epoch", contact.VTiger, "12x3", 0), Stamp("epoch", contact.Outlook, "12x3", 0),
		Stamp("epoch", contact.VTiger, "12x30", 0), Stamp("epoch", contact.VTiger, "12x3", 1),
	} {
		require.NotEqual(t, first, other)
	}
}
