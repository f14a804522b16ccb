package api

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/integration"
	"contactbridge/internal/ledger"
	"contactbridge/internal/people"
	"contactbridge/internal/vtiger"
)

// adoptTimeout is how long vTiger may take to answer all that is asked of it before an account is saved.
const adoptTimeout = 60 * time.Second

// adoption is an integration account that is to be the one.
type adoption struct {
	vtiger.Config

	replace  bool   // another vTiger may take the place of the one that is left
	keyGiven bool   // the access key is from the request
	token    string // of the set-up link, which is spent; empty without one
}

// adopted is what vTiger says of an account that was saved.
type adopted struct {
	info vtiger.Info
	user ledger.User
}

// adopt saves an integration account after the real vTiger accepted it and showed what is needed. What cannot work is
// refused with its field named, and nothing changes.
func (s *Server) adopt(ctx context.Context, held integration.Settings, a adoption) (adopted, error) {
	var out adopted
	if err := ensureFree(held.Fixed, changes(held, a)); err != nil {
		return out, err
	}
	if err := a.EnsureValid(); err != nil {
		return out, blamed(err)
	}
	if held.Another(a.Address()) && !a.replace {
		return out, refuseField("body.url", "This is another vTiger than "+held.Instance+", to which the connections belong. "+
			"It can take that one's place (replaceInstance): nothing is deleted, every connection begins anew there and needs a preview, and users go by their user names.")
	}
	asking, cancel := context.WithTimeout(ctx, adoptTimeout)
	defer cancel()
	crm := s.VTiger.Try(a.Config)
	var err error
	if out.info, err = crm.Check(asking); err != nil {
		return out, blamed(err)
	}
	users, err := people.Listed(asking, crm)
	if err != nil {
		return out, err
	}
	at := slices.IndexFunc(users, func(u ledger.User) bool { return u.ID == out.info.UserID && u.Active })
	if at < 0 {
		return out, refuseField("body.username", "vTiger does not list this user as an active one; use the account of an active administrator.")
	}
	out.user = users[at]
	if by := act(ctx); by.UserID == "" { // the first administrator, whose account it is
		by.UserID, by.UserName = out.user.ID, out.user.UserName
	}
	changed := changes(held, a)
	note(ctx, "changed", slices.DeleteFunc(slices.Sorted(maps.Keys(changed)), func(name string) bool { return !changed[name] }))
	note(ctx, "replaced", held.Another(a.Address()))
	return out, s.keepAccount(ctx, held, a, users)
}

// changes tells what an adoption changes. With all of it set by the environment there is nothing to save.
func changes(held integration.Settings, a adoption) map[string]bool {
	nothing := len(held.Fixed) == 3
	return map[string]bool{"url": nothing || a.Address() != held.Address(), "username": nothing || a.Username != held.Username, "accessKey": a.keyGiven}
}

// keepAccount stores what the environment does not set.
func (s *Server) keepAccount(ctx context.Context, held integration.Settings, a adoption, users []ledger.User) error {
	stored, err := s.Ledger.VTiger(ctx)
	if err != nil {
		return err
	}
	c := ledger.VTigerChange{Users: users, Replace: a.replace, Token: a.token}
	c.VTiger = ledger.VTiger{URL: a.URL, Username: a.Username, AccessKey: a.AccessKey, Version: held.Version, Instance: held.Instance}
	for _, f := range held.Fixed {
		switch f {
		case "url":
			c.URL = stored.URL
		case "username":
			c.Username = stored.Username
		case "accessKey":
			c.AccessKey = stored.AccessKey
		}
	}
	if held.Instance == "" || held.Another(a.Address()) {
		c.Instance = a.Address()
	}
	err = s.Ledger.SaveVTiger(ctx, c)
	if err == nil {
		s.Log.InfoContext(ctx, "the vTiger settings were saved", "vtiger", a.Address(), "replaced", held.Another(a.Address()))
	}
	return err
}

// blamed names the field that vTiger objects to.
func blamed(err error) error {
	field := vtiger.Blames(err)
	if field == "" || errors.Is(err, context.Canceled) {
		return err
	}
	return refuseField("body."+field, contact.SentenceOf(err))
}
