package simulator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"time"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// world is one port. Everything in it belongs to the goroutine of run; others tell it what to do.
type world struct {
	*Simulator
	id        port.PortID
	inbox     chan func()
	agenda    agenda
	docket    *docket
	checker   *checker
	planner   *planner
	printer   *printer
	lanes     []lane
	hours     []sideHours // as the registry has them
	closed    []Closure   // that last
	jam       []func()    // what those do who wait for their end
	yard      *yard
	crossings map[port.ID]*crossing // by movement
	lodging   map[string]*crossing  // by batch and plate, until the server has answered
	live      bool                  // the feed has caught up
	planned   time.Time             // up to when trucks have been taken from the plan
	runs      int                   // of the simulator over this ledger, before this one
}

// inboxSize is how much the feed may be ahead of a world before it waits.
const inboxSize = 256

func newWorld(s *Simulator, id port.PortID) *world {
	w := &world{
		Simulator: s, id: id, inbox: make(chan func(), inboxSize), docket: newDocket(), crossings: map[port.ID]*crossing{},
		lodging: map[string]*crossing{}, yard: newYard(), printer: &printer{profile: s.profile, id: id},
	}
	w.checker = newChecker(id, w.docket, func(v Violation) {
		s.tally.violate(v)
		s.log.Error("an invariant is violated", "invariant", v.Invariant, "port", v.Port, "seq", v.Seq, "movement", v.Movement, "evidence", v.Evidence, "seed", s.cfg.Seed)
	})
	return w
}

// tell has the world do something; false where the context ended first.
func (w *world) tell(ctx context.Context, do func()) bool {
	select {
	case w.inbox <- do:
		return true
	case <-ctx.Done():
		return false
	}
}

func (w *world) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		for do := w.agenda.due(w.now()); do != nil; do = w.agenda.due(w.now()) {
			do()
		}
		wait := napMost
		if at, ok := w.agenda.next(); ok {
			wait = w.clock.until(at)
		}
		timer.Reset(wait)
		select {
		case do := <-w.inbox:
			do()
		case <-timer.C:
		case <-ctx.Done():
			return
		}
	}
}

// after enters something on the agenda, a span from now.
func (w *world) after(d time.Duration, do func()) { w.agenda.enter(w.now().Add(d), do) }

// dice opens a stream of this port's and run's.
func (w *world) dice(name ...string) dice {
	return newDice(w.planner.seed, append([]string{"course", string(w.id)}, name...)...)
}

// The plan is taken up an hour at a time, and so far ahead that every manifest can be lodged in time.
const (
	planStep  = time.Hour
	planAhead = leadMost + planStep
)

// awayMost is how long before the start a truck may have come whose way back is still to be: nearly all turn within it.
const awayMost = 24 * time.Hour

// begin starts the traffic, once the feed has caught up. Trucks of the plan that should have been announced before are
// announced now, and those that should have gone come back, so that both directions live from the first minute; what
// earlier runs and other people have left on the road goes on.
func (w *world) begin() {
	w.live, w.planned = true, w.now()
	w.printer.run = w.runs % runsMost
	w.planner = newPlanner(w.cfg.Seed+uint64(w.runs)*math.MaxUint32, w.id, w.profile, w.cfg.Rates)
	for _, v := range w.docket.vehicles {
		w.consider(v.needs)
	}
	for _, l := range w.docket.lots {
		w.consider(l.needs)
	}
	w.takeUp()
	w.takeStock()
	for _, t := range w.planner.between(w.planned.Add(-awayMost), w.planned) {
		leg := &t.Legs[0]
		if t.OneWay {
			continue
		}
		if back := w.profile.open(w.id, t.Arrive.Add(leg.Yard+t.Turn)); !leg.NoShow && back.After(w.planned) {
			w.set(&crossing{truck: &t, leg: 1}, back)
		}
	}
	w.extend()
}

func (w *world) extend() {
	until := w.now().Add(planAhead)
	for _, t := range w.planner.between(w.planned, until) {
		w.set(&crossing{truck: &t}, t.Arrive)
	}
	for _, t := range w.planner.trains(w.planned, until) {
		w.roll(&t)
	}
	for _, c := range w.planner.closuresBetween(w.planned, until) {
		w.agenda.enter(c.From, func() { w.close(c) })
	}
	w.planned = until
	w.after(planStep, w.extend)
}

// hear takes in one fact: first the checker, then the docket, then those whom it concerns. While the feed catches up it
// is history, of which only what is on the road is kept.
func (w *world) hear(f *fact) {
	w.checker.check(f)
	touched := w.docket.fold(f)
	switch b := f.body.(type) {
	case manifest.Lodged:
		w.heardManifest(&b)
	case movement.TurnedBack:
		w.heardOut(b.Movement)
	case movement.Passed:
		if b.Gate == port.DueExitGate {
			w.heardOut(b.Movement)
		}
	case manifest.Deleted:
		w.heardOut(b.Movement)
	}
	if !w.live {
		return
	}
	if b, ok := f.body.(movement.Decided); ok {
		w.heardResult(f, &b)
	}
	w.consider(touched)
	switch b := f.body.(type) {
	case movement.Ended:
		w.heardEnded(b.Movement)
	case movement.Detached:
		w.heardDetached(&b)
	case cargo.TakenOut:
		w.heardTaken(b.Consignment)
	case declaration.Answered:
		w.heardRelease(b.Consignment)
	case declaration.Covered:
		w.heardRelease(b.Consignment)
	case declaration.Lodged:
		w.heardDeclaration(b.Declaration)
	case movement.Decided:
		w.heardVerdict(&b)
	case movement.Overridden:
		if c := w.crossings[b.Movement]; c != nil && b.Decision != movement.OverrideStop {
			w.again(c)
		}
	case gate.PassIssued:
		if c := w.crossings[b.Movement]; c != nil && c.gate == b.Gate {
			w.again(c)
		}
	}
}

// ask sends a request as a role; done is called when there is an answer. name makes the key: what is asked for once in
// a run has one name.
func (w *world) ask(what, role, path, name string, body any, done func(answer)) {
	data, err := json.Marshal(body)
	if err != nil {
		w.log.Error("a request cannot be written", "what", what, "error", err)
		return
	}
	w.send(what, role, path, name, "application/json", data, done)
}

func (w *world) send(what, role, path, name, mime string, data []byte, done func(answer)) {
	if w.cfg.Tokens(role, w.id) == "" {
		w.tally.count(w.id, "no_token."+role)
		return
	}
	w.client.send(request{what: what, role: role, port: w.id, path: path, key: w.key(name), mime: mime, body: data, done: done, to: w})
}

// key names a request for good: the same in every attempt, another in every run. Names have letters of all alphabets, and
// headers do not, so it is a digest.
func (w *world) key(name string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d/%d/%s/%s", w.cfg.Seed, w.runs, w.id, name))
	return "sim-" + hex.EncodeToString(sum[:16])
}

// answered is called with every answer. Acknowledgements go to the checker; a refusal that the caller does not expect is
// worth a line in the log.
func (w *world) answered(r request, a answer) {
	switch {
	case a.status == 0:
		return // the run is over
	case a.ok():
		w.checker.claim(a.receipt)
	default:
		w.tally.count(w.id, "refused."+r.what)
		level := w.log.Warn
		if a.status == http.StatusConflict {
			level = w.log.Info // somebody was faster
		}
		level("the server refuses", "what", r.what, "port", w.id, "path", r.path, "status", a.status, "problems", a.rules())
	}
	if r.done != nil {
		r.done(a)
	}
}
