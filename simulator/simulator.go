// Package simulator is the traffic at the region's ports, made up from a seed: trucks, trains, coaches and small cars that
// are announced, declared, weighed, cleared, held, turned back and sometimes never come, the yard where coal is unloaded
// and fetched from, and the people who decide about all that. It knows the platform by its public HTTP API only, and so
// stands for everybody outside at once; the demo lives by it, and the tests of acceptance do.
//
// # Plan and course
//
// Who comes, when and with what is a plan: a pure function of the seed, the port and the time ([Plan]), calibrated with
// what is published about the ports (profile.yaml, every value with its source). What then happens depends on the server
// too. Every truck and every officer draws from a stream of randomness of its own, so the same seed gives the same trucks
// and the same intentions, whatever the timing.
//
// # Parts
//
// Each port is a world with one goroutine that owns everything in it: the agenda of what is to happen at which simulated
// instant, the trucks on the road (crossing), the lanes, the offices. Two others feed it: the client, which sends
// requests for all ports, several at a time and again until there is an answer, and the feed, which follows the ledger's
// facts. Officers act on facts, as real ones act on their queue; nothing is polled.
//
// What foreign vehicles bring for inland is unloaded in the yard, declared by contract, released, and fetched by vehicles
// and trains that depend on what lies there and so are no part of the plan (yard, train). Closures stop the lanes, and
// those who wait go on when they end (weather).
//
// What somebody else does is taken up: a declaration that no vehicle brings gets one after a while, and a manifest that
// nobody here lodged gets a truck, so that a newcomer's papers come to life.
//
// # Time
//
// Simulated time runs Speed times as fast as real time and stands still while the server cannot keep up. Papers speak in
// simulated spans from the server's now: a vehicle that is to come in two simulated hours is expected two hours from
// now, because the law counts hours. With a server on real time it then comes early.
//
// # Invariants
//
// From the same facts the requirements are worked out a second time (docket), and the checker compares: no gate opens on
// what is open, held or refused, no pass is used twice, no more leaves custody than lies there, a conveyance leaves with all
// but what has come off it, nothing acknowledged is missing. A violation is evidence of a bug
// of the platform, or of the simulator's understanding of it; it is logged as an error and stands in the [Report].
//
// # Stories
//
// A [Story] is one thing that happens, told step by step at a presenter's pace, beside the traffic or without it. It acts
// for everybody in it through the same interface, and the traffic leaves its papers alone.
package simulator

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// Config says where to drive and how.
type Config struct {
	Server string // such as http://127.0.0.1:8080
	// Tokens gives the bearer token of a role at a port. The roles are trader, carrier, device, customs_system, region,
	// those of the officers, and carrier/KEY for each of the profile's carriers; "" means that there is none, and nobody
	// then does that work, or a carrier in general does it.
	Tokens func(role string, p port.PortID) string
	Seed   uint64
	Speed  float64       // simulated seconds per second; 0: 60
	Ports  []port.PortID // none: every open port that the profile has
	Rates  Rates         // the zero value: DefaultRates
	// Start is the simulated instant at which the run begins; the zero value: now. A demo may begin in working hours.
	Start time.Time
	// Clock is the server's time, by which papers and readings are stamped; nil: the machine's.
	Clock     func() time.Time
	MaxRate   float64           // requests per second at most; 0: 200
	Transport http.RoundTripper // nil: one of its own
	Log       *slog.Logger      // nil: none
}

// The values where Config has none. The demo's busiest port then shows a truck every second or so; two hundred requests
// a second are four times what that needs.
const (
	speedUsual = 60
	rateUsual  = 200
)

// Simulator is one run.
type Simulator struct {
	cfg     Config
	profile *Profile
	log     *slog.Logger
	tally   *tally
	clock   *clock
	client  *client
	start   time.Time
	mu      sync.Mutex
	worlds  map[port.PortID]*world // of the run
}

// New checks the configuration. It does not speak to the server yet.
func New(cfg Config) (*Simulator, error) {
	switch {
	case cfg.Server == "":
		return nil, errs.New(errs.Invalid, "", "the simulator needs a server")
	case cfg.Tokens == nil:
		return nil, errs.New(errs.Invalid, "", "the simulator needs tokens")
	case cfg.Speed < 0 || cfg.MaxRate < 0:
		return nil, errs.New(errs.Invalid, "", "speed %g and rate %g must not be negative", cfg.Speed, cfg.MaxRate)
	}
	profile := DefaultProfile()
	for _, id := range cfg.Ports {
		if profile.Of(id) == nil {
			return nil, errs.New(errs.Invalid, "", "the profile has no port %q", string(id))
		}
	}
	cfg.Server = strings.TrimSuffix(cfg.Server, "/")
	if cfg.Speed == 0 {
		cfg.Speed = speedUsual
	}
	if cfg.MaxRate == 0 {
		cfg.MaxRate = rateUsual
	}
	if cfg.Rates == (Rates{}) {
		cfg.Rates = profile.Rates
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Start.IsZero() {
		cfg.Start = cfg.Clock()
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Transport == nil {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.MaxIdleConnsPerHost = inFlight + len(profile.Ports)
		cfg.Transport = transport
	}
	s := &Simulator{cfg: cfg, profile: profile, log: cfg.Log, tally: newTally(), clock: newClock(cfg.Start, cfg.Speed), start: cfg.Start}
	s.client = newClient(&http.Client{Transport: cfg.Transport}, cfg.Server, cfg.Tokens, cfg.MaxRate, s.clock, s.tally)
	return s, nil
}

// Run drives until the context ends, which is no error. It waits for the server, and fails only where the server has
// none of the ports.
func (s *Simulator) Run(ctx context.Context) error {
	worlds, err := s.survey(ctx)
	if err != nil || ctx.Err() != nil {
		return err
	}
	s.mu.Lock()
	s.worlds = map[port.PortID]*world{}
	for _, w := range worlds {
		s.worlds[w.id] = w
	}
	s.mu.Unlock()
	s.clock.hold(false) // what the survey took is no time at the ports
	var all sync.WaitGroup
	all.Go(func() { s.client.run(ctx) })
	for _, w := range worlds {
		f := &feed{client: s.client, log: s.log, id: w.id, to: w}
		all.Go(func() { w.run(ctx) })
		all.Go(func() { f.run(ctx) })
	}
	s.log.Info("simulated traffic starts", "ports", len(worlds), "seed", s.cfg.Seed, "speed", s.cfg.Speed)
	all.Wait()
	return nil
}

// Report is what the run has done so far; it may be asked for at any time.
func (s *Simulator) Report() Report {
	r := s.tally.report()
	r.Seed, r.Simulated, r.Stalled = s.cfg.Seed, s.clock.now().Sub(s.start), s.clock.stall()
	return r
}

// now is the simulated instant, stamp the server's time of a simulated instant: as far from the server's now as the
// instant is from the simulated one.
func (s *Simulator) now() time.Time { return s.clock.now() }

func (s *Simulator) stamp(t time.Time) port.Time {
	return port.TimeOf(s.cfg.Clock().Add(t.Sub(s.now())))
}
