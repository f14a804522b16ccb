// Package integration ties the integration account, which the environment or the ledger names, to vTiger, which the vtiger
// package speaks to. The API and the worker reach vTiger alike through it; neither of the two rooms knows the other.
package integration

import (
	"context"
	"errors"
	"sync"
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/vtiger"
)

// ErrNeedsSetup marks the error of whatever needs vTiger before anybody named one.
var ErrNeedsSetup = errors.New("vTiger is not configured")

// Account is the integration account as it is set now. It may be used from many goroutines.
type Account struct {
	Ledger   *ledger.Ledger
	Fixed    vtiger.Config // what the environment sets; each value of it wins over the ledger's
	Sessions int           // of the account, for all processes together
	Young    time.Duration // how recently changed records are not believed yet

	mu     sync.Mutex // guards what follows
	config vtiger.Config
	client *vtiger.Client
}

// Settings is what is set, and by whom.
type Settings struct {
	vtiger.Config
	Instance string   // the address of the vTiger that the ledger belongs to; empty: none yet
	Version  int64    // of what the ledger holds; 0: nothing
	Fixed    []string // the fields that the environment sets: url, username, accessKey
}

// Configured tells whether everything is set that is needed to speak with vTiger.
func (s Settings) Configured() bool { return s.URL != "" && s.Username != "" && s.AccessKey != "" }

// Another tells whether an address is another vTiger's than the one that the ledger belongs to.
func (s Settings) Another(address string) bool {
	return s.Instance != "" && vtiger.Config{URL: s.Instance}.Address() != address
}

// Settings reads what is set now.
func (a *Account) Settings(ctx context.Context) (Settings, error) {
	held, err := a.Ledger.VTiger(ctx)
	s := Settings{Instance: held.Instance, Version: held.Version, Config: vtiger.Config{URL: held.URL, Username: held.Username, AccessKey: held.AccessKey}}
	for _, f := range []struct {
		name        string
		fixed, held *string
	}{{"url", &a.Fixed.URL, &s.URL}, {"username", &a.Fixed.Username, &s.Username}, {"accessKey", &a.Fixed.AccessKey, &s.AccessKey}} {
		if *f.fixed != "" {
			*f.held, s.Fixed = *f.fixed, append(s.Fixed, f.name)
		}
	}
	return s, err
}

// Client gives the client of the account as it is set now: the one before while nothing changed. Whoever works for a run
// asks for it after entering the run, so that what another vTiger says is never kept for it. Kind NeedsAdmin when somebody
// has to set something first, with ErrNeedsSetup when nothing is set.
func (a *Account) Client(ctx context.Context) (*vtiger.Client, error) {
	client, _, err := a.Bound(ctx)
	return client, err
}

// Bound is Client with a context under which the ledger keeps nothing once it belongs to another vTiger than the client's.
func (a *Account) Bound(ctx context.Context) (*vtiger.Client, context.Context, error) {
	s, err := a.Settings(ctx)
	if err != nil {
		return nil, ctx, err
	}
	client, err := a.of(s)
	return client, ledger.OfInstance(ctx, s.Instance), err
}

func (a *Account) of(s Settings) (*vtiger.Client, error) {
	const doing = "reach vTiger"
	if !s.Configured() {
		return nil, &contact.Error{
			Kind: contact.NeedsAdmin, Doing: doing, Err: ErrNeedsSetup,
			Sentence: "Contact Bridge is not set up yet: it knows no vTiger. Open the set-up link from its log, or let `contactbridge setup` print a new one.",
		}
	}
	if s.Another(s.Address()) {
		return nil, &contact.Error{
			Kind: contact.NeedsAdmin, Doing: doing,
			Sentence: "VTIGER_URL names another vTiger than the one that this database belongs to, " + s.Instance + ".",
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.client == nil || a.config != s.Config {
		a.config, a.client = s.Config, a.dial(s.Config)
	}
	return a.client, nil
}

// dial prepares a client. Its sessions and its turns to log in are shared, through the ledger, with every process that works
// on the same database.
func (a *Account) dial(c vtiger.Config) *vtiger.Client {
	slots := a.Ledger.VTigerSlots(c.Address(), c.Username, a.Sessions)
	return vtiger.Dial(c, vtiger.WithYoung(a.Young), a.lock(c), vtiger.WithSlots(func(ctx context.Context) (vtiger.Slot, error) {
		slot, err := slots(ctx)
		return vtiger.Slot(slot), err
	}))
}

func (a *Account) lock(c vtiger.Config) vtiger.Option {
	return vtiger.WithLoginLock(a.Ledger.VTigerLogins(c.Address()))
}

// Try gives a client that logs in anew and leaves the shared sessions alone: a session that is open already would make a key
// seem right that vTiger no longer accepts.
func (a *Account) Try(c vtiger.Config) *vtiger.Client {
	return vtiger.Dial(c, a.lock(c), vtiger.WithSlots(vtiger.LocalSlots(1)))
}

// Settle waits for answers as vtiger.Client's Settle does.
func (a *Account) Settle(ctx context.Context) {
	a.mu.Lock()
	client := a.client
	a.mu.Unlock()
	if client != nil {
		client.Settle(ctx)
	}
}
