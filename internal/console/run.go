package console

import (
	"net/url"
	"slices"

	"contactbridge/internal/client"
)

// run is the page of one run: how far it is, and then what came of it.
var run = page{
	name: "run", path: "/runs/:id", under: step3Path, who: signedIn, show: showRun,
	acts: map[string]func(*visit) error{"cancel": cancelRun, "apply": applyRun, "undo": undoRun},
}

type runPage struct {
	Run        client.RunView
	Title      string
	Look       string
	Choice     syncChoice // of the run's connection
	Asked, End moment
	Took       string
	Form       *form
	Key        string
	Path       string

	Bar    *runBar // nil: it has ended
	Events string

	Result  []string
	Held    string // what of it waits for the person; empty: nothing
	Remedy  mend
	Left    string // what it left to the next run
	Stands  string // what the direction left standing
	Batched string // why an application does not do all of a preview
	Apply   bool
	Undo    bool
	Preview string // where the applied preview is

	Changes     []changeRow
	Skipped     []changeRow // of an undo: what it leaves as it is
	Next, First string
	Log         string
	Temporal    string
}

func runPath(id string) string { return "/runs/" + url.PathEscape(id) }

func showRun(v *visit) (any, error) {
	held, err := ask(v.api.GetRunWithResponse(v.Request.Context(), v.Param("id")))
	if err != nil {
		return nil, err
	}
	r := *held.JSON200
	c, err := ask(v.api.GetConnectionWithResponse(v.Request.Context(), r.ConnectionID))
	if err != nil {
		return nil, err
	}
	p := runPage{
		Run: r, Title: titleOf(r), Look: lookOf(r), Asked: v.moment(r.RequestedAt), End: v.momentOf(r.EndedAt), Took: tookOf(r), Path: runPath(r.ID),
		Choice: syncChoice{C: c.JSON200, Options: make([]option, 2), Path: step3Path}, Log: "/log?" + url.Values{"run": {r.ID}}.Encode(),
	}
	act := ""
	if v.typed != nil {
		act = v.typed.act
	}
	p.Form, p.Key, p.Temporal = v.form(act, url.Values{}), v.onceKey(act), v.temporalOf(r)
	if r.EndedAt == nil {
		p.Bar, p.Events = barOf(r), "/api/v1/runs/"+url.PathEscape(r.ID)+"/events"
		return p, nil
	}
	v.showEnded(&p)
	return p, v.showChanges(&p)
}

// showEnded says what came of a run.
func (v *visit) showEnded(p *runPage) {
	r := p.Run
	p.Result, p.Held = resultOf(r)
	if r.Trouble != nil {
		p.Remedy = v.remedy(*r.Trouble, p.Choice.Step2())
	}
	if r.Pending > 0 {
		p.Left = counted("run.pending", r.Pending)
	}
	if r.Standing > 0 {
		p.Stands = counted("run.standing", r.Standing)
	}
	if r.Applies != nil {
		p.Preview = runPath(*r.Applies)
	}
	done := r.State == client.RunViewStateDone
	p.Apply = r.Preview && done && countOf(r, "previewed", writes...) > 0
	p.Undo = !r.Preview && r.Undoes == nil && countOf(r, "done", writes...) > 0
	if n := countOf(r, "previewed", writes...); p.Apply && r.Undoes == nil && r.BatchSize > 0 && n > r.BatchSize {
		p.Batched = say("run.batched", r.BatchSize)
	}
}

// temporalOf is where administrators see a run's workflow in Temporal's Web UI.
func (v *visit) temporalOf(r client.RunView) string {
	if v.console.TemporalUI == "" || !v.me.Admin {
		return ""
	}
	return v.console.TemporalUI + "/workflows?" + url.Values{"query": {`WorkflowId="sync/` + r.ConnectionID + `"`}}.Encode()
}

func cancelRun(v *visit) error {
	if _, err := ask(v.api.CancelRunWithResponse(v.Request.Context(), v.Param("id"))); err != nil {
		return err
	}
	return elsewhere(v.action(""))
}

// applyRun does what a preview shows, and nothing else.
func applyRun(v *visit) error {
	ctx, id, key := v.Request.Context(), v.Param("id"), v.posted("key")+"/apply"
	held, err := ask(v.api.GetRunWithResponse(ctx, id))
	if err != nil {
		return err
	}
	if undoes := text(held.JSON200.Undoes); undoes != "" {
		started, err := ask(v.api.UndoRunWithResponse(ctx, undoes, &client.UndoRunParams{IdempotencyKey: &key}, client.UndoBody{Apply: &id}))
		if err != nil {
			return err
		}
		return elsewhere(runPath(started.JSON202.ID))
	}
	started, err := ask(v.api.StartRunWithResponse(ctx, held.JSON200.ConnectionID, &client.StartRunParams{IdempotencyKey: &key}, client.StartBody{Apply: &id}))
	if err != nil {
		return err
	}
	return elsewhere(runPath(started.JSON202.ID))
}

// undoRun shows first what an undo would do.
func undoRun(v *visit) error {
	yes, key := true, v.posted("key")+"/undo"
	started, err := ask(v.api.UndoRunWithResponse(v.Request.Context(), v.Param("id"), &client.UndoRunParams{IdempotencyKey: &key}, client.UndoBody{Preview: &yes}))
	if err != nil {
		return err
	}
	return elsewhere(runPath(started.JSON202.ID))
}

// writes are the actions that change a side.
var writes = []string{"insert", "update", "delete"}

// countOf counts the operations of a run with one of the actions.
func countOf(r client.RunView, outcome string, actions ...string) (n int64) {
	if r.Counts == nil {
		return 0
	}
	for _, each := range *r.Counts {
		if each.Outcome == outcome && slices.Contains(actions, each.Action) {
			n += each.N
		}
	}
	return n
}
