package worker_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/fieldmap"
	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/graphsim"
)

// seeded is an engine whose sides agree after a first sync; id is one Outlook contact that both hold.
func seeded(t *testing.T, change func(*ledger.Settings)) (r *rig, id string) {
	r = newRig(t, nil, change)
	r.cast.People(r.vtiger, r.microsoft)
	r.sync("first")
	id, _ = r.microsoft.Contacts(r.user.Mailbox, "")[3]["id"].(string)
	return r, id
}

// deletions counts what was deleted on either side.
func (r *rig) deletions() int { return r.microsoft.Count("contacts.delete") + r.vtiger.Count("delete") }

// The worst habits of change tracking together cost no operation, and lose none.
func TestAnUnkindFeedCostsNothing(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	r.microsoft.Configure(func(s *graphsim.Settings) {
		s.Delta = graphsim.DeltaSettings{Duplicates: true, EmptyPages: true, Replays: 50, RemovedInFirstRound: true, RemovedReason: "changed", Partial: true}
		s.DateOnlyBirthdays, s.NullAddresses, s.DeletedItems, s.IgnoreIfMatch = true, true, true, true
	})
	r.work(r.acts(3 * time.Second))
	r.cast.People(r.vtiger, r.microsoft)
	id := r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{"surname": "Gone before"})
	require.NoError(t, r.microsoft.Delete(r.user.Mailbox, id))
	r.sync("first")
	r.equal()
	for i := range 3 {
		require.Empty(t, r.counts(r.sync(fmt.Sprint("echo ", i))), "our own writes come back and mean nothing")
	}
	id, _ = r.microsoft.Contacts(r.user.Mailbox, "")[2]["id"].(string)
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, id, map[string]any{"jobTitle": "Chief"}))
	require.Equal(t, map[string]int{"update vtiger done": 1}, r.counts(r.sync("edit")))
	require.NoError(t, r.microsoft.Delete(r.user.Mailbox, id))
	require.Equal(t, map[string]int{"delete vtiger done": 1}, r.counts(r.sync("deletion")))
	r.equal()
}

// What a whole walk after a reset does not show is asked for by itself: the deleted is deleted, the moved is frozen.
func TestAResetFeedDeletesOnlyWhatIsGone(t *testing.T) {
	t.Parallel()
	r, deleted := seeded(t, nil)
	people := len(r.vtiger.Contacts())
	moved, _ := r.microsoft.Contacts(r.user.Mailbox, "")[5]["id"].(string)
	require.NoError(t, r.microsoft.Delete(r.user.Mailbox, deleted))
	require.NoError(t, r.microsoft.Move(r.user.Mailbox, moved, r.microsoft.AddFolder(r.user.Mailbox, "Other")))
	require.NoError(t, r.microsoft.ResetDelta(r.user.Mailbox))
	counts := r.counts(r.sync("reset"))
	require.Equal(t, 1, counts["delete vtiger done"])
	require.Equal(t, 1, counts["link  done"], "one link is frozen")
	require.Len(t, r.vtiger.Contacts(), people-1)
	require.Empty(t, r.counts(r.sync("quiet")))
}

// A contact that leaves the folder and returns is itself again: no feed tells, so it is asked for.
func TestALinkThatLeftIsAskedFor(t *testing.T) {
	t.Parallel()
	for _, scheduled := range []bool{false, true} {
		t.Run(fmt.Sprint("scheduled ", scheduled), func(t *testing.T) {
			r, id := seeded(t, nil)
			people := len(r.vtiger.Contacts())
			other := r.microsoft.AddFolder(r.user.Mailbox, "Other")
			require.NoError(t, r.microsoft.Move(r.user.Mailbox, id, other))
			require.Equal(t, map[string]int{"link  done": 1}, r.counts(r.sync("left")))
			require.NoError(t, r.microsoft.Edit(r.user.Mailbox, id, map[string]any{"jobTitle": "Chief"}))
			require.Empty(t, r.counts(r.sync("away")), "nothing travels meanwhile")

			require.NoError(t, r.microsoft.Move(r.user.Mailbox, id, ""))
			var run ledger.Run
			if scheduled {
				run = r.scheduled(r.connection, "back")
				r.done([]ledger.Run{run})
			} else {
				run = r.sync("back")
			}
			require.Equal(t, map[string]int{"link  done": 1, "update vtiger done": 1}, r.counts(run))
			require.Len(t, r.vtiger.Contacts(), people)
			r.equal()
		})
	}
}

// However many left the folder, a run of the clock asks for twenty of them, and a person's for all.
func TestARunOfTheClockAsksForTwentyThatLeft(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	acts := r.acts(3 * time.Second)
	acts.Every = 0 // a run that waits for the next reading of vTiger observes twice
	r.work(acts)
	const many = 25
	for i := range many {
		r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{"surname": fmt.Sprint("N", i), "emailAddresses": mailsOf(fmt.Sprintf("n%d@x.example", i))})
	}
	r.sync("first")
	other := r.microsoft.AddFolder(r.user.Mailbox, "Other")
	for _, c := range r.microsoft.Contacts(r.user.Mailbox, "") {
		id, _ := c["id"].(string)
		require.NoError(t, r.microsoft.Move(r.user.Mailbox, id, other))
	}
	asked := func(run ledger.Run, before int) int {
		r.done([]ledger.Run{run})
		return r.microsoft.Count("contacts.get") - before
	}
	r.sync("left")
	before := r.microsoft.Count("contacts.get")
	require.Equal(t, 20, asked(r.scheduled(r.connection, "clock"), before))
	before = r.microsoft.Count("contacts.get")
	require.Equal(t, many, asked(r.ask("person"), before))
	require.Zero(t, r.deletions())
}

// Where a walk breaks off in its middle there is no plan; the next run goes on.
func TestHalfAWalkPlansNothing(t *testing.T) {
	t.Parallel()
	r, id := seeded(t, nil)
	before := r.writes()
	r.microsoft.Configure(func(s *graphsim.Settings) { s.Delta.EmptyPages = true }) // so that the walk has two pages
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, id, map[string]any{"jobTitle": "Chief"}))
	require.NoError(t, r.vtiger.Delete(r.vtiger.Contacts()[1]["id"]))
	pages := r.microsoft.Count("delta")
	release := r.microsoft.Hold("delta", 1)
	half := r.ask("half")
	require.NoError(t, r.microsoft.Await(t.Context(), func(n map[string]int) bool { return n["delta"] == pages+1 }))
	require.NoError(t, r.microsoft.DenyMailbox(r.user.Mailbox, true))
	release()
	half = r.await(half)
	require.Equal(t, ledger.RunFailed, half.State)
	require.Equal(t, string(contact.NeedsAdmin), half.Trouble)
	require.Empty(t, r.counts(half))
	require.Equal(t, before, r.writes())

	require.NoError(t, r.microsoft.DenyMailbox(r.user.Mailbox, false))
	require.Equal(t, map[string]int{"update vtiger done": 1, "delete outlook done": 1}, r.counts(r.sync("whole")))
	r.equal()
}

// A walk whose links die faster than they are followed plans nothing, and ends once they live longer.
func TestAWalkThatIsForgottenOnItsWayGoesOnLater(t *testing.T) {
	t.Parallel()
	r, id := seeded(t, nil)
	people := len(r.vtiger.Contacts())
	require.NoError(t, r.microsoft.Delete(r.user.Mailbox, id))
	r.microsoft.Configure(func(s *graphsim.Settings) { s.Delta.EmptyPages, s.Delta.NextLinkLifetime = true, time.Nanosecond })
	pages, before := r.microsoft.Count("delta"), r.writes()
	run := r.ask("forgotten")
	require.NoError(t, r.microsoft.Await(t.Context(), func(n map[string]int) bool { return n["delta"] > pages+12 }))
	require.Equal(t, before, r.writes())
	require.Empty(t, r.counts(run))
	r.microsoft.Configure(func(s *graphsim.Settings) { s.Delta.NextLinkLifetime = 0 })
	r.done([]ledger.Run{run})
	require.Equal(t, map[string]int{"delete vtiger done": 1}, r.counts(run), "it left while the walk began anew")
	require.Len(t, r.vtiger.Contacts(), people-1)
	require.Empty(t, r.counts(r.sync("quiet")))
}

// A folder or a mailbox that is gone stops its connection with a sentence, and costs nobody a contact.
func TestAVanishedFolderOrMailboxDeletesNothing(t *testing.T) {
	t.Parallel()
	for name, vanish := range map[string]func(r *rig) (again func()){
		"folder": func(r *rig) func() {
			require.NoError(r.t, r.microsoft.DeleteFolder(r.user.Mailbox, "Sync"))
			return nil
		},
		"mailbox": func(r *rig) func() {
			require.NoError(r.t, r.microsoft.DisableMailbox(r.user.Mailbox, true))
			return func() { require.NoError(r.t, r.microsoft.DisableMailbox(r.user.Mailbox, false)) }
		},
		"policy": func(r *rig) func() {
			require.NoError(r.t, r.microsoft.DenyMailbox(r.user.Mailbox, true))
			return func() { require.NoError(r.t, r.microsoft.DenyMailbox(r.user.Mailbox, false)) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, nil, nil)
			c := r.connection
			c.FolderID, c.FolderName = r.microsoft.AddFolder(r.user.Mailbox, "Sync"), "Sync"
			require.NoError(t, r.ledger.SaveConnectionSettings(t.Context(), c))
			r.cast.People(r.vtiger, r.microsoft)
			r.sync("first")
			people := len(r.vtiger.Contacts())
			require.NotEmpty(t, r.microsoft.Contacts(r.user.Mailbox, "Sync"))

			again := vanish(r)
			for _, key := range []string{"gone", "still gone"} {
				run := r.await(r.ask(key))
				require.Equal(t, ledger.RunFailed, run.State)
				require.Contains(t, []string{string(contact.NeedsAdmin), string(contact.BadInput)}, run.Trouble)
				require.NotEmpty(t, run.TroubleSentence)
				require.Empty(t, r.counts(run))
			}
			require.Len(t, r.vtiger.Contacts(), people)
			require.Zero(t, r.deletions())
			if again != nil {
				again()
				require.Empty(t, r.counts(r.sync("back")), "nothing was lost, nothing is to be done")
			}
		})
	}
}

// One contact that cannot be read costs neither the others nor itself.
func TestAnUnreadableContactIsLeftAlone(t *testing.T) {
	t.Parallel()
	r, id := seeded(t, nil)
	people := len(r.vtiger.Contacts())
	require.NoError(t, r.microsoft.Spoil(r.user.Mailbox, id, "surname", 7))
	other, _ := r.microsoft.Contacts(r.user.Mailbox, "")[6]["id"].(string)
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, other, map[string]any{"jobTitle": "Chief"}))
	require.Equal(t, map[string]int{"update vtiger done": 1}, r.counts(r.sync("spoiled")))
	require.Len(t, r.vtiger.Contacts(), people)

	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, id, map[string]any{"jobTitle": "Boss"}))
	require.NoError(t, r.microsoft.Mend(r.user.Mailbox, id))
	require.Equal(t, map[string]int{"update vtiger done": 1}, r.counts(r.sync("mended")))
	r.equal()
}

// Writes whose answers are lost or rubbish are settled by looking: each takes effect once.
func TestUnclearAnswersAreSettledByLooking(t *testing.T) {
	t.Parallel()
	faults := []graphsim.Fault{
		graphsim.GatewayTimeout(), graphsim.Blank(http.StatusServiceUnavailable), graphsim.Page(http.StatusBadGateway),
		graphsim.Blank(http.StatusOK), graphsim.InternalError(),
	}
	for _, committed := range []bool{false, true} {
		t.Run(fmt.Sprint("committed ", committed), func(t *testing.T) {
			r, _ := seeded(t, nil)
			v := r.vtiger.Contacts()
			for i, fault := range faults {
				mail := fmt.Sprintf("added%d@customer.example", i)
				require.NotEmpty(t, r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": fmt.Sprint("Added", i), "email": mail}))
				require.NoError(t, r.vtiger.Edit(v[i]["id"], map[string]string{"title": "Chief", "homephone": "030 999"}))
				require.NoError(t, r.vtiger.Delete(v[len(faults)+i]["id"]))
				if committed {
					fault = fault.Committed()
				}
				for _, op := range []string{"contacts.create", "contacts.update", "contacts.delete"} {
					r.microsoft.Fail(op, 1, fault)
				}
			}
			r.sync("unclear")
			r.equal()
			require.Empty(t, r.counts(r.sync("quiet")))
		})
	}
}

// Properties beyond the default mapping travel as they are mapped: lists of words, and names as spoken.
func TestEveryKindOfPropertyTravels(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, func(s *ledger.Settings) {
		s.Mapping = append(s.Mapping,
			fieldmap.Row{Outlook: "categories", VTiger: []string{"assistant", "assistantphone"}, Direction: contact.Both},
			fieldmap.Row{Outlook: "yomiSurname", VTiger: []string{"fax"}, Direction: contact.Both})
	})
	id := r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{"surname": "X", "categories": []any{"red", "Blue"}, "yomiSurname": "ekusu"})
	r.sync("first")
	v := r.vtiger.Contacts()[0]
	require.Equal(t, []string{"red", "Blue", "ekusu"}, []string{v["assistant"], v["assistantphone"], v["fax"]})
	require.NoError(t, r.vtiger.Edit(v["id"], map[string]string{"assistantphone": "blue", "fax": "iks"}))
	r.sync("second")
	held := r.microsoft.Contact(r.user.Mailbox, id)
	require.Equal(t, []any{"red", "blue"}, held["categories"], "case tells words apart")
	require.Equal(t, "iks", held["yomiSurname"])
	require.Empty(t, r.counts(r.sync("third")))
}
