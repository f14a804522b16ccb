package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"contactbridge/internal/client"
)

// progress shows how far a run is: one line that changes on a terminal, elsewhere a line now and then.
type progress struct {
	to    io.Writer
	width int // of the terminal; 0: none
	shown string
	at    time.Time
	over  bool
}

// progress goes to standard error, so that the answer alone is on standard output. Programs see none.
func (c *call) progress() *progress {
	return &progress{to: c.Err, width: terminal(c.Err), over: c.json()}
}

// calm is how often a line is added where no terminal is.
const calm = 10 * time.Second

func (p *progress) update(r client.RunView) {
	if p.over || r.EndedAt != nil && p.width == 0 {
		return
	}
	if p.width > 0 {
		fmt.Fprint(p.to, "\r"+bar(r, p.width)+"\x1b[K")
		return
	}
	line := plain(r)
	stage := line
	if r.Progress != nil && r.Progress.Total > 0 {
		stage = phase(r)
	}
	if line == p.shown || strings.HasPrefix(p.shown, stage) && time.Since(p.at) < calm {
		return
	}
	p.shown, p.at = line, time.Now()
	fmt.Fprintln(p.to, line)
}

// end leaves the terminal's line, once.
func (p *progress) end() {
	if p.width > 0 && !p.over {
		fmt.Fprint(p.to, "\r\x1b[K")
	}
	p.over = true
}

// phases in words.
var phases = map[string]string{"observing": "reading both sides", "applying": "writing", "": "waiting for its turn"}

func phase(r client.RunView) string {
	switch {
	case r.EndedAt != nil:
		return string(r.State)
	case phases[r.Phase] != "":
		return phases[r.Phase]
	}
	return clean(r.Phase)
}

// plain says how far a run is in a line.
func plain(r client.RunView) string {
	if r.Progress == nil || r.Progress.Total == 0 {
		return phase(r)
	}
	line := fmt.Sprintf("%s %d/%d", phase(r), r.Progress.Done, r.Progress.Total)
	return line + rate(r)
}

func rate(r client.RunView) (text string) {
	if r.Progress.PerSecond > 0 {
		text += fmt.Sprintf("  %.1f/s", r.Progress.PerSecond)
	}
	if left := r.Progress.RemainingSeconds; left != nil && *left > 0 {
		text += "  " + strings.Replace(lasting(time.Duration(*left)*time.Second), ".0 s", " s", 1) + " left"
	}
	return text
}

// bar draws how far a run is, no wider than a terminal.
func bar(r client.RunView, width int) string {
	if r.Progress == nil || r.Progress.Total == 0 {
		return runewidth.Truncate(phase(r)+" …", width-1, "…")
	}
	done, total := r.Progress.Done, r.Progress.Total
	text := fmt.Sprintf(" %3d %%  %d/%d%s  %s", 100*done/total, done, total, rate(r), phase(r))
	long := min(30, width-1-runewidth.StringWidth(text))
	if long < 5 {
		return runewidth.Truncate(text[1:], width-1, "…")
	}
	full := int(int64(long) * done / total)
	return strings.Repeat("█", full) + strings.Repeat("░", long-full) + text
}
