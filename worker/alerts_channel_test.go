package worker_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
)

// Where only one channel is set a trouble is told by it alone, once, and nothing is left that waits for the other one; set
// later, that other one is told of what comes then.
func TestOneChannelIsEnough(t *testing.T) {
	t.Parallel()
	type messages [3]int // to the webhook, the user and the administrator
	for name, c := range map[string]struct {
		told        func(all ledger.AlertSettings) ledger.AlertSettings
		heard, both messages
	}{
		"webhook": {func(all ledger.AlertSettings) ledger.AlertSettings {
			return ledger.AlertSettings{WebhookURL: all.WebhookURL, WebhookSecret: all.WebhookSecret}
		}, messages{1, 0, 0}, messages{2, 1, 1}},
		"e-mail": {func(all ledger.AlertSettings) ledger.AlertSettings {
			all.WebhookURL, all.WebhookSecret = "", ""
			return all
		}, messages{0, 1, 1}, messages{1, 2, 2}},
		"e-mail to users only": {func(all ledger.AlertSettings) ledger.AlertSettings {
			all.WebhookURL, all.WebhookSecret, all.AdminAddress = "", "", ""
			return all
		}, messages{0, 1, 0}, messages{1, 2, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var all ledger.AlertSettings
			r, e, chore := listeningBy(t, func(set ledger.AlertSettings) ledger.AlertSettings {
				all = set
				return c.told(set)
			})
			stop := sync.OnceFunc(r.doing(chore))
			defer func() { stop() }()
			arrive := func(want messages) {
				require.Eventually(t, func() bool { h, u, a := e.heard(); return messages{h, u, a} == want && r.undone() == 0 }, 20*time.Second, 10*time.Millisecond)
			}
			r.lapse("dead")
			arrive(c.heard)
			stop()
			require.NoError(t, chore.Do(t.Context()), "once more")
			h, u, a := e.heard()
			require.Equal(t, c.heard, messages{h, u, a})

			all.Version = 1
			require.NoError(t, r.ledger.SaveAlertSettings(t.Context(), all))
			stop = sync.OnceFunc(r.doing(chore))
			r.signIn()
			r.sync("resumed")
			r.lapse("dead again")
			arrive(c.both)
		})
	}
}

// undone counts the messages that wait or were given up, and the alerts of which nobody decided whom to tell.
func (r *rig) undone() (n int) {
	require.NoError(r.t, r.ledger.DB().NewRaw(`SELECT (SELECT count(*) FROM deliveries WHERE sent_at IS NULL)
		+ (SELECT count(*) FROM alerts WHERE addressed_at IS NULL)`).Scan(r.t.Context(), &n))
	return n
}
