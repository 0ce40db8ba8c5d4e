package simulator

import (
	"cmp"
	"fmt"
	"time"

	"github.com/guomen/guomen/cargo"
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
	truck    *Truck // nil: a train, one that fetches goods, or somebody else's
	leg      int
	own      *Leg   // how one of the simulator's own goes that is no planned truck
	traders  []Firm // of a train's waybills
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
	units    []unit  // as the ledger has them
	lookOut  string  // the wagon that is examined and held
	takes    port.ID // the wagon that it comes for
}

// unit is a piece of equipment on a crossing.
type unit struct {
	id     port.ID
	kind   port.EquipmentKind
	number string
}

// unit finds equipment by its number; the zero id where there is none.
func (c *crossing) unit(number string) port.ID {
	for _, u := range c.units {
		if u.number == number {
			return u.id
		}
	}
	return port.ID{}
}

// boxes are the containers.
func (c *crossing) boxes() (ids []port.ID) {
	for _, u := range c.units {
		if u.kind == port.ContainerBox {
			ids = append(ids, u.id)
		}
	}
	return ids
}

// plan is the leg of a planned truck; an unplanned one has nothing out of the ordinary.
func (c *crossing) plan() Leg {
	switch {
	case c.own != nil:
		return *c.own
	case c.truck == nil:
		return Leg{Yard: guestYard, Unload: c.custody()}
	}
	return c.truck.Legs[c.leg]
}

// custody tells a vehicle that brings goods into the yard.
func (c *crossing) custody() bool {
	from, to := port.Ends(c.paper.Direction, c.paper.From, c.paper.To)
	return to.Kind.Custody() && !from.Kind.Custody() && len(c.paper.Waybills) > 0
}

// inland tells a movement that does not go over the line.
func (c *crossing) inland() bool {
	from, to := port.Ends(c.paper.Direction, c.paper.From, c.paper.To)
	return from.Kind != port.AtLine && to.Kind != port.AtLine
}

// ours tells a crossing of this run's.
func (c *crossing) ours() bool { return c.truck != nil || c.own != nil }

// load is what a planned truck carries on this leg; nil: nothing, or not known.
func (c *crossing) load() *Load { return c.plan().Load }

// road names the crossing as its manifest does: no two that are on the road have the same.
func (c *crossing) road() string { return string(c.paper.Batch) + "/" + c.paper.Vehicle.Known().Key() }

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
	w.ask("manifest", w.carrierRole(c), "/v1/manifests?port="+string(w.id), c.name()+"manifest", c.paper, func(a answer) {
		delete(w.lodging, c.road())
		if !a.ok() {
			c.stage = gone
			return
		}
		c.movement = a.receipt.Subject
		w.crossings[c.movement] = c
		w.tally.count(w.id, "announced")
		w.plead(c, DeclareEarly)
		w.nameCrew(c)
		w.confirm(c)
	})
}

// carrierRole is the role of the carrier on a manifest, where there is a token for it.
func (w *world) carrierRole(c *crossing) string {
	if role := w.profile.roleOf(c.paper.Carrier); w.cfg.Tokens(role, w.id) != "" {
		return role
	}
	return roleCarrier
}

// nameCrew tells who is on a vehicle with passengers. The names are no one's.
func (w *world) nameCrew(c *crossing) {
	if c.truck == nil || c.truck.Passengers == 0 {
		return
	}
	type person struct {
		Name        string       `json:"name"`
		Document    string       `json:"document"`
		Number      string       `json:"number"`
		Nationality port.Country `json:"nationality"`
		Role        string       `json:"role"`
	}
	d, crew := w.dice("crew", c.name()), []person{}
	for n := range c.truck.Passengers + 1 {
		one := person{fmt.Sprintf("演示旅客 %d", n), "passport", fmt.Sprintf("DEM%07d", d.IntN(10_000_000)), c.truck.Nationality, "passenger"}
		if n == 0 {
			one.Name, one.Role = "演示驾驶员", "driver"
		}
		crew = append(crew, one)
	}
	w.ask("crew", w.carrierRole(c), "/v1/movements/"+c.movement.String()+"/crew", c.name()+"crew", map[string]any{"crew": crew}, nil)
}

// arrived: the vehicle is at the port.
func (w *world) arrived(c *crossing) {
	if c.stage != coming {
		return // its manifest was refused
	}
	if w.overLine(c, port.DueEntryGate) && w.stopped(NeighbourStop) {
		w.jam = append(w.jam, func() { w.arrived(c) }) // it stands on the other side
		return
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
		if leg.Unload {
			w.after(leg.Yard, func() { w.unload(c) })
		} else {
			w.after(leg.Yard, func() { w.queue(c, port.DueExitGate) })
		}
		w.plead(c, DeclareUsual)
		w.report(c, cargo.ArrivalReport, "MT3402")
		if c.lookOut != "" {
			w.inspectWagon(c)
		}
		if !c.takes.IsZero() {
			w.hitch(c)
		}
		if leg.Double {
			l := w.laneFor(c, port.DueEntryGate).ID
			w.after(w.profile.Times.Lane.Value, func() { w.reading(c, l, w.readTwice) })
		}
		return
	}
	w.leave(c)
	w.tally.count(w.id, "left")
	if c.truck != nil && c.leg == 0 && !c.truck.OneWay {
		w.set(&crossing{truck: c.truck, leg: 1}, w.profile.open(w.id, w.now().Add(c.truck.Turn)))
	}
}

func (w *world) leave(c *crossing) {
	c.stage = gone
	delete(w.crossings, c.movement)
}
