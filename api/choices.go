package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"contactbridge/internal/fieldmap"
	"contactbridge/internal/outlook"
	"contactbridge/internal/vtiger"
)

type folderList struct {
	Body struct {
		Folders []outlook.Folder `json:"folders"`
	}
}

type fieldList struct {
	Body struct {
		Fields []vtiger.FieldInfo `json:"fields"`
	}
}

type propertyList struct {
	Body struct {
		Fields []fieldmap.Property `json:"fields"`
	}
}

// choices are what the forms offer.
func (s *Server) choices(api huma.API) {
	register(s, api, call{http.MethodGet, "/connections/{id}/folders", "List the mailbox's contact folders", signed, http.StatusOK, []int{403, 404, 409, 503}}, s.folders)
	register(s, api, call{http.MethodGet, "/connections/{id}/fields", "List the module's fields in vTiger", signed, http.StatusOK, []int{404, 503}}, s.fields)
	register(s, api, call{http.MethodGet, "/connections/{id}/outlook-fields", "List the properties that can be mapped in Outlook", signed, http.StatusOK, []int{404}}, s.properties)
}

func (s *Server) folders(ctx context.Context, in *connectionID) (*folderList, error) {
	c, err := s.usable(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	mailbox, err := s.mailbox(ctx, c)
	if err != nil {
		return nil, err
	}
	out := &folderList{}
	out.Body.Folders, err = mailbox.Folders(ctx)
	return out, err
}

func (s *Server) fields(ctx context.Context, in *connectionID) (*fieldList, error) {
	c, err := s.own(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &fieldList{}
	out.Body.Fields, err = s.VTiger.Fields(ctx, c.Module)
	return out, err
}

func (s *Server) properties(ctx context.Context, in *connectionID) (*propertyList, error) {
	out := &propertyList{}
	out.Body.Fields = fieldmap.Properties
	_, err := s.own(ctx, in.ID)
	return out, err
}
