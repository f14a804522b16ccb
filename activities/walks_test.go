package activities

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
)

// A run that leaves a direction out does not use up what a whole walk tells the guard.
func TestANarrowerRunLeavesTheWalkToTheNext(t *testing.T) {
	d := draft{trees: ledger.Trees{Fresh: map[contact.Side]ledger.Listing{contact.Outlook: {Walk: 2, Records: 1}}}}
	d.Settings.Direction, d.run.Direction = contact.Both, contact.Both
	require.Equal(t, d.trees.Fresh, d.walks())
	d.run.Direction = contact.ToOutlook
	require.Empty(t, d.walks())
}

// What is unclear is looked up soon at first, and rarely when no answer comes.
func TestAnUnclearOperationIsLookedUpEverMoreRarely(t *testing.T) {
	now := time.Now()
	of := func(ages ...time.Duration) (ops []ledger.Operation) {
		for _, age := range ages {
			sent := now.Add(-age)
			ops = append(ops, ledger.Operation{SentAt: &sent})
		}
		return ops
	}
	require.Equal(t, time.Second, nextLook(of(0), now))
	require.Equal(t, 10*time.Second, nextLook(of(40*time.Second), now))
	require.Equal(t, 20*time.Second, nextLook(of(time.Hour), now))
	require.Equal(t, time.Second, nextLook(of(time.Hour, time.Second), now), "the youngest decides")
	looks, age := 0, time.Duration(0)
	for ; age < 2*time.Minute; looks++ {
		age += nextLook(of(age), now)
	}
	require.Less(t, looks, 25)
}

func TestTheLineTellsHowFarARunCame(t *testing.T) {
	since := time.Unix(1000, 0)
	sides := []ledger.Progress{{Side: contact.VTiger, Done: 10, All: 20}, {Side: contact.Outlook, Done: 30, All: 80}}
	require.Equal(t, "applying, 40 of 100 done: vTiger 10 of 20, Outlook 30 of 80; 4.0 a second, about 15s left", spellLine(sides, since, since.Add(10*time.Second)))
	require.Equal(t, "applying, 0 of 0 done", spellLine(nil, time.Time{}, since))
}
