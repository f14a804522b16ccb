package graphsim

import (
	"errors"
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

// switchState is the settings as JSON: its own fields stand before those of the settings that have the same name.
type switchState struct {
	Settings
	TokenLifetime   duration    `json:"tokenLifetime"`
	CodeLifetime    duration    `json:"codeLifetime"`
	RefreshLifetime duration    `json:"refreshLifetime"`
	Window          duration    `json:"window"`
	Latency         duration    `json:"latency"`
	Delta           deltaSwitch `json:"delta"`
}

type deltaSwitch struct {
	DeltaSettings
	Lag              duration `json:"lag"`
	NextLinkLifetime duration `json:"nextLinkLifetime"`
}

func showSettings(s Settings) switchState {
	return switchState{
		Settings: s, TokenLifetime: duration(s.TokenLifetime), CodeLifetime: duration(s.CodeLifetime),
		RefreshLifetime: duration(s.RefreshLifetime), Window: duration(s.Window), Latency: duration(s.Latency),
		Delta: deltaSwitch{DeltaSettings: s.Delta, Lag: duration(s.Delta.Lag), NextLinkLifetime: duration(s.Delta.NextLinkLifetime)},
	}
}

func (v switchState) settings() Settings {
	s := v.Settings
	s.TokenLifetime, s.CodeLifetime = time.Duration(v.TokenLifetime), time.Duration(v.CodeLifetime)
	s.RefreshLifetime, s.Window, s.Latency = time.Duration(v.RefreshLifetime), time.Duration(v.Window), time.Duration(v.Latency)
	s.Delta = v.Delta.DeltaSettings
	s.Delta.Lag, s.Delta.NextLinkLifetime = time.Duration(v.Delta.Lag), time.Duration(v.Delta.NextLinkLifetime)
	return s
}

var errNegative = errors.New("switches: a duration is below zero")

func switchCommands() []command {
	return []command{{
		"switches", "set limits, lifetimes and habits; what is not sent stays",
		`{"latency":"200ms","concurrency":4,"ignoreIfMatch":true,"delta":{"duplicates":true,"replays":3,"nextLinkLifetime":"30s"}}`,
		func(s *Server, body []byte) (any, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			view := showSettings(s.settings)
			if err := decodeOrder(body, &view); err != nil {
				return nil, err
			}
			for _, d := range []duration{
				view.TokenLifetime, view.CodeLifetime, view.RefreshLifetime, view.Window, view.Latency, view.Delta.Lag, view.Delta.NextLinkLifetime,
			} {
				if d < 0 {
					return nil, errNegative
				}
			}
			if status := view.Delta.DeadStatus; status != 0 && (status < 400 || status > 599) {
				return nil, errors.New("switches: delta.deadStatus is no status of an error")
			}
			s.settings = view.settings()
			return showSettings(s.settings), nil
		},
	}}
}
