package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"contactbridge/internal/client"
)

// object is something with settings that are saved together, or not at all.
type object struct {
	name  string
	get   func(ctx context.Context) (body []byte, tag string, err error)
	put   func(ctx context.Context, tag string, body io.Reader) error
	input func() any // what the API takes, to check a file before anything is sent
	shown []string   // what only the API says, and never takes
	kept  []string   // what it takes, and is not exported
	whole bool       // what is absent is cleared, so that everything is sent
}

const asJSON = "application/json"

func (c *call) microsoft() object {
	return object{
		name: "microsoft", input: func() any { return &client.MicrosoftInputBody{} },
		get: func(ctx context.Context) ([]byte, string, error) {
			a, err := ask(c.api.GetMicrosoftWithResponse(ctx))
			if err != nil {
				return nil, "", err
			}
			return a.Body, a.HTTPResponse.Header.Get("ETag"), nil
		},
		put: func(ctx context.Context, tag string, body io.Reader) error {
			_, err := ask(c.api.PutMicrosoftWithBodyWithResponse(ctx, &client.PutMicrosoftParams{IfMatch: &tag}, asJSON, body))
			return err
		},
		shown: []string{"clientSecretSet", "saved", "serviceMailbox", "setByEnvironment"}, kept: []string{"username"}, whole: true,
	}
}

func (c *call) alerts() object {
	return object{
		name: "alerts", input: func() any { return &client.AlertsInputBody{} },
		get: func(ctx context.Context) ([]byte, string, error) {
			a, err := ask(c.api.GetAlertsWithResponse(ctx))
			if err != nil {
				return nil, "", err
			}
			return a.Body, a.HTTPResponse.Header.Get("ETag"), nil
		},
		put: func(ctx context.Context, tag string, body io.Reader) error {
			_, err := ask(c.api.PutAlertsWithBodyWithResponse(ctx, &client.PutAlertsParams{IfMatch: &tag}, asJSON, body))
			return err
		},
		shown: []string{"smtpPasswordSet", "webhookSecretSet"}, kept: []string{"webhookUrl"}, whole: true,
	}
}

func (c *call) defaults() object {
	return object{
		name: "defaults", input: func() any { return &client.DefaultsChange{} },
		get: func(ctx context.Context) ([]byte, string, error) {
			a, err := ask(c.api.GetDefaultsWithResponse(ctx))
			if err != nil {
				return nil, "", err
			}
			return a.Body, a.HTTPResponse.Header.Get("ETag"), nil
		},
		put: func(ctx context.Context, tag string, body io.Reader) error {
			_, err := ask(c.api.PutDefaultsWithBodyWithResponse(ctx, &client.PutDefaultsParams{IfMatch: &tag}, asJSON, body))
			return err
		},
	}
}

func (c *call) connectionSettings(of client.ConnectionView) object {
	return object{
		name: of.Module + " of " + of.UserName, input: func() any { return &client.SettingsChange{} },
		get: func(ctx context.Context) ([]byte, string, error) {
			a, err := ask(c.api.GetSettingsWithResponse(ctx, of.ID))
			if err != nil {
				return nil, "", err
			}
			return a.Body, a.HTTPResponse.Header.Get("ETag"), nil
		},
		put: func(ctx context.Context, tag string, body io.Reader) error {
			_, err := ask(c.api.PutSettingsWithBodyWithResponse(ctx, of.ID, &client.PutSettingsParams{IfMatch: &tag}, asJSON, body))
			return err
		},
		shown: []string{"folderName", "locked", "limits"},
	}
}

// read gives what of an object can be imported again.
func (o object) read(ctx context.Context) (json.RawMessage, error) {
	body, _, err := o.get(ctx)
	if err != nil {
		return nil, err
	}
	return without(body, append(slices.Clone(o.shown), o.kept...))
}

// without leaves fields out and keeps the order of the others.
func without(body []byte, names []string) (json.RawMessage, error) {
	in := json.NewDecoder(bytes.NewReader(body))
	if _, err := in.Token(); err != nil {
		return nil, unreachable(err)
	}
	var fields []string
	for in.More() {
		name, err := in.Token()
		var value json.RawMessage
		if err = errors.Join(err, in.Decode(&value)); err != nil {
			return nil, unreachable(err)
		}
		if !slices.Contains(names, name.(string)) {
			fields = append(fields, fmt.Sprintf("%q:%s", name, value))
		}
	}
	return json.RawMessage("{" + strings.Join(fields, ",") + "}"), nil
}
