package simulator

import (
	"sync"
	"time"
)

// clock is simulated time: it runs a number of times faster than real time and can be held, which is what happens when
// the server cannot keep up. Trucks then wait; nothing is lost and nothing piles up.
type clock struct {
	speed float64
	mu    sync.Mutex
	at    time.Time // simulated time when real was last noted
	noted time.Time
	held  bool
	stood time.Duration // real time spent held
}

// newClock is a clock that is held.
func newClock(start time.Time, speed float64) *clock {
	return &clock{speed: speed, at: start, noted: time.Now(), held: true}
}

// now is the simulated instant.
func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.note()
}

func (c *clock) note() time.Time {
	real := time.Now()
	passed := real.Sub(c.noted)
	c.noted = real
	if c.held {
		c.stood += passed
	} else {
		c.at = c.at.Add(time.Duration(float64(passed) * c.speed))
	}
	return c.at
}

// hold stops simulated time, or lets it run on.
func (c *clock) hold(held bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.note()
	c.held = held
}

// stall is how long simulated time has stood still, in real time.
func (c *clock) stall() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.note()
	return c.stood
}

// napMost bounds a wait for simulated time, because the clock may be held meanwhile.
const napMost = 250 * time.Millisecond

// until is how long to wait in real time before looking again whether an instant has come.
func (c *clock) until(t time.Time) time.Duration {
	return min(max(time.Duration(float64(t.Sub(c.now()))/c.speed), 0), napMost)
}
