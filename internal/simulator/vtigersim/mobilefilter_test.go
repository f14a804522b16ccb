package vtigersim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// namesIn are the filters of one group as "id name".
func namesIn(reply got, group string) []string {
	filters, _ := reply.field("filters").(map[string]any)
	names := []string{}
	list, _ := filters[group].([]any)
	for _, item := range list {
		f := item.(map[string]any)
		names = append(names, f["id"].(string)+" "+f["name"].(string))
	}
	return names
}

func TestFilterLists(t *testing.T) {
	s, c := newCRM(t)
	bob := s.AddUser(User{UserName: "bob", AccessKey: "bob-key"})
	for _, f := range []SavedFilter{
		{Owner: bob, Module: "Contacts", Name: "Bob's own"},
		{Owner: bob, Module: "Contacts", Name: "Bob's shared", Shared: true},
		{Owner: "19x5", Module: "Contacts", Name: "Alice's own"},
		{Owner: "19x5", Module: "Leads", Name: "Leads", Shared: true},
	} {
		_, err := s.AddFilter(f)
		require.NoError(t, err)
	}
	rows := []struct {
		user         string
		mine, shared []string
	}{
		{"alice", []string{"52 Alice's own"}, []string{"7 All", "8 Contacts Address", "51 Bob's shared"}},
		{"bob", []string{"50 Bob's own", "51 Bob's shared"}, []string{"7 All", "8 Contacts Address"}},
		{"admin", []string{"8 Contacts Address", "50 Bob's own", "52 Alice's own"}, []string{"7 All", "51 Bob's shared"}},
	}
	for _, row := range rows {
		reply := c.as(row.user).post("mobile.fetchModuleFilters", "module", "Contacts")
		require.Equal(t, row.mine, namesIn(reply, "Mine"), row.user)
		require.Equal(t, row.shared, namesIn(reply, "Shared"), row.user)
		require.Equal(t, []string{}, namesIn(reply, "Others"), row.user)
		require.Equal(t, "Contacts", reply.field("moduleLabel"))
	}
	alice := c.as("alice")
	require.NoError(t, s.UpdateFilter("51", func(f *SavedFilter) { f.Name = "Renamed" }))
	require.NoError(t, s.UpdateFilter("52", func(f *SavedFilter) { f.Shared = true }))
	require.NoError(t, s.RemoveFilter("8"))
	require.Equal(t, []string{"7 All", "51 Renamed"}, namesIn(alice.post("mobile.fetchmodulefilters", "module", "Contacts"), "Shared"))
	bobs := c.as("bob").post("mobile.fetchmodulefilters", "module", "Contacts")
	require.Equal(t, []string{"50 Bob's own", "51 Renamed"}, namesIn(bobs, "Mine"))
	require.Equal(t, []string{"7 All", "52 Alice's own"}, namesIn(bobs, "Shared"))
}

func TestFilterRefusals(t *testing.T) {
	s, c := newCRM(t)
	for _, f := range []SavedFilter{
		{Owner: "19x1", Module: "Nothing"},
		{Owner: "19x1", Module: "Users"},
		{Owner: "19x99", Module: "Contacts"},
		{Owner: "19x1", Module: "Contacts", Where: "nosuch = 'x'"},
		{Owner: "19x1", Module: "Contacts", Where: "lastname ="},
	} {
		_, err := s.AddFilter(f)
		require.ErrorContains(t, err, "add filter", f)
	}
	require.ErrorContains(t, s.RemoveFilter("50"), "no such filter")
	require.ErrorContains(t, s.UpdateFilter("x", func(*SavedFilter) {}), "no such filter")
	admin := c.as("admin")
	require.Equal(t, got{500, htmlType, ""}, admin.post("mobile.filterdetailswithcount", "filterid", "7"))
	require.Contains(t, admin.post("mobile.fetchmodulefilters", "module", "Nothing").refusal(), "ACCESS_DENIED")
	require.Contains(t, c.post("mobile.fetchmodulefilters", "module", "Contacts").refusal(), "AUTHENTICATION_REQUIRED")
	s.SetMobileOff(true)
	require.Equal(t, "number: Service not available", admin.post("mobile.fetchmodulefilters", "module", "Contacts").refusal())
}

// listed reads all pages of a filter and returns the ids and the number of calls.
func (c *client) listed(filterID any, direction string) (ids []string, calls int) {
	c.t.Helper()
	for more := true; more; {
		calls++
		elements, err := json.Marshal(map[string]any{
			"module": "Contacts", "filterid": filterID, "page": calls, "orderBy": "lastname", "sortOrder": direction,
		})
		require.NoError(c.t, err)
		reply := c.post("mobile.listmodulerecords", "elements", string(elements))
		require.Equal(c.t, http.StatusOK, reply.status)
		require.Equal(c.t, fmt.Sprint(filterID), reply.field("selectedFilter"))
		records := reply.field("records").([]any)
		require.LessOrEqual(c.t, len(records), 20)
		for _, r := range records {
			record := r.(map[string]any)
			require.Equal(c.t, record["contactid"], fmt.Sprint(record["id"]), "ids have no prefix")
			ids = append(ids, fmt.Sprint("12x", record["id"]))
		}
		more = reply.field("moreRecords").(bool)
	}
	return ids, calls
}

// One record is lost at each page boundary, the same one both ways if the number
// is 20 modulo 21. 65 and 616 are recorded.
func TestLossyPages(t *testing.T) {
	rows := []struct{ all, found, union, calls int }{
		{0, 0, 0, 1},
		{20, 20, 20, 1},
		{21, 20, 21, 2},
		{41, 40, 40, 2},
		{65, 62, 65, 4},
		{616, 587, 616, 30},
	}
	for _, row := range rows {
		t.Run(fmt.Sprint(row.all), func(t *testing.T) {
			s, c := newCRM(t)
			id, err := s.AddFilter(SavedFilter{Owner: "19x1", Module: "Contacts", Name: "In", Shared: true, Where: "title = 'in'"})
			require.NoError(t, err)
			for i := range row.all {
				s.AddContact("19x1", map[string]string{"lastname": fmt.Sprintf("L%04d", i), "title": "in"})
				s.AddContact("19x1", map[string]string{"lastname": fmt.Sprintf("L%04d", i), "title": "out"})
			}
			admin := c.as("admin")
			up, calls := admin.listed(id, "ASC")
			down, _ := admin.listed(id, "DESC")
			require.Equal(t, []int{row.found, row.found, row.calls}, []int{len(up), len(down), calls})
			union := map[string]bool{}
			for _, found := range append(up, down...) {
				union[found] = true
			}
			require.Len(t, union, row.union)
		})
	}
}

func TestWhichRecordsAFilterShows(t *testing.T) {
	s, c := newCRM(t)
	his := s.AddContact("19x1", map[string]string{"lastname": "A", "mailingcity": "Bonn", "email": "a@x.test"})
	hers := s.AddContact("19x5", map[string]string{"lastname": "B", "mailingcity": "Bonn"})
	other := s.AddContact("19x5", map[string]string{"lastname": "C", "mailingcity": "Rome"})
	byWhere, err := s.AddFilter(SavedFilter{Owner: "19x1", Module: "Contacts", Name: "W", Where: "mailingcity = 'bonn'"})
	require.NoError(t, err)
	byMatch, err := s.AddFilter(SavedFilter{Owner: "19x1", Module: "Contacts", Name: "M", Match: func(fields map[string]string) bool {
		return strings.Contains(fields["label"], "C")
	}})
	require.NoError(t, err)
	foreign, err := s.AddFilter(SavedFilter{Owner: "19x1", Module: "Leads", Name: "L", Where: "lastname = 'none'"})
	require.NoError(t, err)
	all := []string{his, hers, other}
	rows := []struct {
		user   string
		filter any
		want   []string
	}{
		{"admin", byWhere, []string{his, hers}},
		{"alice", byWhere, []string{hers}},
		{"admin", byMatch, []string{other}},
		{"admin", 7, all},
		{"admin", "999", all},
		{"admin", "garbage", all},
		{"admin", foreign, all},
		{"alice", "999", []string{hers, other}},
	}
	for _, row := range rows {
		found, _ := c.as(row.user).listed(row.filter, "ASC")
		require.Equal(t, row.want, found, row)
	}
	admin := c.as("admin")
	require.NoError(t, s.RemoveFilter(byWhere))
	found, _ := admin.listed(byWhere, "DESC")
	require.Equal(t, []string{other, hers, his}, found, "a removed filter shows everything")
	first := admin.post("mobile.listmodulerecords", "elements", `{"module":"Contacts"}`).field("records").([]any)[0]
	require.Equal(t, map[string]any{"id": 3.0, "firstname": "", "lastname": "A", "phone": "", "email": "a@x.test", "contactid": "3"}, first)
	require.Contains(t, admin.post("mobile.listmodulerecords", "elements", `no JSON`).refusal(), "INTERNAL_SERVER_ERROR")
	s.SetBrokenTable("Contacts", true)
	found, _ = admin.listed(7, "ASC")
	require.Empty(t, found, "a broken database is an empty success")
}
