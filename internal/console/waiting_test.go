package console

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/client"
)

var articles = regexp.MustCompile(`(?s)<article.*?</article>`)

// card is one of the page's holds alone: the one with that text.
func (p shown) card(text string) shown {
	p.t.Helper()
	for _, card := range articles.FindAllString(p.page, -1) {
		if one := (shown{p.browser, p.status, p.at, card, p.header}); strings.Contains(one.text(), text) {
			return one
		}
	}
	require.Fail(p.t, "nothing waits with "+text, p.text())
	return p
}

const aliceMail = "alice@bridge.example"

// inOutlook finds a contact of alice's mailbox by its last name.
func (r *rig) inOutlook(surname string) map[string]any {
	for _, c := range r.microsoft.Contacts(aliceMail, "") {
		if c["surname"] == surname {
			return c
		}
	}
	return nil
}

// withAddress finds a contact of alice's mailbox by its e-mail address.
func (r *rig) withAddress(address string) map[string]any {
	for _, c := range r.microsoft.Contacts(aliceMail, "") {
		if strings.Contains(fmt.Sprint(c["emailAddresses"]), address) {
			return c
		}
	}
	return nil
}

// inVTiger finds the records of a last name.
func (r *rig) inVTiger(surname string) (found []map[string]string) {
	for _, c := range r.vtiger.Contacts() {
		if c["lastname"] == surname {
			found = append(found, c)
		}
	}
	return found
}

func (r *rig) eventually(what string, so func() bool) {
	r.t.Helper()
	require.Eventually(r.t, so, time.Minute, 50*time.Millisecond, what)
}

func outlookContact(surname, address, job string) map[string]any {
	return map[string]any{"givenName": "Ann", "surname": surname, "jobTitle": job, "emailAddresses": []any{map[string]any{"address": address}}}
}

// quarrelling is a connection in which something of every kind waits for alice.
func quarrelling(t *testing.T) (r *rig, alice caller, id string) {
	r = newRig(t)
	r.work()
	alice, id = r.connected("alice")
	yes, policy, elsewhere := true, client.SettingsChangeConflictPolicyAsk, client.SettingsChangeExistsElsewhereInsert
	saved, err := alice.PutSettingsWithResponse(t.Context(), id, nil, client.SettingsChange{
		ConflictPolicy: &policy, DeleteInOutlook: &yes, ExistsElsewhere: &elsewhere, DeleteGuard: &client.GuardView{Count: 1, Percent: 100},
	})
	done(r, saved, err)
	owner := r.person("alice").ID
	for _, name := range []string{"One", "Two", "GoneA", "GoneB", "GoneC", "Known"} {
		r.vtiger.AddContact(owner, map[string]string{"firstname": "Ann", "lastname": name, "title": "Clerk", "email": name + "@customer.example"})
	}
	for i, name := range hostile {
		r.vtiger.AddContact(owner, map[string]string{"firstname": "Hostile", "lastname": name, "title": name, "email": fmt.Sprintf("hostile%d@customer.example", i)})
	}
	alice.sync(id)

	for _, c := range r.vtiger.Contacts() {
		switch name := c["lastname"]; {
		case strings.HasPrefix(name, "Gone"):
			require.NoError(t, r.vtiger.Delete(c["id"]))
		case name == "One" || name == "Two":
			require.NoError(t, r.vtiger.Edit(c["id"], map[string]string{"title": "V " + name}))
			require.NoError(t, r.microsoft.Edit(aliceMail, r.inOutlook(name)["id"].(string), map[string]any{"jobTitle": "O " + name}))
		case c["email"] == "hostile0@customer.example":
			require.NoError(t, r.vtiger.Edit(c["id"], map[string]string{"title": hostile[1], "lastname": hostile[3]}))
			require.NoError(t, r.microsoft.Edit(aliceMail, r.withAddress(c["email"])["id"].(string), map[string]any{"jobTitle": hostile[0], "surname": hostile[2]}))
		}
	}
	for _, city := range []string{"Bern", "Basel"} {
		r.vtiger.AddContact(owner, map[string]string{"firstname": "Ann", "lastname": "Twice", "email": "twice@customer.example", "mailingcity": city})
	}
	r.microsoft.AddContact(aliceMail, "", outlookContact("Twice", "twice@customer.example", "Buyer"))
	r.microsoft.AddContact(aliceMail, "", outlookContact("Known", "Known@customer.example", "Clerk"))
	r.vtiger.SetUniqueEmails(true)
	r.vtiger.AddContact(r.person("bob").ID, map[string]string{"lastname": "Bobs", "email": "poison@customer.example"})
	r.microsoft.AddContact(aliceMail, "", outlookContact("Poison", "poison@customer.example", "Buyer"))
	return r, alice, id
}

func TestWhatWaitsIsAnsweredAndHappens(t *testing.T) {
	t.Parallel()
	r, _, id := quarrelling(t)
	b := r.as("alice")
	run := b.open("/step3").press("/step3/run", "do", "both").ended()
	p := run.says("11 contacts wait for your answer.", "Look at them", "1 contact with a problem")
	require.Contains(t, p.page, `href="/step3/waiting?connection=`+id+`"`)
	b.open("/step3").says("11 contacts wait for your answer.", "1 contact could not be stored.")
	require.NotNil(t, r.inOutlook("GoneA"), "nothing is deleted before somebody approves")

	p = b.open("/step3/waiting").says("What waits for you", "Answer several at once")
	require.Len(t, articles.FindAllString(p.page, -1), 10)
	p.open(html.UnescapeString(regexp.MustCompile(`<a href="([^"]+)" rel="next"`).FindStringSubmatch(p.page)[1])).card("Ann GoneC")
	// Both sides beside each other, and nothing of a name acts.
	one := p.card("Ann One").says("changed on both sides", "Job title", "V One", "O One", "Alike on both sides: First name, Last name, E-mail addresses")
	p.card("Job title \"><img").says("<script>alert(1)</script>", "\u202egnp.exe \u2066x", "Längename")
	require.NotContains(t, p.page, "<script>alert")
	require.NotContains(t, p.page, "<img src=x")
	p.card("Ann GoneA").says("many deletions", "Delete it in Outlook", "GoneA@customer.example")
	twice := p.card("Contact 2 that it may be").says("Ann Twice", "several contacts fit", "Contact 1 that it may be", "Contact 2 that it may be", "Bern", "Basel", "Buyer")
	p.card("possible duplicate").says("Ann Known", "Add it in vTiger all the same")

	p.light()
	require.Regexp(t, `<a href="/step3" aria-current="page">`, p.page)

	c := r.chromiumAs("alice")
	c.open("/step3/waiting")
	accessible(c)
	c.picture("waiting")
	c.open(run.at.Path)
	accessible(c)
	c.fine()

	one.press("/step3/waiting/answer", "keep", "outlook").says("Your answer is kept.")
	r.eventually("Outlook's value is kept", func() bool { return r.inVTiger("One")[0]["title"] == "O One" })
	require.Equal(t, "V Two", r.inVTiger("Two")[0]["title"], "nothing else is answered")
	p.card("Last name Länge").press("/step3/waiting/answer", "keep", "vtiger")
	r.eventually("vTiger's value is kept", func() bool { return r.withAddress("hostile0@customer.example")["surname"] != hostile[2] })

	twice.send("/step3/waiting/answer")
	record := twice.values("/step3/waiting/answer").Get("record")
	r.eventually("it is joined with the one that was chosen", func() bool {
		c, _ := r.vtiger.Record(record)
		return c["title"] == "Buyer"
	})
	require.Len(t, r.inVTiger("Twice"), 2)

	p.card("Ann GoneA").send("/step3/waiting/answer")
	r.eventually("what was approved is deleted", func() bool { return r.inOutlook("GoneA") == nil })
	require.NotNil(t, r.inOutlook("GoneB"))
	p.card("possible duplicate").press("/step3/waiting/answer", "do", "leave").says("It is left as it is.")

	// All of a kind at once.
	p = b.open("/step3/waiting")
	all := func(kind string) shown {
		for _, form := range forms.FindAllString(p.page, -1) {
			if strings.Contains(form, `action="/step3/waiting/all"`) && strings.Contains(form, `value="`+kind+`"`) {
				return shown{p.browser, p.status, p.at, form, p.header}
			}
		}
		require.Fail(t, "not all of "+kind+" can be answered")
		return p
	}
	all("conflict").press("/step3/waiting/all", "keep", "outlook").says("2 answers are kept.")
	all("guard").press("/step3/waiting/all", "do", "leave").says("2 answers are kept.")
	r.eventually("Outlook's values are kept", func() bool {
		return r.inVTiger("Two")[0]["title"] == "O Two"
	})
	require.NotNil(t, r.inOutlook("GoneB"))
	require.NotNil(t, r.inOutlook("GoneC"))

	// What vTiger refused is tried again once it can be stored.
	p = b.open("/step3/waiting").says("Could not be stored", "Ann Poison", "Add in vTiger", "Tried again after")
	r.vtiger.SetUniqueEmails(false)
	p.send("/step3/waiting/retry").says("1 contact is tried again at the next sync.")
	r.eventually("it is stored", func() bool { return len(r.inVTiger("Poison")) == 1 })
	require.Len(t, r.inVTiger("Known"), 1)

	// Another user sees nothing of it, and answers nothing.
	r.allow("bob")
	bob := r.as("bob")
	require.Equal(t, http.StatusNotFound, bob.open("/step3/waiting?connection="+id).status)
	for action, form := range map[string]map[string][]string{
		"answer": {"id": {"1"}, "connection": {id}}, "all": {"kind": {"guard"}, "connection": {id}}, "retry": {"connection": {id}},
	} {
		require.Equal(t, http.StatusNotFound, bob.visit(http.MethodPost, "/step3/waiting/"+action, form).status, action)
	}
}
