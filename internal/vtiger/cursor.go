package vtiger

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"contactbridge/internal/contact"
)

// cursorForm begins every cursor of this form.
const cursorForm = "v1."

// cursor says how far a walk has come. Rows are ordered by (modified time, id); the walk goes on after the key.
type cursor struct {
	Module string `json:"m"`
	Time   string `json:"t,omitempty"` // the key's modified time; empty: from the beginning
	ID     string `json:"i,omitempty"` // the key's id; empty: after all rows of that second
	Start  int64  `json:"s,omitempty"` // vTiger's clock when the walk began, Unix seconds; zero: it has not begun
	Knows  bool   `json:"k,omitempty"` // whether this walk or one before it showed a row
	Proof  string `json:"p,omitempty"` // a record that the walk before this one showed at its end
}

func (c cursor) String() string {
	text, _ := json.Marshal(c) // strings, a number and a boolean always marshal
	return cursorForm + base64.RawURLEncoding.EncodeToString(text)
}

// parseCursor reads a cursor of the module; an empty one begins a whole walk.
func parseCursor(doing, module, text string) (cursor, error) {
	if text == "" {
		return cursor{Module: module}, nil
	}
	var c cursor
	encoded, ours := strings.CutPrefix(text, cursorForm)
	plain, err := base64.RawURLEncoding.DecodeString(encoded)
	if !ours || err != nil || json.Unmarshal(plain, &c) != nil || c.Module != module || !c.sound() {
		return cursor{}, &contact.Error{Kind: contact.Bug, Doing: doing, Code: "cursor"}
	}
	return c, nil
}

func (c cursor) sound() bool {
	if c.ID != "" && (!isID(c.ID) || c.Time == "") || c.Proof != "" && !isID(c.Proof) {
		return false
	}
	if c.Time == "" {
		return true
	}
	_, err := time.Parse(timeForm, c.Time)
	return err == nil
}

// after is the condition that the rows behind the key meet. vTiger knows no parentheses; and binds tighter than or.
func (c cursor) after() string { return c.condition(">") }

// from is the condition that the rows behind the key meet and one that the walk has passed, so that an answer with the
// latter alone proves that there are no others.
func (c cursor) from() string {
	if c.ID == "" && c.Time != "" && c.Proof != "" {
		return vtql("where modifiedtime > ? or id = ? ", c.Time, c.Proof)
	}
	return c.condition(">=")
}

func (c cursor) condition(id string) string {
	switch {
	case c.Time == "":
		return ""
	case c.ID == "":
		return vtql("where modifiedtime > ? ", c.Time)
	}
	return vtql("where modifiedtime > ? or modifiedtime = ? and id "+id+" ? ", c.Time, c.Time, c.ID)
}

// passed tells whether the walk is at or behind the row.
func (c cursor) passed(r row) bool {
	if c.Time == "" {
		return false
	}
	at := r["modifiedtime"] // this form of time sorts as text
	if at != c.Time || c.ID == "" {
		return at <= c.Time
	}
	return idNumber(r["id"]) <= idNumber(c.ID)
}

// unpassed keeps the rows that the walk has not passed.
func (c cursor) unpassed(rows []row) []row {
	var out []row
	for _, r := range rows {
		if !c.passed(r) {
			out = append(out, r)
		}
	}
	return out
}

// moved is the cursor after a row was shown.
func (c cursor) moved(r row) cursor {
	c.Time, c.ID, c.Knows = r["modifiedtime"], r["id"], true
	return c
}

// ended is the cursor of the next walk: it begins overlap before this one began, and a second earlier still, since the
// condition is strict and a second not over yet when it was read.
func (c cursor) ended(overlap time.Duration) cursor {
	from := time.Unix(c.Start, 0).UTC().Add(-overlap - time.Second)
	proof := c.ID
	if proof == "" {
		proof = c.Proof
	}
	return cursor{Module: c.Module, Time: from.Format(timeForm), Knows: c.Knows, Proof: proof}
}
