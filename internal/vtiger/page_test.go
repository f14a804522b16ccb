package vtiger

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/simulator/vtigersim"
)

func TestARecordShowsWhatARowHolds(t *testing.T) {
	c := newCRM(t)
	account := c.AddAccount("Ice & Sons")
	id := c.AddContact(c.alice, map[string]string{
		"firstname": "Ann", "lastname": "O'Neil", "account_id": account,
		"description": "a\tb", "donotcall": "1",
	})
	records, _ := walked(t, c.contacts(), "")
	require.Len(t, records, 1)
	r := records[0]
	held, _ := c.Record(id)
	require.Equal(t, id, r.ID)
	require.Equal(t, held["modifiedtime"], r.Version)
	require.Equal(t, c.alice, r.Owner)
	require.Empty(t, r.Stamp)
	require.WithinDuration(t, time.Now(), r.Changed, 10*time.Second)
	require.Equal(t, time.UTC, r.Changed.Location())
	require.Equal(t, "Ice & Sons", r.Values["account_id"])
	require.Equal(t, "O'Neil", r.Values["lastname"])
	require.Equal(t, "1", r.Values["donotcall"])
	require.Equal(t, "0", r.Values["portal"])
	for _, absent := range []string{"birthday", "email", "id", "modifiedtime", "modifiedby", "source", "assigned_user_id", "starred"} {
		require.NotContains(t, r.Values, absent)
	}
}

func TestAControlCharacterDoesNotHideThePage(t *testing.T) {
	c := newCRM(t)
	book := c.contacts()
	a, err := book.client.post(t.Context(), "make", "create", url.Values{
		"elementType": {"Contacts"},
		"element":     {element(map[string]string{"lastname": "Be\x07ll\x01"}, "assigned_user_id", c.admin)},
	})
	require.NoError(t, err)
	require.Empty(t, a.code)
	records, _ := walked(t, book, "")
	require.Len(t, records, 1)
	require.Equal(t, "Bell", records[0].Values["lastname"])
}

func TestWarningsBeforeTheJSONAreNoObstacle(t *testing.T) {
	c := newCRM(t)
	c.person(map[string]string{"lastname": "A"})
	c.SetDisplayErrors(true)
	records, _ := walked(t, c.contacts(), "")
	require.Len(t, records, 1)
}

func TestTheNextWalkBeginsOverlapBeforeThisOne(t *testing.T) {
	c := newCRM(t)
	for range 120 {
		c.person(map[string]string{"lastname": "A"})
	}
	book := c.contacts()
	began, err := book.client.Now(t.Context())
	require.NoError(t, err)
	_, next := walked(t, book, "")
	at, err := parseCursor("read", "Contacts", next)
	require.NoError(t, err)
	from, err := time.Parse(timeForm, at.Time)
	require.NoError(t, err)
	require.Empty(t, at.ID)
	require.False(t, from.After(began.Add(-overlap)))
	require.WithinDuration(t, began.Add(-overlap), from, 10*time.Second)

	again, _ := walked(t, book, next)
	require.Len(t, again, 120, "the overlap is read again")
	c.SetClockSkew(10 * time.Minute) // what happened lies far behind now
	_, next = walked(t, c.contacts(), next)
	again, _ = walked(t, c.contacts(), next)
	require.Empty(t, again)
}

func TestAnIdleWalkTakesOneRequest(t *testing.T) {
	c := newCRM(t)
	c.SetClockSkew(-time.Hour)
	c.person(map[string]string{"lastname": "A"})
	c.SetClockSkew(0)
	book := c.contacts()
	_, next := walked(t, book, "")
	c.ResetCounts()
	walked(t, book, next)
	require.Equal(t, 1, c.Counts().Total())
}

// With the record gone that was to prove the end, another proves it.
func TestAnIdleWalkWithoutItsProofTakesTwo(t *testing.T) {
	c := newCRM(t)
	c.SetClockSkew(-time.Hour)
	c.person(map[string]string{"lastname": "A"})
	last := c.person(map[string]string{"lastname": "B"})
	c.SetClockSkew(0)
	book := c.contacts()
	_, next := walked(t, book, "")
	require.NoError(t, c.Delete(last))
	c.ResetCounts()
	_, next = walked(t, book, next)
	require.Equal(t, 2, c.Counts().Total())
	c.ResetCounts()
	walked(t, book, next)
	require.LessOrEqual(t, c.Counts().Total(), 2)
}

func TestNamesOfOrganisationsAreReadOnceInAWalk(t *testing.T) {
	c := newCRM(t)
	account := c.AddAccount("Ice & Sons")
	for range 250 {
		c.person(map[string]string{"lastname": "A", "account_id": account})
	}
	book := c.contacts()
	records, next := walked(t, book, "")
	require.Equal(t, 250, len(records))
	require.Equal(t, 3+1+1, c.Count("query"), "pages, the proof of the end, the organisation")

	require.NoError(t, c.Edit(account, map[string]string{"accountname": "Ice GmbH"}))
	records, _ = walked(t, book, next)
	require.Equal(t, 250, len(records))
	require.Equal(t, "Ice GmbH", records[0].Values["account_id"])
}

// An organisation's name that cannot be listed must not look like a cleared field.
func TestAnOrganisationThatTheListingLeavesOutIsAskedFor(t *testing.T) {
	c := newCRM(t)
	account := c.AddAccount("Ice & Sons")
	c.person(map[string]string{"lastname": "A", "account_id": account})
	accountsHidden := func(operation string, form url.Values) (string, bool) {
		return nothing, operation == "query" && strings.Contains(form.Get("query"), "from Accounts")
	}
	records, _ := walked(t, c.behind(t, accountsHidden).Book("Contacts", overlap), "")
	require.Equal(t, "Ice & Sons", records[0].Values["account_id"])

	c.SetBrokenTable("Accounts", true)
	_, err := c.contacts().Page(t.Context(), "")
	require.Equal(t, contact.Unavailable, contact.KindOf(err))
}

func TestAModuleThatHeldRecordsAndIsEmptyIsNotBelieved(t *testing.T) {
	c := newCRM(t)
	book := c.contacts()
	id := c.person(map[string]string{"lastname": "A"})
	_, next := walked(t, book, "")
	require.NoError(t, c.Delete(id))
	_, err := book.Page(t.Context(), next)
	require.Equal(t, contact.Unavailable, contact.KindOf(err))

	records, _ := walked(t, book, "")
	require.Empty(t, records, "a whole walk may find it empty")
}

func TestAnEmptyModuleEndsItsWalk(t *testing.T) {
	c := newCRM(t)
	records, next := walked(t, c.contacts(), "")
	require.Empty(t, records)
	id := c.person(map[string]string{"lastname": "A"})
	records, _ = walked(t, c.contacts(), next)
	require.Len(t, records, 1)
	require.Equal(t, id, records[0].ID)
}

// One untrue empty page in mid-walk must not end it.
func TestAnUntrueEmptyPageIsAskedAgain(t *testing.T) {
	c := newCRM(t)
	for range 250 {
		c.person(map[string]string{"lastname": "A"})
	}
	pages := 0
	book := c.behind(t, func(operation string, form url.Values) (string, bool) {
		if operation != "query" || !strings.Contains(form.Get("query"), "order by modifiedtime,id") {
			return "", false
		}
		pages++
		return nothing, pages == 2
	}).Book("Contacts", overlap)
	records, _ := walked(t, book, "")
	require.Equal(t, 250, len(records))
}

// The key's own record goes away while others of its second are still to come.
func TestAnUntrueEmptyPageIsFoundOut(t *testing.T) {
	c := newCRM(t)
	fixed := time.Now()
	c.Server = vtigersim.New(vtigersim.WithClock(func() time.Time { return fixed }))
	c.admin = c.AddUser(vtigersim.User{UserName: "admin", AccessKey: c.config().AccessKey, Admin: true})
	for range 250 {
		c.person(map[string]string{"lastname": "A"})
	}
	lies := 0
	book := c.behind(t, func(operation string, form url.Values) (string, bool) {
		lie := lies > 0 && operation == "query" && strings.Contains(form.Get("query"), "order by modifiedtime,id")
		if lie {
			lies--
		}
		return nothing, lie
	}).Book("Contacts", overlap)
	page, err := book.Page(t.Context(), "")
	require.NoError(t, err)
	require.NoError(t, c.Delete(page.Records[99].ID))
	lies = 2
	_, err = book.Page(t.Context(), page.Next)
	require.Equal(t, contact.Unavailable, contact.KindOf(err))
	lies = 1
	page, err = book.Page(t.Context(), page.Next)
	require.NoError(t, err)
	require.False(t, page.Done)
	require.Equal(t, 100, len(page.Records))
}

// With the last record deleted, the end is proved by what is left.
func TestAWalkEndsThoughItsLastRecordWentAway(t *testing.T) {
	c := newCRM(t)
	first := c.person(map[string]string{"lastname": "A"})
	c.SetClockSkew(5 * time.Second)
	last := c.person(map[string]string{"lastname": "B"})
	book := c.contacts()
	page, err := book.Page(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, []string{first, last}, []string{page.Records[0].ID, page.Records[1].ID})
	require.NoError(t, c.Delete(last))
	rest, _ := walked(t, book, page.Next)
	require.Empty(t, rest)
}

func TestRowsThatAreNoneAreRefused(t *testing.T) {
	for i, result := range []string{
		`[{"id":"x","modifiedtime":"2026-11-23 15:41:57"}]`, `[{"modifiedtime":"2026-11-23 15:41:57"}]`,
		`[{"id":"12x3"}]`, `[{"id":"12x3","modifiedtime":"yesterday"}]`, `{"id":"12x3"}`, `["a"]`, `"a"`, `7`,
	} {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			book := newCRM(t).behind(t, func(operation string, _ url.Values) (string, bool) {
				return `{"success":true,"result":` + result + `}`, operation == "query"
			}).Book("Contacts", overlap)
			_, err := book.Page(t.Context(), "")
			require.Equal(t, contact.Unavailable, contact.KindOf(err))
		})
	}
}

func TestOtherModulesAreBooksToo(t *testing.T) {
	c := newCRM(t)
	id := c.AddLead(c.alice, map[string]string{"lastname": "Lead", "company": "Ice"})
	book := c.dial().Book("Leads", overlap)
	records, _ := walked(t, book, "")
	require.Len(t, records, 1)
	require.Equal(t, id, records[0].ID)
	require.Equal(t, "Ice", records[0].Values["company"])

	_, err := c.dial().Book("Contacts where id > '1'", overlap).Page(t.Context(), "")
	require.Equal(t, contact.BadInput, contact.KindOf(err))
	_, err = c.dial().Book("Nonsense", overlap).Page(t.Context(), "")
	require.Equal(t, contact.NeedsAdmin, contact.KindOf(err))
}
