package api

import (
	"context"
	"errors"
	"net/http"

	"contactbridge/internal/contact"
	"contactbridge/internal/fieldmap"
	"contactbridge/internal/ledger"
)

const editWins = "editWins"

type settingsView struct {
	FolderID        string            `json:"folderId" doc:"The Outlook folder's id; empty until one is chosen"`
	FolderName      string            `json:"folderName"`
	Mapping         fieldmap.Mapping  `json:"mapping"`
	Direction       contact.Direction `json:"direction" enum:"both,toOutlook,toVtiger"`
	ConflictPolicy  contact.Side      `json:"conflictPolicy" enum:"vtiger,outlook"`
	DeleteInOutlook bool              `json:"deleteInOutlook"`
	DeleteInVTiger  bool              `json:"deleteInVtiger"`
	DeleteVersus    string            `json:"deleteVersusEdit" enum:"editWins,deleteWins"`
	PhoneRegion     string            `json:"phoneRegion"`
	BatchSize       int               `json:"batchSize"`
	Filter          *chosenFilter     `json:"filter" doc:"The saved filter of vTiger whose members are synced; null: all records"`
}

// settingsChange is what a person wants; what is absent stays.
type settingsChange struct {
	FolderID        *string            `json:"folderId,omitempty" minLength:"1" maxLength:"500" doc:"From the list of folders, or Contacts for the mailbox's own one"`
	Mapping         mappingChoice      `json:"mapping,omitempty"`
	Direction       *contact.Direction `json:"direction,omitempty" enum:"both,toOutlook,toVtiger"`
	ConflictPolicy  *contact.Side      `json:"conflictPolicy,omitempty" enum:"vtiger,outlook" doc:"Who wins when both changed a field"`
	DeleteInOutlook *bool              `json:"deleteInOutlook,omitempty" doc:"Delete in Outlook what was deleted in vTiger"`
	DeleteInVTiger  *bool              `json:"deleteInVtiger,omitempty" doc:"Delete in vTiger what was deleted in Outlook"`
	DeleteVersus    *string            `json:"deleteVersusEdit,omitempty" enum:"editWins,deleteWins"`
	PhoneRegion     *string            `json:"phoneRegion,omitempty" maxLength:"2" doc:"Country (ISO 3166, two letters) of phone numbers without prefix, or empty"`
	BatchSize       *int               `json:"batchSize,omitempty" minimum:"0" maximum:"1000000" doc:"Most changes of one run; 0: all"`
	Filter          filterChoice       `json:"filter,omitempty"`
}

type settingsInput struct {
	ID      string `path:"id" maxLength:"64" doc:"The connection"`
	IfMatch string `header:"If-Match" doc:"Only if this is still the ETag"`
	Body    settingsChange
}

type settingsOutput struct {
	ETag string `header:"ETag"`
	Body settingsView
}

func (s *Server) settingsRoutes(r routes) {
	const tag, path = "Step 2: mailbox and settings", connectionsPath + "/{id}/settings"
	add(r, syncing, on(http.MethodGet, path, tag, "get-settings", "Read a connection's settings", http.StatusNotFound),
		func(ctx context.Context, in *connectionInput) (*settingsOutput, error) {
			c, err := s.visible(ctx, in.ID)
			return viewSettings(c), err
		})
	add(r, syncing, on(http.MethodPut, path, tag, "put-settings", "Save a connection's settings; what is absent stays",
		http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed, http.StatusServiceUnavailable), s.saveSettings)
}

func viewSettings(c ledger.Connection) *settingsOutput {
	s := c.Settings
	return &settingsOutput{ETag: etag(c.SettingsVersion), Body: settingsView{
		c.FolderID, c.FolderName, s.Mapping, s.Direction, s.ConflictPolicy, s.DeleteInOutlook, s.DeleteInVTiger, s.DeleteVersus,
		s.PhoneRegion, s.BatchSize, viewFilter(s.Filter),
	}}
}

// saveSettings checks everything before it changes anything.
func (s *Server) saveSettings(ctx context.Context, in *settingsInput) (*settingsOutput, error) {
	c, err := s.visible(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := ensureMatch(in.IfMatch, c.SettingsVersion); err != nil {
		return nil, err
	}
	if err := in.Body.apply(&c.Settings); err != nil {
		return nil, err
	}
	if err := s.chooseMapping(ctx, &c, in.Body.Mapping); err != nil {
		return nil, err
	}
	if err := s.chooseFilter(ctx, &c, in.Body.Filter); err != nil {
		return nil, err
	}
	if in.Body.FolderID != nil {
		if err := s.chooseFolder(ctx, &c, *in.Body.FolderID); err != nil {
			return nil, err
		}
	}
	switch err := s.Ledger.SaveConnectionSettings(ctx, c); {
	case errors.Is(err, ledger.ErrConflict):
		return nil, refuse(folderTaken, "Another connection, perhaps of another module, syncs with this folder already; choose another one, or make one in Outlook.")
	case err != nil:
		return nil, err
	}
	c.SettingsVersion++
	return viewSettings(c), nil
}
