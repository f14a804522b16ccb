package console

import "time"

// moment is a time as people read it, in the time zone that they have in vTiger. The part "time" shows it.
type moment struct {
	ISO, Text string // both empty: there is none
}

// zone is the person's; UTC where vTiger did not tell it.
func (v *visit) zone() *time.Location {
	if v.me == nil || v.me.TimeZone == "" {
		return time.UTC
	}
	zone, err := time.LoadLocation(v.me.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// moment shows a time.
func (v *visit) moment(t time.Time) moment {
	if t.IsZero() {
		return moment{}
	}
	t = t.In(v.zone())
	return moment{t.Format(time.RFC3339), t.Format("2 Jan 2006, 15:04")}
}

// momentOf shows a time that may be none.
func (v *visit) momentOf(t *time.Time) moment {
	if t == nil {
		return moment{}
	}
	return v.moment(*t)
}
