package vtigersim

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

var (
	yearFirst = regexp.MustCompile(`^(\d{4})-(\d{1,2})-(\d{1,2})$`)
	yearLast  = regexp.MustCompile(`^(\d{1,2})-(\d{1,2})-(\d{4})$`)
)

// zeroDate is what MariaDB stores for a day that does not exist.
const zeroDate = "0000-00-00"

// storedDate takes yyyy-mm-dd, with or without leading zeros, and the user's own
// format. A day that does not exist becomes zeroDate, anything else "".
func storedDate(text, userFormat string) string {
	var year, month, day string
	if parts := yearFirst.FindStringSubmatch(text); parts != nil {
		year, month, day = parts[1], parts[2], parts[3]
	} else if parts := yearLast.FindStringSubmatch(text); parts != nil {
		day, month, year = parts[1], parts[2], parts[3]
		if userFormat == "mm-dd-yyyy" {
			day, month = month, day
		}
	} else {
		return ""
	}
	date := fmt.Sprintf("%s-%02d-%02d", year, atoi(month), atoi(day))
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		return zeroDate
	}
	return date
}

// atoi reads the leading digits of a text, as PHP's integer cast does.
func atoi(text string) int {
	end := 0
	for end < len(text) && (text[end] >= '0' && text[end] <= '9' || end == 0 && text[end] == '-') {
		end++
	}
	n, _ := strconv.Atoi(text[:end]) // no digits or too many: 0 or the limit
	return n
}
