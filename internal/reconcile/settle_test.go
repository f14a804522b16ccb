package reconcile

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

func TestSettle(t *testing.T) {
	note, long := strings.Repeat("long note ", 5), strings.Repeat("x", 120)+"@x.test"
	for _, row := range []struct {
		what  string
		field contact.Field
		want  Faces // as planned
		shown Faces // as observed afterwards
		moved bool
	}{
		{"as planned", "jobTitle", Faces{"CEO", "CEO"}, Faces{"CEO", "CEO"}, true},
		{"cleared as planned", "jobTitle", Faces{}, Faces{}, true},
		{"another spelling of the same", "mobilePhone", Faces{"0171 1234567", "0171 1234567"}, Faces{"0171 1234567", "+49 171 1234567"}, true},
		{"the target shows its old value", "jobTitle", Faces{"CTO", "CTO"}, Faces{"CTO", "CEO"}, false},
		{"the target shows nothing", "jobTitle", Faces{"CTO", "CTO"}, Faces{"CTO", ""}, false},
		{"the source was edited meanwhile", "jobTitle", Faces{"CTO", "CTO"}, Faces{"CFO", "CTO"}, false},
		{"what should be clear is not", "jobTitle", Faces{}, Faces{"", "CEO"}, false},
		{"a reduction that was planned", "jobTitle", Faces{"Boss", "Boss🎉"}, Faces{"Boss", "Boss🎉"}, true},
		{"an unknown limit: a beginning of 20 characters", "jobTitle", Faces{note, note}, Faces{note[:20], note}, true},
		{"a beginning of 19 characters", "jobTitle", Faces{note, note}, Faces{note[:19], note}, false},
		{"20 other characters", "jobTitle", Faces{note, note}, Faces{strings.ToUpper(note[:20]), note}, false},
		{"what the store cannot hold is replaced", "jobTitle", Faces{"Boss 🎉!", "Boss 🎉!"}, Faces{"Boss ????!", "Boss 🎉!"}, true},
		{"or dropped", "jobTitle", Faces{"Boss 🎉!", "Boss 🎉!"}, Faces{"Boss !", "Boss 🎉!"}, true},
		{"or escaped", "jobTitle", Faces{"<script>x</script>", "<script>x</script>"}, Faces{"&lt;script&gt;x&lt;/script&gt;", "<script>x</script>"}, true},
		{"or escaped beside what was escaped before", "jobTitle", Faces{"<script>x</script> &amp; y", "<script>x</script> &amp; y"}, Faces{"&lt;script&gt;x&lt;/script&gt; &amp; y", "<script>x</script> &amp; y"}, true},
		{"or escaped and then cut", "jobTitle", Faces{"all of our people <script>x</script>", "all of our people <script>x</script>"}, Faces{"all of our people &lt;script&g", "all of our people <script>x</script>"}, true},
		{"a member of a set is cut", "emailAddresses", Faces{"ann@x.test\n" + long, "ann@x.test\n" + long}, Faces{"ann@x.test\n" + long[:100], "ann@x.test\n" + long}, true},
		{"an address that is none is dropped", "emailAddresses", Faces{"ann@x.test\nnot one", "ann@x.test\nnot one"}, Faces{"ann@x.test\nnot one", "ann@x.test"}, true},
		{"a stranger among the members", "emailAddresses", Faces{"not one", "not one"}, Faces{"not one", "ann@x.test"}, false},
		{"a set in another order", "emailAddresses", Faces{two, three}, Faces{"a2@x.test\nann@x.test", three}, true},
		{"a member of a set is missing", "emailAddresses", Faces{two, two}, Faces{two, "ann@x.test"}, false},
		{"a set is never reduced by its letters", "emailAddresses", Faces{three, three}, Faces{three[:21], three}, false},
	} {
		t.Run(row.what, func(t *testing.T) {
			op := Operation{Fields: map[contact.Field]FieldChange{row.field: {Faces: row.want}}}
			v, o := contact.Contact{row.field: row.shown.VTiger, "givenName": "Ann"}, contact.Contact{row.field: row.shown.Outlook, "givenName": "Ann"}
			want := Base{}
			if row.moved {
				want[row.field] = row.shown
			}
			require.Equal(t, want, Settle(planShapes(), op, v, o), "only what was written enters the base, as it is shown")
		})
	}
}

// TestSettleWaitsForBothHalvesOfAMerge: a set that is written on both sides enters the base only when both have it.
func TestSettleWaitsForBothHalvesOfAMerge(t *testing.T) {
	w := linked(bo.With("emailAddresses", ""), bo.With("emailAddresses", "")).
		shows("v1", bo.With("emailAddresses", "v@x.test")).shows("o1", bo.With("emailAddresses", "o@x.test")).w
	w.Policy, w.Shapes = off, planShapes()
	p := Make(w)
	require.Len(t, p.Operations, 2)
	v, o := w.VTiger["v1"].Contact, w.Outlook["o1"].Contact
	v = v.With("emailAddresses", p.Operations[0].Fields["emailAddresses"].After)
	require.Empty(t, Settle(w.Shapes, p.Operations[0], v, o))
	o = o.With("emailAddresses", p.Operations[1].Fields["emailAddresses"].After)
	require.Equal(t, Base{"emailAddresses": {"v@x.test\no@x.test", "o@x.test\nv@x.test"}}, Settle(w.Shapes, p.Operations[1], v, o))
}

// TestALinkActsAgainOnceItIsBack: after a link was thawed or attached again, the next plan has nothing to say of it.
func TestALinkActsAgainOnceItIsBack(t *testing.T) {
	for _, state := range []LinkState{OutOfScope, Detached} {
		m := newModel(history{})
		_, err := m.probe(Make, anything)
		require.NoError(t, err)
		m.links[0].State = state
		p, err := m.sync(Make, contact.Both, anything)
		require.NoError(t, err)
		require.Len(t, p.Links, 1)
		require.Equal(t, Active, m.links[0].State)
		p, err = m.sync(Make, contact.Both, anything)
		require.NoError(t, err)
		require.Equal(t, Plan{}, p)
		m.edit(contact.VTiger, m.links[0], "jobTitle", "New")
		_, err = m.sync(Make, contact.Both, anything)
		require.NoError(t, err)
		require.Equal(t, "New", m.shows(contact.Outlook, m.links[0], "jobTitle"))
	}
}
