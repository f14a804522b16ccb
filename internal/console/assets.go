package console

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"mime"
	"net/http"
	"path"

	"github.com/gin-gonic/gin"
)

//go:embed assets
var assetFiles embed.FS

// assets are the files that pages use: everything that a browser loads besides the page.
var assets = []string{"console.css", "console.js", "icon.svg"}

// assetPath is where a file stands. The address changes with the file, so that it can be kept for ever.
func assetPath(name string) string { return "/assets/" + name + "?v=" + hashOf(name) }

func hashOf(name string) string {
	raw, err := assetFiles.ReadFile("assets/" + name)
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(raw)
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// mountAssets serves the files: for ever under the address with the hash, else as long as they are the same.
func mountAssets(g *gin.Engine) {
	for _, name := range assets {
		hash := hashOf(name)
		serve := func(c *gin.Context) {
			caching := "no-cache"
			if c.Query("v") == hash {
				caching = "public, max-age=31536000, immutable"
			}
			h := c.Writer.Header()
			h.Set("Cache-Control", caching)
			h.Set("ETag", `"`+hash+`"`)
			h.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
			http.ServeFileFS(c.Writer, c.Request, assetFiles, "assets/"+name)
		}
		g.GET("/assets/"+name, serve)
		g.HEAD("/assets/"+name, serve)
	}
}
