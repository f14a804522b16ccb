package vtiger

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// anyText draws from what breaks quoting as well as from all of Unicode.
func anyText() *rapid.Generator[string] {
	nasty := rapid.SampledFrom([]string{
		`'`, `''`, `\`, `\\`, `\'`, `"`, "%", "_", ";", "?", "(", ")", ",", " ", "\n", "\r\n", "\t", "\x00", "\x01", "\x1a", "\xff",
		"é", "e", "E", "ü", "ß", "中", "\u200b", "😀", "????", "a", "A", "0", "' or id > '0", "NULL",
	})
	return rapid.OneOf(
		rapid.Map(rapid.SliceOfN(nasty, 1, 6), func(parts []string) string { return strings.Join(parts, "") }),
		rapid.StringN(1, 20, 60),
	)
}

// merged is at most as fine as utf8_general_ci: what it tells apart may be one to the database, and what is one to the
// database it does not tell apart.
func merged(text string) string {
	text = strings.Map(func(r rune) rune {
		switch r = unicode.ToUpper(r); {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'ß' || r == 'ẞ':
			return 'S'
		}
		return r
	}, norm.NFD.String(text))
	return strings.TrimRight(text, " ")
}

// stored adds contacts with these descriptions through the web service; id → what vTiger holds.
func (c *crm) stored(t *rapid.T, client *Client, texts []string) map[string]string {
	held := map[string]string{}
	for _, text := range texts {
		a, err := client.post(t.Context(), "add", "create", url.Values{
			"elementType": {"Contacts"},
			"element":     {element(map[string]string{"lastname": "L", "assigned_user_id": c.admin, "description": strings.ReplaceAll(text, "\x00", "")})},
		})
		require.NoError(t, err)
		require.Empty(t, a.code)
		var made map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(a.result, &made))
		id := textual(made)["id"]
		record, there := c.Record(id)
		require.True(t, there)
		held[id] = record["description"]
	}
	return held
}

// TestAnyTextFindsItselfAndNoOther: the record with a value is found by it, in a comparison and in a list, and every
// other that is found differs only in what the database does not tell apart.
func TestAnyTextFindsItselfAndNoOther(t *testing.T) {
	c := newCRM(t)
	client := c.dial()
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(anyText().Filter(sayable), 1, 5).Draw(t, "texts")
		held := c.stored(t, client, append([]string{"witness"}, texts...))
		defer func() {
			for id := range held {
				require.NoError(t, c.Delete(id))
			}
		}()
		for _, text := range texts {
			requireFound(t, client, held, vtql("description = ?", text), text)
		}
		requireFound(t, client, held, vtql("description in ?", texts), texts...)
	})
}

// sayable leaves out what is nothing once cleaned, and the script tags that vTiger changes when it stores them.
func sayable(text string) bool {
	return literal(text) != unwritable && !strings.Contains(strings.ToLower(text), "script")
}

func requireFound(t *rapid.T, client *Client, held map[string]string, condition string, texts ...string) {
	rows, err := client.query(t.Context(), "find", "select id from Contacts where "+condition)
	require.NoError(t, err)
	found := map[string]bool{}
	for _, r := range rows {
		found[r["id"]] = true
	}
	exact, near := map[string]bool{}, map[string]bool{}
	for _, text := range texts {
		exact[asStored(text)], near[merged(asStored(text))] = true, true
	}
	for id, value := range held {
		if exact[value] {
			require.True(t, found[id], "%q is not found by %q", value, texts)
		}
		if found[id] {
			require.True(t, near[merged(value)], "%q is found by %q", value, texts)
		}
	}
}

// asStored is what vTiger makes of a text without NUL.
func asStored(text string) string {
	var out strings.Builder
	for _, r := range strings.ToValidUTF8(text, "") {
		switch {
		case r == 0:
		case r > 0xFFFF:
			out.WriteString("????")
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}
