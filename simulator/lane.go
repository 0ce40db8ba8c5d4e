package simulator

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/port"
)

// lane is one lane of a port and when it is free again, which is all that a queue needs: vehicles are served in the
// order in which they come.
type lane struct {
	ID        port.LaneID    `json:"lane"`
	Direction port.Direction `json:"direction"`
	Traffic   string         `json:"traffic"` // freight, passenger, agv
	Gate      port.DuePoint  `json:"gate"`
	free      time.Time
}

// Kinds of traffic that the lanes of the registry are for.
const (
	trafficFreight = "freight"
	trafficAGV     = "agv"
)

// laneFor is the lane of a direction and gate that is free first; automated vehicles have lanes of their own where the
// port has such lanes.
func (w *world) laneFor(direction port.Direction, gate port.DuePoint, automated bool) *lane {
	traffics := []string{trafficFreight}
	if automated {
		traffics = []string{trafficAGV, trafficFreight}
	}
	for _, traffic := range traffics {
		var best *lane
		for i := range w.lanes {
			l := &w.lanes[i]
			if l.Direction == direction && l.Gate == gate && l.Traffic == traffic && (best == nil || l.free.Before(best.free)) {
				best = l
			}
		}
		if best != nil {
			return best
		}
	}
	return nil
}

// queue sends the vehicle into the lane that is free first. While the port is shut it waits for it to open; a visitor's
// does not, because he would sit in front of a screen on which nothing happens.
func (w *world) queue(c *crossing, at port.DuePoint) {
	now := w.now()
	if open := w.profile.open(w.id, now); at == port.DueEntryGate && c.truck != nil && open.After(now) {
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

// readTwice: the lane has reported a vehicle that is through already. Nothing may open for it.
func (w *world) readTwice(c *crossing, d *decision) {
	w.tally.count(w.id, "double_reading")
	if d.Decision == port.DecisionOpen {
		w.checker.violated(PassOnce, 0, c.movement, "the entry gate opened again for %s, which is inside", c.paper.Vehicle.Plate)
	}
}
