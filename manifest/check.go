package manifest

import (
	"strconv"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/review"
	"github.com/guomen/guomen/port"
)

// Limits on one vehicle's manifest. MaxWaybills: a truck of groupage carries some dozens of waybills, 999 is what three
// digits number. MaxContainers: a tractor with two trailers takes four boxes of twenty feet; twice that is no truck.
// MaxWagons: a train of 1,050 m, the longest that a passing track takes, has some seventy wagons.
// MaxSeals: a box has one to four. MaxCrew: a coach's driver and guides; passengers are no crew.
const (
	MaxWaybills   = 999
	MaxContainers = 8
	MaxWagons     = 120
	MaxSeals      = 20
	MaxCrew       = 20
	MaxRouting    = 99 // UN/EDIFACT allows as many

	MaxWaybillItems = 999 // as many as waybills: groupage has a line for each parcel
)

// What a vehicle may be loaded with.
const (
	Laden          = "laden"           // 载货
	Empty          = "empty"           // 空载
	EmptyContainer = "empty_container" // 空集装箱
)

// CheckConfirmation checks what a carrier confirms of a crossing.
func CheckConfirmation(c *Confirmation) []errs.Problem {
	r := &review.Review{}
	r.Require("direction", c.Direction != "")
	r.Choice("direction", string(c.Direction), string(port.Import), string(port.Export), string(port.Transit))
	r.Choice("function", c.Function, FunctionOther, FunctionAdd, FunctionDelete, FunctionChange, FunctionMain)
	r.Text("message", c.Message, review.Code)
	batch(r, c.Batch, c.Vehicle.Kind.Road())
	review.Identifier(r, "office", c.Office)
	r.Require("carrier", c.Carrier != "")
	r.Firm("carrier", c.Carrier)
	r.Time("expected", c.Expected)
	r.Choice("loaded", c.Loaded, Laden, Empty, EmptyContainer)
	crew(r, c.Crew)
	vehicle(r, &c.Vehicle, false)
	r.Text("health", c.Health, review.Text)
	r.Text("vaccination", c.Vaccination, review.Text)
	if r.AtMost("routing", len(c.Routing), MaxRouting) {
		for i, country := range c.Routing {
			r.At("routing", i)
			review.Identifier(r, "", country)
			r.Out()
		}
	}
	containers(r, c.Containers, map[port.ContainerNumber]bool{})
	numbers(r, "waybills", c.Waybills)
	return r.Problems()
}

// CheckPacking checks a packing list.
func CheckPacking(p *Packing) []errs.Problem {
	r := &review.Review{}
	r.Choice("function", p.Function, FunctionOther, FunctionAdd, FunctionDelete, FunctionChange, FunctionMain)
	r.Text("message", p.Message, review.Code)
	review.Identifier(r, "office", p.Office)
	r.Firm("packer", p.Packer)
	r.Require("boxes", len(p.Boxes) > 0)
	if r.AtMost("boxes", len(p.Boxes), MaxWaybills) {
		for i := range p.Boxes {
			r.At("boxes", i)
			packed(r, &p.Boxes[i])
			r.Out()
		}
	}
	return r.Problems()
}

func packed(r *review.Review, b *PackedBox) {
	r.Require("number", b.Number != "")
	review.Identifier(r, "number", b.Number)
	review.NotNegative(r, "tare", b.Tare)
	seals(r, b.Seals)
	r.Require("goods", len(b.Goods) > 0)
	if !r.AtMost("goods", len(b.Goods), MaxWaybills) {
		return
	}
	for i := range b.Goods {
		g := &b.Goods[i]
		r.At("goods", i)
		r.Require("waybill", g.Waybill != "")
		r.Text("waybill", g.Waybill, review.ID)
		review.NotNegative(r, "gross_mass", g.GrossMass)
		review.NotNegative(r, "packages", g.Packages)
		r.Out()
	}
}

// CheckReload checks what is said of goods that did not go.
func CheckReload(l *Reload) []errs.Problem {
	r := &review.Review{}
	r.Require("direction", l.Direction != "")
	r.Choice("direction", string(l.Direction), string(port.Import), string(port.Export), string(port.Transit))
	r.Choice("function", l.Function, FunctionOther, FunctionAdd, FunctionDelete, FunctionChange, FunctionMain)
	r.Text("message", l.Message, review.Code)
	review.Identifier(r, "office", l.Office)
	batch(r, l.Batch, true)
	review.Identifier(r, "plate", l.Plate)
	r.Require("waybills", len(l.Waybills) > 0)
	numbers(r, "waybills", l.Waybills)
	if l.To != "" {
		r.Value("to", l.To.Check(), errs.Error)
	}
	review.Identifier(r, "to_plate", l.ToPlate)
	r.Text("reason", l.Reason, review.Text)
	return r.Problems()
}

// numbers checks a list of waybill numbers.
func numbers(r *review.Review, name string, list []string) {
	if !r.AtMost(name, len(list), MaxWaybills) {
		return
	}
	for i, number := range list {
		r.At(name, i)
		r.Require("", number != "")
		r.Text("", number, review.ID)
		r.Out()
	}
}

// Check makes the checks that need no law: that the manifest names its crossing, its vehicle and what is on it, and
// keeps to its limits. Identifiers that a foreign carrier's may differ from are warned of.
func Check(d *Document) []errs.Problem {
	r := &review.Review{}
	header(r, d)
	if r.AtMost("waybills", len(d.Waybills), MaxWaybills) {
		waybills(r, d)
	}
	return r.Problems()
}

func header(r *review.Review, d *Document) {
	r.Require("direction", d.Direction != "")
	r.Choice("direction", string(d.Direction), string(port.Import), string(port.Export), string(port.Transit))
	r.Choice("function", d.Function, FunctionOther, FunctionAdd, FunctionDelete, FunctionChange, FunctionMain)
	r.Text("message", d.Message, review.Code)
	r.Text("reason", d.Reason, review.Code)
	r.Text("reference", d.Reference, review.Reference)
	r.Text("pass", d.Pass, review.Code)
	batch(r, d.Batch, d.Numbered())
	review.Identifier(r, "office", d.Office)
	r.Require("carrier", d.Carrier != "")
	r.Firm("carrier", d.Carrier)
	place(r, "from", d.From)
	place(r, "to", d.To)
	if from, to := port.Ends(d.Direction, d.From, d.To); from == to && from.Kind != port.AtInland {
		r.Fail("to", "manifest.nowhere", string(to.Kind))
	}
	r.Time("expected", d.Expected)
	r.Time("started", d.Started)
	r.Time("loading", d.Loading)
	r.Choice("loaded", d.Loaded, Laden, Empty, EmptyContainer)
	crew(r, d.Crew)
	vehicle(r, &d.Vehicle, d.Unnamed())
}

// batch checks a batch number. The Chinese side gives it, so a wrong one is a mistake.
func batch(r *review.Review, batch port.BatchNumber, required bool) {
	r.Require("batch", batch != "" || !required)
	if batch != "" {
		r.Value("batch", batch.Check(), errs.Error)
	}
}

func crew(r *review.Review, crew int64) {
	if crew < 0 || crew > MaxCrew {
		r.Fail("crew", "manifest.crew", strconv.Itoa(MaxCrew))
	}
}

func place(r *review.Review, name string, p port.Place) {
	r.In(name)
	var kinds []string
	for _, kind := range port.PlaceKinds() {
		kinds = append(kinds, string(kind))
	}
	r.Choice("kind", string(p.Kind), kinds...)
	r.Require("kind", p.Kind != "" || p.Code == "")
	r.Text("code", p.Code, review.Code)
	r.Out()
}

// vehicle checks a conveyance. Goods may be filed before anybody says which brings them.
func vehicle(r *review.Review, v *Vehicle, unnamed bool) {
	r.In("vehicle")
	var kinds []string
	for _, kind := range port.ConveyanceKinds() {
		kinds = append(kinds, string(kind))
	}
	r.Choice("kind", string(v.Kind), kinds...)
	if v.Kind.Road() {
		r.Require("plate", v.Plate != "" || unnamed)
	} else if !unnamed {
		r.Require("mark", v.Known() != "")
	}
	review.Identifier(r, "plate", v.Plate)
	r.Text("mark", v.Mark, review.Code)
	review.Identifier(r, "trailer", v.Trailer)
	review.Identifier(r, "nationality", v.Nationality)
	r.Text("permit", v.Permit, review.ID)
	review.NotNegative(r, "tare", v.Tare)
	review.NotNegative(r, "trailer_tare", v.TrailerTare)
	r.Out()
}

func waybills(r *review.Review, d *Document) {
	deleted := d.Function == FunctionDelete // a deletion names the batch and the vehicle, and need not repeat the rest
	switch {
	case d.Loaded == Laden && len(d.Waybills) == 0 && !deleted:
		r.Fail("waybills", "manifest.laden")
	case d.Loaded == Empty && len(d.Waybills) > 0:
		r.Fail("waybills", "manifest.empty")
	}
	first := map[string]int{}
	boxes := map[port.ContainerNumber]bool{}
	for i := range d.Waybills {
		w := &d.Waybills[i]
		r.At("waybills", i)
		r.Require("number", w.Number != "")
		r.Text("number", w.Number, review.ID)
		if earlier, twice := first[w.Number]; twice && w.Number != "" {
			r.Fail("number", "manifest.waybill_twice", w.Number, strconv.Itoa(earlier+1))
		} else {
			first[w.Number] = i
		}
		waybill(r, w, deleted)
		containers(r, w.Containers, boxes)
		wagons(r, w.Wagons)
		r.Out()
	}
	if d.Vehicle.Kind.Road() && len(boxes) > MaxContainers {
		r.Fail("waybills", "manifest.containers", strconv.Itoa(MaxContainers), strconv.Itoa(len(boxes)))
	}
}

func waybill(r *review.Review, w *Waybill, deleted bool) {
	r.Require("goods", w.Goods != "" || deleted)
	r.Text("goods", w.Goods, review.Text)
	review.Identifier(r, "hs", w.HS)
	review.NotNegative(r, "gross_mass", w.GrossMass)
	review.NotNegative(r, "on_vehicle", w.OnVehicle)
	r.Require("gross_mass", w.GrossMass != 0 || deleted)
	if w.OnVehicle > w.GrossMass && w.GrossMass > 0 {
		r.Fail("on_vehicle", "manifest.on_vehicle", w.OnVehicle.String(), w.GrossMass.String())
	}
	review.NotNegative(r, "packages", w.Packages)
	r.Text("consignor", w.Consignor, review.Name)
	r.Text("consignee", w.Consignee, review.Name)
	r.Firm("consignor_id", w.ConsignorID)
	r.Firm("consignee_id", w.ConsigneeID)
	r.Text("dangerous", w.Dangerous, review.Code)
	r.Text("procedure", w.Procedure, review.Code)
	r.Text("packaging", w.Packaging, review.Code)
	review.Identifier(r, "transit_office", w.Transit)
	if r.AtMost("items", len(w.Items), MaxWaybillItems) {
		for i := range w.Items {
			r.At("items", i)
			item(r, &w.Items[i])
			r.Out()
		}
	}
}

func item(r *review.Review, it *Item) {
	review.NotNegative(r, "number", it.Number)
	r.Text("goods", it.Goods, review.Text)
	r.Text("details", it.Details, review.Text)
	review.Identifier(r, "hs", it.HS)
	r.Text("dangerous", it.Dangerous, review.Code)
	review.NotNegative(r, "gross_mass", it.GrossMass)
	review.NotNegative(r, "packages", it.Packages)
	r.Text("packaging", it.Packaging, review.Code)
}

func containers(r *review.Review, list []Container, boxes map[port.ContainerNumber]bool) {
	if !r.AtMost("containers", len(list), MaxContainers) {
		return
	}
	for i := range list {
		c := &list[i]
		r.At("containers", i)
		r.Require("number", c.Number != "")
		review.Identifier(r, "number", c.Number)
		review.NotNegative(r, "tare", c.Tare)
		seals(r, c.Seals)
		boxes[c.Number] = true // two waybills may share a box
		r.Out()
	}
}

func wagons(r *review.Review, list []Wagon) {
	if !r.AtMost("wagons", len(list), MaxWagons) {
		return
	}
	for i := range list {
		w := &list[i]
		r.At("wagons", i)
		r.Require("number", w.Number != "")
		r.Text("number", w.Number, review.ID)
		review.NotNegative(r, "tare", w.Tare)
		seals(r, w.Seals)
		r.Out()
	}
}

func seals(r *review.Review, list []string) {
	if r.AtMost("seals", len(list), MaxSeals) {
		for i, seal := range list {
			r.At("seals", i)
			r.Text("", seal, review.ID)
			r.Out()
		}
	}
}
