package worker_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/vtigersim"
)

// skew moves the clock that the rig's database shows, as on a machine whose clock is wrong.
func (r *rig) skew(by time.Duration) {
	clock := fmt.Sprintf("RETURNS timestamptz LANGUAGE sql AS $f$ SELECT pg_catalog.%%[1]s() + interval '%d seconds' $f$;", int(by.Seconds()))
	for _, statement := range []string{
		"CREATE SCHEMA skew;",
		"CREATE FUNCTION skew.now() " + fmt.Sprintf(clock, "now"),
		"CREATE FUNCTION skew.clock_timestamp() " + fmt.Sprintf(clock, "clock_timestamp"),
		`DO $do$ DECLARE c record; BEGIN
			FOR c IN SELECT table_name AS t, column_name AS n FROM information_schema.columns WHERE table_schema = 'public' AND column_default = 'now()' LOOP
				EXECUTE format('ALTER TABLE %I ALTER %I SET DEFAULT skew.now()', c.t, c.n);
			END LOOP;
		END $do$;`,
	} {
		_, err := r.ledger.DB().ExecContext(r.t.Context(), statement)
		require.NoError(r.t, err)
	}
	separator := "?"
	if strings.Contains(r.dsn, "?") {
		separator = "&"
	}
	keyset, err := ledger.ParseKeyset(r.keyset)
	require.NoError(r.t, err)
	r.ledger, err = ledger.Open(r.t.Context(), r.dsn+separator+"search_path=skew,public,pg_catalog", keyset)
	require.NoError(r.t, err)
	r.t.Cleanup(func() { r.ledger.Close() })
	var shown time.Time
	require.NoError(r.t, r.ledger.DB().NewRaw("SELECT now()").Scan(r.t.Context(), &shown))
	require.WithinDuration(r.t, time.Now().Add(by), shown, time.Minute)
}

// A worker whose clock is ahead of the database's looks an insert up for as long as any other before it sends it again.
func TestAWorkerAheadOfTheDatabaseSendsNothingTwice(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	r.skew(-10 * time.Minute)
	s := newSteps(r, time.Minute)
	s.a.VTiger = r.impatient().VTiger
	r.people()
	release := r.vtiger.Stall("create", 1)
	run := s.begin("one")
	s.plan(run)
	s.apply(run)
	require.Equal(t, 1, s.apply(run).Unclear)
	release()
	r.carriedOut(3)
	require.Zero(t, s.apply(run).Unclear)
	require.Len(t, r.vtiger.Contacts(), 3)
}

// A link is as new as the database says, by whose clock the members of a filter were listed.
func TestAWorkerBehindTheDatabaseFreezesNoNewLink(t *testing.T) {
	t.Parallel()
	r := newStage(t, nil, nil)
	r.skew(10 * time.Minute)
	filter, err := r.vtiger.AddFilter(vtigersim.SavedFilter{
		Owner: r.cast.Admin.ID, Module: "Contacts", Name: "In Bonn", Shared: true, Where: "mailingcity = 'Bonn'",
	})
	require.NoError(t, err)
	r.vtiger.AddContact(r.user.ID, map[string]string{"lastname": "In", "mailingcity": "Bonn"})
	r.change(func(c *ledger.Settings) { c.Filter = &ledger.Filter{ID: filter, Name: "In Bonn"} })
	r.connection = r.current()
	r.work(r.acts(3 * time.Second))
	r.sync("one")
	id := r.microsoft.AddContact(r.user.Mailbox, "", map[string]any{"givenName": "Ne", "surname": "W", "businessAddress": map[string]any{"city": "Bonn"}})
	r.done([]ledger.Run{r.scheduled(r.connection, "two")})
	require.NoError(t, r.microsoft.Edit(r.user.Mailbox, id, map[string]any{"jobTitle": "Travels"}))
	r.done([]ledger.Run{r.scheduled(r.connection, "three")})
	var titles []string
	for _, v := range r.vtiger.Contacts() {
		titles = append(titles, v["title"])
	}
	require.Contains(t, titles, "Travels")
}
