package ledger

import (
	"context"
	"encoding/json"

	"github.com/uptrace/bun"
)

// VTiger is the integration account at vTiger as an admin saved it, and the vTiger that the ledger belongs to, which may
// be known before anything was saved. The access key leaves the ledger only to be used.
type VTiger struct {
	URL       string `json:"url"`
	Username  string `json:"username"`
	AccessKey string `json:"-"`
	Version   int64  `json:"-"` // 0 when never saved
	Instance  string `json:"-"` // the address of the vTiger that the ledger belongs to; empty: none yet
}

const vtigerSetting = "vtiger"

// VTiger reads the integration account; without one only the instance may be set. An access key that this keyset cannot open
// is as good as none: it is to be entered again.
func (l *Ledger) VTiger(ctx context.Context) (VTiger, error) {
	const doing = "read the vTiger settings"
	var rows []settingRow
	if err := l.db.NewSelect().Model(&rows).Where("name IN (?, ?)", vtigerSetting, instanceSetting).Scan(ctx); err != nil {
		return VTiger{}, wrap(doing, err)
	}
	var v VTiger
	for _, row := range rows {
		if row.Name == instanceSetting {
			if err := json.Unmarshal(row.Value, &v.Instance); err != nil {
				return VTiger{}, wrap(doing, err)
			}
			continue
		}
		if err := json.Unmarshal(row.Value, &v); err != nil {
			return VTiger{}, wrap(doing, err)
		}
		v.Version = row.Version
		if opened, err := l.seal.open(vtigerSetting, row.Sealed); err == nil {
			v.AccessKey = string(opened)
		}
	}
	return v, nil
}

// VTigerChange is an integration account to be saved.
type VTigerChange struct {
	VTiger // Version: the one that was read; Instance: the vTiger that the ledger belongs to from now on

	Users   []User // everybody whom that vTiger lists
	Replace bool   // the ledger may be moved from another vTiger to Instance
	Token   string // of the set-up link that is spent by this; empty without one
}

// SaveVTiger replaces the integration account and stores the users. ErrMoved when somebody else replaced it since it was
// read, ErrNotFound when the set-up link cannot be used any more, ErrConflict when the ledger belongs to another vTiger that
// may not be replaced. What becomes of the connections at another vTiger is told at moveInstance.
func (l *Ledger) SaveVTiger(ctx context.Context, c VTigerChange) error {
	return l.audited(ctx, "save the vTiger settings", func(ctx context.Context, tx bun.Tx) error {
		if c.Token != "" {
			if err := spendSetupLink(ctx, tx, c.Token); err != nil {
				return err
			}
		}
		if err := l.putVTiger(ctx, tx, c.VTiger); err != nil {
			return err
		}
		held, err := tieInstance(ctx, tx, c.Instance)
		switch {
		case err != nil:
			return err
		case held != c.Instance && !c.Replace:
			return ErrConflict
		case held != c.Instance:
			return moveInstance(ctx, tx, c.Instance, c.Users)
		}
		return saveUsers(ctx, tx, c.Users)
	})
}

func (l *Ledger) putVTiger(ctx context.Context, tx bun.Tx, v VTiger) error {
	value, err := json.Marshal(v)
	if err != nil {
		return err
	}
	sealed, err := l.seal.close(vtigerSetting, []byte(v.AccessKey))
	if err != nil {
		return err
	}
	row := settingRow{Name: vtigerSetting, Value: value, Sealed: sealed, Version: v.Version + 1, UpdatedAt: now()}
	res, err := tx.NewInsert().Model(&row).
		On("CONFLICT (name) DO UPDATE SET value = EXCLUDED.value, sealed = EXCLUDED.sealed, version = EXCLUDED.version, updated_at = EXCLUDED.updated_at").
		Where("setting_row.version = ?", v.Version).Exec(ctx)
	return one(res, err, ErrMoved)
}
