package movementweb

import (
	"math"

	"github.com/guomen/guomen/port"
)

// Stamp is one stamp of the clock. An absent one has no time.
type Stamp struct {
	Code     string // T1 … T15; empty for stamps of a consignment that have no number
	Name     string // word of the catalogue, word.stamp.NAME: queued, entry_gate, …
	At       port.Time
	Recorded port.Time
}

// Bar is the elapsed time as one horizontal bar from the first stamp to the last, or to now.
type Bar struct {
	Segments []Segment
	Marks    []Mark
	From, To port.Time
	Total    port.Duration
	Running  bool // the end is now
}

// Segment is the stretch between two stamps.
type Segment struct {
	X, W float64
	Odd  bool
	Now  bool // the last stretch of a movement that is not over
}

// Mark is one stamp on the bar.
type Mark struct {
	X    float64
	Code string
	Name string
	At   port.Time
	Low  bool // its code stands below the bar, because the one before is near
}

// Sizes of the bar in its own units.
const (
	barWidth  = 420.0
	barMargin = 12.0
)

// Bar lays the clock out; a movement with a single stamp has no bar, and Total is zero.
func (p Page) Bar() (bar Bar) {
	for _, s := range p.Clock {
		if s.At == 0 {
			continue
		}
		if bar.From == 0 || s.At < bar.From {
			bar.From = s.At
		}
		bar.To = max(bar.To, s.At)
	}
	if !p.Over() && bar.From != 0 && p.At > bar.To {
		bar.To, bar.Running = p.At, true
	}
	bar.Total = bar.To.Sub(bar.From)
	if bar.Total <= 0 {
		return bar
	}
	x := func(t port.Time) float64 {
		return math.Round(10*(barMargin+(barWidth-2*barMargin)*float64(t.Sub(bar.From))/float64(bar.Total))) / 10
	}
	for _, s := range p.Clock {
		if s.At != 0 {
			bar.Marks = append(bar.Marks, Mark{X: x(s.At), Code: s.Code, Name: s.Name, At: s.At})
		}
	}
	sortMarks(bar.Marks)
	for i := range bar.Marks {
		next, last := barWidth-barMargin, i == len(bar.Marks)-1
		if !last {
			next = bar.Marks[i+1].X
			bar.Marks[i+1].Low = next-bar.Marks[i].X < 22 && !bar.Marks[i].Low
		}
		if next > bar.Marks[i].X {
			bar.Segments = append(bar.Segments, Segment{X: bar.Marks[i].X, W: math.Round(10*(next-bar.Marks[i].X)) / 10, Odd: i%2 == 1, Now: last})
		}
	}
	return bar
}

// sortMarks puts marks in order of time; stamps may come from different clocks and need not be.
func sortMarks(marks []Mark) {
	for i := range marks {
		for j := i; j > 0 && marks[j].At < marks[j-1].At; j-- {
			marks[j], marks[j-1] = marks[j-1], marks[j]
		}
	}
}

// Step is a line of the clock: a stamp, and how long after the stamp before.
type Step struct {
	Stamp
	Since port.Duration // from the latest earlier stamp that is there; negative: none, or absent
}

// Steps are the lines of the clock.
func (p Page) Steps() []Step {
	steps := make([]Step, len(p.Clock))
	before := port.Time(0)
	for i, s := range p.Clock {
		steps[i] = Step{Stamp: s, Since: -1}
		if s.At == 0 {
			continue
		}
		if before != 0 && s.At >= before {
			steps[i].Since = s.At.Sub(before)
		}
		before = max(before, s.At)
	}
	return steps
}
