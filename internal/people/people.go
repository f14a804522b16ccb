// Package people keeps what vTiger says of its users in the ledger: who they are, who is active, who is an admin. vTiger's
// word alone gives rights; while it is silent everybody keeps what they have and nobody gets more.
package people

import (
	"context"
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/integration"
	"contactbridge/internal/ledger"
	"contactbridge/internal/vtiger"
)

// Roll is the list of vTiger's users, as the ledger holds it.
type Roll struct {
	Ledger *ledger.Ledger
	VTiger *integration.Account
}

// SignIn lets vTiger check a person's credentials; nothing of them is kept. Kind NeedsSignIn when vTiger refuses them.
func (r Roll) SignIn(ctx context.Context, username, password, accessKey string) (ledger.User, error) {
	asked, err := r.Ledger.Clock(ctx)
	if err != nil {
		return ledger.User{}, err
	}
	crm, ctx, err := r.VTiger.Bound(ctx)
	if err != nil {
		return ledger.User{}, err
	}
	known, err := crm.SignIn(ctx, username, password, accessKey)
	if err != nil {
		return ledger.User{}, err
	}
	return r.save(ctx, asked, known)
}

// Confirm asks vTiger about a user who has signed in before. Kind NeedsSignIn when vTiger no longer has the user or has
// them inactive, which ends their access; any other when vTiger gives no answer.
func (r Roll) Confirm(ctx context.Context, id string) (ledger.User, error) {
	asked, err := r.Ledger.Clock(ctx)
	if err != nil {
		return ledger.User{}, err
	}
	crm, ctx, err := r.VTiger.Bound(ctx)
	if err != nil {
		return ledger.User{}, err
	}
	known, found, err := crm.User(ctx, id)
	if err != nil {
		return ledger.User{}, err
	}
	if !found {
		err := r.Ledger.SaveRoll(ctx, asked, nil, []string{id})
		if err == nil {
			err = refused()
		}
		return ledger.User{}, err
	}
	return r.save(ctx, asked, known)
}

func (r Roll) save(ctx context.Context, asked time.Time, known vtiger.User) (ledger.User, error) {
	if err := r.Ledger.SaveRoll(ctx, asked, []ledger.User{stored(known)}, nil); err != nil {
		return ledger.User{}, err
	}
	u, err := r.Ledger.User(ctx, known.ID)
	if err == nil && !u.Active {
		err = refused()
	}
	return u, err
}

func refused() error {
	return &contact.Error{Kind: contact.NeedsSignIn, Doing: "look a user of vTiger up", Sentence: "This vTiger user is not active."}
}

// Refresh reads the whole list again. Users who are disabled in vTiger, or whom it no longer has, lose access at once; a
// list that failed or cannot be believed changes nothing.
func (r Roll) Refresh(ctx context.Context) error {
	held, err := r.Ledger.Users(ctx)
	if err != nil {
		return err
	}
	var known []string
	for _, u := range held {
		if u.Active {
			known = append(known, u.ID)
		}
	}
	asked, err := r.Ledger.Clock(ctx)
	if err != nil {
		return err
	}
	crm, ctx, err := r.VTiger.Bound(ctx)
	if err != nil {
		return err
	}
	listed, gone, err := crm.Roll(ctx, known)
	if err != nil {
		return err
	}
	return r.Ledger.SaveRoll(ctx, asked, storedAll(listed), gone)
}

// Listed gives everybody whom a vTiger lists, and stores nobody.
func Listed(ctx context.Context, crm *vtiger.Client) ([]ledger.User, error) {
	all, err := crm.Users(ctx)
	return storedAll(all), err
}

func storedAll(listed []vtiger.User) []ledger.User {
	users := make([]ledger.User, len(listed))
	for i, u := range listed {
		users[i] = stored(u)
	}
	return users
}

func stored(u vtiger.User) ledger.User {
	return ledger.User{
		ID: u.ID, UserName: u.UserName, FirstName: u.FirstName, LastName: u.LastName, Email: u.Email, Admin: u.Admin, Active: u.Active,
		TimeZone: u.TimeZone, Role: u.Role,
	}
}
