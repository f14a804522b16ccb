package vtiger

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/vtigersim"
)

// forgetful drops rows from vTiger's answers, as its paging by offset may.
type forgetful struct {
	drops func(query, id string) bool
}

func (f forgetful) RoundTrip(q *http.Request) (*http.Response, error) {
	a, err := http.DefaultTransport.RoundTrip(q)
	query := q.URL.Query().Get("query")
	if err != nil || query == "" {
		return a, err
	}
	defer a.Body.Close()
	var body struct {
		Success bool             `json:"success"`
		Result  []map[string]any `json:"result"`
	}
	if err := json.NewDecoder(a.Body).Decode(&body); err != nil {
		return nil, err
	}
	body.Result = slices.DeleteFunc(body.Result, func(row map[string]any) bool {
		id, _ := row["id"].(string)
		return f.drops(query, id)
	})
	raw, err := json.Marshal(body)
	a.Body, a.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
	a.Header.Del("Content-Length")
	return a, err
}

func TestRollTellsWhoIsGone(t *testing.T) {
	c := newCRM(t)
	known := []string{c.admin, c.alice, "19x404", "nonsense"}
	users, gone, err := c.dial().Roll(t.Context(), known)
	require.NoError(t, err)
	require.Len(t, users, 2)
	require.Equal(t, []string{"19x404"}, gone)

	require.NoError(t, c.UpdateUser(c.alice, func(u *vtigersim.User) { u.Inactive = true }))
	users, gone, err = c.dial().Roll(t.Context(), known[:2])
	require.NoError(t, err)
	require.Empty(t, gone)
	require.False(t, users[1].Active)

	require.NoError(t, c.UpdateUser(c.alice, func(u *vtigersim.User) { u.Deleted = true }))
	_, gone, err = c.dial().Roll(t.Context(), known[:2])
	require.NoError(t, err)
	require.Equal(t, []string{c.alice}, gone)
	_, found, err := c.dial().User(t.Context(), c.alice)
	require.NoError(t, err)
	require.False(t, found)
}

// Whom the list skips is asked for by id, also when very many are.
func TestRollDoesNotBelieveGaps(t *testing.T) {
	c := newCRM(t)
	known := []string{c.admin, c.alice}
	for range 230 {
		known = append(known, c.AddUser(vtigersim.User{UserName: "u" + known[len(known)-1], Password: "p", AccessKey: "k", LastName: "L"}))
	}
	client := c.dial(WithTransport(forgetful{func(query, id string) bool { return strings.Contains(query, "limit") && id != c.admin }}))
	users, gone, err := client.Roll(t.Context(), known)
	require.NoError(t, err)
	require.Empty(t, gone)
	require.Len(t, users, len(known))
	u, found, err := client.User(t.Context(), c.alice)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, "alice", u.UserName)
}

// An answer that does not even show the account that asks says nothing of anybody.
func TestRollDoubts(t *testing.T) {
	c := newCRM(t)
	known := []string{c.admin, c.alice}
	require.NoError(t, c.UpdateUser(c.alice, func(u *vtigersim.User) { u.Deleted = true }))
	for what, drops := range map[string]func(query, id string) bool{
		"an empty list":              func(string, string) bool { return true },
		"a list without the account": func(_, id string) bool { return id == c.admin },
		"an empty answer by id":      func(query, _ string) bool { return strings.Contains(query, " in ") },
	} {
		_, gone, err := c.dial(WithTransport(forgetful{drops})).Roll(t.Context(), known)
		require.Equal(t, contact.Unavailable, contact.KindOf(err), what)
		require.Empty(t, gone, what)
	}
	c.SetBrokenTable("Users", true)
	_, _, err := c.dial().User(t.Context(), c.alice)
	require.Equal(t, contact.Unavailable, contact.KindOf(err))
}
