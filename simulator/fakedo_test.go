package simulator

import (
	"cmp"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"slices"
	"strings"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// do does what a request asks for and gives the answer.
func (f *fake) do(r *http.Request, body []byte) kept {
	command, first, role := f.newID(), len(f.facts)+1, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	var subject port.ID
	var decided any
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/v1/"), "/")
	switch {
	case path[0] == "manifests":
		var d manifest.Document
		f.decode(body, &d)
		subject = f.lodge(command, role, &d)
	case path[0] == "declarations":
		var d declaration.Document
		if len(path) == 3 {
			var a amendment
			f.decode(body, &a)
			subject, _ = port.ParseID(path[1])
			f.amend(command, subject, &a.Document)
		} else {
			f.decode(body, &d)
			subject = f.declare(command, role, &d)
		}
	case path[0] == "messages" && r.Header.Get("Content-Type") == "application/json":
		subject = f.newID() // a confirmation or a report; the fake demands neither
	case path[0] == "messages":
		subject = f.answer(command, body)
	case path[0] == "lanes":
		var saw gate.Reading
		f.decode(body, &saw)
		subject, decided = f.read(command, port.LaneID(path[1]), saw)
	case path[0] == "requirements":
		subject = f.verdict(command, role, path[1], body)
	case path[0] == "ports":
		subject = f.newID() // a notice; the region's ledger is not kept here
	case path[0] == "movements" && path[2] == "crew":
		subject, _ = port.ParseID(path[1])
		f.record(command, role, movement.CrewNamed{Movement: subject})
	case path[0] == "movements" && path[2] == "detachments":
		subject, _ = port.ParseID(path[1])
		f.unload(command, subject)
	case path[0] == "movements":
		subject, _ = port.ParseID(path[1])
		m := f.movements[subject]
		m.override = "officer"
		f.record(command, role, movement.Overridden{Movement: subject, Decision: movement.OverrideOpen, Officer: "officer", Reason: "r"})
	}
	if subject.IsZero() {
		return kept{http.StatusUnprocessableEntity, []byte(`{"problems":[{"path":"","rule":"fake.refused","severity":"error"}]}`)}
	}
	said := map[string]any{"command": command, "ledger": "port:" + f.id, "first": first, "last": len(f.facts), "outcome": "accepted", "subject": subject}
	if f.forget && len(f.facts) > 200 {
		said["first"], said["last"] = len(f.facts), len(f.facts)+1
	}
	status := http.StatusAccepted
	if decided != nil {
		status = http.StatusOK
		d := decided.(gate.Decided)
		said = map[string]any{"decision": d.Decision, "reasons": d.Reasons, "movement": d.Movement, "receipt": said}
	}
	data, _ := json.Marshal(said)
	return kept{status, data}
}

func (f *fake) decode(data []byte, into any) {
	if err := json.Unmarshal(data, into); err != nil {
		f.t.Errorf("body %s: %v", data, err)
	}
}

func (f *fake) lodge(command port.ID, role string, d *manifest.Document) port.ID {
	var m *fakeMovement
	for _, other := range f.movements {
		switch {
		case other.paper == nil && other.plate.Key() == d.Vehicle.Plate.Key() && other.way == d.Direction:
			m = other
		case other.paper != nil && other.paper.Batch == d.Batch && other.plate.Key() == d.Vehicle.Plate.Key():
			return port.ID{} // the crossing is open
		}
	}
	if m == nil {
		m = &fakeMovement{id: f.newID(), needs: map[port.RequirementKind]*fakeNeed{}, passes: map[port.DuePoint]port.ID{}}
		f.movements[m.id] = m
	}
	m.paper, m.plate, m.way = d, d.Vehicle.Plate, d.Direction
	vehicle, goods := f.law(d)
	require(m.needs, vehicle)
	if n := m.needs[port.Announced]; n != nil {
		n.result = port.ResultMet
	}
	var lots []port.ID
	for i := range d.Waybills {
		l := f.lotOf(d.Waybills[i].Number)
		l.left += d.Waybills[i].Mass()
		if d.Fetches() {
			l.left -= d.Waybills[i].Mass()
		}
		lots, m.carries, l.vehicles = append(lots, l.id), append(m.carries, l.id), append(l.vehicles, m.id)
		require(l.needs, goods)
	}
	f.record(command, role, manifest.Lodged{Manifest: f.newID(), Movement: m.id, Port: f.id, Consignments: lots, Document: *d, Judged: port.Judged{Demands: vehicle}})
	for i, id := range lots {
		w := &d.Waybills[i]
		if d.Fetches() {
			f.record(command, role, cargo.Assigned{Consignment: id, Movement: m.id, Mass: w.Mass()})
			continue
		}
		f.record(command, role, cargo.Consigned{Consignment: id, Movement: m.id, Waybill: w.Number, Direction: d.Direction, OnMovement: w.GrossMass, Judged: port.Judged{Demands: goods}})
	}
	f.settle(command, m)
	return m.id
}

func (f *fake) lotOf(waybill string) *fakeLot {
	if l := f.waybills[waybill]; l != nil {
		return l
	}
	l := &fakeLot{id: f.newID(), waybill: waybill, needs: map[port.RequirementKind]*fakeNeed{}, papers: map[port.ID]string{}}
	f.lots[l.id], f.waybills[waybill] = l, l
	return l
}

func (f *fake) declare(command port.ID, role string, d *declaration.Document) port.ID {
	id := f.newID()
	l := f.lotOf(cmp.Or(d.Waybill, id.String()))
	_, goods := f.law(&manifest.Document{})
	require(l.needs, goods)
	l.papers[id] = d.Reference
	l.needs[port.CustomsRelease].result = ""
	f.record(command, role, declaration.Lodged{Declaration: id, Consignment: l.id, Organisation: role, Document: *d, Judged: port.Judged{Demands: goods}})
	for _, waybill := range d.Merged() {
		further := f.lotOf(waybill)
		require(further.needs, goods)
		further.papers[id] = d.Reference
		further.needs[port.CustomsRelease].result = ""
		f.record(command, role, declaration.Covered{Declaration: id, Consignment: further.id, What: declaration.Lodged{}.FactName(), Waybill: waybill, Judged: port.Judged{Demands: goods}})
	}
	f.settleLot(command, l)
	return id
}

func (f *fake) amend(command, id port.ID, d *declaration.Document) {
	for _, l := range f.lots {
		if l.papers[id] != "" {
			l.needs[port.CustomsRelease].result = ""
			f.record(command, "trader", declaration.Amended{Declaration: id, Consignment: l.id, Version: 2, Document: *d})
			f.settleLot(command, l)
		}
	}
}

func (f *fake) answer(command port.ID, body []byte) port.ID {
	var m res
	if err := xml.Unmarshal(body, &m); err != nil {
		f.t.Errorf("answer %s: %v", body, err)
	}
	results := map[string]port.Result{resReleased: port.ResultMet, resInspect: port.ResultInspect, resPapers: port.ResultDocuments, resRejected: port.ResultRefused}
	for _, l := range f.lots {
		for id, reference := range l.papers {
			if reference != m.Response.Declaration.Reference {
				continue
			}
			result := results[m.Response.Function]
			if result != "" {
				l.needs[port.CustomsRelease].result = result
			}
			f.record(command, "customs_system", declaration.Answered{
				Declaration: id, Consignment: l.id, Function: m.Response.Function, Result: result, Number: port.DeclarationNumber(m.Response.Declaration.ID),
			})
			f.settleLot(command, l)
			return id
		}
	}
	return port.ID{}
}

func (f *fake) verdict(command port.ID, role, requirement string, body []byte) port.ID {
	text, kind, _ := strings.Cut(requirement, ".")
	subject, _ := port.ParseID(text)
	var said struct {
		Result port.Result
		Reason string
	}
	f.decode(body, &said)
	about, needs := port.MovementSubject, map[port.RequirementKind]*fakeNeed(nil)
	if m := f.movements[subject]; m != nil {
		needs = m.needs
	} else if l := f.lots[subject]; l != nil {
		about, needs = port.ConsignmentSubject, l.needs
	}
	if f.past[subject] {
		return subject // too late, and no harm
	}
	n := needs[port.RequirementKind(kind)]
	if n == nil || roleOf(n.demand.Owner.Function) != role || said.Result != port.ResultMet && said.Reason == "" {
		f.t.Errorf("verdict %s on %s by %s, who does not own it", body, requirement, role)
		return port.ID{}
	}
	n.result = said.Result
	fact := movement.Decided{Subject: subject, SubjectKind: about, Kind: n.demand.Kind, Result: said.Result, Reason: said.Reason}
	if said.Result == port.ResultInspect {
		fact.Inspector = &port.Owner{Function: port.FunctionCustomsInspection}
		require(needs, []port.Demand{{Kind: kindInspection, Subject: about, Owner: *fact.Inspector, Due: port.DueExitGate, Source: port.Here}})
		needs[kindInspection].result = ""
	}
	f.record(command, role, fact)
	if about == port.MovementSubject {
		f.settle(command, f.movements[subject])
	} else {
		f.settleLot(command, f.lots[subject])
	}
	return subject
}

// unload empties a vehicle in the yard, where its journey ends.
func (f *fake) unload(command, id port.ID) {
	m := f.movements[id]
	if m == nil || !m.inside {
		f.t.Errorf("movement %s is unloaded and does not stand in the yard", id)
		return
	}
	for i, lot := range m.carries {
		w := &m.paper.Waybills[i]
		f.record(command, "yard_operator", movement.Detached{Movement: id, Subject: lot, Kind: port.ConsignmentSubject, Mass: w.Mass(), Goods: &movement.Carried{Consignment: lot, Mass: w.Mass()}})
		l := f.lots[lot]
		l.vehicles = slices.DeleteFunc(l.vehicles, func(v port.ID) bool { return v == id })
	}
	f.record(command, "yard_operator", movement.Ended{Movement: id})
	delete(f.movements, id)
	f.past[id] = true
}

// read is a reading at a lane: what the gate does with the vehicle.
func (f *fake) read(command port.ID, lane port.LaneID, saw gate.Reading) (port.ID, any) {
	at, way := port.DueEntryGate, port.Import
	if strings.Contains(lane.Name(), "exit") {
		at = port.DueExitGate
	}
	if strings.HasPrefix(lane.Name(), "out") {
		way = port.Export
	}
	var m *fakeMovement
	for _, other := range f.movements {
		if other.plate.Key() == saw.Plate.Key() && other.way == way {
			m = other
		}
	}
	d := gate.Decided{Reading: f.newID(), Lane: lane, Gate: at, Decision: port.DecisionHold}
	f.record(command, "device", gate.Read{Reading: d.Reading, Lane: lane, Gate: at, Direction: way, Saw: saw})
	switch {
	case m == nil && at == port.DueEntryGate:
		m = &fakeMovement{id: f.newID(), plate: saw.Plate, way: way, passes: map[port.DuePoint]port.ID{}, needs: map[port.RequirementKind]*fakeNeed{}}
		require(m.needs, []port.Demand{{Kind: port.Announced, Subject: port.MovementSubject, Due: port.DueEntryGate, Source: port.Here}})
		f.movements[m.id] = m
		d.Reasons = []gate.Reason{{Code: "unannounced"}}
		f.record(command, "device", movement.Appeared{Movement: m.id, Port: f.id, Direction: way, Plate: saw.Plate, Lane: lane})
	case m == nil:
		f.t.Errorf("%s at %s without having entered", saw.Plate, lane)
		return port.ID{}, d
	case m.paper == nil:
		d.Reasons = []gate.Reason{{Code: "open", Kind: port.Announced}}
	case m.inside && at == port.DueEntryGate:
		d.Reasons = []gate.Reason{{Code: "pass_used"}}
	default:
		f.weigh(command, m, at, saw.Mass)
		f.judge(m, at, saw, &d)
	}
	d.Movement = m.id
	f.record(command, "device", d)
	f.pass(command, m, &d)
	return m.id, d
}

func (f *fake) weigh(command port.ID, m *fakeMovement, at port.DuePoint, mass port.Kilograms) {
	n := m.needs[port.Weighed]
	if n == nil || at != port.DueEntryGate || n.result != "" {
		return
	}
	expected := m.paper.Vehicle.Tare
	for _, w := range m.paper.Waybills {
		if m.paper.Fetches() {
			break
		}
		expected += w.GrossMass
		for _, c := range w.Containers {
			expected += c.Tare
		}
	}
	n.result = port.ResultMet
	if difference := mass - expected; max(difference, -difference) > expected/50 {
		n.result = port.ResultInspect
	}
	f.record(command, "device", movement.Decided{Subject: m.id, SubjectKind: port.MovementSubject, Kind: port.Weighed, Result: n.result})
	f.settle(command, m)
}

func (f *fake) judge(m *fakeMovement, at port.DuePoint, saw gate.Reading, d *gate.Decided) {
	d.Pass, d.Reasons = m.passes[at], f.shut(m, at)
	refused := slices.ContainsFunc(d.Reasons, func(r gate.Reason) bool { return r.Code == string(port.StateRefused) })
	boxes := map[port.ContainerNumber]bool{}
	for _, w := range m.paper.Waybills {
		for _, c := range w.Containers {
			boxes[c.Number] = true
		}
	}
	for _, number := range saw.Containers {
		if !boxes[number] {
			d.Reasons = append(d.Reasons, gate.Reason{Code: "container_differs", Args: []string{string(number)}})
		}
	}
	switch {
	case m.override != "":
		d.Decision, d.Override, m.override = port.DecisionOpen, m.override, ""
	case refused:
		d.Decision = port.DecisionRefuse
	case len(d.Reasons) == 0 && !d.Pass.IsZero() || f.openAll:
		d.Decision = port.DecisionOpen
	}
}

func (f *fake) pass(command port.ID, m *fakeMovement, d *gate.Decided) {
	switch {
	case d.Decision == port.DecisionRefuse:
		f.record(command, "device", movement.TurnedBack{Movement: m.id, Gate: d.Gate, Lane: d.Lane})
		delete(f.movements, m.id)
		f.past[m.id] = true
	case d.Decision != port.DecisionOpen:
	case d.Gate == port.DueEntryGate:
		m.inside = true
		f.record(command, "device", movement.Passed{Movement: m.id, Gate: d.Gate, Lane: d.Lane})
		for i, id := range m.carries {
			if m.paper.Fetches() {
				continue
			}
			f.lots[id].arrived = true
			f.record(command, "device", cargo.Entered{Consignment: id, Movement: m.id, Mass: m.paper.Waybills[i].GrossMass})
		}
		if f.samePass {
			m.passes[port.DueExitGate] = d.Pass
		}
	default:
		f.record(command, "device", movement.Passed{Movement: m.id, Gate: d.Gate, Lane: d.Lane})
		for i, id := range m.carries {
			out := cargo.TakenOut{Consignment: id, Movement: m.id, Mass: m.paper.Waybills[i].Mass()}
			if m.paper.Fetches() {
				out.Assigned = out.Mass
			}
			f.record(command, "device", out)
			f.lots[id].vehicles = slices.DeleteFunc(f.lots[id].vehicles, func(v port.ID) bool { return v == m.id })
			if f.lots[id].left -= out.Mass; f.lots[id].left > 0 {
				continue
			}
			for paper := range f.lots[id].papers {
				f.record(command, "device", declaration.Closed{Declaration: paper})
			}
			delete(f.waybills, f.lots[id].waybill)
			delete(f.lots, id)
		}
		delete(f.movements, m.id)
		f.past[m.id] = true
	}
}
