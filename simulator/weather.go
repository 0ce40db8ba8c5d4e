package simulator

import (
	"slices"
	"strconv"
	"time"

	"github.com/guomen/guomen/port"
)

// close: from now on nothing moves at the port, or nothing over the line. The port is said to be suspended, by whoever may
// say so, and the queue grows until it opens again.
func (w *world) close(c Closure) {
	w.closed = append(w.closed, c)
	w.tally.count(w.id, "closed."+string(c.Kind))
	w.notice("suspended", c, "closed")
	w.agenda.enter(c.To, func() { w.reopen(c) })
}

// reopen ends a closure, unless it has ended before. Who waits comes to the lanes, which drain the queue one by one.
func (w *world) reopen(c Closure) {
	at := slices.Index(w.closed, c)
	if at < 0 {
		return
	}
	w.closed = slices.Delete(w.closed, at, at+1)
	w.notice("open", c, "opened")
	jam := w.jam
	w.jam = nil
	for i, on := range jam {
		w.after(w.dice("rush", c.From.String(), strconv.Itoa(i)).between(0, openingRush), on)
	}
}

// notice records the port's status. Who may is the region, for its port office.
func (w *world) notice(status string, c Closure, name string) {
	body := map[string]string{
		"traffic": trafficFreight, "status": status, "from": w.stamp(w.now()).Std().In(beijing).Format(time.DateOnly), "note": "demo: " + string(c.Kind),
	}
	w.ask("notice", "region", "/v1/ports/"+string(w.id)+"/statuses", name+"/"+string(c.Kind)+"/"+c.From.Format(time.RFC3339), body, nil)
}

// stopped tells whether a closure of one of the kinds lasts.
func (w *world) stopped(kinds ...ClosureKind) bool {
	return slices.ContainsFunc(w.closed, func(c Closure) bool { return slices.Contains(kinds, c.Kind) })
}

// jammed tells whether a closure keeps a vehicle from going on at a gate: the weather everybody, the neighbour what comes
// from him or goes to him.
func (w *world) jammed(c *crossing, at port.DuePoint) bool {
	return w.stopped(Sandstorm, Snow) || w.overLine(c, at) && w.stopped(NeighbourStop)
}

// overLine tells a gate that leads over the line, or behind which the line was.
func (w *world) overLine(c *crossing, at port.DuePoint) bool {
	return !c.inland() && (at == port.DueEntryGate) == (c.paper.Direction == port.Import)
}

// opens is the first instant from t on at which the hours let a planned vehicle come: those of both sides, as the
// profile and the registry have them.
func (w *world) opens(c *crossing, t time.Time) time.Time {
	t = w.profile.open(w.id, t)
	for range 48 {
		if !slices.ContainsFunc(w.hours, func(h sideHours) bool { return h.shut(t) && (h.Side == "here" || w.overLine(c, port.DueEntryGate)) }) {
			break
		}
		t = t.Truncate(time.Hour).Add(time.Hour)
	}
	return t
}

// Stop closes a port at once, for simulated time, and says whether it is one of the run's. Those who present the traffic
// do so.
func (s *Simulator) Stop(id port.PortID, kind ClosureKind, lasts time.Duration) bool {
	return s.tell(id, func(w *world) { w.close(Closure{kind, w.now(), w.now().Add(lasts)}) })
}

// Resume opens a port again that was stopped.
func (s *Simulator) Resume(id port.PortID) bool {
	return s.tell(id, func(w *world) {
		for _, c := range slices.Clone(w.closed) {
			w.reopen(c)
		}
	})
}

// tell has the world of a port do something; false where there is none yet.
func (s *Simulator) tell(id port.PortID, do func(*world)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.worlds[id]
	if w == nil {
		return false
	}
	select {
	case w.inbox <- func() { do(w) }:
		return true
	case <-time.After(napMost):
		return false
	}
}
