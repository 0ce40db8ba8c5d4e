package simulator

import (
	"encoding/json"
	"time"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// Messages that carriers and the yard send beside manifests: confirmations shortly before a crossing, and reports of what
// has come in and was counted. Some send them, as a share of the profile; all do where the law demands it.

// confirmAhead is how long before it comes a carrier confirms a crossing (承运确报).
const confirmAhead = 30 * time.Minute

// confirm has the carrier confirm a crossing over the line by road before the vehicle comes.
func (w *world) confirm(c *crossing) {
	if !c.ours() || c.inland() || !c.paper.Vehicle.Kind.Road() {
		return
	}
	v := w.docket.vehicles[c.movement]
	demanded := v != nil && find(v.needs, port.Confirmed) != nil
	if !demanded && !w.dice("confirms", c.name()).chance(w.cfg.Rates.Confirmed.Value) {
		return
	}
	w.after(max(c.arrive.Sub(w.now())-confirmAhead, 0), func() {
		if c.stage == gone {
			return
		}
		m := &c.paper
		d := manifest.Confirmation{
			Message: confirmations[m.Direction][m.Loaded == manifest.Laden], Direction: m.Direction, Function: manifest.FunctionMain, Batch: m.Batch, Carrier: m.Carrier,
			Vehicle: m.Vehicle, Expected: m.Expected, Loaded: m.Loaded, Crew: m.Crew,
		}
		if !m.Vehicle.Automated {
			d.Health, d.Vaccination = "正常", "已接种"
		}
		d.Routing = []port.Country{w.planner.port.Neighbour.Country}
		for i := range m.Waybills {
			d.Waybills = append(d.Waybills, m.Waybills[i].Number)
		}
		w.message("confirmation", w.carrierRole(c), c.name()+"confirmation", d)
	})
}

// confirmations are the kinds of message by direction and by whether the vehicle is laden (domain facts §2.4).
var confirmations = map[port.Direction]map[bool]string{
	port.Import: {true: "MT4401", false: "MT4403"}, port.Export: {true: "MT4402", false: "MT4404"},
}

// report has the yard say what has come in with a vehicle (运抵报告), or what was counted when it was unloaded (理货报告).
func (w *world) report(c *crossing, kind, message string) {
	if !c.ours() || c.inland() || len(c.paper.Waybills) == 0 {
		return
	}
	demanded := false
	if v := w.docket.vehicles[c.movement]; v != nil {
		for _, carried := range v.carries {
			l := w.docket.lots[carried.lot]
			demanded = demanded || l != nil && (find(l.needs, port.ArrivalReported) != nil || find(l.needs, port.Tallied) != nil)
		}
	}
	if !demanded && !w.dice("reports", c.name()).chance(w.cfg.Rates.Reported.Value) {
		return
	}
	d := cargo.Report{
		Kind: kind, Message: message, Direction: c.paper.Direction, Place: w.yardPlace().Code, Batch: c.paper.Batch, Plate: c.paper.Vehicle.Plate, At: w.stamp(w.now()),
	}
	for i := range c.paper.Waybills {
		bill := &c.paper.Waybills[i]
		line := cargo.ReportLine{Waybill: bill.Number, GrossMass: bill.GrossMass, Packages: bill.Packages}
		for _, box := range bill.Containers {
			line.Containers = append(line.Containers, box.Number)
		}
		d.Lines = append(d.Lines, line)
	}
	w.message("report", "yard_operator", c.name()+"report/"+kind, d)
}

func (w *world) message(what, role, name string, document any) {
	data, err := json.Marshal(document)
	if err != nil {
		w.log.Error("a message cannot be written", "what", what, "error", err)
		return
	}
	w.send(what, role, "/v1/messages?port="+string(w.id), name, "application/json", data, func(a answer) {
		if a.ok() {
			w.tally.count(w.id, "sent."+what)
		}
	})
}
