package gate

import (
	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// Pass is leave to go through one gate once.
type Pass struct {
	ID     port.ID   `json:"id"`
	Issued port.Time `json:"issued"`
	Used   port.Time `json:"used,omitempty"`
}

// Passes is the record of a movement's passes, by gate. A revoked pass is removed.
type Passes struct {
	Entry *Pass `json:"entry,omitempty"`
	Exit  *Pass `json:"exit,omitempty"`
}

// At gives the pass for a gate; nil where there is none.
func (p *Passes) At(gate port.DuePoint) *Pass {
	if gate == port.DueExitGate {
		return p.Exit
	}
	return p.Entry
}

func (p Passes) with(gate port.DuePoint, pass *Pass) Passes {
	if gate == port.DueExitGate {
		p.Exit = pass
	} else {
		p.Entry = pass
	}
	return p
}

// PassKind is the kind of record, keyed by movement.
func PassKind() *ledger.Kind[Passes] {
	k := ledger.NewKind[Passes]("passes", 1)
	ledger.On(k, func(b PassIssued) port.ID { return b.Movement }, func(_ *ledger.Effects, p Passes, f *ledger.Fact, b PassIssued) Passes {
		return p.with(b.Gate, &Pass{ID: b.Pass, Issued: f.Recorded})
	})
	ledger.On(k, func(b PassRevoked) port.ID { return b.Movement }, func(_ *ledger.Effects, p Passes, _ *ledger.Fact, b PassRevoked) Passes {
		return p.with(b.Gate, nil)
	})
	ledger.On(k, func(b movement.Passed) port.ID { return b.Movement }, func(_ *ledger.Effects, p Passes, f *ledger.Fact, b movement.Passed) Passes {
		if pass := p.At(b.Gate); pass != nil {
			used := *pass
			used.Used = f.At
			return p.with(b.Gate, &used)
		}
		return p
	})
	return k
}

// Kinds are the records that a gate reads.
type Kinds struct {
	Movements    *ledger.Kind[movement.Movement]
	Checklists   *ledger.Kind[movement.Checklist]
	Consignments *ledger.Kind[cargo.Consignment]
	Passes       *ledger.Kind[Passes]
}

// shut is one requirement that keeps a gate shut.
type shut struct {
	subject port.ID
	need    movement.Requirement
}

// unsettled lists what is due at a gate and neither met nor waived, over the movement and everything it carries. A
// checklist that is not there at all counts as nothing required.
func (k Kinds) unsettled(tx *ledger.Tx, id port.ID, m *movement.Movement, gate port.DuePoint) ([]shut, error) {
	var open []shut
	subjects := append(make([]port.ID, 0, 8), id)
	for i := range m.Carries {
		subjects = append(subjects, m.Carries[i].Consignment)
	}
	unloaded := false
	for _, subject := range subjects {
		c, ok, err := k.Checklists.Get(tx, subject)
		if err != nil {
			unloaded = true // go on, so that all of them are asked for in one round
			continue
		}
		if !ok {
			continue
		}
		for i := range c.Requirements {
			if r := &c.Requirements[i]; movement.DueAt(r, gate) && !r.State.Settled() {
				open = append(open, shut{subject, *r})
			}
		}
	}
	if unloaded {
		return nil, ledger.ErrUnloaded
	}
	return open, nil
}

// measuredHere tells a requirement that the gate itself settles by what it measures: it does not keep a pass from being
// issued, and the gate stays shut all the same until the measurement agrees.
func measuredHere(r *movement.Requirement, gate port.DuePoint) bool {
	return r.Kind == port.Weighed && r.Due == gate && r.Result == ""
}

// settle issues and revokes the passes of one movement as its checklist stands.
func (k Kinds) settle(tx *ledger.Tx, id port.ID) error {
	m, ok, err := k.Movements.Get(tx, id)
	if err != nil || !ok || !m.Open() {
		return err
	}
	for _, gate := range []port.DuePoint{port.DueEntryGate, port.DueExitGate} {
		if gate == port.DueEntryGate && m.State == movement.StateInside {
			continue
		}
		passes, _, err := k.Passes.Get(tx, id)
		if err != nil {
			return err
		}
		var live *Pass
		if passes != nil {
			live = passes.At(gate)
		}
		open, err := k.unsettled(tx, id, m, gate)
		if err != nil {
			return err
		}
		var blocking *movement.Requirement
		for i := range open {
			if !measuredHere(&open[i].need, gate) {
				blocking = &open[i].need
				break
			}
		}
		switch {
		case blocking == nil && live == nil:
			err = tx.Record(PassIssued{Pass: tx.NewID(), Movement: id, Gate: gate, Plate: m.Plate, Containers: m.Containers, Mass: m.ExpectedMass()})
		case blocking != nil && live != nil && live.Used == 0:
			err = tx.Record(PassRevoked{Pass: live.ID, Movement: id, Gate: gate, Kind: blocking.Kind})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// settleSubject settles every movement that a requirement's subject bears on.
func (k Kinds) settleSubject(tx *ledger.Tx, kind port.SubjectKind, subject port.ID) error {
	if kind == port.MovementSubject {
		return k.settle(tx, subject)
	}
	c, ok, err := k.Checklists.Get(tx, subject)
	if err != nil || !ok {
		return err
	}
	for _, id := range c.Movements {
		if err := k.settle(tx, id); err != nil {
			return err
		}
	}
	return nil
}

// Reactions are what gates do because of what others recorded: passes follow the checklists.
func (k Kinds) Reactions() map[string][]ledger.Reaction {
	consignment := func(of func(ledger.Body) port.ID) []ledger.Reaction {
		return []ledger.Reaction{func(tx *ledger.Tx, f ledger.Fact) error {
			return k.settleSubject(tx, port.ConsignmentSubject, of(f.Body))
		}}
	}
	return map[string][]ledger.Reaction{
		movement.Decided{}.FactName(): {func(tx *ledger.Tx, f ledger.Fact) error {
			b := f.Body.(movement.Decided)
			if b.Advisory {
				return nil
			}
			return k.settleSubject(tx, b.SubjectKind, b.Subject)
		}},
		movement.JudgedAgain{}.FactName(): {func(tx *ledger.Tx, f ledger.Fact) error {
			b := f.Body.(movement.JudgedAgain)
			return k.settleSubject(tx, b.SubjectKind, b.Subject)
		}},
		manifest.Lodged{}.FactName(): {func(tx *ledger.Tx, f ledger.Fact) error {
			if b := f.Body.(manifest.Lodged); len(b.Consignments) == 0 {
				return k.settle(tx, b.Movement) // with goods, the last consignment's fact settles it
			}
			return nil
		}},
		// A further vehicle's manifest may ask something new of goods that others carry too.
		cargo.Consigned{}.FactName():       consignment(func(b ledger.Body) port.ID { return b.(cargo.Consigned).Consignment }),
		declaration.Lodged{}.FactName():    consignment(func(b ledger.Body) port.ID { return b.(declaration.Lodged).Consignment }),
		declaration.Amended{}.FactName():   consignment(func(b ledger.Body) port.ID { return b.(declaration.Amended).Consignment }),
		declaration.Withdrawn{}.FactName(): consignment(func(b ledger.Body) port.ID { return b.(declaration.Withdrawn).Consignment }),
		declaration.Answered{}.FactName():  consignment(func(b ledger.Body) port.ID { return b.(declaration.Answered).Consignment }),
	}
}
