package api

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"html/template"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

//go:embed docs.html
var docsHTML string

var docsTemplate = template.Must(template.New("docs").Parse(docsHTML))

// document serves the OpenAPI document, its 3.0 form for the generators that know no other, and the page made from it. All
// are made once: the routes are all there.
func document(g *gin.Engine, o *huma.OpenAPI) {
	nullable(o)
	exemplify(o)
	document, err := json.Marshal(o)
	serve(g, "/openapi.json", "application/openapi+json", document, err)
	document, err = downgrade(o)
	serve(g, "/openapi-3.0.json", "application/openapi+json", document, err)
	var out bytes.Buffer
	err = docsTemplate.Execute(&out, readable(o))
	serve(g, "/docs", "text/html; charset=utf-8", out.Bytes(), err)
}

// serve answers always the same, or that it could not be made.
func serve(g *gin.Engine, path, contentType string, body []byte, err error) {
	g.GET(path, func(c *gin.Context) {
		if err != nil {
			refuse(internal, "This document could not be made: "+err.Error()).write(c.Writer)
			return
		}
		c.Header("Content-Security-Policy", docsPolicy)
		c.Data(http.StatusOK, contentType, body)
	})
}
