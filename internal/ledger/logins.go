package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"
)

// loginLife is how long the logins of a user wait for a process that died in one. It outlives the two requests of a
// login, of 30 seconds each.
const loginLife = 90 * time.Second

// VTigerLogins gives a lock that makes the logins of one vTiger user take turns among all processes: vTiger keeps one
// challenge a user. Waiting holds no database connection and ends with ctx.
func (l *Ledger) VTigerLogins(address string) func(ctx context.Context, username string) (unlock func(), err error) {
	return func(ctx context.Context, username string) (func(), error) {
		const doing = "take the turn to log in to vTiger"
		for {
			lease, err := l.takeLogin(ctx, "vtiger-login/"+account(address, username))
			if err == nil {
				return func() { l.giveLogin(lease) }, nil
			}
			if !errors.Is(err, ErrHeld) {
				return nil, err
			}
			if err := l.poll(ctx, doing); err != nil {
				return nil, err
			}
		}
	}
}

func (l *Ledger) takeLogin(ctx context.Context, name string) (Lease, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), statement)
	defer cancel()
	return l.TakeLease(ctx, loginLife, name)
}

// giveLogin ends the lease; one that cannot be given expires by itself.
func (l *Ledger) giveLogin(lease Lease) {
	ctx, cancel := context.WithTimeout(context.Background(), statement)
	defer cancel()
	_ = l.GiveLease(ctx, lease)
}

// account names a vTiger user at an address in a lease. vTiger's user names ignore case.
func account(address, username string) string {
	sum := sha256.Sum256([]byte(address + "\n" + strings.ToLower(username)))
	return hex.EncodeToString(sum[:12])
}
