package console

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
)

//go:embed templates
var templateFiles embed.FS

// functions are all that templates can call besides methods.
var functions = template.FuncMap{
	"t": say, "rich": rich, "word": word, "n": counted, "asset": assetPath, "confirm": confirm,
}

// looks are the templates of all pages by name, each with the layout and the parts.
var looks = mustParse()

func mustParse() map[string]*template.Template {
	all, err := parsed()
	if err != nil {
		panic(err)
	}
	return all
}

func parsed() (map[string]*template.Template, error) {
	base, err := template.New("layout").Funcs(functions).ParseFS(templateFiles, "templates/parts/*.html")
	if err != nil {
		return nil, err
	}
	files, err := fs.Glob(templateFiles, "templates/*.html")
	all := map[string]*template.Template{}
	for _, file := range files {
		own, err := base.Clone()
		if err == nil {
			own, err = own.ParseFS(templateFiles, file)
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		all[strings.TrimSuffix(path.Base(file), ".html")] = own
	}
	return all, err
}

// frame is what the layout shows around a page.
type frame struct {
	Who     string // is signed in; empty: nobody
	Nav     []entry
	Flash   *flash
	Zone    string // of the times on the page
	Version string
	Wrong   bool // what was sent could not be done
	Page    any
}

// render answers with a page. Nothing is written before the whole of it is made.
func (v *visit) render(status int, name string, data any) error {
	f := frame{Flash: v.takeFlash(), Version: v.console.Version, Wrong: v.typed != nil, Page: data}
	if v.me != nil {
		f.Who, f.Nav, f.Zone = strings.TrimSpace(v.me.FirstName+" "+v.me.LastName), v.navigation(), v.zone().String()
		if f.Who == "" {
			f.Who = v.me.UserName
		}
	}
	var out bytes.Buffer
	if err := looks[name].ExecuteTemplate(&out, "layout", f); err != nil {
		return fmt.Errorf("make the page %s: %w", name, err)
	}
	v.Data(status, "text/html; charset=utf-8", out.Bytes())
	return nil
}

// confirmation is a button that asks once more before it posts, without a script.
type confirmation struct {
	Key, Action string // the texts key, key.ask and key.yes
	Danger      bool
	Hidden      map[string]string
}

// confirm makes one, of what cannot be taken back.
func confirm(key, action string) confirmation {
	return confirmation{Key: key, Action: action, Danger: true}
}

// With sends a value along.
func (c confirmation) With(name, value string) confirmation {
	hidden := map[string]string{name: value}
	for k, v := range c.Hidden {
		hidden[k] = v
	}
	c.Hidden = hidden
	return c
}

// Calm makes it a button among others.
func (c confirmation) Calm() confirmation { c.Danger = false; return c }
