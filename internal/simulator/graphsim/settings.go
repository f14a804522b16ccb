package graphsim

import "time"

// Settings are the switches of the server: limits, lifetimes, and the behaviours that no public source confirms.
type Settings struct {
	// TokenLifetime is how long an access token is valid (Entra: 60 to 90 minutes).
	TokenLifetime time.Duration
	// CodeLifetime is how long an authorization code may wait to be redeemed.
	CodeLifetime time.Duration
	// RefreshLifetime is how long a refresh token lives; every use hands out a new one with a full life.
	RefreshLifetime time.Duration

	// Concurrency is how many requests of one app to one mailbox may be at work; 0 is no limit.
	Concurrency int
	// WindowRequests is how many requests of one app to one mailbox are served within Window; 0 is no limit.
	// Refused requests count too.
	WindowRequests int
	Window         time.Duration
	// ConcurrencyRetryAfter is the Retry-After of the refusals by Concurrency, in seconds, fractions allowed.
	ConcurrencyRetryAfter string
	// OmitRetryAfter leaves the header out of all refusals by either limit.
	OmitRetryAfter bool
	// Latency is the real time every Graph request takes. A client that hangs up does not end it.
	Latency time.Duration

	// IgnoreIfMatch makes PATCH and DELETE disregard If-Match (reported for the real service).
	IgnoreIfMatch bool
	// ReplaceAddresses makes a PATCH of a postal address replace it whole; otherwise its parts are merged.
	ReplaceAddresses bool
	// StampsInFolderOnly narrows an extended-property filter on /me/contacts to the default folder; otherwise it
	// covers the whole mailbox, as documented.
	StampsInFolderOnly bool

	// Delta holds the switches of change tracking.
	Delta DeltaSettings
}

// DeltaSettings are the switches of change tracking. The zero value is the well-behaved service.
type DeltaSettings struct {
	// Duplicates lists the first item of every page a second time at its end.
	Duplicates bool
	// EmptyPages puts an empty page with a nextLink before every page.
	EmptyPages bool
	// Replays is how many changes before the deltaLink are sent again in the next round.
	Replays int
	// RemovedInFirstRound shows the removals of before the first round in it.
	RemovedInFirstRound bool
	// RemovedReason is the reason shown in @removed; "" is "deleted".
	RemovedReason string
	// TokenCache is how many tokens of one mailbox stay valid, the newest ones; 0 is no limit.
	TokenCache int
	// NextLinkLifetime is how long a nextLink stays valid; 0 is for ever.
	NextLinkLifetime time.Duration
	// GoneWithoutLocation leaves the Location of a fresh round out of the 410 for a dead token.
	GoneWithoutLocation bool
}

// DefaultSettings are the published limits and lifetimes of the real service.
func DefaultSettings() Settings {
	return Settings{
		TokenLifetime:         3599 * time.Second,
		CodeLifetime:          10 * time.Minute,
		RefreshLifetime:       90 * 24 * time.Hour,
		Concurrency:           4,
		WindowRequests:        10_000,
		Window:                10 * time.Minute,
		ConcurrencyRetryAfter: "0.5",
	}
}

// Configure changes the settings for all requests that begin later.
func (s *Server) Configure(change func(*Settings)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.settings)
}

func (s *Server) current() Settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.settings
}
