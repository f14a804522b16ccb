package ledger

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
)

// Alert is something that people are to be told once. It holds no contact's data.
type Alert struct {
	bun.BaseModel `bun:"table:alerts,alias:a"`

	ID           int64      `bun:"id,pk,autoincrement"`
	Topic        string     `bun:"topic"` // what it is about; nothing is told twice
	Kind         string     `bun:"kind"`
	ConnectionID string     `bun:"connection_id,nullzero"` // empty: of none in particular
	Sentence     string     `bun:"sentence"`
	CreatedAt    time.Time  `bun:"created_at,nullzero,default:now()"`
	AddressedAt  *time.Time `bun:"addressed_at"` // when it was decided whom to tell
	UserID       string     `bun:"user_id,scanonly"`
	UserName     string     `bun:"user_name,scanonly"`
	Email        string     `bun:"email,scanonly"` // the user's
	Module       string     `bun:"module,scanonly"`
}

// Receiver is one place that an alert goes to.
type Receiver struct {
	Channel string // Webhook or Mail
	Address string // of a mail
}

// The channels.
const (
	Webhook = "webhook"
	Mail    = "mail"
)

// Delivery is an alert on its way to one receiver.
type Delivery struct {
	Alert

	Number   string `bun:"number"` // the same at every attempt
	Channel  string `bun:"channel"`
	Receiver string `bun:"receiver"`
	Attempts int    `bun:"attempts"` // that failed
	Last     bool   `bun:"last"`     // the receiver hears no more of this kind for an hour
}

// told are the troubles that somebody has to mend and must hear of.
var told = map[string]bool{string(contact.NeedsSignIn): true, string(contact.NeedsAdmin): true}

// SetTrouble notes what keeps a connection from syncing; an empty kind ends it. A trouble that begins and that a person has
// to mend is an alert of its own.
func (l *Ledger) SetTrouble(ctx context.Context, connectionID, kind, sentence string) error {
	return l.tx(ctx, "note the connection's trouble", func(ctx context.Context, tx bun.Tx) error {
		return setTrouble(ctx, tx, connectionID, kind, sentence)
	})
}

func setTrouble(ctx context.Context, tx bun.Tx, connectionID, kind, sentence string) error {
	var before string
	err := tx.NewSelect().Model((*Connection)(nil)).Column("trouble").Where("id = ?", connectionID).For("UPDATE").Scan(ctx, &before)
	if ignoreNone(err) != nil {
		return err
	}
	_, err = tx.NewUpdate().Model((*Connection)(nil)).Set("trouble = ?, trouble_sentence = ?", kind, sentence).Where("id = ?", connectionID).Exec(ctx)
	if err != nil || before == kind || !told[kind] {
		return err
	}
	return raise(ctx, tx, Alert{Topic: "trouble/" + connectionID + "/" + uuid.NewString(), Kind: kind, ConnectionID: connectionID, Sentence: sentence})
}

// Raise tells of something that concerns no connection, once a topic.
func (l *Ledger) Raise(ctx context.Context, topic, kind, sentence string) error {
	return wrap("raise an alert", raise(ctx, l.db, Alert{Topic: topic, Kind: kind, Sentence: sentence}))
}

func raise(ctx context.Context, db bun.IDB, a Alert) error {
	_, err := db.NewInsert().Model(&a).ExcludeColumn("id").On("CONFLICT (topic) DO NOTHING").Returning("NULL").Exec(ctx)
	return err
}

// alerts selects them with what their texts name.
func (l *Ledger) alerts(into any) *bun.SelectQuery {
	return l.db.NewSelect().Model(into).ModelTableExpr("alerts AS a").ColumnExpr("a.*").
		ColumnExpr("coalesce(c.user_id, '') AS user_id, coalesce(c.module, '') AS module, coalesce(u.user_name, '') AS user_name, coalesce(u.email, '') AS email").
		Join("LEFT JOIN connections c ON c.id = a.connection_id").Join("LEFT JOIN users u ON u.id = c.user_id")
}

// OpenAlerts lists those of which it is not decided whom to tell, oldest first.
func (l *Ledger) OpenAlerts(ctx context.Context, limit int) ([]Alert, error) {
	var out []Alert
	return out, wrap("list the alerts", l.alerts(&out).Where("a.addressed_at IS NULL").Order("a.id").Limit(int64(limit)).Scan(ctx))
}

// AlertsAnHour is how many alerts of one kind a receiver gets in an hour: a thousand connections can fail for one reason.
const AlertsAnHour = 10

// Address puts an alert into the outbox, once for each receiver that did not get enough of the kind; with none it is done with.
func (l *Ledger) Address(ctx context.Context, id int64, to []Receiver) error {
	return l.tx(ctx, "address an alert", func(ctx context.Context, tx bun.Tx) error {
		for _, r := range to {
			_, err := tx.NewRaw(`INSERT INTO deliveries (alert_id, channel, receiver, last)
				SELECT ?0, ?1, ?2, lately.n + 1 = ?3 FROM (
					SELECT count(*) AS n FROM deliveries d JOIN alerts b ON b.id = d.alert_id
					WHERE d.channel = ?1 AND d.receiver = ?2 AND b.addressed_at > now() - interval '1 hour'
						AND b.kind = (SELECT kind FROM alerts WHERE id = ?0)
				) lately WHERE lately.n < ?3 ON CONFLICT DO NOTHING`, id, r.Channel, r.Address, AlertsAnHour).Exec(ctx)
			if err != nil {
				return err
			}
		}
		_, err := tx.NewUpdate().Model((*Alert)(nil)).Set("addressed_at = now()").Where("id = ?", id).Exec(ctx)
		return err
	})
}

// Due lists what is to be sent now, what waits longest first.
func (l *Ledger) Due(ctx context.Context, limit int) ([]Delivery, error) {
	var out []Delivery
	q := l.alerts(&out).ColumnExpr("d.id AS number, d.channel, d.receiver, d.attempts, d.last").Join("JOIN deliveries d ON d.alert_id = a.id")
	return out, wrap("read the outbox", q.Where("d.next_at <= now()").Order("d.next_at", "d.id").Limit(int64(limit)).Scan(ctx))
}

// Delivered takes a delivery out of the outbox.
func (l *Ledger) Delivered(ctx context.Context, number string) error {
	_, err := l.db.NewRaw("UPDATE deliveries SET next_at = NULL, sent_at = now() WHERE id = ?", number).Exec(ctx)
	return wrap("note that an alert was sent", err)
}

// Undelivered lets a delivery wait; after the last attempt, when wait is 0, it is given up.
func (l *Ledger) Undelivered(ctx context.Context, number string, wait time.Duration) error {
	_, err := l.db.NewRaw("UPDATE deliveries SET attempts = attempts + 1, next_at = now() + nullif(?, 0) * interval '1 second' WHERE id = ?",
		wait.Seconds(), number).Exec(ctx)
	return wrap("note that an alert could not be sent", err)
}

// alertLife is how long an alert is remembered at least: the end of a secret is announced over thirty days.
const alertLife = 60 * 24 * time.Hour

// PruneAlerts deletes alerts of before a moment that nobody waits for.
func (l *Ledger) PruneAlerts(ctx context.Context, before time.Time) error {
	_, err := l.db.NewDelete().Model((*Alert)(nil)).Where("created_at < ? AND created_at < now() - ? * interval '1 second'", before, alertLife.Seconds()).
		Where("addressed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.alert_id = a.id AND d.next_at IS NOT NULL)").Exec(ctx)
	return wrap("delete old alerts", err)
}
