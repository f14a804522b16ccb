package vtigersim

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// statement is one parsed VTQL query.
type statement struct {
	columns    []string // nil is *
	count      bool     // count(*)
	module     string
	where      [][]condition // any of these, all of each; none is no condition
	orderBy    []string
	descending bool // of the last of orderBy only
	offset     int
	limit      int
}

type condition struct {
	column   string
	operator string // kind of its token
	values   []literal
}

// literal is a value as written, quotes removed.
type literal struct {
	text   string
	quoted bool
}

// pageCap is the most rows a query returns, whatever its limit says.
const pageCap = 100

type parser struct {
	lexer
	current, last token
	err           error
}

// parse reads VTQL: no parentheses but around in-lists, no not, no "is null", a
// semicolon at the end. "and" binds tighter than "or".
func parse(text string) (*statement, error) {
	p := &parser{lexer: lexer{rest: text}}
	p.advance()
	st := &statement{limit: pageCap}
	p.expect("SELECT")
	p.selected(st)
	p.expect("FROM")
	st.module = p.expect("COLUMNNAME").text
	if p.accept("WHERE") {
		p.conditions(st)
	}
	if p.accept("ORDERBY") {
		p.ordering(st)
	}
	if p.accept("LIMIT") {
		p.limits(st)
	}
	p.expect("SEMICOLON")
	p.expect(endOfInput)
	return st, p.err
}

func (p *parser) selected(st *statement) {
	switch {
	case p.accept("ASTERISK"):
	case p.accept("COUNT"):
		p.expect("PARENOPEN")
		p.expect("ASTERISK")
		p.expect("PARENCLOSE")
		st.count = true
	default:
		st.columns = p.names()
	}
}

func (p *parser) names() []string {
	names := []string{p.expect("COLUMNNAME").text}
	for p.accept("COMMA") {
		names = append(names, p.expect("COLUMNNAME").text)
	}
	return names
}

func (p *parser) conditions(st *statement) {
	st.where = [][]condition{{p.condition()}}
	for p.err == nil {
		switch {
		case p.accept("LOGICAL_AND"):
			last := len(st.where) - 1
			st.where[last] = append(st.where[last], p.condition())
		case p.accept("LOGICAL_OR"):
			st.where = append(st.where, []condition{p.condition()})
		default:
			return
		}
	}
}

func (p *parser) condition() condition {
	c := condition{column: p.expect("COLUMNNAME").text}
	c.operator = p.expect("EQ", "NE", "LT", "LE", "GT", "GE", "LIKE", "IN").kind
	if c.operator != "IN" {
		c.values = []literal{p.value()}
		return c
	}
	p.expect("PARENOPEN")
	c.values = []literal{p.value()}
	for p.accept("COMMA") {
		c.values = append(c.values, p.value())
	}
	p.expect("PARENCLOSE")
	return c
}

func (p *parser) value() literal {
	t := p.expect("VALUE", "NUMBER")
	if t.kind != "VALUE" {
		return literal{text: t.text}
	}
	return literal{text: t.text[1 : len(t.text)-1], quoted: true}
}

// ordering allows one direction word, at the very end.
func (p *parser) ordering(st *statement) {
	p.expect("BY")
	st.orderBy = p.names()
	if p.accept("DESC") {
		st.descending = true
	} else {
		p.accept("ASC")
	}
}

func (p *parser) limits(st *statement) {
	st.limit = p.number()
	if p.accept("COMMA") {
		st.offset, st.limit = st.limit, p.number()
	}
	st.limit = min(st.limit, pageCap)
}

func (p *parser) number() int {
	n, err := strconv.Atoi(p.expect("NUMBER").text)
	if err != nil {
		n = math.MaxInt32
	}
	return n
}

func (p *parser) advance() {
	if p.err != nil {
		return
	}
	p.last = p.current
	p.current, p.err = p.next()
}

func (p *parser) accept(kind string) bool {
	if p.err != nil || p.current.kind != kind {
		return false
	}
	p.advance()
	return true
}

// expect returns the current token if it is one of the kinds, else it records
// the first syntax error and returns nothing.
func (p *parser) expect(kinds ...string) token {
	if p.err != nil {
		return token{}
	}
	found := p.current
	if slices.Contains(kinds, found.kind) {
		p.advance()
		return found
	}
	at := found
	if found.kind == endOfInput {
		at = p.last
	}
	p.err = &refusal{"QUERY_SYNTAX_ERROR", fmt.Sprintf("Syntax Error on line 1: token '%s' Unexpected %s(%s), expected one of: %s",
		at.text, found.kind, found.text, strings.Join(kinds, ","))}
	return token{}
}
