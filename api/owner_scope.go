package api

import (
	"context"
	"fmt"
	"slices"

	"contactbridge/internal/ledger"
	"contactbridge/internal/vtiger"
)

// ownersView are users and groups of vTiger by their ids, or all.
type ownersView struct {
	Everyone bool     `json:"everyone" doc:"All records of the module, whoever owns them"`
	Owners   []string `json:"owners" doc:"The ids of users and groups of vTiger"`
}

// ownerScopeView is whose vTiger records are synced.
type ownerScopeView struct {
	Everyone bool       `json:"everyone" doc:"All records of the module, whoever owns them"`
	Owners   []string   `json:"owners" doc:"The ids of the users and groups of vTiger whose records are synced besides those of the connection's own user"`
	Granted  ownersView `json:"granted" doc:"What an administrator allows; within it the connection's user may choose"`
}

func viewOwners(o ledger.Owners) ownersView { return ownersView{o.Everyone, listed(o.IDs)} }

func viewOwnerScope(o ledger.OwnerScope) ownerScopeView {
	return ownerScopeView{o.Everyone, listed(o.IDs), viewOwners(o.Granted)}
}

// ownersChange are owners that are wanted; what is absent is not among them.
type ownersChange struct {
	Everyone bool     `json:"everyone,omitempty" doc:"All records of the module, whoever owns them"`
	Owners   []string `json:"owners,omitempty" maxItems:"500" doc:"The ids of users and groups of vTiger, such as 19x5 and 20x2"`
}

// ownerScopeChange is the scope that is wanted, as a whole.
type ownerScopeChange struct {
	Everyone bool          `json:"everyone,omitempty" doc:"All records of the module, whoever owns them"`
	Owners   []string      `json:"owners,omitempty" maxItems:"500" doc:"The ids of users and groups of vTiger, such as 19x5 and 20x2"`
	Granted  *ownersChange `json:"granted,omitempty" doc:"For administrators: what the user may choose within; when absent, what is chosen"`
}

const ownersPlace = "body.ownerScope"

// chooseOwners sets the wanted owners, of a connection of the user or of the defaults. An administrator grants what they
// choose; others choose within what was granted. Ids that are held already may be sent back, also when vTiger has them no
// more.
func (s *Server) chooseOwners(ctx context.Context, held *ledger.OwnerScope, userID string, wanted *ownerScopeChange) error {
	if wanted == nil {
		return nil
	}
	scope := ledger.OwnerScope{Owners: owners(userID, wanted.Everyone, wanted.Owners), Granted: held.Granted}
	admin := person(ctx).Admin
	if admin {
		scope.Granted = scope.Owners
	}
	if g := wanted.Granted; g != nil {
		granted := owners(userID, g.Everyone, g.Owners)
		if !admin && !(granted.Within(held.Granted) && held.Granted.Within(granted)) {
			return refuse(adminOnly, "Only an administrator grants whose records are synced.", flaw{Location: ownersPlace + ".granted", Message: "An administrator decides this."})
		}
		scope.Granted = granted
	}
	if flaws := beyond(scope, wanted); len(flaws) > 0 && !admin {
		return refuse(adminOnly, "An administrator did not grant the records of all these owners; nothing was changed.", flaws...)
	} else if len(flaws) > 0 {
		return refuse(invalid, "What is synced must be among what is granted; nothing was changed.", flaws...)
	}
	if err := s.ensureOwners(ctx, *held, wanted); err != nil {
		return err
	}
	*held = scope
	return nil
}

// owners are in order and each once. The connection's own user need not be among them.
func owners(userID string, everyone bool, ids []string) ledger.Owners {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == userID })
	if len(ids) == 0 {
		ids = nil
	}
	return ledger.Owners{Everyone: everyone, IDs: ids}
}

// beyond names what is chosen and not granted.
func beyond(scope ledger.OwnerScope, wanted *ownerScopeChange) (flaws []flaw) {
	const message = "An administrator has to grant it first."
	if scope.Everyone && !scope.Granted.Everyone {
		flaws = append(flaws, flaw{Location: ownersPlace + ".everyone", Message: message})
	}
	for i, id := range wanted.Owners {
		if slices.Contains(scope.IDs, id) && !scope.Granted.Has(id) {
			flaws = append(flaws, flaw{Location: fmt.Sprintf("%s.owners[%d]", ownersPlace, i), Message: message})
		}
	}
	return flaws
}

// ensureOwners refuses ids that are neither a user's nor a group's of vTiger, by their places. vTiger is asked only about
// those that nobody knows here.
func (s *Server) ensureOwners(ctx context.Context, held ledger.OwnerScope, wanted *ownerScopeChange) error {
	places := map[string][]string{}
	note := func(place string, ids []string) {
		for i, id := range ids {
			if !slices.Contains(held.IDs, id) && !slices.Contains(held.Granted.IDs, id) {
				places[id] = append(places[id], fmt.Sprintf("%s[%d]", place, i))
			}
		}
	}
	note(ownersPlace+".owners", wanted.Owners)
	if wanted.Granted != nil {
		note(ownersPlace+".granted.owners", wanted.Granted.Owners)
	}
	for _, ask := range []func(context.Context) ([]string, error){s.knownUsers, s.groupIDs, s.newUsers} {
		if len(places) == 0 {
			return nil
		}
		ids, err := ask(ctx)
		if err != nil {
			return err
		}
		for _, id := range ids {
			delete(places, id)
		}
	}
	var flaws []flaw
	for _, at := range places {
		for _, place := range at {
			flaws = append(flaws, flaw{Location: place, Message: "vTiger has no such user or group."})
		}
	}
	if len(flaws) == 0 {
		return nil
	}
	slices.SortFunc(flaws, func(a, b flaw) int { return slices.Compare([]string{a.Location}, []string{b.Location}) })
	return refuse(invalid, "vTiger does not have all of these users and groups; nothing was changed.", flaws...)
}

func (s *Server) knownUsers(ctx context.Context) ([]string, error) {
	users, err := s.Ledger.Users(ctx)
	return idsOf(users, func(u ledger.User) string { return u.ID }), err
}

// newUsers are those whom vTiger lists now.
func (s *Server) newUsers(ctx context.Context) ([]string, error) {
	if err := s.refreshUsers(ctx); err != nil {
		return nil, err
	}
	return s.knownUsers(ctx)
}

func (s *Server) groupIDs(ctx context.Context) ([]string, error) {
	groups, err := s.groups(ctx)
	return idsOf(groups, func(g vtiger.Group) string { return g.ID }), err
}

func idsOf[T any](list []T, id func(T) string) []string {
	out := make([]string, len(list))
	for i, each := range list {
		out[i] = id(each)
	}
	return out
}
