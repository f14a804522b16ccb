package api

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"contactbridge/internal/ledger"
)

// encodeCursor names the place in a list after which the next page begins. Clients must not look inside.
func encodeCursor(list string, at int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte(list + ":" + strconv.FormatInt(at, 10)))
}

// decodeCursor reads a cursor of the same list; an empty one is the beginning, 0.
func decodeCursor(list, cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	at, found := strings.CutPrefix(string(raw), list+":")
	n, wrong := strconv.ParseInt(at, 10, 64)
	if err != nil || !found || wrong != nil || n <= 0 {
		return 0, refuseField("query.cursor", "Use a cursor exactly as the page before gave it.")
	}
	return n, nil
}

// encodePlace and decodePlace do the same for the log, where a line is found by its time and its number.
func encodePlace(at ledger.LogPlace) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "log:%d:%d", at.Time.UnixMicro(), at.Number))
}

func decodePlace(cursor string) (at ledger.LogPlace, err error) {
	if cursor == "" {
		return at, nil
	}
	var micros int64
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		_, err = fmt.Sscanf(string(raw), "log:%d:%d", &micros, &at.Number)
	}
	if err != nil || micros <= 0 || micros > lastMicro || encodePlace(ledger.LogPlace{Time: time.UnixMicro(micros), Number: at.Number}) != cursor {
		return at, refuseField("query.cursor", "Use a cursor exactly as the page before gave it.")
	}
	at.Time = time.UnixMicro(micros).UTC()
	return at, nil
}

// encodeUser and decodeUser do the same for the list of users, which is in the order of their names.
func encodeUser(id string) string { return base64.RawURLEncoding.EncodeToString([]byte("users:" + id)) }

func decodeUser(cursor string) (id string, err error) {
	if cursor == "" {
		return "", nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	id, found := strings.CutPrefix(string(raw), "users:")
	if err != nil || !found || id == "" || strings.ContainsRune(id, 0) || !utf8.ValidString(id) {
		return "", refuseField("query.cursor", "Use a cursor exactly as the page before gave it.")
	}
	return id, nil
}

// lastMicro is the end of the year 9999, which the database can hold.
const lastMicro = 253402300799999999

// cut cuts what was read, one more than asked for, into the page and the cursor of the next one.
func cut[T any](list string, rows []T, limit int, at func(T) int64) ([]T, string) {
	if len(rows) <= limit {
		return rows, ""
	}
	return rows[:limit], encodeCursor(list, at(rows[limit-1]))
}
