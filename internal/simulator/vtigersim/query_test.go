package vtigersim

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// newBook seeds ten contacts, 12x3 to 12x12.
func newBook(t *testing.T) (*Server, *client) {
	t.Helper()
	s, c := newCRM(t)
	for i, fields := range []map[string]string{
		{"lastname": "Müller", "firstname": "Zoë", "email": "Zoe@X.test", "birthday": "1980-02-29"},
		{"lastname": "O'Brien", "firstname": "Pat"},
		{"lastname": `Back\slash`, "donotcall": "1"},
		{"lastname": "100% sure", "department": "b"},
		{"lastname": "under_score", "department": "a"},
		{"lastname": "ann", "title": "x"},
		{"lastname": "Ann", "title": "y"},
		{"lastname": "Zed", "title": "y"},
		{"lastname": "Straße"},
		{"lastname": "Last", "birthday": "2000-01-01"},
	} {
		require.Equal(t, fmt.Sprintf("12x%d", i+3), s.AddContact("19x1", fields))
	}
	return s, c.as("admin")
}

func ids(numbers ...int) []any {
	list := []any{}
	for _, n := range numbers {
		list = append(list, fmt.Sprintf("12x%d", n))
	}
	return list
}

func TestQueryMatches(t *testing.T) {
	s, admin := newBook(t)
	account := s.AddAccount("Acme")
	require.NoError(t, s.Edit("12x6", map[string]string{"mailingstreet": "one\ntwo\tthree"}))
	require.NoError(t, s.Edit("12x12", map[string]string{"account_id": account}))
	for where, want := range map[string][]any{
		`lastname = 'muller'`:                                  ids(3),
		`lastname = 'MÜLLER  '`:                                ids(3),
		`firstname = 'zoe' and email = 'zoe@x.TEST'`:           ids(3),
		`lastname = 'o''brien'`:                                ids(4),
		`lastname = 'Back\\slash'`:                             ids(5),
		`lastname = 'Back\slash'`:                              ids(),
		`lastname like '100\% %'`:                              ids(6),
		`lastname like '%\_%'`:                                 ids(7),
		`lastname like 'un_er%'`:                               ids(7),
		`lastname like 'Ann '`:                                 ids(),
		`lastname in ('ANN','zed')`:                            ids(8, 9, 10),
		`title = 'x' or title = 'y' and lastname = 'Ann'`:      ids(8, 9),
		`title = 'y' and lastname = 'Ann' or title = 'x'`:      ids(8, 9),
		`id > '12x10' and id <= '12x11'`:                       ids(11),
		`id in ('12x4','12x99','12x3')`:                        ids(3, 4),
		`id = '20'`:                                            ids(),
		`id = '12x3x'`:                                         ids(),
		`id < '12x5'`:                                          ids(3, 4),
		`id >= '12x11'`:                                        ids(11, 12),
		`id > '12x10' or id = '12x3'`:                          ids(3, 11, 12),
		`account_id = '` + account + `'`:                       ids(12),
		`account_id = 'Acme'`:                                  ids(),
		`assigned_user_id in ('19x5','20x2')`:                  ids(),
		`assigned_user_id = '19x1' and id < '12x4'`:            ids(3),
		`birthday > '1990-01-01'`:                              ids(12),
		`birthday != '2000-01-01'`:                             ids(3),
		`mailingstreet = 'one\ntwo\tthree'`:                    ids(6),
		`mailingstreet = 'o\ne'`:                               ids(),
		`donotcall = 1`:                                        ids(5),
		`donotcall != '0'`:                                     ids(5),
		`modifiedtime > '2020-01-01' and lastname = 'strasse'`: ids(),
		`modifiedtime > '2020-01-01' and lastname = 'straSe'`:  ids(11),
		`modifiedtime > '2020-01-01' and lastname = 'straße'`:  ids(11),
		`modifiedtime < '2020-01-01'`:                          ids(),
		`source = 'crm' and department > 'a'`:                  ids(6),
		`LASTNAME != 'x' and lastname = 'x'`:                   nil,
		`id > '12x3' and modifiedtime > '2020-01-01 00:00:00' and title = 'y'`: ids(9, 10),
	} {
		reply := admin.query("select id from Contacts where " + where + ";")
		require.Equal(t, want, reply.column("id"), where+" "+reply.body)
	}
}

func TestQueryOrderAndLimit(t *testing.T) {
	_, admin := newBook(t)
	for rest, want := range map[string][]any{
		`order by id limit 2`:                           ids(3, 4),
		`limit 8,1000`:                                  ids(11, 12),
		`order by id desc limit 1`:                      ids(12),
		`order by department, id desc limit 8,2`:        ids(7, 6),
		`where id < '12x6' order by lastname`:           ids(5, 3, 4),
		`where id < '12x6' order by lastname DESC`:      ids(4, 3, 5),
		`where id > '12x8' order by title desc limit 2`: ids(9, 10),
		`limit 0`:              ids(),
		`limit 50,5`:           ids(),
		`order by nosuchfield`: ids(),
	} {
		reply := admin.query("select lastname from Contacts " + rest + ";")
		require.Equal(t, want, reply.column("id"), rest+" "+reply.body)
	}
}

func TestPagesHoldAtMostAHundred(t *testing.T) {
	s, c := newCRM(t)
	for i := range 130 {
		s.AddContact("19x1", map[string]string{"lastname": fmt.Sprint(i)})
	}
	admin := c.as("admin")
	for _, rest := range []string{"", " limit 1000", " limit 0,1000", " order by lastname"} {
		require.Len(t, admin.query("select * from Contacts"+rest+";").column("id"), 100, rest)
	}
	require.Len(t, admin.query("select id from Contacts limit 100,100;").column("id"), 30)
}

func TestQueryRefusals(t *testing.T) {
	_, admin := newBook(t)
	const internal = "INTERNAL_SERVER_ERROR: Unknown Error while processing request"
	for query, want := range map[string]string{
		`select id from Contacts`:                                  "QUERY_SYNTAX_ERROR: Syntax Error on line 1: token 'Contacts' Unexpected End of Input(0)",
		`select id from Contacts where not lastname = 'x';`:        "QUERY_SYNTAX_ERROR: Syntax Error on line 1: token 'lastname' Unexpected COLUMNNAME(lastname)",
		`select id from Contacts where (lastname = 'x');`:          "QUERY_SYNTAX_ERROR: Syntax Error on line 1: token '(' Unexpected PARENOPEN((",
		`select id from Contacts where lastname <> 'x';`:           "QUERY_SYNTAX_ERROR: Syntax Error on line 1: token '>' Unexpected GT(>)",
		`select id from Contacts where lastname is null;`:          "QUERY_SYNTAX_ERROR: ",
		`select id from Contacts order by lastname desc, id desc;`: "QUERY_SYNTAX_ERROR: Syntax Error on line 1: token ','",
		`select id from Contacts limit 10 offset 5;`:               "QUERY_SYNTAX_ERROR: Syntax Error on line 1: token 'offset'",
		`select distinct id from Contacts;`:                        "QUERY_SYNTAX_ERROR: ",
		`select id from Contacts where lastname = 'O'Brien';`:      "QUERY_SYNTAX_ERROR: Syntax Error on line 1: token 'Brien'",
		`select id from Contacts where lastname = '';`:             internal,
		`select id from Contacts where lastname = "x";`:            internal,
		`select id from Contacts where lastname = 'x;`:             internal,
		`select id from contacts;`:                                 "ACCESS_DENIED: " + deniedText,
		`select id from Nothing;`:                                  "ACCESS_DENIED: " + deniedText + " for name",
		`nonsense`:                                                 "ACCESS_DENIED: " + deniedText + " for query",
		`select LastName from Contacts;`:                           "ACCESS_DENIED: Permission to access '.LastName.' attribute denied.",
		`select label from Contacts;`:                              "ACCESS_DENIED: Permission to access '.label.' attribute denied.",
		`select id from Contacts where nosuch = 'x';`:              "ACCESS_DENIED: Permission to access nosuch attribute denied.",
		`select accesskey from Users;`:                             "ACCESS_DENIED: Permission to access '.accesskey.' attribute denied.",
	} {
		require.Contains(t, admin.query(query).refusal(), want, query)
	}
}

// The database's own errors look like success.
func TestDatabaseErrorsAreEmptyLists(t *testing.T) {
	_, admin := newBook(t)
	for _, query := range []string{
		`select id from Contacts order by nosuchfield;`,
		`select id from Contacts where id > 2;`,
		`select id from Contacts where lastname != 'x\';`,
		`select id from Contacts where lastname != '😀';`,
		`select count(*) from Contacts;`,
		`select count(*) from Users;`,
	} {
		require.Equal(t, `{"success":true,"result":[]}`, admin.query(query).body, query)
	}
}

func TestQueryShowsWhatRetrieveDoesNot(t *testing.T) {
	s, admin := newBook(t)
	require.NoError(t, s.Edit("12x4", map[string]string{"tags": "vip"}))
	row := admin.query("select * from Contacts where id = '12x4';")
	require.Equal(t, []any{"vip"}, row.column("tags"))
	require.Equal(t, []any{nil}, row.column("birthday"))
	require.NotContains(t, row.body, `"label"`)
	whole := admin.get("retrieve", "id", "12x4")
	require.Equal(t, "", whole.field("tags"))
	require.Equal(t, "", whole.field("birthday"))
	require.Equal(t, "Pat O'Brien", whole.field("label"))
	require.NotContains(t, admin.query("select * from Users;").body, "accesskey")
}

func TestLongInList(t *testing.T) {
	_, admin := newBook(t)
	var list []string
	for i := range 400 {
		list = append(list, fmt.Sprintf("'12x%d'", i))
	}
	require.Len(t, admin.query("select id from Contacts where id in ("+strings.Join(list, ",")+");").column("id"), 10)
}
