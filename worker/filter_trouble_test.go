package worker_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/vtigersim"
	"contactbridge/internal/vtiger"
)

// withoutFilter is a vTiger that fails at listing one filter, as PHP does at a condition that it cannot evaluate.
type withoutFilter struct{ id string }

func (w withoutFilter) RoundTrip(q *http.Request) (*http.Response, error) {
	if q.GetBody != nil {
		body, err := q.GetBody()
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(body)
		if err != nil {
			return nil, err
		}
		if strings.Contains(string(text), url.QueryEscape(`"filterid":"`+w.id+`"`)) {
			return &http.Response{StatusCode: http.StatusInternalServerError, Header: http.Header{}, Body: http.NoBody, Request: q}, nil
		}
	}
	return http.DefaultTransport.RoundTrip(q)
}

// A filter that cannot be listed stops those who use it, and nobody who uses another.
func TestAFilterThatCannotBeListedStopsNobodyElse(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	filters := map[string]string{}
	for _, name := range []string{"Broken", "In Bonn"} {
		var err error
		filters[name], err = r.vtiger.AddFilter(vtigersim.SavedFilter{
			Owner: r.cast.Admin.ID, Module: "Contacts", Name: name, Shared: true, Where: "mailingcity = 'Bonn'",
		})
		require.NoError(t, err)
	}
	broken := filters["Broken"]
	r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "In", "mailingcity": "Bonn"})
	other := r.newcomer(1)
	other.Settings.Filter = &ledger.Filter{ID: broken, Name: "Broken"}
	require.NoError(t, r.ledger.SaveConnectionSettings(t.Context(), other))
	r.change(func(c *ledger.Settings) { c.Filter = &ledger.Filter{ID: filters["In Bonn"], Name: "In Bonn"} })
	s := newSteps(r, time.Minute)
	s.a.VTiger = fixed(r.dial(r.ledger, vtiger.WithTransport(withoutFilter{broken})))
	s.whole("one")
	require.Equal(t, 1, r.inOutlook())
}
