package vtigersim

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTextThatStaysAsSent(t *testing.T) {
	_, c := newCRM(t)
	admin := c.as("admin")
	for _, text := range []string{
		"AT&T", "O'Brien", `say "hi"`, "a < b > c", "<b>bold</b>", "<Acme>", "x <y@z.test>", "100% & 50%", "a?b", `a\b\\c`, "tab\tline\nend",
		"crlf\r\n", "nbsp\u00a0zwsp\u200b", "e\u0301", "שלום", "漢字", "  spaces  ", "&amp; already", "&lt;b&gt;", "\u2028",
	} {
		id := admin.stored("description", text)
		require.Equal(t, text, admin.get("retrieve", "id", id).field("description"))
		require.Equal(t, []any{text}, admin.query("select description from Contacts where id = '"+id+"';").column("description"))
	}
}

func TestTextThatIsChanged(t *testing.T) {
	s, c := newCRM(t)
	admin := c.as("admin")
	for _, row := range []struct{ field, sent, stored string }{
		{"firstname", strings.Repeat("ü", 41), strings.Repeat("ü", 40)},
		{"lastname", strings.Repeat("x", 90), strings.Repeat("x", 80)},
		{"mailingcountry", strings.Repeat("x", 50), strings.Repeat("x", 40)},
		{"othercountry", strings.Repeat("x", 50), strings.Repeat("x", 30)},
		{"title", "hi 😀!", "hi ????!"},
		{"department", strings.Repeat("😀", 10), strings.Repeat("?", 30)},
		{"description", "<script>alert(1)</script>x", "&lt;script&gt;alert(1)&lt;/script&gt;x"},
		{"email", "not an email", "not an email"},
		{"leadsource", "No Such Source", "No Such Source"},
		{"birthday", "1980-2-9", "1980-02-09"},
		{"birthday", "29-02-1980", "1980-02-29"},
		{"birthday", "1604-05-17", "1604-05-17"},
		{"birthday", "02/29/1980", ""},
		{"birthday", "abc", ""},
		{"birthday", "--05-17", ""},
		{"birthday", "1980-02-29T00:00:00Z", ""},
		{"birthday", "1979-02-30", "0000-00-00"},
		{"donotcall", "on", "1"},
		{"donotcall", "true", "0"},
		{"donotcall", "yes", "0"},
		{"source", "o365-sync:AAMk", "O365-SYNC:AAMK"},
		{"source", strings.Repeat("a", 120), strings.Repeat("A", 100)},
		{"contact_no", "MINE", "CON" /* then a number */},
		{"createdtime", "2001-01-01 00:00:00", "20"},
	} {
		id := admin.stored(row.field, row.sent)
		record, ok := s.Record(id)
		require.True(t, ok)
		if row.field == "contact_no" || row.field == "createdtime" {
			require.NotEqual(t, row.sent, record[row.field])
			require.True(t, strings.HasPrefix(record[row.field], row.stored))
			continue
		}
		require.Equal(t, row.stored, record[row.field], row.sent)
	}
}

func TestJSONValues(t *testing.T) {
	s, c := newCRM(t)
	admin := c.as("admin")
	for _, row := range []struct {
		field  string
		sent   any
		stored string
	}{
		{"phone", 12345678901234567, "12345678901234567"},
		{"phone", []any{"first", "second"}, "first"},
		{"phone", []any{}, ""},
		{"phone", map[string]any{"a": "b"}, ""},
		{"phone", nil, ""},
		{"donotcall", true, "1"},
		{"donotcall", 1, "1"},
		{"donotcall", false, "0"},
	} {
		record, _ := s.Record(admin.stored(row.field, row.sent))
		require.Equal(t, row.stored, record[row.field], row.sent)
	}
}

// The reply of create shows text decoded once; what is stored differs.
func TestCreateReplyIsDecoded(t *testing.T) {
	_, c := newCRM(t)
	admin := c.as("admin")
	for sent, shown := range map[string]string{
		"<script>x</script>": "<script>x</script>",
		"&amp; already":      "& already",
		"&amp;amp;":          "&amp;",
		"AT&T &copy2024":     "AT&T &copy2024",
	} {
		reply := admin.create(`{"lastname":"` + sent + `","assigned_user_id":"19x1"}`)
		require.Equal(t, shown, reply.field("lastname"))
	}
}

func TestControlCharactersMakeInvalidJSON(t *testing.T) {
	_, c := newCRM(t)
	admin := c.as("admin")
	created := admin.create(`{"lastname":"a\u0001b\u000b\u0008\u000c\u001f","assigned_user_id":"19x1"}`)
	require.Nil(t, created.decode(), "encoding/json refuses the reply")
	require.Contains(t, created.body, "\"lastname\":\"a\x01b\x0b\\b\\f\x1f\"")
	page := admin.query("select id,lastname from Contacts;")
	require.Nil(t, page.decode())
	require.Contains(t, page.body, "a\x01b")
}

func TestInvalidUTF8IsDropped(t *testing.T) {
	_, c := newCRM(t)
	reply := c.as("admin").create("{\"lastname\":\"a\xffb\",\"assigned_user_id\":\"19x1\"}")
	require.Equal(t, "ab", reply.field("lastname"))
}

func TestTypedText(t *testing.T) {
	s, _ := newCRM(t)
	for typed, stored := range map[string]string{
		"  AT&T <b> ":           "AT&T <b>",
		"&amp;":                 "&",
		"<script>x</script>y":   "y",
		"smile 😀":               "smile ????",
		strings.Repeat("ä", 90): strings.Repeat("ä", 80),
	} {
		record, _ := s.Record(s.AddContact("19x1", map[string]string{"lastname": typed}))
		require.Equal(t, stored, record["lastname"])
	}
}

func TestOwnDateFormat(t *testing.T) {
	s, c := newCRM(t)
	require.NoError(t, s.UpdateUser("19x1", func(u *User) { u.DateFormat = "mm-dd-yyyy" }))
	admin := c.as("admin")
	record, _ := s.Record(admin.stored("birthday", "02-29-1980"))
	require.Equal(t, "1980-02-29", record["birthday"])
	record, _ = s.Record(admin.stored("birthday", "1980-02-29"))
	require.Equal(t, "1980-02-29", record["birthday"], "the wire format is taken too")
	require.Contains(t, admin.get("describe", "elementType", "Contacts").body, `"format":"mm-dd-yyyy"`)
}
