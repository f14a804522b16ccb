package console

import (
	"slices"
	"strings"
)

// order is the navigation: the pages with these addresses, as far as there are any and the person can use them. The first
// ones are the steps, which people know by their numbers. A page here has a text "nav".
var order = []string{"/step1", "/step2", "/step3", "/log", "/health", "/users", "/settings", "/audit"}

const steps = 3

// entry is a line of the navigation.
type entry struct {
	Path, Text string
	Step       int // its number; 0: it is no step
	Current    bool
	Disabled   bool // until step 1 is done
}

// navigation gives the person's.
func (v *visit) navigation() (entries []entry) {
	for i, path := range order {
		at := slices.IndexFunc(v.console.pages, func(p *page) bool { return p.path == path })
		if at < 0 || v.console.pages[at].who == admins && !v.me.Admin {
			continue
		}
		p := v.console.pages[at]
		e := entry{Path: path, Text: say(p.name + ".nav"), Current: strings.HasPrefix(v.page.path+"/", path+"/"), Disabled: p.after1 && !v.me.Step1Done}
		if i < steps {
			e.Step = i + 1
		}
		entries = append(entries, e)
	}
	return entries
}
