package console

import (
	"net/url"
	"slices"
	"strings"

	"contactbridge/internal/client"
)

// syncChoice is the connection that a page is about, and the others that the person may choose.
type syncChoice struct {
	C       *client.ConnectionView // nil: there is none, or nobody chose yet
	Options []option               // all of them; empty: there are none
	Path    string                 // where a choice is sent to
	Owner   string                 // the vTiger user, if that is another one than who looks
}

// Several tells whether there is something to choose.
func (c syncChoice) Several() bool { return len(c.Options) > 1 || len(c.Options) == 1 && c.C == nil }

// at is a page's address with this connection and, in turn, names and values.
func (c syncChoice) at(path string, more ...string) string {
	q := url.Values{}
	if c.C != nil && (len(c.Options) > 1 || c.Owner != "") {
		q.Set("connection", c.C.ID)
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// Step2, Step3 and Waiting are the other pages of the same connection.
func (c syncChoice) Step2() string   { return c.at("/step2") }
func (c syncChoice) Step3() string   { return c.at(step3Path) }
func (c syncChoice) Waiting() string { return c.at(waitingPath) }

// syncChoice reads the connections that the person may choose: their own or, where the wish is another user's, all of that
// user's. Without a wish it is the first of their own.
func (v *visit) syncChoice(path string) (syncChoice, error) {
	out := syncChoice{Path: path}
	wish := v.Query("connection")
	if v.typed != nil {
		wish = v.posted("connection")
	}
	list, err := v.choosable(wish)
	if err != nil {
		return out, err
	}
	for i, c := range list {
		if c.ID == wish || wish == "" && out.C == nil {
			out.C = &list[i]
		}
	}
	if out.C != nil && out.C.UserID != v.me.ID {
		out.Owner = out.C.UserName
	}
	for _, c := range list {
		out.Options = append(out.Options, option{Value: c.ID, Text: v.nameOf(c), Chosen: out.C != nil && c.ID == out.C.ID})
	}
	return out, nil
}

// choosable are the connections of the user whose the wish is.
func (v *visit) choosable(wish string) ([]client.ConnectionView, error) {
	of := v.me.ID
	if wish != "" {
		c, err := ask(v.api.GetConnectionWithResponse(v.Request.Context(), wish))
		if err != nil {
			return nil, err
		}
		of = c.JSON200.UserID
	}
	held, err := ask(v.api.ListConnectionsWithResponse(v.Request.Context(), &client.ListConnectionsParams{User: &of}))
	if err != nil {
		return nil, err
	}
	list := held.JSON200.Connections
	slices.SortStableFunc(list, func(a, b client.ConnectionView) int { return strings.Compare(a.Module, b.Module) })
	return list, nil
}

// nameOf is how people tell connections apart.
func (v *visit) nameOf(c client.ConnectionView) string {
	parts := []string{c.Module}
	if c.Account.Address != "" {
		parts = append(parts, c.Account.Address)
	}
	name := strings.Join(parts, " – ")
	if c.UserID != v.me.ID {
		name = c.UserName + ": " + name
	}
	return name
}
