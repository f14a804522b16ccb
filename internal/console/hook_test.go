package console

import (
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
)

// hooked is somebody's webhook, which passes on what it gets.
func hooked(got chan<- string) (string, func(), error) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		got <- string(raw)
	}))
	return s.URL, s.Close, nil
}

// regexpLink is where the link with a text leads; empty: there is none.
func regexpLink(page, text string) string {
	m := regexp.MustCompile(`<a [^>]*?href="([^"]*)"[^>]*>` + text + `</a>`).FindStringSubmatch(page)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}
