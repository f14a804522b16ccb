package api

import (
	"strconv"
	"strings"
)

// etag names a version of something that can be replaced.
func etag(version int64) string { return strconv.Quote(strconv.FormatInt(version, 10)) }

// ensureMatch refuses a write that was meant for another version. Without If-Match every version is meant.
func ensureMatch(ifMatch string, version int64) error {
	if ifMatch == "" {
		return nil
	}
	for _, tag := range strings.Split(ifMatch, ",") {
		if tag = strings.TrimSpace(tag); tag == "*" && version > 0 || tag == etag(version) {
			return nil
		}
	}
	return refuse(changed, "Somebody else changed it after you read it; read it again.")
}
