package manifest

import (
	"strconv"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/review"
	"github.com/guomen/guomen/port"
)

// Limits on one vehicle's manifest. MaxWaybills: a truck of groupage carries some dozens of waybills, 999 is what three
// digits number. MaxContainers: a tractor with two trailers takes four boxes of twenty feet; twice that is no truck.
// MaxSeals: a box has one to four. MaxCrew: a coach's driver and guides; passengers are no crew.
const (
	MaxWaybills   = 999
	MaxContainers = 8
	MaxSeals      = 20
	MaxCrew       = 20
)

// What a vehicle may be loaded with.
const (
	Laden          = "laden"           // 载货
	Empty          = "empty"           // 空载
	EmptyContainer = "empty_container" // 空集装箱
)

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
	r.Require("batch", d.Batch != "")
	if d.Batch != "" { // the Chinese side gives it, so a wrong one is a mistake
		r.Value("batch", d.Batch.Check(), errs.Error)
	}
	review.Identifier(r, "office", d.Office)
	r.Require("carrier", d.Carrier != "")
	r.Firm("carrier", d.Carrier)
	r.Time("expected", d.Expected)
	r.Choice("loaded", d.Loaded, Laden, Empty, EmptyContainer)
	if d.Crew < 0 || d.Crew > MaxCrew {
		r.Fail("crew", "manifest.crew", strconv.Itoa(MaxCrew))
	}
	r.In("vehicle")
	r.Require("plate", d.Vehicle.Plate != "")
	review.Identifier(r, "plate", d.Vehicle.Plate)
	review.Identifier(r, "trailer", d.Vehicle.Trailer)
	review.Identifier(r, "nationality", d.Vehicle.Nationality)
	r.Text("permit", d.Vehicle.Permit, review.ID)
	review.NotNegative(r, "tare", d.Vehicle.Tare)
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
		r.Out()
	}
	if len(boxes) > MaxContainers {
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
	r.Text("dangerous", w.Dangerous, review.Code)
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
		if r.AtMost("seals", len(c.Seals), MaxSeals) {
			for j, seal := range c.Seals {
				r.At("seals", j)
				r.Text("", seal, review.ID)
				r.Out()
			}
		}
		boxes[c.Number] = true // two waybills may share a box
		r.Out()
	}
}
