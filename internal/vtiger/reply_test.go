package vtiger

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name, body    string
		code, message string
		result        string
		refused       bool
	}{
		{name: "success", body: `{"success":true,"result":[]}`, result: `[]`},
		{name: "a code", body: `{"success":false,"error":{"message":"m","code":"ACCESS_DENIED"}}`, code: codeDenied, message: "m"},
		{name: "the number 0 for a duplicate", body: `{"success":false,"error":{"message":"Duplicate(s) detected!","code":0}}`, code: codeDuplicate, message: "Duplicate(s) detected!"},
		{name: "the number 1210 for a wrong password", body: `{"success":false,"error":{"code":1210,"message":"Authentication Failed"}}`, code: codePassword, message: "Authentication Failed"},
		{name: "no code", body: `{"success":false}`, code: noCode},
		{name: "a code that is no scalar", body: `{"success":false,"error":{"code":{},"message":[]}}`, code: noCode},
		{name: "a code that quotes data", body: `{"success":false,"error":{"code":"Ann Full has no value","message":"m"}}`, code: noCode, message: "m"},
		{name: "warnings before", body: "<br />\n<b>Warning</b>: {x} in y on line 3<br />\n{\"success\":true,\"result\":{\"a\":\"b\"}}", result: `{"a":"b"}`},
		{name: "notices after", body: "{\"success\":true,\"result\":{}}<br />", result: `{}`},
		{name: "a byte order mark", body: "\ufeff{\"success\":true,\"result\":1}", result: `1`},
		{name: "raw control characters in a string", body: "{\"success\":true,\"result\":\"a\x01\x0b\x1fb\\\\\"}", result: `"a\u0001\u000b\u001fb\\"`},
		{name: "empty", body: "", refused: true},
		{name: "text", body: "Sorry! Attempt to access restricted file.", refused: true},
		{name: "a web page", body: "<html>{}</html>", refused: true},
		{name: "cut short", body: `{"success":true,"result":[{"id":"12x`, refused: true},
		{name: "success without result", body: `{"success":true}`, refused: true},
		{name: "another JSON", body: `{"status":"ok"}`, refused: true},
		{name: "success that is no boolean", body: `{"success":"yes","result":[]}`, refused: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := decode([]byte(c.body))
			if c.refused {
				require.ErrorIs(t, err, errNotAReply)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.code, a.code)
			require.Equal(t, c.message, a.message)
			require.Equal(t, c.result, string(a.result))
		})
	}
}

func TestTextualReadsEveryShapeOfEmpty(t *testing.T) {
	var columns map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(`{"a":null,"b":"","c":"0000-00-00","d":"0","e":7,"f":true,"g":{"x":1},"h":["y"],"i":"x\u0000\u0001y\n\tz"}`), &columns))
	require.Equal(t, row{"d": "0", "e": "7", "f": "1", "i": "xy\n\tz"}, textual(columns))
}

// recorded is one exchange with a real vTiger 8.3.0.
type recorded struct {
	Request struct {
		Operation string         `json:"operation"`
		Params    map[string]any `json:"params"`
	} `json:"request"`
	JSON json.RawMessage `json:"json"`
}

// exchanges reads a recording, which holds a list of exchanges or one alone.
func exchanges(t testing.TB, file string) []recorded {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var list []recorded
	if json.Unmarshal(text, &list) == nil {
		return list
	}
	var one recorded
	require.NoError(t, json.Unmarshal(text, &one))
	return []recorded{one}
}

func TestRecordedAnswersAreDecoded(t *testing.T) {
	files, err := filepath.Glob("testdata/recorded/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	decoded := 0
	for _, file := range files {
		for _, e := range exchanges(t, file) {
			if len(e.JSON) == 0 || string(e.JSON) == "null" {
				continue
			}
			a, err := decode(e.JSON)
			require.NoError(t, err, "%s %s", file, e.Request.Operation)
			require.NotEqual(t, a.code == "", a.result == nil)
			decoded++
		}
	}
	require.Greater(t, decoded, 20)
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"success":true,"result":[{"id":"12x3","modifiedtime":"2026-11-23 15:41:57","account_id":null}]}`))
	f.Add([]byte("<b>Warning</b>{\"success\":false,\"error\":{\"message\":\"a\x00\",\"code\":0}}"))
	f.Add([]byte(`{"success":true,"result":{"id":{"x":[1]}}}`))
	for _, seed := range []string{
		"", "null", "[]", "Sorry! Attempt to access restricted file.", "<html><body>{\"success\"</body></html>",
		`{"success":false,"error":{"code":1210,"message":"Authentication Failed"}}`,
		`{"success":false,"error":{"code":-1e999,"message":null}}`,
		`{"success":true,"result":[{"id":"12x3","modifiedtime":"0000-00-00 00:00:00","birthday":"0000-00-00","title":""}]}`,
		"{\"success\":true,\"result\":[{\"id\":\"12x3\",\"modifiedtime\":\"2026-11-23 15:41:57\",\"title\":\"a\x0b\x1f\\\"b\"}]}<br />",
		"<br />\n<b>Warning</b>: {\"x\" in y<br />\n{\"success\":true,\"result\":{}}", `{"success":true,"result":["\ud83d","\u0000"]}`,
		`{"success":true,"success":false,"result":1,"error":{}}`, `{"success":true,"result":[{"id":"12x3"`,
	} {
		f.Add([]byte(seed))
	}
	for _, e := range exchanges(f, "testdata/recorded/records.json") {
		f.Add([]byte(e.JSON))
	}
	f.Add([]byte("{\"success\"\x01:\"\\"))
	f.Fuzz(func(t *testing.T, body []byte) {
		a, err := decode(body)
		if err != nil {
			require.ErrorIs(t, err, errNotAReply)
			require.NotEmpty(t, strange(body))
			return
		}
		if a.code != "" {
			require.Regexp(t, codeForm, a.code)
			return
		}
		require.True(t, json.Valid(a.result))
		var columns []map[string]json.RawMessage
		if json.Unmarshal(a.result, &columns) != nil {
			return
		}
		for _, c := range columns {
			r := textual(c)
			for _, text := range r {
				require.NotContains(t, text, "\x00")
			}
			_, _ = r.record("read", naming{})
		}
	})
}
