package main

import (
	"context"

	"contactbridge/internal/ledger"
	"contactbridge/internal/vtiger"
)

// dialVTiger prepares the client of the integration account. Its sessions and its turns to log in are shared, through the
// ledger, with every process that works on the same database: the API's as well as the workers'.
func dialVTiger(c config, l *ledger.Ledger) *vtiger.Client {
	slots := l.VTigerSlots(c.vtiger.Address(), c.vtiger.Username, c.sessions)
	return vtiger.Dial(c.vtiger, vtiger.WithYoung(c.young),
		vtiger.WithSlots(func(ctx context.Context) (vtiger.Slot, error) {
			slot, err := slots(ctx)
			return vtiger.Slot(slot), err
		}),
		vtiger.WithLoginLock(l.VTigerLogins(c.vtiger.Address())))
}
