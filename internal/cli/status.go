package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"contactbridge/internal/client"
)

var statusCommand = command{
	name: "status", does: "say who you are, how your connections are, and what to do next",
	flags: func(f *pflag.FlagSet) {
		f.Bool("all", false, "show everybody's connections (administrators)")
		f.Bool("check", false, "exit with 4 if a person has to do something")
	},
	run: status,
}

func status(ctx context.Context, c *call) error {
	if err := c.open(); err != nil {
		return err
	}
	s, err := c.state(ctx, c.yes("all"))
	if err != nil {
		return err
	}
	switch {
	case c.json():
		err = c.parts(map[string]json.RawMessage{
			"me": s.me.Body, "connections": raws(s.connections), "holds": raws(s.holds), "quarantine": raws(s.refused),
		})
	case c.yes("all"):
		c.statusOfAll(s)
	default:
		err = c.statusOfMine(ctx, s)
	}
	if err == nil && c.yes("check") {
		return s.needs()
	}
	return err
}

func (c *call) statusOfAll(s state) {
	rows := [][]string{{"USER", "MODULE", "MAILBOX", "FOLDER", "LAST RUN", "PENDING", "HOLDS", "REFUSED", "NEXT"}}
	for _, of := range s.connections {
		each, last := of.view, "never"
		if each.LastRun != nil {
			last = fmt.Sprintf("%s %s", each.LastRun.State, ago(when(*each.LastRun), time.Now()))
		}
		rows = append(rows, []string{
			each.UserName, each.Module, dash(each.Account.Address), dash(folderName(each)), last, fmt.Sprint(each.Pending),
			fmt.Sprint(s.waiting(each.ID)), fmt.Sprint(s.refusals(each.ID)), each.NextStep,
		})
	}
	c.table(rows)
}

func (c *call) statusOfMine(ctx context.Context, s state) error {
	me, may := *s.me.JSON200, "allowed to sync"
	switch {
	case me.Admin && !me.Allowed:
		may = "an administrator, not allowed to sync yourself"
	case me.Admin:
		may = "an administrator, allowed to sync"
	case !me.Allowed:
		may = "not allowed to sync: an administrator must allow you first"
	}
	c.say("You are %s at %s, %s.", fullName(userOf(me)), c.held.URL, may)
	if len(s.connections) == 0 && me.Allowed {
		c.say("You have no connection yet.\nnext: contactbridge connect")
	}
	for _, each := range s.connections {
		if err := c.statusOf(ctx, each.view, s); err != nil {
			return err
		}
	}
	return nil
}

func (c *call) statusOf(ctx context.Context, of client.ConnectionView, s state) error {
	c.say("\n%s (%s)", of.Module, of.ID)
	mailbox := dash(of.Account.Address)
	if of.Account.Address != "" && !of.Account.SignedIn {
		mailbox += ", not signed in"
	}
	c.say("  mailbox   %s", mailbox)
	c.say("  folder    %s", dash(folderName(of)))
	c.say("  steps     %s", steps(of.Steps))
	last := "never"
	if of.LastRun != nil {
		whole, err := ask(c.api.GetRunWithResponse(ctx, of.LastRun.ID))
		if err != nil {
			return err
		}
		r := *whole.JSON200
		last = fmt.Sprintf("%s %s %s: ", kindOf(r), r.State, ago(when(r), time.Now()))
		if r.EndedAt == nil {
			last += plain(r)
		} else {
			last += strings.Join(totals(r), "; ")
		}
	}
	c.say("  last run  %s", last)
	c.say("  waiting   %s", s.queues(of))
	if of.Trouble != nil {
		c.say("  trouble   %s", of.Trouble.Sentence)
	}
	c.say("  next      %s", of.NextStep)
	return nil
}

// stepNames are the API's steps in words.
var stepNames = map[string]string{"microsoft": "Microsoft app", "signIn": "mailbox sign-in", "folder": "folder"}

func steps(s client.StepsView) string {
	words := func(list []string) string {
		out := make([]string, len(list))
		for i, step := range list {
			if out[i] = stepNames[step]; out[i] == "" {
				out[i] = step
			}
		}
		return strings.Join(out, ", ")
	}
	switch {
	case len(s.Missing) == 0:
		return "all done: " + words(s.Done)
	case len(s.Done) == 0:
		return "missing: " + words(s.Missing)
	}
	return "done: " + words(s.Done) + "; missing: " + words(s.Missing)
}

// when is the latest that is known of a run.
func when(r client.RunView) time.Time {
	switch {
	case r.EndedAt != nil:
		return *r.EndedAt
	case r.StartedAt != nil:
		return *r.StartedAt
	}
	return r.RequestedAt
}

func folderName(of client.ConnectionView) string {
	if of.Folder == nil {
		return ""
	}
	return of.Folder.Name
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
