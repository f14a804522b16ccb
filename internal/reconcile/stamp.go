package reconcile

import (
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"

	"contactbridge/internal/contact"
)

// Generations is how many stamps of earlier inserts a ledger that remembers none tries.
const Generations = 4

// Stamp is the operation id of inserting a record into the other side. It is derived, so that a restored or empty ledger
// recognises what was inserted before. identity names what the epoch holds for: vTiger instance, module, mailbox and
// folder. generation counts the record's earlier inserts that were confirmed deleted.
func Stamp(identity string, source contact.Side, record string, generation int) string {
	h := sha256.Sum256([]byte(strings.Join([]string{identity, string(source), record, strconv.Itoa(generation)}, "\x00")))
	return base32.StdEncoding.EncodeToString(h[:20])
}
