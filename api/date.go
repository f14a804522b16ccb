package api

import (
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// dateChoice is a day that is wanted; absence keeps the one that is set and null means none.
type dateChoice struct {
	given bool
	day   string // empty for null
}

// UnmarshalJSON is called for null too.
func (d *dateChoice) UnmarshalJSON(raw []byte) error {
	d.given = true
	return json.Unmarshal(raw, &d.day)
}

// Schema describes it as a day or null.
func (dateChoice) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeString, Format: "date", Nullable: true, Examples: []any{"2026-01-31"},
		Description: "The day (YYYY-MM-DD, in the vTiger user's time zone) before which an unchanged vTiger record does not start to flow to Outlook; null: all do",
	}
}

func viewDate(day string) *string {
	if day == "" {
		return nil
	}
	return &day
}

// checkDay takes an existing day, or none.
func checkDay(field, day string) error {
	if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
		return refuseField(field, "Use a day such as 2026-01-31, or null for none.")
	}
	return nil
}
