package ledger

import (
	"context"
	"strings"
	"unicode/utf8"
)

const (
	// lineWords is what the index of words holds of a line, see migration 0014.
	lineWords = "log_words(name, vtiger_id, outlook_id, connection_id)"
	// wordWindow is how many lines are looked at for a word before its index is asked, which must read all that it has of a
	// word to know the newest.
	wordWindow = 200
)

// logWords searches the newest lines first, so that neither a word that all have nor one that nobody has costs much. Which
// way is cheaper is not left to PostgreSQL: it takes every start of a word for common, and would read all lines of a user too.
func (l *Ledger) logWords(ctx context.Context, f LogFilter, ids []string) ([]Line, error) {
	words, err := l.wordQuery(ctx, f.Text, ids)
	if err != nil {
		return nil, err
	}
	those := f.those(ids)
	wanted := selection{where: lineWords + " @@ ?::tsquery", args: []any{words}}
	for window := wordWindow; window > 0; {
		out, err := l.logWindow(ctx, f, ids, those.and(wanted.where, wanted.args...), window)
		if err != nil || len(out) == f.Limit {
			return out, err
		}
		window = deeper(window, len(out), f.Limit)
	}
	those = f.span(those)
	return l.lines(ctx, "SELECT * FROM (SELECT * FROM operations WHERE outcome <> 'planned' AND place > 0 AND "+wanted.where+" OFFSET 0) AS w WHERE "+
		those.where+" ORDER BY "+lineOrder+" LIMIT ?", append(append(wanted.args, those.args...), f.Limit))
}

// deeper is in how many lines a page should be found, when found were in the window; 0 when the index of words is the better
// way. It is tried once.
func deeper(window, found, limit int) int {
	if found == 0 || window > wordWindow {
		return 0
	}
	return 2 * window * limit / found
}

// logWindow searches so many of the newest lines.
func (l *Ledger) logWindow(ctx context.Context, f LogFilter, ids []string, those selection, lines int) ([]Line, error) {
	of := f.scopes(ids)
	window, args := newest("operations", lineOrder, of, max(f.Limit, lines/len(of)))
	return l.lines(ctx, "SELECT * FROM ("+window+") AS w WHERE "+those.where+" ORDER BY "+lineOrder+" LIMIT ?",
		append(append(args, those.args...), f.Limit))
}

// those selects the lines of the kind and of the connections that are asked for.
func (f LogFilter) those(ids []string) selection {
	those := selection{where: "TRUE"}
	for column, value := range map[string]string{"run_id": f.RunID, "action": f.Action, "outcome": f.Outcome, "side": string(f.Side)} {
		if value != "" {
			those = those.and(column+" = ?", value)
		}
	}
	if ids != nil {
		those = those.and("connection_id = ANY(?::uuid[])", pgArray(ids))
	}
	return those
}

// wordQuery spells a search: all words of the text, in any order, the last of which may be cut short after three letters,
// or a record with the text as its id. Unless ids is nil it finds by the words only lines of the connections, and of those
// whose ids begin alike. Lexemes that begin with = and @ cannot come from a name.
func (l *Ledger) wordQuery(ctx context.Context, text string, ids []string) (string, error) {
	var spelled string
	err := l.db.NewRaw(`SELECT plainto_tsquery('simple', translate(?, '-_./@''', '      '))::text`, text).Scan(ctx, &spelled)
	if err != nil {
		return "", err
	}
	ways := []string{lexeme("=" + strings.TrimSpace(text))}
	words := strings.Split(strings.ReplaceAll(strings.Trim(spelled, "'"), `\\`, `\`), "' & '")
	switch {
	case spelled == "":
	case ids == nil:
		ways = append(ways, allWords("", words))
	default:
		for _, id := range ids {
			ways = append(ways, allWords("@"+id[:8], words))
		}
	}
	return strings.Join(ways, " | "), nil
}

// allWords spells that all words are wanted, as the index holds them behind a prefix.
func allWords(prefix string, words []string) string {
	of := make([]string, len(words))
	for i, w := range words {
		if runes := []rune(w); prefix != "" && len(runes) > 400 {
			w = string(runes[:400])
		}
		of[i] = lexeme(prefix + w)
	}
	if last := len(words) - 1; utf8.RuneCountInString(words[last]) >= 3 {
		of[last] += ":*"
	}
	return "(" + strings.Join(of, " & ") + ")"
}

// lexeme quotes what a tsquery looks for as it is.
func lexeme(s string) string {
	return "'" + strings.NewReplacer("'", "''", `\`, `\\`).Replace(s) + "'"
}
