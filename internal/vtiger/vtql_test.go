package vtiger

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

func TestVTQLDoublesQuotesAndBackslashes(t *testing.T) {
	require.Equal(t, `a = 'O''Brien'`, vtql("a = ?", "O'Brien"))
	require.Equal(t, `'x\\'`, vtql("?", `x\`))
	require.Equal(t, `'\\'' or id > ''0'`, vtql("?", `\' or id > '0`))
	require.Equal(t, `id in ('12x1','12x2')`, vtql("id in ?", []string{"12x1", "12x2"}))
	require.Equal(t, `'a????b'`, vtql("?", "a\x00😀\xffb"))
	require.Equal(t, `a = 'x?' and b = '?'`, vtql("a = ? and b = ?", "x?", "?"))
}

func TestWhatCannotBeSaidIsRefusedUnsent(t *testing.T) {
	c := newCRM(t)
	client := c.dial()
	for piece, kind := range map[string]contact.Kind{
		vtql("lastname = ?", ""):                                         contact.Bug,
		vtql("lastname = ?", "\x00"):                                     contact.Bug,
		vtql("lastname in ?", []string{}):                                contact.Bug,
		vtql("lastname in ?", []string{"a", ""}):                         contact.Bug,
		vtql("lastname = ?"):                                             contact.Bug,
		vtql("lastname = ?", 7):                                          contact.Bug,
		vtql("lastname = ?", strings.Repeat("é", queryLength/6)):         contact.BadRecord,
		vtql("lastname in ?", strings.Fields(strings.Repeat("' ", 900))): contact.BadRecord,
	} {
		_, err := client.query(t.Context(), "ask", "select id from Contacts where "+piece)
		require.Equal(t, kind, contact.KindOf(err), "%.60q", piece)
	}
	require.Zero(t, c.Counts().Total())
}

func TestTheLongestQueryIsTaken(t *testing.T) {
	c := newCRM(t)
	statement := vtql("select id from Contacts where lastname = ?", strings.Repeat("x", queryLength-60))
	require.NoError(t, ensureSendable("ask", statement))
	_, err := c.dial().query(t.Context(), "ask", statement)
	require.NoError(t, err)
}

func TestOnlyIDsAndNamesAreSent(t *testing.T) {
	for _, good := range []string{"12x3", "2x1"} {
		require.True(t, isID(good))
	}
	for _, bad := range []string{"", "12", "x3", "12x", "12x3'", "12X3", "12x3\n", "a12x3"} {
		require.False(t, isID(bad), bad)
	}
	require.True(t, isName("cf_853"))
	for _, bad := range []string{"", "a b", "Contacts;", "x'y", "1a"} {
		require.False(t, isName(bad), bad)
	}
}

func TestPortionsHoldEveryValueOnceInOrder(t *testing.T) {
	long := strings.Repeat("'", 500)
	var values []string
	for range 250 {
		values = append(values, "12x1")
	}
	values = append(values, long, long, long, long, strings.Repeat("y", 2*listLength), "z")
	var joined []string
	for _, p := range portions(values, pageRows) {
		require.NotEmpty(t, p)
		require.LessOrEqual(t, len(p), pageRows)
		joined = append(joined, p...)
	}
	require.Equal(t, values, joined)
	require.Len(t, portions(values[:200], pageRows), 2)
	require.Empty(t, portions(nil, pageRows))
}

func TestCursorSurvivesItsText(t *testing.T) {
	c := cursor{Module: "Contacts", Time: "2026-11-23 15:41:57", ID: "12x3", Start: 1795448516, Knows: true}
	got, err := parseCursor("read", "Contacts", c.String())
	require.NoError(t, err)
	require.Equal(t, c, got)

	_, err = parseCursor("read", "Leads", c.String())
	require.Error(t, err, "of another module")
	for _, bad := range []string{
		"x", "v1.", "v1.!!", "v2." + c.String()[3:],
		cursor{Module: "Contacts", ID: "12x3"}.String(),
		cursor{Module: "Contacts", Time: "2026-11-23 15:41:57", ID: "x' or 1"}.String(),
		cursor{Module: "Contacts", Time: "yesterday"}.String(),
	} {
		_, err := parseCursor("read", "Contacts", bad)
		require.Error(t, err, bad)
	}
}

func TestCursorKnowsWhichRowsItPassed(t *testing.T) {
	at := cursor{Time: "2026-11-23 15:41:57", ID: "12x20"}
	for _, c := range []struct {
		time, id string
		passed   bool
	}{
		{"2026-11-23 15:41:56", "12x99", true},
		{"2026-11-23 15:41:57", "12x9", true}, // ids are ordered as numbers
		{"2026-11-23 15:41:57", "12x20", true},
		{"2026-11-23 15:41:57", "12x100", false},
		{"2026-11-23 15:41:58", "12x1", false},
	} {
		require.Equal(t, c.passed, at.passed(row{"modifiedtime": c.time, "id": c.id}), "%s %s", c.time, c.id)
	}
	require.True(t, cursor{Time: at.Time}.passed(row{"modifiedtime": at.Time, "id": "12x1"}))
	require.False(t, cursor{}.passed(row{"modifiedtime": at.Time, "id": "12x1"}))
}
