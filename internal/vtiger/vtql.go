package vtiger

import (
	"context"
	"encoding/json"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"contactbridge/internal/contact"
)

// Limits of a query: vTiger cuts every answer at 100 rows, and web servers the address at 8 kB.
const (
	pageRows   = 100
	listLength = 6000
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

// quote writes a value for a query. The backslash must be doubled as well: a lone one at the end escapes the quote.
func quote(value string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `''`).Replace(value) + "'"
}

// in writes an in-list.
func in(field string, values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = quote(v)
	}
	return field + " in (" + strings.Join(quoted, ",") + ")"
}

// portions cuts values into lists that one query can carry and answer.
func portions(values []string, most int) [][]string {
	var out [][]string
	begin, length := 0, 0
	for i, v := range values {
		size := len(url.QueryEscape(quote(v))) + len("%2C")
		if i > begin && (i-begin == most || length+size > listLength) {
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

// query asks for rows. An empty answer proves nothing: vTiger reports a database error so.
func (c *Client) query(ctx context.Context, doing, vtql string) ([]row, error) {
	var raw []map[string]json.RawMessage
	if err := c.read(ctx, doing, "query", url.Values{"query": {vtql + ";"}}, &raw); err != nil {
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

// ensureModule refuses what cannot be a module's name before it gets into a query.
func ensureModule(doing, module string) error {
	if isName(module) {
		return nil
	}
	return &contact.Error{Kind: contact.BadInput, Doing: doing, Sentence: "module: there is no such module in vTiger."}
}
