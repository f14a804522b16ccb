package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
)

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
