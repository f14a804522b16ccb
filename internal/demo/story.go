package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"contactbridge/internal/simulator/graphsim"
	"contactbridge/internal/simulator/vtigersim"
)

// Story is one telling of the demo.
type Story struct {
	API         string // the public address
	RedirectURL string
	Cast        Cast
	VTiger      *vtigersim.Server
	Microsoft   *graphsim.Server
	Out         io.Writer

	admin   client
	users   []signedIn
	counted int // what the runs so far say was done or found
}

// signedIn is one user with a connection.
type signedIn struct {
	Person
	client
	connection string
}

// ErrDifferent says that the story ended with a difference, which was printed.
var ErrDifferent = errors.New("the sides differ or the third sync wrote something")

// Tell tells the story: set-up, preview, first sync, edits on both sides, second sync, third sync, log, comparison.
func (s *Story) Tell(ctx context.Context) error {
	for _, chapter := range []func(context.Context) error{s.configure, s.connect} {
		if err := chapter(ctx); err != nil {
			return err
		}
	}
	if err := s.preview(ctx); err != nil {
		return err
	}
	if _, err := s.sync(ctx, "first sync, both ways"); err != nil {
		return err
	}
	if err := s.edit(); err != nil {
		return err
	}
	if _, err := s.sync(ctx, "second sync, both ways"); err != nil {
		return err
	}
	before := s.writes()
	planned, err := s.sync(ctx, "third sync, nothing changed")
	if err != nil {
		return err
	}
	third := s.writes() - before
	if err := s.printLog(ctx); err != nil {
		return err
	}
	return s.conclude(third, planned)
}

func (s *Story) say(format string, args ...any) { fmt.Fprintf(s.Out, format+"\n", args...) }

// configure is step 1, and who may sync.
func (s *Story) configure(ctx context.Context) (err error) {
	if s.admin, err = signIn(ctx, s.API+"/api/v1", s.Cast.Admin); err != nil {
		return err
	}
	settings := map[string]string{
		"clientId": s.Cast.ClientID, "clientSecret": s.Cast.ClientSecret, "tenantId": s.Cast.TenantID, "redirectUrl": s.RedirectURL,
	}
	if err := s.admin.do(ctx, http.MethodPut, "/settings/microsoft", settings, nil); err != nil {
		return err
	}
	if err := s.admin.do(ctx, http.MethodGet, "/users", nil, nil); err != nil {
		return err
	}
	s.say("%s saved the Microsoft app's settings", s.Cast.Admin.Name)
	for _, u := range s.Cast.Users {
		if err := s.admin.do(ctx, http.MethodPut, "/users/"+u.ID+"/access", map[string]bool{"allowed": true}, nil); err != nil {
			return err
		}
		s.say("%s lets %s sync", s.Cast.Admin.Name, u.Name)
	}
	return nil
}

// connect is step 2 for every user: mailbox, folder, module, mapping, batch.
func (s *Story) connect(ctx context.Context) error {
	for _, p := range s.Cast.Users {
		c, err := signIn(ctx, s.API+"/api/v1", p)
		if err != nil {
			return err
		}
		u := signedIn{Person: p, client: c}
		var made, link struct {
			ID  string `json:"id"`
			URL string `json:"url"`
		}
		if err := u.do(ctx, http.MethodPost, "/connections", map[string]string{"module": "Contacts"}, &made); err != nil {
			return err
		}
		u.connection = "/connections/" + made.ID
		if err := u.do(ctx, http.MethodPost, u.connection+"/authorization", map[string]string{}, &link); err != nil {
			return err
		}
		page, err := Connect(ctx, link.URL, p)
		if err != nil {
			return err
		}
		s.say("%s signs in to Microsoft: %q", p.Name, page)
		if err := u.choose(ctx); err != nil {
			return err
		}
		s.users = append(s.users, u)
	}
	return nil
}

// choose sets folder, mapping, deletions and batch size.
func (u signedIn) choose(ctx context.Context) error {
	var current struct {
		Mapping []map[string]any `json:"mapping"`
	}
	if err := u.do(ctx, http.MethodGet, u.connection+"/settings", nil, &current); err != nil {
		return err
	}
	if err := u.do(ctx, http.MethodGet, u.connection+"/folders", nil, nil); err != nil {
		return err
	}
	return u.do(ctx, http.MethodPut, u.connection+"/settings", map[string]any{
		"folderId": "Contacts", "mapping": current.Mapping, "direction": "both", "conflictPolicy": "vtiger",
		"deleteInOutlook": true, "deleteInVtiger": true, "batchSize": 0,
	}, nil)
}

// run is a run as the API shows it.
type run struct {
	ID       string `json:"id"`
	State    string `json:"state"`
	Phase    string `json:"phase"`
	Progress struct {
		Done  int `json:"done"`
		Total int `json:"total"`
	} `json:"progress"`
	Counts []struct {
		Side    string `json:"side"`
		Action  string `json:"action"`
		Outcome string `json:"outcome"`
		N       int    `json:"n"`
	} `json:"counts"`
	Trouble struct {
		Kind     string `json:"kind"`
		Sentence string `json:"sentence"`
	} `json:"trouble"`
}

// sync runs every user's sync at once, shows progress and totals, and returns how many writes were planned.
func (s *Story) sync(ctx context.Context, title string) (writes int, err error) {
	s.say("\n%s", title)
	began := time.Now()
	runs := make([]run, len(s.users))
	for i, u := range s.users {
		if err := u.do(ctx, http.MethodPost, u.connection+"/runs", map[string]string{}, &runs[i]); err != nil {
			return 0, err
		}
	}
	for i, u := range s.users {
		if err := s.follow(ctx, u, &runs[i]); err != nil {
			return 0, err
		}
		for _, c := range runs[i].Counts {
			s.counted += c.N
			if c.Action == "insert" || c.Action == "update" || c.Action == "delete" {
				writes += c.N
			}
		}
		s.say("  %-6s %s", u.Name, totals(runs[i]))
	}
	s.say("  in %.1f s", time.Since(began).Seconds())
	return writes, nil
}

// preview shows what the first sync will do; without it the API would refuse that sync.
func (s *Story) preview(ctx context.Context) error {
	s.say("\npreview: what the first sync will do")
	for _, u := range s.users {
		var r run
		if err := u.do(ctx, http.MethodPost, u.connection+"/runs", map[string]bool{"preview": true}, &r); err != nil {
			return err
		}
		if err := s.follow(ctx, u, &r); err != nil {
			return err
		}
		s.say("  %-6s %s", u.Name, totals(r))
	}
	return nil
}

// follow shows a run's progress until it ends.
func (s *Story) follow(ctx context.Context, u signedIn, r *run) error {
	shown := ""
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		if err := u.do(ctx, http.MethodGet, "/runs/"+r.ID, nil, r); err != nil {
			return err
		}
		now := r.Phase
		if r.Progress.Total > 0 {
			now = fmt.Sprintf("%s %d of %d", r.Phase, r.Progress.Done, r.Progress.Total)
		}
		if now != shown && r.Phase != "" {
			s.say("  %-6s %s", u.Name, now)
			shown = now
		}
		switch r.State {
		case "done":
			return nil
		case "failed":
			return fmt.Errorf("the sync of %s failed: %s (%s)", u.Name, r.Trouble.Sentence, r.Trouble.Kind)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// writes counts what both sides were asked to write.
func (s *Story) writes() int {
	v, m := s.VTiger.Counts(), s.Microsoft.Counts()
	return v["create"] + v["revise"] + v["update"] + v["delete"] +
		m["contacts.create"] + m["contacts.update"] + m["contacts.delete"]
}

// conclude compares both sides and says how the story ended.
func (s *Story) conclude(third, planned int) error {
	compared, different := 0, 0
	for _, p := range s.Cast.Users {
		n, differences := Compare(s.VTiger, s.Microsoft, p)
		compared, different = compared+n, different+len(differences)
		for _, d := range differences {
			s.say("DIFFERENT %s", d)
		}
	}
	s.say("\ncompared %d fields of both sides: %d differences; the third sync wrote %d times (%d operations)", compared, different, third, planned)
	if compared == 0 || different > 0 || third > 0 || planned > 0 {
		return ErrDifferent
	}
	return nil
}
