package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/guomen/guomen/gate/gateweb"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// crossings are stories of vehicles. They run one after the other at one platform.
var crossings = []struct {
	name string
	at   port.PortID
	tell func(*story)
}{
	{"coal comes in", here, coalComesIn},
	{"machines go out", here, machinesGoOut},
	{"a truck that nobody announced", here, unannounced},
	{"another container than on the manifest", here, otherContainer},
	{"too heavy", here, tooHeavy},
	{"held, then released", here, heldThenReleased},
	{"refused, and back with other papers", here, refused},
	{"papers asked for", here, papersAskedFor},
	{"a waiver", here, waiver},
	{"orders by hand", here, orders},
	{"read twice", here, readTwice},
	{"announced for the next crossing already", here, nextCrossing},
	{"amended after release", here, amended},
	{"withdrawn after release", here, withdrawn},
	{"declared before it is announced", here, declaredFirst},
	{"one declaration over three trucks", here, threeTrucks},
	{"two waybills on one truck", here, twoWaybills},
	{"examined on the vehicle itself", here, vehicleExamined},
	{"let out by order before the release", here, letOut},
	{"customs answers through messages", mirrored, mirroredPort},
	{"customs refuses through messages", mirrored, mirroredRefusal},
	{"customs answers through the single window", mirrored, singleWindow},
}

func TestCrossings(t *testing.T) {
	w := newWorld(t, "memory:", identity.Principal{})
	for _, c := range crossings {
		t.Run(c.name, func(t *testing.T) {
			s := newStory(t, w, c.at)
			c.tell(s)
			s.end()
		})
	}
	report, err := w.platform.engine.Verify(t.Context())
	if err != nil || !report.OK {
		t.Errorf("verify: %v %s", err, report.FirstDifference)
	}
	watch := w.watched(t, here)
	t.Logf("%d gates opened, %d by order; %d facts, %d records", watch.Opened, watch.Ordered, report.Facts, report.Records)
}

func coalComesIn(s *story) {
	k := s.coal("in")
	id, _ := s.announce(k)
	full := s.stands(id, movement.StateAnnounced)
	if s.first == nil && (full.Plate != k.paper.Vehicle.Plate || len(full.Carries) != 1 || full.Expected != 56*port.Tonne || full.Clock.Announced == 0 || full.Passes.Entry != nil) {
		s.fail("announced as %+v", full)
	}
	if e := find(&full, port.CustomsRelease); s.first == nil && (e.BlockedBy != "declaration" || e.Owner.Organisation != "customs-ganqimaodu" || e.Source != port.Here || e.Citation == "") {
		s.fail("the release is %+v", e)
	}
	s.read(k, port.DueEntryGate, port.DecisionHold, "manifest_accepted", "crew_cleared")
	s.decide(id, "manifest_accepted", port.ResultMet, http.StatusAccepted)
	s.decide(id, "crew_cleared", port.ResultMet, http.StatusAccepted)
	full = s.movement(id)
	if s.first == nil && (full.Passes.Entry == nil || full.Passes.Exit != nil || full.Clock.BorderClear == 0 || find(&full, port.Weighed).State != port.StateMet) {
		s.fail("before the gate: %+v", full)
	}
	d := s.read(k, port.DueEntryGate, port.DecisionOpen)
	if s.first == nil && d.Movement != id {
		s.fail("the gate opened for %s", d.Movement)
	}
	full = s.stands(id, movement.StateInside)
	if s.first == nil && (full.Weighed != 56*port.Tonne || full.Clock.EntryGate == 0) {
		s.fail("inside: %+v", full.Movement)
	}
	s.read(k, port.DueExitGate, port.DecisionHold, "quarantine_cleared", "road_permit_valid", "customs_release")
	r := s.decide(full.Carries[0].Consignment.String(), port.CustomsRelease, port.ResultMet, http.StatusUnprocessableEntity) // nothing is declared
	if s.first == nil && (len(r.problem(s.t).Problems) != 1 || r.problem(s.t).Problems[0].Rule != "verdict.blocked") {
		s.fail("a release of what is not declared: %s", r.body)
	}
	s.declare(k)
	s.settle(id)
	s.read(k, port.DueExitGate, port.DecisionOpen)
	full = s.stands(id, movement.StateLeft)
	want := []string{"manifest.lodged.v1", "cargo.consigned.v1", "gate.decided.v1", "movement.passed.v1", "cargo.entered.v1", "declaration.lodged.v1", "cargo.taken_out.v1"}
	for _, name := range want {
		if s.first == nil && !slices.Contains(names(&full), name) {
			s.fail("the timeline has no %s: %v", name, names(&full))
		}
	}
	if s.first == nil && (full.Clock.ExitGate == 0 || full.Clock.Left == 0 || len(full.Carries[0].Declarations) != 1 || full.Carries[0].Declarations[0].State != "closed") {
		s.fail("gone: %+v", full)
	}
	// With its goods gone the waybill, the batch and the reference are free again.
	again, _ := s.announce(k)
	s.declare(k)
	full = s.stands(again, movement.StateAnnounced)
	if s.first == nil && len(full.Timeline) > 6 {
		s.fail("the new crossing remembers the old one: %v", names(&full))
	}
}

func machinesGoOut(s *story) {
	k := s.machines("out")
	id, _ := s.announce(k)
	s.declare(k)
	s.settle(id, port.CustomsRelease)
	s.read(k, port.DueEntryGate, port.DecisionOpen)
	s.read(k, port.DueExitGate, port.DecisionHold, "customs_release")
	s.settle(id)
	s.read(k, port.DueExitGate, port.DecisionOpen)
	full := s.stands(id, movement.StateLeft)
	if e := find(&full, "road_permit_valid"); s.first == nil && e.Kind != "" {
		s.fail("a Chinese truck is asked for a foreign one's permit: %+v", e)
	}
}

func unannounced(s *story) {
	k := s.coal("silent")
	d := s.read(k, port.DueEntryGate, port.DecisionHold, "unannounced")
	full := s.stands(d.Movement, movement.StateAppeared)
	if s.first == nil && (full.Clock.Queued == 0 || full.Clock.Announced != 0 || find(&full, port.Announced).State != port.StateOpen) {
		s.fail("appeared: %+v", full)
	}
	s.read(k, port.DueEntryGate, port.DecisionHold, "announced") // it is known now, and still not announced
	id, _ := s.announce(k)
	if s.first == nil && id != d.Movement {
		s.fail("the manifest made %s of the truck that stands there as %s", id, d.Movement)
	}
	full = s.stands(id, movement.StateAnnounced)
	if s.first == nil && (full.Clock.Queued == 0 || find(&full, port.Announced).State != port.StateMet) {
		s.fail("joined: %+v", full)
	}
	s.settle(id)
	s.read(k, port.DueEntryGate, port.DecisionOpen)
	s.declare(k)
	s.settle(id)
	s.read(k, port.DueExitGate, port.DecisionOpen)
	s.stands(id, movement.StateLeft)
	s.read(k, port.DueExitGate, port.DecisionHold, "not_inside")
}

func otherContainer(s *story) {
	k := s.machines("box")
	id, _ := s.announce(k)
	s.declare(k)
	s.settle(id)
	number := string(k.boxes[0])
	k.boxes = []port.ContainerNumber{"DEMU1000026"}
	s.read(k, port.DueEntryGate, port.DecisionHold, "container_differs")
	s.stands(id, movement.StateAnnounced)
	k.boxes = []port.ContainerNumber{port.ContainerNumber(number[:4] + " " + number[4:10] + "-" + number[10:])} // as another camera writes it
	s.read(k, port.DueEntryGate, port.DecisionOpen)
	k.boxes = nil // a camera that sees no box says nothing of it
	s.read(k, port.DueExitGate, port.DecisionOpen)
	s.stands(id, movement.StateLeft)
}

func tooHeavy(s *story) {
	k := s.coal("heavy")
	id, _ := s.announce(k)
	s.declare(k)
	s.settle(id)
	k.mass = 59 * port.Tonne // 3 t beyond, 2 t and 2 % are allowed
	d := s.read(k, port.DueEntryGate, port.DecisionHold, "weighed")
	if s.first == nil && !strings.Contains(d.Reasons[0].Text, "重量") {
		s.fail("the driver reads %q", d.Reasons[0].Text)
	}
	full := s.movement(id)
	if e := find(&full, port.Weighed); s.first == nil && (e.Result != port.ResultInspect || e.Reason != "weight_differs" || !strings.Contains(e.Note, "59000")) {
		s.fail("weighed is %+v", e)
	}
	if e := find(&full, "inspection"); s.first == nil && (e.State != port.StateOpen || e.Owner.Function != port.FunctionCustomsInspection || e.BlockedBy != "arrival") {
		s.fail("the examination is %+v", e)
	}
	k.mass = 56 * port.Tonne // unloaded on the way round the block
	s.read(k, port.DueEntryGate, port.DecisionHold, "weighed")
	s.decide(id, port.Weighed, port.ResultMet, http.StatusAccepted)
	s.decide(id, "inspection", port.ResultMet, http.StatusUnprocessableEntity) // it is not here yet
	s.read(k, port.DueEntryGate, port.DecisionOpen)
	s.read(k, port.DueExitGate, port.DecisionHold, "inspection")
	s.decide(id, "inspection", port.ResultMet, http.StatusAccepted)
	s.read(k, port.DueExitGate, port.DecisionOpen)
	s.stands(id, movement.StateLeft)
}

func heldThenReleased(s *story) {
	k := s.coal("held")
	id, _ := s.announce(k)
	s.declare(k)
	s.settle(id)
	full := s.movement(id)
	if s.first == nil && (full.Passes.Entry == nil || full.Passes.Exit != nil) { // weighing is still to come
		s.fail("passes %+v", full.Passes)
	}
	s.decide(id, "crew_cleared", port.ResultHeld, http.StatusAccepted) // met turns back into held
	if full = s.movement(id); s.first == nil && full.Passes.Entry != nil {
		s.fail("the pass outlived the hold")
	}
	s.read(k, port.DueEntryGate, port.DecisionHold, "crew_cleared")
	s.decide(id, "crew_cleared", port.ResultMet, http.StatusAccepted)
	s.read(k, port.DueEntryGate, port.DecisionOpen)
	goods := full.Carries[0].Consignment.String()
	s.decide(goods, port.CustomsRelease, port.ResultHeld, http.StatusAccepted)
	s.read(k, port.DueExitGate, port.DecisionHold, "customs_release")
	s.decide(goods, port.CustomsRelease, port.ResultInspect, http.StatusAccepted)
	s.read(k, port.DueExitGate, port.DecisionHold, "customs_release", "inspection")
	s.decide(goods, "inspection", port.ResultMet, http.StatusAccepted)
	s.read(k, port.DueExitGate, port.DecisionHold, "customs_release") // who ordered has still to release
	s.decide(goods, port.CustomsRelease, port.ResultMet, http.StatusAccepted)
	s.read(k, port.DueExitGate, port.DecisionOpen)
	s.stands(id, movement.StateLeft)
}

func refused(s *story) {
	k := s.coal("refused")
	id, _ := s.announce(k)
	s.declare(k)
	s.settle(id)
	s.decide(id, "crew_cleared", port.ResultRefused, http.StatusAccepted)
	s.read(k, port.DueEntryGate, port.DecisionRefuse, "crew_cleared")
	full := s.stands(id, movement.StateTurnedBack)
	if s.first == nil && !slices.Contains(names(&full), "cargo.returned.v1") {
		s.fail("its goods stayed: %v", names(&full))
	}
	s.order(identity.Customs, id, movement.OverrideOpen, http.StatusUnprocessableEntity) // it is gone
	s.read(k, port.DueEntryGate, port.DecisionHold, "unannounced")
	k.paper.Batch = "2026112299999" // another driver, another crossing, the same goods and declaration
	again, _ := s.announce(k)
	s.settle(again)
	s.read(k, port.DueEntryGate, port.DecisionOpen)
	s.read(k, port.DueExitGate, port.DecisionOpen)
	full = s.stands(again, movement.StateLeft)
	if s.first == nil && (len(full.Carries[0].Declarations) != 1 || full.Carries[0].Declarations[0].State != "closed") {
		s.fail("the goods are gone and their declaration is %+v", full.Carries[0].Declarations)
	}
}

func papersAskedFor(s *story) {
	k := s.coal("papers")
	id, _ := s.announce(k)
	declaration, _ := s.declare(k)
	s.settle(id)
	s.read(k, port.DueEntryGate, port.DecisionOpen)
	full := s.movement(id)
	goods := full.Carries[0].Consignment.String()
	s.decide(goods, port.CustomsRelease, port.ResultDocuments, http.StatusAccepted)
	full = s.movement(id)
	if e := find(&full, port.CustomsRelease); s.first == nil && (e.State != port.StateOpen || e.Result != port.ResultDocuments || full.Passes.Exit != nil) {
		s.fail("papers are asked for and the release is %+v", e)
	}
	s.read(k, port.DueExitGate, port.DecisionHold, "customs_release")
	s.do(identity.Trader, "POST", "/v1/declarations/"+declaration+"/amendments", s.amendment(k), http.StatusAccepted)
	s.decide(goods, port.CustomsRelease, port.ResultMet, http.StatusAccepted)
	s.read(k, port.DueExitGate, port.DecisionOpen)
	s.stands(id, movement.StateLeft)
}

func waiver(s *story) {
	k := s.coal("waiver")
	id, _ := s.announce(k)
	s.declare(k)
	s.settle(id, "road_permit_valid")
	path := "/v1/requirements/" + id + ".road_permit_valid/verdicts"
	nameless := identity.NewToken()
	token := identity.TokenIssued{Hash: identity.HashToken(nameless), Organisation: "transport-ganqimaodu", Role: identity.Transport, Port: here}
	if err := s.w.platform.issueTokens(s.t.Context(), setup, []identity.TokenIssued{token}); err != nil {
		s.t.Fatal(err)
	}
	for _, c := range []struct {
		token, body string
		rules       []string
	}{
		{s.w.token(identity.Transport, here), `{"result":"waived"}`, []string{"verdict.reason_missing", "verdict.law_missing"}},
		{s.w.token(identity.Transport, here), `{"result":"waived","reason":"r"}`, []string{"verdict.law_missing"}},
		{s.w.token(identity.Transport, here), `{"result":"waived","law":"l"}`, []string{"verdict.reason_missing"}},
		{nameless, `{"result":"waived"}`, []string{"verdict.reason_missing", "verdict.law_missing", "verdict.person_missing"}},
		{nameless, `{"result":"waived","reason":"r","law":"l"}`, []string{"verdict.person_missing"}},
		{nameless, `{"result":"held"}`, []string{"verdict.reason_missing"}},
	} {
		r := s.doAs(c.token, "POST", path, c.body, http.StatusUnprocessableEntity)
		var rules []string
		for _, p := range r.problem(s.t).Problems {
			rules = append(rules, p.Rule)
		}
		if s.first == nil && !slices.Equal(rules, c.rules) {
			s.fail("%s is refused for %v, want %v", c.body, rules, c.rules)
		}
	}
	s.receipt(s.do(identity.Transport, "POST", path, `{"result":"waived","reason":"emergency","law":"道路运输条例第五十条"}`, http.StatusAccepted))
	s.read(k, port.DueEntryGate, port.DecisionOpen)
	s.read(k, port.DueExitGate, port.DecisionOpen)
	full := s.stands(id, movement.StateLeft)
	if e := find(&full, "road_permit_valid"); s.first == nil && (e.State != port.StateWaived || !strings.Contains(e.By, "test transport")) {
		s.fail("waived by nobody: %+v", e)
	}
}

func orders(s *story) {
	k := s.coal("orders")
	id, _ := s.announce(k)
	s.declare(k)
	s.order(identity.Customs, id, movement.OverrideOpen, http.StatusAccepted)
	if full := s.movement(id); s.first == nil && (full.Override == nil || full.Override.Officer != "test customs") {
		s.fail("the order is nobody's: %+v", full.Override)
	}
	d := s.read(k, port.DueEntryGate, port.DecisionOpen, "manifest_accepted", "crew_cleared")
	s.stands(d.Movement, movement.StateInside)
	s.read(k, port.DueExitGate, port.DecisionHold, "manifest_accepted", "crew_cleared", "quarantine_cleared", "road_permit_valid", "customs_release") // it opened once
	s.settle(id)
	s.order(identity.BorderInspection, id, movement.OverrideStop, http.StatusAccepted)
	s.read(k, port.DueExitGate, port.DecisionHold, "stopped")
	s.read(k, port.DueExitGate, port.DecisionHold, "stopped")
	s.order(identity.PortOffice, id, movement.OverrideResume, http.StatusAccepted)
	s.read(k, port.DueExitGate, port.DecisionOpen)
	s.stands(id, movement.StateLeft)
	for _, body := range []string{`{"decision":"open","reason":""}`, `{"decision":"open"}`, `{"decision":"close","reason":"r"}`} {
		s.do(identity.Customs, "POST", "/v1/movements/"+id+"/override", body, http.StatusUnprocessableEntity)
	}
}

func readTwice(s *story) {
	k := s.coal("twice")
	id, _ := s.announce(k)
	s.declare(k)
	s.settle(id)
	s.read(k, port.DueEntryGate, port.DecisionOpen)
	d := s.read(k, port.DueEntryGate, port.DecisionHold, "pass_used")
	if s.first == nil && d.Movement != id {
		s.fail("read again it is %q", d.Movement)
	}
	s.read(k, port.DueExitGate, port.DecisionOpen)
	s.read(k, port.DueExitGate, port.DecisionHold, "not_inside")
	s.stands(id, movement.StateLeft)
}

func nextCrossing(s *story) {
	k := s.coal("next")
	first, _ := s.announce(k)
	s.declare(k)
	s.settle(first)
	s.read(k, port.DueEntryGate, port.DecisionOpen)
	next := s.coal("next")
	next.paper.Vehicle = k.paper.Vehicle
	second, _ := s.announce(next)
	s.settle(second)
	s.read(k, port.DueEntryGate, port.DecisionHold, "pass_used") // read again: not its next crossing
	s.stands(second, movement.StateAnnounced)
	s.read(k, port.DueExitGate, port.DecisionOpen)
	s.stands(first, movement.StateLeft)
	third := s.coal("next")
	third.paper.Vehicle = k.paper.Vehicle
	last, _ := s.announce(third)
	s.decide(last, "crew_cleared", port.ResultRefused, http.StatusAccepted)
	s.read(third, port.DueEntryGate, port.DecisionRefuse, "crew_cleared", "manifest_accepted") // the last announced is who comes
	s.stands(last, movement.StateTurnedBack)
	d := s.read(next, port.DueEntryGate, port.DecisionOpen) // and the one before is still expected
	if s.first == nil && d.Movement != second {
		s.fail("the gate opened for %s, want %s", d.Movement, second)
	}
	s.declare(next)
	s.settle(second)
	s.read(next, port.DueExitGate, port.DecisionOpen)
	s.stands(second, movement.StateLeft)
}

func amended(s *story) {
	k := s.coal("amended")
	id, _ := s.announce(k)
	declaration, _ := s.declare(k)
	s.settle(id)
	s.read(k, port.DueEntryGate, port.DecisionOpen)
	if full := s.movement(id); s.first == nil && full.Passes.Exit == nil {
		s.fail("all is settled and there is no pass")
	}
	s.receipt(s.do(identity.Trader, "POST", "/v1/declarations/"+declaration+"/amendments", s.amendment(k), http.StatusAccepted))
	full := s.movement(id)
	if e := find(&full, port.CustomsRelease); s.first == nil && (e.State != port.StateOpen || e.Reason != "declaration_amended" || full.Passes.Exit != nil || !slices.Contains(names(&full), "pass.revoked.v1")) {
		s.fail("amended, and the release is %+v", e)
	}
	s.read(k, port.DueExitGate, port.DecisionHold, "customs_release")
	other := *k
	other.reference = "ANOTHER"
	if r := s.do(identity.Trader, "POST", "/v1/declarations/"+declaration+"/amendments", s.amendment(&other), http.StatusUnprocessableEntity); s.first == nil && r.problem(s.t).Problems[0].Rule != "declaration.reference_changed" {
		s.fail("another reference is refused for %s", r.body)
	}
	other = *k
	other.paper.Waybills = []manifest.Waybill{{Number: "ANOTHER", Goods: "炼焦煤", HS: "2701121000", GrossMass: 1}}
	if r := s.do(identity.Trader, "POST", "/v1/declarations/"+declaration+"/amendments", s.amendment(&other), http.StatusUnprocessableEntity); s.first == nil && r.problem(s.t).Problems[0].Rule != "declaration.waybill_changed" {
		s.fail("another waybill is refused for %s", r.body)
	}
	s.settle(id)
	s.read(k, port.DueExitGate, port.DecisionOpen)
	s.stands(id, movement.StateLeft)
	s.do(identity.Trader, "POST", "/v1/declarations/"+declaration+"/amendments", s.amendment(k), http.StatusConflict) // closed
}

func withdrawn(s *story) {
	k := s.coal("withdrawn")
	id, _ := s.announce(k)
	declaration, _ := s.declare(k)
	s.settle(id)
	s.read(k, port.DueEntryGate, port.DecisionOpen)
	s.receipt(s.do(identity.Trader, "POST", "/v1/declarations/"+declaration+"/withdrawal", `{"reason":"sold elsewhere"}`, http.StatusAccepted))
	full := s.movement(id)
	if e := find(&full, port.CustomsRelease); s.first == nil && (e.State != port.StateOpen || e.BlockedBy != "declaration" || full.Passes.Exit != nil) {
		s.fail("withdrawn, and the release is %+v", e)
	}
	s.read(k, port.DueExitGate, port.DecisionHold, "customs_release")
	s.do(identity.Trader, "POST", "/v1/declarations/"+declaration+"/withdrawal", `{"reason":"again"}`, http.StatusConflict)
	s.declare(k) // the reference is free again
	s.settle(id)
	s.read(k, port.DueExitGate, port.DecisionOpen)
	s.stands(id, movement.StateLeft)
}

func declaredFirst(s *story) {
	k := s.coal("early")
	_, command := s.declare(k)
	s.do(identity.Trader, "POST", "/v1/declarations?port="+string(s.at), s.document(k), http.StatusUnprocessableEntity) // once is enough
	id, _ := s.announce(k)
	full := s.movement(id)
	if s.first == nil && (len(full.Carries[0].Declarations) != 1 || find(&full, port.CustomsRelease).BlockedBy != "") {
		s.fail("the manifest did not find the declaration: %+v", full.Carries)
	}
	s.settle(id) // released before it arrives 提前申报
	s.read(k, port.DueEntryGate, port.DecisionOpen)
	s.read(k, port.DueExitGate, port.DecisionOpen)
	s.stands(id, movement.StateLeft)
	var answers struct {
		Items []struct{ Name, Kind, Result string }
	}
	s.into(s.do(identity.Trader, "GET", "/v1/messages/"+command+"/answers", nil, http.StatusOK), &answers)
	if s.first == nil && (len(answers.Items) != 2 || answers.Items[0].Result != "met" || answers.Items[0].Kind != "customs_release" || answers.Items[1].Name != "declaration.closed.v1") {
		s.fail("what came back: %+v", answers)
	}
}

func threeTrucks(s *story) {
	k := s.coal("three")
	k.paper.Waybills[0].GrossMass, k.paper.Waybills[0].OnVehicle = 120*port.Tonne, 40*port.Tonne
	declaration, _ := s.declare(k)
	var trucks [3]truck
	var ids [3]string
	for i := range trucks {
		trucks[i] = *k
		trucks[i].paper.Vehicle = s.coal("three").paper.Vehicle
	}
	through := func(i int, at port.DuePoint) { s.read(&trucks[i], at, port.DecisionOpen) }
	ids[0], _ = s.announce(&trucks[0])
	s.settle(ids[0])
	through(0, port.DueEntryGate)
	through(0, port.DueExitGate)
	if full := s.stands(ids[0], movement.StateLeft); s.first == nil && full.Carries[0].Declarations[0].State != "lodged" {
		s.fail("two thirds are still to come, and the declaration is %s", full.Carries[0].Declarations[0].State)
	}
	ids[1], _ = s.announce(&trucks[1])
	ids[2], _ = s.announce(&trucks[2])
	full := s.movement(ids[1])
	if e := find(&full, port.CustomsRelease); s.first == nil && e.State != port.StateMet {
		s.fail("released once for all, and the second truck's is %+v", e)
	}
	s.settle(ids[1])
	s.settle(ids[2])
	through(1, port.DueEntryGate)
	through(2, port.DueEntryGate)
	s.do(identity.Trader, "POST", "/v1/declarations/"+declaration+"/amendments", s.amendment(k), http.StatusAccepted) // all wait again
	s.read(&trucks[1], port.DueExitGate, port.DecisionHold, "customs_release")
	s.read(&trucks[2], port.DueExitGate, port.DecisionHold, "customs_release")
	s.settle(ids[1])
	through(2, port.DueExitGate)
	through(1, port.DueExitGate)
	for i := range ids {
		full = s.stands(ids[i], movement.StateLeft)
	}
	var goods struct {
		In, Out, Announced float64
		Movements          []string
		Declarations       []struct{ State string }
	}
	s.into(s.do(identity.Trader, "GET", "/v1/consignments/"+full.Carries[0].Consignment.String(), nil, http.StatusOK, "Guomen-At-Least", s.last), &goods)
	if s.first == nil && (goods.In != 120_000 || goods.Out != 120_000 || len(goods.Movements) != 3 || goods.Declarations[0].State != "closed") {
		s.fail("all gone, and the goods are %+v", goods)
	}
}

func twoWaybills(s *story) {
	k := s.coal("two")
	second := k.paper.Waybills[0]
	second.Number, second.Goods, second.GrossMass = second.Number+"B", "洗净羊毛", 2*port.Tonne
	k.paper.Waybills = append(k.paper.Waybills, second)
	k.mass = 58 * port.Tonne
	id, _ := s.announce(k)
	s.declare(k)
	full := s.stands(id, movement.StateAnnounced)
	first, other := full.Carries[0].Consignment.String(), full.Carries[1].Consignment.String()
	s.decide(first, port.CustomsRelease, port.ResultMet, http.StatusAccepted)
	s.decide(other, port.CustomsRelease, port.ResultMet, http.StatusUnprocessableEntity) // not declared
	s.settle(id, port.CustomsRelease)
	s.read(k, port.DueEntryGate, port.DecisionOpen)
	s.read(k, port.DueExitGate, port.DecisionHold, "customs_release")
	wool := *k
	wool.reference, wool.paper.Waybills = k.reference+"B", []manifest.Waybill{second}
	s.receipt(s.doAs(s.w.tokens[who{identity.Trader, "", 1}], "POST", "/v1/declarations?port="+string(s.at), s.document(&wool), http.StatusAccepted))

	// Each trader sees his own goods, and not what the others say.
	var seen [2]string
	for no := range seen {
		r := s.doAs(s.w.tokens[who{identity.Trader, "", no}], "GET", "/v1/movements/"+id, nil, http.StatusOK, "Guomen-At-Least", s.last)
		seen[no] = string(r.body)
	}
	for _, c := range []struct {
		no        int
		own, hide string
	}{{0, first, other}, {1, other, first}} {
		if s.first == nil && (!strings.Contains(seen[c.no], `"consignment":"`+c.own) || strings.Contains(seen[c.no], `"consignment":"`+c.hide) || strings.Contains(seen[c.no], c.hide+`.customs_release"`)) {
			s.fail("trader %d sees %s", c.no, seen[c.no])
		}
	}
	if s.first == nil && (strings.Contains(seen[1], k.reference+`"`) || strings.Contains(seen[0], wool.reference) || strings.Contains(seen[0], "Demo Nuurs")) {
		s.fail("a trader reads another's papers: %s", seen[0]+seen[1])
	}
	carrier := string(s.do(identity.Carrier, "GET", "/v1/movements/"+id, nil, http.StatusOK).body)
	if s.first == nil && (!strings.Contains(carrier, "Demo Nuurs") || strings.Contains(carrier, `"procedure":"0110"`)) {
		s.fail("the carrier reads the traders' declarations, or not his own manifest: %s", carrier)
	}
	s.settle(id)
	s.read(k, port.DueExitGate, port.DecisionOpen)
	s.stands(id, movement.StateLeft)
}

func vehicleExamined(s *story) {
	k := s.coal("vehicle")
	id, _ := s.announce(k)
	s.declare(k)
	s.decide(id, "quarantine_cleared", port.ResultInspect, http.StatusAccepted)
	s.settle(id, "inspection", "quarantine_cleared")
	s.decide(id, "inspection", port.ResultMet, http.StatusUnprocessableEntity)
	s.read(k, port.DueEntryGate, port.DecisionOpen)
	s.read(k, port.DueExitGate, port.DecisionHold, "inspection", "quarantine_cleared")
	s.decide(id, "inspection", port.ResultMet, http.StatusAccepted)
	s.decide(id, "quarantine_cleared", port.ResultMet, http.StatusAccepted)
	s.read(k, port.DueExitGate, port.DecisionOpen)
	s.stands(id, movement.StateLeft)
}

func letOut(s *story) {
	k := s.coal("let out")
	id, _ := s.announce(k)
	s.declare(k)
	s.settle(id, port.CustomsRelease)
	s.read(k, port.DueEntryGate, port.DecisionOpen)
	s.order(identity.Customs, id, movement.OverrideOpen, http.StatusAccepted)
	s.read(k, port.DueExitGate, port.DecisionOpen, "customs_release")
	full := s.stands(id, movement.StateLeft)
	if s.first == nil && full.Carries[0].Declarations[0].State != "lodged" {
		s.fail("customs has still to say, and the declaration is %s", full.Carries[0].Declarations[0].State)
	}
}

// res is an answer of an outside customs system.
func res(function, reference, number string) string {
	return `<MetaData><WCODataModelVersionCode>3.6</WCODataModelVersionCode><WCOTypeName>RES</WCOTypeName><Response><FunctionCode>` + function +
		`</FunctionCode><FunctionalReferenceID>RES-` + function + reference + `</FunctionalReferenceID><Declaration><FunctionalReferenceID>` + reference +
		`</FunctionalReferenceID><ID>` + number + `</ID></Declaration></Response></MetaData>`
}

func (s *story) answer(function, reference, number string, want int) *reply {
	s.t.Helper()
	r := s.do(identity.CustomsSystem, "POST", "/v1/messages?port="+string(s.at), res(function, reference, number), want)
	s.receiptOf(r)
	return r
}

func mirroredPort(s *story) {
	k := s.coal("mirrored")
	id, _ := s.announce(k)
	s.declare(k)
	s.settle(id, port.CustomsRelease)
	full := s.movement(id)
	if e := find(&full, port.CustomsRelease); s.first == nil && e.Source != port.Mirrored {
		s.fail("the release is decided %s", e.Source)
	}
	goods := full.Carries[0].Consignment.String()
	for _, result := range []port.Result{port.ResultMet, port.ResultHeld, port.ResultRefused} { // what our officers say is advice
		s.decide(goods, port.CustomsRelease, result, http.StatusAccepted)
		full = s.movement(id)
		if e := find(&full, port.CustomsRelease); s.first == nil && (e.State != port.StateOpen || e.Advisory != result || e.Result != "") {
			s.fail("advice of %s made of the release %+v", result, e)
		}
	}
	s.read(k, port.DueEntryGate, port.DecisionOpen)
	s.read(k, port.DueExitGate, port.DecisionHold, "customs_release")
	number := "060120261" + string(k.batch)[4:]
	s.answer("01", k.reference, number, http.StatusAccepted) // accepted: decides nothing
	s.read(k, port.DueExitGate, port.DecisionHold, "customs_release")
	s.answer("05", "", number, http.StatusAccepted) // by the number that was given
	full = s.movement(id)
	if e := find(&full, port.CustomsRelease); s.first == nil && (e.Result != port.ResultInspect || e.State != port.StateOpen) {
		s.fail("to be examined, and the release is %+v", e)
	}
	s.read(k, port.DueExitGate, port.DecisionHold, "customs_release")
	for _, as := range []identity.Role{identity.Trader, identity.Broker, identity.Carrier} { // nobody releases his own goods
		s.do(as, "POST", "/v1/messages?port="+string(s.at), res("08", k.reference, number), http.StatusForbidden)
	}
	s.do(identity.CustomsSystem, "POST", "/v1/messages?port="+string(s.at), s.document(k), http.StatusForbidden)
	if r := s.answer("08", "NOBODY", "", http.StatusUnprocessableEntity); s.first == nil && r.problem(s.t).Problems[0].Rule != "answer.unknown_declaration" {
		s.fail("an answer to nothing is refused for %s", r.body)
	}
	other := *k // somebody else's declaration under the same reference would take its answers
	other.paper.Waybills = []manifest.Waybill{{Number: "OTHER" + string(k.batch), Goods: "煤", HS: "2701121000", GrossMass: 1}}
	s.doAs(s.w.tokens[who{identity.Trader, "", 1}], "POST", "/v1/declarations?port="+string(s.at), s.document(&other), http.StatusUnprocessableEntity)
	s.answer("08", k.reference, number, http.StatusAccepted)
	s.read(k, port.DueExitGate, port.DecisionOpen)
	full = s.stands(id, movement.StateLeft)
	if s.first == nil && (full.Carries[0].Declarations[0].State != "closed" || full.Carries[0].Declarations[0].Number != number) {
		s.fail("gone: %+v", full.Carries[0].Declarations)
	}
}

// singleWindow: the window's number comes with the first receipt, and the later ones know the declaration by it alone.
func singleWindow(s *story) {
	k := s.coal("single window")
	id, _ := s.announce(k)
	s.declare(k)
	s.settle(id, port.CustomsRelease)
	s.read(k, port.DueEntryGate, port.DecisionOpen)
	window, number := "I2026"+string(k.batch), "060120261"+string(k.batch)[4:]
	says := func(message string, want int) {
		s.receiptOf(s.do(identity.CustomsSystem, "POST", "/v1/messages?port="+string(s.at), message, want))
	}
	result := func(channel, number string) string {
		return "<DEC_RESULT><CUS_CIQ_NO>" + window + "</CUS_CIQ_NO><ENTRY_ID>" + number + "</ENTRY_ID><NOTICE_DATE>2026-11-22T09:00:00</NOTICE_DATE><CHANNEL>" + channel + "</CHANNEL></DEC_RESULT>"
	}
	says(result("P", ""), http.StatusUnprocessableEntity) // nobody knows that number yet
	says("<DecImportResponse xmlns='http://www.chinaport.gov.cn/dec'><ResponseCode>0</ResponseCode><ClientSeqNo>"+k.reference+"</ClientSeqNo><SeqNo>"+window+"</SeqNo></DecImportResponse>", http.StatusAccepted)
	says(result("7", window), http.StatusAccepted)
	s.read(k, port.DueExitGate, port.DecisionHold, "customs_release")
	says(result("C", number), http.StatusAccepted)
	full := s.movement(id)
	if e := find(&full, port.CustomsRelease); s.first == nil && e.Result != port.ResultInspect {
		s.fail("to be examined, and the release is %+v", e)
	}
	says(result("X", number), http.StatusUnprocessableEntity) // a code that nobody knows decides nothing in silence
	says(result("P", number), http.StatusAccepted)
	s.read(k, port.DueExitGate, port.DecisionOpen)
	full = s.stands(id, movement.StateLeft)
	if s.first == nil && full.Carries[0].Declarations[0].Number != number {
		s.fail("gone: %+v", full.Carries[0].Declarations)
	}
}

func mirroredRefusal(s *story) {
	k := s.coal("mirrored refusal")
	id, _ := s.announce(k)
	s.declare(k)
	s.settle(id, port.CustomsRelease)
	s.read(k, port.DueEntryGate, port.DecisionOpen)
	s.answer("03", k.reference, "", http.StatusAccepted)
	var d gateweb.Decision = s.read(k, port.DueExitGate, port.DecisionRefuse, "customs_release")
	s.stands(d.Movement, movement.StateTurnedBack)
	s.answer("08", k.reference, "", http.StatusAccepted) // the declaration stands for the goods' next vehicle
	k.paper.Batch = "2026112288888"
	again, _ := s.announce(k)
	full := s.movement(again)
	if e := find(&full, port.CustomsRelease); s.first == nil && e.State != port.StateMet {
		s.fail("released meanwhile, and the next vehicle's is %+v", e)
	}
}
