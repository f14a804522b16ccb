package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/fieldmap"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
)

type settingsView struct {
	FolderID   string           `json:"folderId" doc:"The Outlook folder's id; empty until one is chosen"`
	FolderName string           `json:"folderName"`
	Mapping    fieldmap.Mapping `json:"mapping"`
	Filter     *chosenFilter    `json:"filter" doc:"The saved filter of vTiger whose members are synced; null: all records"`
	Conditions []conditionView  `json:"conditions" doc:"What records of vTiger have to meet to be synced, each of them, besides being the filter's; empty: nothing"`
	Locked     []string         `json:"locked" doc:"The settings that only administrators can change"`
	Limits     []limitView      `json:"limits" doc:"The settings that count only as far as an administrator's caps allow"`

	Choices
}

// Choices are the settings that mean the same for every mailbox and module.
type Choices struct {
	Direction       contact.Direction         `json:"direction" enum:"both,toOutlook,toVtiger"`
	ConflictPolicy  reconcile.ConflictPolicy  `json:"conflictPolicy" enum:"vtiger,outlook,newest,ask"`
	DeleteInOutlook bool                      `json:"deleteInOutlook"`
	DeleteInVTiger  bool                      `json:"deleteInVtiger"`
	DeleteVersus    string                    `json:"deleteVersusEdit" enum:"editWins,deleteWins"`
	OnScopeExit     ledger.ScopeExit          `json:"onScopeExit" enum:"keep,removeCopy"`
	ExistsElsewhere reconcile.ElsewherePolicy `json:"existsElsewhere" enum:"skip,hold,insert"`
	Guard           guardView                 `json:"deleteGuard"`
	PhoneRegion     string                    `json:"phoneRegion"`
	BatchSize       int                       `json:"batchSize"`
	Automatic       bool                      `json:"automatic" doc:"Sync by itself, from the first sync by a person on"`
	IntervalMinutes int                       `json:"intervalMinutes"`
	OutlookFilter   *categoriesView           `json:"outlookFilter" doc:"Which of Outlook's contacts are synced, by their categories; null: all"`
	OwnerScope      ownerScopeView            `json:"ownerScope"`
	SyncFrom        *string                   `json:"syncFrom" doc:"The day (YYYY-MM-DD, in the vTiger user's time zone) before which an unchanged vTiger record does not start to flow to Outlook; null: all do"`
}

// settingsChange is what a person wants; what is absent stays.
type settingsChange struct {
	FolderID   *string          `json:"folderId,omitempty" minLength:"1" maxLength:"500" doc:"From the list of folders, or Contacts for the mailbox's own one"`
	Mapping    mappingChoice    `json:"mapping,omitempty"`
	Filter     filterChoice     `json:"filter,omitempty"`
	Conditions conditionsChoice `json:"conditions,omitempty"`

	ChoicesChange
}

// ChoicesChange is what is wanted of Choices.
type ChoicesChange struct {
	Direction       *contact.Direction         `json:"direction,omitempty" enum:"both,toOutlook,toVtiger"`
	ConflictPolicy  *reconcile.ConflictPolicy  `json:"conflictPolicy,omitempty" enum:"vtiger,outlook,newest,ask" doc:"Whose value is kept when both changed a field: a side's, the later one's (vTiger's within five minutes), or nobody's until a person chose"`
	DeleteInOutlook *bool                      `json:"deleteInOutlook,omitempty" doc:"Delete in Outlook what was deleted in vTiger"`
	DeleteInVTiger  *bool                      `json:"deleteInVtiger,omitempty" doc:"Delete in vTiger what was deleted in Outlook"`
	DeleteVersus    *string                    `json:"deleteVersusEdit,omitempty" enum:"editWins,deleteWins"`
	OnScopeExit     *ledger.ScopeExit          `json:"onScopeExit,omitempty" enum:"keep,removeCopy" doc:"What becomes of the other side's copy when a record leaves the scope; in vTiger a copy is removed only where deletions may travel there"`
	ExistsElsewhere *reconcile.ElsewherePolicy `json:"existsElsewhere,omitempty" enum:"skip,hold,insert" doc:"What becomes of a new Outlook contact whose e-mail address somebody else's vTiger record holds"`
	Guard           *guardView                 `json:"deleteGuard,omitempty"`
	PhoneRegion     *string                    `json:"phoneRegion,omitempty" maxLength:"2" doc:"Country (ISO 3166, two letters) of phone numbers without prefix, or empty"`
	BatchSize       *int                       `json:"batchSize,omitempty" minimum:"0" maximum:"1000000" doc:"Most changes of one run; 0: all"`
	Automatic       *bool                      `json:"automatic,omitempty" doc:"Sync by itself, from the first sync by a person on"`
	IntervalMinutes *int                       `json:"intervalMinutes,omitempty" minimum:"1" maximum:"10080" doc:"How often it syncs by itself"`
	OutlookFilter   categoriesChoice           `json:"outlookFilter,omitempty"`
	OwnerScope      *ownerScopeChange          `json:"ownerScope,omitempty" doc:"Whose vTiger records are synced besides those of the connection's own user; only an administrator grants them. What is absent in it is not synced"`
	SyncFrom        dateChoice                 `json:"syncFrom,omitempty"`
}

// guardView are the limits above which removals of a day wait for a person.
type guardView struct {
	Count   int `json:"count" minimum:"1" maximum:"1000000" doc:"More removed contacts than this in 24 hours and one direction wait for a person"`
	Percent int `json:"percent" minimum:"1" maximum:"100" doc:"More than this share of the synced contacts waits, from ten contacts on"`
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
		http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed, http.StatusServiceUnavailable), s.saveSettings)
}

func viewSettings(c ledger.Connection) *settingsOutput {
	return &settingsOutput{ETag: etag(c.SettingsVersion), Body: settingsView{
		c.FolderID, c.FolderName, c.Settings.Mapping, viewFilter(c.Settings.Filter), viewConditions(c.Settings.Conditions), listed(c.Rules.Locked), limits(c), viewChoices(c.Settings),
	}}
}

func viewChoices(s ledger.Settings) Choices {
	return Choices{
		s.Direction, s.ConflictPolicy, s.DeleteInOutlook, s.DeleteInVTiger, s.DeleteVersus, s.OnScopeExit, s.ExistsElsewhere,
		guardView(s.Guard), s.PhoneRegion, s.BatchSize, s.Automatic, int(s.Interval() / time.Minute), viewCategories(s.OutlookFilter), viewOwnerScope(s.OwnerScope), viewDate(s.SyncFrom),
	}
}

// listed shows an empty list as one.
func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
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
	before, shown := c.Settings, viewSettings(c).Body
	if err := in.Body.apply(&c.Settings); err != nil {
		return nil, err
	}
	if err := s.chooseMapping(ctx, &c, in.Body.Mapping); err != nil {
		return nil, err
	}
	if err := s.chooseFilter(ctx, &c, in.Body.Filter); err != nil {
		return nil, err
	}
	if err := s.chooseConditions(ctx, &c, in.Body.Conditions); err != nil {
		return nil, err
	}
	if err := s.chooseOwners(ctx, &c.Settings.OwnerScope, c.UserID, in.Body.OwnerScope); err != nil {
		return nil, err
	}
	if in.Body.FolderID != nil {
		if err := s.chooseFolder(ctx, &c, *in.Body.FolderID); err != nil {
			return nil, err
		}
	}
	if err := ensurePermitted(person(ctx), c.Rules, before, c.Settings); err != nil {
		return nil, err
	}
	note(ctx, "changed", changedFields(shown, viewSettings(c).Body, nil))
	switch err := s.Ledger.SaveConnectionSettings(ctx, c); {
	case errors.Is(err, ledger.ErrConflict):
		return nil, refuse(folderTaken, "Another connection, perhaps of another module, syncs with this folder already; choose another one, or make one in Outlook.")
	case err != nil:
		return nil, err
	}
	c.SettingsVersion++
	return viewSettings(c), nil
}
