package console

import (
	"time"

	"contactbridge/internal/client"
)

// The chart's sizes, in its own units.
const (
	chartWidth  = 640
	chartHeight = 170
	chartTop    = 16
	chartGround = 140 // where bars stand
	chartLeft   = 44
)

// chart is what was done on the last days: bars, and the same numbers as a table.
type chart struct {
	Days         []chartDay
	Done, Failed int64
	Most         int64 // of one day: the height of the scale

	Width, Height, Top, Ground, Left int
}

type chartDay struct {
	Label        string // "26 Nov"
	Done, Failed int64
	Named        bool // the label is shown below the bar

	X, Middle, Wide  int
	DoneY, DoneH     int
	FailedY, FailedH int
}

// chartOf draws the days: what was done from the ground up, what failed on top of it.
func chartOf(days []client.DayView) chart {
	c := chart{Width: chartWidth, Height: chartHeight, Top: chartTop, Ground: chartGround, Left: chartLeft}
	for _, d := range days {
		c.Done, c.Failed, c.Most = c.Done+d.Done, c.Failed+d.Failed, max(c.Most, d.Done+d.Failed)
	}
	for i, d := range days {
		step := (chartWidth - chartLeft) / len(days)
		day := chartDay{
			Label: d.Day, Done: d.Done, Failed: d.Failed, Named: i%2 == len(days)%2^1, X: chartLeft + i*step + step/6, Wide: step * 2 / 3,
			DoneH: c.high(d.Done), FailedH: c.high(d.Failed),
		}
		if t, err := time.Parse(time.DateOnly, d.Day); err == nil {
			day.Label = t.Format("2 Jan")
		}
		day.Middle = day.X + day.Wide/2
		day.DoneY = chartGround - day.DoneH
		day.FailedY = day.DoneY - day.FailedH
		c.Days = append(c.Days, day)
	}
	return c
}

// high is how high a number stands; what there is can be seen.
func (c chart) high(n int64) int {
	if n == 0 {
		return 0
	}
	return max(2, int(n*(chartGround-chartTop)/c.Most))
}
