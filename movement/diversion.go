package movement

import (
	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// StateDiverted is that of a movement that will come through another port (改道). Here it is over.
const StateDiverted State = "diverted"

// Diverted: a conveyance that was announced here and has not come is sent to another port. Its goods go with it
// (cargo.forwarded), and what it claimed for itself in the region.
type Diverted struct {
	Movement port.ID     `json:"movement"`
	To       port.PortID `json:"to"`
	Reason   string      `json:"reason"`
	Front    port.ID     `json:"front,omitzero"`  // the movement of the same vehicle that stands before it, where one does
	Behind   port.ID     `json:"behind,omitzero"` // and the one that stands behind it
}

// FactName is movement.diverted.v1.
func (Diverted) FactName() string { return "movement.diverted.v1" }

// diverts makes movements end when they are diverted.
func diverts(k *ledger.Kind[Movement]) {
	ledger.On(k, func(b Diverted) port.ID { return b.Movement }, func(x *ledger.Effects, m Movement, f *ledger.Fact, b Diverted) Movement {
		if b.Front.IsZero() {
			x.Index(manifest.ByExpected, manifest.PlateKey(m.Direction, m.Plate), m.Behind)
		}
		m.State, m.Clock.Left = StateDiverted, f.At
		m.close(x)
		return m
	})
	ledger.On(k, func(b Diverted) port.ID { return b.Front }, func(_ *ledger.Effects, m Movement, _ *ledger.Fact, b Diverted) Movement {
		m.Behind = b.Behind
		return m
	})
}

// Divert sends an announced conveyance to another port: by an officer of this one, or by the carrier who announced it.
type Divert struct {
	Movements *ledger.Kind[Movement]
	Movement  port.ID
	To        port.PortID
	Reason    string
	Officer   bool // of this port; else only the carrier's own may be diverted
}

// Prefetch asks for the movement.
func (d Divert) Prefetch(want *ledger.Wants) { want.Record(d.Movements, d.Movement) }

// Decide records movement.diverted.v1, and cargo.forwarded.v1 for everything that it was to bring; what it was to fetch
// is promised to it no longer. What has come, or is gone, can no longer be diverted.
func (d Divert) Decide(tx *ledger.Tx) error {
	m, ok, err := d.Movements.Get(tx, d.Movement)
	if err != nil {
		return err
	}
	if !ok || !d.Officer && m.By != tx.Command().Actor.Organisation {
		return errs.New(errs.Missing, "movement.unknown", "movement %s", d.Movement)
	}
	var problems []errs.Problem
	if d.To == m.Port {
		problems = append(problems, errs.At("to", "diversion.same_port", string(d.To)))
	}
	if d.Reason == "" {
		problems = append(problems, errs.At("reason", "diversion.reason_missing"))
	}
	if m.State != StateAnnounced {
		problems = append(problems, errs.At("to", "diversion.not_announced", string(m.State)))
	}
	if err := errs.Bad(problems); err != nil {
		return err
	}
	front, err := before(tx, d.Movements, d.Movement, m)
	if err != nil {
		return err
	}
	tx.Subject(d.Movement)
	err = tx.Record(Diverted{Movement: d.Movement, To: d.To, Reason: d.Reason, Front: front, Behind: m.Behind})
	for i := range m.Carries {
		if err != nil {
			return err
		}
		c := &m.Carries[i]
		if c.Fetched { // it was to come for them: they stay where they lie, and are free again
			err = tx.Record(cargo.Removed{Consignment: c.Consignment, Movement: d.Movement, Mass: c.Mass, Assigned: true})
			continue
		}
		err = tx.Record(cargo.Forwarded{
			Consignment: c.Consignment, Movement: d.Movement, Waybill: c.Waybill, Direction: m.Direction, Goods: c.Goods, HS: c.HS,
			Mass: c.Mass, From: tx.Ledger(), To: ledger.Name("port:" + string(d.To)),
		})
	}
	return err
}
