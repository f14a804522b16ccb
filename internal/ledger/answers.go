package ledger

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
)

// AnswerLife is how long the whole vTiger's word about an address counts for runs that nobody waits for.
const AnswerLife = 24 * time.Hour

// Holder is a record that holds an address, whoever owns it.
type Holder struct {
	ID    string `json:"id"`
	Owner string `json:"owner"`
}

// instanceAnswer is what the whole vTiger said about one address.
type instanceAnswer struct {
	bun.BaseModel `bun:"table:answers,alias:a"`

	Feed    string    `bun:"feed,pk"`
	Address string    `bun:"address,pk"`
	Hits    []Holder  `bun:"hits,type:jsonb"`
	AskedAt time.Time `bun:"asked_at"`
}

// instanceAnswers reads what counts for a run: what was asked since a person asked for it, or within AnswerLife.
func instanceAnswers(ctx context.Context, tx bun.Tx, c Connection, run Run) (map[string][]Holder, error) {
	var rows []instanceAnswer
	q := tx.NewSelect().Model(&rows).Where("a.feed = ?", c.Feed(contact.VTiger))
	if run.Scheduled {
		q = q.Where("a.asked_at > now() - ? * interval '1 second'", AnswerLife.Seconds())
	} else {
		q = q.Where("a.asked_at >= ?", run.RequestedAt)
	}
	out := map[string][]Holder{}
	err := q.Scan(ctx)
	for _, r := range rows {
		out[r.Address] = r.Hits
	}
	return out, err
}

// Clock gives the time of the database, by which answers and records are compared.
func (l *Ledger) Clock(ctx context.Context) (time.Time, error) {
	var now time.Time
	return now, wrap("read the clock", l.db.NewSelect().ColumnExpr("clock_timestamp()").Scan(ctx, &now))
}

// StoreAnswers keeps who holds each of the addresses, as asked at a time of Clock. An answer to a question that was asked
// before a later one was answered changes nothing. What is too old for anybody goes.
func (l *Ledger) StoreAnswers(ctx context.Context, c Connection, hits map[string][]Holder, asked time.Time) error {
	rows := make([]instanceAnswer, 0, len(hits))
	for address, held := range hits {
		if held == nil {
			held = []Holder{}
		}
		rows = append(rows, instanceAnswer{Feed: c.Feed(contact.VTiger), Address: address, Hits: held, AskedAt: asked})
	}
	return l.tx(ctx, "keep who holds addresses", func(ctx context.Context, tx bun.Tx) error {
		if len(rows) > 0 {
			_, err := tx.NewInsert().Model(&rows).On("CONFLICT (feed, address) DO UPDATE").
				Set("hits = EXCLUDED.hits, asked_at = EXCLUDED.asked_at").Where("a.asked_at < EXCLUDED.asked_at").Exec(ctx)
			if err != nil {
				return err
			}
		}
		_, err := tx.NewDelete().Model((*instanceAnswer)(nil)).Where("asked_at < now() - ? * interval '1 second'", AnswerLife.Seconds()).Exec(ctx)
		return err
	})
}

// HoldsAny tells whether the tree of a side holds a record that lives.
func (l *Ledger) HoldsAny(ctx context.Context, c Connection, side contact.Side) (bool, error) {
	some, err := l.db.NewSelect().Model((*Record)(nil)).Where("feed = ? AND presence = ?", c.Feed(side), contact.Present).Exists(ctx)
	return some, wrap("look for a record", err)
}
