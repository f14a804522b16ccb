package console

import (
	"net/url"
	"slices"

	"contactbridge/internal/client"
)

// panel is step 2 of one connection.
type panel struct {
	client.ConnectionView
	offers

	Own, Admin bool
	Mine       []client.ConnectionView // the person's own, to change over to
	UsersPage  string                  // where an admin invites; empty: nowhere
	NextPage   string                  // step 3, once step 2 is done; empty: not yet, or there is none
	Notice     string                  // of what was just done, while the form is not saved

	SignIn, Revoke, Assign, End *form
	ServiceMailbox              string // that an admin may assign; empty: none

	Form       *form
	Rows       []mapRow
	Conditions []conditionRow // and an empty one, unless they are fixed
	Mapping    bool           // the table is to be shown open
	// Fixed says why the mapping cannot be changed here.
	Fixed string
}

// offers are the settings of a connection and what they can be made of. What a side did not tell is missing, and Silent
// holds the sentences why.
type offers struct {
	Settings   *client.SettingsView
	etag       string
	Folders    []client.FolderView
	Filters    []client.FilterView
	owners     []client.OwnerView
	fields     []client.FieldView
	properties []client.Property
	sample     client.SampleOutputBody

	FoldersWhy, FiltersWhy, OwnersWhy, FieldsWhy string
}

func showStep2Of(v *visit) (any, error) {
	ctx := v.Request.Context()
	c, err := ask(v.api.GetConnectionWithResponse(ctx, v.Param("connection")))
	if err != nil {
		return nil, err
	}
	p := &panel{ConnectionView: *c.JSON200, Admin: v.me.Admin, Own: c.JSON200.UserID == v.me.ID}
	all, err := ask(v.api.ListConnectionsWithResponse(ctx, &client.ListConnectionsParams{User: &v.me.ID}))
	if err != nil {
		return nil, err
	}
	p.Mine = all.JSON200.Connections
	if p.offers, err = v.offers(p.ConnectionView); err != nil {
		return nil, err
	}
	if err := v.accountForms(p); err != nil {
		return nil, err
	}
	v.settingsForm(p)
	for _, e := range v.navigation() {
		switch {
		case e.Step == 3 && !e.Disabled && len(p.Steps.Missing) == 0:
			p.NextPage = e.Path + "?" + url.Values{"connection": {p.ID}}.Encode()
		case e.Path == "/users":
			p.UsersPage = e.Path
		}
	}
	return step2Page{Panel: p}, nil
}

// offers asks for everything at once: both sides are far away.
func (v *visit) offers(c client.ConnectionView) (o offers, err error) {
	ctx, id := v.Request.Context(), c.ID
	var all calls
	all.add(func() error {
		a, err := ask(v.api.GetSettingsWithResponse(ctx, id))
		if err == nil {
			o.Settings, o.etag = a.JSON200, a.HTTPResponse.Header.Get("ETag")
		}
		return err
	})
	if c.Account.SignedIn {
		all.add(func() error {
			a, err := ask(v.api.ListFoldersWithResponse(ctx, id))
			if err == nil {
				o.Folders = a.JSON200.Folders
			}
			return tell(&o.FoldersWhy, err)
		})
	}
	all.add(func() error {
		a, err := ask(v.api.ListFiltersWithResponse(ctx, id))
		if err == nil {
			o.Filters = a.JSON200.Filters
		}
		return tell(&o.FiltersWhy, err)
	})
	all.add(func() error {
		a, err := ask(v.api.ListOwnersWithResponse(ctx, id))
		if err == nil {
			o.owners = a.JSON200.Owners
		}
		return tell(&o.OwnersWhy, err)
	})
	all.add(func() error {
		a, err := ask(v.api.ListFieldsWithResponse(ctx, id, c.Module))
		if err == nil {
			o.fields = a.JSON200.Fields
		}
		return tell(&o.FieldsWhy, err)
	})
	all.add(func() error {
		a, err := ask(v.api.ListOutlookFieldsWithResponse(ctx, id))
		if err == nil {
			o.properties = a.JSON200.Fields
		}
		return err
	})
	all.add(func() error {
		a, err := ask(v.api.ShowSampleWithResponse(ctx, id))
		if err == nil {
			o.sample = *a.JSON200
		}
		return err
	})
	err = all.do()
	return o, err
}

// tell keeps the sentence of a problem, so that the rest of the page can be used.
func tell(why *string, err error) error {
	if p := mendable(err); p != nil {
		*why = p.Detail
		return nil
	}
	return err
}

// Limit says what counts instead of a setting; empty: it counts.
func (p *panel) Limit(field string) string {
	for _, l := range p.Limits {
		if l.Field == field {
			return l.Sentence
		}
	}
	return ""
}

// Tabs tells whether there are other connections of the person to change over to.
func (p *panel) Tabs() bool { return len(p.Mine) > 1 || len(p.Mine) == 1 && !p.Own }

// Stepped tells whether a step of the connection is done.
func (p *panel) Stepped(name string) bool { return slices.Contains(p.Steps.Done, name) }

// Sampled tells whether values of a real contact can be shown.
func (p *panel) Sampled() bool { return p.sample.Vtiger != nil || p.sample.Outlook != nil }
