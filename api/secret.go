package api

import (
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"
)

// secret is a write-only value of which absence keeps and null clears what is stored.
type secret struct {
	given bool
	value string
}

// UnmarshalJSON is called for null too.
func (s *secret) UnmarshalJSON(raw []byte) error {
	s.given = true
	return json.Unmarshal(raw, &s.value)
}

// Schema describes it as a string or null.
func (secret) Schema(huma.Registry) *huma.Schema {
	shortest, longest := 1, 1000
	return &huma.Schema{
		Type: huma.TypeString, Nullable: true, Format: "password", WriteOnly: true, MinLength: &shortest, MaxLength: &longest,
		Description: "Absent keeps what is stored, null clears it",
	}
}

// or gives what is to be stored.
func (s secret) or(held string) string {
	if s.given {
		return s.value
	}
	return held
}
