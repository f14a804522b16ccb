package cli

import (
	"encoding/json"
	"testing"

	"github.com/mattn/go-runewidth"
	"github.com/stretchr/testify/require"

	"contactbridge/internal/client"
)

func TestNothingThatATerminalObeysIsShown(t *testing.T) {
	for given, shown := range map[string]string{
		"Zoë O'Brien 山田 👩‍💻":   "Zoë O'Brien 山田 👩‍💻",
		"\x1b[31mred":          `\x1b[31mred`,
		"two\nlines\tand\r":    `two\nlines\tand\r`,
		"\u009b2J":             `\u009b2J`,
		"\u202egpj.exe":        `\u202egpj.exe`,
		"soft\u00adhyphen":     `soft\u00adhyphen`,
		"broken \xff\xfe \x7f": "broken \uFFFD\uFFFD \\x7f",
		`back\slash "quoted'`:  `back\slash "quoted'`,
	} {
		require.Equal(t, shown, clean(given))
	}
}

func TestJSONSaysTheSameWithoutThem(t *testing.T) {
	name := "a\x1b\u009b\u202e\U000E0041b\n<&>👩‍💻"
	raw, err := json.Marshal(map[string]string{"name": name})
	require.NoError(t, err)
	safe := safeJSON(append(raw, '\n'))
	require.NotRegexp(t, `[\x00-\x1f\x{7f}-\x{9f}\x{202e}\x{E0041}]`, string(safe))
	var read map[string]string
	require.NoError(t, json.Unmarshal(safe, &read))
	require.Equal(t, name, read["name"])
}

func TestBarFitsItsTerminal(t *testing.T) {
	left := int64(75)
	r := client.RunView{Phase: "applying", State: client.RunViewStateRunning, Progress: &client.ProgressView{
		Done: 120, Total: 400, PerSecond: 3.7, RemainingSeconds: &left,
	}}
	require.Equal(t, "█████████░░░░░░░░░░░░░░░░░░░░░  30 %  120/400  3.7/s  1 min 15 s left  writing", bar(r, 120))
	for width := 20; width < 120; width++ {
		require.Less(t, runewidth.StringWidth(bar(r, width)), width, "the last column is left free, or terminals wrap")
	}
	require.Equal(t, "writing 120/400  3.7/s  1 min 15 s left", plain(r))
	r.Progress, r.Phase = nil, ""
	require.Equal(t, "waiting for its turn …", bar(r, 80))
}

// A preview says what a sync would do, a sync what it did, and both what waits for a person.
func TestTotals(t *testing.T) {
	counts := []client.Count{
		{Action: "link", Outcome: "done", N: 5},
		{Action: "insert", Side: "outlook", Outcome: "done", N: 15},
		{Action: "delete", Side: "vtiger", Outcome: "held", N: 2},
		{Action: "conflict", Side: "vtiger", Outcome: "held", N: 1},
		{Action: "skip", Outcome: "skipped", N: 3},
	}
	r := client.RunView{Counts: &counts}
	require.Equal(t, []string{
		"5 linked", "15 inserted in Outlook", "2 to delete in vTiger, waiting for an answer", "1 conflict, waiting for an answer", "3 skipped",
	}, totals(r))
	require.EqualValues(t, 3, held(r))
	r.Preview = true
	require.Equal(t, "insert 15 in Outlook", totals(r)[1])
	require.Equal(t, "delete 2 in vTiger, once somebody approves", totals(r)[2])
	require.Equal(t, []string{"nothing to do"}, totals(client.RunView{}))
}

// Scripts rely on the codes of the API's problems.
func TestCodes(t *testing.T) {
	for kind, c := range map[string]struct {
		status int64
		code   int
	}{
		"not-signed-in": {401, NotAllowed}, "wrong-credentials": {401, NotAllowed}, "admin-only": {403, NotAllowed}, "not-allowed": {403, NotAllowed},
		"step-1-missing": {409, NeedsPerson}, "needs-preview": {409, NeedsPerson}, "preview-outdated": {409, NeedsPerson}, "needs-sign-in": {409, NeedsPerson},
		"needs-folder": {409, NeedsPerson}, "conflict": {409, Failed}, "not-found": {404, Failed}, "invalid": {422, Failed}, "changed-meanwhile": {412, Failed},
		"unavailable": {503, NoAnswer}, "throttled": {503, NoAnswer}, "internal": {500, Failed},
	} {
		require.Equal(t, c.code, codeOf(&client.Problem{Kind: kind, Status: c.status}), kind)
	}
}
