package simulator

import (
	"encoding/json"
	"testing"

	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// desk is a world at which nothing happens but what the test tells it.
func desk(t *testing.T) *world {
	t.Helper()
	s, err := New(Config{Server: "http://127.0.0.1:1", Tokens: func(string, port.PortID) string { return "x" }, Start: morning})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(s, "ganqimaodu-road")
	w.live, w.planner = true, newPlanner(1, w.id, s.profile, s.cfg.Rates)
	return w
}

// told has a world hear a fact, and says how much more is on its agenda then.
func told(t *testing.T, w *world, role string, body named) int {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	f := fact{Seq: w.checker.seq + 1, Name: body.FactName(), Actor: actor{Role: role}, Raw: raw}
	if err := f.read(); err != nil {
		t.Fatal(err)
	}
	before := len(w.agenda.entries)
	w.hear(&f)
	return len(w.agenda.entries) - before
}

func lodged(demands ...port.Demand) manifest.Lodged {
	return manifest.Lodged{Movement: vehicleID, Document: manifest.Document{Direction: port.Import, Batch: "9900000000001"}, Judged: port.Judged{Demands: demands}}
}

// An officer acts once on what he can act on, and never takes back what somebody else has decided.
func TestOfficersLeaveOthersWordAlone(t *testing.T) {
	permit := asks(kindPermit, port.MovementSubject, port.DueExitGate)
	permit.Owner.Function = port.FunctionTransport
	held := says(vehicleID, port.MovementSubject, kindPermit, port.ResultHeld)
	tests := []struct {
		name  string
		meant port.Result
		role  string
		want  int // intentions after the hold
	}{
		{"his own hold", port.ResultHeld, "transport", 1},
		{"somebody else's hold", "", "transport", 0},
		{"somebody else's, while he meant to let pass", port.ResultMet, "transport", 0},
		{"a machine's", "", "device", 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := desk(t)
			if got := told(t, w, "carrier", lodged(permit)); got != 2 { // the vehicle that will come, and the officer
				t.Errorf("%d entries for a manifest, want 2", got)
			}
			find(w.docket.vehicle(vehicleID).needs, kindPermit).meant = test.meant
			if got := told(t, w, test.role, held); got != test.want {
				t.Errorf("%d intentions after the hold, want %d", got, test.want)
			}
			if got := told(t, w, "transport", says(vehicleID, port.MovementSubject, kindPermit, port.ResultMet)); got != 0 {
				t.Errorf("%d intentions on what is met", got)
			}
		})
	}
}

// What an officer can act on depends on what is there.
func TestActionable(t *testing.T) {
	w := desk(t)
	n := func(kind port.RequirementKind, function port.Function, change func(*need)) *need {
		x := &need{subject: vehicleID, subjectKind: port.MovementSubject, kind: kind, owner: port.Owner{Function: function}, state: port.StateOpen, source: port.Here}
		if change != nil {
			change(x)
		}
		return x
	}
	customs := port.FunctionCustomsSupervision
	goods := func(x *need) { x.subject, x.subjectKind = lotID, port.ConsignmentSubject }
	v, l := w.docket.vehicle(vehicleID), w.docket.lot(lotID)
	tests := []struct {
		name   string
		before func()
		need   *need
		want   bool
	}{
		{"a permit", nil, n(kindPermit, port.FunctionTransport, nil), true},
		{"one that is met", nil, n(kindPermit, port.FunctionTransport, func(x *need) { x.state = port.StateMet }), false},
		{"one that is refused", nil, n(kindPermit, port.FunctionTransport, func(x *need) { x.state = port.StateRefused }), false},
		{"the carrier's own", nil, n(port.Announced, port.FunctionCarrier, nil), false},
		{"the weighbridge's", nil, n(port.Weighed, port.FunctionPortOperator, nil), false},
		{"a weight that differs", nil, n(port.Weighed, port.FunctionPortOperator, func(x *need) { x.result = port.ResultInspect }), true},
		{"quarantine before arrival", nil, n(kindQuarantine, port.FunctionCustomsQuarantine, nil), false},
		{"quarantine after it", func() { v.inside = true }, n(kindQuarantine, port.FunctionCustomsQuarantine, nil), true},
		{"release of what nobody declared", nil, n(port.CustomsRelease, customs, goods), false},
		{"release of what is declared and not here", func() {
			w.docket.papers[paperID] = &paper{id: paperID, lot: lotID}
			l.papers = []port.ID{paperID}
		}, n(port.CustomsRelease, customs, goods), false},
		{"release of what is declared early", func() { w.docket.papers[paperID].early = true }, n(port.CustomsRelease, customs, goods), true},
		{"an examination before arrival", nil, n(kindInspection, port.FunctionCustomsInspection, goods), false},
		{"an examination after it", func() { l.arrived = true }, n(kindInspection, port.FunctionCustomsInspection, goods), true},
		{"release while papers are asked for", nil, n(port.CustomsRelease, customs, func(x *need) { goods(x); x.result = port.ResultDocuments }), false},
		{"release while it is examined", func() { l.needs = []*need{n(kindInspection, port.FunctionCustomsInspection, goods)} },
			n(port.CustomsRelease, customs, func(x *need) { goods(x); x.result = port.ResultInspect }), false},
		{"release when it is examined", func() { l.needs[0].state = port.StateMet }, n(port.CustomsRelease, customs, func(x *need) { goods(x); x.result = port.ResultInspect }), true},
		{"mirrored release", nil, n(port.CustomsRelease, customs, func(x *need) { goods(x); x.source = port.Mirrored }), true},
		{"something else mirrored", nil, n(kindPermit, port.FunctionTransport, func(x *need) { x.source = port.Mirrored }), false},
	}
	for _, test := range tests {
		if test.before != nil {
			test.before()
		}
		if got := w.actionable(test.need); got != test.want {
			t.Errorf("%s: actionable %t, want %t", test.name, got, test.want)
		}
	}
}
