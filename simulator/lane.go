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
	trafficFreight   = "freight"
	trafficPassenger = "passenger"
	trafficAGV       = "agv"
)

// laneFor is the lane for a vehicle at a gate that is free first. Automated vehicles and those with passengers have lanes
// of their own where the port has such lanes.
func (w *world) laneFor(c *crossing, gate port.DuePoint) *lane {
	traffics := []string{trafficFreight}
	switch vehicle := &c.paper.Vehicle; {
	case vehicle.Automated:
		traffics = []string{trafficAGV, trafficFreight}
	case vehicle.Kind == port.Coach, vehicle.Kind == port.Car:
		traffics = []string{trafficPassenger, trafficFreight}
	}
	for _, traffic := range traffics {
		if best := w.freeLane(c.paper.Direction, gate, traffic); best != nil {
			return best
		}
	}
	return nil
}

func (w *world) freeLane(direction port.Direction, gate port.DuePoint, traffic string) (best *lane) {
	for i := range w.lanes {
		l := &w.lanes[i]
		if l.Direction == direction && l.Gate == gate && l.Traffic == traffic && (best == nil || l.free.Before(best.free)) {
			best = l
		}
	}
	return best
}

// queue sends the vehicle into the lane that is free first. While the port is shut it waits for it to open; a visitor's
// does not wait for the hour, because he would sit in front of a screen on which nothing happens.
func (w *world) queue(c *crossing, at port.DuePoint) {
	now := w.now()
	if w.jammed(c, at) {
		c.stage, c.gate = queued, at
		w.jam = append(w.jam, func() { w.queue(c, at) })
		return
	}
	if open := w.opens(c, now); at == port.DueEntryGate && c.truck != nil && open.After(now) {
		c.stage, c.gate = queued, at
		w.agenda.enter(open.Add(w.dice("opening", c.name(), string(at)).between(0, openingRush)), func() { w.queue(c, at) })
		return
	}
	l := w.laneFor(c, at)
	c.stage, c.gate = queued, at
	if l.free.Before(now) {
		l.free = now
	}
	l.free = l.free.Add(w.profile.Times.Lane.Value)
	w.agenda.enter(l.free, func() { w.reading(c, l.ID, w.decided) })
}

// openingRush is how soon after a gate opens those who wait are at it; the lanes then drain the queue one by one.
const openingRush = 10 * time.Minute

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
	r := gate.Reading{Plate: c.paper.Vehicle.Known(), Trailer: c.paper.Vehicle.Trailer}
	mass := c.paper.Vehicle.Tare
	if c.plan().Fetch {
		if c.paper.Vehicle.Tare > 0 {
			r.Mass = mass + w.loaded(c)
		}
		return r
	}
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

// overload is how much more than it was promised a vehicle loads that loads too much: beyond every tolerance.
const overload = 0.12

// loaded is what a vehicle that fetches has loaded. The last of those that fetch from a load takes what is left of it, so
// that nothing is left lying; the others what they were promised, as nearly as a wheel loader can.
func (w *world) loaded(c *crossing) port.Kilograms {
	v := w.docket.vehicles[c.movement]
	if c.gate != port.DueExitGate || v == nil || len(v.carries) != 1 {
		return 0
	}
	goods := v.carries[0]
	l := w.docket.lots[goods.lot]
	switch {
	case c.own != nil && c.own.Over:
		return goods.mass + tonnes(goods.mass.Float()/1000*overload)
	case l != nil && l.promised <= goods.mass:
		return min(l.left(), goods.mass+goods.mass/100)
	}
	return goods.mass + tonnes(goods.mass.Float()/1000*instrument*w.dice("loaded", c.name()).NormFloat64())
}

// readTwice: the lane has reported a vehicle that is through already. Nothing may open for it.
func (w *world) readTwice(c *crossing, d *decision) {
	w.tally.count(w.id, "double_reading")
	if d.Decision == port.DecisionOpen {
		w.checker.violated(PassOnce, 0, c.movement, "the entry gate opened again for %s, which is inside", c.paper.Vehicle.Plate)
	}
}
