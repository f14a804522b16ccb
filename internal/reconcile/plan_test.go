package reconcile

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// planRow says what is planned for a world, under each of the policies.
type planRow struct {
	what     string
	policies []Policy
	scene    scene
	want     []string // as spell writes a plan
}

func TestMake(t *testing.T) {
	for _, row := range slices.Concat(mergeRows, baseRows, setRows, deletionRows, scopeRows, matchRows, strangerRows, twinRows,
		conflictRows, exitRows, fromRows, instanceRows, capRows, foreignRows, categoryRows, filterRows) {
		t.Run(row.what, func(t *testing.T) {
			require.NotEmpty(t, row.policies)
			for _, policy := range row.policies {
				w := row.scene.w
				w.Policy, w.Shapes = policy, planShapes()
				require.Equal(t, row.want, spell(Make(w)), "%+v", policy)
			}
		})
	}
}

// TestEqualWorldsGiveEqualPlans: neither the order of the maps nor an earlier plan shows in a plan.
func TestEqualWorldsGiveEqualPlans(t *testing.T) {
	for seed := range 60 {
		h := histories.Example(seed)
		m := newModel(h)
		for _, step := range h.Steps {
			require.NoError(t, m.happen(step, Make, anything))
		}
		first := Make(m.world(contact.Both))
		for range 5 {
			require.Equal(t, first, Make(m.world(contact.Both)))
		}
	}
}

// TestAPlanNamesNoValueInItsReasons: reasons go to places where no contact may go.
func TestAPlanNamesNoValueInItsReasons(t *testing.T) {
	w := linked(ann, ann).shows("v1", ann.With("jobTitle", "Secret")).shows("o1", ann.With("jobTitle", "Hidden")).w
	w.Policy, w.Shapes = off, planShapes()
	p := Make(w)
	require.Len(t, p.Operations, 1)
	require.Equal(t, "jobTitle changed on both sides; vTiger wins.", p.Operations[0].Why.Sentence)
}
