package vtigersim

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCreateRefusals(t *testing.T) {
	s, c := newCRM(t)
	admin := c.as("admin")
	for element, want := range map[string]string{
		`{"assigned_user_id":"19x1"}`: "MANDATORY_FIELDS_MISSING: lastname does not have a value",
		`{}`:                          "MANDATORY_FIELDS_MISSING: lastname does not have a value",
		`{"lastname":"x"}`:            "MANDATORY_FIELDS_MISSING: assigned_user_id does not have a value",
		`{"lastname":null,"assigned_user_id":"19x1"}`:                    "MANDATORY_FIELDS_MISSING: lastname does not have a value",
		`{"lastname":"x","assigned_user_id":"bob"}`:                      "INVALID_ID_ATTRIBUTE: Id specified is incorrect",
		`{"lastname":"x","assigned_user_id":"19x1","account_id":"5"}`:    "INVALID_ID_ATTRIBUTE: Id specified is incorrect",
		`{"lastname":"x","assigned_user_id":"19x1","account_id":"10x5"}`: "REFERENCE_INVALID: Invalid reference specified for account_id",
		`not JSON`: "INTERNAL_SERVER_ERROR: Unknown Error while processing request",
		`"text"`:   "INTERNAL_SERVER_ERROR: Unknown Error while processing request",
	} {
		require.Equal(t, want, admin.create(element).refusal(), element)
	}
	require.Empty(t, s.Contacts())
	require.Equal(t, "ACCESS_DENIED: "+deniedText+" for name", admin.post("create", "elementType", "Nothing", "element", "{}").refusal())
	require.Equal(t, "INVALID_ID_ATTRIBUTE: Id specified is incorrect", admin.post("create", "elementType", "Users", "element", `{"user_name":"x"}`).refusal())
}

func TestCreateIsLenient(t *testing.T) {
	s, c := newCRM(t)
	admin := c.as("admin")
	for element, want := range map[string]map[string]string{
		`{"lastname":"   ","assigned_user_id":"1"}`:                                  {"lastname": "   ", "assigned_user_id": "19x1"},
		`{"lastname":"x","assigned_user_id":"20x3","nosuch":"1","cf_1":"2"}`:         {"assigned_user_id": "20x3", "source": "WEBSERVICE"},
		`{"lastname":"x","assigned_user_id":"19x1","account_id":"11x99999"}`:         {"account_id": "11x99999"},
		`{"lastname":"x","assigned_user_id":"19x1","cf_853":"e1","cf_861":"Copper"}`: {"cf_853": "e1", "cf_861": "Copper"},
		`{"lastname":"x","assigned_user_id":"19x1","modifiedby":"19x5","tags":"a"}`:  {"modifiedby": "19x1", "tags": ""},
	} {
		reply := admin.create(element)
		id, ok := reply.field("id").(string)
		require.True(t, ok, reply.body)
		record, _ := s.Record(id)
		for name, value := range want {
			require.Equal(t, value, record[name], element)
		}
		require.Nil(t, reply.field("account_id"), "a reference to nothing reads back as null")
	}
}

// The answer is no JSON, and yet the record was stored.
func TestOwnerWhoDoesNotExist(t *testing.T) {
	s, c := newCRM(t)
	reply := c.as("admin").create(`{"lastname":"Stray","assigned_user_id":"19x999","source":"op-9"}`)
	require.Equal(t, got{http.StatusOK, htmlType, "Sorry! Attempt to access restricted file."}, reply)
	require.Equal(t, "Stray", s.BySource("op-")[0]["lastname"])
}

func TestIDsThatNameNothing(t *testing.T) {
	s, c := newCRM(t)
	admin := c.as("admin")
	deleted := s.AddContact("19x1", map[string]string{"lastname": "D"})
	require.NoError(t, s.Delete(deleted))
	purged := s.AddContact("19x1", map[string]string{"lastname": "P"})
	require.NoError(t, s.Purge(purged))
	const denied = "ACCESS_DENIED: " + deniedText
	for id, want := range map[string]string{
		deleted: denied, purged: denied, "12x9999": denied,
		"99x1": denied + " for id", "garbage": denied + " for id", "": denied + " for id",
		"12xabc": "INVALID_ID_ATTRIBUTE: Id specified is incorrect",
	} {
		require.Equal(t, want, admin.get("retrieve", "id", id).refusal(), id)
		require.Equal(t, want, admin.post("delete", "id", id).refusal(), id)
		require.Equal(t, want, admin.revise(fmt.Sprintf(`{"id":%q,"title":"x"}`, id)).refusal(), id)
	}
}

func TestReviseBumpsEvenWithoutChange(t *testing.T) {
	now := recordedAt
	s, c := newCRM(t, WithClock(func() time.Time { return now }))
	admin := c.as("admin")
	id := admin.stored("source", "op-1")
	now = now.Add(1500 * time.Millisecond)
	stale := `{"id":"` + id + `","source":"other","createdtime":"2001-01-01 00:00:00","modifiedtime":"2001-01-01 00:00:00"}`
	reply := admin.revise(stale)
	require.Equal(t, "2026-11-23 15:41:58", reply.field("modifiedtime"))
	require.Equal(t, "2026-11-23 15:41:57", reply.field("createdtime"))
	require.Equal(t, "OP-1", reply.field("source"), "immutable")
	require.Equal(t, "Test", reply.field("lastname"))

	page := admin.query("select id from Contacts where modifiedtime > '2026-11-23 15:41:57' order by modifiedtime, id;")
	require.Equal(t, []any{id}, page.column("id"))
	s.SetClockSkew(time.Hour)
	require.Equal(t, "2026-11-23 16:41:58", admin.revise(stale).field("modifiedtime"))
	require.EqualValues(t, now.Add(time.Hour).Unix(), c.get("getchallenge", "username", "alice").field("serverTime"))
}

func TestReviseClears(t *testing.T) {
	s, c := newCRM(t)
	admin := c.as("admin")
	account := s.AddAccount("Acme")
	id := s.AddContact("19x1", map[string]string{"lastname": "L", "account_id": account, "phone": "1", "title": "t"})
	require.Equal(t, account, admin.get("retrieve", "id", id).field("account_id"))
	reply := admin.revise(`{"id":"` + id + `","phone":"","title":null,"account_id":""}`)
	require.Equal(t, []any{"", "", nil}, []any{reply.field("phone"), reply.field("title"), reply.field("account_id")})
	require.Equal(t, "MANDATORY_FIELDS_MISSING: lastname does not have a value", admin.revise(`{"id":"`+id+`","lastname":""}`).refusal())
}

func TestUpdateQuirks(t *testing.T) {
	s, c := newCRM(t)
	admin := c.as("admin")
	account := s.AddAccount("Acme")
	id := s.AddContact("19x1", map[string]string{"lastname": "L", "account_id": account, "description": "ünï & <x>", "title": "kept"})
	update := func(fields string) got {
		return admin.post("update", "element", `{"id":"`+id+`","assigned_user_id":"19x1"`+fields+`}`)
	}
	require.Equal(t, "MANDATORY_FIELDS_MISSING: lastname does not have a value", update("").refusal())
	require.Equal(t, account, update(`,"lastname":"L","account_id":""`).field("account_id"), "dropped")
	record, _ := s.Record(id)
	require.Equal(t, "&uuml;n&iuml; &amp; &lt;x&gt;", record["description"], "damaged though not sent")
	require.Equal(t, "kept", record["title"])
	require.Nil(t, update(`,"lastname":"L","account_id":null`).field("account_id"))

	require.Empty(t, admin.revise(`{"id":"`+id+`","description":"&amp; back"}`).refusal())
	record, _ = s.Record(id)
	require.Equal(t, "& back", record["description"], "revise decodes the description it is sent")
}

func TestDuplicatesAreRefused(t *testing.T) {
	s, c := newCRM(t)
	admin := c.as("admin")
	const duplicate = `{"success":false,"error":{"message":"Duplicate(s) detected!","code":0}}`
	require.Equal(t, s.AddAccount("Acme"), s.AddAccount("acme"))
	require.Equal(t, duplicate, admin.post("create", "elementType", "Accounts", "element", `{"accountname":"ACME","assigned_user_id":"19x1"}`).body)

	first := s.AddContact("19x1", map[string]string{"lastname": "L", "email": "a@x.test"})
	twin := `{"lastname":"L","assigned_user_id":"19x5","email":"A@X.test"}`
	require.Empty(t, admin.create(twin).refusal(), "Contacts allow duplicates by default")
	s.SetUniqueEmails(true)
	require.Equal(t, duplicate, c.as("alice").create(`{"lastname":"L","assigned_user_id":"19x5","email":"a@x.TEST"}`).body)
	require.Equal(t, duplicate, admin.revise(`{"id":"`+first+`","email":"a@x.test"}`).body)
	require.Len(t, s.Contacts(), 2)
	for _, contact := range s.Contacts() {
		require.NoError(t, s.Delete(contact["id"]))
	}
	require.Empty(t, admin.create(twin).refusal(), "the recycle bin does not count")
}

// One session revises different fields from two sides: no lock, nothing lost.
func TestParallelRevises(t *testing.T) {
	s, c := newCRM(t)
	id := s.AddContact("19x1", map[string]string{"lastname": "L"})
	var workers sync.WaitGroup
	for _, field := range []string{"title", "phone"} {
		worker := c.as("admin")
		workers.Go(func() {
			for i := range 25 {
				require.Empty(t, worker.revise(fmt.Sprintf(`{"id":%q,%q:"%d"}`, id, field, i)).refusal())
			}
		})
	}
	workers.Wait()
	record, _ := s.Record(id)
	require.Equal(t, []string{"24", "24"}, []string{record["title"], record["phone"]})
}

func TestOtherModules(t *testing.T) {
	s, c := newCRM(t)
	admin := c.as("admin")
	for module, element := range map[string]string{
		"Leads":   `{"lastname":"L","company":"C","assigned_user_id":"19x1","source":"op-l"}`,
		"Vendors": `{"vendorname":"V","assigned_user_id":"19x1","source":"op-v"}`,
	} {
		reply := admin.post("create", "elementType", module, "element", element)
		require.Empty(t, reply.refusal(), module)
		require.Equal(t, []any{reply.field("id")}, admin.query("select id from "+module+" where source like 'op-%';").column("id"))
	}
	require.Len(t, s.BySource("OP-"), 2)
	lead := s.AddLead("19x1", map[string]string{"lastname": "Typed", "noofemployees": "12 people", "annualrevenue": "1.5"})
	row := admin.query("select noofemployees,annualrevenue from Leads where noofemployees > 5 and annualrevenue != '2';")
	require.Equal(t, []any{lead}, row.column("id"))
	require.Equal(t, []any{"12"}, row.column("noofemployees"))
	require.Equal(t, []any{"1.50000000"}, row.column("annualrevenue"))
}
