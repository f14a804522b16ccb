package console

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// reader is who may open a page. Who may do what is decided by the API; this spares people pages that cannot work.
type reader int

// From everybody to the few.
const (
	anybody reader = iota
	signedIn
	admins
)

// page is one page of the console.
type page struct {
	name string // of its template and its texts: templates/name.html, texts/name.txt
	path string // may hold parameters, such as /runs/:id; what stands in order is in the navigation
	who  reader

	// after1 says that it can be used only when step 1 is done.
	after1 bool

	// show gives what the template shows as its dot; elsewhere as its error leads to another page.
	show func(*visit) (any, error)

	// acts are what its forms do: each is posted to path/name, or to path itself where the name is empty. An act ends with
	// a redirect (visit.done) or an error. A problem of the API that the person can mend shows the page again, with what
	// was typed (visit.form) and what is wrong with it.
	acts map[string]func(*visit) error
}

// at is where one of the page's forms is posted to.
func (p *page) at(act string) string {
	if act == "" {
		return p.path
	}
	if p.path == "/" {
		return "/" + act
	}
	return p.path + "/" + act
}

// mount adds a page's routes.
func (c *Console) mount(g *gin.Engine, p *page) {
	g.GET(p.path, c.on(p, (*visit).show))
	g.HEAD(p.path, c.on(p, (*visit).show))
	for name, do := range p.acts {
		g.POST(p.at(name), c.on(p, func(v *visit) error { return v.act(name, do) }))
	}
}

// on makes a visit of a request.
func (c *Console) on(p *page, do func(*visit) error) gin.HandlerFunc {
	return func(g *gin.Context) {
		v, err := c.visit(g, p)
		defer v.recovered()
		if err == nil {
			err = c.ensureOurs(g.Request)
		}
		if err == nil {
			err = v.admit()
		}
		if err == nil {
			err = do(v)
		}
		if err != nil {
			v.sorry(err)
		}
	}
}

// show answers with the page.
func (v *visit) show() error { return v.showAs(http.StatusOK) }

func (v *visit) showAs(status int) error {
	data, err := v.page.show(v)
	if err != nil {
		return err
	}
	return v.render(status, v.page.name, data)
}

// act does what a form asks for.
func (v *visit) act(name string, do func(*visit) error) error {
	if err := v.Request.ParseForm(); err != nil {
		return v.unread(err)
	}
	err := do(v)
	p := mendable(err)
	if p == nil {
		return err
	}
	v.typed = &typed{act: name, values: v.Request.PostForm, problem: p}
	return v.showAs(int(p.Status))
}

// showWith answers an act with the page and what the act brought, where that cannot travel in a redirect.
func showWith[P any](v *visit, change func(*P)) error {
	data, err := v.page.show(v)
	if err != nil {
		return err
	}
	p := data.(P)
	change(&p)
	return v.render(http.StatusOK, v.page.name, p)
}
