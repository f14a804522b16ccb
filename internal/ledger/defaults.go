package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
	"contactbridge/internal/fieldmap"
	"contactbridge/internal/reconcile"
)

const defaultsSetting = "defaults"

// Defaults are what an administrator decides for all connections.
type Defaults struct {
	// Settings are what a new connection starts with; the mapping is in Mappings, a filter is none.
	Settings Settings                    `json:"settings"`
	Mappings map[string]fieldmap.Mapping `json:"mappings"` // by module; one without has the module's own default
	Version  int64                       `json:"-"`        // 0 when never saved

	Rules
}

// Rules are what an administrator decides over every connection, those that exist too.
type Rules struct {
	Locked []string `json:"locked"` // the settings, by their names in JSON, that only administrators change
	Caps   Caps     `json:"caps"`
}

// Caps limit every connection, whatever its settings say; the zero value limits nothing.
type Caps struct {
	NoDeleteInVTiger bool `json:"noDeleteInVtiger"`
	NoCreateInVTiger bool `json:"noCreateInVtiger"`
	SmallestInterval int  `json:"smallestInterval"` // in minutes; 0: none
}

// rulesColumn reads the rules in the statement that reads what they are about.
const rulesColumn = "coalesce((SELECT d.value - 'settings' - 'mappings' FROM settings d WHERE d.name = '" + defaultsSetting + "'), '{}') AS rules"

// within gives settings as the caps let them count.
func (s Settings) within(c Caps) Settings {
	s.DeleteInVTiger = s.DeleteInVTiger && !c.NoDeleteInVTiger
	s.IntervalMinutes = max(int(s.Interval()/time.Minute), c.SmallestInterval)
	return s
}

// Effective are the connection's settings as far as an administrator's caps allow them: what counts for everybody who acts
// by them. Settings are what its user decided, and count again when the caps are lifted.
func (c Connection) Effective() Settings { return c.Settings.within(c.Rules.Caps) }

// firstDefaults are the defaults of a service whose administrator decided nothing.
func firstDefaults() Defaults {
	return Defaults{Settings: Settings{
		Direction: contact.Both, ConflictPolicy: reconcile.VTigerWins, DeleteVersus: "editWins", BatchSize: 100,
		IntervalMinutes: DefaultInterval, OnScopeExit: KeepCopy, ExistsElsewhere: reconcile.SkipElsewhere, Guard: reconcile.DefaultLimits(),
	}}
}

// Defaults reads them.
func (l *Ledger) Defaults(ctx context.Context) (Defaults, error) {
	var row settingRow
	d := firstDefaults()
	err := wrap("read the defaults", l.db.NewSelect().Model(&row).Where("name = ?", defaultsSetting).Scan(ctx))
	if errors.Is(err, ErrNotFound) {
		return d, nil
	}
	if err == nil {
		err = json.Unmarshal(row.Value, &d)
	}
	d.Version = row.Version
	return d, err
}

// SaveDefaults replaces them. d.Version is the version that was read; another one meanwhile is ErrMoved. Other caps count
// at once: what is being planned is planned anew, and previews show what is no longer so.
func (l *Ledger) SaveDefaults(ctx context.Context, d Defaults) error {
	value, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return l.audited(ctx, "save the defaults", func(ctx context.Context, tx bun.Tx) error {
		old, err := caps(ctx, tx)
		if err != nil {
			return err
		}
		row := settingRow{Name: defaultsSetting, Value: value, Version: d.Version + 1, UpdatedAt: time.Now()}
		res, err := tx.NewInsert().Model(&row).
			On("CONFLICT (name) DO UPDATE SET value = EXCLUDED.value, version = EXCLUDED.version, updated_at = EXCLUDED.updated_at").
			Where("setting_row.version = ?", d.Version).Exec(ctx)
		if err := one(res, err, ErrMoved); err != nil || old == d.Caps {
			return err
		}
		_, err = tx.NewUpdate().Model((*Connection)(nil)).Set("settings_version = settings_version + 1").Where("true").Exec(ctx)
		return err
	})
}

// caps reads the caps that hold now.
func caps(ctx context.Context, db bun.IDB) (Caps, error) {
	var row struct {
		Rules Rules `bun:"rules,type:jsonb"`
	}
	err := db.NewSelect().ColumnExpr(rulesColumn).Scan(ctx, &row)
	return row.Rules.Caps, err
}

// forbid tells whether an operation must not be sent, whenever it was planned. A twin of our own making may go.
func (c Caps) forbid(op Operation) bool {
	if op.Side != contact.VTiger {
		return false
	}
	return c.NoCreateInVTiger && op.Action == contact.Insert || c.NoDeleteInVTiger && op.Action == contact.Delete && !isLone(op)
}
