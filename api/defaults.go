package api

import (
	"context"
	"net/http"
	"slices"

	"contactbridge/internal/fieldmap"
	"contactbridge/internal/ledger"
)

const defaultsPath = prefix + "/settings/defaults"

type defaultsView struct {
	Mapping map[string]fieldmap.Mapping `json:"mapping" doc:"By module; a module that is not there has its own default"`
	Locked  []string                    `json:"locked" doc:"The settings that only administrators can change"`
	Caps    capsView                    `json:"caps"`

	Choices
}

type capsView struct {
	UsersMayDelete   bool `json:"usersMayDeleteInVtiger"`
	UsersMayCreate   bool `json:"usersMayCreateInVtiger"`
	SmallestInterval int  `json:"smallestInterval" doc:"In minutes"`
}

// defaultsChange is what an administrator wants; what is absent stays.
type defaultsChange struct {
	Mapping map[string]mappingChoice `json:"mapping,omitempty" doc:"By module; a module that is absent stays, null goes back to the module's own default"`
	Locked  *[]string                `json:"locked,omitempty" maxItems:"50" enum:"automatic,batchSize,conditions,conflictPolicy,deleteGuard,deleteInOutlook,deleteInVtiger,deleteVersusEdit,direction,existsElsewhere,filter,intervalMinutes,mapping,onScopeExit,outlookFilter,ownerScope,phoneRegion,syncFrom" doc:"The settings that only administrators can change from now on; those of connections stay as they are"`
	Caps    *capsChange              `json:"caps,omitempty"`

	ChoicesChange
}

// capsChange are limits for every connection, those that exist too, whatever their settings say.
type capsChange struct {
	UsersMayDelete   *bool `json:"usersMayDeleteInVtiger,omitempty" doc:"False: no sync deletes a contact in vTiger"`
	UsersMayCreate   *bool `json:"usersMayCreateInVtiger,omitempty" doc:"False: no sync inserts a contact into vTiger"`
	SmallestInterval *int  `json:"smallestInterval,omitempty" minimum:"1" maximum:"10080" doc:"In minutes; no connection syncs by itself more often"`
}

type defaultsInput struct {
	IfMatch string `header:"If-Match" doc:"Only if this is still the ETag"`
	Body    defaultsChange
}

type defaultsOutput struct {
	ETag string `header:"ETag"`
	Body defaultsView
}

type spreadInput struct {
	Body struct {
		Fields      []string `json:"fields" minItems:"1" maxItems:"50" enum:"automatic,batchSize,conflictPolicy,deleteGuard,deleteInOutlook,deleteInVtiger,deleteVersusEdit,direction,existsElsewhere,intervalMinutes,mapping,onScopeExit,outlookFilter,ownerScope,phoneRegion,syncFrom" doc:"The settings that every connection gets as the defaults have them"`
		SkipPreview bool     `json:"skipPreview,omitempty" doc:"Nobody has to look at a preview because of this change; who has to for another reason still does"`
	}
}

type spreadOutput struct {
	Body struct {
		Changed int `json:"changed" doc:"How many connections had something else before"`
	}
}

func (s *Server) defaultsRoutes(r routes) {
	const tag = "Defaults"
	add(r, admins, on(http.MethodGet, defaultsPath, tag, "get-defaults", "Read what new connections start with, what is locked, and the caps"),
		func(ctx context.Context, _ *struct{}) (*defaultsOutput, error) {
			d, err := s.Ledger.Defaults(ctx)
			return viewDefaults(d), err
		})
	add(r, admins, on(http.MethodPut, defaultsPath, tag, "put-defaults", "Decide what new connections start with, what is locked, and the caps; what is absent stays",
		http.StatusPreconditionFailed, http.StatusServiceUnavailable), s.saveDefaults)
	add(r, admins, on(http.MethodPost, defaultsPath+"/apply", tag, "apply-defaults", "Give some of the defaults to every connection, or to none if one cannot have them",
		http.StatusConflict, http.StatusPreconditionFailed, http.StatusServiceUnavailable), s.applyDefaults)
}

func viewDefaults(d ledger.Defaults) *defaultsOutput {
	v := defaultsView{Mapping: d.Mappings, Locked: listed(d.Locked), Caps: viewCaps(d.Caps), Choices: viewChoices(d.Settings)}
	if v.Mapping == nil {
		v.Mapping = map[string]fieldmap.Mapping{}
	}
	return &defaultsOutput{ETag: etag(d.Version), Body: v}
}

func viewCaps(c ledger.Caps) capsView {
	return capsView{!c.NoDeleteInVTiger, !c.NoCreateInVTiger, max(1, c.SmallestInterval)}
}

// saveDefaults checks everything before it changes anything.
func (s *Server) saveDefaults(ctx context.Context, in *defaultsInput) (*defaultsOutput, error) {
	d, err := s.Ledger.Defaults(ctx)
	if err != nil {
		return nil, err
	}
	if err := ensureMatch(in.IfMatch, d.Version); err != nil {
		return nil, err
	}
	before, shown := d.Settings, viewDefaults(d).Body
	if err := in.Body.apply(&d.Settings); err != nil {
		return nil, err
	}
	if in.Body.Caps != nil {
		in.Body.Caps.apply(&d.Caps)
	}
	if in.Body.Locked != nil {
		d.Locked = slices.Compact(slices.Sorted(slices.Values(*in.Body.Locked)))
	}
	if err := ensureWithinCaps(d.Caps, before, d.Settings); err != nil {
		return nil, err
	}
	if err := s.chooseOwners(ctx, &d.Settings.OwnerScope, "", in.Body.OwnerScope); err != nil {
		return nil, err
	}
	if err := s.chooseMappings(ctx, &d, in.Body.Mapping); err != nil {
		return nil, err
	}
	note(ctx, "changed", changedFields(shown, viewDefaults(d).Body, nil))
	if err := s.Ledger.SaveDefaults(ctx, d); err != nil {
		return nil, err
	}
	d.Version++
	return viewDefaults(d), nil
}

func (change capsChange) apply(to *ledger.Caps) {
	if change.UsersMayDelete != nil {
		to.NoDeleteInVTiger = !*change.UsersMayDelete
	}
	if change.UsersMayCreate != nil {
		to.NoCreateInVTiger = !*change.UsersMayCreate
	}
	set(&to.SmallestInterval, change.SmallestInterval)
}

// chooseMappings sets the wanted mappings, each held against the fields that vTiger has now.
func (s *Server) chooseMappings(ctx context.Context, d *ledger.Defaults, wanted map[string]mappingChoice) error {
	if len(wanted) == 0 {
		return nil
	}
	possible, err := s.modules(ctx)
	if err != nil {
		return err
	}
	mappings := map[string]fieldmap.Mapping{}
	for module, rows := range d.Mappings {
		mappings[module] = rows
	}
	for module, choice := range wanted {
		place := "body.mapping." + module
		if !slices.Contains(possible, module) {
			return refuseField(place, "This module cannot be synced.")
		}
		if choice.rows == nil {
			delete(mappings, module)
			continue
		}
		known, err := s.fields(ctx, module)
		if err != nil {
			return err
		}
		if err := checkMapping(place, module, choice.rows, known); err != nil {
			return err
		}
		mappings[module] = choice.rows
	}
	d.Mappings = mappings
	return nil
}

// applyDefaults changes many connections as one change each would, all together.
func (s *Server) applyDefaults(ctx context.Context, in *spreadInput) (*spreadOutput, error) {
	d, err := s.Ledger.Defaults(ctx)
	if err != nil {
		return nil, err
	}
	list, err := s.Ledger.Connections(ctx, "")
	if err != nil {
		return nil, err
	}
	note(ctx, "fields", in.Body.Fields)
	byModule := map[string]ledger.Settings{}
	for _, c := range list {
		if _, known := byModule[c.Module]; known {
			continue
		}
		if byModule[c.Module], err = s.startSettings(ctx, d, c.Module); err != nil {
			return nil, err
		}
	}
	out := &spreadOutput{}
	out.Body.Changed, err = s.Ledger.Spread(ctx, d.Version, byModule, in.Body.Fields, in.Body.SkipPreview)
	return out, err
}
