package api

import (
	"context"
	"errors"
	"fmt"
	"time"

	"contactbridge/internal/ledger"
)

// The steps of a connection, in order.
const (
	stepMicrosoft = "microsoft" // step 1, an admin's
	stepSignIn    = "signIn"
	stepFolder    = "folder"
	stepMapping   = "mapping"
	// stepPreview is asked for before a sync only, and so is no step of a connection's state.
	stepPreview = "preview"
)

type connectionView struct {
	ID           string      `json:"id"`
	UserID       string      `json:"userId" doc:"vTiger's id of the user"`
	UserName     string      `json:"userName"`
	Module       string      `json:"module"`
	Steps        stepsView   `json:"steps"`
	Account      accountView `json:"account"`
	Folder       *folderView `json:"folder" doc:"null until one is chosen"`
	Assigned     bool        `json:"adminNamesMailbox" doc:"Application mode: an administrator names the mailbox, and nobody signs in"`
	Suggested    string      `json:"suggestedMailbox,omitempty" doc:"In application mode, until an administrator named the mailbox: the vTiger user's e-mail address"`
	Trouble      *trouble    `json:"trouble" doc:"What keeps it from syncing; null when nothing does"`
	Pending      int         `json:"pending" doc:"Operations that the last run left to the next one"`
	LastRun      *runView    `json:"lastRun" doc:"null before the first"`
	NextRun      *time.Time  `json:"nextRun" doc:"When it syncs by itself next; null when it does not"`
	Paused       string      `json:"paused,omitempty" doc:"Why it does not sync by itself, as a sentence"`
	Limits       []limitView `json:"limits" doc:"The settings that count only as far as an administrator's caps allow"`
	NextStep     string      `json:"nextStep" doc:"What to do now, as a sentence"`
	NeedsPreview bool        `json:"needsPreview" doc:"Nobody has seen what the next sync would do: it wants a preview first, or skipPreview"`
	CreatedAt    time.Time   `json:"createdAt"`
}

type stepsView struct {
	Done    []string `json:"done" doc:"microsoft, signIn, folder, mapping"`
	Missing []string `json:"missing"`
}

type accountView struct {
	Address  string `json:"address" doc:"The mailbox; empty before the first sign-in"`
	Name     string `json:"name"`
	SignedIn bool   `json:"signedIn"`
}

type folderView struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Default bool   `json:"default,omitempty" doc:"The mailbox's own contacts folder"`
}

type trouble struct {
	Kind     string `json:"kind"`
	Sentence string `json:"sentence"`
}

// troubleOf is null when nothing is wrong.
func troubleOf(kind, sentence string) *trouble {
	if kind == "" {
		return nil
	}
	return &trouble{kind, sentence}
}

// surroundings is what views of connections need besides the connections.
type surroundings struct {
	step1 error // why step 1 is not done
	names map[string]string
	// barred are the users who may not sync.
	barred map[string]bool
	runs   map[string]ledger.Run
	// schedules are the connections' by themselves, by id.
	schedules map[string]ledger.Schedule
	// mails is only filled in application mode, where an administrator names the mailboxes.
	mails map[string]string
}

// surroundings reads them for many connections at once.
func (s *Server) surroundings(ctx context.Context, userID string) (surroundings, error) {
	out := surroundings{names: map[string]string{}, barred: map[string]bool{}, schedules: map[string]ledger.Schedule{}}
	var unfinished *problem
	if _, out.step1 = s.step1(ctx); out.step1 != nil && !errors.As(out.step1, &unfinished) {
		return out, out.step1
	}
	users, err := s.Ledger.Users(ctx)
	if err != nil {
		return out, err
	}
	m, err := s.account().Microsoft(ctx)
	if err != nil {
		return out, err
	}
	if m.Application {
		out.mails = map[string]string{}
	}
	for _, u := range users {
		out.names[u.ID], out.barred[u.ID] = u.UserName, !u.Allowed || !u.Active
		if m.Application {
			out.mails[u.ID] = u.Email
		}
	}
	schedules, err := s.Ledger.Schedules(ctx, userID)
	if err != nil {
		return out, err
	}
	for _, schedule := range schedules {
		out.schedules[schedule.ConnectionID] = schedule
	}
	out.runs, err = s.Ledger.LastRuns(ctx, userID)
	return out, err
}

func (s *Server) viewConnection(ctx context.Context, c ledger.Connection) (connectionView, error) {
	known, err := s.surroundings(ctx, c.UserID)
	return known.view(c), err
}

func (k surroundings) view(c ledger.Connection) connectionView {
	v := connectionView{
		ID: c.ID, UserID: c.UserID, UserName: k.names[c.UserID], Module: c.Module, CreatedAt: c.CreatedAt.UTC(),
		Account: accountView{c.MailboxAddress, c.MailboxName, isSignedIn(c)},
		Trouble: troubleOf(c.Trouble, c.TroubleSentence), Limits: limits(c), Assigned: k.mails != nil, NeedsPreview: c.NeedsPreview(),
	}
	if c.FolderID != "" {
		v.Folder = &folderView{ID: c.FolderID, Name: c.FolderName}
	}
	if r, found := k.runs[c.ID]; found {
		last := summarize(r)
		v.LastRun, v.Pending = &last, r.Pending
	}
	if !v.Account.SignedIn {
		v.Suggested = k.mails[c.UserID]
	}
	if schedule, found := k.schedules[c.ID]; found && schedule.Paused == "" {
		next := schedule.Next(time.Now())
		v.NextRun = &next
	} else {
		v.Paused = schedule.Paused
	}
	v.Steps = stepsOf(c, k.step1 == nil)
	v.NextStep = k.nextStep(c, v)
	return v
}

// stepsOf tells which steps of a connection are done; step 1 is the same for all.
func stepsOf(c ledger.Connection, step1 bool) stepsView {
	out := stepsView{Done: []string{}, Missing: []string{}}
	for _, step := range []struct {
		name string
		done bool
	}{{stepMicrosoft, step1}, {stepSignIn, isSignedIn(c)}, {stepFolder, c.FolderID != ""}, {stepMapping, len(c.Settings.Mapping) > 0}} {
		if step.done {
			out.Done = append(out.Done, step.name)
		} else {
			out.Missing = append(out.Missing, step.name)
		}
	}
	return out
}

// nextStep names the first thing that is missing, in the order in which it must be done.
func (k surroundings) nextStep(c ledger.Connection, v connectionView) string {
	var unfinished *problem
	switch {
	case k.barred[c.UserID]:
		return "An administrator must allow the vTiger user " + v.UserName + " to sync; until then nothing happens, and nothing is lost."
	case errors.As(k.step1, &unfinished):
		return unfinished.Detail
	case !v.Account.SignedIn && k.mails != nil:
		return "An administrator must name the mailbox (step 2)."
	case !v.Account.SignedIn:
		return translate(ensureSignedIn(c)).Detail
	case v.Folder == nil:
		return "Choose the Outlook folder to sync with (step 2)."
	case len(c.Settings.Mapping) == 0:
		return "Map at least one field (step 2)."
	case v.Trouble != nil:
		return v.Trouble.Sentence
	case v.LastRun == nil:
		return "Start the first sync (step 3): look at its preview, then apply it."
	case v.LastRun.State == string(ledger.Queued) || v.LastRun.State == string(ledger.Running):
		return "A sync is under way."
	case c.NeedsPreview():
		return "Look at a preview of the next sync: its folder is new, or mapping, filter, scope, folder or mailbox were changed."
	case v.LastRun.Preview && v.LastRun.Undoes == "":
		return "The last preview only looked: let it be done as it shows (step 3), or start a sync."
	case v.Pending == 1:
		return "Start the next sync: 1 change waits for it."
	case v.Pending > 0:
		return fmt.Sprintf("Start the next sync: %d changes wait for it.", v.Pending)
	}
	return "Nothing needs to be done; start a sync when contacts have changed."
}
