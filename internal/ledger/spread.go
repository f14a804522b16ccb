package ledger

import (
	"context"
	"encoding/json"

	"github.com/uptrace/bun"
)

// Spread gives every connection the named settings of its module's, all of them or none, and counts those that change.
// version is that of the defaults from which the settings were made; others meanwhile, and a connection of a module that
// is not there, are ErrMoved. skipPreview lets nobody need a preview because of it who does not need one anyway.
func (l *Ledger) Spread(ctx context.Context, version int64, byModule map[string]Settings, names []string, skipPreview bool) (changed int, err error) {
	return changed, l.audited(ctx, "give the defaults to all connections", func(ctx context.Context, tx bun.Tx) error {
		changed = 0
		held, err := tx.NewSelect().Model((*settingRow)(nil)).Where("name = ?", defaultsSetting).Where("version = ?", version).For("SHARE").Exists(ctx)
		if err == nil && !held && version > 0 {
			err = ErrMoved
		}
		if err != nil {
			return err
		}
		var all []Connection
		if err := tx.NewSelect().Model(&all).Order("id").For("UPDATE").Scan(ctx); err != nil {
			return err
		}
		for _, c := range all {
			from, known := byModule[c.Module]
			if !known {
				return ErrMoved
			}
			differs, err := takeOver(&c.Settings, from, names)
			if err != nil || !differs {
				if err != nil {
					return err
				}
				continue
			}
			changed++
			if err := spreadTo(ctx, tx, c, skipPreview); err != nil {
				return err
			}
		}
		return nil
	})
}

// spreadTo saves a connection's changed settings.
func spreadTo(ctx context.Context, tx bun.Tx, c Connection, skipPreview bool) error {
	if err := saveSettings(ctx, tx, c); err != nil || !skipPreview || c.NeedsPreview() {
		return err
	}
	_, err := tx.NewUpdate().Model((*Connection)(nil)).Set("previewed_scope = scope_version").Where("id = ?", c.ID).Exec(ctx)
	return err
}

// takeOver takes the named settings over, and tells whether one was another before.
func takeOver(to *Settings, from Settings, names []string) (differs bool, err error) {
	held, err := byName(*to)
	if err != nil {
		return false, err
	}
	wanted, err := byName(from)
	if err != nil {
		return false, err
	}
	for _, name := range names {
		differs = differs || string(held[name]) != string(wanted[name])
		held[name] = wanted[name]
	}
	raw, err := json.Marshal(held)
	if err != nil {
		return false, err
	}
	*to = Settings{}
	return differs, json.Unmarshal(raw, to)
}

func byName(s Settings) (out map[string]json.RawMessage, err error) {
	raw, err := json.Marshal(s)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	return out, err
}
