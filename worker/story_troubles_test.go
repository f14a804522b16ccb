package worker_test

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
	"contactbridge/internal/ledger"
	"contactbridge/internal/simulator/graphsim"
	"contactbridge/internal/simulator/vtigersim"
	"contactbridge/internal/vtiger"
)

// troubles are what goes wrong without anybody's doing.
var troubles = []sentence{
	{"Outlook answers the next {n} {word} with {word}", func(s *story, x said) error {
		status := map[string]graphsim.Fault{
			"429": graphsim.Throttled("1"), "503": graphsim.Blank(http.StatusServiceUnavailable), "412": graphsim.Conflict(),
		}
		return s.failOutlook(x.text, x.n, status[x.other])
	}},
	{"Outlook loses the answer to the next {word}", func(s *story, x said) error {
		return s.failOutlook(x.text+"s", 1, graphsim.GatewayTimeout().Committed())
	}},
	{"Outlook forgets how far {who}'s folder was read", func(s *story, x said) error { return s.microsoft.ResetDelta(x.who[0].Mailbox) }},
	{"Outlook forgets how far {who}'s folder was read, and shows it empty", func(s *story, x said) error {
		c := s.connected(x.who[0])
		s.microsoft.Fail("delta", 1, graphsim.Fault{Status: http.StatusGone, Code: "SyncStateNotFound"})
		s.microsoft.Fail("delta", 1, graphsim.Fault{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: fmt.Sprintf(
			`{"value": [], "@odata.deltaLink": "%s/v1.0/me/contactFolders/%s/contacts/delta"}`, s.microsoftURL, c.FolderID)})
		s.answers(http.StatusGone)
		return nil
	}},
	{"Outlook's feed repeats itself", func(s *story, _ said) error {
		s.microsoft.Configure(func(c *graphsim.Settings) {
			c.Delta.Duplicates, c.Delta.EmptyPages, c.Delta.Replays, c.Delta.RemovedReason = true, true, 50, "changed"
		})
		return nil
	}},
	{"Microsoft ends {who}'s sign-in", func(s *story, x said) error { return s.microsoft.RevokeTokens(x.who[0].Mailbox) }},
	{"Microsoft lets {who}'s sign-in lapse", func(s *story, x said) error {
		_ = s.microsoft.ExpireAccessTokens(x.who[0].Mailbox) // they outlive it by an hour at most
		return s.microsoft.ExpireRefreshTokens(x.who[0].Mailbox)
	}},
	{"the secret of our registration at Microsoft expires", func(s *story, _ said) error { return s.secret(true) }},
	{"the secret of our registration at Microsoft is valid again", func(s *story, _ said) error { return s.secret(false) }},
	{"Outlook is well again", func(s *story, _ said) error { s.microsoft.Heal(); return nil }},
	{"vTiger loses the answer to the next {word}", func(s *story, x said) error {
		s.vtiger.Fail(inService[x.text], 1, vtigersim.HangUp)
		return nil
	}},
	{"vTiger refuses the next {word} with an error", func(s *story, x said) error {
		s.vtiger.Fail(inService[x.text], 1, vtigersim.EmptyError)
		s.due = append(s.due, func() bool { return s.vtiger.Count(inService[x.text]+".refused") > 0 })
		return nil
	}},
	{"vTiger carries out the next create late, after it was sent again", func(s *story, _ said) error { return s.late() }},
	{"vTiger shows no record at all", func(s *story, _ said) error { s.vtiger.SetBrokenTable("Contacts", true); return nil }},
	{"vTiger shows its records again", func(s *story, _ said) error { s.vtiger.SetBrokenTable("Contacts", false); return nil }},
	{"vTiger refuses a second contact with the same address", func(s *story, _ said) error { s.vtiger.SetUniqueEmails(true); return nil }},
	{"while vTiger is about to create, {who} has in vTiger {name}: {fields}", func(s *story, x said) error {
		return s.meanwhile(x.who[0], x.names[0], x.fields)
	}},
	{"vTiger's clock is {n} minutes ahead", func(s *story, x said) error {
		s.vtiger.SetClockSkew(time.Duration(x.n) * time.Minute)
		return nil
	}},
	{"vTiger's clock is {n} days behind", func(s *story, x said) error {
		s.vtiger.SetClockSkew(-time.Duration(x.n) * 24 * time.Hour)
		return nil
	}},
	{"vTiger's clock is right again", func(s *story, _ said) error { s.vtiger.SetClockSkew(0); return nil }},
	{"vTiger's database is in {text}", func(s *story, x said) error {
		zone, err := time.LoadLocation(x.text)
		s.vtiger.SetDatabaseZone(zone)
		return err
	}},
	{"the worker of the next sync dies before it notes what it wrote", func(s *story, _ said) error { return s.die(ledger.Done) }},
	{"the worker of the next sync dies before it writes anything", func(s *story, _ said) error { return s.die(ledger.Unclear) }},
	{"vTiger no longer lets the sync see everybody's records", func(s *story, _ said) error { return s.sees(false) }},
	{"vTiger lets the sync see everybody's records again", func(s *story, _ said) error { return s.sees(true) }},
	{"It does not end quietly: {text}", func(s *story, _ said) error { s.restless = true; return nil }},
}

// inService is how vTiger calls what stories call by plain words.
var inService = map[string]string{"create": "create", "update": "revise", "delete": "delete"}

func (s *story) failOutlook(what string, n int, f graphsim.Fault) error {
	if f.Status == 0 {
		return fmt.Errorf("stories know no such answer")
	}
	op := "contacts." + strings.TrimSuffix(what, "s")
	if what == "readings" {
		op = "delta"
	}
	s.microsoft.Fail(op, n, f)
	s.answers(f.Status)
	return nil
}

// answers lets the story fail unless Outlook has answered with the status in the end.
func (s *story) answers(status int) {
	s.due = append(s.due, func() bool { return s.microsoft.Statuses()[status] > 0 })
}

// secret lets the application's secret expire, which shows as soon as an access token has to be renewed.
func (s *story) secret(expired bool) error {
	for _, u := range s.cast.Users {
		if err := s.microsoft.ExpireAccessTokens(u.Mailbox); err != nil {
			return err
		}
	}
	return s.microsoft.ExpireSecret(s.cast.ClientID, expired)
}

// late lets our side give up a create that vTiger carries out only once the next sync is over.
func (s *story) late() error {
	held, before := s.a.VTiger, s.vtiger.Count("create")
	s.a.VTiger = fixed(vtiger.Dial(s.integration(), vtiger.WithTransport(&hangingUp{vtiger: s.vtiger})))
	release := s.vtiger.Stall("create", 1)
	s.after = append(s.after, func() {
		s.a.VTiger = held
		release()
		s.carriedOut(before + 2)
	})
	return nil
}

// meanwhile lets a person add a contact between the sync's last look and its next create.
func (s *story) meanwhile(x *actor, name string, fields []pair) error {
	before, release := s.vtiger.Count("create.stalled"), s.vtiger.Stall("create", 1)
	added := make(chan error, 1)
	go func() {
		defer release()
		err := s.vtiger.Await(s.t.Context(), func(n vtigersim.Counts) bool { return n["create.stalled"] > before })
		if err == nil {
			err = s.add(contact.VTiger, x, "", name, fields)
		}
		added <- err
	}()
	s.after = append(s.after, func() { require.NoError(s.t, <-added) })
	return nil
}

// die lets the database refuse an outcome, as if the worker had ended before that transaction: of Done, between the answer of
// a side and the note of it; of Unclear, between the plan and its first write.
func (s *story) die(before ledger.Outcome) error {
	run := func(statements ...string) {
		for _, q := range statements {
			_, err := s.ledger.DB().ExecContext(s.t.Context(), q)
			require.NoError(s.t, err)
		}
	}
	run("CREATE FUNCTION dead() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the worker is dead'; END $$",
		fmt.Sprintf("CREATE TRIGGER dead BEFORE UPDATE ON operations FOR EACH ROW WHEN (NEW.outcome = '%s') EXECUTE FUNCTION dead()", before))
	s.dying = func() { run("DROP TRIGGER dead ON operations", "DROP FUNCTION dead()") }
	return nil
}

// sees gives the integration account the rights of an administrator, or of an ordinary user, who sees only what is theirs.
func (s *story) sees(everybody bool) error {
	return s.vtiger.UpdateUser(s.cast.Admin.ID, func(u *vtigersim.User) { u.Admin = everybody })
}
