// Package gate is the lane: what it reads, what it is told, and the passes by which a vehicle goes through.
//
// A gate opens if and only if all that is due there is met or waived, over the movement and everything it carries, or a
// named officer has ordered it. Passes are that sentence made ready beforehand: they are issued and revoked in the
// transaction of the fact that changes a checklist, so a pass that is there is never older than what it stands on. The
// decision is made again from the checklists all the same; a pass is for one gate and one use.
package gate

import (
	"slices"
	"strings"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// Facts are one zero value of each fact of this package.
func Facts() []ledger.Body { return []ledger.Body{Read{}, Decided{}, PassIssued{}, PassRevoked{}} }

// Tolerance is how far a vehicle may weigh from what its manifest says before an officer looks: whichever of the two is
// more. No tolerance is published (domain facts §3.6), so it is configuration, by port and by the goods' HS prefix; the
// longest prefix that fits counts, and the empty prefix fits all.
type Tolerance struct {
	Goods    port.HSCode    `json:"goods,omitempty"`
	PerMille int64          `json:"per_mille"`
	Absolute port.Kilograms `json:"absolute"`
}

// toleranceFor finds the tolerance for what a movement carries; with several goods the narrowest counts.
func toleranceFor(list []Tolerance, m *movement.Movement, expected port.Kilograms) port.Kilograms {
	narrowest := port.Kilograms(-1)
	for i := range max(1, len(m.Carries)) {
		hs := ""
		if i < len(m.Carries) {
			hs = string(m.Carries[i].HS)
		}
		best := -1
		for j := range list {
			if strings.HasPrefix(hs, string(list[j].Goods)) && (best < 0 || len(list[j].Goods) > len(list[best].Goods)) {
				best = j
			}
		}
		if best < 0 {
			continue
		}
		allowed := max(list[best].Absolute, expected/1000*port.Kilograms(list[best].PerMille))
		if narrowest < 0 || allowed < narrowest {
			narrowest = allowed
		}
	}
	return max(0, narrowest)
}

// Decide is the command of one reading at one lane: it records what was seen, weighs, and decides.
type Decide struct {
	Kinds      Kinds
	Lane       port.LaneID
	Port       port.PortID
	Gate       port.DuePoint
	Direction  port.Direction
	Saw        Reading
	Tolerances []Tolerance
}

// Prefetch asks for the look-ups that the decision will read.
func (d Decide) Prefetch(want *ledger.Wants) {
	movement.WantAt(want, d.Gate, d.Direction, d.Saw.Plate)
	if d.Gate == port.DueEntryGate {
		movement.WantAt(want, port.DueExitGate, d.Direction, d.Saw.Plate)
	}
}

// Decide records gate.read.v1 and gate.decided.v1, and when it opens movement.passed.v1 with what that means for the
// goods. An unannounced vehicle at an entry gate becomes a movement and is held.
func (d Decide) Decide(tx *ledger.Tx) error {
	id, err := movement.At(tx, d.Gate, d.Direction, d.Saw.Plate)
	if err != nil {
		return err
	}
	inside := port.ID{}
	if id.IsZero() && d.Gate == port.DueEntryGate {
		if inside, err = movement.At(tx, port.DueExitGate, d.Direction, d.Saw.Plate); err != nil {
			return err
		}
	}
	reading := tx.NewID()
	if err := tx.Record(Read{Reading: reading, Lane: d.Lane, Gate: d.Gate, Direction: d.Direction, Saw: d.Saw}); err != nil {
		return err
	}
	decided := Decided{Reading: reading, Lane: d.Lane, Gate: d.Gate, Decision: port.DecisionHold}
	switch {
	case !inside.IsZero():
		decided.Movement, decided.Reasons = inside, []Reason{{Code: "pass_used"}}
	case id.IsZero() && d.Gate == port.DueEntryGate:
		decided.Movement, decided.Reasons = tx.NewID(), []Reason{{Code: "unannounced"}}
		if err := tx.Record(movement.Appeared{Movement: decided.Movement, Port: d.Port, Direction: d.Direction, Plate: d.Saw.Plate, Lane: d.Lane}); err != nil {
			return err
		}
	case id.IsZero():
		decided.Reasons = []Reason{{Code: "not_inside"}}
	default:
		return d.known(tx, id, decided)
	}
	tx.Subject(decided.Movement)
	return tx.Record(decided)
}

// known decides on a vehicle that is expected here.
func (d Decide) known(tx *ledger.Tx, id port.ID, decided Decided) error {
	m, ok, err := d.Kinds.Movements.Get(tx, id)
	if err != nil || !ok {
		return err
	}
	decided.Movement = id
	tx.Subject(id)
	if err := d.weigh(tx, id, m); err != nil {
		return err
	}
	open, err := d.Kinds.unsettled(tx, id, m, d.Gate)
	if err != nil {
		return err
	}
	passes, _, err := d.Kinds.Passes.Get(tx, id)
	if err != nil {
		return err
	}
	decided.Decision, decided.Reasons = d.judge(m, open)
	if passes != nil {
		if pass := passes.At(d.Gate); pass != nil && pass.Used == 0 {
			decided.Pass = pass.ID
		}
	}
	if decided.Decision == port.DecisionOpen && decided.Pass.IsZero() {
		decided.Decision, decided.Reasons = port.DecisionHold, []Reason{{Code: "no_pass"}}
	}
	if o := m.Override; o != nil {
		decided.Override = o.Officer
		switch o.Decision {
		case movement.OverrideOpen:
			decided.Decision = port.DecisionOpen
		case movement.OverrideStop:
			decided.Decision, decided.Reasons = port.DecisionHold, append(decided.Reasons, Reason{Code: "stopped", Args: []string{o.Reason}})
		}
	}
	if err := tx.Record(decided); err != nil {
		return err
	}
	switch decided.Decision {
	case port.DecisionOpen:
		return d.pass(tx, id, m)
	case port.DecisionRefuse:
		return tx.Record(movement.TurnedBack{Movement: id, Gate: d.Gate, Lane: d.Lane})
	}
	return nil
}

// judge combines what is open with what the lane found.
func (d Decide) judge(m *movement.Movement, open []shut) (port.GateDecision, []Reason) {
	decision := port.DecisionOpen
	var reasons []Reason
	for i := range open {
		need := &open[i].need
		owner := need.Owner
		reasons = append(reasons, Reason{Code: string(need.State), Kind: need.Kind, Subject: open[i].subject, Owner: &owner, Args: reasonArgs(need)})
		switch {
		case need.State == port.StateRefused:
			decision = port.DecisionRefuse
		case decision == port.DecisionOpen:
			decision = port.DecisionHold
		}
	}
	for _, number := range d.Saw.Containers {
		if len(m.Containers) > 0 && !slices.Contains(m.Containers, number) {
			reasons = append(reasons, Reason{Code: "container_differs", Args: []string{string(number)}})
			if decision == port.DecisionOpen {
				decision = port.DecisionHold
			}
		}
	}
	return decision, reasons
}

func reasonArgs(r *movement.Requirement) []string {
	if r.Reason == "" {
		return nil
	}
	return []string{r.Reason}
}

// weigh settles the requirement to be weighed by what the weighbridge says: met within the tolerance, to be examined
// beyond it. A vehicle whose empty mass nobody has told is met by being weighed.
func (d Decide) weigh(tx *ledger.Tx, id port.ID, m *movement.Movement) error {
	c, ok, err := d.Kinds.Checklists.Get(tx, id)
	if err != nil || !ok {
		return err
	}
	r := c.Find(port.Weighed)
	if r == nil || d.Saw.Mass == 0 || r.State.Settled() || r.Result == port.ResultHeld || r.Result == port.ResultRefused {
		return nil
	}
	verdict := movement.Decided{Subject: id, SubjectKind: port.MovementSubject, Kind: port.Weighed, Result: port.ResultMet}
	if expected := m.ExpectedMass(); expected > 0 {
		difference := d.Saw.Mass - expected
		if allowed := toleranceFor(d.Tolerances, m, expected); max(difference, -difference) > allowed {
			verdict.Result, verdict.Reason = port.ResultInspect, "weight_differs"
			verdict.Note = d.Saw.Mass.String() + " / " + expected.String() + " ± " + allowed.String() + " kg"
		}
	}
	return tx.Record(verdict)
}

// pass records that the vehicle has gone through, and what that means for the goods: they come into custody at the
// entry gate and leave it at the exit gate; a declaration whose goods are all gone is closed.
func (d Decide) pass(tx *ledger.Tx, id port.ID, m *movement.Movement) error {
	if err := tx.Record(movement.Passed{Movement: id, Gate: d.Gate, Lane: d.Lane, Mass: d.Saw.Mass}); err != nil {
		return err
	}
	for i := range m.Carries {
		carried := &m.Carries[i]
		var err error
		if d.Gate == port.DueEntryGate {
			err = tx.Record(cargo.Entered{Consignment: carried.Consignment, Movement: id, Mass: carried.Mass})
		} else if err = tx.Record(cargo.TakenOut{Consignment: carried.Consignment, Movement: id, Mass: carried.Mass}); err == nil {
			err = d.closeDeclarations(tx, carried.Consignment)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (d Decide) closeDeclarations(tx *ledger.Tx, consignment port.ID) error {
	c, ok, err := d.Kinds.Consignments.Get(tx, consignment)
	if err != nil || !ok || !c.Gone() {
		return err
	}
	list, ok, err := d.Kinds.Checklists.Get(tx, consignment)
	if err != nil || !ok {
		return err
	}
	for _, id := range list.Declarations {
		if err := tx.Record(declaration.Closed{Declaration: id}); err != nil {
			return err
		}
	}
	return nil
}
