package simulator

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
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

// queue sends the vehicle into the lane that is free first. While the port is shut it waits for it to open.
func (w *world) queue(c *crossing, at port.DuePoint) {
	now := w.now()
	if open := w.profile.open(w.id, now); at == port.DueEntryGate && open.After(now) {
		w.agenda.enter(open.Add(w.dice("opening", c.name()).between(0, time.Hour)), func() { w.queue(c, at) })
		return
	}
	l := w.laneFor(c.paper.Direction, at, c.paper.Vehicle.Automated)
	c.stage, c.gate = queued, at
	if l.free.Before(now) {
		l.free = now
	}
	l.free = l.free.Add(w.profile.Times.Lane.Value)
	w.agenda.enter(l.free, func() { w.reading(c, l.ID, w.decided) })
}

// decision is the answer to a reading.
type decision struct {
	Decision port.GateDecision `json:"decision"`
	Reasons  []gate.Reason     `json:"reasons"`
	Movement port.ID           `json:"movement"`
}

// has tells whether a reason is among them, by its code or by the kind of requirement.
func (d *decision) has(code string) bool {
	for _, r := range d.Reasons {
		if r.Code == code || string(r.Kind) == code {
			return true
		}
	}
	return false
}

// reading sends what a lane sees of the vehicle.
func (w *world) reading(c *crossing, l port.LaneID, done func(*crossing, *decision)) {
	c.readings++
	saw := w.seen(c)
	saw.At, saw.Instrument = w.stamp(w.now()), "WB-"+l.Name()
	w.ask("reading", "device", "/v1/lanes/"+string(l)+"/readings", c.name()+"reading/"+strconv.Itoa(c.readings), saw, func(a answer) {
		var d decision
		if !a.ok() || json.Unmarshal(a.body, &d) != nil {
			d = decision{} // nobody lifts the barrier
		}
		done(c, &d)
	})
}

// seen is what the lane sees: at the entry gate the mass too.
func (w *world) seen(c *crossing) gate.Reading {
	load := c.load()
	r := gate.Reading{Plate: c.paper.Vehicle.Plate, Trailer: c.paper.Vehicle.Trailer}
	mass := c.paper.Vehicle.Tare
	for i := range c.paper.Waybills {
		bill := &c.paper.Waybills[i]
		on := bill.OnVehicle
		if on == 0 {
			on = bill.GrossMass
		}
		mass += on
		for _, box := range bill.Containers {
			mass += box.Tare
			r.Containers = append(r.Containers, box.Number)
			r.Seals = append(r.Seals, box.Seals...)
		}
	}
	if load != nil {
		mass += load.Weighs
		if len(r.Containers) > 0 && (load.Other || load.Misread && !c.read) {
			r.Containers[0] = demoBox(w.dice("other box", c.name())).Number
		}
	}
	if c.gate == port.DueEntryGate && c.paper.Vehicle.Tare > 0 {
		r.Mass = mass
	}
	return r
}

// decided is what the driver does when the lane has spoken.
func (w *world) decided(c *crossing, d *decision) {
	w.tally.count(w.id, fmt.Sprintf("%s.%s", c.gate, d.Decision))
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

// readTwice: the lane has reported a vehicle that is through already. Nothing may open for it.
func (w *world) readTwice(c *crossing, d *decision) {
	w.tally.count(w.id, "double_reading")
	if d.Decision == port.DecisionOpen {
		w.checker.violated(PassOnce, 0, c.movement, "the entry gate opened again for %s, which is inside", c.paper.Vehicle.Plate)
	}
}

func (w *world) leave(c *crossing) {
	c.stage = gone
	delete(w.crossings, c.movement)
}

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

// heardVerdict: a refusal sends the vehicle to the lane, to be turned back there; papers that are asked for are the
// trader's.
func (w *world) heardVerdict(b *movement.Decided) {
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
