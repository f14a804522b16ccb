package reconcile

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// writes is an update in Outlook of one field.
func writes(record, before, after string) Operation {
	return Operation{
		Side: contact.Outlook, Action: contact.Update, VTiger: "v" + record, Outlook: "o" + record,
		Fields: map[contact.Field]FieldChange{"jobTitle": {Before: before, After: after}},
	}
}

func TestOnlyWhatIsAlikeIsHonoured(t *testing.T) {
	ann, bea, cyd, dan := writes("1", "a", "b"), writes("2", "a", "b"), writes("3", "a", "b"), writes("4", "a", "b")
	inserted := Operation{Side: contact.VTiger, Action: contact.Insert, Outlook: "o9", Fields: ann.Fields}
	done := inserted
	done.VTiger = "12x9" // the id came with its answer
	for name, row := range map[string]struct {
		planned, previewed, sent []Operation
		send                     []bool
		changed                  []int
	}{
		"the same":                       {[]Operation{bea, ann}, []Operation{ann, bea}, nil, []bool{true, true}, nil},
		"nothing is previewed":           {[]Operation{ann}, nil, nil, []bool{false}, nil},
		"nothing is planned any more":    {nil, []Operation{ann, bea}, nil, []bool{}, []int{0, 1}},
		"another value after":            {[]Operation{writes("1", "a", "c")}, []Operation{ann}, nil, []bool{false}, []int{0}},
		"another value before":           {[]Operation{writes("1", "x", "b")}, []Operation{ann}, nil, []bool{false}, []int{0}},
		"new ones wait":                  {[]Operation{ann, bea, cyd}, []Operation{bea, dan}, nil, []bool{false, true, false}, []int{1}},
		"what was sent has not changed":  {[]Operation{bea}, []Operation{ann, bea, cyd}, []Operation{ann}, []bool{true}, []int{2}},
		"an insert is known without ids": {nil, []Operation{inserted}, []Operation{done}, []bool{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			out := Honour(row.planned, row.previewed, row.sent)
			require.Equal(t, row.send, out.Send)
			require.Equal(t, row.changed, out.Changed)
		})
	}
}

// Everything that makes another operation of it counts.
func TestLikeness(t *testing.T) {
	op := writes("1", "a", "b")
	for _, change := range []func(*Operation){
		func(o *Operation) { o.Side = contact.VTiger },
		func(o *Operation) { o.Action = contact.Delete },
		func(o *Operation) { o.VTiger = "v2" },
		func(o *Operation) { o.Outlook = "o2" },
		func(o *Operation) { o.Fields = nil },
		func(o *Operation) { o.Fields = map[contact.Field]FieldChange{"department": o.Fields["jobTitle"]} },
	} {
		other := op
		change(&other)
		require.Equal(t, []bool{false}, Honour([]Operation{other}, []Operation{op}, nil).Send)
	}
	other := op
	other.Why, other.Approved, other.Link = Why{"other", "Words."}, true, 7
	require.Equal(t, []bool{true}, Honour([]Operation{other}, []Operation{op}, nil).Send)
}
