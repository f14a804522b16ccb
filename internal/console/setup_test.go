package console

import (
	"crypto/rand"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/api"
)

// invited is a new set-up link.
func (r *rig) invited() string {
	token := rand.Text()
	require.NoError(r.t, r.server.Ledger.IssueSetupLink(r.t.Context(), token, time.Now().Add(time.Hour)))
	return api.SetupURL(r.url, token)
}

// From the link in the log to the first administrator at step 1.
func TestTheSetUpLinkLeadsToStep1(t *testing.T) {
	t.Parallel()
	r := newDoor(t)
	link := r.invited()
	p := r.nobody().open(link)
	form := p.at.Path
	p = p.visit(http.MethodPost, form, map[string][]string{"url": {r.crm}, "username": {"admin"}, "accessKey": {"not it"}})
	require.Equal(t, http.StatusUnprocessableEntity, p.status)
	p = p.visit(http.MethodPost, form, map[string][]string{"url": {r.crm}, "username": {"admin"}, "accessKey": {r.cast.AccessKey}})
	require.Equal(t, http.StatusOK, p.status, p.text())
	require.Equal(t, "/step1", regexpLink(p.page, "Go on with step 1"))
	p = p.open("/step1").says("Not done yet", "Ada Administrator")
	p.saveStep1().says("The configuration is saved.")
}

// The pages of links look like the console, and load nothing from elsewhere either.
func TestTheSetUpInChromium(t *testing.T) {
	t.Parallel()
	r := newDoor(t)
	b := r.chromium()
	b.scripts(false)
	b.open(r.invited())
	accessible(b)
	b.picture("set-up")
	b.fill("url", r.crm)
	b.fill("username", "admin")
	b.fill("accessKey", r.cast.AccessKey)
	b.press("main button")
	b.says("Contact Bridge is set up")
	accessible(b)
	b.press("main a.button")
	require.Equal(t, "/step1", b.at())
	b.fine()
}

// A person comes back from Microsoft to a page that leads on.
func TestMicrosoftLeadsBack(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	alice, connection := r.begun("alice")
	link, err := alice.AuthorizeWithResponse(t.Context(), connection)
	b := r.chromium()
	b.scripts(false)
	b.open(done(r, link, err).JSON201.URL)
	b.says("A mailbox will be connected for the vTiger user Alice Sales (alice).")
	accessible(b)
	b.picture("connect")
	b.press("main button")
	b.fill("username", "alice@bridge.example")
	b.fill("password", "demo-alice")
	b.press(`button[value="signin"]`)
	b.says("The mailbox alice@bridge.example is now connected")
	accessible(b)
	require.Contains(t, b.text(), "Go on with step 2")
}
