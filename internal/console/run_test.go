package console

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/simulator/graphsim"
)

// A run is seen at work, with scripts and without, and can be stopped.
func TestARunIsFollowedAndCancelled(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.work()
	r.cast.People(r.vtiger, r.microsoft)
	_, id := r.connected("alice")

	// With scripts the page follows by itself. Outlook keeps its first answer back, so that there is something to see.
	release := r.microsoft.Hold("batch", 1)
	c := r.chromiumAs("alice")
	c.open("/step3")
	c.click("main details summary")
	c.press(`main details button[value="both"]`)
	c.says("Writing the changes …")
	c.says("20 of 40")
	c.says("vTiger: 20 of 20")
	c.says("Outlook: 0 of 20")
	require.Contains(t, c.at(), "/runs/")
	require.NotContains(t, c.text(), "What came of it")
	accessible(c)
	c.picture("run")
	var bar struct{ Value, Max float64 }
	c.eval(`(b => ({Value: b.value, Max: b.max}))(document.querySelector("progress"))`, &bar)
	require.Positive(t, bar.Value)
	require.Less(t, bar.Value, bar.Max)
	release()
	c.says("15 contacts added in Outlook")
	require.Contains(t, c.at(), "/runs/")

	// Without scripts the browser asks again every few seconds.
	release = r.microsoft.Hold("delta", 1)
	plain := r.chromiumAs("alice")
	plain.scripts(false)
	plain.open("/step3")
	plain.press(`main form button[value="both"]`)
	plain.says("is running")
	asked := len(plain.fetched("/runs/"))
	r.eventually("the page is asked for again", func() bool { return len(plain.fetched("/runs/")) > asked })
	release()
	plain.says("Nothing was changed.")
	plain.fine()

	// Cancelled, it says so, and what is left is done by the next one.
	release = r.microsoft.Hold("delta", 1)
	defer release()
	b := r.as("alice")
	p := b.open("/step3").press("/step3/run", "do", "both")
	p.open("/step3").says("A sync is under way", "See how far it is")
	p.says("Cancel").send(p.at.Path + "/cancel").ended().says("cancelled")
	release()
	c.open("/step3?connection=" + id)
	c.fine()
}

// fetched are the addresses below a path that the page asked for.
func (t *tab) fetched(path string) (found []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, address := range t.asked {
		if strings.HasPrefix(address, t.url+path) {
			found = append(found, address)
		}
	}
	return found
}

// What is wrong with the other side is told in words, while a run waits for it and when it has failed.
func TestTroubleIsToldInWords(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.work()
	r.vtiger.AddContact(r.person("alice").ID, map[string]string{"lastname": "Curie"})
	alice, id := r.connected("alice")
	alice.sync(id)
	b := r.as("alice")
	says := func(p shown, sentence string) {
		t.Helper()
		r.eventually("it says "+sentence, func() bool { return strings.Contains(p.open(p.at.Path).text(), sentence) })
	}

	r.microsoft.Fail("*", 1, graphsim.Throttled("4"))
	p := b.open("/step3").press("/step3/run", "do", "both")
	says(p, "It is tried again by itself.")
	require.Regexp(t, `Microsoft[^.]*\. It is tried again by itself\.`, p.open(p.at.Path).text())
	p.ended().says("Nothing was changed.")

	r.microsoft.Fail("*", 10_000, graphsim.Blank(http.StatusServiceUnavailable))
	p = b.open("/step3").press("/step3/run", "do", "both")
	says(p, "It is tried again by itself.")
	p.open(p.at.Path).send(p.at.Path + "/cancel").ended().says("cancelled")
	r.microsoft.Heal()

	require.NoError(t, r.microsoft.RevokeTokens(aliceMail))
	p = b.open("/step3").press("/step3/run", "do", "both").ended().says("failed", "Sign in to the mailbox again. Go to step 2", "Nothing was changed.")
	require.Contains(t, p.page, `href="/step2?connection=`+id+`"`)
	p = b.open("/step3").says("Go to step 2", "failed")
	require.Regexp(t, `class="notice warn"[^>]*aria-label="What to do now"`, p.page)
}
