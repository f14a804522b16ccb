package ledger

import (
	"context"
	"strings"
	"unicode/utf8"
)

const (
	// lineWords is what the index of words holds of a line, see migration 0010.
	lineWords = "log_words(name, vtiger_id, outlook_id, connection_id)"
	// wordWindow is how many lines are looked at for a word before its index is asked, which must read all that it has of a
	// word to know the newest.
	wordWindow = 200
)

// logWords searches the newest lines first, so that neither a word that all have nor one that nobody has costs much. Which
// way is cheaper is not left to PostgreSQL: it takes every start of a word for common.
func (l *Ledger) logWords(ctx context.Context, f LogFilter, ids []string) ([]Line, error) {
	words, err := l.wordQuery(ctx, f.Text, ids)
	if err != nil {
		return nil, err
	}
	those := f.those(words)
	for window := wordWindow; window > 0; {
		out, err := l.logWindow(ctx, f, ids, those, window)
		if err != nil || len(out) == f.Limit {
			return out, err
		}
		window = deeper(window, len(out), f.Limit)
	}
	all := f.span(selection{where: "outcome <> 'planned' AND place > 0"}).and(those.where, those.args...)
	return l.lines(ctx, "SELECT * FROM (SELECT * FROM operations WHERE "+all.where+" OFFSET 0) AS w ORDER BY "+lineOrder+" LIMIT ?",
		append(all.args, f.Limit))
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

// those selects the lines of the kind and with the words that are asked for.
func (f LogFilter) those(words string) selection {
	those := selection{where: "TRUE"}
	for column, value := range map[string]string{"run_id": f.RunID, "action": f.Action, "outcome": f.Outcome, "side": string(f.Side)} {
		if value != "" {
			those = those.and(column+" = ?", value)
		}
	}
	return those.and(lineWords+" @@ ?::tsquery", words)
}

// wordQuery spells a search: all words of the text, in any order, the last of which may be cut short after three letters,
// or a record with the text as its id; and only lines of the connections, unless ids is nil.
// Lexemes that begin with = and @
// cannot come from a name.
func (l *Ledger) wordQuery(ctx context.Context, text string, ids []string) (string, error) {
	var words string
	err := l.db.NewRaw(`SELECT plainto_tsquery('simple', translate(?, '-_./@''', '      '))::text`, text).Scan(ctx, &words)
	if err != nil {
		return "", err
	}
	query := lexeme("=" + strings.TrimSpace(text))
	if words != "" {
		bare := strings.TrimSuffix(words, "'") // each word is in quotes
		if utf8.RuneCountInString(bare[strings.LastIndexByte(bare, '\'')+1:]) >= 3 {
			words += ":*"
		}
		query = "((" + words + ") | " + query + ")"
	}
	if ids != nil {
		of := make([]string, len(ids))
		for i, id := range ids {
			of[i] = lexeme("@" + id)
		}
		query += " & (" + strings.Join(of, " | ") + ")"
	}
	return query, nil
}

// lexeme quotes what a tsquery looks for as it is.
func lexeme(s string) string {
	return "'" + strings.NewReplacer("'", "''", `\`, `\\`).Replace(s) + "'"
}
