package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"contactbridge/internal/client"
)

// verbs are what was done to contacts.
var verbs = map[string]string{
	"insert": "inserted", "update": "updated", "delete": "deleted", "link": "linked", "skip": "skipped", "conflict": "conflicts decided", "error": "failed",
}

// sides are how people write the sides' names.
var sides = map[string]string{"vtiger": "vTiger", "outlook": "Outlook", "toVtiger": "vTiger", "toOutlook": "Outlook", "both": "both ways"}

// outcomes that a count says besides its verb; what was done needs no word.
var outcomes = map[string]string{
	"planned": "not sent yet", "held": "waiting for an answer", "unclear": "without a clear answer", "failed": "failed", "skipped": "left as it is",
	"discarded": "discarded", "undone": "undone", "retrying": "to be tried again",
}

// totals says a run's counts by action and side, a line each: what was done, or what a preview says would be.
func totals(r client.RunView) []string {
	if r.Counts == nil || len(*r.Counts) == 0 {
		return []string{"nothing to do"}
	}
	var lines []string
	for _, n := range *r.Counts {
		line, writes := fmt.Sprintf("%d %s", n.N, verb(n.Action)), slices.Contains([]string{"insert", "update", "delete"}, n.Action)
		switch {
		case writes && n.Outcome != "done" && !r.Preview:
			line = fmt.Sprintf("%d to %s", n.N, n.Action)
		case r.Preview:
			line = fmt.Sprintf("%s %d", would(n.Action), n.N)
		}
		if writes {
			line += " in " + sides[n.Side]
		}
		extra := outcomes[n.Outcome]
		switch {
		case n.Outcome == "held" && r.Preview:
			extra = "once somebody approves"
		case n.Outcome == "held" && n.Action == "conflict":
			line = counted(int(n.N), "conflict", "conflicts")
		case verb(n.Action) == n.Outcome:
			extra = ""
		}
		if extra != "" {
			line += ", " + extra
		}
		lines = append(lines, line)
	}
	return lines
}

// would is what a preview's action does, said of a sync.
func would(action string) string {
	if action == "conflict" {
		return "decide a conflict"
	}
	return action
}

func verb(action string) string {
	if v, known := verbs[action]; known {
		return v
	}
	return action
}

// kindOf says what a run is.
func kindOf(r client.RunView) string {
	switch {
	case r.Undoes != nil && *r.Undoes != "" && r.Preview:
		return "preview of an undo"
	case r.Undoes != nil && *r.Undoes != "":
		return "undo"
	case r.Preview:
		return "preview"
	}
	return "sync"
}

// held counts the operations of a run that wait for a person.
func held(r client.RunView) (n int64) {
	if r.Counts == nil {
		return 0
	}
	for _, each := range *r.Counts {
		if each.Outcome == "held" {
			n += each.N
		}
	}
	return n
}

// ago says how long ago something was.
func ago(t, now time.Time) string {
	switch d := now.Sub(t); {
	case d < 5*time.Second:
		return "just now"
	case d < 48*time.Hour:
		return lasting(d) + " ago"
	}
	return "on " + t.Local().Format("2 Jan 2006 15:04")
}

// lasting says a duration with one unit, or two where one is coarse.
func lasting(d time.Duration) string {
	s := int(d.Seconds() + 0.5)
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case s < 60:
		return fmt.Sprintf("%d s", s)
	case s < 600:
		return fmt.Sprintf("%d min %d s", s/60, s%60)
	case s < 7200:
		return fmt.Sprintf("%d min", s/60)
	}
	return fmt.Sprintf("%d h %d min", s/3600, s/60%60)
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// changes says what becomes of the fields of an operation.
func changes(fields map[string]client.FieldDiff) string {
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	var parts []string
	for _, name := range names {
		before, after := orEmpty(fields[name].Before), orEmpty(fields[name].After)
		switch {
		case before == "" && after == "": // of another user
			parts = append(parts, name)
		case before == "":
			parts = append(parts, fmt.Sprintf("%s: %s", name, after))
		case after == "":
			parts = append(parts, fmt.Sprintf("%s: %s removed", name, before))
		default:
			parts = append(parts, fmt.Sprintf("%s: %s → %s", name, before, after))
		}
	}
	return strings.Join(parts, "; ")
}

func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
