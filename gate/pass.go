package gate

import (
	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/claim"
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
	Declarations *ledger.Kind[declaration.Record]
	Units        *ledger.Kind[movement.Unit]
	Filings      *ledger.Kind[manifest.Filing]
	Passes       *ledger.Kind[Passes]
}

// NewKinds makes the records of everything that crosses.
func NewKinds() Kinds {
	return Kinds{
		Movements: movement.Movements(), Checklists: movement.Checklists(), Consignments: cargo.Consignments(),
		Declarations: declaration.Declarations(), Units: movement.Units(), Filings: manifest.Filings(), Passes: PassKind(),
	}
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
	unloaded := false
	for _, subject := range m.Subjects(id) {
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
				own, err := k.ownLots(tx, m, subject, r.Kind)
				if err != nil {
					unloaded = true
				} else if !own {
					open = append(open, shut{subject, *r})
				}
			}
		}
	}
	if unloaded {
		return nil, ledger.ErrUnloaded
	}
	return open, nil
}

// ownLots tells whether what is required of a consignment is required, of its own, of every lot of it on the conveyance,
// while the consignment itself is not on it: then the lots answer for it. A lot that was released may go while the rest
// of its consignment has not been declared.
func (k Kinds) ownLots(tx *ledger.Tx, m *movement.Movement, consignment port.ID, kind port.RequirementKind) (bool, error) {
	lots := false
	for i := range m.Carries {
		goods := &m.Carries[i]
		if goods.Consignment == consignment {
			return false, nil
		}
		if goods.Of != consignment {
			continue
		}
		c, ok, err := k.Checklists.Get(tx, goods.Consignment)
		if err != nil {
			return false, err
		}
		if !ok || c.Find(kind) == nil {
			return false, nil
		}
		lots = true
	}
	return lots, nil
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
			err = tx.Record(PassIssued{Pass: tx.NewID(), Movement: id, Gate: gate, Plate: m.Plate, Containers: m.Containers, Mass: m.ExpectedMass(gate)})
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
	reactions := map[string][]ledger.Reaction{}
	on := func(body ledger.Body, settle func(tx *ledger.Tx, body ledger.Body) error) {
		reactions[body.FactName()] = []ledger.Reaction{func(tx *ledger.Tx, f ledger.Fact) error { return settle(tx, f.Body) }}
	}
	consignment := func(body ledger.Body, of func(ledger.Body) port.ID) {
		on(body, func(tx *ledger.Tx, b ledger.Body) error { return k.settleSubject(tx, port.ConsignmentSubject, of(b)) })
	}
	conveyance := func(body ledger.Body, of func(ledger.Body) port.ID) {
		on(body, func(tx *ledger.Tx, b ledger.Body) error { return k.settle(tx, of(b)) })
	}
	on(movement.Decided{}, func(tx *ledger.Tx, b ledger.Body) error {
		if d := b.(movement.Decided); !d.Advisory {
			return k.settleSubject(tx, d.SubjectKind, d.Subject)
		}
		return nil
	})
	on(movement.JudgedAgain{}, func(tx *ledger.Tx, b ledger.Body) error {
		j := b.(movement.JudgedAgain)
		return k.settleSubject(tx, j.SubjectKind, j.Subject)
	})
	on(movement.Ordered{}, func(tx *ledger.Tx, b ledger.Body) error {
		o := b.(movement.Ordered)
		return k.settleSubject(tx, o.SubjectKind, o.Subject)
	})
	on(movement.Deferred{}, func(tx *ledger.Tx, b ledger.Body) error {
		c, ok, err := k.Checklists.Get(tx, b.(movement.Deferred).Subject)
		if err != nil || !ok {
			return err
		}
		return k.settleSubject(tx, c.Subject, b.(movement.Deferred).Subject)
	})
	// With goods, the last consignment's fact settles it.
	on(manifest.Lodged{}, func(tx *ledger.Tx, b ledger.Body) error {
		if l := b.(manifest.Lodged); len(l.Consignments) == 0 {
			return k.settle(tx, l.Movement)
		}
		return nil
	})
	on(manifest.Changed{}, func(tx *ledger.Tx, b ledger.Body) error {
		if c := b.(manifest.Changed); len(c.Consignments) == 0 {
			return k.settle(tx, c.Movement)
		}
		return nil
	})
	conveyance(manifest.Confirmed{}, func(b ledger.Body) port.ID { return b.(manifest.Confirmed).Movement })
	conveyance(manifest.Answered{}, func(b ledger.Body) port.ID { return b.(manifest.Answered).Movement })
	conveyance(movement.Listed{}, func(b ledger.Body) port.ID { return b.(movement.Listed).Movement })
	conveyance(movement.Detached{}, func(b ledger.Body) port.ID { return b.(movement.Detached).Movement })
	conveyance(movement.Attached{}, func(b ledger.Body) port.ID { return b.(movement.Attached).Movement })
	on(claim.Answered{}, func(tx *ledger.Tx, b ledger.Body) error {
		a := b.(claim.Answered)
		return k.settleSubject(tx, a.SubjectKind, a.For)
	})
	on(claim.Restated{}, func(tx *ledger.Tx, b ledger.Body) error {
		r := b.(claim.Restated)
		return k.settleSubject(tx, r.SubjectKind, r.Subject)
	})
	consignment(declaration.Mirrored{}, func(b ledger.Body) port.ID { return b.(declaration.Mirrored).Consignment })
	// A further vehicle's manifest may ask something new of goods that others carry too.
	consignment(cargo.Consigned{}, func(b ledger.Body) port.ID { return b.(cargo.Consigned).Consignment })
	consignment(cargo.Assigned{}, func(b ledger.Body) port.ID { return b.(cargo.Assigned).Consignment })
	conveyance(cargo.Removed{}, func(b ledger.Body) port.ID { return b.(cargo.Removed).Movement })
	consignment(cargo.Reported{}, func(b ledger.Body) port.ID { return b.(cargo.Reported).Consignment })
	consignment(declaration.Lodged{}, func(b ledger.Body) port.ID { return b.(declaration.Lodged).Consignment })
	consignment(declaration.Amended{}, func(b ledger.Body) port.ID { return b.(declaration.Amended).Consignment })
	consignment(declaration.Withdrawn{}, func(b ledger.Body) port.ID { return b.(declaration.Withdrawn).Consignment })
	consignment(declaration.Covered{}, func(b ledger.Body) port.ID { return b.(declaration.Covered).Consignment })
	consignment(declaration.Answered{}, func(b ledger.Body) port.ID { return b.(declaration.Answered).Consignment })
	return reactions
}
