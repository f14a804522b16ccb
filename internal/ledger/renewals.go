package ledger

import (
	"context"
	"errors"
	"time"
)

// renewalLife is how long the renewals of an account wait for a process that died in one. It outlives the request at
// Microsoft, of 30 seconds. The dead process lost nothing: Microsoft revokes no refresh token when it gives the next one.
const renewalLife = 45 * time.Second

// Use trades a refresh token for an access token and gives the refresh token to keep, the same or a new one.
type Use func(ctx context.Context, refresh string) (rotated string, err error)

// RenewSignIn lets use have the connection's newest refresh token, alone among all processes, and keeps what use gives
// back. Waiting for the turn holds no database connection and ends with ctx. ErrNotFound when nobody is signed in any more;
// ErrMoved when somebody signed in as another mailbox than c has.
func (l *Ledger) RenewSignIn(ctx context.Context, c Connection, use Use) error {
	const doing = "renew the sign-in"
	return l.alone(ctx, doing, "refresh/"+c.ID, func() error {
		refresh, row, err := l.credential(ctx, c.ID)
		if err != nil {
			return err
		}
		if row.MailboxID != c.MailboxID {
			return wrap(doing, ErrMoved)
		}
		rotated, err := use(ctx, refresh)
		if err != nil || rotated == refresh {
			return err
		}
		_, err = l.SaveRefresh(ctx, c.ID, row.Version, rotated)
		return err
	})
}

// alone does something while it holds a lease for which it waits.
func (l *Ledger) alone(ctx context.Context, doing, lease string, do func() error) error {
	for {
		held, err := l.takeBriefly(ctx, lease)
		if err == nil {
			defer l.giveLogin(held)
			return do()
		}
		if !errors.Is(err, ErrHeld) {
			return err
		}
		if err := l.poll(ctx, doing); err != nil {
			return err
		}
	}
}

// takeBriefly does not end with the caller: a lease that was taken and not told of would be lost until it expires.
func (l *Ledger) takeBriefly(ctx context.Context, name string) (Lease, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), statement)
	defer cancel()
	return l.TakeLease(ctx, renewalLife, name)
}
