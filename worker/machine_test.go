package worker_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"contactbridge/internal/demo"
)

var (
	machineSeeds = flag.Int("machine.seeds", 80, "how many random histories TestMachine plays")
	machineFirst = flag.Int("machine.first", 0, "the seed of the first one, to play it again")
)

// perStore is how many seeds use one database, one after the other.
const perStore = 25

// machineCases are seeds that fail with a mistake that the product once had. They are always played. Whoever changes what a
// machine does gives the seeds other histories, and looks for others that find the mistake.
var machineCases = []struct {
	seed  int
	found string
}{
	{0, "a contact whose edit won over its deletion asked the whole vTiger again and again"},
	{175, "a removal that stood twice on a page could not be stored"},
	{183, "a save of vTiger whose values were still to come was written over"},
	{196, "so was one that two readings in one moment had confirmed"},
}

// Whatever two users do on both sides and decide about their connections, between and during syncs, and whatever breaks
// or dies meanwhile: once it is quiet both sides hold the same, every person as often as people made them, and no value
// is lost that no later one or no logged conflict explains. A seed plays the same history again.
func TestMachine(t *testing.T) {
	var seeds []int
	for _, c := range machineCases {
		seeds = append(seeds, c.seed)
	}
	for seed := *machineFirst; seed < *machineFirst+*machineSeeds; seed++ {
		if !slices.Contains(seeds, seed) {
			seeds = append(seeds, seed)
		}
	}
	for some := range slices.Chunk(seeds, perStore) {
		t.Run(fmt.Sprintf("from %d", some[0]), func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			for _, seed := range some {
				t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { newMachine(t, s, uint64(seed)).plays(8) })
			}
		})
	}
}

// machine is one random history.
type machine struct {
	*site
	seed      uint64
	chance    *rand.Rand
	homes     []*home
	mailboxes []demo.Person     // the users' own, then a spare one each
	folders   map[string]string // the second folder of each
	people    []*person
	ink       *ink
	own       map[string]bool   // records that people made
	killed    map[string]bool   // … and deleted
	seen      map[string]sheet  // every record that ever was
	bin       []sheet           // what may be restored in vTiger
	others    map[string]string // what is nobody's business here, as it was
	words     int
	syncs     int
	mixed     bool   // the homes ever swapped their mailboxes
	asked     string // the run that was asked for last
	during    bool   // a sync is at work
	acted     bool   // somebody acted during it
	telling   sync.Mutex
	story     []string
}

func newMachine(t *testing.T, s *store, seed uint64) *machine {
	m := &machine{
		site: newSite(t, s, seed%4 > 0), seed: seed, chance: rand.New(rand.NewPCG(seed, 7)), ink: newInk(), own: map[string]bool{},
		killed: map[string]bool{}, seen: map[string]sheet{}, folders: map[string]string{},
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("play it again: -args -machine.seeds 1 -machine.first %d\n%s\nwhat the ledger knows:\n%s", seed, strings.Join(m.story, "\n"), m.ledgerSays())
		}
	})
	return m
}

// plays is the history: so many things happen, then it ends.
func (m *machine) plays(things int) {
	m.begin()
	if m.chance.IntN(2) == 0 {
		m.meet()
	}
	for range things {
		m.happens()
	}
	m.ends()
}

// tell adds a line to what is told when the history ends badly.
func (m *machine) tell(format string, args ...any) {
	indent := ""
	if m.during {
		indent = "    "
	}
	m.telling.Lock()
	defer m.telling.Unlock()
	m.story = append(m.story, indent+fmt.Sprintf(format, args...))
}
