package graphsim

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
)

type faultOrder struct {
	Operation  string `json:"operation"`
	Times      *int   `json:"times"` // 1 if absent
	How        string `json:"how"`
	User       string `json:"user"`
	RetryAfter string `json:"retryAfter"`
	Status     int    `json:"status"`
	Code       string `json:"code"`
	Body       string `json:"body"`
	Claims     string `json:"claims"`
	AADSTS     int    `json:"aadsts"`
	Committed  bool   `json:"committed"`
}

func (o faultOrder) times() int {
	if o.Times == nil {
		return 1
	}
	return *o.Times
}

// faultNames are the wrong answers that an order can name.
var faultNames = map[string]func(faultOrder) Fault{
	"throttled":       func(o faultOrder) Fault { return Throttled(o.RetryAfter) },
	"blank":           func(o faultOrder) Fault { return Blank(o.Status) },
	"page":            func(o faultOrder) Fault { return Page(o.Status) },
	"gateway-timeout": func(faultOrder) Fault { return GatewayTimeout() },
	"internal-error":  func(faultOrder) Fault { return InternalError() },
	"conflict":        func(faultOrder) Fault { return Conflict() },
	"claims":          func(o faultOrder) Fault { return ClaimsChallenge(o.Claims) },
	"sign-in":         func(o faultOrder) Fault { return SignInError(o.AADSTS) },
	"hang-up":         func(faultOrder) Fault { return Fault{Status: http.StatusOK, Drop: true} },
	"answer":          func(o faultOrder) Fault { return Fault{Status: o.Status, Code: o.Code, Body: o.Body} },
}

// fault reads the order; statuses that cannot be sent are refused.
func (o faultOrder) fault() (Fault, error) {
	make := faultNames[o.How]
	if make == nil || o.Operation == "" {
		return Fault{}, fmt.Errorf("want an operation, and how as one of %s", listed(faultNames))
	}
	f := make(o)
	if f.AADSTS == 0 && (f.Status < 200 || f.Status > 599) {
		return Fault{}, fmt.Errorf("%s wants a status from 200 to 599", o.How)
	}
	if o.RetryAfter != "" && f.AADSTS == 0 {
		if f.Header == nil {
			f.Header = http.Header{}
		}
		f.Header.Set("Retry-After", o.RetryAfter)
	}
	f.User, f.AfterCommit = o.User, o.Committed
	return f, nil
}

// withheld are the answers and requests that wait for the release command.
type withheld struct {
	mu      sync.Mutex
	release []func()
}

func (h *withheld) add(release func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.release = append(h.release, release)
}

func (h *withheld) open() {
	h.mu.Lock()
	all := h.release
	h.release = nil
	h.mu.Unlock()
	for _, release := range all {
		release()
	}
}

// faultCommands order how the next requests go wrong.
func faultCommands() []command {
	return []command{
		{
			"fail", "let the next requests of an operation fail, * is any; how is one of " + listed(faultNames) +
				"; committed executes them first; retryAfter is seconds or a date",
			`{"operation":"contacts.create","times":2,"how":"throttled","retryAfter":"2.5","user":"ann@contoso.example"}`,
			order(func(s *Server, in faultOrder) (any, error) {
				f, err := in.fault()
				if err != nil {
					return nil, fmt.Errorf("fail: %w", err)
				}
				s.Fail(in.Operation, in.times(), f)
				return done(nil)
			}),
		},
		{
			"postpone", "answer the next requests of an operation as fail does, and execute them at release",
			`{"operation":"contacts.create","how":"gateway-timeout"}`,
			order(func(s *Server, in faultOrder) (any, error) {
				f, err := in.fault()
				if err != nil {
					return nil, fmt.Errorf("postpone: %w", err)
				}
				s.withheld.add(s.Postpone(in.Operation, in.times(), f))
				return done(nil)
			}),
		},
		{
			"hold", "execute the next requests of an operation and hold their answers until release", `{"operation":"contacts.update","times":1}`,
			order(func(s *Server, in faultOrder) (any, error) {
				if in.Operation == "" {
					return nil, fmt.Errorf("hold: want an operation")
				}
				s.withheld.add(s.Hold(in.Operation, in.times()))
				return done(nil)
			}),
		},
		{
			"notifications/lose", "lose the next notifications; their subscribers are told that they missed something", `{"times":1}`,
			order(func(s *Server, in faultOrder) (any, error) { s.LoseNotifications(in.times()); return done(nil) }),
		},
		{
			"subscriptions/end", "remove the subscriptions to a mailbox and say so", `{"user":"ann@contoso.example"}`,
			order(func(s *Server, in faultOrder) (any, error) { return done(s.EndSubscriptions(in.User)) }),
		},
		{
			"subscriptions/reauthorize", "silence the subscriptions to a mailbox until they are reauthorized, and say so", `{"user":"ann@contoso.example"}`,
			order(func(s *Server, in faultOrder) (any, error) { return done(s.RequireReauthorization(in.User)) }),
		},
		{
			"release", "let go what hold and postpone keep back", `{}`,
			order(func(s *Server, _ struct{}) (any, error) { s.withheld.open(); return done(nil) }),
		},
		{
			"clear", "forget the faults that did not happen yet", `{}`,
			order(func(s *Server, _ struct{}) (any, error) { s.Heal(); return done(nil) }),
		},
		{
			"counts/reset", "count requests from zero", `{}`,
			order(func(s *Server, _ struct{}) (any, error) { s.ResetCounts(); return done(nil) }),
		},
	}
}

// listed are the names of a choice as a JSON array.
func listed[T any](choice map[string]T) string {
	text, _ := json.Marshal(slices.Sorted(maps.Keys(choice))) // texts always marshal
	return string(text)
}
