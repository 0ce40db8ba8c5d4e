package bench

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Load is clients that keep something busy.
type Load struct {
	Clients int
	Warm    time.Duration // before anything is measured
	For     time.Duration
	Part    time.Duration // For is also measured in parts of this length; 0: it is not
	Pause   time.Duration // from one of a client's commands to its next; 0: it gives the next at once
	Most    uint64        // the run ends early when so many commands have been given; 0: it does not
	// Do gives one command as one client and returns when it is acknowledged. Its error ends the run.
	Do func(ctx context.Context, client int) error
}

// Result is what a load did.
type Result struct {
	Acknowledged uint64     `json:"acknowledged"` // with those before and after the time that was measured
	Seconds      float64    `json:"seconds"`
	Latency      *Latency   `json:"latency"`
	Parts        []*Latency `json:"parts,omitempty"`
	PartSeconds  float64    `json:"part_seconds,omitempty"`
}

// Rate is how many commands were acknowledged in a second.
func (r *Result) Rate() float64 {
	if r.Seconds == 0 {
		return 0
	}
	return float64(r.Latency.Count()) / r.Seconds
}

// Join is the result of two loads that ran at the same time.
func (r *Result) Join(other Result) {
	r.Acknowledged += other.Acknowledged
	r.Latency.Merge(other.Latency)
	for i := range min(len(r.Parts), len(other.Parts)) {
		r.Parts[i].Merge(other.Parts[i])
	}
}

// Run runs the clients to the end. Only what is acknowledged within the measured time counts; commands that are under
// way when it ends are waited for, so that nothing is left behind.
func (l Load) Run(ctx context.Context) (Result, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	begin := time.Now().Add(l.Warm)
	end := begin.Add(l.For)
	r := Result{Seconds: l.For.Seconds(), Latency: &Latency{}}
	if l.Part > 0 {
		r.PartSeconds = l.Part.Seconds()
		for range int(l.For / l.Part) {
			r.Parts = append(r.Parts, &Latency{})
		}
	}
	var started, acknowledged atomic.Uint64
	var clients sync.WaitGroup
	for client := range l.Clients {
		clients.Go(func() {
			for ctx.Err() == nil && time.Now().Before(end) {
				if n := started.Add(1); l.Most > 0 && n > l.Most {
					return
				}
				given := time.Now()
				if err := l.Do(ctx, client); err != nil {
					cancel(err)
					return
				}
				done := time.Now()
				acknowledged.Add(1)
				if done.After(begin) && done.Before(end) {
					r.Latency.Add(done.Sub(given))
					if l.Part > 0 {
						if part := int(done.Sub(begin) / l.Part); part < len(r.Parts) {
							r.Parts[part].Add(done.Sub(given))
						}
					}
				}
				if l.Pause > 0 {
					pause(ctx, l.Pause-done.Sub(given))
				}
			}
		})
	}
	clients.Wait()
	if took := time.Since(begin); took < l.For {
		r.Seconds = max(0, took.Seconds())
	}
	r.Acknowledged = acknowledged.Load()
	return r, context.Cause(ctx)
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
