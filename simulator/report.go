package simulator

import (
	"maps"
	"math/bits"
	"sync"
	"time"

	"github.com/guomen/guomen/port"
)

// Report is what a run has done so far.
type Report struct {
	Seed       uint64                            `json:"seed"`
	Simulated  time.Duration                     `json:"simulated"` // time that has passed at the ports
	Stalled    time.Duration                     `json:"stalled"`   // real time that simulated time stood still for the server's sake
	Ports      map[port.PortID]map[string]uint64 `json:"ports"`     // counts by what happened, see the tally's names
	Requests   map[string]Requests               `json:"requests"`
	Violations []Violation                       `json:"violations"` // the first of them
	Violated   uint64                            `json:"violated"`   // all of them
}

// Requests are the answers to one kind of request, and how long they took at the last attempt.
type Requests struct {
	Statuses map[int]uint64 `json:"statuses"`
	P50      time.Duration  `json:"p50"`
	P99      time.Duration  `json:"p99"`
	Max      time.Duration  `json:"max"`
}

// violationsMost is how many violations a report keeps: after a hundred nobody needs another one.
const violationsMost = 100

// tally is what the parts of the simulator count together.
type tally struct {
	mu         sync.Mutex
	ports      map[port.PortID]map[string]uint64
	requests   map[string]*latencies
	violations []Violation
	violated   uint64
}

func newTally() *tally {
	return &tally{ports: map[port.PortID]map[string]uint64{}, requests: map[string]*latencies{}}
}

func (t *tally) count(id port.PortID, what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ports[id] == nil {
		t.ports[id] = map[string]uint64{}
	}
	t.ports[id][what]++
}

func (t *tally) answered(what string, status int, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.requests[what]
	if l == nil {
		l = &latencies{statuses: map[int]uint64{}}
		t.requests[what] = l
	}
	l.note(status, took)
}

func (t *tally) violate(v Violation) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.violated++; len(t.violations) < violationsMost {
		t.violations = append(t.violations, v)
	}
}

// report copies what has been counted.
func (t *tally) report() Report {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := Report{Ports: map[port.PortID]map[string]uint64{}, Requests: map[string]Requests{}, Violated: t.violated}
	r.Violations = append([]Violation{}, t.violations...)
	for id, counts := range t.ports {
		r.Ports[id] = maps.Clone(counts)
	}
	for what, l := range t.requests {
		r.Requests[what] = Requests{Statuses: maps.Clone(l.statuses), P50: l.quantile(0.5), P99: l.quantile(0.99), Max: l.max}
	}
	return r
}

// latencies is a histogram with eight steps to a doubling, from a microsecond on: no answer is told wrongly by more than
// an eighth.
type latencies struct {
	statuses map[int]uint64
	steps    [8 * 40]uint64
	count    uint64
	max      time.Duration
}

func (l *latencies) note(status int, took time.Duration) {
	l.statuses[status]++
	l.count++
	l.max = max(l.max, took)
	l.steps[stepOf(took)]++
}

func stepOf(took time.Duration) int {
	n := uint64(max(took.Microseconds(), 1))
	double := bits.Len64(n) - 1
	eighth := 0
	if double >= 3 {
		eighth = int(n >> (double - 3) & 7)
	}
	return min(8*double+eighth, 8*40-1)
}

// quantile is the upper end of the step that the quantile lies in.
func (l *latencies) quantile(q float64) time.Duration {
	rank, seen := uint64(q*float64(l.count)), uint64(0)
	for step, n := range l.steps {
		if seen += n; seen > rank {
			double, eighth := step/8, step%8
			return min(l.max, time.Duration(float64(uint64(1)<<double)*(1+float64(eighth+1)/8))*time.Microsecond)
		}
	}
	return l.max
}
