package cli

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"contactbridge/internal/client"
)

// moment reads a flag that names a day, as it begins here, or a time.
func (c *call) moment(flag string) (*time.Time, error) {
	text := c.text(flag)
	if text == "" {
		return nil, nil
	}
	at, err := time.ParseInLocation(time.DateOnly, text, time.Local)
	if err != nil {
		at, err = time.Parse(time.RFC3339, text)
	}
	if err != nil {
		return nil, wrong("--%s is a day such as 2026-01-31 or a time such as 2026-01-31T08:00:00Z", flag)
	}
	return &at, nil
}

// logFile writes the log as a table to a file, as it comes. A file that is there already stays; one that did not become whole
// is removed.
func (c *call) logFile(ctx context.Context, path string, want client.ReadLogParams) error {
	a, err := c.api.ExportLog(ctx, &client.ExportLogParams{
		User: want.User, Connection: want.Connection, Run: want.Run, Text: want.Text, Since: want.Since, Until: want.Until,
		Direction: respelled[client.ExportLogParamsDirection](want.Direction), Action: respelled[client.ExportLogParamsAction](want.Action),
		Outcome: respelled[client.ExportLogParamsOutcome](want.Outcome),
	})
	if err != nil {
		return unreachable(err)
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		raw, _ := io.ReadAll(a.Body) // what is cut short is no problem document, and told as such
		return client.Refused(refusedExport{a, raw})
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return failed("%s cannot be made: %s", path, reason(err))
	}
	if _, err = io.Copy(file, a.Body); err != nil {
		err = unreachable(err)
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	c.say("The log is in %s.", path)
	return nil
}

// refusedExport is an answer to a call whose body is read by hand.
type refusedExport struct {
	*http.Response
	body []byte
}

func (r refusedExport) Status() string  { return r.Response.Status }
func (r refusedExport) StatusCode() int { return r.Response.StatusCode }
func (r refusedExport) GetBody() []byte { return r.body }

// respelled spells a choice as another call's.
func respelled[T, S ~string](choice *S) *T {
	if choice == nil {
		return nil
	}
	return set[T](string(*choice))
}
