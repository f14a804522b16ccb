package graphsim

import "time"

// Settings are the switches of the server: limits, lifetimes, and the behaviours that no public source confirms.
type Settings struct {
	// TokenLifetime is how long an access token is valid (Entra: 60 to 90 minutes).
	TokenLifetime time.Duration `json:"tokenLifetime"`
	// CodeLifetime is how long an authorization code may wait to be redeemed.
	CodeLifetime time.Duration `json:"codeLifetime"`
	// RefreshLifetime is how long a refresh token lives; every use hands out a new one with a full life.
	RefreshLifetime time.Duration `json:"refreshLifetime"`

	// Concurrency is how many requests of one app to one mailbox may be at work; 0 is no limit.
	Concurrency int `json:"concurrency"`
	// WindowRequests is how many requests of one app to one mailbox are served within Window; 0 is no limit.
	// Refused requests count too.
	WindowRequests int           `json:"windowRequests"`
	Window         time.Duration `json:"window"`
	// ConcurrencyRetryAfter is the Retry-After of the refusals by Concurrency, in seconds, fractions allowed.
	ConcurrencyRetryAfter string `json:"concurrencyRetryAfter"`
	// OmitRetryAfter leaves the header out of all refusals by either limit.
	OmitRetryAfter bool `json:"omitRetryAfter"`
	// Latency is the real time every Graph request takes. A client that hangs up does not end it.
	Latency time.Duration `json:"latency"`

	// IgnoreIfMatch makes PATCH and DELETE disregard If-Match (reported for the real service).
	IgnoreIfMatch bool `json:"ignoreIfMatch"`
	// ReplaceAddresses makes a PATCH of a postal address replace it whole; otherwise its parts are merged.
	ReplaceAddresses bool `json:"replaceAddresses"`
	// StampsInFolderOnly narrows an extended-property filter on /me/contacts to the default folder; otherwise it
	// covers the whole mailbox, as documented.
	StampsInFolderOnly bool `json:"stampsInFolderOnly"`
	// DateOnlyBirthdays shows birthdays as bare dates, as an example in the documentation does.
	DateOnlyBirthdays bool `json:"dateOnlyBirthdays"`
	// NullAddresses shows an empty postal address as null; otherwise as {}, as documented.
	NullAddresses bool `json:"nullAddresses"`
	// LimitCode is the code of the 400 for too many values in a list; "" is ErrorInvalidRequest.
	LimitCode string `json:"limitCode"`
	// DefaultFolderListed lists the default folder among its own children, as a sample in the documentation does.
	DefaultFolderListed bool `json:"defaultFolderListed"`
	// TopIsTotal makes $top bound a whole list, not each page of it.
	TopIsTotal bool `json:"topIsTotal"`
	// ContactLists is how many personal distribution lists $count counts; no list ever shows them.
	ContactLists int `json:"contactLists"`
	// DeletedItems keeps deleted contacts where their immutable ids still find them, in a folder that is no contact
	// folder; otherwise they are gone at once.
	DeletedItems bool `json:"deletedItems"`

	// Delta holds the switches of change tracking.
	Delta DeltaSettings `json:"delta"`
}

// DeltaSettings are the switches of change tracking. The zero value is the well-behaved service.
type DeltaSettings struct {
	// Duplicates lists the first item of every page a second time at its end.
	Duplicates bool `json:"duplicates"`
	// EmptyPages puts an empty page with a nextLink before every page.
	EmptyPages bool `json:"emptyPages"`
	// Replays is how many changes before the deltaLink are sent again in the next round.
	Replays int `json:"replays"`
	// Partial shows of a contact that changed since the last round no more than its id, version and name.
	Partial bool `json:"partial"`
	// Lag is how long a change stays invisible; a round ends before it.
	Lag time.Duration `json:"lag"`
	// RemovedInFirstRound shows the removals of before the first round in it.
	RemovedInFirstRound bool `json:"removedInFirstRound"`
	// RemovedReason is the reason shown in @removed; "" is "deleted".
	RemovedReason string `json:"removedReason"`
	// TokenCache is how many tokens of one mailbox stay valid, the newest ones; 0 is no limit.
	TokenCache int `json:"tokenCache"`
	// NextLinkLifetime is how long a nextLink stays valid; 0 is for ever.
	NextLinkLifetime time.Duration `json:"nextLinkLifetime"`
	// DeadStatus and DeadCode are the answer for a dead token; 0 and "" are 410 and SyncStateNotFound.
	DeadStatus int    `json:"deadStatus"`
	DeadCode   string `json:"deadCode"`
	// GoneWithoutLocation leaves the Location of a fresh round out of the answer for a dead token.
	GoneWithoutLocation bool `json:"goneWithoutLocation"`
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
