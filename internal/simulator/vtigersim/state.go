package vtigersim

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// state is everything there is to see, without passwords and access keys.
type state struct {
	Users     []userState                    `json:"users"`
	Groups    []map[string]string            `json:"groups"`
	Records   map[string][]map[string]string `json:"records"` // by module, in order of id, recycle bin included
	Filters   []filterState                  `json:"filters"`
	HeldSaves int                            `json:"heldSaves"` // not landed yet; late creates are in no list
	Sessions  int                            `json:"sessions"`
	Counts    Counts                         `json:"counts"`
	Switches  switchState                    `json:"switches"`
	Time      string                         `json:"time"` // as a save would be stamped now
}

type userState struct {
	ID       string   `json:"id"`
	UserName string   `json:"userName"`
	Name     string   `json:"name"`
	Email    string   `json:"email"`
	Admin    bool     `json:"admin"`
	Inactive bool     `json:"inactive"`
	Groups   []string `json:"groups"`
}

type filterState struct {
	ID     string `json:"id"`
	Owner  string `json:"owner"`
	Module string `json:"module"`
	Name   string `json:"name"`
	Shared bool   `json:"shared"`
	Where  string `json:"where"`
}

func (s *Server) state() state {
	shown := state{Counts: s.Counts(), Switches: s.switchState(), Time: s.stamp(), Records: map[string][]map[string]string{}}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, r := range slices.SortedFunc(maps.Values(s.records), compareID) {
		switch name := r.module.Name; name {
		case "Users":
			shown.Users = append(shown.Users, s.users[r.id].state())
		case "Groups":
			shown.Groups = append(shown.Groups, r.asMap())
		default:
			shown.Records[name] = append(shown.Records[name], r.asMap())
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.filters)) {
		f := s.filters[id]
		shown.Filters = append(shown.Filters, filterState{strconv.Itoa(id), f.Owner, f.Module, f.Name, f.Shared, f.Where})
	}
	for _, order := range s.late {
		for _, save := range order.saves {
			if !save.isDone() {
				shown.HeldSaves++
			}
		}
	}
	shown.Sessions = len(s.sessions)
	return shown
}

func (u *user) state() userState {
	label := strings.TrimSpace(u.FirstName + " " + u.LastName)
	return userState{u.id, u.UserName, label, u.Email, u.Admin, u.Inactive, append([]string{}, u.Groups...)}
}

func (s *Server) switchState() switchState {
	limits := s.limits.limits()
	zone := s.switches.databaseZone().String()
	w := &s.switches
	return read(w, func() switchState {
		displayErrors, hidden, mobileOff, unique := w.displayErrors, w.hiddenModules, w.mobileOff, w.uniqueEmails
		astral := w.astral
		skew, latency := duration(w.skew), duration(w.latency)
		return switchState{
			BrokenTables: maps.Clone(w.brokenTables), DisplayErrors: &displayErrors, ClockSkew: &skew, Latency: &latency,
			HiddenModules: &hidden, MobileOff: &mobileOff, UniqueEmails: &unique, Astral: &astral, DatabaseZone: &zone,
			CallLimits: &limitState{limits.PerMinute, limits.PerHour, limits.PerDay, string(limits.Refusal), duration(limits.RetryAfter)},
		}
	})
}
