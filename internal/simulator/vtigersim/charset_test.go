package vtigersim

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAUTF8MB4DatabaseHoldsEverything(t *testing.T) {
	s, c := newCRM(t)
	admin := c.as("admin")
	const asked = "select id from Contacts where lastname = '😀' or id = '"
	lost := admin.stored("title", "😀")
	require.Equal(t, "????", admin.get("retrieve", "id", lost).field("title"))
	require.Empty(t, admin.query(asked+lost+"';").column("id"), "a database error")

	s.SetAstral(true)
	require.Equal(t, "????", admin.get("retrieve", "id", lost).field("title"), "what was lost stays lost")
	kept := admin.stored("title", "hi 😀")
	require.Equal(t, "hi 😀", admin.get("retrieve", "id", kept).field("title"))
	require.Equal(t, []any{kept}, admin.query("select id from Contacts where title = 'HI 😀';").column("id"))
	require.Equal(t, []any{lost}, admin.query(asked+lost+"';").column("id"))
	typed := s.AddContact("19x1", map[string]string{"lastname": strings.Repeat("😀", 90)})
	record, _ := s.Record(typed)
	require.Equal(t, strings.Repeat("😀", 80), record["lastname"], "cut by characters")
}
