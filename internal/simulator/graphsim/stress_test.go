package graphsim

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// Everybody at once: requests, people in Outlook, switches and readers. What is left must add up.
func TestEverythingTogether(t *testing.T) {
	r := newRig(t, func(s *Settings) { s.Concurrency = 0 })
	folder := r.AddFolder(ann, "Other")
	var group errgroup.Group
	const workers, each = 6, 20
	for w := range workers {
		group.Go(func() error {
			for i := range each {
				c := r.send(http.MethodPost, "/me/contacts", map[string]any{"givenName": fmt.Sprint(w, i)}, "Prefer", immutable)
				if c.status != http.StatusCreated {
					return fmt.Errorf("create: %d", c.status)
				}
				r.send(http.MethodPatch, "/me/contacts/"+c.id(), map[string]any{"surname": "X"})
				if err := r.Move(ann, c.id(), folder); err != nil {
					return err
				}
				if i%2 == 0 {
					r.send(http.MethodDelete, "/me/contacts/"+c.id(), nil)
				}
				r.get("/me/contacts/delta", "Prefer", immutable)
			}
			return nil
		})
	}
	group.Go(func() error {
		for range each {
			r.Configure(func(s *Settings) { s.Latency = time.Millisecond })
			if err := r.ResetDelta(ann); err != nil {
				return err
			}
			_, _ = r.Contacts(ann, folder), r.MaxConcurrency(ann)
		}
		return nil
	})
	require.NoError(t, group.Wait())
	require.Empty(t, r.Contacts(ann, ""))
	require.Len(t, r.Contacts(ann, folder), workers*each/2)
	require.Equal(t, workers*each, r.Count("contacts.create"))
	require.Equal(t, workers*each/2, r.Count("contacts.delete"))
	shown, _, _ := r.round("/me/contactFolders/"+folder+"/contacts/delta", "Prefer", immutable)
	require.Len(t, shown, workers*each/2)
}
