package simulator

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// Train is one train's crossing as it is planned.
type Train struct {
	Key       string // names it among all of a port's and a seed's: day and number
	Port      port.PortID
	Mark      string // train number 车次
	Direction port.Direction
	Arrive    time.Time
	Lead      time.Duration
	Stands    time.Duration // from coming to being ready to go on
	Waybills  []manifest.Waybill
	Traders   []Firm // of the waybills
	Held      string // the number of a wagon that is examined, held and left behind; empty: none
}

// trains makes the trains that arrive from one instant to another, in the order of arrival.
func (p *planner) trains(from, to time.Time) (trains []Train) {
	if p.port == nil {
		return nil
	}
	for midnight := midnightOf(from); midnight.Before(to); midnight = midnight.AddDate(0, 0, 1) {
		day := midnight.Format(time.DateOnly)
		number := 0
		for i := range p.port.Trains {
			flow := &p.port.Trains[i]
			for range newDice(p.seed, "trains", string(p.id), day, strconv.Itoa(i)).poisson(flow.Trains * p.usual("", midnight)) {
				number++
				if t := p.train(midnight, day, number, flow); !t.Arrive.Before(from) && t.Arrive.Before(to) {
					trains = append(trains, t)
				}
			}
		}
	}
	slices.SortStableFunc(trains, func(a, b Train) int { return a.Arrive.Compare(b.Arrive) })
	return trains
}

func (p *planner) train(midnight time.Time, day string, number int, flow *TrainFlow) Train {
	t := Train{Key: fmt.Sprintf("%s/T%03d", day, number), Port: p.id, Direction: flow.Direction, Mark: fmt.Sprintf("X8%03d", 2*number)}
	country := port.China
	if flow.Direction == port.Import {
		t.Mark, country = fmt.Sprintf("X8%03d", 2*number+1), p.port.Neighbour.Country
	}
	d := newDice(p.seed, "train", string(p.id), t.Key)
	weights := p.hoursOf("", true)
	t.Arrive = midnight.Add(time.Duration(d.weighted(weights[:]))*time.Hour + d.between(0, time.Hour))
	t.Lead, t.Stands = 2*leadLeast+d.between(10*time.Minute, 2*time.Hour), d.about(p.profile.Times.Train.Value)
	goods, mass := p.profile.Goods[flow.Goods], tonnes(p.profile.Wagon.Value)
	start := d.IntN(1_000_000)
	for n := range flow.Consignees {
		firm := demoFirm(d)
		w := manifest.Waybill{
			Number: fmt.Sprintf("SMGS-%s-%s-%03d%02d", p.id.Site(), day, number, n+1), Goods: goods.Name, HS: goods.HS, Dangerous: goods.Dangerous,
			Consignor: fmt.Sprintf("Demo Trading %02d LLC", 1+d.IntN(40)), Consignee: firm.Name,
		}
		if flow.Direction == port.Export {
			w.Consignor, w.Consignee = w.Consignee, w.Consignor
		}
		for wagon := n; wagon < flow.Wagons; wagon += flow.Consignees {
			w.Wagons = append(w.Wagons, manifest.Wagon{Number: demoWagon(country, start+wagon), Mass: mass, Seals: []string{fmt.Sprintf("DM%06d", d.IntN(1_000_000))}})
			w.GrossMass += mass
		}
		t.Waybills, t.Traders = append(t.Waybills, w), append(t.Traders, firm)
	}
	if flow.Direction == port.Import && d.chance(p.rates.WagonHeld.Value) {
		wagons := t.Waybills[d.IntN(len(t.Waybills))].Wagons
		t.Held = wagons[d.IntN(len(wagons))].Number
	}
	return t
}

// roll puts a planned train on the road.
func (w *world) roll(t *Train) {
	c := &crossing{
		own: &Leg{Direction: t.Direction, Yard: t.Stands, Lead: t.Lead}, mark: t.Key, arrive: t.Arrive, lookOut: t.Held, traders: t.Traders,
		paper: manifest.Document{
			Direction: t.Direction, Function: manifest.FunctionMain, Carrier: w.profile.carrierOf(port.China, 2), Loaded: manifest.Laden, Crew: 2,
			Vehicle: manifest.Vehicle{Kind: port.TrainSet, Mark: t.Mark, Nationality: port.China}, Waybills: t.Waybills,
		},
	}
	for i := range c.paper.Waybills { // what an earlier run announced is not announced again
		c.paper.Waybills[i].Number += w.printer.suffix()
	}
	at := c.arrive.Add(-t.Lead)
	if now := w.now(); at.Before(now) {
		at = now
	}
	w.agenda.enter(at, func() { w.lodge(c) })
	w.agenda.enter(c.arrive, func() { w.arrived(c) })
}

// inspectWagon has one wagon of a train that stands here examined, held, and taken off, so that the train may go on. It
// is cleared later and leaves with a train that comes for it.
func (w *world) inspectWagon(c *crossing) {
	unit := c.unit(c.lookOut)
	if unit.IsZero() {
		return
	}
	c.lookOut = ""
	id, ask := c.movement.String(), func(what, role, path string, body any, done func()) {
		w.ask(what, role, path, c.name()+what, body, func(a answer) {
			if a.ok() {
				done()
			}
		})
	}
	order := map[string]any{"subject": unit, "kind": kindInspection, "due": port.DueExitGate, "reason": reasonImage}
	ask("order", "inspection", "/v1/movements/"+id+"/orders", order, func() {
		w.tally.count(w.id, "wagon.examined")
		w.after(w.dice("wagon", c.name()).about(w.profile.Times.Inspect.Value), func() {
			verdict := map[string]any{"result": port.ResultHeld, "reason": reasonDiffers}
			ask("verdict", "inspection", "/v1/requirements/"+unit.String()+"."+string(kindInspection)+"/verdicts", verdict, func() {
				w.setOff(c, unit)
			})
		})
	})
}

// setOff takes a held wagon off its train. The officer comes back to it when its goods have been looked at.
func (w *world) setOff(c *crossing, unit port.ID) {
	off := map[string]any{"subject": unit, "reason": reasonHeld}
	w.ask("detachment", "yard_operator", "/v1/movements/"+c.movement.String()+"/detachments", c.name()+"set off", off, func(a answer) {
		if !a.ok() {
			return
		}
		w.tally.count(w.id, "wagon.left_behind")
		w.again(c)
		w.after(w.dice("cleared", c.name()).about(w.profile.Times.Hold.Value), func() {
			w.ask("verdict", "inspection", "/v1/requirements/"+unit.String()+"."+string(kindInspection)+"/verdicts", c.name()+"cleared", map[string]any{"result": port.ResultMet}, func(a answer) {
				if a.ok() {
					w.collect(unit)
				}
			})
		})
	})
}

// collect sends a train for a wagon that stands in the yard.
func (w *world) collect(unit port.ID) {
	c := &crossing{
		own: &Leg{Direction: port.Import, Yard: guestYard, Fetch: true}, mark: "collect/" + unit.String(), arrive: w.now().Add(guestSoon), takes: unit,
		paper: manifest.Document{
			Direction: port.Import, Function: manifest.FunctionMain, Carrier: w.profile.carrierOf(port.China, 2), From: w.yardPlace(), Loaded: manifest.Empty, Crew: 2,
			Vehicle: manifest.Vehicle{Kind: port.TrainSet, Mark: w.printer.trainMark(), Nationality: port.China},
		},
	}
	w.lodge(c)
	w.agenda.enter(c.arrive, func() { w.arrived(c) })
}

// hitch puts the wagon that a train came for on it.
func (w *world) hitch(c *crossing) {
	w.ask("attachment", "yard_operator", "/v1/movements/"+c.movement.String()+"/attachments", c.name()+"hitch", map[string]any{"unit": c.takes}, func(a answer) {
		if a.ok() {
			w.tally.count(w.id, "wagon.collected")
		}
	})
}
