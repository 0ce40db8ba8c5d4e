package movement

import (
	"slices"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// Unit is the record of equipment that has come off a conveyance: what it holds, and where it is now. Equipment that
// never comes off is known by its movement alone.
type Unit struct {
	Kind   port.EquipmentKind `json:"kind"`
	Number string             `json:"number"`
	On     port.ID            `json:"on,omitzero"` // the movement that has it; zero: it stands in custody
	Holds  []Held             `json:"holds,omitempty"`
	Boxes  []port.ID          `json:"boxes,omitempty"` // of a trailer: the containers that stand on it
	Goods  []Carried          `json:"goods,omitempty"` // what it holds, as the conveyance had it
	With   port.ID            `json:"with,omitzero"`   // the trailer that a container stands on
}

// Units is the kind of record.
func Units() *ledger.Kind[Unit] {
	k := ledger.NewKind[Unit]("unit", 1)
	equipment := func(kind port.SubjectKind, id port.ID) port.ID {
		if kind != port.EquipmentSubject {
			return port.ID{}
		}
		return id
	}
	ledger.On(k, func(b Detached) port.ID { return equipment(b.Kind, b.Subject) }, func(_ *ledger.Effects, _ Unit, _ *ledger.Fact, b Detached) Unit {
		return Unit{Kind: b.Unit, Number: b.Number, Holds: b.Holds, Boxes: b.Boxes, With: b.With}
	})
	ledger.On(k, func(b Detached) port.ID {
		if b.Kind != port.ConsignmentSubject {
			return port.ID{}
		}
		return b.With
	}, func(_ *ledger.Effects, u Unit, _ *ledger.Fact, b Detached) Unit {
		if b.Goods != nil {
			goods := *b.Goods
			goods.Mass = b.Mass
			u.Goods = append(slices.Clone(u.Goods), goods)
		}
		return u
	})
	ledger.On(k, func(b Attached) port.ID { return equipment(b.Kind, b.Subject) }, func(_ *ledger.Effects, u Unit, _ *ledger.Fact, b Attached) Unit {
		u.On = b.Movement
		return u
	})
	return k
}

// Detach takes something off a conveyance: a wagon, a trailer or a box with what it holds, goods by themselves, or a
// person. The conveyance goes on without it, and what was required of it holds the conveyance no more.
type Detach struct {
	Movements *ledger.Kind[Movement]
	Movement  port.ID
	Subject   port.ID        // what comes off; the movement's own id: all its goods
	Mass      port.Kilograms // of goods, how much; 0: all of it
	Reason    string
}

// Prefetch asks for the movement.
func (d Detach) Prefetch(want *ledger.Wants) { want.Record(d.Movements, d.Movement) }

// Decide records movement.detached.v1 for it and for everything that goes with it. A conveyance that came to bring goods
// into a customs place, and has brought all of them, is at its end: movement.ended.v1.
func (d Detach) Decide(tx *ledger.Tx) error {
	m, ok, err := d.Movements.Get(tx, d.Movement)
	if err != nil {
		return err
	}
	if !ok || !m.Open() {
		return errs.New(errs.Missing, "movement.unknown", "movement %s", d.Movement)
	}
	if d.Reason == "" {
		return errs.Bad([]errs.Problem{errs.At("reason", "verdict.reason_missing", "detach")})
	}
	tx.Subject(d.Movement)
	switch {
	case d.Subject == d.Movement:
		err = d.unload(tx, m)
	case m.fitted(d.Subject) != nil:
		err = d.equipment(tx, m, m.fitted(d.Subject))
	case m.carried(d.Subject) != nil:
		err = d.goods(tx, m.carried(d.Subject), d.Mass, port.ID{})
	case slices.ContainsFunc(m.Persons, func(p Aboard) bool { return p.ID == d.Subject }):
		return tx.Record(Detached{Movement: d.Movement, Subject: d.Subject, Kind: port.PersonSubject, Reason: d.Reason})
	default:
		return errs.Bad([]errs.Problem{errs.At("subject", "movement.not_aboard", d.Subject.String())})
	}
	if err != nil {
		return err
	}
	return d.end(tx)
}

func (d Detach) unload(tx *ledger.Tx, m *Movement) error {
	for i := range m.Carries {
		if err := d.goods(tx, &m.Carries[i], 0, port.ID{}); err != nil {
			return err
		}
	}
	return nil
}

// goods takes off goods, in the equipment that with names or by themselves. Before they have come into custody they cannot
// come off: nobody would have them.
func (d Detach) goods(tx *ledger.Tx, goods *Carried, mass port.Kilograms, with port.ID) error {
	if mass <= 0 {
		mass = goods.Mass
	}
	switch {
	case !goods.Entered && !goods.Fetched:
		return errs.Bad([]errs.Problem{errs.At("subject", "movement.not_in_custody", goods.Waybill)})
	case mass > goods.Mass:
		return errs.Bad([]errs.Problem{errs.At("mass", "cargo.more_than_there", mass.String(), goods.Mass.String())})
	}
	off := *goods
	if goods.Fetched { // it had been promised to this conveyance, and is free again
		if err := tx.Record(cargo.Removed{Consignment: goods.Consignment, Movement: d.Movement, Mass: mass, Assigned: true}); err != nil {
			return err
		}
		if with.IsZero() {
			return nil
		}
	}
	return tx.Record(Detached{
		Movement: d.Movement, Subject: goods.Consignment, Kind: port.ConsignmentSubject, Mass: mass, With: with,
		Part: mass < goods.Mass, Goods: &off, Reason: d.Reason,
	})
}

// equipment takes off a unit, the boxes that stand on it, and what it holds.
func (d Detach) equipment(tx *ledger.Tx, m *Movement, unit *Fitted) error {
	off := Detached{
		Movement: d.Movement, Subject: unit.ID, Kind: port.EquipmentSubject, Unit: unit.Kind, Number: unit.Number, Holds: unit.Holds, Reason: d.Reason,
	}
	if unit.Kind == port.TrailerUnit {
		for i := range m.Equipment {
			if box := &m.Equipment[i]; box.Kind == port.ContainerBox {
				off.Boxes = append(off.Boxes, box.ID)
			}
		}
	}
	if err := tx.Record(off); err != nil {
		return err
	}
	for _, id := range off.Boxes {
		box := m.fitted(id)
		err := tx.Record(Detached{
			Movement: d.Movement, Subject: id, Kind: port.EquipmentSubject, Unit: box.Kind, Number: box.Number, Holds: box.Holds, With: unit.ID, Reason: d.Reason,
		})
		if err != nil {
			return err
		}
	}
	for _, held := range unit.Holds {
		if goods := m.carried(held.Consignment); goods != nil && held.Mass > 0 {
			if err := d.goods(tx, goods, min(held.Mass, goods.Mass), unit.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// end ends a movement that has brought everything to the customs place that it came for.
func (d Detach) end(tx *ledger.Tx) error {
	m, _, err := d.Movements.Get(tx, d.Movement)
	if err != nil {
		return err
	}
	if _, to := port.Ends(m.Direction, m.From, m.To); !to.Kind.Custody() || m.State != StateInside || len(m.Carries) > 0 {
		return nil
	}
	return tx.Record(Ended{Movement: d.Movement})
}

// Attach puts equipment that stands in custody on a conveyance, with what it holds (甩挂, 挂车). Nobody else can have been
// promised what it holds.
type Attach struct {
	Movements    *ledger.Kind[Movement]
	Units        *ledger.Kind[Unit]
	Consignments *ledger.Kind[cargo.Consignment]
	Movement     port.ID
	Unit         port.ID
}

// Prefetch asks for both.
func (a Attach) Prefetch(want *ledger.Wants) {
	want.Record(a.Movements, a.Movement)
	want.Record(a.Units, a.Unit)
}

// Decide records movement.attached.v1 for it, the boxes on it and the goods in it, and cargo.assigned.v1 for these.
func (a Attach) Decide(tx *ledger.Tx) error {
	m, ok, err := a.Movements.Get(tx, a.Movement)
	if err != nil {
		return err
	}
	if !ok || !m.Open() {
		return errs.New(errs.Missing, "movement.unknown", "movement %s", a.Movement)
	}
	unit, ok, err := a.Units.Get(tx, a.Unit)
	if err != nil {
		return err
	}
	if !ok || !unit.On.IsZero() || !unit.With.IsZero() {
		return errs.Bad([]errs.Problem{errs.At("unit", "movement.unit_not_free", a.Unit.String())})
	}
	tx.Subject(a.Movement)
	attached := Attached{Movement: a.Movement, Subject: a.Unit, Kind: port.EquipmentSubject, Unit: unit.Kind, Number: unit.Number, Holds: unit.Holds}
	if err := tx.Record(attached); err != nil {
		return err
	}
	for _, id := range unit.Boxes {
		box, ok, err := a.Units.Get(tx, id)
		if err != nil || !ok {
			return err
		}
		err = tx.Record(Attached{Movement: a.Movement, Subject: id, Kind: port.EquipmentSubject, Unit: box.Kind, Number: box.Number, Holds: box.Holds, With: a.Unit})
		if err != nil {
			return err
		}
	}
	for i := range unit.Goods {
		if err := a.goods(tx, unit.Goods[i]); err != nil {
			return err
		}
	}
	return nil
}

func (a Attach) goods(tx *ledger.Tx, goods Carried) error {
	c, ok, err := a.Consignments.Get(tx, goods.Consignment)
	if err != nil {
		return err
	}
	if !ok || c.Free() < goods.Mass {
		return errs.Bad([]errs.Problem{errs.At("unit", "cargo.more_than_there", goods.Mass.String(), c.Free().String())})
	}
	goods.Fetched, goods.Entered = true, false
	err = tx.Record(Attached{Movement: a.Movement, Subject: goods.Consignment, Kind: port.ConsignmentSubject, Goods: &goods, With: a.Unit})
	if err != nil {
		return err
	}
	return tx.Record(cargo.Assigned{Consignment: goods.Consignment, Movement: a.Movement, Mass: goods.Mass, Of: goods.Of})
}
