package console

import (
	"net/http"
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
	if c.C != nil && len(c.Options) > 1 {
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

// syncChoice reads the connections that the person sees, their own first. Without a wish it is the first of their own.
func (v *visit) syncChoice(path string) (syncChoice, error) {
	out := syncChoice{Path: path}
	held, err := ask(v.api.ListConnectionsWithResponse(v.Request.Context()))
	if err != nil {
		return out, err
	}
	list := held.JSON200.Connections
	slices.SortStableFunc(list, func(a, b client.ConnectionView) int {
		return strings.Compare(v.rankOf(a)+a.UserName+a.Module, v.rankOf(b)+b.UserName+b.Module)
	})
	wish := v.Query("connection")
	if v.typed != nil {
		wish = v.posted("connection")
	}
	for i, c := range list {
		if c.ID == wish || wish == "" && out.C == nil && (c.UserID == v.me.ID || len(list) == 1) {
			out.C = &list[i]
		}
	}
	if wish != "" && out.C == nil {
		return out, &client.Problem{Status: http.StatusNotFound, Kind: "not-found", Title: say("sorry.nowhere"), Detail: say("sorry.nowhere.why")}
	}
	if out.C != nil && out.C.UserID != v.me.ID {
		out.Owner = out.C.UserName
	}
	for _, c := range list {
		out.Options = append(out.Options, option{Value: c.ID, Text: v.nameOf(c), Chosen: out.C != nil && c.ID == out.C.ID})
	}
	return out, nil
}

func (v *visit) rankOf(c client.ConnectionView) string {
	if c.UserID == v.me.ID {
		return "0"
	}
	return "1"
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
