package simulator

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/guomen/guomen/port"
)

// Limits of the client. inFlight: a server on a laptop answers a write in milliseconds, so sixteen at a time are more
// than the plan ever needs. backlogHigh and backlogLow: beyond the first, simulated time stands still until the second
// is reached; at two hundred a vehicle's next step waits for seconds even where the server is slow.
const (
	inFlight    = 16
	backlogHigh = 200
	backlogLow  = 50
)

// Waits between attempts: from first to most, doubling, unless the server says how long. A request that breaks inside
// the server is not repeated for ever, since the next time would break too.
const (
	retryFirst = 100 * time.Millisecond
	retryMost  = 3 * time.Second
	brokenMost = 5
)

// request is one write. The key is the same at every attempt, so a request that was acknowledged unheard is not done
// twice.
type request struct {
	what string // its name in the report
	role string
	port port.PortID
	path string
	key  string
	mime string
	body []byte
	done func(answer) // called by the world that asked
	to   *world
}

// client sends requests, several at a time, never faster than it may, and again until there is an answer.
type client struct {
	http   *http.Client
	server string
	tokens func(role string, p port.PortID) string
	clock  *clock
	tally  *tally
	gap    time.Duration // between two requests
	mu     sync.Mutex
	some   *sync.Cond
	queue  []request
	slot   time.Time // when the next request may go
	closed bool
}

func newClient(h *http.Client, server string, tokens func(string, port.PortID) string, rate float64, c *clock, t *tally) *client {
	cl := &client{http: h, server: server, tokens: tokens, clock: c, tally: t, gap: time.Duration(float64(time.Second) / rate)}
	cl.some = sync.NewCond(&cl.mu)
	return cl
}

// send queues a request; it never waits.
func (c *client) send(r request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queue = append(c.queue, r)
	if len(c.queue) == backlogHigh {
		c.clock.hold(true)
	}
	c.some.Signal()
}

// run sends until the context ends, and returns when nothing is on the way any more.
func (c *client) run(ctx context.Context) {
	var workers sync.WaitGroup
	for range inFlight {
		workers.Go(func() {
			for {
				r, ok := c.take()
				if !ok {
					return
				}
				a := c.settle(ctx, r)
				r.to.tell(ctx, func() { r.to.answered(r, a) })
			}
		})
	}
	<-ctx.Done()
	c.mu.Lock()
	c.closed = true
	c.some.Broadcast()
	c.mu.Unlock()
	workers.Wait()
}

func (c *client) take() (request, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.queue) == 0 && !c.closed {
		c.some.Wait()
	}
	if c.closed {
		return request{}, false
	}
	r := c.queue[0]
	c.queue = c.queue[1:]
	if len(c.queue) == backlogLow {
		c.clock.hold(false)
	}
	return r, true
}

// settle repeats a request until the server has answered it for good.
func (c *client) settle(ctx context.Context, r request) answer {
	wait, broken := retryFirst, 0
	for {
		if !sleep(ctx, c.turn(0)) {
			return answer{}
		}
		began := time.Now()
		a, pause, err := c.once(ctx, r)
		if err == nil && a.status >= 500 && a.status != http.StatusServiceUnavailable {
			broken++
		}
		switch {
		case ctx.Err() != nil:
			return answer{}
		case err == nil && !again(a.status) || broken == brokenMost:
			c.tally.answered(r.what, a.status, time.Since(began))
			return a
		}
		c.tally.count(r.port, "retry."+r.what)
		if pause > 0 {
			c.turn(pause) // the server asks everyone for patience
		}
		if !sleep(ctx, max(wait, pause)) {
			return answer{}
		}
		wait = min(2*wait, retryMost)
	}
}

// again tells an answer that is none: the server is busy, restarting or broken.
func again(status int) bool { return status == http.StatusTooManyRequests || status >= 500 }

// turn takes the next slot and says how long it is until then; pause moves all later slots.
func (c *client) turn(pause time.Duration) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if pause > 0 {
		if until := now.Add(min(pause, retryMost)); c.slot.Before(until) {
			c.slot = until
		}
		return 0
	}
	if c.slot.Before(now) {
		c.slot = now
	}
	wait := c.slot.Sub(now)
	c.slot = c.slot.Add(c.gap)
	return wait
}

// sleep waits; false where the context ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
