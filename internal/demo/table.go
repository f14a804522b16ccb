package demo

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"
)

// verbs are what was done to contacts.
var verbs = map[string]string{
	"insert": "inserted", "update": "updated", "delete": "deleted", "link": "linked", "skip": "skipped", "conflict": "conflicts decided",
}

// totals is a run's counts in words.
func totals(r run) string {
	var parts []string
	for _, c := range r.Counts {
		part := fmt.Sprintf("%d %s", c.N, verbs[c.Action])
		if c.Action == "insert" || c.Action == "update" || c.Action == "delete" {
			part += " in " + map[string]string{"vtiger": "vTiger", "outlook": "Outlook"}[c.Side]
		}
		if c.Outcome != "done" && c.Action != "skip" {
			part += " (" + c.Outcome + ")"
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return "nothing to do"
	}
	return strings.Join(parts, ", ")
}

// line is one line of the sync log as the API shows it.
type line struct {
	Time      time.Time `json:"time"`
	User      string    `json:"user"`
	Direction string    `json:"direction"`
	Action    string    `json:"action"`
	Outcome   string    `json:"outcome"`
	Name      string    `json:"name"`
	Reason    string    `json:"reason"`
}

// printLog prints the whole sync log, oldest first, and demands that it holds a line for everything that the runs counted.
func (s *Story) printLog(ctx context.Context) error {
	var all []line
	for cursor := ""; ; {
		var page struct {
			Lines []line `json:"lines"`
			Next  string `json:"next"`
		}
		path := "/log?limit=100&cursor=" + url.QueryEscape(cursor)
		if err := s.admin.do(ctx, http.MethodGet, path, nil, &page); err != nil {
			return err
		}
		all = append(all, page.Lines...)
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	s.say("\nsync log, %d lines", len(all))
	table := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "TIME\tUSER\tDIRECTION\tACTION\tNAME\tREASON")
	for i := len(all) - 1; i >= 0; i-- {
		l := all[i]
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", l.Time.Local().Format("15:04:05"), l.User, l.Direction, l.Action, l.Name, l.Reason)
	}
	if len(all) != s.counted {
		return fmt.Errorf("the log has %d lines, but the runs counted %d", len(all), s.counted)
	}
	return table.Flush()
}
