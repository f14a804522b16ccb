package console

import (
	"net/url"
	"strings"
	"time"

	"contactbridge/internal/client"
)

const healthPath = "/health"

// health shows how the sync is: a person's own, or everybody's and one user's for administrators.
var health = page{name: "health", path: healthPath, who: signedIn, show: showHealth}

type healthPage struct {
	Form  *form
	Admin bool
	Of    string // the user whose sync it is; empty: one's own, or everybody's
	None  bool   // there is no connection

	Connections []figure
	Attention   []needy
	More        int // … that stand not in the list
	Contacts    []figure
	Chart       chart
	Log         string // the log of the same people
	Users       bool   // the page of the users is there

	Last   *lastRun
	Secret string // when the client secret ends; empty: not known
	Soon   bool
}

// figure is a number with what it means and what can be done about it.
type figure struct {
	N                      int64
	Text, Help, Look, Path string
}

// needy is a connection that somebody must look after.
type needy struct {
	client.AttentionView

	Mend, Flow string // where that is mended, and its workflow
	Invite     bool   // it is another user's
}

type lastRun struct {
	client.HealthRun

	When       moment
	Path, Flow string
}

func showHealth(v *visit) (any, error) {
	q := v.Request.URL.Query()
	stored := url.Values{"who": {strings.TrimSpace(q.Get("who"))}, "user": {q.Get("user")}}
	p := healthPage{Form: v.form("", stored), Admin: v.me.Admin, Of: stored.Get("who")}
	if p.Admin && stored.Get("who") != "" && stored.Get("user") == "" {
		return p, v.findWho(p.Form, stored)
	}
	a, err := ask(v.api.ReadHealthWithResponse(v.Request.Context(), &client.ReadHealthParams{User: given(stored, "user")}))
	if err := p.Form.heeds(err, "query.", false); err != nil || a == nil || p.Form.wrong != nil {
		return p, err
	}
	h := a.JSON200
	p.Log = logPath + queryOf(stored)
	p.None, p.Users = len(h.Connections) == 0, p.Admin && stored.Get("user") == ""
	troubled := int64(0)
	for _, s := range h.Connections {
		p.Connections = append(p.Connections, v.standing(s, p.Users))
		if s.Standing == "failing" || s.Standing == "needsSignIn" {
			troubled += s.N
		}
	}
	for _, t := range h.Attention {
		p.Attention = append(p.Attention, v.needy(t))
	}
	p.More = int(troubled) - len(h.Attention)
	p.Contacts = contactFigures(h.Contacts, stored)
	p.Chart = chartOf(h.Days)
	if r := h.LastRun; r != nil {
		p.Last = &lastRun{*r, v.moment(r.RequestedAt), v.runAt(r.ID), v.workflowAt(r.Connection)}
	}
	p.Secret, p.Soon = secretEnds(text(h.SecretEnds))
	return p, nil
}

// standingLooks are the looks of the badges.
var standingLooks = map[client.StandingCountStanding]string{"inSync": "good", "manual": "", "failing": "bad", "needsSignIn": "bad"}

// standing words how many connections stand so, and what they need. Of everybody's it leads to the users.
func (v *visit) standing(s client.StandingCount, everybody bool) figure {
	look, known := standingLooks[s.Standing]
	if !known {
		look = "warn"
	}
	f := figure{N: s.N, Text: word("health.standing", s.Standing), Help: word("health.help", s.Standing), Look: look}
	if state := map[client.StandingCountStanding]string{"needsSignIn": "needsSignIn", "failing": "failing", "notConnected": "notConnected", "notAllowed": "notAllowed"}[s.Standing]; everybody && state != "" {
		f.Path = usersPath + "?state=" + state
	}
	return f
}

// needy says where a trouble is mended: one's own in step 2, another's by an invitation.
func (v *visit) needy(t client.AttentionView) needy {
	n := needy{AttentionView: t, Mend: "/step2", Flow: v.workflowAt(t.Connection)}
	if t.UserID != v.me.ID {
		n.Mend, n.Invite = usersPath+"?"+url.Values{"text": {t.User}}.Encode(), true
	}
	return n
}

// contactFigures are what is in sync, what is left out and why, and what waits.
func contactFigures(c client.ContactsHealth, who url.Values) []figure {
	skipped := url.Values{"outcome": {"skipped"}, "user": {who.Get("user")}, "who": {who.Get("who")}}
	list := []figure{
		{N: c.InSync, Text: say("health.contacts.inSync"), Help: say("health.contacts.inSync.why"), Look: "good"},
		{N: c.OutOfScope, Text: say("health.contacts.outside"), Help: say("health.contacts.outside.why")},
		{N: c.Detached, Text: say("health.contacts.detached"), Help: say("health.contacts.detached.why")},
		{N: c.Waiting, Text: say("health.contacts.waiting"), Help: say("health.contacts.waiting.why"), Look: "warn", Path: "/waiting"},
		{N: c.Refused, Text: say("health.contacts.refused"), Help: say("health.contacts.refused.why"), Look: "warn", Path: "/waiting"},
		{N: c.Parked, Text: say("health.contacts.parked"), Help: say("health.contacts.parked.why"), Look: "bad", Path: "/waiting"},
	}
	list[1].Path = logPath + queryOf(skipped)
	for i := range list {
		if list[i].N == 0 {
			list[i].Look, list[i].Path = "", ""
		}
	}
	return list
}

// secretEnds words when the client secret ends, and tells whether that is soon.
func secretEnds(day string) (string, bool) {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return "", false
	}
	return t.Format("2 January 2006"), time.Until(t) < 30*24*time.Hour
}
