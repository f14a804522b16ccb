package graphsim

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// deltaState is what a $skiptoken or $deltatoken carries: the query of the first request and where the walk stands.
type deltaState struct {
	Folder     string    `json:"f"`
	Position   int       `json:"p"`
	Start      int       `json:"s"`
	First      bool      `json:"i,omitempty"`
	Select     []string  `json:"c,omitempty"`
	Size       int       `json:"n"`
	Generation int       `json:"g"`
	Serial     uint64    `json:"k"`
	Issued     time.Time `json:"t"`
	Gap        bool      `json:"e,omitempty"` // the empty page before this one was served
	Within     bool      `json:"w,omitempty"` // a nextLink, not a deltaLink
}

func (d deltaState) token() string {
	text, _ := json.Marshal(d) // plain values; cannot fail
	return base64.RawURLEncoding.EncodeToString(text)
}

// readDeltaState reads the token of a request; given is false in the first request of a first round.
func (c *call) readDeltaState() (d deltaState, given bool, refused *refusal) {
	token, within := c.query.Get("$skiptoken"), true
	if token == "" {
		token, within = c.query.Get("$deltatoken"), false
	}
	if token == "" {
		return d, false, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		err = json.Unmarshal(text, &d)
	}
	if err != nil || d.Within != within || d.Position < 0 {
		return d, true, refuse(http.StatusBadRequest, "SyncStateInvalid", "The sync state is invalid.")
	}
	return d, true, nil
}

// dead tells whether a token is no longer accepted; the mailbox's lock is held.
func (m *mailbox) dead(d deltaState, set DeltaSettings, now time.Time) bool {
	return d.Generation != m.deltaGeneration ||
		set.TokenCache > 0 && d.Serial+uint64(set.TokenCache) <= m.deltaTokens ||
		d.Within && set.NextLinkLifetime > 0 && now.Sub(d.Issued) > set.NextLinkLifetime
}

// syncStateGone is the order to begin again, with the link to do so.
func (c *call) syncStateGone(m *mailbox, r route, set DeltaSettings) *refusal {
	status, code := http.StatusGone, "SyncStateNotFound"
	if set.DeadStatus != 0 {
		status = set.DeadStatus
	}
	if set.DeadCode != "" {
		code = set.DeadCode
	}
	gone := refuse(status, code, fmt.Sprintf(
		"The sync state generation is not found; generation=%d;[highest=%d].", m.deltaGeneration, m.deltaGeneration+1))
	if !set.GoneWithoutLocation {
		gone.header = http.Header{"Location": {c.graphURL(r.path + "/delta()")}}
	}
	return gone
}
