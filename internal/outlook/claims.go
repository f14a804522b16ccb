package outlook

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
)

var claimsForm = regexp.MustCompile(`claims="([A-Za-z0-9+/_=-]+)"`)

// decodeClaims reads the claims of a challenge, which come in either base64 alphabet, padded or not; empty when they are
// no JSON.
func decodeClaims(text string) string {
	plain := strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(text), "=")
	claims, err := base64.RawStdEncoding.DecodeString(plain)
	if err != nil || !json.Valid(claims) {
		return ""
	}
	return string(claims)
}
