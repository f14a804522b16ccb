package ledger

import (
	"bytes"
	"context"
	"encoding/json"

	"contactbridge/internal/reconcile"
)

// NeedsPreview tells whether what is synced changed since a person last saw, in a preview, what a sync would do: the first
// sync of an epoch, or mapping, filter, scope, folder or mailbox.
func (c Connection) NeedsPreview() bool { return c.PreviewedScope < c.ScopeVersion }

// rescoped tells whether settings change what is synced or how it is spelled. It compares what is kept: an absent list and
// an empty one are the same.
func rescoped(old, now Settings) bool {
	kept := func(s Settings) []byte {
		exit := s.OnScopeExit
		if exit == "" {
			exit = KeepCopy
		}
		// Maps of strings and plain structs always marshal.
		raw, _ := json.Marshal([]any{s.Mapping, s.Filter, append(reconcile.Conditions{}, s.Conditions...), s.OutlookFilter, s.OwnerScope.Everyone, append([]string{}, s.OwnerScope.IDs...), s.SyncFrom, exit})
		return raw
	}
	return !bytes.Equal(kept(old), kept(now))
}

// SkipPreview lets the connection, as it was read, sync without a preview. What changed since still needs one.
func (l *Ledger) SkipPreview(ctx context.Context, c Connection) error {
	_, err := l.db.NewUpdate().Model((*Connection)(nil)).Set("previewed_scope = ?", c.ScopeVersion).
		Where("id = ? AND previewed_scope < ?", c.ID, c.ScopeVersion).Exec(ctx)
	return wrap("do without a preview", err)
}
