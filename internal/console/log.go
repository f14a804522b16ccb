package console

import (
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"contactbridge/internal/client"
)

const logPath = "/log"

// theLog is the sync log: a person's own, or everybody's for administrators.
var theLog = page{name: "log", path: logPath, who: signedIn, show: showLog}

type logPage struct {
	Form     *form
	Admin    bool
	Filtered bool
	Open     bool // the filters that few use

	Lines  []logLine
	Export string
	Keep   url.Values // what a form must send to come back to this page

	First, Newer, Older string // addresses of other pages of the list; empty: there is none
}

// logFilters are the filters as a form names them. user is given by links; a person types who.
var logFilters = []string{"text", "action", "outcome", "direction", "since", "until", "who", "user", "run"}

func showLog(v *visit) (any, error) {
	q := v.Request.URL.Query()
	stored := url.Values{}
	for _, name := range logFilters {
		stored.Set(name, strings.TrimSpace(q.Get(name)))
	}
	p := logPage{Form: v.form("", stored), Admin: v.me.Admin}
	for _, name := range logFilters {
		p.Filtered = p.Filtered || stored.Get(name) != ""
	}
	p.Open = stored.Get("direction")+stored.Get("since")+stored.Get("until")+stored.Get("run") != ""
	if p.Admin && stored.Get("who") != "" && stored.Get("user") == "" {
		return p, v.findWho(p.Form, stored)
	}
	asked, err := v.logAsked(p.Form)
	if err != nil {
		return p, nil //nolint:nilerr // the form says what is wrong
	}
	asked.Cursor = given(q, "cursor")
	a, err := ask(v.api.ReadLogWithResponse(v.Request.Context(), asked))
	if err := p.Form.heeds(err, "query.", stored.Get("run") != ""); err != nil || a == nil || p.Form.wrong != nil {
		return p, err
	}
	for _, l := range a.JSON200.Lines {
		p.Lines = append(p.Lines, v.logLine(l, q.Get("whole")))
	}
	p.Export = "/api/v1/log.csv?" + exported(asked).Encode()
	p.turn(q, text(a.JSON200.Next))
	if len(p.Lines) > 0 && stored.Get("user") != "" && stored.Get("who") == "" {
		p.Form.Set("who", p.Lines[0].User)
	}
	return p, nil
}

// findWho goes on with the id of the user whose name was typed, so that turning pages does not look for it again.
func (v *visit) findWho(f *form, q url.Values) error {
	yes, who := true, q.Get("who")
	a, err := ask(v.api.ListUsersWithResponse(v.Request.Context(), &client.ListUsersParams{Stored: &yes, Name: &who}))
	if err != nil {
		return err
	}
	if len(a.JSON200.Users) == 0 {
		f.refused(flawAt("who", say("log.who.unknown", who)))
		return nil
	}
	q.Set("user", a.JSON200.Users[0].ID)
	return elsewhere(v.page.path + queryOf(q))
}

// logAsked spells the filters for the API.
func (v *visit) logAsked(f *form) (*client.ReadLogParams, error) {
	fifty := int64(50)
	asked := &client.ReadLogParams{
		User: given(f.values, "user"), Run: given(f.values, "run"), Text: given(f.values, "text"), Limit: &fifty,
		Action: as[client.ReadLogParamsAction](f, "action"), Outcome: as[client.ReadLogParamsOutcome](f, "outcome"),
		Direction: as[client.ReadLogParamsDirection](f, "direction"),
	}
	if !v.me.Admin && asked.User == nil {
		f.Set("who", "")
	}
	for name, into := range map[string]**time.Time{"since": &asked.Since, "until": &asked.Until} {
		typed := f.Value(name)
		if typed == "" {
			continue
		}
		t, err := time.ParseInLocation("2006-01-02T15:04", typed, v.zone())
		if err != nil {
			f.refused(flawAt(name, say("log.time.wrong")))
			return nil, err
		}
		*into = &t
	}
	return asked, nil
}

// as is a filter's value as a type of the API; nil: it is not there.
func as[T ~string](f *form, name string) *T {
	if value := T(f.Value(name)); value != "" {
		return &value
	}
	return nil
}

// heeds shows a refusal of the API at the fields of a form that has no body, and gives any other error. What is not found
// is the run, where one was asked for.
func (f *form) heeds(err error, place string, run bool) error {
	var p *client.Problem
	if errors.As(err, &p) && p.Kind == "not-found" && run {
		f.refused(flawAt("run", say("log.run.unknown")))
		return nil
	}
	if p = mendable(err); p == nil {
		return err
	}
	if p.Errors != nil {
		for i, each := range *p.Errors {
			if each.Location != nil {
				at := strings.TrimPrefix(*each.Location, place)
				(*p.Errors)[i].Location = &at
			}
		}
	}
	f.refused(p)
	return nil
}

// flawAt says what is wrong with a field.
func flawAt(field, sentence string) *client.Problem {
	return &client.Problem{Detail: sentence, Errors: &[]client.Flaw{{Location: &field, Message: sentence}}}
}

// exported are the filters of the table with all lines.
func exported(asked *client.ReadLogParams) url.Values {
	out := url.Values{}
	for name, value := range map[string]*string{
		"user": asked.User, "run": asked.Run, "text": asked.Text, "action": (*string)(asked.Action),
		"outcome": (*string)(asked.Outcome), "direction": (*string)(asked.Direction),
	} {
		if value != nil {
			out.Set(name, *value)
		}
	}
	for name, at := range map[string]*time.Time{"since": asked.Since, "until": asked.Until} {
		if at != nil {
			out.Set(name, at.UTC().Format(time.RFC3339))
		}
	}
	return out
}

// mostTrail is over how many pages one comes back step by step; from there the first page is one step away.
const mostTrail = 10

// turn makes the addresses of the pages around. The API's cursors lead on; the trail holds those that one came by.
func (p *logPage) turn(q url.Values, next string) {
	p.Keep = url.Values{}
	for _, name := range append(slices.Clone(logFilters), "cursor", "trail") {
		if value := q.Get(name); value != "" {
			p.Keep.Set(name, value)
		}
	}
	at := func(cursor string, trail []string) string {
		to := maps.Clone(p.Keep)
		to.Del("trail")
		to.Del("cursor")
		if cursor != "" {
			to.Set("cursor", cursor)
		}
		if len(trail) > 0 {
			to.Set("trail", strings.Join(trail[max(0, len(trail)-mostTrail):], " "))
		}
		return logPath + queryOf(to)
	}
	trail, here := strings.Fields(q.Get("trail")), q.Get("cursor")
	if next != "" {
		onward := trail
		if here != "" {
			onward = append(slices.Clone(trail), here)
		}
		p.Older = at(next, onward)
	}
	switch {
	case here == "":
	case len(trail) > 0:
		p.First, p.Newer = at("", nil), at(trail[len(trail)-1], trail[:len(trail)-1])
	default:
		p.Newer = at("", nil)
	}
}

// queryOf is a query without empty values.
func queryOf(q url.Values) string {
	out := url.Values{}
	for name := range q {
		if value := q.Get(name); value != "" {
			out.Set(name, value)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "?" + out.Encode()
}
