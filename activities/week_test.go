package activities

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Whoever is read anew is so a week later at the earliest nine tenths and at the latest eleven tenths of it, and not together
// with the others.
func TestAboutAWeekIsAnotherOneForEverybody(t *testing.T) {
	const week, draws = 7 * 24 * time.Hour, 2000
	soonest, latest, all := 2*week, time.Duration(0), map[time.Duration]bool{}
	for range draws {
		d := aboutAWeek()
		soonest, latest, all[d] = min(soonest, d), max(latest, d), true
	}
	require.GreaterOrEqual(t, soonest, week*9/10)
	require.LessOrEqual(t, latest, week*11/10)
	require.Len(t, all, draws, "no two draws fall on one nanosecond")
	require.Less(t, soonest, week*91/100, "they fill the time")
	require.Greater(t, latest, week*109/100)
}
