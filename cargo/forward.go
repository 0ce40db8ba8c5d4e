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

// Journey is what a consignment's record keeps of its goods that go, or came, from one ledger to another. It is read where
// the account of mass is, so a gate asks for nothing more because of it.
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

func (j *Journey) heard(from ledger.Name, seq uint64) {
	j.Heard = slices.DeleteFunc(slices.Clone(j.Heard), func(h Heard) bool { return h.Ledger == from })
	j.Heard = append(j.Heard, Heard{from, seq})
}

// journey is a copy of what the record has, to be changed and put back.
func (c *Consignment) journey() *Journey {
	if c.Journey == nil {
		return &Journey{}
	}
	j := *c.Journey
	return &j
}

// forwards makes the account of a consignment follow what is forwarded. What goes on without having come is announced
// here no longer; what is taken out of custody has left through the gate already, with what it had been promised to. At the receiver the waybill is known
// from now on, so that the manifest which brings the goods finds them.
func forwards(k *ledger.Kind[Consignment]) {
	ledger.On(k, func(b Forwarded) port.ID { return b.Consignment }, func(x *ledger.Effects, c Consignment, _ *ledger.Fact, b Forwarded) Consignment {
		c.Journey = c.journey()
		c.Journey.Sent += b.Mass
		if b.Custody {
			return c
		}
		c.Announced -= b.Mass
		c.GrossMass -= b.Mass
		if c.Announced <= 0 && c.GrossMass <= 0 && c.OnHand() <= 0 {
			x.Unindex(ByWaybill, c.Waybill)
		}
		return c.left(x)
	})
	ledger.On(k, Received.Known, func(x *ledger.Effects, c Consignment, _ *ledger.Fact, b Received) Consignment {
		if c.Waybill == "" { // else a manifest has named it here, and says how much there is
			x.Index(ByWaybill, b.Waybill, b.Known())
			c.Waybill, c.Direction, c.Goods, c.HS, c.GrossMass = b.Waybill, b.Direction, b.Goods, b.HS, b.Mass
		}
		c.Journey = c.journey()
		c.Journey.From, c.Journey.There = b.From, b.Consignment
		c.Journey.Expected += b.Mass
		c.Journey.heard(b.From, b.Seq)
		return c
	})
	ledger.On(k, func(b Received) port.ID {
		if b.As.IsZero() {
			return port.ID{}
		}
		return b.Consignment // under its own id it is only known that this was heard
	}, func(_ *ledger.Effects, c Consignment, _ *ledger.Fact, b Received) Consignment {
		c.Journey = c.journey()
		c.Journey.heard(b.From, b.Seq)
		return c
	})
	ledger.On(k, func(b Delivered) port.ID { return b.Consignment }, func(_ *ledger.Effects, c Consignment, _ *ledger.Fact, b Delivered) Consignment {
		c.Journey = c.journey()
		c.Journey.Delivered += b.Mass
		c.Journey.heard(b.At, b.Seq)
		return c
	})
}

// Receive brings a forwarded consignment to the ledger that it was sent to.
type Receive struct {
	Consignments *ledger.Kind[Consignment]
	Forwarded    Forwarded
	Seq          uint64 // of the fact in Forwarded.From
}

// Prefetch asks for the consignment and the waybill.
func (r Receive) Prefetch(want *ledger.Wants) {
	want.Record(r.Consignments, r.Forwarded.Consignment)
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
	c, ok, err := r.Consignments.Get(tx, r.Forwarded.Consignment)
	if err != nil || ok && !c.journey().News(r.Forwarded.From, r.Seq) {
		return err
	}
	tx.Subject(received.Known())
	return tx.Record(received)
}

// Deliver tells the sender that what it forwarded has come in.
type Deliver struct {
	Consignments *ledger.Kind[Consignment]
	Arrived      Arrived
	At           ledger.Name
	Seq          uint64
}

// Prefetch asks for the consignment.
func (d Deliver) Prefetch(want *ledger.Wants) { want.Record(d.Consignments, d.Arrived.Consignment) }

// Decide records cargo.delivered.v1, once for every arrival.
func (d Deliver) Decide(tx *ledger.Tx) error {
	c, ok, err := d.Consignments.Get(tx, d.Arrived.Consignment)
	if err != nil || !ok || c.Journey == nil || c.Journey.Sent == 0 || !c.Journey.News(d.At, d.Seq) {
		return err
	}
	tx.Subject(d.Arrived.Consignment)
	return tx.Record(Delivered{Consignment: d.Arrived.Consignment, Mass: d.Arrived.Mass, At: d.At, Seq: d.Seq})
}

// Arrive records cargo.arrived.v1 when goods that were forwarded to here come in, in the transaction of their entry.
func Arrive(tx *ledger.Tx, consignments *ledger.Kind[Consignment], e Entered) error {
	c, ok, err := consignments.Get(tx, e.Consignment)
	if err != nil || !ok || c.Journey == nil || c.Journey.From == "" {
		return err
	}
	return tx.Record(Arrived{Consignment: c.Journey.There, Mass: e.Mass, From: c.Journey.From})
}
