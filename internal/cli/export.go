package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

var exportCommand = command{
	name: "config export", does: "write settings as YAML or JSON, without secrets",
	about: `Writes the settings of your connections, and with --all those of everybody's connections, of the Microsoft app, of the
alerts and of the defaults for new connections. The client secret, passwords and the webhook's address, which often is a key, stay where they are.`,
	flags: func(f *pflag.FlagSet) {
		f.Bool("all", false, "everything (administrators)")
		f.String("format", "", "yaml or json; without it by the `NAME` of the file, else yaml")
		f.StringP("output", "o", "", "write into this `FILE` instead of showing it")
		connectionFlag(f)
	},
	run: export,
}

// document is a file of settings. What is absent is left alone.
type document struct {
	Version     int               `json:"version"`
	Microsoft   json.RawMessage   `json:"microsoft,omitempty"`
	Alerts      json.RawMessage   `json:"alerts,omitempty"`
	Defaults    json.RawMessage   `json:"defaults,omitempty"`
	Connections []connectionEntry `json:"connections,omitempty"`
}

// connectionEntry names a connection as people do, so that a file fits another installation too.
type connectionEntry struct {
	User     string          `json:"user"`
	Module   string          `json:"module"`
	Settings json.RawMessage `json:"settings"`
}

// documentVersion is the form of files that this program writes and reads.
const documentVersion = 1

func export(ctx context.Context, c *call) error {
	format, err := c.format()
	if err != nil {
		return err
	}
	if err := c.open(); err != nil {
		return err
	}
	d, err := c.settings(ctx)
	if err != nil {
		return err
	}
	text, err := spell(d, format)
	if err != nil {
		return fmt.Errorf("spell the settings: %w", err)
	}
	if file := c.text("output"); file != "" {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			return failed("The file %s cannot be written: %s.", file, reason(err))
		}
		return nil
	}
	_, err = c.Out.Write(text)
	return err
}

func (c *call) format() (string, error) {
	format := strings.ToLower(c.text("format"))
	if format == "" {
		format = strings.TrimPrefix(filepath.Ext(c.text("output")), ".")
	}
	switch {
	case c.json(), format == "json":
		return "json", nil
	case format == "", format == "yaml", format == "yml":
		return "yaml", nil
	case c.text("format") == "":
		return "yaml", nil
	}
	return "", wrong("--format is yaml or json")
}

// settings reads what the caller wants exported.
func (c *call) settings(ctx context.Context) (d document, err error) {
	d.Version = documentVersion
	if c.yes("all") {
		for _, part := range []struct {
			of   object
			into *json.RawMessage
		}{{c.microsoft(), &d.Microsoft}, {c.alerts(), &d.Alerts}, {c.defaults(), &d.Defaults}} {
			if *part.into, err = part.of.read(ctx); err != nil {
				return d, err
			}
		}
	}
	chosen, err := c.exported(ctx)
	if err != nil {
		return d, err
	}
	for _, each := range chosen {
		raw, err := c.connectionSettings(each.view).read(ctx)
		if err != nil {
			return d, err
		}
		d.Connections = append(d.Connections, connectionEntry{each.view.UserName, each.view.Module, raw})
	}
	return d, nil
}

func (c *call) exported(ctx context.Context) ([]connection, error) {
	switch {
	case c.text("connection") != "":
		one, err := c.connection(ctx)
		if err != nil {
			return nil, err
		}
		return []connection{{view: one}}, nil
	case c.yes("all"):
		return c.connections(ctx)
	}
	return c.own(ctx)
}

// spell writes a document. YAML keeps the order that the API has.
func spell(d document, format string) ([]byte, error) {
	raw, err := json.MarshalIndent(d, "", "  ")
	if err != nil || format == "json" {
		return append(safeJSON(raw), '\n'), err
	}
	var node yaml.Node
	if err := yaml.Unmarshal(raw, &node); err != nil {
		return nil, err
	}
	plainStyle(&node)
	var out bytes.Buffer
	writer := yaml.NewEncoder(&out)
	writer.SetIndent(2)
	err = errors.Join(writer.Encode(&node), writer.Close())
	return out.Bytes(), err
}

// plainStyle lets the encoder choose how to write what JSON wrote in braces and quotes; a short list stays on its line.
func plainStyle(n *yaml.Node) {
	n.Style = 0
	if n.Kind == yaml.SequenceNode && !slices.ContainsFunc(n.Content, func(item *yaml.Node) bool { return item.Kind != yaml.ScalarNode }) {
		n.Style = yaml.FlowStyle
	}
	for _, child := range n.Content {
		plainStyle(child)
	}
}

// reason is why a file cannot be used, without the path, which was said.
func reason(err error) string {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
