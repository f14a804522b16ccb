package console

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"contactbridge/internal/client"
)

// visit is one request for a page: who asks, and the API as they may use it.
type visit struct {
	*gin.Context

	console *Console
	page    *page
	api     *client.ClientWithResponses
	me      *client.MeOutputBody // nil: nobody is signed in
	typed   *typed               // what a form held that could not be used; nil: nothing was posted, or all went well
}

func (c *Console) visit(g *gin.Context, p *page) (*visit, error) {
	v := &visit{Context: g, console: c, page: p}
	var err error
	v.api, err = client.Open("http://console", "", client.WithHTTPClient(&http.Client{
		Transport:     inside{c.API, g.Request},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}))
	return v, err
}

// admit finds who asks, and refuses a page that they cannot use.
func (v *visit) admit() error {
	me, err := ask(v.api.MeWithResponse(v.Request.Context()))
	switch {
	case err == nil:
		v.me = me.JSON200
	case v.page.who > anybody:
		return err
	default:
		return nil
	}
	if v.page.who == admins && !v.me.Admin {
		return &client.Problem{Status: http.StatusForbidden, Kind: "admin-only", Title: say("sorry.adminOnly"), Detail: say("sorry.adminOnly.why")}
	}
	if v.page.after1 && !v.me.Step1Done {
		return &client.Problem{Status: http.StatusConflict, Kind: "step-1-missing", Title: say("sorry.step1"), Detail: say("sorry.step1.why")}
	}
	return nil
}

// posted is a value of the posted form, as it was typed.
func (v *visit) posted(name string) string { return v.Request.PostForm.Get(name) }

// etag is that of what the form was made from; nil: it does not say.
func (v *visit) etag() *string {
	if tag := v.posted("etag"); tag != "" {
		return &tag
	}
	return nil
}

// done ends an act: the page is shown anew, with a notice.
func (v *visit) done(key string, args ...any) error { return v.doneAt(v.action(""), key, args...) }

// doneAt ends an act at another page of ours.
func (v *visit) doneAt(path, key string, args ...any) error {
	if key != "" {
		v.flash("good", say(key, args...))
	}
	return elsewhere(path)
}

// elsewhere is an address of ours to go on at.
type elsewhere string

// Error makes it an ending of whatever a page does.
func (e elsewhere) Error() string { return "go on at " + string(e) }
