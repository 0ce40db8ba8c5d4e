// Package cargo is the consignment: one lot of goods under one waybill, with a life of its own. It comes over the line
// on one or several conveyances, lies in custody, is declared, and leaves through a gate that need not be a border. What
// is taken out never exceeds what came in and was released.
//
// The record is an account of mass: announced, come in, taken out, and promised to conveyances that are to fetch it. A
// part that is declared apart becomes a lot of its own ([Split]) with its own account and its own release, so that a
// release is never of less than the whole account that it stands on.
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
	Said        Said           `json:"said,omitzero"` // what else the manifest says of the goods that others speak of too
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

// TakenOut: goods have left custody on a conveyance (提离). Assigned is what had been promised to it, where it came to
// fetch them; Mass is then what it weighs more than it came with.
type TakenOut struct {
	Consignment port.ID        `json:"consignment"`
	Movement    port.ID        `json:"movement"`
	Mass        port.Kilograms `json:"mass"`
	Assigned    port.Kilograms `json:"assigned,omitempty"`
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

// Assigned: goods that lie in custody are to leave it on a conveyance (提货; the pass document 核放单 of a zone). They are
// promised to it until it has gone.
type Assigned struct {
	Consignment port.ID        `json:"consignment"`
	Movement    port.ID        `json:"movement"`
	Mass        port.Kilograms `json:"mass"`
	Of          port.ID        `json:"of,omitzero"` // of a lot: the consignment that it is a part of
	Judged      port.Judged    `json:"judged,omitzero"`
}

// FactName is cargo.assigned.v1.
func (Assigned) FactName() string { return "cargo.assigned.v1" }

// Removed: a manifest that named the goods for a conveyance was changed or deleted before it came, or they were left
// behind (落装). Custody is as it was. Assigned says that they had been promised from custody.
type Removed struct {
	Consignment port.ID        `json:"consignment"`
	Movement    port.ID        `json:"movement"`
	Mass        port.Kilograms `json:"mass"`
	Assigned    bool           `json:"assigned,omitempty"`
}

// FactName is cargo.removed.v1.
func (Removed) FactName() string { return "cargo.removed.v1" }

// Split: a part of what lies in custody is declared apart (分批申报) and is from now on a lot of its own, under the number
// of its waybill with the lot's behind it.
type Split struct {
	Consignment port.ID        `json:"consignment"` // the lot
	From        port.ID        `json:"from"`
	Waybill     string         `json:"waybill"` // of the lot
	Direction   port.Direction `json:"direction"`
	Goods       string         `json:"goods"`
	HS          port.HSCode    `json:"hs,omitempty"`
	Mass        port.Kilograms `json:"mass"`
	Arrived     port.Time      `json:"arrived,omitempty"` // when the goods came into custody
}

// FactName is cargo.split.v1.
func (Split) FactName() string { return "cargo.split.v1" }

// Reported: the operator of the supervised place has said what has come in, or was counted there. Missing is what the
// manifests had announced beyond it; below zero there is more than that.
type Reported struct {
	Consignment port.ID        `json:"consignment"`
	Kind        string         `json:"kind"` // arrival or tally
	Place       string         `json:"place,omitempty"`
	At          port.Time      `json:"at"`
	Line        ReportLine     `json:"line"`
	Missing     port.Kilograms `json:"missing,omitempty"`
	Short       int64          `json:"short,omitempty"` // packages, as Missing
}

// FactName is cargo.reported.v1.
func (Reported) FactName() string { return "cargo.reported.v1" }

// Adjusted: stock was taken, and the account follows it (盘点损溢). Mass is what there is more; below zero, less.
type Adjusted struct {
	Consignment port.ID        `json:"consignment"`
	Mass        port.Kilograms `json:"mass"`
	Reason      string         `json:"reason"`
}

// FactName is cargo.adjusted.v1.
func (Adjusted) FactName() string { return "cargo.adjusted.v1" }

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
	Assigned  port.Kilograms `json:"assigned,omitempty"` // promised to conveyances that fetch it
	Lots      int            `json:"lots,omitempty"`     // parts that are lots of their own now
	Of        port.ID        `json:"of,omitzero"`        // of a lot: the consignment that it is a part of
	Arrived   port.Time      `json:"arrived,omitempty"`  // when the first of it came into custody
	Journey   *Journey       `json:"journey,omitempty"`  // what goes, or came, from one ledger to another
}

// OnHand is what lies in custody.
func (c *Consignment) OnHand() port.Kilograms { return c.In - c.Out }

// Free is what lies in custody and is promised to nobody.
func (c *Consignment) Free() port.Kilograms { return c.OnHand() - c.Assigned }

// Gone tells whether all of the consignment has left: everything that was named on a conveyance, and no part of the
// waybill is still to be put on one. One whose every part is a lot of its own is gone too.
func (c *Consignment) Gone() bool {
	return (c.Out > 0 || c.Lots > 0) && c.Announced >= c.GrossMass && c.Out >= c.Announced
}

// Facts are one zero value of each fact of this package.
func Facts() []ledger.Body {
	return []ledger.Body{
		Consigned{}, Entered{}, TakenOut{}, Returned{}, Assigned{}, Removed{}, Split{}, Reported{}, Adjusted{},
		Forwarded{}, Received{}, Arrived{}, Delivered{},
	}
}

// Consignments is the kind of record.
func Consignments() *ledger.Kind[Consignment] {
	k := ledger.NewKind[Consignment]("consignment", 4)
	forwards(k)
	ledger.On(k, func(b Consigned) port.ID { return b.Consignment }, func(x *ledger.Effects, c Consignment, _ *ledger.Fact, b Consigned) Consignment {
		x.Index(ByWaybill, b.Waybill, b.Consignment)
		c.Waybill, c.Direction, c.Goods, c.HS = b.Waybill, b.Direction, b.Goods, b.HS
		c.GrossMass, c.Packages = b.GrossMass, b.Packages
		c.Announced += b.OnMovement
		return c
	})
	ledger.On(k, func(b Entered) port.ID { return b.Consignment }, func(_ *ledger.Effects, c Consignment, f *ledger.Fact, b Entered) Consignment {
		c.In += b.Mass
		if c.Arrived == 0 {
			c.Arrived = f.At
		}
		return c
	})
	ledger.On(k, func(b Assigned) port.ID { return b.Consignment }, func(_ *ledger.Effects, c Consignment, _ *ledger.Fact, b Assigned) Consignment {
		c.Assigned += b.Mass
		return c
	})
	ledger.On(k, func(b TakenOut) port.ID { return b.Consignment }, func(x *ledger.Effects, c Consignment, _ *ledger.Fact, b TakenOut) Consignment {
		c.Out += b.Mass
		c.Assigned -= b.Assigned
		return c.left(x)
	})
	ledger.On(k, func(b Returned) port.ID { return b.Consignment }, func(_ *ledger.Effects, c Consignment, _ *ledger.Fact, b Returned) Consignment {
		c.Announced -= b.Mass
		if b.Entered {
			c.In -= b.Mass
		}
		return c
	})
	ledger.On(k, func(b Removed) port.ID { return b.Consignment }, func(_ *ledger.Effects, c Consignment, _ *ledger.Fact, b Removed) Consignment {
		if b.Assigned {
			c.Assigned -= b.Mass
		} else {
			c.Announced -= b.Mass
		}
		return c
	})
	ledger.On(k, func(b Split) port.ID { return b.Consignment }, func(x *ledger.Effects, _ Consignment, _ *ledger.Fact, b Split) Consignment {
		x.Index(ByWaybill, b.Waybill, b.Consignment)
		return Consignment{
			Waybill: b.Waybill, Direction: b.Direction, Goods: b.Goods, HS: b.HS, GrossMass: b.Mass, Announced: b.Mass, In: b.Mass, Of: b.From, Arrived: b.Arrived,
		}
	})
	ledger.On(k, func(b Split) port.ID { return b.From }, func(x *ledger.Effects, c Consignment, _ *ledger.Fact, b Split) Consignment {
		c.GrossMass -= b.Mass
		c.Announced -= b.Mass
		c.In -= b.Mass
		c.Lots++
		return c.left(x)
	})
	ledger.On(k, func(b Adjusted) port.ID { return b.Consignment }, func(x *ledger.Effects, c Consignment, _ *ledger.Fact, b Adjusted) Consignment {
		c.GrossMass += b.Mass
		c.Announced += b.Mass
		c.In += b.Mass
		return c.left(x)
	})
	return k
}

// left gives up the consignment's number once it is gone.
func (c Consignment) left(x *ledger.Effects) Consignment {
	if c.Gone() {
		x.Unindex(ByWaybill, c.Waybill)
	}
	return c
}
