package console

import (
	"crypto/rand"
	"net/url"
	"slices"
	"strconv"

	"contactbridge/internal/client"
)

const step3Path = "/step3"

// step3 starts syncs, says how and when they happen, and what came of them.
var step3 = page{
	name: "step3", path: step3Path, who: signedIn, after1: true, show: showStep3,
	acts: map[string]func(*visit) error{"run": startSync, "settings": saveSync, "again": readAgain},
}

type step3Page struct {
	Choice syncChoice
	State  syncState

	Start      *form
	Key        string // of the run that one of the buttons asks for
	Directions []string
	Ready      bool // nothing is missing but, perhaps, a preview

	Settings *form
	Limits   []string
	Stored   []string // what somebody else saved while the form was filled in
	Again    *form
	Repair   bool // it was asked for and refused

	Runs        []runRow
	Next, First string
}

type runRow struct {
	client.RunView

	Path, Title string
	Asked       moment
	Look        string // of the badge
}

func showStep3(v *visit) (any, error) {
	choice, err := v.syncChoice(step3Path)
	p := step3Page{Choice: choice}
	if err != nil || choice.C == nil {
		return p, err
	}
	if p.State, err = v.syncState(*choice.C); err != nil {
		return nil, err
	}
	p.Ready = len(choice.C.Steps.Missing) == 0
	p.Start, p.Key = v.form("run", url.Values{}), v.onceKey("run")
	p.Again, p.Repair = v.form("again", url.Values{"side": {"outlook"}}), v.typed != nil && v.typed.act == "again"
	if err := v.showSettings(&p); err != nil {
		return nil, err
	}
	return p, v.listRuns(&p)
}

// onceKey makes a form good for one run only, however often it is sent. What was refused made none, so its key stays.
func (v *visit) onceKey(act string) string {
	if v.typed != nil && v.typed.act == act && v.typed.problem.Kind != "idempotency-key-reused" && v.posted("key") != "" {
		return v.posted("key")
	}
	return rand.Text()
}

// listRuns shows the latest runs, or those before them.
func (v *visit) listRuns(p *step3Page) error {
	id, limit, ask10 := p.Choice.C.ID, int64(10), &client.ListRunsParams{}
	ask10.ConnectionID, ask10.Limit = &id, &limit
	if cursor := v.Query("runs"); cursor != "" {
		ask10.Cursor, p.First = &cursor, p.Choice.at(step3Path)
	}
	held, err := ask(v.api.ListRunsWithResponse(v.Request.Context(), ask10))
	if err != nil {
		return err
	}
	for _, r := range held.JSON200.Runs {
		p.Runs = append(p.Runs, runRow{r, runPath(r.ID), titleOf(r), v.moment(r.RequestedAt), lookOf(r)})
	}
	if next := text(held.JSON200.Next); next != "" {
		p.Next = p.Choice.at(step3Path, "runs", next)
	}
	return nil
}

// startSync asks for a preview or a sync. A button and the page's key are one run, so that two clicks are one too.
func startSync(v *visit) error {
	yes, do := true, v.posted("do")
	body := client.StartBody{}
	if do == "preview" {
		body.Preview = &yes
	} else {
		direction := client.StartBodyDirection(do)
		if !direction.Valid() {
			return wrong("direction", "step3.do.missing")
		}
		body.Direction = &direction
		if v.posted("skip") == "true" {
			body.SkipPreview = &yes
		}
	}
	key := v.posted("key") + "/" + do
	started, err := ask(v.api.StartRunWithResponse(v.Request.Context(), v.posted("connection"), &client.StartRunParams{IdempotencyKey: &key}, body))
	if err != nil {
		return err
	}
	return elsewhere(runPath(started.JSON202.ID))
}

// readAgain reads a side as a whole.
func readAgain(v *visit) error {
	key := v.posted("key") + "/again"
	started, err := ask(v.api.ObserveAgainWithResponse(v.Request.Context(), v.posted("connection"), &client.ObserveAgainParams{IdempotencyKey: &key},
		client.ObserveAgainInputBody{Side: client.ObserveAgainInputBodySide(v.posted("side"))}))
	if err != nil {
		return err
	}
	return elsewhere(runPath(started.JSON202.ID))
}

// syncSettings are the settings of step 3, in the order of the form.
var syncSettings = []string{"direction", "batchSize", "automatic", "intervalMinutes", "syncFrom"}

// storedSettings gives them as the form shows them.
func storedSettings(s client.SettingsView) url.Values {
	values := url.Values{
		"direction": {string(s.Direction)}, "batchSize": {strconv.FormatInt(s.BatchSize, 10)}, "automatic": {strconv.FormatBool(s.Automatic)},
		"intervalMinutes": {strconv.FormatInt(s.IntervalMinutes, 10)}, "from": {"all"}, "syncFrom": {text(s.SyncFrom)},
	}
	if s.SyncFrom != nil {
		values.Set("from", "day")
	}
	return values
}

// showSettings fills in the form of the settings. What is locked is shown fixed.
func (v *visit) showSettings(p *step3Page) error {
	held, err := ask(v.api.GetSettingsWithResponse(v.Request.Context(), p.Choice.C.ID))
	if err != nil {
		return err
	}
	s := *held.JSON200
	stored := storedSettings(s)
	p.Settings = v.form("settings", stored)
	p.Settings.ETag = held.HTTPResponse.Header.Get("ETag")
	for _, name := range v.lockedHere(s) {
		p.Settings.Locked(name, say("step3.locked"))
		p.Settings.Set(name, stored.Get(name))
		if name == "syncFrom" {
			p.Settings.Locked("from", say("step3.locked"))
			p.Settings.Set("from", stored.Get("from"))
		}
	}
	for _, l := range s.Limits {
		if slices.Contains(syncSettings, l.Field) {
			p.Limits = append(p.Limits, l.Sentence)
		}
	}
	p.Directions = []string{string(s.Direction)}
	if s.Direction == client.SettingsViewDirectionBoth {
		p.Directions = []string{"both", "toVtiger", "toOutlook"}
	}
	if v.typed != nil && v.typed.act == "settings" && v.typed.problem.Kind == "changed-meanwhile" {
		p.Stored = v.foreignChanges(stored)
	}
	return nil
}

// foreignChanges says what is stored where it differs from what was typed.
func (v *visit) foreignChanges(stored url.Values) (lines []string) {
	typed := url.Values{"automatic": {"false"}}
	for name, values := range v.typed.values {
		typed[name] = values
	}
	if typed.Get("from") == "all" {
		typed.Set("syncFrom", "")
	}
	for _, name := range syncSettings {
		if stored.Get(name) == typed.Get(name) {
			continue
		}
		value := stored.Get(name)
		switch name {
		case "direction":
			value = word("step3.direction", value)
		case "automatic":
			value = word("step3.yes", value)
		case "syncFrom":
			if value == "" {
				value = say("step3.from.all")
			}
		}
		lines = append(lines, word("step3.short", name)+": "+value)
	}
	return lines
}

// lockedHere are the locked settings that the person cannot change.
func (v *visit) lockedHere(s client.SettingsView) (names []string) {
	for _, name := range syncSettings {
		if !v.me.Admin && slices.Contains(s.Locked, name) {
			names = append(names, name)
		}
	}
	return names
}

// saveSync saves the settings of step 3. What is absent stays, so that what others change at step 2 is left alone.
func saveSync(v *visit) error {
	id := v.posted("connection")
	held, err := ask(v.api.GetSettingsWithResponse(v.Request.Context(), id))
	if err != nil {
		return err
	}
	body := map[string]any{"direction": v.posted("direction"), "automatic": v.posted("automatic") == "true", "syncFrom": nil}
	for _, name := range []string{"batchSize", "intervalMinutes"} {
		n, err := strconv.ParseInt(v.posted(name), 10, 64)
		if err != nil {
			return wrong(name, "step3.number")
		}
		body[name] = n
	}
	if v.posted("from") == "day" {
		if body["syncFrom"] = v.posted("syncFrom"); v.posted("syncFrom") == "" {
			return wrong("syncFrom", "step3.day")
		}
	}
	for _, name := range v.lockedHere(*held.JSON200) {
		delete(body, name)
	}
	kind, sent, err := jsonBody(body)
	if err != nil {
		return err
	}
	if _, err := ask(v.api.PutSettingsWithBodyWithResponse(v.Request.Context(), id, &client.PutSettingsParams{IfMatch: v.etag()}, kind, sent)); err != nil {
		return err
	}
	back := step3Path + "?connection=" + url.QueryEscape(id)
	return v.doneAt(back, "step3.saved")
}
