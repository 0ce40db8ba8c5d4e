package gate_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/claim"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/gate/gatetest"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/store"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

const (
	testPort   port.PortID = "test-road"
	testLedger ledger.Name = "port:test-road"
)

// core is the domain without the program around it: one port's ledger in memory.
type core struct {
	engine       *ledger.Engine
	number       ledger.Number
	kinds        gate.Kinds
	declarations *ledger.Kind[declaration.Record]
	commands     uint64
	watch        *gatetest.Watch
	facts        []ledger.Fact
	ticks        atomic.Int64 // seconds that have gone by
	law          movement.Changed
	again        func(port.ID) (ledger.Decision, error) // judges a movement by the law as it is
}

func newCore(t testing.TB) *core {
	t.Helper()
	c := &core{
		kinds: gate.NewKinds(), watch: gatetest.NewWatch(),
	}
	c.declarations = c.kinds.Declarations
	var facts []ledger.Body
	for _, list := range [][]ledger.Body{manifest.Facts(), declaration.Facts(), cargo.Facts(), claim.Facts(), movement.Facts(), gate.Facts()} {
		facts = append(facts, list...)
	}
	kinds := []ledger.AnyKind{c.declarations, c.kinds.Consignments, c.kinds.Movements, c.kinds.Checklists, c.kinds.Units, c.kinds.Filings, c.kinds.Passes}
	schema, err := ledger.NewSchema(facts, kinds, c.kinds.Reactions())
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return time.UnixMilli(1_790_000_000_000 + 1000*c.ticks.Add(1)) }
	if c.engine, err = ledger.Open(context.Background(), schema, store.NewMemory(), ledger.Options{Clock: clock}); err != nil {
		t.Fatal(err)
	}
	if c.number, err = c.engine.Create(context.Background(), testLedger, ledger.SHA256); err != nil {
		t.Fatal(err)
	}
	return c
}

// give gives a command, and has the watch look at the facts that it made.
func (c *core) give(actor ledger.Actor, do ledger.Decision) (ledger.Receipt, error) {
	c.commands++
	var unique [8]byte
	binary.BigEndian.PutUint64(unique[:], c.commands)
	receipt, err := c.engine.Submit(context.Background(), ledger.Command{
		ID:     port.NewID(1_790_000_000_000+int64(c.commands), uint16(c.number), c.commands<<32),
		Ledger: testLedger, Actor: actor, Priority: ledger.Lodgement, Do: do,
	})
	if id, stale := gate.IsStale(err); stale {
		again, err := c.again(id)
		if err != nil {
			return receipt, err
		}
		if _, err := c.give(ledger.Actor{Organisation: "guomen", Role: "law"}, again); err != nil {
			return receipt, err
		}
		final := do.(gate.Decide)
		final.Final = true
		return c.give(actor, final)
	}
	if err != nil {
		if kind := errs.KindOf(err); kind != errs.Invalid && kind != errs.Missing && kind != errs.Conflict {
			return receipt, fmt.Errorf("%T: %w", do, err)
		}
		return receipt, nil // refused, as it may be
	}
	c.facts = append(c.facts, receipt.Facts...)
	if violations := c.watch.Facts(receipt.Facts); len(violations) > 0 {
		return receipt, fmt.Errorf("%T: %s", do, violations)
	}
	return receipt, nil
}

// days lets time go by and passes the deadlines that have come.
func (c *core) days(n int) error {
	c.ticks.Add(int64(n) * 24 * 3600)
	now := c.engine.Now()
	if err := c.engine.TickOnce(context.Background()); err != nil {
		return err
	}
	passed, err := c.engine.Facts(context.Background(), testLedger, uint64(len(c.facts)), 1<<20, 0)
	if err != nil {
		return err
	}
	c.facts = append(c.facts, passed...)
	violations := c.watch.Facts(passed)
	if overdue := c.watch.Overdue(now); overdue > 0 {
		violations = append(violations, fmt.Sprintf("%d consignments are overdue and no fact says so", overdue))
	}
	if len(violations) > 0 {
		return fmt.Errorf("after %d days: %s", n, violations)
	}
	return nil
}

// draws makes commands out of small pools, so that numbers and vehicles meet again and again.
type draws struct {
	*rapid.T
	c        *core
	mirrored bool
}

func (d draws) plate() port.Plate {
	return rapid.SampledFrom([]port.Plate{"0001УБА", "0002УБА", "蒙K00003"}).Draw(d.T, "plate")
}

func (d draws) bill() string {
	return rapid.SampledFrom([]string{"W1", "W2", "W3"}).Draw(d.T, "waybill")
}

func (d draws) direction() port.Direction {
	return rapid.SampledFrom([]port.Direction{port.Import, port.Import, port.Export}).Draw(d.T, "direction")
}

// demand may ask for something: nothing is asked of everything.
func (d draws) demand(list []port.Demand, kind port.RequirementKind, subject port.SubjectKind, owner port.Function, dues ...port.DuePoint) []port.Demand {
	if !rapid.Bool().Draw(d.T, string(kind)) {
		return list
	}
	source := port.Here
	if kind == port.CustomsRelease && d.mirrored {
		source = port.Mirrored
	}
	return append(list, port.Demand{
		Kind: kind, Subject: subject, Owner: port.Owner{Function: owner, Organisation: string(owner)}, Source: source, Rules: []string{"test." + string(kind)},
		Due: rapid.SampledFrom(dues).Draw(d.T, "due"),
	})
}

func (d draws) ofGoods() port.Judged {
	return port.Judged{Region: d.c.law.Region, Demands: d.demand(nil, port.CustomsRelease, port.ConsignmentSubject, port.FunctionCustomsSupervision, port.DueExitGate, port.DueCustodyExit)}
}

func (d draws) ofVehicle() port.Judged {
	list := d.demand(nil, "manifest_accepted", port.MovementSubject, port.FunctionCustomsSupervision, port.DueBeforeArrival, port.DueEntryGate)
	list = d.demand(list, "crew_cleared", port.MovementSubject, port.FunctionBorderInspection, port.DueEntryGate)
	list = d.demand(list, port.Weighed, port.MovementSubject, port.FunctionPortOperator, port.DueEntryGate)
	list = d.demand(list, "quarantine_cleared", port.MovementSubject, port.FunctionCustomsQuarantine, port.DueExitGate, port.DueInspection, port.DueLater)
	return port.Judged{Region: d.c.law.Region, Demands: list}
}

// rejudge has the law as it is ask for anything of a movement and of what it carries, and some clauses retired.
func (d draws) rejudge(id port.ID) (ledger.Decision, error) {
	do := movement.Rejudge{
		Checklists: d.c.kinds.Checklists, Movement: id, Law: d.c.law, Version: func(string, port.Time) int { return int(d.c.law.Region) },
		InForce: func(rule string) bool { return (uint64(len(rule))+d.c.law.Region)%3 > 0 },
	}
	m, ok, err := ledger.Read(context.Background(), d.c.engine, d.c.kinds.Movements, id)
	if err != nil || !ok {
		return nil, fmt.Errorf("movement %s: %v %w", id, ok, err)
	}
	for i := -1; i < len(m.Carries); i++ {
		one := movement.Again{Subject: id, Kind: port.MovementSubject, Judged: d.ofVehicle()}
		if i >= 0 {
			one = movement.Again{Subject: m.Carries[i].Consignment, Kind: port.ConsignmentSubject, Judged: d.ofGoods()}
		}
		list, ok, err := ledger.Read(context.Background(), d.c.engine, d.c.kinds.Checklists, one.Subject)
		if err != nil || !ok {
			return nil, fmt.Errorf("checklist %s: %v %w", one.Subject, ok, err)
		}
		for _, p := range list.Papers {
			one.Papers = append(one.Papers, movement.PaperRef{ID: p.ID, Seq: p.Seq})
		}
		do.Subjects = append(do.Subjects, one)
	}
	return do, nil
}

func (d draws) manifest() ledger.Decision {
	doc := manifest.Document{
		Direction: d.direction(), Batch: rapid.SampledFrom([]port.BatchNumber{"2026110000001", "2026110000002", "2026110000003"}).Draw(d.T, "batch"),
		Carrier: "carrier", Vehicle: manifest.Vehicle{Plate: d.plate(), Tare: 15 * port.Tonne}, Loaded: manifest.Laden,
	}
	var waybills []port.Judged
	for range rapid.IntRange(0, 2).Draw(d.T, "waybills") {
		w := manifest.Waybill{Number: d.bill(), Goods: "煤", GrossMass: 40 * port.Tonne}
		if rapid.Bool().Draw(d.T, "split") {
			w.OnVehicle = 20 * port.Tonne
		}
		if rapid.Bool().Draw(d.T, "box") {
			w.Containers = []manifest.Container{{Number: "DEMU1000010"}}
		}
		if len(doc.Waybills) == 1 && doc.Waybills[0].Number == w.Number {
			continue
		}
		judged := d.ofGoods()
		if doc.Direction == port.Import {
			judged.Clocks = []port.Clock{{Kind: port.DeclarationDue, From: port.FromEntry, After: 14 * port.Day, Rule: "test"}}
		}
		doc.Waybills, waybills = append(doc.Waybills, w), append(waybills, judged)
	}
	return movement.Announce{Movements: d.c.kinds.Movements, Lodge: manifest.Lodge{Consignments: d.c.kinds.Consignments, Port: testPort, Document: doc, Judged: d.ofVehicle(), Waybills: waybills}}
}

func (d draws) declaration() ledger.Decision {
	doc := declaration.Document{Direction: d.direction(), Waybill: d.bill(), Reference: rapid.SampledFrom([]string{"R1", "R2", "R3"}).Draw(d.T, "reference")}
	judged := d.ofGoods()
	if rapid.Bool().Draw(d.T, "summary") {
		doc.Steps = declaration.StepSummary
		judged.Clocks = []port.Clock{{Kind: port.FullDeclarationDue, From: port.FromEntry, After: 14 * port.Day, Rule: "test"}}
	}
	return declaration.Lodge{Kind: d.c.declarations, Document: doc, Judged: judged}
}

// known picks something that the facts have named.
func (d draws) known(what string, of func(ledger.Body) port.ID) port.ID {
	var ids []port.ID
	for i := range d.c.facts {
		if id := of(d.c.facts[i].Body); !id.IsZero() {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return port.ID{}
	}
	return rapid.SampledFrom(ids).Draw(d.T, what)
}

func (d draws) anyDeclaration() port.ID {
	return d.known("declaration", func(b ledger.Body) port.ID {
		if l, ok := b.(declaration.Lodged); ok {
			return l.Declaration
		}
		return port.ID{}
	})
}

func (d draws) anyMovement() port.ID {
	return d.known("movement", func(b ledger.Body) port.ID {
		switch b := b.(type) {
		case manifest.Lodged:
			return b.Movement
		case movement.Appeared:
			return b.Movement
		}
		return port.ID{}
	})
}

func (d draws) anyConsignment() port.ID {
	return d.known("consignment", func(b ledger.Body) port.ID {
		switch b := b.(type) {
		case cargo.Consigned:
			return b.Consignment
		case declaration.Lodged:
			return b.Consignment
		}
		return port.ID{}
	})
}

// verdict is somebody's word on something, mostly the owner's and mostly good.
func (d draws) verdict() (ledger.Actor, ledger.Decision) {
	subject := d.anyMovement()
	if rapid.Bool().Draw(d.T, "of goods") {
		subject = d.anyConsignment()
	}
	kinds := []port.RequirementKind{port.CustomsRelease, "manifest_accepted", "crew_cleared", "quarantine_cleared", "inspection", port.Weighed, port.Announced}
	kind := rapid.SampledFrom(kinds).Draw(d.T, "kind")
	owners := map[port.RequirementKind]port.Function{
		port.CustomsRelease: port.FunctionCustomsSupervision, "manifest_accepted": port.FunctionCustomsSupervision, "crew_cleared": port.FunctionBorderInspection,
		"quarantine_cleared": port.FunctionCustomsQuarantine, "inspection": port.FunctionCustomsInspection, port.Weighed: port.FunctionPortOperator,
	}
	results := []port.Result{port.ResultMet, port.ResultMet, port.ResultMet, port.ResultMet, port.ResultWaived, port.ResultDocuments, port.ResultInspect, port.ResultHeld, port.ResultRefused, "nonsense"}
	v := movement.Verdict{
		Checklists: d.c.kinds.Checklists, Subject: subject, Kind: kind, Result: rapid.SampledFrom(results).Draw(d.T, "result"), Reason: "test",
		Functions: []port.Function{owners[kind]}, Inspector: &port.Owner{Function: port.FunctionCustomsInspection, Organisation: string(port.FunctionCustomsInspection)},
	}
	actor := ledger.Actor{Organisation: string(owners[kind]), Role: "test"}
	if rapid.Bool().Draw(d.T, "named") {
		v.Law, actor.Person = "海关法", "officer"
	}
	if rapid.IntRange(0, 9).Draw(d.T, "stranger") == 0 {
		v.Functions = []port.Function{port.FunctionTransport}
	}
	return actor, v
}

func (d draws) reading() ledger.Decision {
	r := gate.Decide{
		Kinds: d.c.kinds, Lane: "test-road.lane-01", Port: testPort, Gate: rapid.SampledFrom([]port.DuePoint{port.DueEntryGate, port.DueExitGate}).Draw(d.T, "gate"),
		Direction: d.direction(), Saw: gate.Reading{Plate: d.plate(), Mass: rapid.SampledFrom([]port.Kilograms{0, 15 * port.Tonne, 35 * port.Tonne, 55 * port.Tonne, 75 * port.Tonne, 95 * port.Tonne}).Draw(d.T, "mass")},
		Tolerance: func(_ port.HSCode, expected, measured port.Kilograms) bool { return expected == measured },
		Inspector: &port.Owner{Function: port.FunctionCustomsInspection, Organisation: string(port.FunctionCustomsInspection)},
		Law:       d.c.law,
	}
	switch rapid.IntRange(0, 9).Draw(d.T, "boxes") {
	case 0:
		r.Saw.Containers = []port.ContainerNumber{"DEMU1000026"}
	case 1, 2:
		r.Saw.Containers = []port.ContainerNumber{"demu 100001-0"}
	}
	return r
}

func (d draws) override() (ledger.Actor, ledger.Decision) {
	o := movement.Overrule{
		Movements: d.c.kinds.Movements, Movement: d.anyMovement(), Reason: "test",
		Decision: rapid.SampledFrom([]movement.OverrideDecision{movement.OverrideOpen, movement.OverrideStop, movement.OverrideResume}).Draw(d.T, "order"),
	}
	return ledger.Actor{Organisation: "customs", Role: "customs", Person: rapid.SampledFrom([]string{"", "officer", "officer"}).Draw(d.T, "officer")}, o
}

func (d draws) answer() ledger.Decision {
	return declaration.Answer{
		Kind: d.c.declarations, Reference: rapid.SampledFrom([]string{"R1", "R2", "R3", "R9"}).Draw(d.T, "reference"),
		Number:   rapid.SampledFrom([]port.DeclarationNumber{"", "070020261000000001", "070020261000000002"}).Draw(d.T, "number"),
		Window:   rapid.SampledFrom([]string{"", "", "I20260000000000001"}).Draw(d.T, "window"),
		Function: "08", Result: rapid.SampledFrom([]port.Result{"", port.ResultMet, port.ResultMet, port.ResultInspect, port.ResultRefused}).Draw(d.T, "result"),
	}
}

// clear lets every owner settle what he can of one vehicle and what it carries.
func (c *core) clear(id port.ID, waive bool) error {
	m, ok, err := ledger.Read(context.Background(), c.engine, c.kinds.Movements, id)
	if err != nil || !ok {
		return err
	}
	for i := -1; i < len(m.Carries); i++ {
		subject := id
		if i >= 0 {
			subject = m.Carries[i].Consignment
		}
		list, ok, err := ledger.Read(context.Background(), c.engine, c.kinds.Checklists, subject)
		if err != nil || !ok {
			return err
		}
		for _, r := range list.Requirements {
			if r.State.Settled() || r.Kind == port.Weighed && r.Result == "" {
				continue
			}
			v := movement.Verdict{Checklists: c.kinds.Checklists, Subject: subject, Kind: r.Kind, Result: port.ResultMet, Functions: []port.Function{r.Owner.Function}}
			if waive {
				v.Result, v.Reason, v.Law = port.ResultWaived, "test", "海关法"
			}
			if _, err := c.give(ledger.Actor{Organisation: r.Owner.Organisation, Role: "test", Person: "officer"}, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// next is the reading that a vehicle which is on its way gives next, as its manifest says.
func (d draws) next() ledger.Decision {
	m, ok, err := ledger.Read(context.Background(), d.c.engine, d.c.kinds.Movements, d.anyMovement())
	if err != nil || !ok || !m.Open() {
		return d.reading()
	}
	r := d.reading().(gate.Decide)
	r.Gate, r.Direction, r.Saw = port.DueEntryGate, m.Direction, gate.Reading{Plate: m.Plate, Mass: m.ExpectedMass(port.DueEntryGate)}
	if m.State == movement.StateInside {
		r.Gate = port.DueExitGate
	}
	return r
}

// step gives one drawn command.
func (d draws) step() error {
	trader := ledger.Actor{Organisation: rapid.SampledFrom([]string{"trader-a", "trader-b"}).Draw(d.T, "trader"), Role: "trader", Person: "t"}
	actor, do := ledger.Actor{Organisation: "device", Role: "device"}, ledger.Decision(nil)
	switch rapid.SampledFrom(commands).Draw(d.T, "command") {
	case 0, 1:
		actor, do = ledger.Actor{Organisation: "carrier", Role: "carrier"}, d.manifest()
	case 2, 3:
		actor, do = trader, d.declaration()
	case 4:
		doc := declaration.Document{Direction: port.Import, Waybill: d.bill(), Reference: rapid.SampledFrom([]string{"R1", "R2", "R3"}).Draw(d.T, "reference")}
		actor, do = trader, declaration.Amend{Kind: d.c.declarations, Declaration: d.anyDeclaration(), Document: doc, Judged: d.ofGoods()}
	case 5:
		actor, do = trader, declaration.Withdraw{Kind: d.c.declarations, Declaration: d.anyDeclaration()}
	case 6:
		actor, do = d.override()
	case 7, 8:
		do = d.answer()
	case 9, 10, 11:
		actor, do = d.verdict()
	case 12, 13:
		return d.c.clear(d.anyMovement(), false)
	case 14, 15, 16:
		do = d.next()
	case 20:
		d.c.law.Region++
		d.c.watch.Law = d.c.law.Region
		return nil
	case 19:
		return d.c.days(rapid.IntRange(1, 15).Draw(d.T, "days"))
	default:
		do = d.reading()
	}
	_, err := d.c.give(actor, do)
	return err
}

// drain brings every vehicle that is still on its way through both gates, and fails where one cannot be found there any
// more. Of vehicles with one plate the last announced goes first.
func (c *core) drain() error {
	for range 40 {
		open := 0
		for _, id := range c.movements() {
			m, ok, err := ledger.Read(context.Background(), c.engine, c.kinds.Movements, id)
			if err != nil {
				return err
			}
			if !ok || !m.Open() {
				continue
			}
			open++
			order := movement.Overrule{Movements: c.kinds.Movements, Movement: id, Decision: movement.OverrideResume, Reason: "drain"}
			if m.State == movement.StateAppeared {
				order.Decision = movement.OverrideOpen
			}
			if _, err := c.give(ledger.Actor{Organisation: "customs", Role: "customs", Person: "officer"}, order); err != nil {
				return err
			}
			if err := c.clear(id, true); err != nil {
				return err
			}
			read := gate.Decide{Kinds: c.kinds, Lane: "test-road.lane-01", Port: testPort, Gate: port.DueEntryGate, Direction: m.Direction, Saw: gate.Reading{Plate: m.Plate, Mass: m.ExpectedMass(port.DueEntryGate)}, Law: c.law}
			if m.State == movement.StateInside {
				read.Gate = port.DueExitGate
			}
			if _, err := c.give(ledger.Actor{Organisation: "device", Role: "device"}, read); err != nil {
				return err
			}
		}
		if open == 0 {
			return nil
		}
	}
	for _, id := range c.movements() {
		if m, ok, _ := ledger.Read(context.Background(), c.engine, c.kinds.Movements, id); ok && m.Open() {
			said := ""
			for i := range c.facts {
				if b, ok := c.facts[i].Body.(gate.Decided); ok && b.Movement == id {
					said = fmt.Sprint(b.Gate, " ", b.Decision, " ", b.Reasons)
				}
			}
			return fmt.Errorf("movement %s (%s, %s) gets through no gate any more; it was told last: %s", id, m.Plate, m.State, said)
		}
	}
	return nil
}

// movements are those that the facts have named.
func (c *core) movements() (ids []port.ID) {
	for i := range c.facts {
		switch b := c.facts[i].Body.(type) {
		case manifest.Lodged:
			ids = append(ids, b.Movement)
		case movement.Appeared:
			ids = append(ids, b.Movement)
		}
	}
	return ids
}

// commands are the cases of step, drawn alike.
var commands = []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}

// TestAnythingInAnyOrder gives a port whatever comes in whatever order. Nothing opens that should not, no pass is good
// twice, no more leaves than came in, and folding the facts again gives the very records by which it was decided.
func TestAnythingInAnyOrder(t *testing.T) {
	var opened, ordered, readings, rejudged, lapsed int
	seen := machines{}
	rapid.Check(t, func(rt *rapid.T) {
		c := newCore(t)
		defer c.engine.Close()
		d := draws{rt, c, rapid.Bool().Draw(rt, "mirrored")}
		c.again = d.rejudge
		for range 80 {
			if err := d.step(); err != nil {
				rt.Fatal(err)
			}
		}
		for i := range c.facts {
			if b, ok := c.facts[i].Body.(movement.JudgedAgain); ok {
				rejudged++
				for _, gone := range b.Dropped {
					if gone.Lapsed {
						lapsed++
					}
				}
			}
			if b, ok := c.facts[i].Body.(gate.Decided); ok {
				readings++
				if b.Decision != port.DecisionOpen && len(b.Reasons) == 0 {
					rt.Fatalf("fact %d stays shut and does not say why", c.facts[i].Seq)
				}
				for _, r := range b.Reasons {
					if r.Code == "no_pass" {
						rt.Fatalf("fact %d stays shut for want of a pass that nothing kept from being issued", c.facts[i].Seq)
					}
				}
			}
		}
		opened, ordered = opened+c.watch.Opened, ordered+c.watch.Ordered
		if !d.mirrored { // an outside system's answers are not ours to give
			if err := c.drain(); err != nil {
				rt.Fatal(err)
			}
		}
		if err := c.days(15); err != nil {
			rt.Fatal(err)
		}
		report, err := c.engine.Verify(context.Background())
		if err != nil || !report.OK {
			rt.Fatalf("verify: %v %s", err, report.FirstDifference)
		}
		seen.look(c)
	})
	seen.check(t)
	t.Logf("%d readings, %d openings, %d of them by order; %d checklists judged again, %d requirements lapsed", readings, opened, ordered, rejudged, lapsed)
	if rejudged == 0 || lapsed == 0 {
		t.Error("the law never changed under anybody: the draws prove little of that")
	}
	if opened-ordered < readings/20 {
		t.Errorf("only %d gates opened of themselves: the draws prove little", opened-ordered)
	}
}
