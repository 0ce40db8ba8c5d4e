package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/guomen/guomen/claim"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/gate/gatetest"
	"github.com/guomen/guomen/gate/gateweb"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/movement/movementweb"
	"github.com/guomen/guomen/port"
)

// story tells what people do at a port, one sentence after the other, over HTTP. The first sentence that does not come
// true is remembered and the rest is passed over; end says it, and has an independent watch look at every fact of the
// ledger.
type story struct {
	t     *testing.T
	w     *world
	at    port.PortID
	lanes map[string]port.LaneID // by gate and direction
	last  string                 // place of the last receipt
	first error                  // what did not come true
	said  int
}

// serial numbers trucks over all stories, so that no two share a plate, a batch or a waybill.
var serial atomic.Int64

func newStory(t *testing.T, w *world, at port.PortID) *story {
	t.Helper()
	s := &story{t: t, w: w, at: at, lanes: map[string]port.LaneID{}}
	for _, lane := range w.platform.registry().Lanes(at) {
		key := string(lane.Gate) + " " + string(lane.Direction)
		if s.lanes[key] == "" && lane.Traffic == "freight" {
			s.lanes[key] = lane.ID
		}
	}
	return s
}

// fail remembers the first failure.
func (s *story) fail(text string, args ...any) {
	if s.first == nil {
		s.first = fmt.Errorf("sentence %d: %s", s.said, fmt.Sprintf(text, args...))
	}
}

// noted fails the test at once when something has not come true; for stories on whose middle other tests stand.
func (s *story) noted() {
	s.t.Helper()
	if s.first != nil {
		s.t.Fatal(s.first)
	}
}

// end says how the story went, and looks at the ledger.
func (s *story) end() {
	s.t.Helper()
	if s.first != nil {
		s.t.Error(s.first)
	}
	s.w.watched(s.t, s.at)
}

// watched has the watch look at every fact of a port, command by command.
func (w *world) watched(t testing.TB, at port.PortID) *gatetest.Watch {
	t.Helper()
	watch := gatetest.NewWatch()
	facts, err := w.platform.engine.Facts(t.Context(), ledgerOf(at), 0, 1<<20, 0)
	if err != nil {
		t.Fatal(err)
	}
	for len(facts) > 0 {
		n := slices.IndexFunc(facts, func(f ledger.Fact) bool { return f.Command != facts[0].Command })
		if n < 0 {
			n = len(facts)
		}
		for _, violation := range watch.Facts(facts[:n]) {
			t.Errorf("%s: %s", at, violation)
		}
		facts = facts[n:]
	}
	return watch
}

// do sends a request as a role at the story's port and expects a status.
func (s *story) do(as identity.Role, method, path string, body any, want int, header ...string) *reply {
	return s.doAs(s.w.token(as, s.at), method, path, body, want, header...)
}

func (s *story) doAs(token, method, path string, body any, want int, header ...string) *reply {
	s.t.Helper()
	s.said++
	if s.first != nil {
		return &reply{}
	}
	text, ok := body.(string)
	if !ok && body != nil {
		data, err := encodeJSON(body)
		if err != nil {
			s.t.Fatal(err)
		}
		text = string(data)
	}
	r, err := s.w.request(s.t.Context(), token, method, path, text, append([]string{"Content-Type", "application/json"}, header...)...)
	if err != nil {
		s.fail("%s %s: %v", method, path, err)
		return &reply{}
	}
	if r.status != want {
		s.fail("%s %s: %d, want %d: %s", method, path, r.status, want, r.body)
	}
	return r
}

// into decodes an answer.
func (s *story) into(r *reply, to any) {
	if s.first == nil {
		if err := json.Unmarshal(r.body, to); err != nil {
			s.fail("an answer that cannot be read: %v: %s", err, r.body)
		}
	}
}

// receipt decodes a receipt and remembers its place.
func (s *story) receipt(r *reply) ledger.Receipt {
	var receipt ledger.Receipt
	s.into(r, &receipt)
	if s.first == nil {
		s.last = fmt.Sprintf("%s:%d", receipt.Ledger, receipt.Last)
	}
	return receipt
}

// truck is a vehicle with its papers, and what the lanes see of it.
type truck struct {
	paper     manifest.Document
	batch     port.BatchNumber
	reference string
	mass      port.Kilograms // on the scales
	boxes     []port.ContainerNumber
}

// coal is a Mongolian truck with forty tonnes of coking coal for import.
func (s *story) coal(name string) *truck {
	n := serial.Add(1)
	batch := port.BatchNumber(fmt.Sprintf("20261122%05d", n))
	return &truck{
		batch: batch, reference: fmt.Sprintf("REF-%s-%d", name, n), mass: 56 * port.Tonne,
		paper: manifest.Document{
			Direction: port.Import, Function: manifest.FunctionMain, Batch: batch, Carrier: "91150824MADEM0002H", Loaded: manifest.Laden, Crew: 1,
			Vehicle: manifest.Vehicle{Plate: port.Plate(fmt.Sprintf("%04dУБА", n)), Nationality: port.Mongolia, Permit: "C-1", Tare: 16 * port.Tonne},
			Waybills: []manifest.Waybill{{
				Number: "WB" + string(batch), Goods: "炼焦煤", HS: "2701121000", GrossMass: 40 * port.Tonne, Packages: 1, Consignor: "Demo Nuurs LLC", Consignee: "演示进口有限公司",
			}},
		},
	}
}

// machines is a Chinese truck with a container of machines for export.
func (s *story) machines(name string) *truck {
	k := s.coal(name)
	k.paper.Direction = port.Export
	k.paper.Waybills[0].Consignor, k.paper.Waybills[0].Consignee = "演示出口有限公司", "Demo Nuurs LLC"
	k.paper.Vehicle = manifest.Vehicle{Plate: port.Plate(fmt.Sprintf("蒙K%05d", serial.Load())), Nationality: port.China, Tare: 16 * port.Tonne}
	k.paper.Waybills[0].Goods, k.paper.Waybills[0].HS, k.paper.Waybills[0].GrossMass = "采矿机械", "8430500000", 20*port.Tonne
	number := box(serial.Load())
	k.paper.Waybills[0].Containers = []manifest.Container{{Number: number, Tare: 2 * port.Tonne, Seals: []string{"S1"}}}
	k.mass, k.boxes = 38*port.Tonne, []port.ContainerNumber{number}
	return k
}

// box is the n-th container, with its check digit.
func box(n int64) port.ContainerNumber {
	for digit := range 10 {
		if number := port.ContainerNumber(fmt.Sprintf("DEMU%06d%d", n, digit)); number.Check() == nil {
			return number
		}
	}
	return ""
}

// announce lodges a manifest and gives the movement and the receipt.
func (s *story) announce(k *truck) (movement, command string) {
	s.t.Helper()
	r := s.receipt(s.do(identity.Carrier, "POST", "/v1/manifests?port="+string(s.at), k.paper, http.StatusAccepted))
	s.claimed(r.Subject.String())
	return r.Subject.String(), r.Command.String()
}

// claimed waits until the region has answered what a movement claims, and gives it as it then is.
func (s *story) claimed(id string) (full movementweb.Full) {
	s.t.Helper()
	s.until("the region answers", func() bool {
		full = s.movement(id)
		return !slices.ContainsFunc(full.Checklist, func(e movementweb.Entry) bool { return region(e.Kind) && e.Result == "" })
	})
	return full
}

// until waits for something that another process brings about.
func (s *story) until(what string, holds func() bool) {
	s.t.Helper()
	for over := time.Now().Add(20 * time.Second); s.first == nil && !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(over) {
			s.fail("never: %s", what)
		}
	}
}

// region tells a kind of requirement that the region answers, and nobody at the port.
func region(kind port.RequirementKind) bool { return slices.Contains(claim.Kinds(), kind) }

// document is what the trader says of a truck's first waybill.
func (s *story) document(k *truck) declaration.Document {
	w := k.paper.Waybills[0]
	d := declaration.Document{
		Direction: k.paper.Direction, Function: declaration.FunctionOriginal, Procedure: "0110", Reference: k.reference, Batch: k.batch, Waybill: w.Number,
		GrossMass: w.GrossMass, NetMass: w.GrossMass,
		Items: []declaration.Item{{Number: 1, Description: w.Goods, HS: w.HS, GrossMass: w.GrossMass, NetMass: w.GrossMass}},
	}
	if d.Direction == port.Import {
		d.Importer = declaration.Party{ID: "91150824MADEM0001E", Name: "演示进口有限公司"}
	} else {
		d.Exporter = declaration.Party{ID: "91150824MADEM0001E", Name: "演示出口有限公司"}
	}
	return d
}

// declare lodges the declaration of a truck's first waybill and gives it and the receipt.
func (s *story) declare(k *truck) (id, command string) {
	s.t.Helper()
	r := s.receipt(s.do(identity.Trader, "POST", "/v1/declarations?port="+string(s.at), s.document(k), http.StatusAccepted))
	return r.Subject.String(), r.Command.String()
}

// amendment is the body that amends the declaration of a truck.
func (s *story) amendment(k *truck) string {
	data, err := encodeJSON(map[string]any{"reason": "price", "document": s.document(k)})
	if err != nil {
		s.t.Fatal(err)
	}
	return string(data)
}

// movement reads a movement as the region does, not older than the last receipt.
func (s *story) movement(id string) (full movementweb.Full) {
	s.t.Helper()
	s.into(s.do(identity.Region, "GET", "/v1/movements/"+id, nil, http.StatusOK, "Guomen-At-Least", s.last), &full)
	return full
}

// stands expects a movement's state.
func (s *story) stands(id string, want movement.State) movementweb.Full {
	s.t.Helper()
	full := s.movement(id)
	if s.first == nil && full.State != want {
		s.fail("the movement is %s, want %s", full.State, want)
	}
	return full
}

// owners are the roles that decide on the kinds of requirement.
var owners = map[port.RequirementKind]identity.Role{
	"manifest_accepted": identity.Customs, port.CustomsRelease: identity.Customs, "crew_cleared": identity.BorderInspection, "quarantine_cleared": identity.Quarantine,
	"road_permit_valid": identity.Transport, port.Weighed: identity.PortOperator, "inspection": identity.Inspection,
}

// decide gives a verdict as the owner of the requirement.
func (s *story) decide(subject string, kind port.RequirementKind, result port.Result, want int) *reply {
	s.t.Helper()
	body := movementweb.VerdictBody{Result: result}
	if result != port.ResultMet {
		body.Reason = "random_selection"
	}
	r := s.do(owners[kind], "POST", "/v1/requirements/"+subject+"."+string(kind)+"/verdicts", body, want)
	if want == http.StatusAccepted {
		s.receipt(r)
	}
	return r
}

// settle has every owner meet what he can of a movement and what it carries, but for some kinds.
func (s *story) settle(id string, but ...port.RequirementKind) {
	s.t.Helper()
	for _, e := range s.movement(id).Checklist {
		if !e.State.Settled() && e.Kind != port.Weighed && !region(e.Kind) && e.BlockedBy == "" && !slices.Contains(but, e.Kind) {
			s.decide(e.Subject.String(), e.Kind, port.ResultMet, http.StatusAccepted)
		}
	}
}

// read has a lane see a truck and expects what it is told, with the codes or kinds of its reasons in order.
func (s *story) read(k *truck, at port.DuePoint, want port.GateDecision, reasons ...string) gateweb.Decision {
	s.t.Helper()
	saw := gate.Reading{Plate: k.paper.Vehicle.Plate, Containers: k.boxes}
	if at == port.DueEntryGate {
		saw.Mass = k.mass
	}
	lane := s.lanes[string(at)+" "+string(k.paper.Direction)]
	var d gateweb.Decision
	s.into(s.do(identity.Device, "POST", "/v1/lanes/"+string(lane)+"/readings", saw, http.StatusOK), &d)
	if s.first != nil {
		return d
	}
	s.last = fmt.Sprintf("%s:%d", d.Receipt.Ledger, d.Receipt.Last)
	var said []string
	for _, r := range d.Reasons {
		if said = append(said, r.Code); r.Kind != "" {
			said[len(said)-1] = string(r.Kind)
		}
		if r.Text == "" || strings.Contains(r.Text, "gate.") || strings.Contains(r.Text, "requirement.") {
			s.fail("a reason without words: %+v", r)
		}
	}
	slices.Sort(said)
	slices.Sort(reasons)
	if d.Decision != want || !slices.Equal(said, reasons) {
		s.fail("%s at the %s is told %s %v, want %s %v", saw.Plate, at, d.Decision, said, want, reasons)
	}
	if d.KnownAt == 0 || d.Receipt.Last == 0 {
		s.fail("a decision that does not say what it knew: %+v", d)
	}
	return d
}

// order is an officer's order by hand.
func (s *story) order(as identity.Role, id string, decision movement.OverrideDecision, want int) {
	s.t.Helper()
	s.receiptOf(s.do(as, "POST", "/v1/movements/"+id+"/override", movementweb.OverrideBody{Decision: decision, Reason: "equipment_failure"}, want))
}

// receiptOf remembers the place of a receipt, where the answer is one.
func (s *story) receiptOf(r *reply) {
	if r.status == http.StatusAccepted {
		s.receipt(r)
	}
}

// names lists the facts of a movement's timeline.
func names(full *movementweb.Full) (list []string) {
	for _, e := range full.Timeline {
		list = append(list, e.Name)
	}
	return list
}

// find gives an entry of a checklist by its kind.
func find(full *movementweb.Full, kind port.RequirementKind) movementweb.Entry {
	for _, e := range full.Checklist {
		if e.Kind == kind {
			return e
		}
	}
	return movementweb.Entry{}
}
