package vtiger

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// TestTextsAreCarriedOrReducedAsRecorded holds what vTiger 8.3.0 was seen to make of texts. Whatever it makes of them,
// every reading of the record shows the same.
func TestTextsAreCarriedOrReducedAsRecorded(t *testing.T) {
	long := strings.Repeat("line of text äöü\n", 4000)
	for _, row := range []struct{ what, sent, shown string }{
		{"ampersand", "AT&T", "AT&T"},
		{"quotes", `O'Brien says "hi"`, `O'Brien says "hi"`},
		{"angles", "a < b > c", "a < b > c"},
		{"a tag", "<b>bold</b>", "<b>bold</b>"},
		{"a name in angles", "x <y@z.test>", "x <y@z.test>"},
		{"a script", "<script>alert(1)</script>x", "&lt;script&gt;alert(1)&lt;/script&gt;x"},
		{"an entity", "&amp; already", "&amp; already"},
		{"an encoded tag", "&lt;b&gt;", "&lt;b&gt;"},
		{"backslashes", `C:\new\`, `C:\new\`},
		{"like's wildcards", "100% & 5_0%", "100% & 5_0%"},
		{"a question mark", "a?b", "a?b"},
		{"tab and newline", "a\tb\nc", "a\tb\nc"},
		{"CRLF", "a\r\nb", "a\r\nb"},
		{"no-break space", "a\u00a0b", "a\u00a0b"},
		{"zero-width space", "a\u200bb", "a\u200bb"},
		{"decomposed", "Zoe\u0308", "Zoe\u0308"},
		{"right to left", "שלום", "שלום"},
		{"CJK", "王小明", "王小明"},
		{"spaces around", "  a  ", "  a  "},
		{"an emoji is lost", "a😀b", "a????b"},
		{"control characters are not shown", "a\x01\x0b\x1fb", "ab"},
		{"bytes that are no text", "a\xffb", "ab"},
		{"a very long text", long, long},
	} {
		t.Run(row.what, func(t *testing.T) {
			c := newCRM(t)
			w := c.inserting("Text", "S1")
			w.Values["description"] = row.sent
			requireShown(t, c, w, "description", row.shown)
		})
	}
}

// requireShown inserts and demands one value in every reading of the record.
func requireShown(t *testing.T, c *crm, w contact.Write, field, shown string) contact.Record {
	t.Helper()
	book := c.contacts()
	made := write(t, book, w)[0]
	require.Equal(t, contact.Done, made.Outcome)
	require.Equal(t, shown, made.Record.Values[field])
	require.Equal(t, made.Record.Hash(), sighted(t, book, made.Record.ID).Record.Hash())
	records, _ := walked(t, book, "")
	require.Len(t, records, 1)
	require.Equal(t, made.Record.Hash(), records[0].Hash())
	return made.Record
}

// TestColumnsCutSilently: vTiger cuts by characters and calls it a success.
func TestColumnsCutSilently(t *testing.T) {
	for field, length := range map[string]int{
		"firstname": 40, "lastname": 80, "title": 50, "department": 30, "assistant": 30,
		"phone": 50, "mobile": 50, "homephone": 50, "otherphone": 50, "fax": 50, "assistantphone": 50,
		"email": 100, "secondaryemail": 100, "mailingstreet": 250, "otherstreet": 250,
		"mailingcity": 40, "othercity": 40, "mailingstate": 30, "otherstate": 50, "mailingzip": 30, "otherzip": 30,
		"mailingcountry": 40, "othercountry": 30, "mailingpobox": 30, "otherpobox": 30,
	} {
		c := newCRM(t)
		w := c.inserting("Long", "S1")
		w.Values[field] = strings.Repeat("ä", length+1)
		r := requireShown(t, c, w, field, strings.Repeat("ä", length))
		require.Equal(t, length, utf8.RuneCountInString(r.Values[field]))

		book := c.contacts()
		fits := contact.Write{Action: contact.Update, ID: r.ID, Before: r, Owner: r.Owner, Values: map[string]string{field: strings.Repeat("b", length)}}
		got := write(t, book, fits)[0]
		require.Equal(t, contact.Done, got.Outcome)
		require.Equal(t, strings.Repeat("b", length), got.Record.Values[field], field)
	}
}

func TestDatesAreReadAsRecorded(t *testing.T) {
	for sent, shown := range map[string]string{
		"1980-02-29":           "1980-02-29",
		"1980-2-9":             "1980-02-09",
		"1604-05-17":           "1604-05-17", // vTiger knows no birthday without a year
		"29-02-1980":           "1980-02-29", // the form of the account's own settings
		"02/29/1980":           "",
		"--05-17":              "",
		"abc":                  "",
		"1979-02-30":           "", // stored as 0000-00-00
		"1980-02-29T00:00:00Z": "",
	} {
		c := newCRM(t)
		w := c.inserting("Born", "S1")
		w.Values["birthday"] = sent
		requireShown(t, c, w, "birthday", shown)
	}
}

// TestPicklistsAndFlagsAreStoredAsRecorded: a value that the picklist does not have is stored, and of flags only some
// words mean yes.
func TestPicklistsAndFlagsAreStoredAsRecorded(t *testing.T) {
	for _, row := range [][3]string{
		{"leadsource", "Cold Call", "Cold Call"},
		{"leadsource", "No Such Source", "No Such Source"},
		{"donotcall", "1", "1"},
		{"donotcall", "on", "1"},
		{"donotcall", "yes", "0"},
		{"donotcall", "", "0"},
	} {
		c := newCRM(t)
		w := c.inserting("Pick", "S1")
		w.Values[row[0]] = row[1]
		requireShown(t, c, w, row[0], row[2])
	}
}

// TestAGroupCanOwn: groups own records as users do.
func TestAGroupCanOwn(t *testing.T) {
	c := newCRM(t)
	w := c.inserting("Grouped", "S1")
	w.Owner = "20x2"
	require.Equal(t, "20x2", requireShown(t, c, w, "lastname", "Grouped").Owner)
}

// TestOneControlCharacterDoesNotHideAPage: vTiger writes it raw into its JSON.
func TestOneControlCharacterDoesNotHideAPage(t *testing.T) {
	c := newCRM(t)
	client := c.dial()
	for range 3 {
		c.person(map[string]string{"lastname": "Plain"})
	}
	_, err := client.post(t.Context(), "add", "create", url.Values{
		"elementType": {"Contacts"}, "element": {element(map[string]string{"lastname": "Bell\x07", "assigned_user_id": c.admin})},
	})
	require.NoError(t, err)
	records, _ := walked(t, client.Book("Contacts", overlap), "")
	require.Len(t, records, 4)
}
