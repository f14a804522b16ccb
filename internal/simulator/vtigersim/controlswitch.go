package vtigersim

import (
	"fmt"
	"time"
)

// switchState is the switches as JSON. In an order, what is absent stays as it is.
type switchState struct {
	BrokenTables  map[string]bool `json:"brokenTables,omitempty"` // by module
	DisplayErrors *bool           `json:"displayErrors,omitempty"`
	ClockSkew     *duration       `json:"clockSkew,omitempty"`
	Latency       *duration       `json:"latency,omitempty"`
	HiddenModules *bool           `json:"hiddenModules,omitempty"`
	MobileOff     *bool           `json:"mobileOff,omitempty"`
	UniqueEmails  *bool           `json:"uniqueEmails,omitempty"`
	Astral        *bool           `json:"astral,omitempty"`
	DatabaseZone  *string         `json:"databaseZone,omitempty"` // a name such as Europe/Berlin
	CallLimits    *limitState     `json:"callLimits,omitempty"`   // setting them counts anew
}

type limitState struct {
	PerMinute  int      `json:"perMinute"`
	PerHour    int      `json:"perHour"`
	PerDay     int      `json:"perDay"`
	Refusal    string   `json:"refusal"` // "", "empty" or "ok"
	RetryAfter duration `json:"retryAfter"`
}

func switchCommands() []command {
	return []command{{
		"switches", "set lasting states; what is not sent stays",
		`{"latency":"200ms","clockSkew":"-5m0s","databaseZone":"Europe/Berlin","hiddenModules":true,"mobileOff":false,` +
			`"uniqueEmails":true,"displayErrors":false,"brokenTables":{"Leads":true},` +
			`"callLimits":{"perMinute":60,"perHour":4000,"perDay":72000,"refusal":""}}`,
		order((*Server).setSwitches),
	}}
}

// setSwitches sets nothing if one of the values is wrong.
func (s *Server) setSwitches(in switchState) (any, error) {
	var zone *time.Location
	if in.DatabaseZone != nil {
		var err error
		if zone, err = time.LoadLocation(*in.DatabaseZone); err != nil {
			return nil, fmt.Errorf("switches: databaseZone: %w", err)
		}
	}
	for module := range in.BrokenTables {
		if schema().modules[module] == nil {
			return nil, fmt.Errorf("switches: brokenTables: no module %q", module)
		}
	}
	if l := in.CallLimits; l != nil {
		switch LimitRefusal(l.Refusal) {
		case LimitJSON, LimitEmpty, LimitOK:
			s.SetCallLimits(CallLimits{l.PerMinute, l.PerHour, l.PerDay, LimitRefusal(l.Refusal), time.Duration(l.RetryAfter)})
		default:
			return nil, fmt.Errorf("switches: callLimits: no refusal %q", l.Refusal)
		}
	}
	for module, broken := range in.BrokenTables {
		s.SetBrokenTable(module, broken)
	}
	s.switches.set(func(w *switches) {
		assign(&w.displayErrors, in.DisplayErrors)
		assign(&w.skew, (*time.Duration)(in.ClockSkew))
		assign(&w.latency, (*time.Duration)(in.Latency))
		assign(&w.hiddenModules, in.HiddenModules)
		assign(&w.mobileOff, in.MobileOff)
		assign(&w.uniqueEmails, in.UniqueEmails)
		assign(&w.astral, in.Astral)
		if zone != nil {
			w.zone = zone
		}
	})
	return s.switchState(), nil
}

func assign[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}
