package reconcile

import (
	"flag"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

var strangers = flag.Int("strangers", 4_000, "how many strangers a side TestMatchingScales brings together; 100000 is the size that has to take less than 15 s")

// crowd is a world of n strangers a side: most have a like on the other side by e-mail, phone or name, some share an
// address or a switchboard with many, some have nobody.
func crowd(n int) World {
	w := World{Policy: off, Shapes: planShapes(), VTiger: Tree{}, Outlook: Tree{}, Now: dawn}
	for i := range n {
		v := contact.Contact{"givenName": "Ann", "surname": fmt.Sprintf("G%d", i)}
		o := v.Clone()
		switch i % 8 {
		case 0, 1, 2:
			v["emailAddresses"], o["emailAddresses"] = fmt.Sprintf("a%d@x.test", i), fmt.Sprintf("A%d@X.test\nhome%d@y.test", i, i)
			o["jobTitle"] = "CEO"
		case 3:
			v["mobilePhone"], o["mobilePhone"] = fmt.Sprintf("0171 %07d", i), fmt.Sprintf("+49 171 %07d", i)
			o["jobTitle"] = "CEO"
		case 4:
			v["companyName"], o["companyName"] = "Acme", "ACME"
			o["jobTitle"] = "CEO"
		case 5: // everybody's switchboard
			v["mobilePhone"], o["mobilePhone"] = "030 1234567", "030 1234567"
			o["surname"] = fmt.Sprintf("H%d", i)
		case 6: // everybody's address
			v["emailAddresses"], o["emailAddresses"] = "info@x.test", "info@x.test"
			o["surname"] = fmt.Sprintf("H%d", i)
		default:
			o["surname"] = fmt.Sprintf("H%d", i)
		}
		vid, oid := fmt.Sprintf("12x%d", i), fmt.Sprintf("AAMk%d", i)
		w.VTiger[vid] = Seen{ID: vid, Presence: contact.Present, Contact: v}
		w.Outlook[oid] = Seen{ID: oid, Presence: contact.Present, Contact: o}
	}
	return w
}

// spent is the processor time of this program, which other programs do not lengthen as they do the clock's.
func spent(t *testing.T) time.Duration {
	var u syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// match plans for a crowd and gives how much processor time that took.
func match(t *testing.T, n int) time.Duration {
	w := crowd(n)
	began := spent(t)
	p := Make(w)
	took := spent(t) - began
	attached := 0
	for _, c := range p.Links {
		if c.Step == Attach {
			attached++
		}
	}
	require.Equal(t, n/8*5, attached)
	require.Len(t, p.Holds, n/8*2)
	return took
}

// TestMatchingScales: twice the strangers cost less than two and a half times as much.
func TestMatchingScales(t *testing.T) {
	match(t, *strangers/4) // warm
	half, whole := time.Hour, time.Hour
	for range 7 { // the least of several: on a busy machine single ones measure the others
		half, whole = min(half, match(t, *strangers/2)), min(whole, match(t, *strangers))
		if *strangers > 20_000 {
			break
		}
	}
	t.Logf("%d strangers a side: %s; half as many: %s", *strangers, whole, half)
	most := 2.5
	if *strangers < 100_000 {
		most = 3.2 // so few measure badly; comparing each with each would cost four times as much
	}
	require.Less(t, whole.Seconds(), most*half.Seconds())
	require.Less(t, whole, 15*time.Second)
}
