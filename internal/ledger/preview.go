package ledger

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"contactbridge/internal/contact"
	"contactbridge/internal/reconcile"
)

// PreviewLife is how long a preview can be read and applied.
const PreviewLife = 7 * 24 * time.Hour

// Expired tells whether a preview is too old to be applied.
func (r Run) Expired() bool { return r.EndedAt != nil && time.Since(*r.EndedAt) > PreviewLife }

// Shows tells whether a preview shows what a connection would do by its present settings.
func (r Run) Shows(c Connection) bool {
	return r.Epoch == c.Epoch && r.SettingsVersion == c.SettingsVersion
}

// SavePreview keeps a plan as the preview's own rows, in place of those of an earlier plan of the same run. Links, bases,
// holds and what other runs planned stay as they are. A preview of everything that a sync does is the one that the
// connection needs before it syncs; one of an undo, or of one direction, is not.
func (l *Ledger) SavePreview(ctx context.Context, c Connection, run Run, p PlanRows) error {
	return l.tx(ctx, "keep the preview", func(ctx context.Context, tx bun.Tx) error {
		if same, err := sameSettings(ctx, tx, c); err != nil || !same {
			return errors.Join(err, ErrMoved)
		}
		if same, err := sameMembers(ctx, tx, c, p.Listed); err != nil || !same {
			return errors.Join(err, ErrMoved)
		}
		if _, err := tx.NewDelete().Model((*Operation)(nil)).Where("run_id = ?", run.ID).Exec(ctx); err != nil {
			return err
		}
		if rows := previewed(c, run.ID, p); len(rows) > 0 {
			if _, err := tx.NewInsert().Model(&rows).ExcludeColumn("id").Exec(ctx); err != nil {
				return err
			}
			// Below all places of the log no page of it meets them, however many they are.
			if _, err := tx.NewUpdate().Model((*Operation)(nil)).Set("place = -place").Where("run_id = ?", run.ID).Exec(ctx); err != nil {
				return err
			}
		}
		_, err := tx.NewUpdate().Model((*Run)(nil)).Set("standing = ?, unasked = ?, settings_version = ?", p.Standing, p.Unasked, c.SettingsVersion).
			Where("id = ?", run.ID).Exec(ctx)
		if err != nil || run.Undoes != "" || run.Direction != c.Settings.Direction {
			return err
		}
		_, err = tx.NewUpdate().Model((*Connection)(nil)).Set("previewed_scope = scope_version").Where("id = ?", c.ID).Exec(ctx)
		return err
	})
}

// PrunePreviews deletes the rows of previews that can no longer be applied.
func (l *Ledger) PrunePreviews(ctx context.Context) error {
	_, err := l.db.NewDelete().Model((*Operation)(nil)).Where("preview AND created_at < now() - ? * interval '1 second'", PreviewLife.Seconds()).Exec(ctx)
	return wrap("delete old previews", err)
}

// previewed are the rows of a preview. They have no question: the same finding of a run that takes effect is logged still.
func previewed(c Connection, runID string, p PlanRows) []Operation {
	var rows []Operation
	for _, step := range p.Links {
		if step.Step.Logged() {
			rows = append(rows, linkLine(c, runID, step, p.Names))
		}
	}
	rows = append(append(append(rows, p.Operations...), p.Findings...), p.Changed...)
	for i := range rows {
		rows[i].Preview, rows[i].Question = true, nil
		if rows[i].Outcome == Planned || rows[i].Outcome == Done {
			rows[i].Outcome = Previewed
		}
	}
	return rows
}

// Previewed lists the writes that a preview shows, in their order.
func (l *Ledger) Previewed(ctx context.Context, previewID string) ([]Operation, error) {
	var ops []Operation
	err := l.db.NewSelect().Model(&ops).Where("run_id = ? AND outcome = ?", previewID, Previewed).Where("action IN (?)", bun.List(writes)).
		Order("id").Scan(ctx)
	return ops, wrap("read the preview", err)
}

// writes are the actions that a side is asked for.
var writes = []contact.Action{contact.Insert, contact.Update, contact.Delete}

// AppliedOf lists what runs have sent so far of a preview that they apply.
func (l *Ledger) AppliedOf(ctx context.Context, previewID string) ([]Operation, error) {
	var ops []Operation
	err := l.db.NewSelect().Model(&ops).Where("sent_at IS NOT NULL AND outcome <> ? AND action <> ?", Discarded, ConflictAction).
		Where("run_id IN (?)", l.db.NewSelect().Model((*Run)(nil)).Column("id").Where("applies = ?", previewID)).Scan(ctx)
	return ops, wrap("read what was applied of the preview", err)
}

// PreviewChanged is the reason kind of what a preview shows and the run that applies it did not plan alike.
const PreviewChanged = "changed-since-preview"

// keepChanged lists what changed since a preview, or is not taken back, in place of what an earlier plan of the run said.
func keepChanged(ctx context.Context, tx bun.Tx, runID string, changed []Operation) error {
	_, err := tx.NewDelete().Model((*Operation)(nil)).Where("run_id = ? AND (reason_kind = ? OR starts_with(reason_kind, ?))", runID, PreviewChanged, reconcile.UndoSkip).Exec(ctx)
	if err != nil || len(changed) == 0 {
		return err
	}
	_, err = tx.NewInsert().Model(&changed).ExcludeColumn("id").Exec(ctx)
	return err
}
