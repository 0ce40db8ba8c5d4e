package simulator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// yard is the supervised yard 监管作业场所 of a port: loads that foreign vehicles have left there are declared together by
// contract, released, and fetched by vehicles and trains from inland. What lies where is the docket's to know.
type yard struct {
	contracts map[string]*contract
	declared  map[port.ID]bool // lots of which a declaration is on its way or stands
	called    map[port.ID]bool // lots that are being fetched
	rail      []port.ID        // released, waiting for a train
	trains    int
	fetchers  int
}

// contract is what one trader has in the yard of one kind of goods and has not declared.
type contract struct {
	lots  []port.ID
	count int // declarations so far
}

func newYard() *yard {
	return &yard{contracts: map[string]*contract{}, declared: map[port.ID]bool{}, called: map[port.ID]bool{}}
}

// yardPlace is the yard as manifests name it.
func (w *world) yardPlace() port.Place {
	return port.Place{Kind: port.AtYard, Code: "DEMO-" + string(w.id.Site())}
}

// unload empties a vehicle in the yard, once quarantine has ended: before that nothing may be unloaded (国境卫生检疫法,
// domain facts §3.5). What quarantine refuses goes to the exit gate, to be turned back.
func (w *world) unload(c *crossing) {
	v := w.docket.vehicles[c.movement]
	if c.stage != inside || v == nil {
		return
	}
	if n := find(v.needs, kindQuarantine); n != nil && !n.state.Settled() {
		if n.state == port.StateRefused {
			w.queue(c, port.DueExitGate)
		} else {
			w.after(backMost, func() { w.unload(c) })
		}
		return
	}
	subjects := []port.ID{c.movement}
	if c.paper.Vehicle.Automated {
		subjects = c.boxes() // a crane takes the boxes off with what is in them 吊装
	}
	for i, subject := range subjects {
		body := map[string]any{"subject": subject, "reason": reasonUnloaded}
		w.ask("detachment", "yard_operator", "/v1/movements/"+c.movement.String()+"/detachments", c.name()+"unload/"+strconv.Itoa(i), body, nil)
	}
}

// heardEnded: a vehicle is empty in the yard. It goes home from there, as a movement of its own.
func (w *world) heardEnded(id port.ID) {
	c := w.crossings[id]
	if c == nil {
		return
	}
	w.leave(c)
	w.tally.count(w.id, "unloaded")
	if c.paper.Direction == port.Import {
		w.report(c, cargo.TallyReport, "MT5401")
	}
	if c.truck != nil && c.leg == 0 && !c.truck.OneWay {
		w.set(&crossing{truck: c.truck, leg: 1}, w.now().Add(c.truck.Turn))
	}
}

// heardDetached: goods lie in the yard. Those of the simulator's own vehicles go to their contract.
func (w *world) heardDetached(b *movement.Detached) {
	if l := w.docket.lots[b.Subject]; b.Kind == port.ConsignmentSubject && l != nil {
		w.store(l)
	}
}

// store puts a load with the others of its contract; what lies there already is not put there twice.
func (w *world) store(l *lot) {
	if l.told || l.left() <= 0 || len(l.vehicles) > 0 || len(l.papers) > 0 || w.yard.declared[l.id] || w.printer.runOf(batchOf(l.waybill)) < 0 {
		return
	}
	w.yard.declared[l.id] = true
	key := string(l.bill.HS) + "|" + l.bill.Consignee
	k := w.yard.contracts[key]
	if k == nil {
		k = &contract{}
		w.yard.contracts[key] = k
	}
	k.lots = append(k.lots, l.id)
	w.tally.count(w.id, "stored")
	switch len(k.lots) {
	case w.profile.Yard.Contract.Value:
		w.declare(key)
	case 1:
		count := k.count
		w.after(w.dice("contract", l.waybill).about(w.profile.Times.Contract.Value), func() {
			if k.count == count {
				w.declare(key)
			}
		})
	}
}

// declare declares what a contract has in the yard, under one declaration. Of some loads it is a part only, the rest
// following later (分批申报).
func (w *world) declare(key string) {
	k := w.yard.contracts[key]
	lots := k.lots
	k.lots, k.count = nil, k.count+1
	var together []*lot
	for _, id := range lots {
		switch l := w.docket.lots[id]; {
		case l == nil || l.left() <= 0:
			delete(w.yard.declared, id)
		case w.dice("parts", l.waybill).chance(w.cfg.Rates.InParts.Value):
			w.declarePart(l, "1", l.left()*2/5)
			w.after(w.dice("second lot", l.waybill).about(w.profile.Times.SecondLot.Value), func() {
				if l := w.docket.lots[id]; l != nil {
					w.declarePart(l, "2", l.left())
				}
			})
		default:
			together = append(together, l)
		}
	}
	if len(together) > 0 {
		w.lodgeFor(together[0].waybill, w.printer.contract(together))
	}
}

func (w *world) declarePart(l *lot, number string, mass port.Kilograms) {
	part := *l
	part.in, part.out = mass, 0
	part.waybill = cargo.LotWaybill(l.waybill, number)
	w.tally.count(w.id, "declared.lot")
	w.lodgeFor(part.waybill, w.printer.contract([]*lot{&part}))
}

func (w *world) lodgeFor(name string, d declaration.Document) {
	w.ask("declaration", "trader", "/v1/declarations?port="+string(w.id), name+"/declaration", d, func(a answer) {
		if a.ok() {
			w.tally.count(w.id, "declared."+string(DeclareYard))
		}
	})
}

// heardTaken forgets a load of which nothing is left.
func (w *world) heardTaken(id port.ID) {
	if w.docket.lots[id] == nil {
		delete(w.yard.declared, id)
		delete(w.yard.called, id)
	}
}

// heardRelease: customs has let goods go that lie in the yard. They are called for.
func (w *world) heardRelease(id port.ID) {
	l := w.docket.lots[id]
	if l == nil || l.told || l.free() <= 0 || len(l.vehicles) > 0 || w.yard.called[id] || w.printer.runOf(batchOf(l.waybill)) < 0 || l.lots > 0 {
		return
	}
	if n := find(l.needs, port.CustomsRelease); n == nil || !n.state.Settled() {
		return
	}
	w.yard.called[id] = true
	if w.dice("rail", l.waybill).chance(w.planner.port.Rail.Value) {
		w.yard.rail = append(w.yard.rail, id)
		switch trains := w.yard.trains; len(w.yard.rail) {
		case w.profile.Yard.Train.Value:
			w.fetchByTrain()
		case 1:
			w.after(w.profile.Times.Contract.Value, func() {
				if w.yard.trains == trains {
					w.fetchByTrain() // it goes with what there is
				}
			})
		}
		return
	}
	payload := tonnes(w.profile.Yard.Payload.Value)
	for rest, n := l.free(), 0; rest > 0; n++ {
		mass := min(payload, rest)
		if rest-mass < payload/4 { // nobody comes for the last few tonnes alone
			mass = rest
		}
		w.fetch(l, mass, n)
		rest -= mass
	}
}

// fetch sends a vehicle from inland for a part of a load.
func (w *world) fetch(l *lot, mass port.Kilograms, n int) {
	d := w.dice("fetch", l.waybill, strconv.Itoa(n))
	w.yard.fetchers++
	at := w.yard.fetchers % fetchFleet
	c := &crossing{
		own:  &Leg{Direction: port.Import, Fetch: true, Yard: d.about(w.profile.Times.Unload.Value), Over: d.chance(w.cfg.Rates.Overloaded.Value)},
		mark: "fetch/" + l.waybill + "/" + strconv.Itoa(n), arrive: w.now().Add(d.about(w.profile.Times.Call.Value)),
		paper: manifest.Document{
			Direction: port.Import, Function: manifest.FunctionMain, Batch: w.printer.guest(w.now()), Carrier: w.profile.carrierOf(port.China, at),
			From: w.yardPlace(), Loaded: manifest.Laden, Crew: 1,
			Vehicle: manifest.Vehicle{
				Plate: chinesePlate(w.profile.Yard.Plates, at), Trailer: port.Plate(fmt.Sprintf("%s%04d挂", w.profile.Yard.Plates, at)), Nationality: port.China,
				Tare: tonnes(w.profile.Yard.Tare.Value * (1 + 0.03*newDice(w.cfg.Seed, "fetcher", strconv.Itoa(at)).NormFloat64())),
			},
			Waybills: []manifest.Waybill{w.fetched(l, mass)},
		},
	}
	w.agenda.enter(c.arrive.Add(-w.dice("call", c.mark).between(0, lateLead)), func() { w.lodge(c) })
	w.agenda.enter(c.arrive, func() { w.arrived(c) })
}

// fetchFleet is how many vehicles from inland there are; lateLead how long before it comes one is announced at most.
const (
	fetchFleet = 6000
	lateLead   = leadLeast / 2
)

// fetched is the waybill of what is fetched.
func (w *world) fetched(l *lot, mass port.Kilograms) manifest.Waybill {
	bill := manifest.Waybill{Number: l.waybill, Goods: l.bill.Goods, HS: l.bill.HS, GrossMass: l.in, Consignor: l.bill.Consignor, Consignee: l.bill.Consignee}
	if mass < l.in {
		bill.OnVehicle = mass
	}
	return bill
}

// fetchByTrain sends a train for what waits for one: two wagons for a load.
func (w *world) fetchByTrain() {
	waiting := w.yard.rail
	w.yard.rail = nil
	w.yard.trains++
	c := &crossing{
		own: &Leg{Direction: port.Import, Fetch: true, Yard: w.profile.Times.Train.Value}, mark: "train/" + strconv.Itoa(w.yard.trains), arrive: w.now().Add(w.profile.Times.Call.Value),
		paper: manifest.Document{
			Direction: port.Import, Function: manifest.FunctionMain, Batch: w.printer.guest(w.now()), Carrier: w.profile.carrierOf(port.China, 2),
			From: w.yardPlace(), Loaded: manifest.Laden, Crew: 2,
			Vehicle: manifest.Vehicle{Kind: port.TrainSet, Mark: w.printer.trainMark(), Nationality: port.China},
		},
	}
	for i, id := range waiting {
		l := w.docket.lots[id]
		if l == nil || l.free() <= 0 {
			continue
		}
		bill := w.fetched(l, l.free())
		for n := range 2 {
			bill.Wagons = append(bill.Wagons, manifest.Wagon{Number: demoWagon(port.China, 2*i+n+w.yard.trains*100)})
		}
		c.paper.Waybills = append(c.paper.Waybills, bill)
	}
	if len(c.paper.Waybills) == 0 {
		return
	}
	w.tally.count(w.id, "train.called")
	w.after(0, func() { w.lodge(c) })
	w.agenda.enter(c.arrive, func() { w.arrived(c) })
}

// takeStock finds what earlier runs have left in the yard: undeclared loads go to their contracts, released ones are
// called for again.
func (w *world) takeStock() {
	var ids []port.ID
	for id := range w.docket.lots {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b port.ID) int { return strings.Compare(a.String(), b.String()) })
	for _, id := range ids {
		if l := w.docket.lots[id]; l != nil && l.left() > 0 && len(l.vehicles) == 0 {
			w.store(l)
			w.heardRelease(id)
		}
	}
}
