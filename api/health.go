package api

import (
	"context"
	"net/http"
	"time"

	"contactbridge/internal/ledger"
)

// mostAttention bounds the list of what somebody must look after; the standings count all.
const mostAttention = 10

type healthInput struct {
	User string `query:"user" maxLength:"64" example:"19x5" doc:"vTiger's id of a user; another's only for administrators"`
}

type healthOutput struct{ Body healthView }

type healthView struct {
	Connections []standingCount `json:"connections" doc:"How many connections there are in each standing; one in which there is none is left out"`
	Attention   []attentionView `json:"attention" doc:"Connections that somebody must look after, at most 10: first those that fail, then those that need a sign-in"`
	Contacts    contactsHealth  `json:"contacts"`
	Days        []dayView       `json:"days" doc:"The last 14 days, oldest first"`
	LastRun     *healthRun      `json:"lastRun" doc:"The newest run; null before the first"`
	SecretEnds  *string         `json:"secretEnds" doc:"The day on which Microsoft ends the client secret; null: not known, or you are no administrator"`
}

type standingCount struct {
	Standing ledger.Standing `json:"standing" enum:"notAllowed,notConnected,needsSignIn,failing,needsFolder,needsMapping,needsFirstSync,needsPreview,manual,inSync" doc:"What keeps a connection from syncing by itself; manual: that is switched off; inSync: nothing does"`
	N        int             `json:"n"`
}

type attentionView struct {
	Connection string          `json:"connection"`
	UserID     string          `json:"userId" doc:"vTiger's id of the user"`
	User       string          `json:"user" doc:"The user name"`
	Module     string          `json:"module"`
	Standing   ledger.Standing `json:"standing" enum:"failing,needsSignIn"`
	Kind       string          `json:"kind" doc:"What is wrong, for programs"`
	Sentence   string          `json:"sentence" doc:"What is wrong, and what helps"`
}

type contactsHealth struct {
	InSync   int `json:"inSync" doc:"Known on both sides and kept the same, as counted when the last run ended that did anything"`
	Outside  int `json:"outOfScope" doc:"Left what is synced: another owner, filter or folder"`
	Detached int `json:"detached" doc:"On one side only, where they stay: they were deleted on the other, and the deletion does not travel"`
	Waiting  int `json:"waiting" doc:"Questions that wait for a person"`
	Refused  int `json:"refused" doc:"Changes that a side refused and that are tried again"`
	Parked   int `json:"parked" doc:"Changes that a side refused too often, tried again when a contact changes or somebody asks for it"`
}

type dayView struct {
	Day    string `json:"day" doc:"The day (YYYY-MM-DD) of UTC" example:"2026-01-31"`
	Done   int    `json:"done" doc:"Contacts that were added, changed or deleted on a side"`
	Failed int    `json:"failed" doc:"Changes that a side refused"`
}

type healthRun struct {
	ID         string     `json:"id"`
	Connection string     `json:"connection"`
	State      string     `json:"state" enum:"queued,running,done,failed,cancelled"`
	AskedAt    time.Time  `json:"requestedAt"`
	EndedAt    *time.Time `json:"endedAt" doc:"null until it has ended"`
}

func (s *Server) healthRoutes(r routes) {
	add(r, syncing, on(http.MethodGet, prefix+"/health", "Log", "read-health",
		"See at a glance how the sync is: of your connections, or of everybody's for administrators"), s.readHealth)
}

func (s *Server) readHealth(ctx context.Context, in *healthInput) (*healthOutput, error) {
	caller, user := person(ctx), in.User
	if user != "" && user != caller.ID && !caller.Admin {
		return nil, refuse(adminOnly, "Only administrators may see how the sync of other users is.")
	}
	if user == "" {
		user = s.scope(ctx)
	}
	out := healthView{Connections: []standingCount{}, Attention: []attentionView{}}
	all, err := s.Ledger.Glances(ctx, user)
	if err == nil {
		out.sum(all)
		err = s.attention(ctx, &out, all)
	}
	if err == nil {
		err = s.recent(ctx, &out, user)
	}
	if err == nil && caller.Admin {
		m, failed := s.account().Microsoft(ctx)
		out.SecretEnds, err = viewDate(m.SecretEnds), failed
	}
	return &healthOutput{out}, err
}

// sum adds all connections up.
func (v *healthView) sum(all []ledger.Glance) {
	n := map[ledger.Standing]int{}
	for _, g := range all {
		n[g.Standing]++
		v.Contacts.InSync += g.Linked
		v.Contacts.Outside += g.Outside
		v.Contacts.Detached += g.Detached
		v.Contacts.Waiting += g.Waiting
		v.Contacts.Refused += g.Refused
		v.Contacts.Parked += g.Parked
	}
	for _, standing := range ledger.Standings {
		if n[standing] > 0 {
			v.Connections = append(v.Connections, standingCount{standing, n[standing]})
		}
	}
}

// attention lists what is in trouble, with the sentences that say what helps.
func (s *Server) attention(ctx context.Context, v *healthView, all []ledger.Glance) error {
	var troubled []ledger.Glance
	for _, standing := range []ledger.Standing{ledger.Failing, ledger.NoSignIn} {
		for _, g := range all {
			if g.Standing == standing {
				troubled = append(troubled, g)
			}
		}
	}
	troubled = troubled[:min(len(troubled), mostAttention)]
	if len(troubled) == 0 {
		return nil
	}
	err := s.Ledger.Explain(ctx, troubled)
	for _, g := range troubled {
		v.Attention = append(v.Attention, attentionView{g.ID, g.UserID, g.UserName, g.Module, g.Standing, g.Trouble, g.TroubleSentence})
	}
	return err
}

// recent adds what was done lately.
func (s *Server) recent(ctx context.Context, v *healthView, user string) error {
	days, err := s.Ledger.Days(ctx, user)
	if err != nil {
		return err
	}
	for _, d := range days {
		v.Days = append(v.Days, dayView{d.Day.Format(time.DateOnly), d.Done, d.Failed})
	}
	runs, err := s.Ledger.Runs(ctx, user, "", 0, 1)
	for _, r := range runs {
		v.LastRun = &healthRun{r.ID, r.ConnectionID, string(r.State), r.RequestedAt.UTC(), utc(r.EndedAt)}
	}
	return err
}
