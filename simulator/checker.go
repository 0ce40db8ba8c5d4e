package simulator

import (
	"fmt"
	"strings"
	"time"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// Invariant names what must hold whatever happens.
type Invariant string

// The invariants.
const (
	NoGap           Invariant = "no_gap"            // the sequence of a ledger has none
	GateKeepsShut   Invariant = "gate_keeps_shut"   // a gate opens only where all that is due is met or waived, or by order
	OrderHolds      Invariant = "order_holds"       // an officer's order opens once, and an order to stop stops
	PassOnce        Invariant = "pass_once"         // a pass is issued once, good for one gate, and used once
	PassedByOpening Invariant = "passed_by_opening" // nothing passes a gate that has not opened for it
	NothingExtra    Invariant = "nothing_extra"     // no more of a consignment leaves custody, or is promised to leave it, than lies there
	LotInWhole      Invariant = "lot_in_whole"      // a part that is declared apart is no more than what lies free of its whole
	LeavesWhole     Invariant = "leaves_whole"      // a conveyance leaves with all that it carries, less what has come off it and no less
	Recorded        Invariant = "recorded"          // what was acknowledged is in the ledger, under the command of its receipt
)

// Violation is an invariant that did not hold, with the evidence.
type Violation struct {
	Invariant Invariant   `json:"invariant"`
	Port      port.PortID `json:"port"`
	Seq       uint64      `json:"seq"`
	Movement  port.ID     `json:"movement,omitzero"`
	Evidence  string      `json:"evidence"`
}

// checker watches one ledger. It sees every fact before the docket takes it in.
type checker struct {
	id      port.PortID
	docket  *docket
	report  func(Violation)
	seq     uint64
	passes  map[port.ID]*pass
	issued  map[port.ID][]port.ID // the passes of a movement
	orders  map[port.ID]movement.OverrideDecision
	opened  map[port.ID]port.DuePoint // gates that have opened for a movement that is to pass
	leaving leaving                   // what the command that is being read must still take out
	memory  [memoryMost]port.ID       // the commands of the last facts, by sequence
	claimed []acknowledged
}

// pass is one pass as the facts tell it.
type pass struct {
	movement port.ID
	gate     port.DuePoint
	revoked  bool
	used     uint64 // the sequence at which it was
}

// leaving is what a conveyance that has passed its exit gate carries: the goods leave custody by the same command.
type leaving struct {
	command  port.ID
	movement port.ID
	seq      uint64
	goods    map[port.ID]aboard
}

// acknowledged is a receipt that the feed has not reached yet.
type acknowledged struct {
	receipt receipt
	since   time.Time
}

// memoryMost is how many facts back a receipt is still compared: the feed is seconds ahead of an answer at most.
const memoryMost = 1 << 16

func newChecker(id port.PortID, d *docket, report func(Violation)) *checker {
	return &checker{
		id: id, docket: d, report: report, passes: map[port.ID]*pass{}, issued: map[port.ID][]port.ID{},
		orders: map[port.ID]movement.OverrideDecision{}, opened: map[port.ID]port.DuePoint{},
	}
}

func (c *checker) violated(i Invariant, seq uint64, m port.ID, evidence string, args ...any) {
	c.report(Violation{Invariant: i, Port: c.id, Seq: seq, Movement: m, Evidence: fmt.Sprintf(evidence, args...)})
}

// check looks at one fact.
func (c *checker) check(f *fact) {
	if f.Seq != c.seq+1 {
		c.violated(NoGap, f.Seq, port.ID{}, "after %d comes %d", c.seq, f.Seq)
	}
	c.seq, c.memory[f.Seq%memoryMost] = f.Seq, f.Command
	c.settle()
	if c.leaving.command != f.Command {
		c.stayed()
	}
	switch b := f.body.(type) {
	case gate.PassIssued:
		if c.passes[b.Pass] != nil {
			c.violated(PassOnce, f.Seq, b.Movement, "pass %s is issued again", b.Pass)
		}
		c.passes[b.Pass] = &pass{movement: b.Movement, gate: b.Gate}
		c.issued[b.Movement] = append(c.issued[b.Movement], b.Pass)
	case gate.PassRevoked:
		if p := c.passes[b.Pass]; p != nil {
			p.revoked = true
		}
	case movement.Overridden:
		c.orders[b.Movement] = b.Decision
		if b.Decision == movement.OverrideResume {
			delete(c.orders, b.Movement)
		}
	case gate.Decided:
		if b.Decision == port.DecisionOpen {
			c.opening(f.Seq, &b)
		}
	case movement.Passed:
		if at, ok := c.opened[b.Movement]; !ok || at != b.Gate {
			c.violated(PassedByOpening, f.Seq, b.Movement, "passed %s, which did not open", b.Gate)
		}
		delete(c.opened, b.Movement)
		if b.Gate == port.DueExitGate {
			c.leaves(f, b.Movement)
			c.closed(b.Movement)
		}
	case movement.Diverted:
		c.closed(b.Movement)
	case movement.TurnedBack:
		c.closed(b.Movement)
	case movement.Ended:
		if v := c.docket.vehicles[b.Movement]; v != nil && len(v.carries) > 0 {
			c.violated(LeavesWhole, f.Seq, b.Movement, "ended with goods of %d consignments on it", len(v.carries))
		}
		c.closed(b.Movement)
	case manifest.Deleted:
		c.closed(b.Movement)
	case cargo.TakenOut:
		c.takenOut(f.Seq, &b)
	case cargo.Assigned:
		if l := c.docket.lots[b.Consignment]; l == nil || b.Mass > l.free() {
			c.violated(NothingExtra, f.Seq, b.Movement, "%s kg of consignment %s are promised: %s", b.Mass, b.Consignment, l)
		}
	case cargo.Split:
		if l := c.docket.lots[b.From]; l == nil || b.Mass > l.free() {
			c.violated(LotInWhole, f.Seq, port.ID{}, "%s kg of consignment %s become a lot: %s", b.Mass, b.From, l)
		}
	case movement.Detached:
		c.comesOff(f.Seq, &b)
	}
}

// leaves notes what a conveyance takes with it.
func (c *checker) leaves(f *fact, id port.ID) {
	c.leaving = leaving{command: f.Command, movement: id, seq: f.Seq, goods: map[port.ID]aboard{}}
	if v := c.docket.vehicles[id]; v != nil {
		for _, goods := range v.carries {
			c.leaving.goods[goods.lot] = goods
		}
	}
}

// takenOut looks at goods that leave custody: not beyond what lies there, and as the conveyance carried them. What was
// fetched is taken as it was measured.
func (c *checker) takenOut(seq uint64, b *cargo.TakenOut) {
	l := c.docket.lots[b.Consignment]
	if l == nil || l.out+b.Mass > l.in || b.Assigned > l.promised {
		c.violated(NothingExtra, seq, b.Movement, "%s kg of consignment %s leave: %s", b.Mass, b.Consignment, l)
	}
	goods, ok := c.leaving.goods[b.Consignment]
	if !ok || c.leaving.movement != b.Movement || !goods.fetched && goods.mass != b.Mass {
		c.violated(LeavesWhole, seq, b.Movement, "%s kg of consignment %s leave; the conveyance carries %s", b.Mass, b.Consignment, goods.mass)
	}
	delete(c.leaving.goods, b.Consignment)
}

// stayed reports what a conveyance carried and did not take with it.
func (c *checker) stayed() {
	for id, goods := range c.leaving.goods {
		c.violated(LeavesWhole, c.leaving.seq, c.leaving.movement, "%s kg of consignment %s stay behind without having come off", goods.mass, id)
	}
	c.leaving = leaving{}
}

// comesOff looks at what comes off a conveyance: no more than it carries.
func (c *checker) comesOff(seq uint64, b *movement.Detached) {
	v := c.docket.vehicles[b.Movement]
	if b.Kind != port.ConsignmentSubject || v == nil {
		return
	}
	for _, goods := range v.carries {
		if goods.lot == b.Subject && b.Mass > goods.mass {
			c.violated(LeavesWhole, seq, b.Movement, "%s kg of consignment %s come off; the conveyance carries %s", b.Mass, b.Subject, goods.mass)
		}
	}
}

// String tells the account of a lot, as evidence.
func (l *lot) String() string {
	if l == nil {
		return "unknown"
	}
	return fmt.Sprintf("%s: %s kg in, %s out, %s promised", l.waybill, l.in, l.out, l.promised)
}

// opening looks at a gate that opens.
func (c *checker) opening(seq uint64, b *gate.Decided) {
	order := c.orders[b.Movement]
	byOrder := order == movement.OverrideOpen && b.Override != ""
	switch {
	case order == movement.OverrideStop:
		c.violated(OrderHolds, seq, b.Movement, "%s opened against an order to stop", b.Gate)
	case b.Override != "" && order != movement.OverrideOpen:
		c.violated(OrderHolds, seq, b.Movement, "%s opened by an order of %s that nobody gave or that is used", b.Gate, b.Override)
	case byOrder:
		delete(c.orders, b.Movement)
	default:
		if shut := c.docket.shut(b.Movement, b.Gate); len(shut) > 0 {
			c.violated(GateKeepsShut, seq, b.Movement, "%s opened on %s", b.Gate, strings.Join(shut, ", "))
		}
	}
	c.opened[b.Movement] = b.Gate
	p := c.passes[b.Pass]
	switch {
	case b.Pass.IsZero() && byOrder:
	case p == nil:
		c.violated(PassOnce, seq, b.Movement, "%s opened on pass %q, which was not issued", b.Gate, b.Pass)
	case p.movement != b.Movement || p.gate != b.Gate:
		c.violated(PassOnce, seq, b.Movement, "%s opened on pass %s of %s for %s", b.Gate, b.Pass, p.movement, p.gate)
	case p.revoked:
		c.violated(PassOnce, seq, b.Movement, "%s opened on pass %s, which is revoked", b.Gate, b.Pass)
	case p.used != 0:
		c.violated(PassOnce, seq, b.Movement, "%s opened on pass %s, which was used at %d", b.Gate, b.Pass, p.used)
	default:
		p.used = seq
	}
}

// closed forgets a movement's passes and orders. One of its passes that is used afterwards is one that was not issued.
func (c *checker) closed(id port.ID) {
	for _, issued := range c.issued[id] {
		delete(c.passes, issued)
	}
	delete(c.issued, id)
	delete(c.orders, id)
	delete(c.opened, id)
}

// claim notes an acknowledgement; settle compares it when the feed has come so far.
func (c *checker) claim(r receipt) {
	if r.Ledger == "port:"+string(c.id) && r.Outcome == "accepted" && r.Last > 0 {
		c.claimed = append(c.claimed, acknowledged{r, time.Now()})
		c.settle()
	}
}

func (c *checker) settle() {
	rest := c.claimed[:0]
	for _, x := range c.claimed {
		switch {
		case x.receipt.Last > c.seq:
			rest = append(rest, x)
		case x.receipt.First+memoryMost > c.seq:
			for seq := x.receipt.First; seq <= x.receipt.Last; seq++ {
				if found := c.memory[seq%memoryMost]; found != x.receipt.Command {
					c.violated(Recorded, seq, x.receipt.Subject, "receipt %s claims %d, which command %q recorded", x.receipt.Command, seq, found)
				}
			}
		}
	}
	c.claimed = rest
}

// quiet reports acknowledgements that the feed does not show, although it was asked after them and had nothing more.
func (c *checker) quiet(asked time.Time) {
	rest := c.claimed[:0]
	for _, x := range c.claimed {
		if x.since.After(asked) {
			rest = append(rest, x)
			continue
		}
		c.violated(Recorded, x.receipt.Last, x.receipt.Subject, "receipt %s was acknowledged up to %d; the ledger is at %d", x.receipt.Command, x.receipt.Last, c.seq)
	}
	c.claimed = rest
}

// shut lists what keeps a gate shut for a movement, over itself and what it carries.
func (d *docket) shut(id port.ID, at port.DuePoint) []string {
	v := d.vehicles[id]
	if v == nil {
		return []string{"a movement that nobody has announced or seen"}
	}
	needs := v.needs[:len(v.needs):len(v.needs)]
	wholes := map[port.ID]bool{}
	for _, carried := range v.carries {
		if l := d.lots[carried.lot]; l != nil {
			needs = append(needs, l.needs...)
		}
		if whole := d.lots[carried.of]; whole != nil && !wholes[whole.id] {
			wholes[whole.id] = true
			for _, n := range whole.needs {
				if !d.lotsAnswer(v, n) {
					needs = append(needs, n)
				}
			}
		}
	}
	for _, on := range v.parts {
		if p := d.parts[on]; p != nil {
			needs = append(needs, p.needs...)
		}
	}
	var shut []string
	for _, n := range needs {
		if n.keepsShut(at) {
			shut = append(shut, fmt.Sprintf("%s.%s %s (%s)", n.subject, n.kind, n.state, n.due))
		}
	}
	return shut
}

// lotsAnswer tells whether what is required of a whole is required, of its own, of every lot of it on a vehicle, and none
// of the whole itself is on it: then the lots answer for it.
func (d *docket) lotsAnswer(v *vehicle, n *need) bool {
	for _, carried := range v.carries {
		if carried.lot == n.subject {
			return true // it stands in the list already
		}
		if l := d.lots[carried.lot]; carried.of == n.subject && (l == nil || find(l.needs, n.kind) == nil) {
			return false
		}
	}
	return true
}
