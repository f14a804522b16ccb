package console

import (
	"net/url"
	"strconv"

	"contactbridge/internal/client"
)

const waitingPath = "/step3/waiting"

// waiting lists what waits for a person, and what a side refused to store.
var waiting = page{
	name: "waiting", path: waitingPath, who: signedIn, after1: true, show: showWaiting,
	acts: map[string]func(*visit) error{"answer": answerHold, "all": answerHolds, "retry": retryRefused},
}

// holdsShown and refusedShown are those of one page.
const (
	holdsShown   = 10
	refusedShown = 25
)

type waitingPage struct {
	Choice syncChoice
	Form   *form

	Holds       []holdCard
	Kinds       []client.HeapView // of which all can be answered at once
	Next, First string

	Refused                   []refusedRow
	RefusedNext, RefusedFirst string
}

type refusedRow struct {
	client.RefusalView

	What        string
	Tried, Then moment
}

func showWaiting(v *visit) (any, error) {
	choice, err := v.syncChoice(waitingPath)
	p := waitingPage{Choice: choice}
	if err != nil || choice.C == nil {
		return p, err
	}
	act := ""
	if v.typed != nil {
		act = v.typed.act
	}
	p.Form = v.form(act, url.Values{})
	if err := v.showHolds(&p); err != nil {
		return nil, err
	}
	return p, v.showRefused(&p)
}

// showHolds lists what waits, the oldest first.
func (v *visit) showHolds(p *waitingPage) error {
	limit, params := int64(holdsShown), &client.ListHoldsParams{Connection: &p.Choice.C.ID}
	params.Limit = &limit
	if after := v.Query("after"); after != "" {
		params.Cursor, p.First = &after, p.Choice.Waiting()
	}
	held, err := ask(v.api.ListHoldsWithResponse(v.Request.Context(), params))
	if err != nil {
		return err
	}
	labels, err := v.fieldLabels(p.Choice.C.ID)
	if err != nil {
		return err
	}
	for _, h := range held.JSON200.Holds {
		p.Holds = append(p.Holds, v.holdCard(h, labels))
	}
	if heaps := held.JSON200.Waiting; heaps != nil {
		for _, h := range *heaps {
			if h.Count > 1 && client.AnswerAllInputBodyKind(h.Kind).Valid() {
				p.Kinds = append(p.Kinds, h)
			}
		}
	}
	if next := text(held.JSON200.Next); next != "" {
		p.Next = p.Choice.at(waitingPath, "after", next)
	}
	return nil
}

// showRefused lists what a side refused to store.
func (v *visit) showRefused(p *waitingPage) error {
	limit, params := int64(refusedShown), &client.ListQuarantineParams{Connection: &p.Choice.C.ID}
	params.Limit = &limit
	if after := v.Query("refused"); after != "" {
		params.Cursor, p.RefusedFirst = &after, p.Choice.Waiting()
	}
	held, err := ask(v.api.ListQuarantineWithResponse(v.Request.Context(), params))
	if err != nil {
		return err
	}
	for _, r := range held.JSON200.Refusals {
		side := map[client.RefusalViewDirection]string{client.RefusalViewDirectionToOutlook: "outlook"}[r.Direction]
		if side == "" {
			side = "vtiger"
		}
		r.Name = named(r.Name)
		p.Refused = append(p.Refused, refusedRow{r, word("run.plan", string(r.Action)+"."+side), v.moment(r.TriedAt), v.momentOf(r.NextAt)})
	}
	if next := text(held.JSON200.Next); next != "" {
		p.RefusedNext = p.Choice.at(waitingPath, "refused", next)
	}
	return nil
}

// answerHold answers one: leave is how it is left as it is.
func answerHold(v *visit) error {
	id, err := strconv.ParseInt(v.posted("id"), 10, 64)
	if err != nil {
		return wrong("id", "waiting.which")
	}
	if v.posted("do") == "leave" {
		if _, err := ask(v.api.DiscardHoldWithResponse(v.Request.Context(), id)); err != nil {
			return err
		}
		return v.answered(say("waiting.left"))
	}
	var body client.ApproveInputBody
	if keep := client.ApproveInputBodyKeep(v.posted("keep")); keep != "" {
		body.Keep = &keep
	}
	if record := v.posted("record"); record != "" {
		body.Record = &record
	}
	if _, err := ask(v.api.ApproveHoldWithResponse(v.Request.Context(), id, body)); err != nil {
		return err
	}
	return v.answered(say("waiting.kept"))
}

// answerHolds answers all of a kind in a connection that there were when the page was shown.
func answerHolds(v *visit) error {
	body := client.AnswerAllInputBody{Approve: v.posted("do") != "leave", Kind: client.AnswerAllInputBodyKind(v.posted("kind")), Through: v.posted("through")}
	if keep := client.AnswerAllInputBodyKeep(v.posted("keep")); keep != "" {
		body.Keep = &keep
	}
	a, err := ask(v.api.AnswerHoldsWithResponse(v.Request.Context(), v.posted("connection"), body))
	if err != nil {
		return err
	}
	return v.answered(counted("waiting.answered", a.JSON200.Answered))
}

// retryRefused tries one of the refused contacts again, or all of the connection.
func retryRefused(v *visit) error {
	connection := v.posted("connection")
	body := client.RetryInputBody{Connection: &connection}
	if id := v.posted("id"); id != "" {
		body.Ids = &[]string{id}
	}
	a, err := ask(v.api.RetryQuarantineWithResponse(v.Request.Context(), body))
	if err != nil {
		return err
	}
	return v.answered(counted("waiting.retried", a.JSON200.Retried))
}

// answered ends an act at what still waits in the same connection.
func (v *visit) answered(notice string) error {
	v.flash("good", notice)
	return elsewhere(waitingPath + "?" + url.Values{"connection": {v.posted("connection")}}.Encode())
}
