package api

import (
	"context"
	"net/http"
	"strings"

	"contactbridge/internal/contact"
	"contactbridge/internal/fieldmap"
)

type foldersOutput struct {
	Body struct {
		Folders []folderView `json:"folders" doc:"The mailbox's own folder first"`
	}
}

type fieldView struct {
	Name       string `json:"name" example:"lastname"`
	Label      string `json:"label" doc:"As people see it; a custom field is known by it, for its name differs per installation"`
	Type       string `json:"type" doc:"vTiger's name of the type"`
	Mandatory  bool   `json:"mandatory"`
	Editable   bool   `json:"editable" doc:"False: it can only be mapped in the direction toOutlook"`
	Comparable bool   `json:"comparable" doc:"False: conditions cannot ask for it"`

	Choices []string `json:"choices,omitempty" doc:"Of a picklist: its values, as the transform picklist takes them"`
}

type fieldsOutput struct {
	Body struct {
		Fields []fieldView `json:"fields"`
	}
}

type propertiesOutput struct {
	Body struct {
		Fields []fieldmap.Property `json:"fields"`
	}
}

// choiceRoutes are the lists from which the settings are made.
func (s *Server) choiceRoutes(r routes) {
	const tag, path = "Step 2: mailbox and settings", connectionsPath + "/{id}"
	add(r, syncing, on(http.MethodGet, path+"/folders", tag, "list-folders", "List the mailbox's contact folders",
		http.StatusNotFound, http.StatusConflict, http.StatusServiceUnavailable), s.listFolders)
	create := on(http.MethodPost, path+"/folders", tag, "create-folder", "Make a contact folder in the mailbox, below its own one",
		http.StatusNotFound, http.StatusConflict, http.StatusServiceUnavailable)
	create.DefaultStatus = http.StatusCreated
	add(r, syncing, create, s.createFolder)
	add(r, syncing, on(http.MethodGet, path+"/modules", tag, "list-modules", "List the vTiger modules that can be synced",
		http.StatusNotFound, http.StatusConflict, http.StatusServiceUnavailable), s.listModules)
	add(r, syncing, on(http.MethodGet, path+"/sample", tag, "show-sample", "Show a real contact of both sides, with the values of its fields",
		http.StatusNotFound), s.showSample)
	add(r, syncing, on(http.MethodGet, path+"/modules/{module}/fields", tag, "list-fields", "List the fields of a vTiger module that can be synced",
		http.StatusNotFound, http.StatusConflict, http.StatusServiceUnavailable), s.listFields)
	add(r, syncing, on(http.MethodGet, path+"/outlook-fields", tag, "list-outlook-fields",
		"List the Outlook properties that can be mapped", http.StatusNotFound), s.listProperties)
}

func (s *Server) listFolders(ctx context.Context, in *connectionInput) (*foldersOutput, error) {
	c, _, err := s.usable(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	mailbox, err := s.mailbox(ctx, c)
	if err != nil {
		return nil, err
	}
	folders, err := mailbox.Folders(ctx)
	if err != nil {
		return nil, err
	}
	out := &foldersOutput{}
	out.Body.Folders = make([]folderView, len(folders))
	for i, f := range folders {
		out.Body.Folders[i] = folderView{f.ID, f.Name, f.Default}
	}
	return out, nil
}

type createFolderInput struct {
	ID   string `path:"id" maxLength:"64" doc:"The connection"`
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"255" doc:"As Outlook shows it"`
	}
}

type createdFolderOutput struct{ Body folderView }

// createFolder makes a folder and does not choose it.
func (s *Server) createFolder(ctx context.Context, in *createFolderInput) (*createdFolderOutput, error) {
	c, _, err := s.usable(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	name := strings.TrimSpace(in.Body.Name)
	if name == "" {
		return nil, refuseField("body.name", "Give the folder a name.")
	}
	mailbox, err := s.mailbox(ctx, c)
	if err != nil {
		return nil, err
	}
	f, err := mailbox.CreateFolder(ctx, name)
	if contact.KindOf(err) == contact.BadInput {
		return nil, refuseField("body.name", contact.SentenceOf(err))
	}
	return &createdFolderOutput{folderView{ID: f.ID, Name: f.Name}}, err
}

type modulesOutput struct {
	Body struct {
		Modules []string `json:"modules" doc:"As far as vTiger has them switched on"`
	}
}

func (s *Server) listModules(ctx context.Context, in *connectionInput) (*modulesOutput, error) {
	if _, err := s.visible(ctx, in.ID); err != nil {
		return nil, err
	}
	possible, err := s.modules(ctx)
	out := &modulesOutput{}
	out.Body.Modules = listed(possible)
	return out, err
}

type fieldsInput struct {
	ID     string `path:"id" maxLength:"64" doc:"The connection"`
	Module string `path:"module" maxLength:"64" doc:"From the list of modules"`
}

func (s *Server) listFields(ctx context.Context, in *fieldsInput) (*fieldsOutput, error) {
	if _, err := s.visible(ctx, in.ID); err != nil {
		return nil, err
	}
	if err := s.ensureModule(ctx, "path.module", in.Module); err != nil {
		return nil, err
	}
	crm, err := s.VTiger.Client(ctx)
	if err != nil {
		return nil, err
	}
	fields, err := crm.Fields(ctx, in.Module)
	if err != nil {
		return nil, err
	}
	out := &fieldsOutput{}
	out.Body.Fields = make([]fieldView, len(fields))
	for i, f := range fields {
		out.Body.Fields[i] = fieldView{f.Name, f.Label, f.Type, f.Mandatory, f.Editable, f.Content, f.Choices}
	}
	return out, nil
}

func (s *Server) listProperties(ctx context.Context, in *connectionInput) (*propertiesOutput, error) {
	if _, err := s.visible(ctx, in.ID); err != nil {
		return nil, err
	}
	out := &propertiesOutput{}
	for _, p := range fieldmap.Properties {
		whole, _ := fieldmap.PropertyOf(p.Name)
		out.Body.Fields = append(out.Body.Fields, whole)
	}
	return out, nil
}
