package simulator

import (
	"cmp"
	"strings"
	"time"

	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// What is not the plan's goes smoothly and soon: a declaration that no vehicle brings is brought after bringAfter, a
// vehicle that somebody else announced comes within guestSoon to guestLate, and stays in the yard for guestYard.
const (
	bringAfter = 20 * time.Minute
	guestSoon  = 15 * time.Minute
	guestLate  = 40 * time.Minute
	guestYard  = 20 * time.Minute
)

// ours tells whether a requirement is on what the plan has sent in this run.
func (w *world) ours(n *need) bool {
	vehicles := []port.ID{n.subject}
	if l := w.docket.lots[n.subject]; l != nil {
		vehicles = l.vehicles
	}
	for _, id := range vehicles {
		if c := w.crossings[id]; c != nil && c.ours() {
			return true
		}
	}
	if p := w.docket.parts[n.subject]; p != nil {
		c := w.crossings[p.on]
		return c != nil && c.ours()
	}
	return len(vehicles) == 0 && w.yard.declared[n.subject] // in the yard
}

// heardManifest: a manifest is in the ledger. One that nobody here is lodging gets a truck.
func (w *world) heardManifest(b *manifest.Lodged) {
	if run := w.printer.runOf(b.Document.Batch); !w.live && run >= w.runs {
		w.runs = run + 1
	}
	c := &crossing{paper: b.Document, movement: b.Movement, mark: b.Movement.String()}
	mine := w.lodging[c.road()]
	if mine == nil {
		mine = w.crossings[b.Movement]
	}
	if mine == nil {
		mine = c
	}
	if len(mine.units) == 0 && len(b.Equipment) > 0 {
		for i, u := range b.Document.Units() {
			mine.units = append(mine.units, unit{b.Equipment[i], u.Kind, u.Number})
		}
	}
	if mine != c || b.Document.Carrier == storyCarrier {
		return
	}
	w.crossings[b.Movement] = c
	if w.live {
		w.tally.count(w.id, "adopted")
		w.expect(c)
	}
}

// takeUp has the vehicles go on that were on the road before this run.
func (w *world) takeUp() {
	for id, c := range w.crossings {
		v := w.docket.vehicles[id]
		switch {
		case v == nil:
			delete(w.crossings, id)
		case v.inside && c.custody():
			c.stage = inside
			w.after(w.dice("left over", c.name()).between(0, guestLate), func() { w.unload(c) })
		case v.inside:
			c.stage = inside
			if w.docket.awaits(id, port.ResultDocuments) {
				w.amend(c)
			}
			w.after(w.dice("left over", c.name()).between(0, guestLate), func() { w.queue(c, port.DueExitGate) })
		default:
			w.expect(c)
		}
	}
	for id, p := range w.docket.papers {
		if p.document != nil && !toldReference(p.reference) {
			w.after(bringAfter, func() { w.bring(id) })
		}
	}
}

// expect has a truck come for somebody else's manifest.
func (w *world) expect(c *crossing) {
	c.arrive = w.now().Add(w.dice("guest", c.name()).between(guestSoon, guestLate))
	w.agenda.enter(c.arrive, func() { w.arrived(c) })
}

// bring has a carrier of the demonstration announce the goods of a declaration that no vehicle brings: under its waybill,
// or where it has none under the declaration's own id, on the plate and batch that it names, as far as they are free.
func (w *world) bring(id port.ID) {
	p := w.docket.papers[id]
	if p == nil || p.document == nil || toldReference(p.reference) {
		return // withdrawn, or on its way
	}
	c := &crossing{paper: w.manifestFor(p), arrive: w.now().Add(guestSoon), mark: id.String()}
	w.tally.count(w.id, "brought")
	w.lodge(c)
	w.agenda.enter(c.arrive, func() { w.arrived(c) })
}

// guestTare is what a vehicle weighs that is sent for a visitor, guestMass what its goods weigh where he has not said;
// both are made up.
const (
	guestTare = 15 * port.Tonne
	guestMass = 1 * port.Tonne
)

// manifestFor is the manifest that fits a declaration.
func (w *world) manifestFor(p *paper) manifest.Document {
	d := p.document
	m := manifest.Document{
		Direction: d.Direction, Function: "9", Batch: d.Batch, Carrier: "DEMO-CARRIER", Loaded: manifest.Laden, Crew: 1,
		Vehicle: manifest.Vehicle{Tare: guestTare},
	}
	if m.Direction == port.Transit {
		m.Direction = port.Import // it comes in, and leaves elsewhere
	}
	if m.Batch.Check() != nil {
		m.Batch = w.printer.guest(w.now())
	}
	plate, country, err := port.ParsePlate(d.Border.ID)
	for n := w.printer.guests; err != nil || w.expects(m.Direction, plate); n++ {
		plate, country, err = chinesePlate(w.planner.port.Plates.Local, n*plateStep%plateSeries), port.China, nil
	}
	if country == "" && d.Border.Nationality.Check() == nil {
		country = d.Border.Nationality
	}
	m.Vehicle.Plate, m.Vehicle.Nationality = plate, country
	bill := manifest.Waybill{Number: cmp.Or(d.Waybill, p.id.String()), Goods: "货物", GrossMass: d.GrossMass, Packages: d.Packages, Consignor: d.Consignor.Name, Consignee: d.Consignee.Name}
	var sum port.Kilograms
	for i := range d.Items {
		it := &d.Items[i]
		sum += it.GrossMass
		if bill.HS == "" && it.HS.Check() == nil {
			bill.HS = it.HS
		}
		if i == 0 && strings.TrimSpace(it.Description) != "" {
			bill.Goods = it.Description
		}
	}
	if bill.GrossMass <= 0 {
		if bill.GrossMass = max(sum, d.NetMass); bill.GrossMass <= 0 {
			bill.GrossMass = guestMass
		}
	}
	for _, e := range d.Equipment {
		number := port.ContainerNumber(e.ID)
		if number.Check() == nil && len(bill.Containers) < manifest.MaxContainers {
			bill.Containers = append(bill.Containers, manifest.Container{Number: number})
		}
	}
	m.Waybills = []manifest.Waybill{bill}
	return m
}

// expects tells whether a vehicle with the plate is on the road in a direction.
func (w *world) expects(direction port.Direction, plate port.Plate) bool {
	key := plate.Key()
	same := func(d port.Direction, p port.Plate) bool { return d == direction && p.Key() == key }
	for _, c := range w.lodging {
		if same(c.paper.Direction, c.paper.Vehicle.Known()) {
			return true
		}
	}
	for _, v := range w.docket.vehicles {
		if same(v.direction, v.plate) {
			return true
		}
	}
	return false
}
