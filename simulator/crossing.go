package simulator

import (
	"cmp"
	"time"

	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// stage is where a vehicle is.
type stage int

// The stages.
const (
	coming  stage = iota // on its way, announced or not
	queued               // in a lane, at the gate named in the crossing
	waiting              // beside the lane, held
	inside               // between the gates
	gone
)

// crossing is one vehicle on its way over the line. What the lanes see of it follows from its manifest, and for a truck
// of the plan from how the plan has it differ.
type crossing struct {
	truck    *Truck // nil: somebody else announced it, or it was made for somebody's declaration
	leg      int
	mark     string // of an unplanned one: the id of what it was made for, since papers may come twice
	paper    manifest.Document
	movement port.ID
	arrive   time.Time
	stage    stage
	gate     port.DuePoint
	readings int
	held     int // times at this gate
	read     bool
	declared bool
}

// plan is the leg of a planned truck; an unplanned one has nothing out of the ordinary.
func (c *crossing) plan() Leg {
	if c.truck == nil {
		return Leg{Yard: guestYard}
	}
	return c.truck.Legs[c.leg]
}

// load is what a planned truck carries on this leg; nil: nothing, or not known.
func (c *crossing) load() *Load { return c.plan().Load }

// road names the crossing as its manifest does: no two that are on the road have the same.
func (c *crossing) road() string { return string(c.paper.Batch) + "/" + c.paper.Vehicle.Plate.Key() }

// name names the crossing within the run, for keys and streams.
func (c *crossing) name() string { return c.road() + "/" + c.mark }

// set puts a planned crossing on the road: its manifest ahead of it, itself at its time.
func (w *world) set(c *crossing, arrive time.Time) {
	leg := c.plan()
	c.arrive = arrive
	c.paper = w.printer.manifest(c.truck, c.leg, w.printer.batch(c.truck, c.leg), 0)
	if !leg.Silent {
		at := arrive.Add(-leg.Lead)
		if now := w.now(); at.Before(now) {
			at = now
		}
		w.agenda.enter(at, func() { w.lodge(c) })
	}
	if leg.NoShow {
		w.tally.count(w.id, "no_show")
		return
	}
	w.agenda.enter(arrive, func() { w.arrived(c) })
}

// lodge sends the manifest. The crossing is noted first: the fact may come before the answer.
func (w *world) lodge(c *crossing) {
	w.lodging[c.road()] = c
	expected := c.arrive
	if now := w.now(); expected.Before(now) {
		expected = now
	}
	c.paper.Expected = w.stamp(expected)
	w.ask("manifest", "carrier", "/v1/manifests?port="+string(w.id), c.name()+"manifest", c.paper, func(a answer) {
		delete(w.lodging, c.road())
		if !a.ok() {
			c.stage = gone
			return
		}
		c.movement = a.receipt.Subject
		w.crossings[c.movement] = c
		w.tally.count(w.id, "announced")
		w.plead(c, DeclareEarly)
	})
}

// arrived: the vehicle is at the port.
func (w *world) arrived(c *crossing) {
	if c.stage != coming {
		return // its manifest was refused
	}
	w.tally.count(w.id, "arrived")
	w.queue(c, port.DueEntryGate)
}

// decided is what the driver does when the lane has spoken.
func (w *world) decided(c *crossing, d *decision) {
	w.tally.count(w.id, string(c.gate)+"."+cmp.Or(string(d.Decision), "unanswered"))
	if !d.Movement.IsZero() {
		c.movement = d.Movement
		w.crossings[c.movement] = c
	}
	switch d.Decision {
	case port.DecisionOpen:
		w.through(c)
	case port.DecisionRefuse:
		w.leave(c)
		w.tally.count(w.id, "turned_back")
	default:
		w.hold(c, d)
	}
}

// through: the gate is open.
func (w *world) through(c *crossing) {
	c.held = 0
	leg := c.plan()
	if c.gate == port.DueEntryGate {
		c.stage = inside
		w.tally.count(w.id, "entered")
		w.after(leg.Yard, func() { w.queue(c, port.DueExitGate) })
		w.plead(c, DeclareUsual)
		if leg.Double {
			l := w.laneFor(c.paper.Direction, port.DueEntryGate, c.paper.Vehicle.Automated).ID
			w.after(w.profile.Times.Lane.Value, func() { w.reading(c, l, w.readTwice) })
		}
		return
	}
	w.leave(c)
	w.tally.count(w.id, "left")
	if c.truck != nil && c.leg == 0 {
		w.set(&crossing{truck: c.truck, leg: 1}, w.profile.open(w.id, w.now().Add(c.truck.Turn)))
	}
}

func (w *world) leave(c *crossing) {
	c.stage = gone
	delete(w.crossings, c.movement)
}
