package graphsim

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// hook is a program that is told of changes.
func hook(t *testing.T, validate bool) (url string, told chan map[string]any) {
	told = make(chan map[string]any, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if token := r.URL.Query().Get("validationToken"); token != "" && validate {
			w.Header().Set("Content-Type", "text/plain")
			_, _ = io.WriteString(w, token)
			return
		}
		var body struct{ Value []map[string]any }
		_ = json.NewDecoder(r.Body).Decode(&body) // nothing: nobody is told
		for _, note := range body.Value {
			note["path"] = r.URL.Path
			told <- note
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(server.Close)
	return server.URL, told
}

func next(t *testing.T, told chan map[string]any) map[string]any {
	t.Helper()
	select {
	case note := <-told:
		return note
	case <-time.After(10 * time.Second):
		t.Fatal("nobody was told")
		return nil
	}
}

func (r *rig) subscription(url string, change map[string]any) map[string]any {
	body := map[string]any{
		"changeType": "created,updated,deleted", "notificationUrl": url + "/note", "lifecycleNotificationUrl": url + "/life",
		"resource": "me/contacts", "clientState": "a word", "expirationDateTime": r.clock.now().Add(time.Hour).Format(time.RFC3339),
	}
	for name, value := range change {
		body[name] = value
	}
	return body
}

func TestSubscribersAreToldOfChanges(t *testing.T) {
	r := newRig(t)
	url, told := hook(t, true)
	made := r.send("POST", "/subscriptions", r.subscription(url, nil))
	require.Equal(t, http.StatusCreated, made.status, made.text)
	path := "/subscriptions/" + made.id()

	id := r.AddContact(ann, "", map[string]any{"surname": "X"})
	note := next(t, told)
	require.Equal(t, []any{"/note", "created", "a word", made.id(), tenant}, []any{note["path"], note["changeType"], note["clientState"], note["subscriptionId"], note["tenantId"]})
	require.Equal(t, id, note["resourceData"].(map[string]any)["id"])
	require.NoError(t, r.Edit(ann, id, map[string]any{"surname": "Y"}))
	require.Equal(t, "updated", next(t, told)["changeType"])
	r.AddContact(ann, r.AddFolder(ann, "Other"), map[string]any{"surname": "elsewhere"})
	r.AddContact(bob, "", map[string]any{"surname": "his"})

	r.LoseNotifications(1)
	require.NoError(t, r.Edit(ann, id, map[string]any{"surname": "Z"}))
	note = next(t, told)
	require.Equal(t, []any{"/life", "missed"}, []any{note["path"], note["lifecycleEvent"]}, "nothing was told of the other folder and mailbox")

	require.NoError(t, r.RequireReauthorization(ann))
	require.Equal(t, "reauthorizationRequired", next(t, told)["lifecycleEvent"])
	require.NoError(t, r.Edit(ann, id, map[string]any{"surname": "silent"}))
	require.Equal(t, http.StatusNoContent, r.send("POST", path+"/reauthorize", map[string]any{}).status)
	require.NoError(t, r.Delete(ann, id))
	for note := range told { // the silent change may be told of yet, if it was decided after the reauthorization
		if note["changeType"] == "deleted" {
			break
		}
	}
	require.NoError(t, r.EndSubscriptions(ann))
	require.Equal(t, "subscriptionRemoved", next(t, told)["lifecycleEvent"])
	require.Equal(t, http.StatusNotFound, r.send("GET", path, nil).status)
}

func TestSubscriptionsAreChecked(t *testing.T) {
	r := newRig(t)
	url, _ := hook(t, true)
	deaf, _ := hook(t, false)
	in := func(d time.Duration) string { return r.clock.now().Add(d).Format(time.RFC3339) }
	for name, change := range map[string]map[string]any{
		"not validated": {"notificationUrl": deaf}, "lifecycle not validated": {"lifecycleNotificationUrl": deaf},
		"too long": {"expirationDateTime": in(8 * 24 * time.Hour)}, "past": {"expirationDateTime": in(-time.Hour)},
		"no such change": {"changeType": "moved"}, "foreign address": {"notificationUrl": "https://example.com:443/x"}, "no list": {"resource": "me/messages"},
		"another's": {"resource": "users/" + bob + "/contacts"},
	} {
		require.GreaterOrEqual(t, r.send("POST", "/subscriptions", r.subscription(url, change)).status, 400, name)
	}
	short := r.send("POST", "/subscriptions", r.subscription(url, map[string]any{"expirationDateTime": in(time.Minute)}))
	require.Equal(t, http.StatusCreated, short.status, short.text)
	raised, err := time.Parse(time.RFC3339, short.body["expirationDateTime"].(string))
	require.NoError(t, err)
	require.Equal(t, 45*time.Minute, raised.Sub(r.clock.now()))
	path := "/subscriptions/" + short.id()
	require.Equal(t, http.StatusOK, r.send("PATCH", path, map[string]any{"expirationDateTime": in(2 * time.Hour)}).status)
	r.clock.advance(3 * time.Hour)
	r.token = r.signIn(ann, "ann's password")
	require.Equal(t, http.StatusNotFound, r.send("GET", path, nil).status, "it has expired")
}
