package worker_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/demo"
	"contactbridge/internal/simulator/graphsim"
	"contactbridge/internal/simulator/vtigersim"
	"contactbridge/internal/vtiger"
)

var histories = flag.Int("histories", 25, "how many random histories TestRandomHistories plays")

var firstHistory = flag.Int("history.first", 0, "the number of the first one, to play it again")

// Whatever people do on both sides between and during syncs, while vTiger saves late or torn and answers get lost, both
// sides end equal once it is quiet, and a further sync writes nothing.
func TestRandomHistories(t *testing.T) {
	end := *firstHistory + *histories
	for first := *firstHistory; first < end; first += perStage {
		t.Run(fmt.Sprintf("from %d", first), func(t *testing.T) {
			t.Parallel()
			playHistories(t, first, min(first+perStage, end))
		})
	}
}

// perStage is how many histories are played on the same two sides: they fill up.
const perStage = 25

func playHistories(t *testing.T, from, to int) {
	s := newSteps(newStage(t, nil, nil), 0)
	s.a.VTiger, s.a.Young = fixed(vtiger.Dial(s.integration(), vtiger.WithYoung(5*time.Second))), 5*time.Second
	s.cast.People(s.vtiger, s.microsoft)
	for n := from; n < to; n++ {
		p := play{steps: s, chance: rand.New(rand.NewPCG(uint64(n), 1)), history: n}
		for i := range 12 {
			p.happen(i)
		}
		p.rest()
		if t.Failed() {
			t.Fatalf("history %d ended badly", n)
		}
	}
}

// play is one history.
type play struct {
	*steps
	chance  *rand.Rand
	history int
	syncs   int
}

// happen lets one thing happen.
func (p *play) happen(i int) {
	switch p.chance.IntN(9) {
	case 0, 1:
		p.unkind()
		require.NoError(p.t, p.vtiger.Edit(p.someVTiger(), p.vtigerFields()))
	case 2, 3:
		require.NoError(p.t, p.microsoft.Edit(p.user.Mailbox, p.someOutlook(), p.outlookFields()))
	case 4:
		p.unkind()
		p.vtiger.AddContact(p.user.ID, map[string]string{"firstname": "V", "lastname": p.word(), "email": fmt.Sprintf("v%d-%d@x.example", p.history, i), "title": p.word()})
	case 5:
		p.microsoft.AddContact(p.user.Mailbox, "", map[string]any{
			"givenName": "O", "surname": p.word(), "emailAddresses": []any{map[string]any{"address": fmt.Sprintf("o%d-%d@x.example", p.history, i)}},
		})
	case 6:
		p.deleteSomewhere()
	case 7:
		p.fault()
		p.sync()
	default:
		p.sync()
	}
}

// unkind makes vTiger's next save late, torn or plain. A person's save does not wait, so a short delay ends it.
func (p *play) unkind() {
	delay := time.Duration(1+p.chance.IntN(20)) * time.Millisecond
	switch p.chance.IntN(4) {
	case 0:
		p.vtiger.HoldValues(1, delay)
	case 1:
		p.vtiger.HoldCreates(1, delay)
	case 2:
		p.vtiger.TearSaves(1, delay)
	}
}

// fault loses an answer or refuses a write of the next sync.
func (p *play) fault() {
	switch p.chance.IntN(5) {
	case 0:
		p.microsoft.Fail("contacts.create", 1, graphsim.GatewayTimeout().Committed())
	case 1:
		p.microsoft.Fail("contacts.update", 1, graphsim.Conflict())
	case 2:
		p.vtiger.Fail("create", 1, vtigersim.ErrorAfterCommit)
	case 3:
		p.vtiger.Fail("revise", 1, vtigersim.HangUp)
	case 4:
		require.NoError(p.t, p.microsoft.ExpireAccessTokens(p.user.Mailbox))
	}
}

func (p *play) deleteSomewhere() {
	if p.chance.IntN(2) == 0 {
		require.NoError(p.t, p.vtiger.Delete(p.someVTiger()))
		return
	}
	require.NoError(p.t, p.microsoft.Delete(p.user.Mailbox, p.someOutlook()))
}

// sync does one run, with as many rounds as the workflow would do, mostly long after the one before.
func (p *play) sync() int {
	p.syncs++
	if p.chance.IntN(3) > 0 {
		p.vtiger.ReleaseSaves()
		later(p.t, p.steps)
	}
	run := p.begin(fmt.Sprintf("%d-%d", p.history, p.syncs))
	operations := 0
	for range 4 {
		planned := p.plan(run)
		operations += planned.Operations
		if planned.Operations == 0 && planned.Unclear == 0 {
			break
		}
		for range 10 {
			if a := p.apply(run); !a.Left && a.Unclear == 0 {
				break
			}
		}
		v, err := p.env.ExecuteActivity(p.a.Observe, p.connection.ID)
		require.NoError(p.t, err)
		require.NotNil(p.t, v)
	}
	p.finish("")
	return operations
}

// rest lets everything land and syncs until nothing is left to do.
func (p *play) rest() {
	p.vtiger.ClearFaults()
	p.vtiger.ReleaseSaves()
	p.microsoft.Heal()
	quiet := 0
	for range 8 {
		later(p.t, p.steps)
		if p.sync() == 0 {
			quiet++
		}
		if quiet == 3 {
			break
		}
	}
	before := p.vtiger.Count("create") + p.vtiger.Count("revise") + p.vtiger.Count("delete")
	require.Zero(p.t, p.sync(), "a quiet sync writes nothing")
	require.Equal(p.t, before, p.vtiger.Count("create")+p.vtiger.Count("revise")+p.vtiger.Count("delete"))
	if _, differences := demo.Compare(p.vtiger, p.microsoft, p.user); len(differences) > 0 {
		p.t.Logf("history %d: what the ledger knows:\n%s", p.history, p.known())
	}
	p.equal()
}

// known tells the links, and the last operations, without anybody's data.
func (p *play) known() string {
	var lines []string
	err := p.ledger.DB().NewRaw(`SELECT line FROM (
		SELECT 1 AS part, id, 'link ' || state || ' ' || vtiger_id || ' ' || outlook_id || ' ' || missing AS line FROM links WHERE state <> 'active'
		UNION SELECT 2, 0, 'record ' || feed || ' ' || r.id || ' ' || presence || ' young ' || (young_until IS NOT NULL) || ' stamp ' || stamp || ' changed ' || changed || ' seen ' || seen_at
			FROM records r WHERE NOT EXISTS (SELECT FROM links l WHERE l.state = 'active' AND r.id IN (l.vtiger_id, l.outlook_id)) AND owner IN ('', ?)
		UNION SELECT 3, id, action || ' in ' || side || ' ' || vtiger_id || ' ' || outlook_id || ' ' || outcome || ' ' || reason_kind || ' ' || stamp || ' ' || attempts
			FROM operations WHERE id > (SELECT max(id) FROM operations) - 60
		) lines ORDER BY part, id`, p.user.ID).Scan(p.t.Context(), &lines)
	require.NoError(p.t, err)
	return strings.Join(lines, "\n")
}

func (p *play) someVTiger() string {
	owned := p.vtiger.Contacts()
	return owned[p.chance.IntN(len(owned)/2)]["id"] // the user's own come first
}

func (p *play) someOutlook() string {
	all := p.microsoft.Contacts(p.user.Mailbox, "")
	id, _ := all[p.chance.IntN(len(all))]["id"].(string)
	return id
}

func (p *play) word() string { return fmt.Sprintf("Word%d", p.chance.IntN(1000)) }

func (p *play) vtigerFields() map[string]string {
	return map[string]string{"title": p.word(), "department": p.word(), "mobile": fmt.Sprintf("+41 79 %07d", p.chance.IntN(1e7)), "mailingcity": p.word()}
}

func (p *play) outlookFields() map[string]any {
	return map[string]any{"jobTitle": p.word(), "businessAddress": map[string]any{"city": p.word()}, "personalNotes": p.word()}
}
