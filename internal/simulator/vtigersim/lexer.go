package vtigersim

import "strings"

// token is one word of VTQL. kind is the name vTiger's parser gives it in error
// messages; text is as written, quotes included.
type token struct{ kind, text string }

// endOfInput is the kind of the token after the last.
const endOfInput = "End of Input"

var keywords = map[string]string{
	"select": "SELECT", "from": "FROM", "where": "WHERE", "order": "ORDERBY", "by": "BY", "limit": "LIMIT",
	"and": "LOGICAL_AND", "or": "LOGICAL_OR", "in": "IN", "like": "LIKE", "asc": "ASC", "desc": "DESC", "count": "COUNT",
}

var symbols = []struct{ text, kind string }{
	{"<=", "LE"},
	{">=", "GE"},
	{"!=", "NE"},
	{"=", "EQ"},
	{"<", "LT"},
	{">", "GT"},
	{"(", "PARENOPEN"},
	{")", "PARENCLOSE"},
	{",", "COMMA"},
	{"*", "ASTERISK"},
	{";", "SEMICOLON"},
}

// lexer yields tokens one by one, so that a syntax error before a text that
// cannot be read is reported as such.
type lexer struct{ rest string }

// next fails on what vTiger's lexer cannot read, the empty string ” among it.
func (l *lexer) next() (token, error) {
	l.rest = strings.TrimLeft(l.rest, " \t\r\n")
	if l.rest == "" {
		return token{kind: endOfInput, text: "0"}, nil
	}
	for _, symbol := range symbols {
		if strings.HasPrefix(l.rest, symbol.text) {
			return l.take(symbol.kind, len(symbol.text)), nil
		}
	}
	first := l.rest[0]
	switch {
	case first == '\'':
		n := quotedLength(l.rest)
		if n <= 2 {
			return token{}, errInternal
		}
		return l.take("VALUE", n), nil
	case isDigit(first):
		return l.take("NUMBER", spanLength(l.rest, func(c byte) bool { return isDigit(c) || c == '.' })), nil
	case isLetter(first):
		n := spanLength(l.rest, func(c byte) bool { return isLetter(c) || isDigit(c) })
		if kind, ok := keywords[strings.ToLower(l.rest[:n])]; ok {
			return l.take(kind, n), nil
		}
		return l.take("COLUMNNAME", n), nil
	default:
		return token{}, errInternal
	}
}

func (l *lexer) take(kind string, n int) token {
	t := token{kind, l.rest[:n]}
	l.rest = l.rest[n:]
	return t
}

// quotedLength is the length of the quoted text at the start, 0 if it does not
// end. A doubled quote stands for one; a backslash means nothing here.
func quotedLength(text string) int {
	for i := 1; i < len(text); i++ {
		if text[i] != '\'' {
			continue
		}
		if i+1 < len(text) && text[i+1] == '\'' {
			i++
			continue
		}
		return i + 1
	}
	return 0
}

func spanLength(text string, in func(byte) bool) int {
	n := 0
	for n < len(text) && in(text[n]) {
		n++
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' }
