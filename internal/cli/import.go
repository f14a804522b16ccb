package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/pflag"
)

var importCommand = command{
	name: "config import", takes: "FILE", does: "save settings from a file of config export", least: 1, most: 1,
	about: `What the file does not name stays. Each connection, the Microsoft app and the alerts are saved as a whole or not at all, and
only if nobody else changed them meanwhile. A file may name secrets (clientSecret, webhookSecret, smtpPassword); they are sent and
never shown. FILE may be - for standard input.`,
	flags: func(f *pflag.FlagSet) { f.Bool("dry-run", false, "say what would change, and change nothing") },
	run:   importSettings,
}

// plan is what a file wants of one object.
type plan struct {
	object
	wanted fields
	tag    string
	body   []byte // nil: nothing changes
	lines  []string
}

type fields map[string]json.RawMessage

// importSettings compares and checks everything before it saves anything.
func importSettings(ctx context.Context, c *call) error {
	d, err := c.readDocument(c.args[0])
	if err != nil {
		return err
	}
	if err := c.open(); err != nil {
		return err
	}
	plans, err := c.plans(ctx, d)
	if err != nil {
		return err
	}
	for i := range plans {
		if err := plans[i].compare(ctx); err != nil {
			return err
		}
	}
	report := imported{DryRun: c.yes("dry-run"), Objects: []changed{}}
	for _, p := range plans {
		if p.body != nil && !report.DryRun {
			if err = p.put(ctx, p.tag, bytes.NewReader(p.body)); err != nil {
				err = fmt.Errorf("%s: %w", p.name, err)
				break
			}
		}
		report.Objects = append(report.Objects, changed{p.name, p.body != nil, p.lines})
	}
	c.tellImported(report)
	return err
}

// imported is what an import says: which objects were saved, and what changed in them.
type imported struct {
	DryRun  bool      `json:"dryRun"`
	Objects []changed `json:"objects"`
}

type changed struct {
	Name    string   `json:"name"`
	Changed bool     `json:"changed"`
	Changes []string `json:"changes"`
}

func (c *call) tellImported(r imported) {
	if c.json() {
		printJSON(c.Out, r)
		return
	}
	for _, o := range r.Objects {
		switch {
		case !o.Changed:
			c.say("%s: nothing changes", o.Name)
			continue
		case r.DryRun:
			c.say("%s: would change", o.Name)
		default:
			c.say("%s: saved", o.Name)
		}
		for _, line := range o.Changes {
			c.say("  %s", line)
		}
	}
}

// plans finds the objects that a file names.
func (c *call) plans(ctx context.Context, d document) (plans []plan, err error) {
	add := func(o object, raw json.RawMessage) error {
		if slices.ContainsFunc(plans, func(p plan) bool { return p.name == o.name }) {
			return failed("%s: it is in the file twice; nothing was changed.", o.name)
		}
		p := plan{object: o}
		if err := errors.Join(strictly(raw, o.input()), json.Unmarshal(raw, &p.wanted)); err != nil {
			return failed("%s: %s", o.name, err.Error())
		}
		plans = append(plans, p)
		return nil
	}
	if d.Microsoft != nil {
		err = add(c.microsoft(), d.Microsoft)
	}
	if d.Defaults != nil && err == nil {
		err = add(c.defaults(), d.Defaults)
	}
	if d.Alerts != nil && err == nil {
		err = add(c.alerts(), d.Alerts)
	}
	if err != nil || len(d.Connections) == 0 {
		return plans, err
	}
	visible, err := c.connections(ctx)
	if err != nil {
		return nil, err
	}
	for _, entry := range d.Connections {
		i := slices.IndexFunc(visible, func(each connection) bool {
			return each.view.UserName == entry.User && each.view.Module == entry.Module
		})
		if i < 0 {
			return nil, failed("connections: %q has no connection of %q that you may see; nothing was changed.", entry.User, entry.Module)
		}
		if err := add(c.connectionSettings(visible[i].view), entry.Settings); err != nil {
			return nil, err
		}
	}
	return plans, nil
}
