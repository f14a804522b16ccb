package vtiger

import (
	"testing"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// TestConformanceOfLogins logs in, renews a session that vTiger does not know, and has a wrong key refused.
func TestConformanceOfLogins(t *testing.T) {
	t.Run("simulator", func(t *testing.T) { loggingInWorks(t, newCRM(t).config()) })
	if config, named := liveConfig(); named {
		t.Run("live", func(t *testing.T) { loggingInWorks(t, config) })
	}
}

func loggingInWorks(t *testing.T, config Config) {
	c := Dial(config)
	info, err := c.Check(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, info.UserID)

	turn, err := c.take(t.Context(), "lose the session")
	require.NoError(t, err)
	s, err := turn.open(t.Context())
	require.NoError(t, err)
	lost := *s
	lost.Name = "nosuchsession"
	turn.keep(&lost)
	turn.give()
	_, err = c.Modules(t.Context())
	require.NoError(t, err, "a lost session is renewed within the call")

	config.AccessKey += "x"
	_, err = Dial(config).Check(t.Context())
	require.Equal(t, contact.NeedsAdmin, contact.KindOf(err))
}
