package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

const serviceSetting = "microsoft-service"

// ServiceAccount is the account whose user name and password were traded for a refresh token. The password is kept nowhere.
type ServiceAccount struct {
	Username string  `json:"username"`
	Mailbox  Mailbox `json:"mailbox"`
}

// ServiceAccount reads it; the zero value when there is none.
func (l *Ledger) ServiceAccount(ctx context.Context) (ServiceAccount, error) {
	a, _, err := l.serviceRow(ctx)
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return a, err
}

func (l *Ledger) serviceRow(ctx context.Context) (ServiceAccount, settingRow, error) {
	var a ServiceAccount
	var row settingRow
	err := l.db.NewSelect().Model(&row).Where("name = ?", serviceSetting).Scan(ctx)
	if err != nil {
		return a, row, wrap("read the service account", err)
	}
	return a, row, json.Unmarshal(row.Value, &a)
}

// SaveServiceAccount replaces the service account and its refresh token, which is sealed. Connections that have the mailbox
// of another one no longer reach it.
func (l *Ledger) SaveServiceAccount(ctx context.Context, a ServiceAccount, refresh string) error {
	value, err := json.Marshal(a)
	if err != nil {
		return err
	}
	sealed, err := l.seal.close(serviceSetting, []byte(refresh))
	if err != nil {
		return err
	}
	row := settingRow{Name: serviceSetting, Value: value, Sealed: sealed, Version: 1, UpdatedAt: time.Now()}
	_, err = l.db.NewInsert().Model(&row).On("CONFLICT (name) DO UPDATE").
		Set("value = EXCLUDED.value, sealed = EXCLUDED.sealed, version = setting_row.version + 1, updated_at = EXCLUDED.updated_at").Exec(ctx)
	return wrap("save the service account", err)
}

// ForgetServiceAccount deletes the service account and its refresh token.
func (l *Ledger) ForgetServiceAccount(ctx context.Context) error {
	_, err := l.db.NewDelete().Model((*settingRow)(nil)).Where("name = ?", serviceSetting).Exec(ctx)
	return wrap("forget the service account", err)
}

// RenewService is RenewSignIn for the service account: ErrNotFound when there is none any more, ErrMoved when its mailbox
// is not the one of c.
func (l *Ledger) RenewService(ctx context.Context, c Connection, use Use) error {
	const doing = "renew the service account's sign-in"
	return l.alone(ctx, doing, "refresh/service", func() error {
		a, row, err := l.serviceRow(ctx)
		if err != nil {
			return err
		}
		if a.Mailbox.ID != c.MailboxID {
			return wrap(doing, ErrMoved)
		}
		opened, err := l.seal.open(serviceSetting, row.Sealed)
		if err != nil {
			return err
		}
		rotated, err := use(ctx, string(opened))
		if err != nil || rotated == string(opened) {
			return err
		}
		return l.rotateService(ctx, row.Version, rotated)
	})
}

// rotateService keeps a rotated refresh token, unless somebody entered a password meanwhile.
func (l *Ledger) rotateService(ctx context.Context, version int64, refresh string) error {
	sealed, err := l.seal.close(serviceSetting, []byte(refresh))
	if err != nil {
		return err
	}
	_, err = l.db.NewUpdate().Model((*settingRow)(nil)).Set("sealed = ?, version = version + 1, updated_at = now()", sealed).
		Where("name = ? AND version = ?", serviceSetting, version).Exec(ctx)
	return wrap("keep the service account's rotated sign-in", err)
}
