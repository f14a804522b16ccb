package api

import (
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"
)

// Secret is a write-only text: absent keeps what is held, null clears it.
type Secret struct {
	Sent  bool
	Value string
}

// UnmarshalJSON is called only when the field is there.
func (s *Secret) UnmarshalJSON(raw []byte) error {
	s.Sent = true
	if string(raw) == "null" {
		return nil
	}
	return json.Unmarshal(raw, &s.Value)
}

// Schema documents it as a nullable text.
func (Secret) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Nullable: true, Format: "password"}
}
