package main

import (
	"context"
	"slices"
	"time"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/claim"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// benchTruck is one crossing on its way through the port.
type benchTruck struct {
	*course
	n      uint64
	owed   []owedDemand
	facts  int
	claims []claim.Wish
}

// owedDemand is one requirement that nobody has decided yet.
type owedDemand struct {
	subject port.ID
	demand  port.Demand
}

// cross takes the n-th truck over the line: announced, cleared, declared, released, in, out. It says how many facts that
// took.
func (c *course) cross(ctx context.Context, n uint64) (int, error) {
	t := &benchTruck{course: c, n: n}
	for _, step := range []func(context.Context) error{t.announce, t.declare, t.enter, t.leave} {
		if err := step(ctx); err != nil {
			return t.facts, err
		}
	}
	return t.facts, nil
}

// announce lodges the manifest and gives the verdicts that are due at the entry gate: the truck then has its pass.
func (t *benchTruck) announce(ctx context.Context) error {
	receipt, err := t.send(ctx, t.lawful, exchange.KindManifest, t.papers.manifest, benchPort, t.n)
	if err != nil {
		return err
	}
	t.note(receipt)
	return t.settle(ctx, func(d port.Demand) bool { return d.Due == port.DueBeforeArrival || d.Due == port.DueEntryGate })
}

func (t *benchTruck) enter(ctx context.Context) error {
	return t.read(ctx, port.DueEntryGate)
}

// declare lodges the declaration and gives every verdict that is left.
func (t *benchTruck) declare(ctx context.Context) error {
	receipt, err := t.send(ctx, t.lawful, exchange.KindDeclaration, t.papers.declaration, benchPort, t.n)
	if err != nil {
		return err
	}
	t.note(receipt)
	return t.settle(ctx, func(port.Demand) bool { return true })
}

func (t *benchTruck) leave(ctx context.Context) error {
	return t.read(ctx, port.DueExitGate)
}

// note counts facts, and notes what they ask for, each kind once a subject.
func (t *benchTruck) note(r ledger.Receipt) {
	t.facts += len(r.Facts)
	for i := range r.Facts {
		switch b := r.Facts[i].Body.(type) {
		case manifest.Lodged:
			t.owe(b.Movement, port.MovementSubject, b.Judged.Demands)
			t.claims = append(t.claims, claim.OfManifest(&b)...)
		case cargo.Consigned:
			t.owe(b.Consignment, port.ConsignmentSubject, b.Judged.Demands)
		case declaration.Lodged:
			t.owe(b.Consignment, port.ConsignmentSubject, b.Judged.Demands)
		}
	}
}

func (t *benchTruck) owe(subject port.ID, kind port.SubjectKind, demands []port.Demand) {
next:
	for _, d := range demands {
		if d.Subject != kind || d.Kind == port.Weighed || d.Kind == port.Announced {
			continue // the gate and the manifest settle these
		}
		for _, known := range t.owed {
			if known.subject == subject && known.demand.Kind == d.Kind {
				continue next
			}
		}
		t.owed = append(t.owed, owedDemand{subject, d})
	}
}

// settle gives the owners' verdicts on what is owed and due.
func (t *benchTruck) settle(ctx context.Context, due func(port.Demand) bool) error {
	left := t.owed[:0]
	for _, one := range t.owed {
		if !due(one.demand) {
			left = append(left, one)
			continue
		}
		if slices.Contains(claim.Kinds(), one.demand.Kind) {
			if err := t.answer(ctx, one.demand.Kind); err != nil {
				return err
			}
			continue
		}
		receipt, err := t.engine.Submit(ctx, t.command(ledger.Gate, one.demand.Owner.Organisation, movement.Verdict{
			Checklists: t.platform.kinds.Checklists, Subject: one.subject, Kind: one.demand.Kind, Result: port.ResultMet,
			Functions: []port.Function{one.demand.Owner.Function},
		}))
		if err != nil {
			return err
		}
		t.note(receipt)
	}
	t.owed = left
	return nil
}

// answer gives hold's answer to what the truck claims under a kind, as a follower brings it: all of it is free. What hold
// does for it is done in other ledgers, and is not measured here.
func (t *benchTruck) answer(ctx context.Context, kind port.RequirementKind) error {
	for _, wish := range t.claims {
		if wish.Requirement != kind {
			continue
		}
		receipt, err := t.engine.Submit(ctx, t.command(ledger.Follower, "guomen", claim.Answer{
			Subjects: t.platform.kinds.between.Subjects, Subject: wish.For, Key: wish.Key, Result: port.ResultMet, Hold: wish.Key.Ledger(), Seq: t.n + 1,
		}))
		if err != nil {
			return err
		}
		t.note(receipt)
	}
	return nil
}

func (t *benchTruck) read(ctx context.Context, at port.DuePoint) error {
	lanes := t.lanes(at)
	facts, err := t.pass(ctx, t.decision(lanes[int(t.n)%len(lanes)], t.n))
	t.facts += facts
	return err
}

// command is one that an organisation gives at the port.
func (c *course) command(priority ledger.Priority, organisation string, do ledger.Decision) ledger.Command {
	name := ledgerOf(benchPort)
	number, _ := c.engine.Number(name)
	return ledger.Command{
		ID: newID(number), Ledger: name, Actor: ledger.Actor{Organisation: organisation, Role: "bench", Person: "bench"},
		Priority: priority, Do: do,
	}
}

// benchLane is a lane of the port with what it stands for.
type benchLane struct {
	ID   port.LaneID
	Gate port.DuePoint
}

// lanes are the port's lanes for freight that comes in.
func (c *course) lanes(at port.DuePoint) (list []benchLane) {
	for _, one := range c.platform.registry().Lanes(benchPort) {
		if one.Gate == at && one.Direction == port.Import && one.Traffic == "freight" {
			list = append(list, benchLane{one.ID, one.Gate})
		}
	}
	return list
}

// decision is what a lane decides on the n-th truck.
func (c *course) decision(at benchLane, n uint64) gate.Decide {
	saw := gate.Reading{Plate: benchPlate(n)}
	if at.Gate == port.DueEntryGate {
		saw.Mass = c.papers.vehicle
	}
	state := c.platform.registry()
	return gate.Decide{
		Kinds: c.platform.kinds.Kinds, Lane: at.ID, Port: benchPort, Gate: at.Gate, Direction: port.Import, Saw: saw,
		Tolerance: func(goods port.HSCode, expected, measured port.Kilograms) bool {
			set, ok := state.Tolerance(benchPort, goods)
			return !ok || set.Allows(expected, measured)
		},
	}
}

// pass gives a lane's reading and expects the gate to open.
func (c *course) pass(ctx context.Context, do ledger.Decision) (int, error) {
	receipt, err := c.engine.Submit(ctx, c.command(ledger.Gate, "bench-lanes", do))
	if err != nil {
		return 0, err
	}
	for i := range receipt.Facts {
		if b, ok := receipt.Facts[i].Body.(gate.Decided); ok && b.Decision != port.DecisionOpen {
			return 0, errs.New(errs.Broken, "", "the gate stayed shut: %v", b.Reasons)
		}
	}
	return len(receipt.Facts), nil
}

// timedDecision tells how long deciding takes on records that are in memory: the last time it is asked counts.
type timedDecision struct {
	lane gate.Decide
	took *time.Duration
}

// Prefetch asks for what the lane's decision reads.
func (d timedDecision) Prefetch(want *ledger.Wants) { d.lane.Prefetch(want) }

// Decide decides and takes the time.
func (d timedDecision) Decide(tx *ledger.Tx) error {
	began := time.Now()
	err := d.lane.Decide(tx)
	*d.took = time.Since(began)
	return err
}
