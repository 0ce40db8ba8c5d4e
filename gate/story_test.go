package gate_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// story is a port and what happens there. Every command's facts are looked at by the watch, so that no step of a story
// opens a gate on a hold or takes out more than lies there.
type story struct {
	*testing.T
	*core
	batches int
}

func tell(t *testing.T) *story {
	t.Parallel()
	s := &story{T: t, core: newCore(t)}
	t.Cleanup(s.engine.Close)
	return s
}

var (
	carrier = ledger.Actor{Organisation: "carrier", Role: "carrier"}
	trader  = ledger.Actor{Organisation: "trader", Role: "trader"}
	yard    = ledger.Actor{Organisation: "yard", Role: "yard_operator"}
	lane    = ledger.Actor{Organisation: "device", Role: "device"}
)

// officer is somebody of an authority.
func officer(of port.Function) ledger.Actor {
	return ledger.Actor{Organisation: string(of), Role: string(of), Person: "officer"}
}

// do gives a command that must be accepted, and gives its facts.
func (s *story) do(by ledger.Actor, do ledger.Decision) []ledger.Fact {
	s.Helper()
	facts, err := s.try(by, do)
	if err != nil {
		s.Fatalf("%T: %v", do, err)
	}
	return facts
}

func (s *story) try(by ledger.Actor, do ledger.Decision) ([]ledger.Fact, error) {
	s.Helper()
	s.commands++
	receipt, err := s.engine.Submit(context.Background(), ledger.Command{
		ID: port.NewID(1_790_000_000_000+int64(s.commands), uint16(s.number), s.commands<<32), Ledger: testLedger, Actor: by, Do: do,
	})
	if violations := s.watch.Facts(receipt.Facts); len(violations) > 0 {
		s.Fatalf("%T: %s", do, violations)
	}
	s.facts = append(s.facts, receipt.Facts...)
	return receipt.Facts, err
}

// refused gives a command that must be refused by a rule.
func (s *story) refused(rule string, by ledger.Actor, do ledger.Decision) {
	s.Helper()
	_, err := s.try(by, do)
	problems := errs.Problems(err)
	if !slices.ContainsFunc(problems, func(p errs.Problem) bool { return p.Rule == rule }) {
		s.Fatalf("%T: got %v, want the rule %s", do, err, rule)
	}
}

// demand is what the law asks for.
func demand(kind port.RequirementKind, subject port.SubjectKind, owner port.Function, due port.DuePoint) port.Demand {
	return port.Demand{Kind: kind, Subject: subject, Owner: port.Owner{Function: owner, Organisation: string(owner)}, Due: due, Source: port.Here, Rules: []string{"story." + string(kind)}}
}

var (
	crew    = demand("crew_cleared", port.MovementSubject, port.FunctionBorderInspection, port.DueEntryGate)
	release = demand(port.CustomsRelease, port.ConsignmentSubject, port.FunctionCustomsSupervision, port.DueCustodyExit)
	quality = demand("quarantine_result", port.ConsignmentSubject, port.FunctionCustomsQuarantine, port.DueCustodyExit)
	person  = demand("person_cleared", port.PersonSubject, port.FunctionBorderInspection, port.DueEntryGate)
)

// coming announces a conveyance: what the law asks of it, and of the goods of every waybill. It gives the movement.
func (s *story) coming(by ledger.Actor, d manifest.Document, ofIt, ofGoods []port.Demand) port.ID {
	s.Helper()
	if d.Batch == "" && d.Numbered() {
		s.batches++
		d.Batch = port.BatchNumber(fmt.Sprintf("2026110%06d", s.batches))
	}
	if d.Direction == "" {
		d.Direction = port.Import
	}
	d.Carrier = "carrier"
	if problems := manifest.Check(&d); slices.ContainsFunc(problems, func(p errs.Problem) bool { return p.Severity == errs.Error }) {
		s.Fatalf("the story's own manifest is wrong: %v", problems)
	}
	waybills := make([]port.Judged, len(d.Waybills))
	for i := range waybills {
		waybills[i] = port.Judged{Demands: ofGoods}
	}
	facts := s.do(by, movement.Announce{Movements: s.kinds.Movements, Lodge: manifest.Lodge{
		Consignments: s.kinds.Consignments, Port: testPort, Document: d, Judged: port.Judged{Demands: ofIt}, Waybills: waybills,
	}})
	for i := range facts {
		if b, ok := facts[i].Body.(manifest.Lodged); ok {
			return b.Movement
		}
	}
	s.Fatal("nothing was announced")
	return port.ID{}
}

// declare lodges a declaration of a waybill and gives its consignment.
func (s *story) declare(reference, waybill string, mass port.Kilograms, more ...string) port.ID {
	s.Helper()
	d := declaration.Document{Direction: port.Import, Reference: reference, Waybill: waybill, WaybillType: "730", GrossMass: mass}
	for _, w := range more {
		d.Transport = append(d.Transport, declaration.Coded{ID: w, Type: "730"})
	}
	facts := s.do(trader, declaration.Lodge{
		Kind: s.declarations, Consignments: s.kinds.Consignments, Document: d, Judged: port.Judged{Demands: []port.Demand{release}},
	})
	for i := range facts {
		if b, ok := facts[i].Body.(declaration.Lodged); ok {
			return b.Consignment
		}
	}
	s.Fatal("nothing was declared")
	return port.ID{}
}

// decides is an owner's verdict.
func (s *story) decides(owner port.Function, subject port.ID, kind port.RequirementKind, result port.Result) {
	s.Helper()
	s.do(officer(owner), movement.Verdict{
		Checklists: s.kinds.Checklists, Declarations: s.kinds.Declarations, Subject: subject, Kind: kind, Result: result, Reason: "story", Functions: []port.Function{owner},
	})
}

// reads is a lane's reading; it gives the decision and why.
func (s *story) reads(at port.DuePoint, direction port.Direction, mark port.Plate, mass port.Kilograms) (port.GateDecision, string) {
	s.Helper()
	facts := s.do(lane, gate.Decide{
		Kinds: s.kinds, Lane: "test-road.lane-01", Port: testPort, Gate: at, Direction: direction, Saw: gate.Reading{Plate: mark, Mass: mass},
		Tolerance: func(_ port.HSCode, expected, measured port.Kilograms) bool {
			return measured <= expected+expected/50 && measured >= expected-expected/50
		},
	})
	for i := range facts {
		if b, ok := facts[i].Body.(gate.Decided); ok {
			var reasons []string
			for _, r := range b.Reasons {
				reasons = append(reasons, strings.TrimSpace(r.Code+" "+string(r.Kind)))
			}
			return b.Decision, strings.Join(reasons, ", ")
		}
	}
	s.Fatal("the lane was told nothing")
	return "", ""
}

// opens and shuts are what a gate must do.
func (s *story) opens(at port.DuePoint, mark port.Plate, mass port.Kilograms) {
	s.Helper()
	if decision, why := s.reads(at, s.heading(mark), mark, mass); decision != port.DecisionOpen {
		s.Fatalf("%s stays before %s: %s: %s", mark, at, decision, why)
	}
}

func (s *story) shuts(at port.DuePoint, mark port.Plate, mass port.Kilograms, want string) {
	s.Helper()
	decision, why := s.reads(at, s.heading(mark), mark, mass)
	if decision == port.DecisionOpen || !strings.Contains(why, want) {
		s.Fatalf("%s before %s: %s: %q, want it shut for %s", mark, at, decision, why, want)
	}
}

// heading is the direction in which a conveyance was announced last.
func (s *story) heading(mark port.Plate) port.Direction {
	heading := port.Import
	for i := range s.facts {
		if b, ok := s.facts[i].Body.(manifest.Lodged); ok && b.Document.Vehicle.Known() == mark {
			heading = b.Document.Direction
		}
	}
	return heading
}

func (s *story) consignment(id port.ID) *cargo.Consignment {
	s.Helper()
	return record(s, s.kinds.Consignments, id)
}

func (s *story) movement(id port.ID) *movement.Movement {
	s.Helper()
	return record(s, s.kinds.Movements, id)
}

func record[S any](s *story, kind *ledger.Kind[S], id port.ID) *S {
	s.Helper()
	state, ok, err := ledger.Read(context.Background(), s.engine, kind, id)
	if err != nil || !ok {
		s.Fatalf("%s %s: %v", kind.Name(), id, err)
	}
	return state
}

// waybill finds the consignment of a waybill on a movement.
func (s *story) waybill(m port.ID, number string) port.ID {
	s.Helper()
	for _, c := range s.movement(m).Carries {
		if c.Waybill == number {
			return c.Consignment
		}
	}
	s.Fatalf("no waybill %s on %s", number, m)
	return port.ID{}
}

// unit finds equipment on a movement by its number.
func (s *story) unit(m port.ID, number string) port.ID {
	s.Helper()
	for _, u := range s.movement(m).Equipment {
		if u.Number == number {
			return u.ID
		}
	}
	s.Fatalf("no equipment %s on %s", number, m)
	return port.ID{}
}

// aboard finds a person on a movement.
func (s *story) aboard(m port.ID, who movement.Member) port.ID {
	s.Helper()
	for _, p := range s.movement(m).Persons {
		if p.Who == who.Person {
			return p.ID
		}
	}
	s.Fatalf("%s is not on %s", who.Person, m)
	return port.ID{}
}

// closed tells whether a declaration's goods are all gone.
func (s *story) closed(reference string) bool {
	declared := map[port.ID]string{}
	for i := range s.facts {
		switch b := s.facts[i].Body.(type) {
		case declaration.Lodged:
			declared[b.Declaration] = b.Document.Reference
		case declaration.Closed:
			if declared[b.Declaration] == reference {
				return true
			}
		}
	}
	return false
}

func coal(number string, mass, onVehicle port.Kilograms) manifest.Waybill {
	return manifest.Waybill{Number: number, Goods: "炼焦煤", HS: "27011210", GrossMass: mass, OnVehicle: onVehicle}
}

func truck(plate port.Plate) manifest.Vehicle {
	return manifest.Vehicle{Plate: plate, Tare: 18 * port.Tonne}
}

var (
	toYard   = port.Place{Kind: port.AtYard, Code: "DEMO-YARD"}
	fromYard = toYard
)

// Coal comes into the yard on one truck, is declared there, and leaves on three others.
func TestStoryCoalToYardThenOutOnThreeTrucks(t *testing.T) {
	s := tell(t)
	const all = 90 * port.Tonne
	in := s.coming(carrier, manifest.Document{Vehicle: truck("0001УБА"), To: toYard, Waybills: []manifest.Waybill{coal("W1", all, 0)}}, []port.Demand{crew}, nil)
	s.shuts(port.DueEntryGate, "0001УБА", 108*port.Tonne, "open crew_cleared")
	s.decides(port.FunctionBorderInspection, in, "crew_cleared", port.ResultMet)
	s.opens(port.DueEntryGate, "0001УБА", 108*port.Tonne)
	lot := s.waybill(in, "W1")
	s.do(yard, movement.Detach{Movements: s.kinds.Movements, Movement: in, Subject: in, Reason: "unloaded"})
	if m := s.movement(in); m.State != movement.StateLeft || len(m.Carries) != 0 {
		t.Errorf("the truck that has brought the coal: %+v", m)
	}
	if c := s.consignment(lot); c.OnHand() != all {
		t.Errorf("in the yard lie %s kg", c.OnHand())
	}

	fetch := func(plate port.Plate, mass port.Kilograms) port.ID {
		return s.coming(carrier, manifest.Document{Vehicle: truck(plate), From: fromYard, Waybills: []manifest.Waybill{coal("W1", all, mass)}}, nil, nil)
	}
	s.declare("R1", "W1", all)
	fetch("蒙B00001", 30*port.Tonne)
	fetch("蒙B00002", 30*port.Tonne)
	s.opens(port.DueEntryGate, "蒙B00001", 18*port.Tonne)
	s.shuts(port.DueExitGate, "蒙B00001", 48*port.Tonne, "open customs_release")
	s.decides(port.FunctionCustomsSupervision, lot, port.CustomsRelease, port.ResultMet)
	s.opens(port.DueExitGate, "蒙B00001", 48*port.Tonne)

	// The second loads more than it was promised; a third can be promised no more than is left.
	s.opens(port.DueEntryGate, "蒙B00002", 18*port.Tonne)
	s.shuts(port.DueExitGate, "蒙B00002", 55*port.Tonne, "more_than_promised")
	s.opens(port.DueExitGate, "蒙B00002", 48*port.Tonne)
	s.refused("cargo.more_than_there", carrier, movement.Announce{Movements: s.kinds.Movements, Lodge: manifest.Lodge{
		Consignments: s.kinds.Consignments, Port: testPort, Document: manifest.Document{
			Direction: port.Import, Vehicle: truck("蒙B00003"), From: fromYard, Waybills: []manifest.Waybill{coal("W1", all, 31*port.Tonne)},
		},
	}})
	fetch("蒙B00003", 30*port.Tonne)
	s.opens(port.DueEntryGate, "蒙B00003", 18*port.Tonne)
	if s.closed("R1") {
		t.Error("the declaration is closed while coal is left")
	}
	s.opens(port.DueExitGate, "蒙B00003", 48*port.Tonne)
	if c := s.consignment(lot); !s.closed("R1") || c.Out != all || c.OnHand() != 0 {
		t.Errorf("at the end: %+v", c)
	}
}

// A part of what lies in the yard is declared as a lot of its own, and leaves while the rest is not declared.
func TestStoryLotsOutOfTheYard(t *testing.T) {
	s := tell(t)
	in := s.coming(carrier, manifest.Document{Vehicle: truck("0001УБА"), To: toYard, Waybills: []manifest.Waybill{coal("W1", 90*port.Tonne, 0)}}, nil, []port.Demand{release, quality})
	s.opens(port.DueEntryGate, "0001УБА", 0)
	whole := s.waybill(in, "W1")
	s.do(yard, movement.Detach{Movements: s.kinds.Movements, Movement: in, Subject: in, Reason: "unloaded"})
	lot := s.declare("R1", "W1*A", 40*port.Tonne)
	if c := s.consignment(lot); c.Of != whole || c.OnHand() != 40*port.Tonne || s.consignment(whole).OnHand() != 50*port.Tonne {
		t.Errorf("the lot: %+v, the rest: %+v", c, s.consignment(whole))
	}
	s.decides(port.FunctionCustomsSupervision, lot, port.CustomsRelease, port.ResultMet)
	s.coming(carrier, manifest.Document{Vehicle: truck("蒙B00001"), From: fromYard, Waybills: []manifest.Waybill{coal("W1*A", 40*port.Tonne, 0)}}, nil, nil)
	s.opens(port.DueEntryGate, "蒙B00001", 0)
	// Its own release is there; what is required of the whole and not of the lot still counts.
	s.shuts(port.DueExitGate, "蒙B00001", 0, "open quarantine_result")
	s.decides(port.FunctionCustomsQuarantine, whole, "quarantine_result", port.ResultMet)
	s.opens(port.DueExitGate, "蒙B00001", 0)
	if !s.closed("R1") {
		t.Error("the lot's declaration stays open")
	}
	s.coming(carrier, manifest.Document{Vehicle: truck("蒙B00002"), From: fromYard, Waybills: []manifest.Waybill{coal("W1", 50*port.Tonne, 0)}}, nil, nil)
	s.opens(port.DueEntryGate, "蒙B00002", 0)
	s.shuts(port.DueExitGate, "蒙B00002", 0, "open customs_release")
}

// One declaration covers sixty trucks, each with a waybill of its own: customs decides once.
func TestStoryOneDeclarationOverSixtyTrucks(t *testing.T) {
	s := tell(t)
	var waybills []string
	var trucks []port.ID
	for n := range 60 {
		waybills = append(waybills, fmt.Sprintf("W%02d", n))
		trucks = append(trucks, s.coming(carrier, manifest.Document{Vehicle: truck(plateOf(n)), Waybills: []manifest.Waybill{coal(waybills[n], 30*port.Tonne, 0)}}, nil, []port.Demand{release}))
	}
	s.declare("R60", waybills[0], 1800*port.Tonne, waybills[1:]...)
	s.opens(port.DueEntryGate, plateOf(41), 0)
	s.shuts(port.DueExitGate, plateOf(41), 0, "open customs_release")
	s.decides(port.FunctionCustomsSupervision, s.waybill(trucks[0], "W00"), port.CustomsRelease, port.ResultMet)
	s.opens(port.DueExitGate, plateOf(41), 0)
	for n := range 60 {
		if n == 41 {
			continue
		}
		s.opens(port.DueEntryGate, plateOf(n), 0)
		if s.closed("R60") {
			t.Fatalf("closed before truck %d is out", n)
		}
		s.opens(port.DueExitGate, plateOf(n), 0)
	}
	if !s.closed("R60") {
		t.Error("all are out and the declaration is open")
	}
}

func plateOf(n int) port.Plate { return port.Plate(fmt.Sprintf("%04dУБА", n+1)) }

// One waybill lies on three vehicles that share a batch number; a hold on the goods holds all three.
func TestStoryOneWaybillOverThreeVehicles(t *testing.T) {
	s := tell(t)
	const batch = "2026119999999"
	var first port.ID
	for n := range 3 {
		id := s.coming(carrier, manifest.Document{Batch: batch, Vehicle: truck(plateOf(n)), Waybills: []manifest.Waybill{coal("W1", 90*port.Tonne, 30*port.Tonne)}}, nil, []port.Demand{release})
		if n == 0 {
			first = id
		}
		s.opens(port.DueEntryGate, plateOf(n), 0)
	}
	goods := s.waybill(first, "W1")
	s.declare("R1", "W1", 90*port.Tonne)
	s.decides(port.FunctionCustomsSupervision, goods, port.CustomsRelease, port.ResultMet)
	s.opens(port.DueExitGate, plateOf(0), 0)
	s.decides(port.FunctionCustomsSupervision, goods, port.CustomsRelease, port.ResultHeld)
	s.shuts(port.DueExitGate, plateOf(1), 0, "held customs_release")
	s.shuts(port.DueExitGate, plateOf(2), 0, "held customs_release")
	s.decides(port.FunctionCustomsSupervision, goods, port.CustomsRelease, port.ResultMet)
	s.opens(port.DueExitGate, plateOf(1), 0)
	s.opens(port.DueExitGate, plateOf(2), 0)
	if c := s.consignment(goods); !c.Gone() || !s.closed("R1") {
		t.Errorf("%+v", c)
	}
}

// A train of fifty wagons brings goods for twelve consignees. Customs holds one wagon: the train goes on without it.
func TestStoryTrainWithOneWagonHeld(t *testing.T) {
	s := tell(t)
	d := manifest.Document{Vehicle: manifest.Vehicle{Kind: port.TrainSet, Mark: "X8001"}}
	for n := range 12 {
		w := manifest.Waybill{Number: fmt.Sprintf("SMGS%02d", n), Goods: "铁矿石", HS: "26011110", Consignee: fmt.Sprintf("收货人%d", n)}
		for wagon := n; wagon < 50; wagon += 12 {
			w.Wagons = append(w.Wagons, manifest.Wagon{Number: fmt.Sprintf("520000%02d", wagon), Mass: 65 * port.Tonne})
			w.GrossMass += 65 * port.Tonne
		}
		d.Waybills = append(d.Waybills, w)
	}
	train := s.coming(carrier, d, []port.Demand{crew}, []port.Demand{release})
	s.decides(port.FunctionBorderInspection, train, "crew_cleared", port.ResultMet)
	s.opens(port.DueEntryGate, "X8001", 0)
	for n := range 12 {
		number := fmt.Sprintf("SMGS%02d", n)
		s.declare("R"+number, number, 0)
		s.decides(port.FunctionCustomsSupervision, s.waybill(train, number), port.CustomsRelease, port.ResultMet)
	}
	wagon := s.unit(train, "52000017") // of the sixth waybill, SMGS05
	examine := demand("inspection", port.EquipmentSubject, port.FunctionCustomsInspection, port.DueExitGate)
	s.do(officer(port.FunctionCustomsInspection), movement.Order{Movements: s.kinds.Movements, Movement: train, Subject: wagon, Demand: examine, Reason: "image_suspicious"})
	s.decides(port.FunctionCustomsInspection, wagon, "inspection", port.ResultHeld)
	s.shuts(port.DueExitGate, "X8001", 0, "held inspection")

	held := s.waybill(train, "SMGS05")
	s.do(ledger.Actor{Organisation: "railway", Role: "railway"}, movement.Detach{Movements: s.kinds.Movements, Movement: train, Subject: wagon, Reason: "held"})
	if c := s.movement(train); len(c.Equipment) != 49 || len(c.Carries) != 12 {
		t.Errorf("the train has %d wagons and goods of %d waybills", len(c.Equipment), len(c.Carries))
	}
	s.opens(port.DueExitGate, "X8001", 0)
	if c := s.consignment(held); c.OnHand() != 65*port.Tonne || c.Gone() || s.closed("RSMGS05") || !s.closed("RSMGS06") {
		t.Errorf("of the held waybill %s kg are left", c.OnHand())
	}

	// The wagon is cleared and leaves with the next train.
	s.decides(port.FunctionCustomsInspection, wagon, "inspection", port.ResultMet)
	next := s.coming(carrier, manifest.Document{Vehicle: manifest.Vehicle{Kind: port.TrainSet, Mark: "X8003"}, From: toYard, Loaded: manifest.Empty}, nil, nil)
	s.opens(port.DueEntryGate, "X8003", 0)
	s.do(ledger.Actor{Organisation: "railway", Role: "railway"}, movement.Attach{
		Movements: s.kinds.Movements, Units: s.kinds.Units, Consignments: s.kinds.Consignments, Movement: next, Unit: wagon,
	})
	s.opens(port.DueExitGate, "X8003", 0)
	if c := s.consignment(held); !c.Gone() || !s.closed("RSMGS05") {
		t.Errorf("at the end: %+v", c)
	}
}

// A coach brings three passengers. One is refused: he goes back, the coach goes on.
func TestStoryCoachWithOnePassengerRefused(t *testing.T) {
	s := tell(t)
	coach := s.coming(carrier, manifest.Document{Vehicle: manifest.Vehicle{Kind: port.Coach, Plate: "蒙H12345"}, Loaded: manifest.Empty, Crew: 4}, []port.Demand{crew}, nil)
	list := movement.NameCrew{Movements: s.kinds.Movements, Movement: coach}
	for n := range 3 {
		list.Crew = append(list.Crew, movement.Member{Person: port.NewID(1, uint16(s.number), uint64(900+n)), Role: "passenger"})
		list.Judged = append(list.Judged, port.Judged{Demands: []port.Demand{person}})
	}
	s.do(carrier, list)
	s.decides(port.FunctionBorderInspection, coach, "crew_cleared", port.ResultMet)
	s.decides(port.FunctionBorderInspection, s.aboard(coach, list.Crew[0]), "person_cleared", port.ResultMet)
	s.decides(port.FunctionBorderInspection, s.aboard(coach, list.Crew[1]), "person_cleared", port.ResultMet)
	s.shuts(port.DueEntryGate, "蒙H12345", 0, "open person_cleared")
	s.decides(port.FunctionBorderInspection, s.aboard(coach, list.Crew[2]), "person_cleared", port.ResultRefused)
	if decision, why := s.reads(port.DueEntryGate, port.Import, "蒙H12345", 0); decision != port.DecisionHold {
		t.Fatalf("the coach is to wait until he is off, not to go back: %s %s", decision, why)
	}
	s.do(officer(port.FunctionBorderInspection), movement.Detach{Movements: s.kinds.Movements, Movement: coach, Subject: s.aboard(coach, list.Crew[2]), Reason: "entry_refused"})
	s.opens(port.DueEntryGate, "蒙H12345", 0)
	s.opens(port.DueExitGate, "蒙H12345", 0)
}

// Meat may leave before its laboratory result is there, on conditions. The result comes nine days later.
func TestStoryConditionalTakeAway(t *testing.T) {
	s := tell(t)
	m := s.coming(carrier, manifest.Document{Vehicle: truck("0001УБА"), Waybills: []manifest.Waybill{{Number: "W1", Goods: "冻羊肉", HS: "02044200", GrossMass: 20 * port.Tonne}}}, nil, []port.Demand{release, quality})
	s.opens(port.DueEntryGate, "0001УБА", 0)
	goods := s.waybill(m, "W1")
	s.declare("R1", "W1", 20*port.Tonne)
	s.decides(port.FunctionCustomsSupervision, goods, port.CustomsRelease, port.ResultMet)
	s.shuts(port.DueExitGate, "0001УБА", 0, "open quarantine_result")
	until := s.engine.Now().Add(10 * port.Day)
	deferral := movement.Defer{
		Checklists: s.kinds.Checklists, Subject: goods, Kind: "quarantine_result", Until: until, Conditions: "not_for_sale", Law: "海关总署公告", Functions: []port.Function{port.FunctionCustomsQuarantine},
	}
	s.refused("verdict.person_missing", ledger.Actor{Organisation: string(port.FunctionCustomsQuarantine)}, deferral)
	s.do(officer(port.FunctionCustomsQuarantine), deferral)
	s.opens(port.DueExitGate, "0001УБА", 0)
	if err := s.days(9); err != nil {
		t.Fatal(err)
	}
	r := record(s, s.kinds.Checklists, goods).Find("quarantine_result")
	if r.State != port.StateOpen || r.Due != port.DueLater || r.Until != until || r.Condition != "not_for_sale" {
		t.Errorf("before the result: %+v", r)
	}
	s.decides(port.FunctionCustomsQuarantine, goods, "quarantine_result", port.ResultMet)
	if err := s.days(9); err != nil {
		t.Fatal(err)
	}
	list := record(s, s.kinds.Checklists, goods)
	if r := list.Find("quarantine_result"); r.State != port.StateMet || slices.ContainsFunc(list.Deadlines, func(d movement.Deadline) bool { return d.Passed }) {
		t.Errorf("after it: %+v %+v", r, list.Deadlines)
	}
}

// And when the result does not come, its time runs out by a fact.
func TestStoryConditionalTakeAwayOverdue(t *testing.T) {
	s := tell(t)
	m := s.coming(carrier, manifest.Document{Vehicle: truck("0001УБА"), Waybills: []manifest.Waybill{{Number: "W1", Goods: "冻羊肉", GrossMass: 20 * port.Tonne}}}, nil, []port.Demand{quality})
	s.opens(port.DueEntryGate, "0001УБА", 0)
	goods := s.waybill(m, "W1")
	s.do(officer(port.FunctionCustomsQuarantine), movement.Defer{
		Checklists: s.kinds.Checklists, Subject: goods, Kind: "quarantine_result", Until: s.engine.Now().Add(10 * port.Day), Conditions: "not_for_sale", Law: "公告",
		Functions: []port.Function{port.FunctionCustomsQuarantine},
	})
	s.opens(port.DueExitGate, "0001УБА", 0)
	if err := s.days(11); err != nil {
		t.Fatal(err)
	}
	list := record(s, s.kinds.Checklists, goods)
	if !slices.ContainsFunc(list.Deadlines, func(d movement.Deadline) bool { return d.Kind == "quarantine_result" && d.Passed }) {
		t.Errorf("its time is over: %+v", list.Deadlines)
	}
}

// A Mongolian tractor leaves its trailer in the yard; a Chinese one takes it on, box and goods and all.
func TestStoryTrailerSwap(t *testing.T) {
	s := tell(t)
	w := coal("W1", 30*port.Tonne, 0)
	w.Containers = []manifest.Container{{Number: "DEMU1000010"}}
	in := s.coming(carrier, manifest.Document{Vehicle: manifest.Vehicle{Plate: "0001УБА", Trailer: "5678УБ"}, To: toYard, Waybills: []manifest.Waybill{w}}, nil, []port.Demand{release})
	trailer, goods := s.unit(in, "5678УБ"), s.waybill(in, "W1")
	off := movement.Detach{Movements: s.kinds.Movements, Movement: in, Subject: trailer, Reason: "swap"}
	s.refused("movement.not_in_custody", yard, off)
	s.opens(port.DueEntryGate, "0001УБА", 0)
	s.do(yard, off)
	if m := s.movement(in); m.State != movement.StateLeft || len(m.Equipment) != 0 || m.Trailer != "" {
		t.Errorf("the tractor: %+v", m)
	}
	out := s.coming(carrier, manifest.Document{Vehicle: manifest.Vehicle{Plate: "蒙B00001"}, From: fromYard, Loaded: manifest.Empty}, nil, nil)
	s.opens(port.DueEntryGate, "蒙B00001", 0)
	on := movement.Attach{Movements: s.kinds.Movements, Units: s.kinds.Units, Consignments: s.kinds.Consignments, Movement: out, Unit: trailer}
	s.do(yard, on)
	s.refused("movement.unit_not_free", yard, on)
	if m := s.movement(out); len(m.Carries) != 1 || len(m.Equipment) != 2 || m.Trailer != "5678УБ" || !slices.Equal(m.Containers, []port.ContainerNumber{"DEMU1000010"}) {
		t.Errorf("the other tractor: %+v", m)
	}
	s.shuts(port.DueExitGate, "蒙B00001", 0, "open customs_release")
	s.declare("R1", "W1", 30*port.Tonne)
	s.decides(port.FunctionCustomsSupervision, goods, port.CustomsRelease, port.ResultMet)
	s.opens(port.DueExitGate, "蒙B00001", 0)
	if !s.consignment(goods).Gone() || !s.closed("R1") {
		t.Errorf("%+v", s.consignment(goods))
	}
}

// An automated vehicle shuttles: in with a box, unloaded, back empty, and in again the same day.
func TestStoryAGVShuttle(t *testing.T) {
	s := tell(t)
	vehicle := manifest.Vehicle{Kind: port.AGV, Plate: "AGV007", Automated: true}
	cleared := demand("vehicle_cleared", port.MovementSubject, port.FunctionBorderInspection, port.DueEntryGate)
	for n := range 3 {
		w := coal(fmt.Sprintf("W%d", n), 30*port.Tonne, 0)
		w.Containers = []manifest.Container{{Number: "DEMU1000010"}}
		in := s.coming(carrier, manifest.Document{Vehicle: vehicle, To: toYard, Waybills: []manifest.Waybill{w}}, []port.Demand{cleared}, nil)
		s.decides(port.FunctionBorderInspection, in, "vehicle_cleared", port.ResultMet)
		s.opens(port.DueEntryGate, "AGV007", 0)
		goods := s.waybill(in, w.Number)
		s.do(yard, movement.Detach{Movements: s.kinds.Movements, Movement: in, Subject: s.unit(in, "DEMU1000010"), Reason: "unloaded"})
		if c := s.consignment(goods); c.OnHand() != 30*port.Tonne || s.movement(in).State != movement.StateLeft {
			t.Fatalf("trip %d: %+v", n, c)
		}
		s.coming(carrier, manifest.Document{Direction: port.Export, Vehicle: vehicle, Loaded: manifest.Empty}, nil, nil)
		s.opens(port.DueEntryGate, "AGV007", 0)
		s.opens(port.DueExitGate, "AGV007", 0)
	}
}

// Goods lie in a zone, and leave it over the second line by a pass document.
func TestStoryZoneSecondLine(t *testing.T) {
	s := tell(t)
	zone := port.Place{Kind: port.AtZone, Code: "DEMO-ZONE"}
	in := s.coming(carrier, manifest.Document{Vehicle: truck("0001УБА"), To: zone, Waybills: []manifest.Waybill{{Number: "W1", Goods: "电子元件", HS: "85423190", GrossMass: 8 * port.Tonne}}}, nil, nil)
	s.opens(port.DueEntryGate, "0001УБА", 0)
	goods := s.waybill(in, "W1")
	s.do(yard, movement.Detach{Movements: s.kinds.Movements, Movement: in, Subject: in, Reason: "unloaded"})
	pass := manifest.Document{Vehicle: truck("蒙A00001"), From: zone, To: port.Place{Kind: port.AtFree}, Waybills: []manifest.Waybill{{Number: "W1", Goods: "电子元件", GrossMass: 8 * port.Tonne, OnVehicle: 3 * port.Tonne}}}
	s.coming(trader, pass, nil, []port.Demand{release})
	s.opens(port.DueEntryGate, "蒙A00001", 18*port.Tonne)
	s.shuts(port.DueExitGate, "蒙A00001", 21*port.Tonne, "open customs_release")
	s.declare("R1", "W1", 8*port.Tonne)
	s.decides(port.FunctionCustomsSupervision, goods, port.CustomsRelease, port.ResultMet)
	s.opens(port.DueExitGate, "蒙A00001", 21*port.Tonne)
	if c := s.consignment(goods); c.OnHand() != 5*port.Tonne {
		t.Errorf("in the zone lie %s kg", c.OnHand())
	}
}

// A border resident buys 200 kg in the mutual trade zone and walks out with them.
func TestStoryBorderResidentOnFoot(t *testing.T) {
	s := tell(t)
	market := port.Place{Kind: port.AtZone, Code: "DEMO-MARKET"}
	in := s.coming(carrier, manifest.Document{Vehicle: truck("0001УБА"), To: market, Waybills: []manifest.Waybill{{Number: "W1", Goods: "牛肉干", GrossMass: 2 * port.Tonne}}}, nil, nil)
	s.opens(port.DueEntryGate, "0001УБА", 0)
	s.do(yard, movement.Detach{Movements: s.kinds.Movements, Movement: in, Subject: in, Reason: "unloaded"})
	quota := demand("quota", port.MovementSubject, port.FunctionCustomsSupervision, port.DueExitGate)
	purchase := s.coming(trader, manifest.Document{
		Vehicle: manifest.Vehicle{Kind: port.OnFoot, Mark: "CARD-000123"}, From: market, Waybills: []manifest.Waybill{{Number: "W1", Goods: "牛肉干", GrossMass: 2 * port.Tonne, OnVehicle: 200 * port.Kilogram}},
	}, []port.Demand{quota}, nil)
	s.opens(port.DueEntryGate, "CARD-000123", 0)
	s.shuts(port.DueExitGate, "CARD-000123", 0, "open quota")
	s.decides(port.FunctionCustomsSupervision, purchase, "quota", port.ResultMet)
	s.opens(port.DueExitGate, "CARD-000123", 0)
}

// Goods in transit leave under control for another customs place; what is owed there outlives the movement, and is closed
// when the other place says that they have come.
func TestStoryTransitClosedAtAnotherCustoms(t *testing.T) {
	s := tell(t)
	transit := demand("transit_closed", port.ConsignmentSubject, port.FunctionCustomsSupervision, port.DueLater)
	accepted := demand("transit_accepted", port.ConsignmentSubject, port.FunctionCustomsSupervision, port.DueExitGate)
	m := s.coming(carrier, manifest.Document{
		Direction: port.Transit, Vehicle: truck("0001УБА"), To: port.Place{Kind: port.AtInland, Code: "0702"}, Waybills: []manifest.Waybill{{Number: "W1", Goods: "机械", GrossMass: 20 * port.Tonne}},
	}, nil, []port.Demand{accepted, transit})
	goods := s.waybill(m, "W1")
	s.opens(port.DueEntryGate, "0001УБА", 0)
	s.shuts(port.DueExitGate, "0001УБА", 0, "open transit_accepted")
	s.decides(port.FunctionCustomsSupervision, goods, "transit_accepted", port.ResultMet)
	s.opens(port.DueExitGate, "0001УБА", 0)
	if err := s.days(5); err != nil {
		t.Fatal(err)
	}
	if r := record(s, s.kinds.Checklists, goods).Find("transit_closed"); r.State != port.StateOpen {
		t.Errorf("on the way: %+v", r)
	}
	s.decides(port.FunctionCustomsSupervision, goods, "transit_closed", port.ResultMet)
}

// A flight brings two air waybills and a passenger; one consignment stays for examination in the warehouse.
func TestStoryFlight(t *testing.T) {
	s := tell(t)
	flight := s.coming(carrier, manifest.Document{
		Vehicle: manifest.Vehicle{Kind: port.Aircraft, Mark: "ZZ0123"}, To: toYard, Waybills: []manifest.Waybill{
			{Number: "999-00000011", Goods: "樱桃", HS: "08092900", GrossMass: 900 * port.Kilogram}, {Number: "999-00000022", Goods: "快件", GrossMass: 300 * port.Kilogram},
		},
	}, []port.Demand{crew}, []port.Demand{release})
	passenger := movement.Member{Person: port.NewID(1, uint16(s.number), 77), Role: "passenger"}
	s.do(carrier, movement.NameCrew{Movements: s.kinds.Movements, Movement: flight, Crew: []movement.Member{passenger}, Judged: []port.Judged{{Demands: []port.Demand{person}}}})
	s.decides(port.FunctionBorderInspection, flight, "crew_cleared", port.ResultMet)
	s.decides(port.FunctionBorderInspection, s.aboard(flight, passenger), "person_cleared", port.ResultMet)
	s.opens(port.DueEntryGate, "ZZ0123", 0)
	cherries, parcels := s.waybill(flight, "999-00000011"), s.waybill(flight, "999-00000022")
	s.do(yard, movement.Detach{Movements: s.kinds.Movements, Movement: flight, Subject: flight, Reason: "unloaded"})
	if s.movement(flight).State != movement.StateLeft {
		t.Error("the flight is not at its end")
	}
	s.do(yard, cargo.File{Consignments: s.kinds.Consignments, Report: cargo.Report{Kind: cargo.TallyReport, Direction: port.Import, Lines: []cargo.ReportLine{{Waybill: "999-00000011", GrossMass: 880 * port.Kilogram}}}})
	s.declare("R1", "999-00000011", 900*port.Kilogram)
	s.decides(port.FunctionCustomsSupervision, cherries, port.CustomsRelease, port.ResultMet)
	s.coming(carrier, manifest.Document{Vehicle: truck("蒙A00001"), From: fromYard, Waybills: []manifest.Waybill{{Number: "999-00000011", Goods: "樱桃", GrossMass: 900 * port.Kilogram}}}, nil, nil)
	s.opens(port.DueEntryGate, "蒙A00001", 0)
	s.opens(port.DueExitGate, "蒙A00001", 0)
	if !s.closed("R1") || s.consignment(parcels).OnHand() != 300*port.Kilogram {
		t.Errorf("the parcels: %+v", s.consignment(parcels))
	}
}

// A carrier sends a manifest, adds a waybill, changes it, leaves one behind for another truck, and deletes what is left.
func TestStoryManifestBeforeArrival(t *testing.T) {
	s := tell(t)
	const batch = "2026118888888"
	announce := func(function string, plate port.Plate, waybills ...manifest.Waybill) movement.Announce {
		return movement.Announce{Movements: s.kinds.Movements, Lodge: manifest.Lodge{Consignments: s.kinds.Consignments, Port: testPort, Waybills: make([]port.Judged, len(waybills)), Document: manifest.Document{
			Direction: port.Import, Function: function, Reason: "001", Batch: batch, Carrier: "carrier", Vehicle: truck(plate), Waybills: waybills,
		}}}
	}
	s.do(carrier, announce(manifest.FunctionMain, "0001УБА", coal("W1", 30*port.Tonne, 0)))
	s.do(carrier, announce(manifest.FunctionAdd, "0001УБА", coal("W2", 5*port.Tonne, 0)))
	id := s.movements()[0]
	if m := s.movement(id); len(m.Carries) != 2 {
		t.Fatalf("with a waybill added: %+v", m.Carries)
	}
	s.refused("manifest.batch_open", ledger.Actor{Organisation: "other"}, announce(manifest.FunctionChange, "0001УБА", coal("W9", 1*port.Tonne, 0)))
	first := s.waybill(id, "W1")
	s.do(carrier, announce(manifest.FunctionChange, "0001УБА", coal("W1", 28*port.Tonne, 0), coal("W3", 2*port.Tonne, 0)))
	if c := s.consignment(first); c.Announced != 28*port.Tonne || c.GrossMass != 28*port.Tonne || len(s.movement(id).Carries) != 2 {
		t.Errorf("after the change: %+v", c)
	}
	s.do(carrier, announce(manifest.FunctionMain, "0002УБА", coal("W4", 20*port.Tonne, 0)))
	s.do(carrier, movement.LeaveBehind{Movements: s.kinds.Movements, Checklists: s.kinds.Checklists, Consignments: s.kinds.Consignments, Document: manifest.Reload{
		Direction: port.Import, Batch: batch, Plate: "0001УБА", Waybills: []string{"W1"}, To: batch, ToPlate: "0002УБА",
	}})
	second := s.movements()[1]
	if c := s.consignment(first); c.Announced != 28*port.Tonne || s.waybill(second, "W1") != first {
		t.Errorf("put on the other truck: %+v", c)
	}
	s.do(carrier, movement.Confirm{Movements: s.kinds.Movements, Document: manifest.Confirmation{Direction: port.Import, Batch: batch, Carrier: "carrier", Vehicle: truck("0002УБА")}})
	s.do(carrier, announce(manifest.FunctionDelete, "0001УБА"))
	if m := s.movement(id); m.State != movement.StateCancelled {
		t.Errorf("deleted: %+v", m)
	}
	s.refused("manifest.unknown_crossing", carrier, announce(manifest.FunctionDelete, "0001УБА"))
	s.opens(port.DueEntryGate, "0002УБА", 0)
	s.refused("manifest.has_come", carrier, announce(manifest.FunctionDelete, "0002УБА"))
}

// Of a vehicle's three crossings the middle one is deleted: its gate still finds the others, the last announced first.
func TestStoryDeletedBetweenOthers(t *testing.T) {
	s := tell(t)
	var ids []port.ID
	for n := range 3 {
		ids = append(ids, s.coming(carrier, manifest.Document{Batch: port.BatchNumber(fmt.Sprintf("202611777770%d", n)), Vehicle: truck("0001УБА"), Loaded: manifest.Empty}, nil, nil))
	}
	s.do(carrier, movement.Announce{Movements: s.kinds.Movements, Lodge: manifest.Lodge{Document: manifest.Document{
		Direction: port.Import, Function: manifest.FunctionDelete, Batch: "2026117777701", Vehicle: truck("0001УБА"),
	}}})
	for _, want := range []port.ID{ids[2], ids[0]} {
		s.opens(port.DueEntryGate, "0001УБА", 0)
		if m := s.movement(want); m.State != movement.StateInside {
			t.Fatalf("%s is %s", want, m.State)
		}
		s.opens(port.DueExitGate, "0001УБА", 0)
	}
}

// The single window's manifest names no vehicle: its goods are filed under the batch, and each vehicle's confirmation says
// what of them it brings.
func TestStoryVehiclesNamedByTheirConfirmations(t *testing.T) {
	s := tell(t)
	const batch = "2026116666666"
	filing := manifest.Document{Direction: port.Import, Batch: batch, Carrier: "carrier", Waybills: []manifest.Waybill{coal("W1", 30*port.Tonne, 0), coal("W2", 30*port.Tonne, 0)}}
	if problems := manifest.Check(&filing); len(problems) > 0 {
		t.Fatal(problems)
	}
	file := manifest.File{Filings: s.kinds.Filings, Port: testPort, Document: filing}
	s.do(carrier, file)
	s.refused("manifest.waybill_there", carrier, file)
	s.refused("manifest.batch_open", ledger.Actor{Organisation: "other"}, file)
	confirm := func(plate port.Plate, waybills ...string) movement.Confirm {
		c := manifest.Confirmation{Direction: port.Import, Batch: batch, Carrier: "carrier", Vehicle: truck(plate), Loaded: manifest.Laden, Waybills: waybills}
		id, filed, err := ledger.Find(context.Background(), s.engine, testLedger, s.kinds.Filings, manifest.ByBatch, batch)
		if err != nil || filed == nil {
			t.Fatalf("%v %v", filed, err)
		}
		document := filed.Brings(&c)
		return movement.Confirm{
			Movements: s.kinds.Movements, Filings: s.kinds.Filings, Document: c, Filing: id, Version: filed.Version,
			Lodge: &manifest.Lodge{Consignments: s.kinds.Consignments, Port: testPort, Document: *document, Waybills: make([]port.Judged, len(document.Waybills))},
		}
	}
	first, late := confirm("0001УБА", "W1"), confirm("0002УБА", "W2")
	s.do(carrier, first)
	if _, err := s.try(carrier, late); errs.KindOf(err) != errs.Conflict {
		t.Errorf("made of what was filed before: %v", err)
	}
	s.do(carrier, confirm("0002УБА", "W2"))
	for n, waybill := range []string{"W1", "W2"} {
		m := s.movements()[n]
		if s.waybill(m, waybill).IsZero() || s.movement(m).Clock.Confirmed == 0 || len(s.movement(m).Carries) != 1 {
			t.Errorf("%+v", s.movement(m))
		}
		s.opens(port.DueEntryGate, plateOf(n), 0)
		s.opens(port.DueExitGate, plateOf(n), 0)
	}
	if _, filed, err := ledger.Find(context.Background(), s.engine, testLedger, s.kinds.Filings, manifest.ByBatch, batch); filed != nil || err != nil {
		t.Errorf("all of it is on vehicles: %+v %v", filed, err)
	}
}
