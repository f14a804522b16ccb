package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/ledger"
)

// Those who wait for nobody let somebody in a hurry pass, though they have waited longer and in another process, and get
// their turn afterwards.
func TestAHurryComesFirst(t *testing.T) {
	l := fresh(t)
	// Two takers on the same rows, as of two processes.
	patient, hurried := l.VTigerSlots("https://crm.example.test", "admin", 1), l.VTigerSlots("https://crm.example.test", "admin", 1)
	held, err := hurried(t.Context())
	require.NoError(t, err)
	order := make(chan string, 4)
	wait := func(who string, take func() (ledger.Slot, error)) {
		slot, err := take()
		if err != nil {
			order <- err.Error()
			return
		}
		order <- who
		time.Sleep(20 * time.Millisecond)
		slot.Give(nil, 0, 0)
	}
	for i := range 3 {
		go wait(fmt.Sprint("patient ", i), func() (ledger.Slot, error) { return patient(ledger.Patient(t.Context())) })
	}
	time.Sleep(200 * time.Millisecond)
	go wait("hurried", func() (ledger.Slot, error) { return hurried(t.Context()) })
	time.Sleep(200 * time.Millisecond)
	held.Give(nil, 0, 0)
	require.Equal(t, "hurried", <-order)
	for range 3 {
		select {
		case who := <-order:
			require.Contains(t, who, "patient")
		case <-time.After(10 * time.Second):
			t.Fatal("somebody starves")
		}
	}
}
