package simulator

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// The things of the stories below.
var (
	vehicleID = port.NewID(1, 1, 1)
	lotID     = port.NewID(1, 1, 2)
	paperID   = port.NewID(1, 1, 3)
	entryPass = port.NewID(1, 1, 4)
	exitPass  = port.NewID(1, 1, 5)
	commandID = port.NewID(1, 1, 6)
)

type named interface{ FactName() string }

func asks(kind port.RequirementKind, subject port.SubjectKind, due port.DuePoint) port.Demand {
	return port.Demand{Kind: kind, Subject: subject, Due: due, Source: port.Here}
}

func says(subject port.ID, about port.SubjectKind, kind port.RequirementKind, result port.Result) movement.Decided {
	return movement.Decided{Subject: subject, SubjectKind: about, Kind: kind, Result: result}
}

func opens(at port.DuePoint, pass port.ID) gate.Decided {
	return gate.Decided{Movement: vehicleID, Gate: at, Decision: port.DecisionOpen, Pass: pass}
}

// story is a truck's way through the port as it should be; the numbers are used by the tests to change it.
func story() []named {
	return []named{
		/*  0 */ manifest.Lodged{Movement: vehicleID, Consignments: []port.ID{lotID}, Judged: port.Judged{Demands: []port.Demand{
			asks(kindCrew, port.MovementSubject, port.DueEntryGate), asks(kindPermit, port.MovementSubject, port.DueExitGate),
			asks("something", port.MovementSubject, port.DueLater),
		}}},
		/*  1 */ cargo.Consigned{Consignment: lotID, Movement: vehicleID, OnMovement: 100, Judged: port.Judged{Demands: []port.Demand{asks(port.CustomsRelease, port.ConsignmentSubject, port.DueCustodyExit)}}},
		/*  2 */ says(vehicleID, port.MovementSubject, kindCrew, port.ResultMet),
		/*  3 */ gate.PassIssued{Pass: entryPass, Movement: vehicleID, Gate: port.DueEntryGate},
		/*  4 */ opens(port.DueEntryGate, entryPass),
		/*  5 */ movement.Passed{Movement: vehicleID, Gate: port.DueEntryGate},
		/*  6 */ cargo.Entered{Consignment: lotID, Movement: vehicleID, Mass: 100},
		/*  7 */ declaration.Lodged{Declaration: paperID, Consignment: lotID},
		/*  8 */ says(vehicleID, port.MovementSubject, kindPermit, port.ResultWaived),
		/*  9 */ says(lotID, port.ConsignmentSubject, port.CustomsRelease, port.ResultMet),
		/* 10 */ gate.PassIssued{Pass: exitPass, Movement: vehicleID, Gate: port.DueExitGate},
		/* 11 */ opens(port.DueExitGate, exitPass),
		/* 12 */ movement.Passed{Movement: vehicleID, Gate: port.DueExitGate},
		/* 13 */ cargo.TakenOut{Consignment: lotID, Movement: vehicleID, Mass: 100},
		/* 14 */ declaration.Closed{Declaration: paperID},
	}
}

// unloads takes goods off the vehicle.
func unloads(mass port.Kilograms) named {
	return movement.Detached{Movement: vehicleID, Subject: lotID, Kind: port.ConsignmentSubject, Mass: mass}
}

// wagonHeld orders an examination of a wagon, which keeps it until it is settled.
func wagonHeld() named {
	return movement.Ordered{Subject: commandID, SubjectKind: port.EquipmentSubject, Movement: vehicleID, Demand: asks(kindInspection, port.EquipmentSubject, port.DueExitGate)}
}

// insert puts facts before the i-th.
func insert(i int, facts ...named) func([]named) []named {
	return func(s []named) []named { return append(append(append([]named{}, s[:i]...), facts...), s[i:]...) }
}

func replace(i int, f named) func([]named) []named {
	return func(s []named) []named { s[i] = f; return s }
}

func without(i int) func([]named) []named {
	return func(s []named) []named { return append(s[:i], s[i+1:]...) }
}

func TestChecker(t *testing.T) {
	held := says(lotID, port.ConsignmentSubject, port.CustomsRelease, port.ResultHeld)
	order := movement.Overridden{Movement: vehicleID, Decision: movement.OverrideOpen, Officer: "o"}
	byOrder := gate.Decided{Movement: vehicleID, Gate: port.DueExitGate, Decision: port.DecisionOpen, Override: "o"}
	inspector := says(lotID, port.ConsignmentSubject, "another", port.ResultInspect)
	inspector.Inspector = &port.Owner{Function: port.FunctionCustomsInspection}
	advice := held
	advice.Advisory = true
	tests := []struct {
		name   string
		change []func([]named) []named
		want   Invariant // empty: nothing is violated
	}{
		{"as it should be", nil, ""},
		{"entry on an open requirement", []func([]named) []named{without(2)}, GateKeepsShut},
		{"exit on a held one", []func([]named) []named{insert(11, held)}, GateKeepsShut},
		{"exit on one that only advice holds", []func([]named) []named{insert(11, advice)}, ""},
		{"exit on what was refused", []func([]named) []named{replace(8, says(vehicleID, port.MovementSubject, kindPermit, port.ResultRefused))}, GateKeepsShut},
		{"exit after a further declaration", []func([]named) []named{insert(11, declaration.Lodged{Declaration: commandID, Consignment: lotID})}, GateKeepsShut},
		{"exit after an amendment", []func([]named) []named{insert(11, declaration.Amended{Declaration: paperID, Consignment: lotID})}, GateKeepsShut},
		{"exit with an examination ordered", []func([]named) []named{insert(11, inspector)}, GateKeepsShut},
		{"exit by order", []func([]named) []named{replace(11, byOrder), insert(11, held, order)}, ""},
		{"exit by an order that nobody gave", []func([]named) []named{replace(11, byOrder), insert(11, held)}, OrderHolds},
		{"exit against an order to stop", []func([]named) []named{insert(11, movement.Overridden{Movement: vehicleID, Decision: movement.OverrideStop})}, OrderHolds},
		{"exit after an order that was resumed", []func([]named) []named{insert(11, movement.Overridden{Movement: vehicleID, Decision: movement.OverrideStop}, movement.Overridden{Movement: vehicleID, Decision: movement.OverrideResume})}, ""},
		{"without a pass", []func([]named) []named{replace(11, opens(port.DueExitGate, port.ID{}))}, PassOnce},
		{"on a pass that nobody issued", []func([]named) []named{without(10)}, PassOnce},
		{"on the other gate's pass", []func([]named) []named{replace(11, opens(port.DueExitGate, entryPass))}, PassOnce},
		{"on a revoked pass", []func([]named) []named{insert(11, gate.PassRevoked{Pass: exitPass, Movement: vehicleID, Gate: port.DueExitGate})}, PassOnce},
		{"on a pass that is used", []func([]named) []named{insert(6, opens(port.DueEntryGate, entryPass))}, PassOnce},
		{"a pass that is issued twice", []func([]named) []named{insert(4, gate.PassIssued{Pass: entryPass, Movement: vehicleID, Gate: port.DueEntryGate})}, PassOnce},
		{"through a shut gate", []func([]named) []named{without(4)}, PassedByOpening},
		{"through the other gate", []func([]named) []named{replace(5, movement.Passed{Movement: vehicleID, Gate: port.DueExitGate})}, PassedByOpening},
		{"more goods out than in", []func([]named) []named{replace(13, cargo.TakenOut{Consignment: lotID, Movement: vehicleID, Mass: 101})}, NothingExtra},
		{"goods out twice", []func([]named) []named{insert(14, cargo.TakenOut{Consignment: lotID, Movement: vehicleID, Mass: 100})}, NothingExtra},
		{"goods left behind", []func([]named) []named{without(13), insert(13, movement.Overridden{Movement: paperID})}, LeavesWhole},
		{"less goods out than the vehicle carries", []func([]named) []named{replace(13, cargo.TakenOut{Consignment: lotID, Movement: vehicleID, Mass: 99})}, LeavesWhole},
		{"goods that came off stay", []func([]named) []named{replace(13, unloads(100)), insert(11, unloads(100)), without(14)}, ""},
		{"more comes off than the vehicle carries", []func([]named) []named{insert(11, unloads(101))}, LeavesWhole},
		{"more promised than lies there", []func([]named) []named{insert(7, cargo.Assigned{Consignment: lotID, Movement: commandID, Mass: 101})}, NothingExtra},
		{"a lot of more than its whole", []func([]named) []named{insert(7, cargo.Split{Consignment: commandID, From: lotID, Mass: 101})}, LotInWhole},
		{"exit with a wagon that is held", []func([]named) []named{insert(11, wagonHeld())}, GateKeepsShut},
		{"exit without it", []func([]named) []named{insert(11, wagonHeld(), movement.Detached{Movement: vehicleID, Subject: commandID, Kind: port.EquipmentSubject})}, ""},
		{"exit with one who must be cleared", []func([]named) []named{insert(11, movement.Listed{Movement: vehicleID, Person: commandID, Judged: port.Judged{Demands: []port.Demand{asks(kindPerson, port.PersonSubject, port.DueEntryGate)}}})}, GateKeepsShut},
		{"exit on what was put off", []func([]named) []named{insert(9, movement.Deferred{Subject: lotID, Kind: port.CustomsRelease}), without(10)}, ""},
		{"exit on figures that differ", []func([]named) []named{insert(11, movement.Compared{Consignment: lotID, Result: port.ResultDocuments, Demand: asks(movement.FiguresAgree, port.ConsignmentSubject, port.DueExitGate)})}, GateKeepsShut},
		{"ended with goods on it", []func([]named) []named{insert(11, movement.Ended{Movement: vehicleID})}, LeavesWhole},
		{"opened for nobody", []func([]named) []named{insert(0, opens(port.DueEntryGate, entryPass))}, GateKeepsShut},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			facts := story()
			for _, change := range test.change {
				facts = change(facts)
			}
			found := map[Invariant]string{}
			d := newDocket()
			c := newChecker("ganqimaodu-road", d, func(v Violation) { found[v.Invariant] = v.Evidence })
			for i, body := range facts {
				tellFact(t, c, uint64(i+1), body)
			}
			c.stayed()
			if len(found) > 0 && test.want == "" || test.want != "" && found[test.want] == "" {
				t.Errorf("violated: %v, want %q", found, test.want)
			}
			kept := len(d.lots)
			for _, l := range d.lots {
				if l.left() > 0 {
					kept-- // it lies in custody
				}
			}
			if test.want == "" && (len(d.vehicles) != 0 || kept != 0 && len(d.papers) == 0 || len(c.passes) != 0) {
				t.Errorf("closed things are kept: %d vehicles, %d lots, %d papers, %d passes", len(d.vehicles), len(d.lots), len(d.papers), len(c.passes))
			}
		})
	}
}

// tellFact has a checker see a fact as the feed brings it.
func tellFact(t *testing.T, c *checker, seq uint64, body named) {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	f := fact{Seq: seq, Name: body.FactName(), Command: commandID, Raw: raw}
	if err := f.read(); err != nil {
		t.Fatal(err)
	}
	c.check(&f)
	c.docket.fold(&f)
}

func TestReceiptsAreRecorded(t *testing.T) {
	given := func(first, last uint64, command port.ID) receipt {
		return receipt{Command: command, Ledger: "port:ganqimaodu-road", First: first, Last: last, Outcome: "accepted"}
	}
	tests := []struct {
		name string
		do   func(c *checker, tell func(n int))
		want int
	}{
		{"claimed before and after", func(c *checker, tell func(int)) {
			c.claim(given(1, 3, commandID))
			tell(3)
			c.claim(given(2, 3, commandID))
			c.quiet(time.Now())
		}, 0},
		{"never comes", func(c *checker, tell func(int)) {
			tell(1)
			c.claim(given(2, 2, commandID))
			c.quiet(time.Now())
		}, 1},
		{"not asked yet", func(c *checker, _ func(int)) {
			asked := time.Now().Add(-time.Second)
			c.claim(given(1, 1, commandID))
			c.quiet(asked)
		}, 0},
		{"somebody else's", func(c *checker, tell func(int)) {
			c.claim(given(1, 2, vehicleID))
			tell(2)
		}, 2},
		{"another ledger's", func(c *checker, tell func(int)) {
			r := given(1, 2, vehicleID)
			r.Ledger = "region"
			c.claim(r)
			tell(2)
		}, 0},
		{"a gap", func(c *checker, tell func(int)) {
			tell(1)
			c.seq--
			tell(1)
		}, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := 0
			c := newChecker("ganqimaodu-road", newDocket(), func(Violation) { got++ })
			seq := uint64(0)
			test.do(c, func(n int) {
				for range n {
					seq++
					tellFact(t, c, seq, movement.Overridden{Movement: vehicleID})
				}
			})
			if got != test.want {
				t.Errorf("%d violations, want %d", got, test.want)
			}
		})
	}
}
