package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/uptrace/bun"
)

// Microsoft is step 1: how we are known to Microsoft. Secret fields leave the ledger only to be used.
type Microsoft struct {
	ClientID     string `json:"clientId"`
	TenantID     string `json:"tenantId"`
	RedirectURL  string `json:"redirectUrl"`
	Application  bool   `json:"application"`     // new connections reach their mailbox without a user
	SecretEnds   string `json:"secretExpiresAt"` // the day (YYYY-MM-DD) from which Microsoft refuses the secret; empty: not known
	ClientSecret string `json:"-"`
	Version      int64  `json:"-"` // 0 when never saved
}

// settingRow is one row of settings.
type settingRow struct {
	bun.BaseModel `bun:"table:settings"`

	Name      string          `bun:"name,pk"`
	Value     json.RawMessage `bun:"value,type:jsonb"`
	Sealed    []byte          `bun:"sealed,nullzero"`
	Version   int64           `bun:"version"`
	UpdatedAt time.Time       `bun:"updated_at"`
}

const (
	microsoftSetting = "microsoft"
	instanceSetting  = "instance"
)

// Microsoft reads step 1; the zero value when it was never saved.
func (l *Ledger) Microsoft(ctx context.Context) (Microsoft, error) {
	var row settingRow
	err := wrap("read the Microsoft settings", l.db.NewSelect().Model(&row).Where("name = ?", microsoftSetting).Scan(ctx))
	if errors.Is(err, ErrNotFound) {
		return Microsoft{}, nil
	}
	if err != nil {
		return Microsoft{}, err
	}
	var m Microsoft
	if err := json.Unmarshal(row.Value, &m); err != nil {
		return Microsoft{}, err
	}
	m.Version = row.Version
	if len(row.Sealed) > 0 {
		secret, err := l.seal.open(microsoftSetting, row.Sealed)
		if err != nil {
			return Microsoft{}, err
		}
		m.ClientSecret = string(secret)
	}
	return m, nil
}

// SaveMicrosoft replaces step 1. m.Version is the version that was read; another one meanwhile is ErrMoved.
func (l *Ledger) SaveMicrosoft(ctx context.Context, m Microsoft) error {
	value, err := json.Marshal(m)
	if err != nil {
		return err
	}
	sealed, err := l.seal.close(microsoftSetting, []byte(m.ClientSecret))
	if err != nil {
		return err
	}
	row := settingRow{Name: microsoftSetting, Value: value, Sealed: sealed, Version: m.Version + 1, UpdatedAt: time.Now()}
	return l.audited(ctx, "save the Microsoft settings", func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewInsert().Model(&row).
			On("CONFLICT (name) DO UPDATE SET value = EXCLUDED.value, sealed = EXCLUDED.sealed, version = EXCLUDED.version, updated_at = EXCLUDED.updated_at").
			Where("setting_row.version = ?", m.Version).Exec(ctx)
		return one(res, err, ErrMoved)
	})
}
