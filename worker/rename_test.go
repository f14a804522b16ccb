package worker_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/vtiger"
)

// between calls a function once, before the nth question that begins so.
type between struct {
	begins string
	nth    int
	then   func()
}

func (b *between) RoundTrip(q *http.Request) (*http.Response, error) {
	if strings.HasPrefix(q.URL.Query().Get("query"), b.begins) {
		if b.nth--; b.nth == 0 {
			b.then()
		}
	}
	return http.DefaultTransport.RoundTrip(q)
}

// An organisation that is renamed during a long first walk is followed, though the walk took longer than its overlap.
func TestARenameDuringTheFirstWalkIsFollowed(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	s := newSteps(r, time.Minute)
	s.a.Overlap = time.Second
	acme := r.vtiger.AddAccount("Acme")
	for n := range 150 {
		fields := map[string]string{"lastname": fmt.Sprintf("Worker %03d", n)}
		if n == 0 {
			fields["account_id"] = acme
		}
		r.vtiger.AddContact(r.user.ID, fields)
	}
	s.a.VTiger = fixed(r.dial(r.ledger, vtiger.WithTransport(&between{begins: "select * from Contacts", nth: 2, then: func() {
		require.NoError(t, r.vtiger.Edit(acme, map[string]string{"accountname": "Acme Ltd"}))
		time.Sleep(3 * s.a.Overlap) // a slow page
	}})))
	s.whole("one")
	var companies []any
	for _, c := range r.microsoft.Contacts(r.user.Mailbox, "") {
		if c["companyName"] != nil && c["companyName"] != "" {
			companies = append(companies, c["companyName"])
		}
	}
	require.Equal(t, []any{"Acme Ltd"}, companies)
}
