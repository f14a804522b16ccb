package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
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

// readDocument reads YAML, of which JSON is a part, and refuses what it does not know.
func (c *call) readDocument(file string) (d document, err error) {
	var text []byte
	if file == "-" {
		text, err = io.ReadAll(c.In)
	} else {
		text, err = os.ReadFile(file)
	}
	if err != nil {
		return d, failed("The file %s cannot be read: %s.", file, reason(err))
	}
	var node yaml.Node
	var whole map[string]any
	err = yaml.Unmarshal(text, &node)
	daysAreText(&node)
	if err != nil || node.Decode(&whole) != nil {
		return d, failed("The file %s is neither YAML nor JSON.", file) // its text may hold a secret
	}
	raw, err := json.Marshal(whole)
	if err != nil {
		return d, failed("The file %s holds what no setting can be.", file)
	}
	if err := strictly(raw, &d); err != nil {
		return d, failed("%s: %s", file, err.Error())
	}
	if d.Version != documentVersion {
		return d, failed("%s: version: This program reads version %d.", file, documentVersion)
	}
	return d, nil
}

// daysAreText keeps days as they were written, which YAML would take for moments.
func daysAreText(n *yaml.Node) {
	if n.Tag == "!!timestamp" {
		n.Tag = "!!str"
	}
	for _, child := range n.Content {
		daysAreText(child)
	}
}

// strictly decodes JSON; its errors name the field and never a value.
func strictly(raw []byte, into any) error {
	in := json.NewDecoder(bytes.NewReader(raw))
	in.DisallowUnknownFields()
	err := in.Decode(into)
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind):
		return fmt.Errorf("%s: it cannot be a %s", kind.Field, kind.Value)
	case err != nil && strings.HasPrefix(err.Error(), "json: unknown field "):
		return fmt.Errorf("%s: there is no such setting", strings.Trim(strings.TrimPrefix(err.Error(), "json: unknown field "), `"`))
	case err != nil:
		return errors.New("a value has a form that its setting cannot have")
	}
	return nil
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
