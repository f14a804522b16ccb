package vtigersim

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// duration is a time.Duration as text.
type duration time.Duration

func (d duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

func (d *duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	*d = duration(parsed)
	return err
}

var faultNames = map[string]Fault{
	"empty-error": EmptyError, "bad-gateway": BadGateway, "not-json": NotJSON,
	"session-lost": SessionLost, "error-after-commit": ErrorAfterCommit, "hang-up": HangUp,
	"empty-list": EmptyList,
}

type faultOrder struct {
	Operation string   `json:"operation"`
	Times     *int     `json:"times"` // 1 if absent
	How       string   `json:"how"`
	Delay     duration `json:"delay"`
}

func (o faultOrder) times() int {
	if o.Times == nil {
		return 1
	}
	return *o.Times
}

// faultCommands order how the next requests and saves go wrong.
func faultCommands() []command {
	return []command{
		{
			"fail", "let the next requests of an operation fail; * is any, times below zero for good; how is one of " + listed(faultNames),
			`{"operation":"create","times":2,"how":"hang-up"}`, order((*Server).orderFault),
		},
		{
			"hold", "hold up the next requests of an operation until release; how is answer (executed, answer held) or execution",
			`{"operation":"revise","times":1,"how":"answer"}`, order((*Server).orderHold),
		},
		{
			"late", "hold back the next saves until release or delay; how is values, creates or torn",
			`{"times":1,"how":"values","delay":"2s"}`, order((*Server).orderLateSaves),
		},
		{
			"release", "let go what hold and late keep back", `{}`,
			order(func(s *Server, _ struct{}) (any, error) { s.held.open(); s.ReleaseSaves(); return done(nil) }),
		},
		{
			"clear", "forget the orders of fail, hold and late that are not used up", `{}`,
			order(func(s *Server, _ struct{}) (any, error) { s.ClearFaults(); return done(nil) }),
		},
		{
			"counts/reset", "count requests from zero", `{}`,
			order(func(s *Server, _ struct{}) (any, error) { s.ResetCounts(); return done(nil) }),
		},
	}
}

func (s *Server) orderFault(in faultOrder) (any, error) {
	how, ok := faultNames[in.How]
	if !ok || in.Operation == "" {
		return nil, fmt.Errorf("fail: want an operation, and how as one of %s", listed(faultNames))
	}
	s.Fail(in.Operation, in.times(), how)
	return done(nil)
}

func (s *Server) orderHold(in faultOrder) (any, error) {
	kinds := map[string]func(string, int) func(){"answer": s.Hold, "execution": s.Stall}
	hold := kinds[in.How]
	if hold == nil || in.Operation == "" {
		return nil, fmt.Errorf("hold: want an operation, and how as one of %s", listed(kinds))
	}
	s.held.add(hold(in.Operation, in.times()))
	return done(nil)
}

func (s *Server) orderLateSaves(in faultOrder) (any, error) {
	kinds := map[string]lateness{"values": lateValues, "creates": lateCreates, "torn": tornSaves}
	kind, ok := kinds[in.How]
	if !ok {
		return nil, fmt.Errorf("late: want how as one of %s", listed(kinds))
	}
	s.orderLate(kind, in.times(), time.Duration(in.Delay))
	return done(nil)
}

// listed are the names of a choice as a JSON array.
func listed[T any](choice map[string]T) string {
	text, _ := json.Marshal(slices.Sorted(maps.Keys(choice))) // texts always marshal
	return string(text)
}
