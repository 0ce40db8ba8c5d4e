package simulator

import (
	"strconv"
	"time"

	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// A held driver goes to the lane again when he hears that the way is free, in backLeast to backMost, and of himself
// every nudgeEvery; after patience times he gives up, which is two days.
const (
	backLeast  = 2 * time.Minute
	backMost   = 6 * time.Minute
	nudgeEvery = 3 * time.Hour
	patience   = 16
)

// hold: the gate stays shut. Whoever owes something hears of it; the driver waits.
func (w *world) hold(c *crossing, d *decision) {
	c.stage, c.held = waiting, c.held+1
	held := c.held
	if held > patience {
		w.leave(c)
		w.tally.count(w.id, "gave_up")
		return
	}
	load, chase := c.load(), w.profile.Times.Chase.Value
	switch {
	case d.has("unannounced") && c.plan().Silent && held == 1:
		w.tally.count(w.id, "unannounced")
		w.after(w.dice("chase", c.name()).about(chase), func() { w.lodge(c) })
	case d.has("more_than_promised") && c.own != nil && c.own.Over:
		c.own.Over = false // what is too much goes back on the heap
		w.tally.count(w.id, "overloaded")
		w.after(w.profile.Times.Unload.Value, func() { w.again(c) })
	case d.has("container_differs") && load != nil && load.Misread:
		c.read = true
		w.again(c)
	case d.has("container_differs") && load != nil && len(d.Reasons) == 1:
		w.after(w.dice("box", c.name()).about(w.profile.Times.Hold.Value), func() { w.overrule(c) })
	case d.has(string(port.CustomsRelease)):
		w.plead(c, DeclareChased)
	}
	if !d.has("container_differs") && w.docket.ready(c.movement, c.gate) {
		w.again(c) // what it was held for has been settled while the answer was on its way
	}
	w.after(nudgeEvery, func() {
		if c.stage == waiting && c.held == held {
			w.queue(c, c.gate)
		}
	})
}

// again: the way may be free now.
func (w *world) again(c *crossing) {
	if c.stage != waiting {
		return
	}
	held := c.held
	w.after(w.dice("again", c.name(), strconv.Itoa(c.readings)).between(backLeast, backMost), func() {
		if c.stage == waiting && c.held == held {
			w.queue(c, c.gate)
		}
	})
}

// heardOut: the vehicle is gone, as the ledger has it.
func (w *world) heardOut(id port.ID) {
	if c := w.crossings[id]; c != nil {
		w.leave(c)
	}
}

// heardVerdict: a refusal sends the vehicle to the lane, to be turned back there; a person who is refused gets off, and
// the others go on; papers that are asked for are the trader's.
func (w *world) heardVerdict(b *movement.Decided) {
	if b.SubjectKind == port.PersonSubject && b.Result == port.ResultRefused {
		w.getOff(b.Subject)
		return
	}
	if b.Kind == port.CustomsRelease && b.SubjectKind == port.ConsignmentSubject && b.Result.State().Settled() {
		w.heardRelease(b.Subject)
	}
	if b.Advisory || b.Result != port.ResultRefused && b.Result != port.ResultDocuments {
		return
	}
	vehicles := []port.ID{b.Subject}
	if b.SubjectKind == port.ConsignmentSubject {
		vehicles = nil
		if l := w.docket.lots[b.Subject]; l != nil {
			vehicles = l.vehicles
		}
	}
	for _, id := range vehicles {
		switch c := w.crossings[id]; {
		case c == nil:
		case b.Result == port.ResultRefused:
			w.again(c)
		default:
			w.amend(c)
		}
	}
}

// getOff has border inspection take a person off who may not cross.
func (w *world) getOff(person port.ID) {
	p := w.docket.parts[person]
	if p == nil || p.told || w.crossings[p.on] == nil {
		return
	}
	on := p.on
	w.after(w.dice("off", person.String()).about(w.profile.Times.Border.Value), func() {
		body := map[string]any{"subject": person, "reason": reasonAway}
		w.ask("detachment", "border_inspection", "/v1/movements/"+on.String()+"/detachments", person.String()+"off", body, func(a answer) {
			if a.ok() {
				w.tally.count(w.id, "person.turned_away")
			}
		})
	})
}
