package outlook

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// A birthday is the same day wherever we run: what Outlook is sent is read back as what it was.
func TestBirthdaysKeepTheirDayInEveryZone(t *testing.T) {
	here := time.Local
	t.Cleanup(func() { time.Local = here })
	for _, zone := range zones(t) {
		time.Local = zone
		name := zone.String()
		for _, day := range []string{"1980-02-29", "1604-05-17", "1949-12-31", "2026-01-01", "1900-01-01", "2026-03-29", "2026-10-25"} {
			sent := sentBody(t, contact.Write{Action: contact.Update, ID: "1", Values: map[string]string{"birthday": day}})
			require.Equal(t, day+"T11:59:00Z", sent["birthday"], name)
			r, err := readItem(t, sent)
			require.NoError(t, err)
			require.Equal(t, day, r.Values["birthday"], name)
		}
	}
}

// zones are some with daylight saving and odd offsets, and every whole hour from -12 to +14.
func zones(t *testing.T) []*time.Location {
	var out []*time.Location
	for _, name := range []string{"UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/St_Johns", "Asia/Kolkata", "Asia/Kathmandu", "Europe/Berlin", "Africa/Cairo"} {
		zone, err := time.LoadLocation(name)
		require.NoError(t, err)
		out = append(out, zone)
	}
	for hours := -12; hours <= 14; hours++ {
		out = append(out, time.FixedZone(fmt.Sprintf("UTC%+d", hours), hours*3600))
	}
	return out
}
