package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/uptrace/bun"
)

const alertsSetting = "alerts"

// AlertSettings say whom to tell of trouble, and how. Empty ones tell nobody. Secret fields leave the ledger only to be used.
type AlertSettings struct {
	WebhookURL    string `json:"webhookUrl"`
	SMTPHost      string `json:"smtpHost"`
	SMTPPort      int    `json:"smtpPort"`
	SMTPUsername  string `json:"smtpUsername"`
	From          string `json:"from"`
	AdminAddress  string `json:"adminAddress"`
	WebhookSecret string `json:"-"`
	SMTPPassword  string `json:"-"`
	Version       int64  `json:"-"` // 0 when never saved
}

type alertSecrets struct{ Webhook, SMTP string }

// AlertSettings reads them; the zero value when they were never saved.
func (l *Ledger) AlertSettings(ctx context.Context) (AlertSettings, error) {
	var row settingRow
	var a AlertSettings
	err := wrap("read the alert settings", l.db.NewSelect().Model(&row).Where("name = ?", alertsSetting).Scan(ctx))
	if errors.Is(err, ErrNotFound) {
		return a, nil
	}
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(row.Value, &a); err != nil {
		return a, err
	}
	opened, err := l.seal.open(alertsSetting, row.Sealed)
	if err != nil {
		return a, err
	}
	var secrets alertSecrets
	if err := json.Unmarshal(opened, &secrets); err != nil {
		return a, err
	}
	a.WebhookSecret, a.SMTPPassword, a.Version = secrets.Webhook, secrets.SMTP, row.Version
	return a, nil
}

// SaveAlertSettings replaces them. a.Version is the version that was read; another one meanwhile is ErrMoved.
func (l *Ledger) SaveAlertSettings(ctx context.Context, a AlertSettings) error {
	value, err := json.Marshal(a)
	if err != nil {
		return err
	}
	secrets, err := json.Marshal(alertSecrets{a.WebhookSecret, a.SMTPPassword})
	if err != nil {
		return err
	}
	sealed, err := l.seal.close(alertsSetting, secrets)
	if err != nil {
		return err
	}
	row := settingRow{Name: alertsSetting, Value: value, Sealed: sealed, Version: a.Version + 1, UpdatedAt: time.Now()}
	return l.audited(ctx, "save the alert settings", func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewInsert().Model(&row).
			On("CONFLICT (name) DO UPDATE SET value = EXCLUDED.value, sealed = EXCLUDED.sealed, version = EXCLUDED.version, updated_at = EXCLUDED.updated_at").
			Where("setting_row.version = ?", a.Version).Exec(ctx)
		return one(res, err, ErrMoved)
	})
}
