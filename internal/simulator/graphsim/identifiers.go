package graphsim

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"sync/atomic"
)

// The beginnings by which the service tells its kinds of ids apart.
const (
	immutablePrefix = "AAkALg"
	defaultPrefix   = "AAMkAD"
	folderPrefix    = "AQMkAD"
)

// identifiers makes the ids of one server.
type identifiers struct {
	salt                                  []byte
	immutable, regular, folders, versions atomic.Uint64
}

func newIdentifiers(salt []byte) *identifiers {
	return &identifiers{salt: salt}
}

func (m *identifiers) newImmutable() string { return m.id(immutablePrefix, m.immutable.Add(1)) }
func (m *identifiers) newDefault() string   { return m.id(defaultPrefix, m.regular.Add(1)) }
func (m *identifiers) newFolder() string    { return m.id(folderPrefix, m.folders.Add(1)) }

func (m *identifiers) newChangeKey() string {
	sum := m.sum("version", m.versions.Add(1))
	return "EQAAABYAAAC" + base64.RawStdEncoding.EncodeToString(sum[:21])
}

// id makes ids in pairs that differ in nothing but the case of a letter: ids are case-sensitive, and a client that
// compares them otherwise must fail.
func (m *identifiers) id(prefix string, n uint64) string {
	sum := m.sum(prefix, n/2)
	return prefix + base64.RawURLEncoding.EncodeToString(sum[:18]) + string("Aa"[n%2]) + "="
}

func (m *identifiers) sum(kind string, n uint64) [sha256.Size]byte {
	text := append([]byte(kind), m.salt...)
	return sha256.Sum256(binary.BigEndian.AppendUint64(text, n))
}

// wellFormed tells whether id can be the id of a contact or folder at all; others are refused as malformed.
func wellFormed(id string) bool {
	for _, prefix := range []string{immutablePrefix, defaultPrefix, folderPrefix} {
		if strings.HasPrefix(id, prefix) {
			return true
		}
	}
	return false
}

func newGUID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails, by its contract
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// newSecret makes an opaque token; prefix shows its kind in a trace.
func newSecret(prefix string) string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails, by its contract
	return prefix + hex.EncodeToString(b)
}
