package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/uptrace/bun"
)

// Instance ties the ledger to one vTiger: the first address it is given is kept, and the one it holds is returned.
func (l *Ledger) Instance(ctx context.Context, address string) (held string, err error) {
	return held, l.tx(ctx, "note the vTiger instance", func(ctx context.Context, tx bun.Tx) error {
		held, err = tieInstance(ctx, tx, address)
		return err
	})
}

// tieInstance keeps the first address and gives the one that is held, whose row nobody else changes until tx ends.
func tieInstance(ctx context.Context, tx bun.Tx, address string) (held string, err error) {
	value, err := json.Marshal(address)
	if err != nil {
		return "", err
	}
	row := settingRow{Name: instanceSetting, Value: value, Version: 1, UpdatedAt: now()}
	if _, err := tx.NewInsert().Model(&row).On("CONFLICT (name) DO NOTHING").Exec(ctx); err != nil {
		return "", err
	}
	if err := tx.NewSelect().Model(&row).WherePK().For("UPDATE").Scan(ctx); err != nil {
		return "", err
	}
	return held, json.Unmarshal(row.Value, &held)
}

type instanceKey struct{}

// OfInstance binds the caller to the vTiger at an address: every transaction under the returned context fails with ErrMoved
// once the ledger belongs to another one. So nothing that the old one said of its users is kept as the new one's.
func OfInstance(ctx context.Context, address string) context.Context {
	return context.WithValue(ctx, instanceKey{}, address)
}

// heedInstance refuses a transaction that is bound to a vTiger that was replaced, and keeps replacements out until it ends.
func heedInstance(ctx context.Context, tx bun.Tx) error {
	address, bound := ctx.Value(instanceKey{}).(string)
	if !bound {
		return nil
	}
	var held string
	err := tx.NewSelect().Model((*settingRow)(nil)).ColumnExpr("value #>> '{}'").Where("name = ?", instanceSetting).For("SHARE").Scan(ctx, &held)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // it belongs to none yet
	}
	if err == nil && held != address {
		err = ErrMoved
	}
	return err
}

// moveInstance moves the ledger to another vTiger. Nothing is deleted on either side, and no link of the old vTiger acts on
// the new one: each connection enters another epoch, which begins as a first sync and needs a preview, or takes up the links
// that it had at that vTiger before. Users go by their names. Open runs end, and whoever is still at work for one writes nothing any more. What was
// read of the old vTiger is forgotten. Everybody has to sign in again, as the new vTiger knows them, and to make API tokens anew.
func moveInstance(ctx context.Context, tx bun.Tx, to string, users []User) error {
	value, err := json.Marshal(to)
	if err != nil {
		return err
	}
	row := settingRow{Name: instanceSetting, Value: value, UpdatedAt: now()}
	_, err = tx.NewUpdate().Model(&row).Column("value", "updated_at").Set("version = version + 1").WherePK().Returning("version").Exec(ctx)
	if err != nil {
		return err
	}
	// A run that was cancelled may have somebody at work too, for some minutes.
	_, err = tx.NewUpdate().Model((*Run)(nil)).Set("fence = fence + 1").Where("ended_at IS NULL OR ended_at > now() - interval '1 day'").Exec(ctx)
	if err != nil {
		return err
	}
	if err := forgetInstance(ctx, tx); err != nil {
		return err
	}
	if err := moveUsers(ctx, tx, users, row.Version); err != nil {
		return err
	}
	_, err = tx.NewUpdate().Model((*settingRow)(nil)).Set("value = value #- '{settings,ownerScope}', version = version + 1").Where("name = ?", defaultsSetting).Exec(ctx)
	if err != nil {
		return err
	}
	var all []Connection
	if err := tx.NewSelect().Model(&all).Order("id").For("UPDATE").Scan(ctx); err != nil {
		return err
	}
	for _, c := range all {
		if err := moveConnection(ctx, tx, c); err != nil {
			return err
		}
	}
	return nil
}

// moveConnection enters the connection's epoch at the vTiger that the ledger belongs to now. A former user's leaves its
// folder to others.
func moveConnection(ctx context.Context, tx bun.Tx, c Connection) error {
	wanted := c
	if c.ofFormerUser() {
		wanted.FolderID, wanted.FolderName = "", ""
	}
	var err error
	if wanted.Epoch, err = enterEpoch(ctx, tx, c, wanted, vtigerReplaced); err != nil {
		return err
	}
	wanted.Settings.OwnerScope = OwnerScope{} // its ids are the old vTiger's
	wanted.SettingsVersion++                  // so that no plan or settings made for the old vTiger are kept
	wanted.ScopeVersion++
	_, err = tx.NewUpdate().Model(&wanted).WherePK().Column("epoch", "folder_id", "folder_name", "settings", "settings_version", "scope_version").Exec(ctx)
	return err
}

// forgetInstance deletes what was read of the vTiger that is left: feeds with their records, filters with their members,
// who held which address, who is in its groups, and the sessions, API tokens and known browsers of its users.
func forgetInstance(ctx context.Context, tx bun.Tx) error {
	for _, q := range []*bun.DeleteQuery{
		tx.NewDelete().Model((*Feed)(nil)).Where("id LIKE ?", vtigerFeed("%")),
		tx.NewDelete().Model((*Membership)(nil)).Where("true"),
		tx.NewDelete().Model((*instanceAnswer)(nil)).Where("true"),
		tx.NewDelete().TableExpr("claims").Where("true"),
		tx.NewDelete().Model((*session)(nil)).Where("true"),
		tx.NewDelete().Model((*Token)(nil)).Where("true"),
		tx.NewDelete().Model((*device)(nil)).Where("true"),
		tx.NewDelete().Model((*groupMember)(nil)).Where("true"),
	} {
		if _, err := q.Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}
