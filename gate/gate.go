// Package gate is the lane: what it reads, what it is told, and the passes by which a vehicle goes through.
//
// A gate opens if and only if all that is due there is met or waived, over the movement and everything it carries, or a
// named officer has ordered it. Passes are that sentence made ready beforehand: they are issued and revoked in the
// transaction of the fact that changes a checklist, so a pass that is there is never older than what it stands on. The
// decision is made again from the checklists all the same; a pass is for one gate and one use.
package gate

import (
	"slices"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// Facts are one zero value of each fact of this package.
func Facts() []ledger.Body { return []ledger.Body{Read{}, Decided{}, PassIssued{}, PassRevoked{}} }

// Tolerance tells whether a vehicle that carries goods under an HS code may weigh what it does, given what its manifest
// says. No tolerance is published (domain facts §3.6): each port's is configuration, and the caller brings it, as it
// stands when the reading comes. Where none is set, no difference says anything.
type Tolerance func(goods port.HSCode, expected, measured port.Kilograms) bool

// Decide is the command of one reading at one lane: it records what was seen, weighs, and decides.
type Decide struct {
	Kinds     Kinds
	Lane      port.LaneID
	Port      port.PortID
	Gate      port.DuePoint
	Direction port.Direction
	Saw       Reading
	Tolerance Tolerance
	Inspector *port.Owner      // who examines at this port, should the weight order it
	Law       movement.Changed // how far the law has come here; zero: nothing is judged again
	Final     bool             // decide even on what was judged under an older law; else [Stale] is refused
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
	if d.Gate == port.DueEntryGate {
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
	case id.IsZero() && !inside.IsZero():
		decided.Movement, decided.Reasons = inside, []Reason{{Code: "pass_used"}}
	case id.IsZero() && d.Gate == port.DueEntryGate:
		decided.Movement, decided.Reasons = tx.NewID(), []Reason{{Code: "unannounced"}}
		if err := tx.Record(movement.Appeared{Movement: decided.Movement, Port: d.Port, Direction: d.Direction, Plate: d.Saw.Plate, Lane: d.Lane}); err != nil {
			return err
		}
	case id.IsZero():
		decided.Reasons = []Reason{{Code: "not_inside"}}
	default:
		return d.known(tx, id, inside, decided)
	}
	tx.Subject(decided.Movement)
	return tx.Record(decided)
}

// known decides on a vehicle that is expected here. inside is an earlier movement of the same vehicle that has not left,
// which no vehicle can be: the lane has read it twice, or its leaving was not seen.
func (d Decide) known(tx *ledger.Tx, id, inside port.ID, decided Decided) error {
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
	outdated, err := movement.Outdated(tx, d.Kinds.Checklists, id, m, d.Law)
	if err != nil {
		return err
	}
	if outdated && !d.Final {
		return stale(id)
	}
	decided.Decision, decided.Reasons = d.judge(m, open)
	if outdated { // it could not be judged again: nothing opens on a law that is no more
		decided.Reasons = append(decided.Reasons, Reason{Code: "law_changed"})
		if decided.Decision == port.DecisionOpen {
			decided.Decision = port.DecisionHold
		}
	}
	if reason := d.measure(m); reason != nil {
		decided.Reasons = append(decided.Reasons, *reason)
		if decided.Decision == port.DecisionOpen {
			decided.Decision = port.DecisionHold
		}
	}
	if !inside.IsZero() {
		decided.Reasons = append(decided.Reasons, Reason{Code: "pass_used"})
		if decided.Decision == port.DecisionOpen {
			decided.Decision = port.DecisionHold
		}
	}
	if decided.Pass, err = d.pass(tx, id); err != nil {
		return err
	}
	if decided.Decision == port.DecisionOpen && decided.Pass.IsZero() { // of a waybill over more vehicles than are followed
		if err := d.Kinds.settle(tx, id); err != nil {
			return err
		}
		if decided.Pass, err = d.pass(tx, id); err != nil {
			return err
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
		return d.through(tx, id, inside, m)
	case port.DecisionRefuse:
		return d.turnBack(tx, id, m)
	}
	return nil
}

// pass is the vehicle's pass for this gate; the zero id where it has none that is good.
func (d Decide) pass(tx *ledger.Tx, id port.ID) (port.ID, error) {
	passes, _, err := d.Kinds.Passes.Get(tx, id)
	if err != nil || passes == nil {
		return port.ID{}, err
	}
	if pass := passes.At(d.Gate); pass != nil && pass.Used == 0 {
		return pass.ID, nil
	}
	return port.ID{}, nil
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
		case need.State == port.StateRefused && !d.comesOff(m, open[i].subject):
			decision = port.DecisionRefuse
		case decision == port.DecisionOpen:
			decision = port.DecisionHold
		}
	}
	for _, number := range d.Saw.Containers {
		if len(m.Containers) > 0 && !slices.ContainsFunc(m.Containers, func(c port.ContainerNumber) bool { return same(c, number) }) {
			reasons = append(reasons, Reason{Code: "container_differs", Args: []string{string(number)}})
			if decision == port.DecisionOpen {
				decision = port.DecisionHold
			}
		}
	}
	return decision, reasons
}

// comesOff tells whether what was refused can be left behind: a person, equipment, goods that lie in wagons. The
// conveyance then waits until it has come off, and need not go back.
func (d Decide) comesOff(m *movement.Movement, subject port.ID) bool {
	for i := range m.Persons {
		if m.Persons[i].ID == subject {
			return true
		}
	}
	for i := range m.Equipment {
		if m.Equipment[i].ID == subject {
			return m.Equipment[i].Kind == port.Wagon
		}
	}
	return m.ComesOff(subject)
}

// measure says what is wrong with the mass of a vehicle that fetches goods: it may not leave with more than it has been
// promised, beyond the tolerance.
func (d Decide) measure(m *movement.Movement) *Reason {
	net, goods := d.fetched(m)
	if goods == nil || net <= goods.Mass || d.Tolerance != nil && d.Tolerance(goods.HS, m.Weighed+goods.Mass, d.Saw.Mass) {
		return nil
	}
	return &Reason{Code: "more_than_promised", Args: []string{net.String(), goods.Mass.String()}}
}

// fetched is what a vehicle weighs more at the exit gate than it did empty at the entry gate, where it fetches one lot of
// goods; nil where that cannot be told.
func (d Decide) fetched(m *movement.Movement) (net port.Kilograms, goods *movement.Carried) {
	if d.Gate != port.DueExitGate || d.Saw.Mass == 0 || m.Weighed == 0 || len(m.Carries) != 1 || !m.Carries[0].Fetched {
		return 0, nil
	}
	return d.Saw.Mass - m.Weighed, &m.Carries[0]
}

// same tells whether two ways of writing a container's number name the same box: papers have blanks and hyphens.
func same(a, b port.ContainerNumber) bool {
	if a == b {
		return true
	}
	one, _ := port.ParseContainer(string(a)) // a wrong check digit still gives the number
	other, _ := port.ParseContainer(string(b))
	return one != "" && one == other
}

func reasonArgs(r *movement.Requirement) []string {
	if r.Reason == "" {
		return nil
	}
	return []string{r.Reason}
}

// weigh settles the requirement to be weighed by what the weighbridge says: met within the tolerance, to be examined
// beyond it. It speaks once: what has been found to differ, or decided otherwise, is its owner's to settle, and no
// second weighing makes it good. A vehicle whose empty mass nobody has told is met by being weighed.
func (d Decide) weigh(tx *ledger.Tx, id port.ID, m *movement.Movement) error {
	c, ok, err := d.Kinds.Checklists.Get(tx, id)
	if err != nil || !ok {
		return err
	}
	r := c.Find(port.Weighed)
	if r == nil || d.Saw.Mass <= 0 || r.Result != "" || r.State == port.StateLapsed {
		return nil
	}
	verdict := movement.Decided{Subject: id, SubjectKind: port.MovementSubject, Kind: port.Weighed, Result: port.ResultMet}
	if expected := m.ExpectedMass(d.Gate); expected > 0 && !d.within(m, expected) {
		verdict.Result, verdict.Reason, verdict.Inspector = port.ResultInspect, "weight_differs", d.Inspector
		verdict.Note = d.Saw.Mass.String() + " / " + expected.String() + " kg"
	}
	return tx.Record(verdict)
}

// within tells whether the mass agrees for everything that is carried; an empty vehicle is held to the tolerance for
// any goods.
func (d Decide) within(m *movement.Movement, expected port.Kilograms) bool {
	if d.Tolerance == nil {
		return true
	}
	for i := range m.Carries {
		if !d.Tolerance(m.Carries[i].HS, expected, d.Saw.Mass) {
			return false
		}
	}
	return len(m.Carries) > 0 || d.Tolerance("", expected, d.Saw.Mass)
}

// through records that the vehicle has gone through, and what that means for the goods: they come into custody at the
// entry gate and leave it at the exit gate; a declaration whose goods are all gone is closed.
func (d Decide) through(tx *ledger.Tx, id, inside port.ID, m *movement.Movement) error {
	if err := tx.Record(movement.Passed{Movement: id, Gate: d.Gate, Lane: d.Lane, Mass: d.Saw.Mass, Behind: inside}); err != nil {
		return err
	}
	for i := range m.Carries {
		goods := &m.Carries[i]
		var err error
		switch {
		case d.Gate == port.DueEntryGate && goods.Fetched: // it comes for them
		case d.Gate == port.DueEntryGate:
			err = tx.Record(cargo.Entered{Consignment: goods.Consignment, Movement: id, Mass: goods.Mass})
		default:
			err = d.takeOut(tx, id, m, goods)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// takeOut records that goods leave custody. Those that were fetched are taken out as they were measured, never more than
// lies there and is not promised to others.
func (d Decide) takeOut(tx *ledger.Tx, id port.ID, m *movement.Movement, goods *movement.Carried) error {
	out := cargo.TakenOut{Consignment: goods.Consignment, Movement: id, Mass: goods.Mass}
	if goods.Fetched {
		out.Assigned = goods.Mass
		if net, measured := d.fetched(m); measured != nil && net > 0 {
			c, ok, err := d.Kinds.Consignments.Get(tx, goods.Consignment)
			if err != nil || !ok {
				return err
			}
			out.Mass = min(net, goods.Mass+c.Free())
		}
	}
	if err := tx.Record(out); err != nil {
		return err
	}
	return d.closeDeclarations(tx, goods.Consignment)
}

// turnBack records that the vehicle goes back, and its goods with it.
func (d Decide) turnBack(tx *ledger.Tx, id port.ID, m *movement.Movement) error {
	if err := tx.Record(movement.TurnedBack{Movement: id, Gate: d.Gate, Lane: d.Lane}); err != nil {
		return err
	}
	for i := range m.Carries {
		goods := &m.Carries[i]
		var fact ledger.Body = cargo.Returned{Consignment: goods.Consignment, Movement: id, Mass: goods.Mass, Entered: m.State == movement.StateInside}
		if goods.Fetched { // they stay where they lie
			fact = cargo.Removed{Consignment: goods.Consignment, Movement: id, Mass: goods.Mass, Assigned: true}
		}
		if err := tx.Record(fact); err != nil {
			return err
		}
	}
	return nil
}

// closeDeclarations closes what was declared of goods that are all gone. Where an officer let them out before customs
// had released them, the declaration stays open: customs has still to say.
func (d Decide) closeDeclarations(tx *ledger.Tx, consignment port.ID) error {
	c, ok, err := d.Kinds.Consignments.Get(tx, consignment)
	if err != nil || !ok || !c.Gone() {
		return err
	}
	list, ok, err := d.Kinds.Checklists.Get(tx, consignment)
	if err != nil || !ok {
		return err
	}
	if r := list.Find(port.CustomsRelease); r != nil && !r.State.Settled() {
		return nil
	}
	for _, id := range list.Declarations {
		if gone, err := d.allGone(tx, id); err != nil {
			return err
		} else if !gone {
			continue
		}
		if err := tx.Record(declaration.Closed{Declaration: id}); err != nil {
			return err
		}
	}
	return nil
}

// allGone tells whether nothing is left of all the goods that a declaration speaks of.
func (d Decide) allGone(tx *ledger.Tx, id port.ID) (bool, error) {
	r, ok, err := d.Kinds.Declarations.Get(tx, id)
	if err != nil || !ok {
		return ok, err
	}
	gone, unloaded := true, false
	for _, consignment := range append([]port.ID{r.Consignment}, r.Further...) {
		c, ok, err := d.Kinds.Consignments.Get(tx, consignment)
		unloaded = unloaded || err != nil // go on, so that all of them are asked for in one round
		gone = gone && ok && c.Gone()
	}
	if unloaded {
		return false, ledger.ErrUnloaded
	}
	return gone, nil
}
