package vtiger

// makeValid escapes the raw control characters inside the strings of a JSON text: vTiger writes them as they are
// stored, and one such record would make a whole page unreadable. What is valid already is returned as it is.
func makeValid(text []byte) []byte {
	if !rawControl(text) {
		return text
	}
	const hex = "0123456789abcdef"
	out := make([]byte, 0, len(text)+64)
	scanStrings(text, func(c byte, inside bool) {
		if inside && c < 0x20 {
			out = append(out, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			return
		}
		out = append(out, c)
	})
	return out
}

func rawControl(text []byte) bool {
	found := false
	scanStrings(text, func(c byte, inside bool) { found = found || inside && c < 0x20 })
	return found
}

// scanStrings gives each byte and whether it stands inside a string.
func scanStrings(text []byte, each func(c byte, inside bool)) {
	inside, escaped := false, false
	for _, c := range text {
		each(c, inside)
		switch {
		case escaped:
			escaped = false
		case inside && c == '\\':
			escaped = true
		case c == '"':
			inside = !inside
		}
	}
}
