// Package cargo is the consignment: one lot of goods under one waybill, with a life of its own. It comes over the line
// on one or several vehicles, lies in custody, is declared, and leaves through a gate that need not be a border. What
// is taken out never exceeds what came in and was released.
package cargo

import (
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// ByWaybill is the kind of look-up from a waybill number to its open consignment.
const ByWaybill = "waybill"

// Consigned: a manifest says that a vehicle carries goods of a consignment. A waybill over several vehicles gives one
// such fact a vehicle. Judged.Demands are what the law asks of the consignment because it is carried.
type Consigned struct {
	Consignment port.ID        `json:"consignment"`
	Movement    port.ID        `json:"movement"`
	Waybill     string         `json:"waybill"`
	Direction   port.Direction `json:"direction"`
	Goods       string         `json:"goods"`
	HS          port.HSCode    `json:"hs,omitempty"`
	GrossMass   port.Kilograms `json:"gross_mass"`  // of the whole waybill
	OnMovement  port.Kilograms `json:"on_movement"` // on this vehicle
	Packages    int64          `json:"packages,omitempty"`
	Judged      port.Judged    `json:"judged,omitzero"`
}

// FactName is cargo.consigned.v1.
func (Consigned) FactName() string { return "cargo.consigned.v1" }

// Entered: goods have come into the supervised place on a vehicle (运抵).
type Entered struct {
	Consignment port.ID        `json:"consignment"`
	Movement    port.ID        `json:"movement"`
	Mass        port.Kilograms `json:"mass"`
}

// FactName is cargo.entered.v1.
func (Entered) FactName() string { return "cargo.entered.v1" }

// TakenOut: goods have left custody on a vehicle (提离).
type TakenOut struct {
	Consignment port.ID        `json:"consignment"`
	Movement    port.ID        `json:"movement"`
	Mass        port.Kilograms `json:"mass"`
}

// FactName is cargo.taken_out.v1.
func (TakenOut) FactName() string { return "cargo.taken_out.v1" }

// Returned: a vehicle was turned back with goods of a consignment on it (退运). Entered says whether they had come into
// the supervised place.
type Returned struct {
	Consignment port.ID        `json:"consignment"`
	Movement    port.ID        `json:"movement"`
	Mass        port.Kilograms `json:"mass"`
	Entered     bool           `json:"entered,omitempty"`
}

// FactName is cargo.returned.v1.
func (Returned) FactName() string { return "cargo.returned.v1" }

// Consignment is the record of a consignment: how much of it is where.
type Consignment struct {
	Waybill   string         `json:"waybill"`
	Direction port.Direction `json:"direction"`
	Goods     string         `json:"goods"`
	HS        port.HSCode    `json:"hs,omitempty"`
	GrossMass port.Kilograms `json:"gross_mass"`
	Announced port.Kilograms `json:"announced"` // on vehicles named so far
	In        port.Kilograms `json:"in"`        // come into custody
	Out       port.Kilograms `json:"out"`       // taken out of it
	Packages  int64          `json:"packages,omitempty"`
	Movements int            `json:"movements"`         // vehicles named so far
	Left      int            `json:"left"`              // of them, gone with their goods
	Journey   *Journey       `json:"journey,omitempty"` // what goes, or came, from one ledger to another
}

// Gone tells whether all of the consignment has left: every vehicle that was named for it, and no part of the waybill is
// still to be put on one.
func (c *Consignment) Gone() bool {
	return c.Movements > 0 && c.Left >= c.Movements && c.Announced >= c.GrossMass
}

// Facts are one zero value of each fact of this package.
func Facts() []ledger.Body {
	return []ledger.Body{Consigned{}, Entered{}, TakenOut{}, Returned{}, Forwarded{}, Received{}, Arrived{}, Delivered{}}
}

// Consignments is the kind of record.
func Consignments() *ledger.Kind[Consignment] {
	k := ledger.NewKind[Consignment]("consignment", 3)
	forwards(k)
	ledger.On(k, func(b Consigned) port.ID { return b.Consignment }, func(x *ledger.Effects, c Consignment, _ *ledger.Fact, b Consigned) Consignment {
		x.Index(ByWaybill, b.Waybill, b.Consignment)
		c.Waybill, c.Direction, c.Goods, c.HS = b.Waybill, b.Direction, b.Goods, b.HS
		c.GrossMass, c.Packages = b.GrossMass, b.Packages
		c.Announced += b.OnMovement
		c.Movements++
		return c
	})
	ledger.On(k, func(b Entered) port.ID { return b.Consignment }, func(_ *ledger.Effects, c Consignment, _ *ledger.Fact, b Entered) Consignment {
		c.In += b.Mass
		return c
	})
	ledger.On(k, func(b TakenOut) port.ID { return b.Consignment }, func(x *ledger.Effects, c Consignment, _ *ledger.Fact, b TakenOut) Consignment {
		c.Out += b.Mass
		c.Left++
		if c.Gone() {
			x.Unindex(ByWaybill, c.Waybill)
		}
		return c
	})
	ledger.On(k, func(b Returned) port.ID { return b.Consignment }, func(_ *ledger.Effects, c Consignment, _ *ledger.Fact, b Returned) Consignment {
		c.Announced -= b.Mass
		c.Movements--
		if b.Entered {
			c.In -= b.Mass
		}
		return c
	})
	return k
}
