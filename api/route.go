package api

import (
	"context"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
)

// prefix is where the calls of this version stand; probes and pages stand at the root.
const prefix = "/api/v1"

// routes is where resources add their calls.
type routes struct {
	server *Server
	api    huma.API
}

// routes describes the API and binds it to the router. huma's own documents and schema links are off: the page that it
// serves loads scripts from elsewhere.
func (s *Server) routes(g *gin.Engine) routes {
	config := huma.DefaultConfig("Contact Bridge", s.Version)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath, config.CreateHooks = "", "", "", nil
	config.Info.Description = "Syncs contacts between vTiger CRM and Office 365 (Outlook), in both directions."
	config.Servers = []*huma.Server{{URL: s.PublicURL}}
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer", Description: "The token that POST /api/v1/session answers, or an API token"},
		"cookie": {Type: "apiKey", In: "cookie", Name: sessionCookie, Description: "The cookie that POST /api/v1/session sets"},
	}
	return routes{s, humagin.New(g, config)}
}

// add registers a call: who may make it is checked before anything of the request is read, and errors become problems.
func add[I, O any](r routes, who access, op huma.Operation, call func(context.Context, *I) (*O, error)) {
	s, doing := r.server, op.Method+" "+op.Path
	op.MaxBodyBytes = maxBody
	page := isPage(op)
	refusals(&op, who, reflect.TypeFor[I]())
	if who > anybody {
		op.Security = []map[string][]string{{"bearer": {}}, {"cookie": {}}}
		op.Middlewares = append(op.Middlewares, s.admit(r.api, who, doing))
	}
	huma.Register(r.api, op, func(ctx context.Context, in *I) (*O, error) {
		if err := ensureStorable(in); err != nil && !page {
			return nil, s.failure(ctx, doing, err)
		}
		ctx, done := s.audited(ctx, who, op)
		out, err := call(ctx, in)
		if err == nil {
			err = done()
		}
		if err != nil {
			return nil, s.failure(ctx, doing, err)
		}
		return out, nil
	})
}

// on begins the description of a call.
func on(method, path, tag, id, summary string, errors ...int) huma.Operation {
	return huma.Operation{Method: method, Path: path, Tags: []string{tag}, OperationID: id, Summary: summary, Errors: errors}
}
