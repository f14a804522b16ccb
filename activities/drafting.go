package activities

import (
	"context"
	"slices"
	"time"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/reconcile"
	"contactbridge/internal/vtiger"
)

// mostDrafts bounds how often a plan is drafted anew for the looks and questions that it needs; each makes the next smaller.
const mostDrafts = 12

// draft makes the rows of a plan. A vTiger record without a link that the plan would insert or link is looked at before,
// unless a reading of this run showed it: vTiger does not tell that it was deleted. What cannot be seen clearly is left
// alone. Before a contact is inserted into vTiger the whole of it is asked for its addresses.
func (a *Activities) draft(ctx context.Context, c ledger.Connection, run ledger.Run, books map[contact.Side]contact.Book) (draft, ledger.PlanRows, error) {
	unclear, asked := map[string]bool{}, 0
	crm, err := a.VTiger(ctx)
	if err != nil {
		return draft{}, ledger.PlanRows{}, err
	}
	ahead, users, err := a.surroundings(ctx, crm, c)
	if err != nil {
		return draft{}, ledger.PlanRows{}, err
	}
	var deeds []ledger.Deed
	if run.Undoes != "" {
		if deeds, err = a.Ledger.Deeds(ctx, run.Undoes); err == nil {
			err = a.lookForDeleted(ctx, c, books[contact.Outlook], deeds)
		}
		if err != nil {
			return draft{}, ledger.PlanRows{}, err
		}
	}
	for range mostDrafts {
		trees, err := a.Ledger.Trees(ctx, c, run)
		if err != nil {
			return draft{}, ledger.PlanRows{}, err
		}
		d := draft{Connection: c, run: run, trees: trees, identity: identity(crm.Address(), c), unsure: unclear, ahead: ahead, users: users, deeds: deeds}
		d.make()
		if err := a.guard(ctx, &d); err != nil {
			return draft{}, ledger.PlanRows{}, err
		}
		if questions := d.questions(asked); len(questions) > 0 {
			if err := a.askInstance(ctx, c, questions); err != nil {
				return draft{}, ledger.PlanRows{}, err
			}
			asked += len(questions)
			continue
		}
		rows := d.rows()
		ids := d.unseen(rows)
		if len(ids) == 0 {
			return d, rows, a.ensureFields(ctx, crm, c, rows)
		}
		doubts, err := a.Ledger.Doubts(ctx, c.Feed(contact.VTiger), ids)
		if err != nil {
			return draft{}, ledger.PlanRows{}, err
		}
		if err := a.look(ctx, c.Feed(contact.VTiger), books[contact.VTiger], doubts); err != nil {
			return draft{}, ledger.PlanRows{}, err
		}
		for _, id := range ids {
			unclear[id] = true
		}
	}
	return draft{}, ledger.PlanRows{}, &contact.Error{Kind: contact.Unavailable, Doing: "look at what is to be inserted from vTiger"}
}

// surroundings are the clocks of both sides and the names of vTiger's users.
func (a *Activities) surroundings(ctx context.Context, crm *vtiger.Client, c ledger.Connection) (map[contact.Side]time.Duration, map[string]string, error) {
	ahead, names := map[contact.Side]time.Duration{}, map[string]string{}
	if c.Settings.ConflictPolicy == reconcile.NewestWins {
		mailbox, err := a.mailbox(ctx, c)
		if err != nil {
			return nil, nil, err
		}
		if ahead[contact.Outlook], err = mailbox.Ahead(ctx); err != nil {
			return nil, nil, err
		}
		if ahead[contact.VTiger], err = crm.Ahead(ctx); err != nil {
			return nil, nil, err
		}
	}
	users, err := a.Ledger.Users(ctx)
	for _, u := range users {
		names[u.ID] = u.Title()
	}
	return ahead, names, err
}

// guard holds removals that a person must approve.
func (a *Activities) guard(ctx context.Context, d *draft) error {
	if !slices.ContainsFunc(d.plan.Operations, func(op reconcile.Operation) bool { return op.Action == contact.Delete && op.Link != 0 }) {
		return nil
	}
	watch, err := a.Ledger.Watch(ctx, d.Connection, d.trees)
	if err == nil {
		d.plan = reconcile.Guard(d.plan, watch, d.answers())
	}
	return err
}

// fewQuestions is how many addresses are asked for at once at least.
const fewQuestions = 100

// batch is how many operations the plan has to be sure of: those that this run may send. Which of them a preview shows is
// known only when the whole plan is.
func (d *draft) batch() int {
	if d.run.Applies != "" {
		return 0
	}
	return d.run.Batch
}

// questions are the addresses to be asked for now. A run that sends some operations only asks for as many contacts as it
// may send, and twice as many each time that the answers were not enough; when it asked for all that it will, none.
func (d *draft) questions(asked int) []string {
	all := d.plan.Ask
	if d.batch() == 0 {
		return all
	}
	if len(d.plan.Operations) >= d.run.Batch || asked >= mostQuestions {
		return nil
	}
	return all[:min(len(all), max(fewQuestions, d.run.Batch, asked))]
}

// mostQuestions ends the search for contacts to insert in a run whose batch is not full.
const mostQuestions = 2000

// askInstance asks the whole of vTiger who holds addresses, and keeps the answers.
func (a *Activities) askInstance(ctx context.Context, c ledger.Connection, addresses []string) error {
	asked, err := a.Ledger.Clock(ctx)
	if err != nil {
		return err
	}
	known, err := a.Ledger.HoldsAny(ctx, c, contact.VTiger)
	if err != nil {
		return err
	}
	book, err := a.book(ctx, c.Module)
	if err != nil {
		return err
	}
	holders, err := book.Holders(ctx, addresses, known)
	if err != nil {
		return err
	}
	hits := map[string][]ledger.Holder{}
	for _, address := range addresses {
		hits[address] = nil
	}
	for _, h := range holders {
		for _, address := range h.Addresses {
			if _, wanted := hits[address]; wanted {
				hits[address] = append(hits[address], ledger.Holder{ID: h.ID, Owner: h.Owner})
			}
		}
	}
	return a.Ledger.StoreAnswers(ctx, c, hits, asked)
}
