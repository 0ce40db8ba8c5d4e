package registryweb

import (
	"math"

	"github.com/guomen/guomen/internal/web"
	"github.com/guomen/guomen/port"
)

// Bars is a bar chart by hour, laid out by the server: two bars an hour, in and out.
type Bars struct {
	Width, Height float64
	Left, Bottom  float64 // where the axes are
	Bars          []Bar
	Ticks         []Tick // of the vertical axis, with lines across
	Hours         []HourTick
}

// Bar is one bar. Value is what it stands for.
type Bar struct {
	X, Y, W, H float64
	Direction  port.Direction
	Hour       int
	Value      int64
}

// Tick is one mark of the vertical axis.
type Tick struct {
	Y     float64
	Value int64
}

// HourTick is one mark of the horizontal axis.
type HourTick struct {
	X    float64
	Hour int
}

// barsOf lays the hours out in a chart of a size. Unknown hours leave a gap.
func barsOf(hours []Hour, width, height float64) Bars {
	const left, right, top, bottom = 44, 8, 26, 26
	b := Bars{Width: width, Height: height, Left: left, Bottom: height - bottom}
	highest := int64(0)
	for _, h := range hours {
		highest = max(highest, h.In.Value, h.Out.Value)
	}
	step := niceStep(highest)
	ceiling := max(step, (highest+step-1)/step*step)
	span := height - top - bottom
	for v := int64(0); v <= ceiling; v += step {
		b.Ticks = append(b.Ticks, Tick{Y: round1(b.Bottom - span*float64(v)/float64(ceiling)), Value: v})
	}
	slot := (width - left - right) / 24
	for i, h := range hours {
		x := left + slot*float64(i)
		if i%3 == 0 {
			b.Hours = append(b.Hours, HourTick{X: round1(x), Hour: i})
		}
		for j, v := range []web.Figure{h.In, h.Out} {
			if !v.Known {
				continue
			}
			tall := span * float64(v.Value) / float64(ceiling)
			direction := port.Import
			if j == 1 {
				direction = port.Export
			}
			b.Bars = append(b.Bars, Bar{X: round1(x + slot*(0.12+0.4*float64(j))), Y: round1(b.Bottom - tall), W: round1(slot * 0.36), H: round1(tall),
				Direction: direction, Hour: i, Value: v.Value})
		}
	}
	b.Hours = append(b.Hours, HourTick{X: round1(width - right), Hour: 24})
	return b
}

// niceStep is 1, 2 or 5 times a power of ten, so that an axis up to highest has four or five marks.
func niceStep(highest int64) int64 {
	step := int64(1)
	for {
		for _, times := range []int64{1, 2, 5} {
			if step*times*4 >= highest {
				return step * times
			}
		}
		step *= 10
	}
}

func round1(v float64) float64 { return math.Round(v*10) / 10 }

// Spark is the bars of one direction alone, for the small chart of a figure: 24 bars, 120 wide, 28 high.
func (t Totals) Spark(direction port.Direction) []Bar {
	const height, slot = 28.0, 5.0
	highest := int64(1)
	for _, h := range t.ByHour {
		highest = max(highest, h.In.Value, h.Out.Value)
	}
	var bars []Bar
	for i, h := range t.ByHour {
		v := h.In
		if direction == port.Export {
			v = h.Out
		}
		if !v.Known {
			continue
		}
		tall := max(1, height*float64(v.Value)/float64(highest))
		bars = append(bars, Bar{X: slot * float64(i), Y: round1(height - tall), W: slot - 1, H: round1(tall), Hour: i, Value: v.Value})
	}
	return bars
}
