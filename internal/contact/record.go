package contact

import (
	"crypto/sha256"
	"encoding/hex"
	"sort"
	"strconv"
	"time"
)

// Record is one contact as one side last showed it to us.
type Record struct {
	ID      string            // the side's own id; case-sensitive
	Version string            // differs after every write on that side: vTiger's modifiedtime (one second), Graph's changeKey
	Values  map[string]string // the side's own fields by their catalogue names; an empty field may be absent; lists have one value a line
	Owner   string            // vTiger's assigned_user_id; empty in Outlook
	Stamp   string            // the operation id that our insert left; empty when there is none or this reading cannot show it
	Changed time.Time         // the side's own modified time, UTC
	Young   time.Duration     // changed so recently that the side may not show all of the change for this long: a reading after that must confirm it
}

// Hash names the content: equal values (absent and empty alike) and owner give equal hashes, whatever the version.
func (r Record) Hash() string {
	names := make([]string, 0, len(r.Values))
	for name, value := range r.Values {
		if value != "" {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	h := sha256.New()
	write := func(s string) { h.Write([]byte(strconv.Itoa(len(s)) + ":" + s)) }
	write(r.Owner)
	for _, name := range names {
		write(name)
		write(r.Values[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Field names one mapped field: the key of its mapping row, the same for both sides.
type Field string

// Contact is a record as the mapping reads it: the side's own face of each mapped field. Empty fields are absent.
type Contact map[Field]string

// Clone returns a copy that may be changed.
func (c Contact) Clone() Contact {
	out := make(Contact, len(c))
	for f, v := range c {
		out[f] = v
	}
	return out
}

// With returns a copy in which f holds v; an empty v removes f.
func (c Contact) With(f Field, v string) Contact {
	out := c.Clone()
	if v == "" {
		delete(out, f)
	} else {
		out[f] = v
	}
	return out
}
