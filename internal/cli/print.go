package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
	"golang.org/x/term"
)

// clean shows what a terminal would obey, or what would hide or reorder text, as an escape. Joiners stay: emoji and some
// scripts need them.
func clean(s string) string {
	var out strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			out.WriteString("\uFFFD")
		case r == ' ' || unicode.IsPrint(r) || r == '\u200c' || r == '\u200d':
			out.WriteRune(r)
		default:
			out.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	return out.String()
}

// say prints a line; its arguments are cleaned, the format is ours.
func (c *call) say(format string, args ...any) {
	for i, a := range args {
		if v := reflect.ValueOf(a); v.Kind() == reflect.String {
			args[i] = clean(v.String())
		}
	}
	fmt.Fprintf(c.Out, format+"\n", args...)
}

// document prints an answer of the API as it is. Characters that a terminal would obey are spelled as JSON's escapes, which
// say the same.
func (c *call) document(body []byte) error {
	_, err := c.Out.Write(append(safeJSON(body), '\n'))
	return err
}

// parts prints several answers as one document.
func (c *call) parts(of map[string]json.RawMessage) error {
	raw, err := json.Marshal(of)
	if err != nil {
		return fmt.Errorf("join the answers: %w", err)
	}
	return c.document(raw)
}

func printJSON(to io.Writer, v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // structs of strings and numbers
	}
	fmt.Fprintf(to, "%s\n", safeJSON(raw))
}

func safeJSON(body []byte) []byte {
	out := make([]byte, 0, len(body))
	for _, r := range strings.TrimSpace(string(body)) {
		if r == '\n' || r == '\t' || r == '\r' || r == ' ' || unicode.IsPrint(r) {
			out = utf8.AppendRune(out, r)
			continue
		}
		if r > 0xFFFF {
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xD800+(r>>10), 0xDC00+(r&0x3FF))
			continue
		}
		out = fmt.Appendf(out, `\u%04x`, r)
	}
	return out
}

// terminal gives the width of a terminal, and 0 for anything else.
func terminal(w any) int {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width < 20 {
		return 80
	}
	return width
}

// roomy is a terminal on which a cut line still says enough; on narrower ones lines wrap.
const roomy = 100

// table prints rows in columns; on a terminal lines are cut at its edge.
func (c *call) table(rows [][]string) {
	widths := map[int]int{}
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], runewidth.StringWidth(clean(cell)))
		}
	}
	for _, row := range rows {
		c.row(row, widths)
	}
}

// row prints one row in columns of these widths; longer cells are cut on a terminal, and push the rest aside elsewhere.
func (c *call) row(cells []string, widths map[int]int) {
	screen := terminal(c.Out)
	var line strings.Builder
	for i, cell := range cells {
		cell = clean(cell)
		if i == len(cells)-1 {
			line.WriteString(cell)
			break
		}
		if screen > 0 {
			cell = runewidth.Truncate(cell, widths[i], "…")
		}
		line.WriteString(runewidth.FillRight(cell, widths[i]) + "  ")
	}
	text := strings.TrimRight(line.String(), " ")
	if screen >= roomy {
		text = runewidth.Truncate(text, screen, "…")
	}
	fmt.Fprintln(c.Out, text)
}
