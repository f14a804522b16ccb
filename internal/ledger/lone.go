package ledger

import (
	"context"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
)

// isLone tells whether an operation deletes a record that has no partner.
func isLone(op Operation) bool {
	return op.Action == contact.Delete && op.Of(op.Side.Other()) == ""
}

// unheld tells whether no connection of the module, whoever's it is, has linked a lone record meanwhile. Archived links
// count: their epoch may become current again.
func unheld(ctx context.Context, tx bun.Tx, c Connection, op Operation) (bool, error) {
	column := "vtiger_id"
	if op.Side == contact.Outlook {
		column = "outlook_id"
	}
	held, err := tx.NewSelect().Model((*Link)(nil)).Join("JOIN connections k ON k.id = l.connection_id").
		Where("k.module = ? AND l.state <> ? AND l.? = ?", c.Module, ended, bun.Ident(column), op.Of(op.Side)).Exists(ctx)
	return !held, err
}
