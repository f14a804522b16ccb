package api

import (
	"context"

	"golang.org/x/text/language"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

// apply puts what is given into the settings.
func (change ChoicesChange) apply(to *ledger.Settings) error {
	set(&to.Direction, change.Direction)
	set(&to.ConflictPolicy, change.ConflictPolicy)
	set(&to.DeleteInOutlook, change.DeleteInOutlook)
	set(&to.DeleteInVTiger, change.DeleteInVTiger)
	set(&to.DeleteVersus, change.DeleteVersus)
	set(&to.Automatic, change.Automatic)
	set(&to.IntervalMinutes, change.IntervalMinutes)
	set(&to.OnScopeExit, change.OnScopeExit)
	set(&to.ExistsElsewhere, change.ExistsElsewhere)
	if change.Guard != nil {
		to.Guard = reconcile.Limits(*change.Guard)
	}
	if change.SyncFrom.given {
		to.SyncFrom = change.SyncFrom.day
	}
	set(&to.PhoneRegion, change.PhoneRegion)
	set(&to.BatchSize, change.BatchSize)
	if err := checkDay("body.syncFrom", to.SyncFrom); err != nil {
		return err
	}
	if err := change.OutlookFilter.choose(to); err != nil {
		return err
	}
	return checkRegion(to.PhoneRegion)
}

func set[T any](to, wanted *T) {
	if wanted != nil {
		*to = *wanted
	}
}

// checkRegion takes countries only: numbers of an unknown one would silently not be understood.
func checkRegion(region string) error {
	if region == "" {
		return nil
	}
	known, err := language.ParseRegion(region)
	if err != nil || !known.IsCountry() || known.String() != region {
		return refuseField("body.phoneRegion", "Use a country's two capital letters (ISO 3166), such as CH, or leave it empty.")
	}
	return nil
}

// chooseFolder resolves the folder in the mailbox.
func (s *Server) chooseFolder(ctx context.Context, c *ledger.Connection, idOrAlias string) error {
	if idOrAlias == c.FolderID {
		return nil
	}
	if _, err := s.open(ctx, *c); err != nil {
		return err
	}
	mailbox, err := s.mailbox(ctx, *c)
	if err != nil {
		return err
	}
	found, err := mailbox.Folder(ctx, idOrAlias)
	if err != nil && contact.KindOf(err) == contact.BadInput {
		return refuseField("body.folderId", contact.SentenceOf(err))
	}
	if err != nil {
		return err
	}
	c.FolderID, c.FolderName = found.ID, found.Name
	return nil
}
