package cargo

import (
	"slices"

	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// Forwarded: goods of a consignment go on to another ledger: with a vehicle that is diverted before it came, or out of
// custody here to a zone or an inland customs place under supervision (转关). The consignment keeps its id.
type Forwarded struct {
	Consignment port.ID        `json:"consignment"`
	Movement    port.ID        `json:"movement,omitzero"` // that they go on, or were to come on
	Waybill     string         `json:"waybill"`
	Direction   port.Direction `json:"direction"`
	Goods       string         `json:"goods"`
	HS          port.HSCode    `json:"hs,omitempty"`
	Mass        port.Kilograms `json:"mass"`
	From        ledger.Name    `json:"from"`
	To          ledger.Name    `json:"to"`
	Custody     bool           `json:"custody,omitempty"` // they lay here and were taken out
}

// FactName is cargo.forwarded.v1.
func (Forwarded) FactName() string { return "cargo.forwarded.v1" }

// Received: the ledger that the goods were forwarded to knows of them: the other half of cargo.forwarded. As is the
// consignment of the same waybill that a manifest had named here before; absent: the goods keep their id here too.
type Received struct {
	Forwarded
	As  port.ID `json:"as,omitzero"`
	Seq uint64  `json:"seq"` // of cargo.forwarded in From
}

// FactName is cargo.received.v1.
func (Received) FactName() string { return "cargo.received.v1" }

// Known is the consignment's id in the ledger that received it.
func (r Received) Known() port.ID {
	if r.As.IsZero() {
		return r.Consignment
	}
	return r.As
}

// Arrived: forwarded goods have come in here. The ledger that sent them is told.
type Arrived struct {
	Consignment port.ID        `json:"consignment"` // as the sender knows it
	Mass        port.Kilograms `json:"mass"`
	From        ledger.Name    `json:"from"`
}

// FactName is cargo.arrived.v1.
func (Arrived) FactName() string { return "cargo.arrived.v1" }

// Delivered: goods that this ledger forwarded have come in where they were sent. What was left open here until then, such
// as the end of a transit, is closed by it.
type Delivered struct {
	Consignment port.ID        `json:"consignment"`
	Mass        port.Kilograms `json:"mass"` // of this arrival
	At          ledger.Name    `json:"at"`
	Seq         uint64         `json:"seq"` // of cargo.arrived there
}

// FactName is cargo.delivered.v1.
func (Delivered) FactName() string { return "cargo.delivered.v1" }

// Journey is the record of a consignment that goes, or came, from one ledger to another: what the account of its mass
// does not know. It is kept under the id that the consignment has in its ledger.
type Journey struct {
	Sent      port.Kilograms `json:"sent,omitempty"`      // forwarded from here
	Delivered port.Kilograms `json:"delivered,omitempty"` // of that, come in where it was sent
	From      ledger.Name    `json:"from,omitempty"`      // who forwarded it to here
	There     port.ID        `json:"there,omitzero"`      // its id there
	Expected  port.Kilograms `json:"expected,omitempty"`  // forwarded to here
	Heard     []Heard        `json:"heard,omitempty"`     // how far each other ledger has been heard about it
}

// Heard is how far one other ledger has been heard.
type Heard struct {
	Ledger ledger.Name `json:"ledger"`
	Seq    uint64      `json:"seq"`
}

// News tells whether a ledger's fact has not been heard of yet.
func (j *Journey) News(from ledger.Name, seq uint64) bool {
	i := slices.IndexFunc(j.Heard, func(h Heard) bool { return h.Ledger == from })
	return i < 0 || j.Heard[i].Seq < seq
}

func (j Journey) heard(from ledger.Name, seq uint64) Journey {
	j.Heard = slices.DeleteFunc(slices.Clone(j.Heard), func(h Heard) bool { return h.Ledger == from })
	j.Heard = append(j.Heard, Heard{from, seq})
	return j
}

// Journeys is the kind of record.
func Journeys() *ledger.Kind[Journey] {
	k := ledger.NewKind[Journey]("journey", 1)
	ledger.On(k, func(b Forwarded) port.ID { return b.Consignment }, func(_ *ledger.Effects, j Journey, _ *ledger.Fact, b Forwarded) Journey {
		j.Sent += b.Mass
		return j
	})
	ledger.On(k, Received.Known, func(_ *ledger.Effects, j Journey, _ *ledger.Fact, b Received) Journey {
		j.From, j.There = b.From, b.Consignment
		j.Expected += b.Mass
		return j.heard(b.From, b.Seq)
	})
	ledger.On(k, func(b Received) port.ID {
		if b.As.IsZero() {
			return port.ID{}
		}
		return b.Consignment // under its own id it is only known that this was heard
	}, func(_ *ledger.Effects, j Journey, _ *ledger.Fact, b Received) Journey { return j.heard(b.From, b.Seq) })
	ledger.On(k, func(b Delivered) port.ID { return b.Consignment }, func(_ *ledger.Effects, j Journey, _ *ledger.Fact, b Delivered) Journey {
		j.Delivered += b.Mass
		return j.heard(b.At, b.Seq)
	})
	return k
}

// forwards makes the account of a consignment follow what is forwarded. What goes on without having come is announced
// here no longer; what is taken out of custody has left through the gate already. At the receiver the waybill is known
// from now on, so that the manifest which brings the goods finds them.
func forwards(k *ledger.Kind[Consignment]) {
	ledger.On(k, func(b Forwarded) port.ID { return b.Consignment }, func(x *ledger.Effects, c Consignment, _ *ledger.Fact, b Forwarded) Consignment {
		if b.Custody {
			return c
		}
		c.Announced -= b.Mass
		c.GrossMass -= b.Mass
		c.Movements--
		if c.Announced <= 0 && c.GrossMass <= 0 {
			x.Unindex(ByWaybill, c.Waybill)
		}
		return c
	})
	ledger.On(k, Received.Known, func(x *ledger.Effects, c Consignment, _ *ledger.Fact, b Received) Consignment {
		if c.Waybill != "" {
			return c // a manifest has named it here, and says how much there is
		}
		x.Index(ByWaybill, b.Waybill, b.Known())
		return Consignment{Waybill: b.Waybill, Direction: b.Direction, Goods: b.Goods, HS: b.HS, GrossMass: b.Mass}
	})
}

// Receive brings a forwarded consignment to the ledger that it was sent to.
type Receive struct {
	Journeys  *ledger.Kind[Journey]
	Forwarded Forwarded
	Seq       uint64 // of the fact in Forwarded.From
}

// Prefetch asks for the consignment's journey and the waybill.
func (r Receive) Prefetch(want *ledger.Wants) {
	want.Record(r.Journeys, r.Forwarded.Consignment)
	want.Lookup(ByWaybill, r.Forwarded.Waybill)
}

// Decide records cargo.received.v1, once for every time that the goods were sent.
func (r Receive) Decide(tx *ledger.Tx) error {
	known, err := tx.Lookup(ByWaybill, r.Forwarded.Waybill)
	if err != nil {
		return err
	}
	received := Received{Forwarded: r.Forwarded, Seq: r.Seq}
	if known != r.Forwarded.Consignment {
		received.As = known
	}
	j, ok, err := r.Journeys.Get(tx, r.Forwarded.Consignment)
	if err != nil || ok && !j.News(r.Forwarded.From, r.Seq) {
		return err
	}
	tx.Subject(received.Known())
	return tx.Record(received)
}

// Deliver tells the sender that what it forwarded has come in.
type Deliver struct {
	Journeys *ledger.Kind[Journey]
	Arrived  Arrived
	At       ledger.Name
	Seq      uint64
}

// Prefetch asks for the consignment's journey.
func (d Deliver) Prefetch(want *ledger.Wants) { want.Record(d.Journeys, d.Arrived.Consignment) }

// Decide records cargo.delivered.v1, once for every arrival.
func (d Deliver) Decide(tx *ledger.Tx) error {
	j, ok, err := d.Journeys.Get(tx, d.Arrived.Consignment)
	if err != nil || !ok || j.Sent == 0 || !j.News(d.At, d.Seq) {
		return err
	}
	tx.Subject(d.Arrived.Consignment)
	return tx.Record(Delivered{Consignment: d.Arrived.Consignment, Mass: d.Arrived.Mass, At: d.At, Seq: d.Seq})
}

// Arrive records cargo.arrived.v1 when goods that were forwarded to here come in, in the transaction of their entry.
func Arrive(tx *ledger.Tx, journeys *ledger.Kind[Journey], e Entered) error {
	j, ok, err := journeys.Get(tx, e.Consignment)
	if err != nil || !ok || j.From == "" {
		return err
	}
	return tx.Record(Arrived{Consignment: j.There, Mass: e.Mass, From: j.From})
}
