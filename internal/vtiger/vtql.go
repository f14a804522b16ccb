package vtiger

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"contactbridge/internal/contact"
)

// Limits of a query: vTiger cuts every answer at 100 rows, and web servers refuse an address of 8 kB, in which session
// and operation stand too. Lengths are in bytes as they are sent, percent signs included.
const (
	pageRows    = 100
	listLength  = 6000
	queryLength = 7600
)

var idForm = regexp.MustCompile(`^[0-9]{1,10}x[0-9]{1,18}$`)

// isID tells whether text has the form of a vTiger id, "12x34". Anything else is not sent in queries: vTiger matches
// nothing on it, without an error.
func isID(text string) bool { return idForm.MatchString(text) }

// idNumber is the part of an id by which vTiger orders.
func idNumber(id string) int64 {
	_, number, _ := strings.Cut(id, "x")
	n, _ := strconv.ParseInt(number, 10, 64)
	return n
}

var nameForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// isName tells whether text can name a module or field in a query.
func isName(text string) bool { return nameForm.MatchString(text) }

// unwritable marks a piece that cannot be said in VTQL; query refuses it. No value brings it in, see literal.
const unwritable = "\x00"

// vtql writes a piece of a query: each ? of text takes one of values, a string or, as an in-list, a []string. Nothing
// else puts a value into a query. An empty string and an empty list cannot be said: vTiger's lexer fails on them.
func vtql(text string, values ...any) string {
	parts := strings.Split(text, "?")
	if len(parts) != len(values)+1 {
		return unwritable
	}
	var out strings.Builder
	for i, part := range parts {
		out.WriteString(part)
		if i == len(values) {
			break
		}
		switch v := values[i].(type) {
		case string:
			out.WriteString(literal(v))
		case []string:
			out.WriteString(inList(v))
		default:
			out.WriteString(unwritable)
		}
	}
	return out.String()
}

func inList(values []string) string {
	if len(values) == 0 {
		return unwritable
	}
	literals := make([]string, len(values))
	for i, v := range values {
		literals[i] = literal(v)
	}
	return "(" + strings.Join(literals, ",") + ")"
}

// literal writes a value. The backslash must be doubled as well: a lone one at the end escapes the quote. A NUL, and
// bytes that are no text, are never stored by us and are left out.
//
// A character above U+FFFF makes the database refuse the query, which vTiger answers with an empty list; the four
// question marks that its usual character set, utf8mb3, stores in such a character's place are looked for instead.
func literal(value string) string {
	var out strings.Builder
	for _, r := range strings.ToValidUTF8(value, "") {
		switch {
		case r == 0:
		case r == '\\' || r == '\'':
			out.WriteRune(r)
			out.WriteRune(r)
		case r > 0xFFFF:
			out.WriteString("????")
		default:
			out.WriteRune(r)
		}
	}
	if out.Len() == 0 {
		return unwritable
	}
	return "'" + out.String() + "'"
}

// portions cuts values into lists that one query can carry and answer.
func portions(values []string, most int) [][]string { return portionsWithin(values, most, listLength) }

// portionsWithin is portions for a query that has room for lists of that length.
func portionsWithin(values []string, most, longest int) [][]string {
	var out [][]string
	begin, length := 0, 0
	for i, v := range values {
		size := len(url.QueryEscape(literal(v))) + len("%2C")
		if i > begin && (i-begin == most || length+size > longest) {
			out = append(out, values[begin:i])
			begin, length = i, 0
		}
		length += size
	}
	if begin < len(values) {
		out = append(out, values[begin:])
	}
	return out
}

// ensureSendable refuses, unsent, a query that cannot be said or that no web server would take.
func ensureSendable(doing, statement string) error {
	switch {
	case strings.Contains(statement, unwritable):
		return &contact.Error{Kind: contact.Bug, Doing: doing, Code: "vtql", Refused: true}
	case len(url.QueryEscape(statement)) > queryLength:
		return &contact.Error{
			Kind: contact.BadRecord, Doing: doing, Code: "query-too-long", Refused: true,
			Sentence: "A value is too long for vTiger to be asked about it.",
		}
	}
	return nil
}

// query asks for rows. An empty answer proves nothing: vTiger reports a database error so.
func (c *Client) query(ctx context.Context, doing, statement string) ([]row, error) {
	if err := ensureSendable(doing, statement); err != nil {
		return nil, err
	}
	var raw []map[string]json.RawMessage
	if err := c.read(ctx, doing, "query", url.Values{"query": {statement + ";"}}, &raw); err != nil {
		return nil, err
	}
	rows := make([]row, len(raw))
	for i, columns := range raw {
		rows[i] = textual(columns)
		if !isID(rows[i]["id"]) {
			return nil, rubbish(doing)
		}
	}
	return rows, nil
}

// retrieve asks for one record by id.
func (c *Client) retrieve(ctx context.Context, doing, id string) (answer, error) {
	return c.get(ctx, doing, "retrieve", url.Values{"id": {id}})
}

func (t *turn) retrieve(ctx context.Context, doing, id string) (answer, error) {
	return t.call(ctx, question{doing, http.MethodGet, t.config.webservice(), url.Values{"id": {id}}}, "retrieve")
}

// ensureModule refuses what cannot be a module's name before it gets into a query.
func ensureModule(doing, module string) error {
	if isName(module) {
		return nil
	}
	return &contact.Error{Kind: contact.BadInput, Doing: doing, Sentence: "module: there is no such module in vTiger."}
}
