package api

import (
	"context"
	"fmt"

	"golang.org/x/text/language"

	"contactbridge/internal/contact"
	"contactbridge/internal/fieldmap"
	"contactbridge/internal/ledger"
)

// apply puts what is given into the settings.
func (change settingsChange) apply(to *ledger.Settings) error {
	if change.Mapping != nil {
		to.Mapping = change.Mapping
	}
	set(&to.Direction, change.Direction)
	set(&to.ConflictPolicy, change.ConflictPolicy)
	set(&to.DeleteInOutlook, change.DeleteInOutlook)
	set(&to.DeleteInVTiger, change.DeleteInVTiger)
	set(&to.DeleteVersus, change.DeleteVersus)
	set(&to.PhoneRegion, change.PhoneRegion)
	set(&to.BatchSize, change.BatchSize)
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

// checkMapping holds a given mapping against the fields that vTiger has now.
func (s *Server) checkMapping(ctx context.Context, module string, m fieldmap.Mapping) error {
	if m == nil {
		return nil
	}
	known, err := s.fields(ctx, module)
	if err != nil {
		return err
	}
	var flaws []flaw
	for _, p := range m.Check(module, known) {
		at := "body.mapping"
		if p.Row >= 0 {
			at = fmt.Sprintf("body.mapping[%d]", p.Row)
		}
		flaws = append(flaws, flaw{Location: at, Message: p.Message})
	}
	if len(flaws) > 0 {
		return refuse(invalid, "The mapping cannot work; errors names the rows.", flaws...)
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
