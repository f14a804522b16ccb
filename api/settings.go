package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"github.com/danielgtaylor/huma/v2"

	"contactbridge/internal/contact"
	"contactbridge/internal/fieldmap"
	"contactbridge/internal/ledger"
)

// Settings are what a user decides for a connection.
type Settings struct {
	FolderID        string            `json:"folderId" doc:"Contact folder in Outlook; Contacts is the default one"`
	FolderName      string            `json:"folderName,omitempty" readOnly:"true"`
	Mapping         fieldmap.Mapping  `json:"mapping" doc:"Which Outlook property holds which vTiger fields"`
	Direction       contact.Direction `json:"direction" enum:"both,toOutlook,toVtiger"`
	ConflictPolicy  contact.Side      `json:"conflictPolicy" enum:"vtiger,outlook" doc:"Whose value is kept when both sides changed a field"`
	DeleteInOutlook bool              `json:"deleteInOutlook" doc:"Delete in Outlook what was deleted in vTiger"`
	DeleteInVTiger  bool              `json:"deleteInVtiger" doc:"Delete in vTiger what was deleted in Outlook"`
	DeleteVersus    string            `json:"deleteVersusEdit" enum:"editWins,deleteWins" doc:"A contact deleted on one side and edited on the other: is it made again, or deleted"`
	PhoneRegion     string            `json:"phoneRegion" doc:"Country of phone numbers without an international prefix, two letters, or empty"`
	BatchSize       int               `json:"batchSize" minimum:"0" doc:"How many operations one click performs; 0: all"`
}

type settingsOut struct {
	ETag string `header:"ETag"`
	Body Settings
}

// settingsIn has every field absent or given: what is absent stays.
type settingsIn struct {
	ID      string `path:"id"`
	IfMatch string `header:"If-Match" doc:"The ETag that was read; another one meanwhile is answered 412"`
	Body    struct {
		FolderID        *string            `json:"folderId,omitempty" minLength:"1"`
		Mapping         *fieldmap.Mapping  `json:"mapping,omitempty" minItems:"1"`
		Direction       *contact.Direction `json:"direction,omitempty" enum:"both,toOutlook,toVtiger"`
		ConflictPolicy  *contact.Side      `json:"conflictPolicy,omitempty" enum:"vtiger,outlook"`
		DeleteInOutlook *bool              `json:"deleteInOutlook,omitempty"`
		DeleteInVTiger  *bool              `json:"deleteInVtiger,omitempty"`
		DeleteVersus    *string            `json:"deleteVersusEdit,omitempty" enum:"editWins,deleteWins"`
		PhoneRegion     *string            `json:"phoneRegion,omitempty" maxLength:"2"`
		BatchSize       *int               `json:"batchSize,omitempty" minimum:"0"`
	}
}

// settings are the calls of a connection's settings.
func (s *Server) settings(api huma.API) {
	register(s, api, call{http.MethodGet, "/connections/{id}/settings", "Read a connection's settings", signed, http.StatusOK, []int{404}}, func(ctx context.Context, in *connectionID) (*settingsOut, error) {
		c, err := s.own(ctx, in.ID)
		return showSettings(c), err
	})
	register(s, api, call{http.MethodPut, "/connections/{id}/settings", "Change a connection's settings; absent fields stay", signed, http.StatusOK, []int{403, 404, 409, 412}}, s.saveSettings)
}

func showSettings(c ledger.Connection) *settingsOut {
	v := c.Settings
	return &settingsOut{ETag: etag(c.SettingsVersion), Body: Settings{
		FolderID: c.FolderID, FolderName: c.FolderName, Mapping: v.Mapping, Direction: v.Direction, ConflictPolicy: v.ConflictPolicy,
		DeleteInOutlook: v.DeleteInOutlook, DeleteInVTiger: v.DeleteInVTiger, DeleteVersus: v.DeleteVersus, PhoneRegion: v.PhoneRegion, BatchSize: v.BatchSize,
	}}
}

// saveSettings checks everything before it changes anything.
func (s *Server) saveSettings(ctx context.Context, in *settingsIn) (*settingsOut, error) {
	c, err := s.usable(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := matches(in.IfMatch, c.SettingsVersion); err != nil {
		return nil, err
	}
	if in.Body.PhoneRegion != nil && !region.MatchString(*in.Body.PhoneRegion) {
		return nil, invalid("phoneRegion", "It must be two capital letters such as CH, or empty.")
	}
	if in.Body.Mapping != nil {
		if err := s.checkMapping(ctx, c.Module, *in.Body.Mapping); err != nil {
			return nil, err
		}
		c.Settings.Mapping = *in.Body.Mapping
	}
	if in.Body.FolderID != nil {
		if err := s.chooseFolder(ctx, &c, *in.Body.FolderID); err != nil {
			return nil, err
		}
	}
	set(&c.Settings.Direction, in.Body.Direction)
	set(&c.Settings.ConflictPolicy, in.Body.ConflictPolicy)
	set(&c.Settings.DeleteInOutlook, in.Body.DeleteInOutlook)
	set(&c.Settings.DeleteInVTiger, in.Body.DeleteInVTiger)
	set(&c.Settings.DeleteVersus, in.Body.DeleteVersus)
	set(&c.Settings.PhoneRegion, in.Body.PhoneRegion)
	set(&c.Settings.BatchSize, in.Body.BatchSize)
	switch err := s.Ledger.SaveConnectionSettings(ctx, c); {
	case errors.Is(err, ledger.ErrConflict):
		return nil, problem(Conflict, "Another connection syncs this folder already.", wrong("folderId", "is in use"))
	case err != nil:
		return nil, err
	}
	c, err = s.own(ctx, in.ID)
	return showSettings(c), err
}

var region = regexp.MustCompile(`^([A-Z]{2})?$`)

// set takes a given value over.
func set[T any](to *T, given *T) {
	if given != nil {
		*to = *given
	}
}

// checkMapping asks vTiger which fields there are and names every row that cannot work.
func (s *Server) checkMapping(ctx context.Context, module string, m fieldmap.Mapping) error {
	found, err := s.VTiger.Fields(ctx, module)
	if err != nil {
		return err
	}
	fields := make([]fieldmap.VTigerField, len(found))
	for i, f := range found {
		fields[i] = fieldmap.VTigerField{Name: f.Name, Type: f.Type, Editable: f.Editable}
	}
	problems := m.Check(fields)
	if len(problems) == 0 {
		return nil
	}
	details := make([]*huma.ErrorDetail, len(problems))
	for i, p := range problems {
		at := "mapping"
		if p.Row >= 0 {
			at = fmt.Sprintf("mapping[%d]", p.Row)
		}
		details[i] = wrong(at, p.Message)
	}
	return problem(Invalid, "The mapping cannot work: "+problems[0].Message+".", details...)
}

// chooseFolder resolves a folder to its real id. For now a chosen folder stays: its links belong to it.
func (s *Server) chooseFolder(ctx context.Context, c *ledger.Connection, id string) error {
	mailbox, err := s.mailbox(ctx, *c)
	if err != nil {
		return err
	}
	folder, err := mailbox.Folder(ctx, id)
	if contact.KindOf(err) == contact.BadInput {
		return invalid("folderId", "There is no such contact folder in the mailbox.")
	}
	if err != nil {
		return err
	}
	if c.FolderID != "" && c.FolderID != folder.ID {
		return problem(Conflict, "This connection syncs the folder "+c.FolderName+"; choosing another one is not possible yet.", wrong("folderId", "is chosen already"))
	}
	c.FolderID, c.FolderName = folder.ID, folder.Name
	return nil
}

// fieldProblem names the field that a side's own check refuses; the field's name is the error's code.
func fieldProblem(err error) error {
	var e *contact.Error
	if errors.As(err, &e) && e.Kind == contact.BadInput && e.Code != "" {
		return invalid(e.Code, e.Sentence)
	}
	return err
}
