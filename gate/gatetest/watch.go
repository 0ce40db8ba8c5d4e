// Package gatetest watches a port's facts for what must hold whatever happens. It works out what is required of every
// vehicle a second time, from the facts alone and by code of its own, and compares the gates' decisions with that: the
// folds, the passes and the decisions under test have no part in it.
package gatetest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/claim"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// Watch follows one ledger from its first fact.
type Watch struct {
	seq      uint64
	vehicles map[port.ID]*vehicle
	needs    map[port.ID]map[port.RequirementKind]*need
	passes   map[port.ID]*pass
	lots     map[port.ID]*lot
	// Opened counts the gates that opened, and Ordered those of them that an officer's order opened.
	Opened, Ordered int
	// Law is how far the law has come, where the test changes it: nothing opens of itself on what was judged before.
	Law uint64

	judged map[port.ID]map[port.ID]uint64 // by subject and document, the law by which it was judged last
}

type vehicle struct {
	plate   string // and direction
	carries map[port.ID]port.Kilograms
	fetches map[port.ID]bool // those of them that it fetches from custody
	beside  map[port.ID]bool // equipment and persons of whom something is asked
	order   movement.OverrideDecision
	opening port.DuePoint // the gate that has opened and is still to be passed
	at      port.DuePoint // the last gate passed
	gone    bool
}

type need struct {
	due      port.DuePoint
	mirrored bool
	result   port.Result
	rules    map[string]bool // that ask for it
	lapsed   bool            // nobody asks for it any more, and nobody has decided it since
	deferred bool            // its owner let it wait
}

type pass struct {
	movement      port.ID
	gate          port.DuePoint
	revoked, used bool
}

type lot struct {
	announced, in, out port.Kilograms
	promised           port.Kilograms // of what is in, to vehicles that fetch it
	of                 port.ID        // what it is a part of
	clock              port.Duration  // within which it is to be declared once it has come; 0: no such duty
	arrived            port.Time
	declarations       map[port.ID]bool // that stand
	passed             bool             // its time to be declared ran out
}

// NewWatch begins before the first fact.
func NewWatch() *Watch {
	return &Watch{
		vehicles: map[port.ID]*vehicle{}, needs: map[port.ID]map[port.RequirementKind]*need{},
		passes: map[port.ID]*pass{}, lots: map[port.ID]*lot{}, judged: map[port.ID]map[port.ID]uint64{},
	}
}

// reached orders the points of a crossing. What leaves custody leaves it with the vehicle; later is beyond every gate.
var reached = map[port.DuePoint]int{
	port.DueBeforeArrival: 1, port.DueEntryGate: 2, port.DueInspection: 3, port.DueExitGate: 4, port.DueCustodyExit: 4, port.DueLater: 9,
}

// Facts takes in the facts of whole commands and gives what they violate, one sentence each.
func (w *Watch) Facts(facts []ledger.Fact) (violations []string) {
	for i := range facts {
		f := &facts[i]
		if f.Seq != w.seq+1 {
			violations = append(violations, fmt.Sprintf("after fact %d comes %d", w.seq, f.Seq))
		}
		w.seq = f.Seq
		for _, violation := range append(w.fact(f.Body), w.clocks(f)...) {
			violations = append(violations, fmt.Sprintf("fact %d %s: %s", f.Seq, f.Name, violation))
		}
	}
	return append(violations, w.standing()...)
}

// standing compares the passes that stand with the checklists: there is one for a gate that is ahead if and only if
// nothing keeps that gate shut but what it measures itself.
func (w *Watch) standing() (violations []string) {
	live := map[port.ID]map[port.DuePoint]bool{}
	for _, p := range w.passes {
		if !p.revoked && !p.used {
			if live[p.movement] == nil {
				live[p.movement] = map[port.DuePoint]bool{}
			}
			live[p.movement][p.gate] = true
		}
	}
	for id, v := range w.vehicles {
		for _, at := range []port.DuePoint{port.DueEntryGate, port.DueExitGate} {
			if v.gone || reached[v.at] >= reached[at] {
				continue
			}
			if shut := w.shut(id, at, true); live[id][at] != (len(shut) == 0) {
				violations = append(violations, fmt.Sprintf("fact %d: movement %s has a pass for %s: %v, and lacks %v", w.seq, id, at, live[id][at], shut))
			}
		}
	}
	return violations
}

func (w *Watch) vehicle(id port.ID) *vehicle {
	if w.vehicles[id] == nil {
		w.vehicles[id] = &vehicle{carries: map[port.ID]port.Kilograms{}, fetches: map[port.ID]bool{}, beside: map[port.ID]bool{}}
	}
	return w.vehicles[id]
}

func (w *Watch) lot(id port.ID) *lot {
	if w.lots[id] == nil {
		w.lots[id] = &lot{declarations: map[port.ID]bool{}}
	}
	return w.lots[id]
}

// demand adds what a judgement asks of a subject; of two points by which the same is due, the earlier counts.
func (w *Watch) demand(subject port.ID, kind port.SubjectKind, demands []port.Demand) {
	if w.needs[subject] == nil {
		w.needs[subject] = map[port.RequirementKind]*need{}
	}
	for _, d := range demands {
		if d.Subject != kind {
			continue
		}
		n := w.needs[subject][d.Kind]
		if n == nil || n.lapsed {
			n = &need{due: d.Due, mirrored: d.Source == port.Mirrored, rules: map[string]bool{}}
			w.needs[subject][d.Kind] = n
		}
		for _, rule := range d.Rules {
			n.rules[rule] = true
		}
		if reached[d.Due] < reached[n.due] {
			n.due = d.Due
		}
	}
}

// paper notes the law by which a document was judged.
func (w *Watch) paper(subject, document port.ID, j *port.Judged) {
	if w.judged[subject] == nil {
		w.judged[subject] = map[port.ID]uint64{}
	}
	w.judged[subject][document] = j.Region
}

// outdated lists what a movement stands on that was judged before the law changed.
func (w *Watch) outdated(id port.ID) (list []string) {
	for _, subject := range w.subjects(id, w.vehicle(id)) {
		for document, region := range w.judged[subject] {
			if region < w.Law {
				list = append(list, fmt.Sprintf("document %s of %s, judged by the law of %d while %d is in force", document, subject, region, w.Law))
			}
		}
	}
	return list
}

func (w *Watch) reopen(consignment port.ID) {
	if n := w.needs[consignment][port.CustomsRelease]; n != nil && !n.lapsed {
		n.result = ""
	}
}

// shut lists what keeps a gate shut for a movement; measured leaves out what that gate itself will measure.
func (w *Watch) shut(id port.ID, at port.DuePoint, measured bool) (list []string) {
	v := w.vehicle(id)
	for _, subject := range w.subjects(id, v) {
		for kind, n := range w.needs[subject] {
			if n.lapsed || w.lotsAnswer(v, subject, kind) {
				continue
			}
			if measured && kind == port.Weighed && n.due == at && n.result == "" {
				continue
			}
			if reached[n.due] <= reached[at] && n.result != port.ResultMet && n.result != port.ResultWaived {
				list = append(list, fmt.Sprintf("%s.%s %q", subject, kind, n.result))
			}
		}
	}
	return list
}

// subjects are the vehicle, its goods and what these are parts of, and the rest of whom something is asked.
func (w *Watch) subjects(id port.ID, v *vehicle) []port.ID {
	all := map[port.ID]bool{id: true}
	for goods := range v.carries {
		all[goods] = true
		if of := w.lot(goods).of; !of.IsZero() {
			all[of] = true
		}
	}
	for id := range v.beside {
		all[id] = true
	}
	return slices.Collect(maps.Keys(all))
}

// lotsAnswer tells whether a consignment is only there by its lots, each of which is asked the same by itself.
func (w *Watch) lotsAnswer(v *vehicle, consignment port.ID, kind port.RequirementKind) bool {
	if _, itself := v.carries[consignment]; itself {
		return false
	}
	lots := 0
	for goods := range v.carries {
		if w.lot(goods).of != consignment {
			continue
		}
		if lots++; w.needs[goods][kind] == nil {
			return false
		}
	}
	return lots > 0
}

// carried takes in what a vehicle is to carry, or no more.
func (w *Watch) carried(movement, goods port.ID, mass port.Kilograms) {
	v := w.vehicle(movement)
	if v.carries[goods] += mass; v.carries[goods] <= 0 {
		delete(v.carries, goods)
		delete(v.fetches, goods)
	}
}

func (w *Watch) fact(body ledger.Body) (violations []string) {
	switch b := body.(type) {
	case manifest.Changed:
		w.demand(b.Movement, port.MovementSubject, b.Judged.Demands)
		if !b.Added {
			delete(w.judged, b.Movement)
		}
		w.paper(b.Movement, b.Manifest, &b.Judged)
		if n := w.needs[b.Movement][port.ManifestAccepted]; n != nil && !n.lapsed {
			n.result = ""
		}
	case manifest.Deleted:
		w.vehicle(b.Movement).gone = true
	case manifest.Confirmed:
		if n := w.needs[b.Movement][port.Confirmed]; n != nil && !(n.lapsed && b.Withdrawn) {
			if n.result, n.lapsed = port.ResultMet, false; b.Withdrawn {
				n.result = ""
			}
		}
	case cargo.Assigned:
		w.vehicle(b.Movement).fetches[b.Consignment] = true
		w.carried(b.Movement, b.Consignment, b.Mass)
		w.demand(b.Consignment, port.ConsignmentSubject, b.Judged.Demands)
		return w.quantity(b)
	case cargo.Removed:
		w.carried(b.Movement, b.Consignment, -b.Mass)
		return w.quantity(b)
	case cargo.Split:
		w.needs[b.Consignment] = map[port.RequirementKind]*need{}
		w.lot(b.Consignment).of = b.From
		return w.quantity(b)
	case movement.Ordered:
		w.demand(b.Subject, b.SubjectKind, []port.Demand{b.Demand})
		w.needs[b.Subject][b.Demand.Kind].settledAgain()
		if b.SubjectKind == port.EquipmentSubject {
			w.vehicle(b.Movement).beside[b.Subject] = true
		}
	case movement.Deferred:
		w.needs[b.Subject][b.Kind].due, w.needs[b.Subject][b.Kind].deferred = port.DueLater, true
	case movement.Compared:
		if b.Result != port.ResultMet {
			w.demand(b.Consignment, port.ConsignmentSubject, []port.Demand{b.Demand})
		}
		if n := w.needs[b.Consignment][movement.FiguresAgree]; n != nil {
			n.result = b.Result
		}
	case movement.Listed:
		w.vehicle(b.Movement).beside[b.Person] = true
		w.demand(b.Person, port.PersonSubject, b.Judged.Demands)
	case movement.Detached:
		if b.Kind == port.ConsignmentSubject {
			w.carried(b.Movement, b.Subject, -b.Mass)
		} else {
			delete(w.vehicle(b.Movement).beside, b.Subject)
		}
	case movement.Attached:
		if b.Kind == port.EquipmentSubject && w.needs[b.Subject] != nil {
			w.vehicle(b.Movement).beside[b.Subject] = true
		}
	case movement.Ended:
		if v := w.vehicle(b.Movement); len(v.carries) > 0 || v.at != port.DueEntryGate {
			violations = append(violations, "it is at its end with goods on it, or is not inside")
		}
		w.vehicle(b.Movement).gone = true
	case manifest.Lodged:
		w.vehicle(b.Movement).plate = string(b.Document.Direction) + b.Document.Vehicle.Known().Key()
		w.demand(b.Movement, port.MovementSubject, b.Judged.Demands)
		w.paper(b.Movement, b.Manifest, &b.Judged)
		if n := w.needs[b.Movement][port.Announced]; n != nil {
			n.result = port.ResultMet
		}
	case movement.Appeared:
		w.vehicle(b.Movement).plate = string(b.Direction) + b.Plate.Key()
		w.demand(b.Movement, port.MovementSubject, []port.Demand{{Kind: port.Announced, Subject: port.MovementSubject, Due: port.DueEntryGate}})
	case cargo.Consigned:
		w.carried(b.Movement, b.Consignment, b.OnMovement)
		w.demand(b.Consignment, port.ConsignmentSubject, b.Judged.Demands)
		w.lot(b.Consignment).announced += b.OnMovement
	case declaration.Lodged:
		w.demand(b.Consignment, port.ConsignmentSubject, b.Judged.Demands)
		w.paper(b.Consignment, b.Declaration, &b.Judged)
		w.reopen(b.Consignment)
	case declaration.Amended:
		w.demand(b.Consignment, port.ConsignmentSubject, b.Judged.Demands)
		w.paper(b.Consignment, b.Declaration, &b.Judged)
		w.reopen(b.Consignment)
	case declaration.Withdrawn:
		delete(w.judged[b.Consignment], b.Declaration)
		w.reopen(b.Consignment)
	case declaration.Answered:
		if n := w.needs[b.Consignment][port.CustomsRelease]; n != nil && n.mirrored && b.Result != "" {
			n.result, n.lapsed = b.Result, false
		}
	case movement.JudgedAgain:
		return w.judgedAgain(b)
	case movement.Decided:
		return w.decided(b)
	case movement.Overridden:
		v := w.vehicle(b.Movement)
		if v.order = b.Decision; b.Decision == movement.OverrideResume {
			v.order = ""
		}
		if b.Officer == "" || b.Reason == "" {
			violations = append(violations, "an order without a name or a reason")
		}
	case gate.PassIssued:
		if w.passes[b.Pass] != nil {
			violations = append(violations, "a pass is issued twice")
		}
		w.passes[b.Pass] = &pass{movement: b.Movement, gate: b.Gate}
	case gate.PassRevoked:
		w.passes[b.Pass].revoked = true
	case gate.Decided:
		return w.gate(b)
	case movement.Passed:
		v := w.vehicle(b.Movement)
		if v.opening != b.Gate || v.gone || reached[v.at] >= reached[b.Gate] {
			violations = append(violations, fmt.Sprintf("it passes %s: opened %q, last passed %q, gone %v", b.Gate, v.opening, v.at, v.gone))
		}
		v.opening, v.at, v.gone = "", b.Gate, b.Gate == port.DueExitGate
	case movement.TurnedBack:
		w.vehicle(b.Movement).gone = true
	case movement.Diverted:
		w.vehicle(b.Movement).gone = true
	case claim.Answered:
		if n := w.needs[b.For][b.Requirement]; n != nil && n.result != port.ResultWaived && !n.lapsed {
			n.result = b.State
		}
	case claim.Restated:
		if n := w.needs[b.Subject][b.Requirement]; n != nil && n.result != port.ResultWaived && !n.lapsed {
			n.result = b.State
		}
	case cargo.Forwarded:
		if !b.Custody {
			w.lot(b.Consignment).announced -= b.Mass
		}
	case cargo.Entered, cargo.TakenOut, cargo.Returned:
		return w.quantity(b)
	}
	return violations
}

// judgedAgain takes in what a changed law asks for. What nobody asks for any more is gone, if nobody had decided it; where
// all who ask for a thing ask anew, the point by which it is due is theirs.
func (w *Watch) judgedAgain(b movement.JudgedAgain) (violations []string) {
	deferred := map[*need]bool{} // by its owner's word
	for _, n := range w.needs[b.Subject] {
		if n.deferred && n.due == port.DueLater {
			deferred[n] = true
		}
	}
	for _, d := range b.Dropped {
		n := w.needs[b.Subject][d.Kind]
		if n == nil {
			violations = append(violations, fmt.Sprintf("%s is dropped and was never asked for", d.Kind))
			continue
		}
		for _, r := range d.Rules {
			if !n.rules[r.Rule] {
				violations = append(violations, fmt.Sprintf("%s is dropped by %s, which had not asked for it", d.Kind, r.Rule))
			}
			delete(n.rules, r.Rule)
		}
		if d.Lapsed && (n.result != "" || len(n.rules) > 0) {
			violations = append(violations, fmt.Sprintf("%s lapses though it is %q and %d clauses ask for it", d.Kind, n.result, len(n.rules)))
		}
		n.lapsed = n.lapsed || d.Lapsed
	}
	for _, p := range b.Papers {
		w.paper(b.Subject, p.ID, &b.Judged)
	}
	anew := map[port.RequirementKind]map[string]bool{}
	for _, d := range b.Judged.Demands {
		if d.Subject == b.SubjectKind {
			for _, rule := range d.Rules {
				if anew[d.Kind] == nil {
					anew[d.Kind] = map[string]bool{}
				}
				anew[d.Kind][rule] = true
			}
		}
	}
	for kind, rules := range anew {
		n := w.needs[b.Subject][kind]
		all := n != nil
		if all {
			for rule := range n.rules {
				all = all && rules[rule]
			}
		}
		if all {
			n.due = port.DueLater
		}
	}
	w.demand(b.Subject, b.SubjectKind, b.Judged.Demands)
	for n := range deferred {
		n.due = port.DueLater
	}
	return violations
}

func (w *Watch) decided(b movement.Decided) (violations []string) {
	n := w.needs[b.Subject][b.Kind]
	switch {
	case n == nil:
		return []string{fmt.Sprintf("%s.%s is decided and was never asked for", b.Subject, b.Kind)}
	case n.mirrored != b.Advisory:
		violations = append(violations, fmt.Sprintf("advisory %v where mirrored %v", b.Advisory, n.mirrored))
	case b.Result == port.ResultWaived && (b.Law == "" || b.Reason == ""):
		violations = append(violations, "a waiver without law or reason")
	}
	if b.Advisory {
		return violations
	}
	if b.Result == port.ResultInspect && b.Inspector != nil && b.Kind != "inspection" {
		w.demand(b.Subject, b.SubjectKind, []port.Demand{{Kind: "inspection", Subject: b.SubjectKind, Due: port.DueExitGate}})
		w.needs[b.Subject]["inspection"].result = ""
	}
	n.result, n.lapsed = b.Result, false
	return violations
}

func (w *Watch) gate(b gate.Decided) (violations []string) {
	if b.Decision != port.DecisionOpen {
		return nil
	}
	w.Opened++
	v := w.vehicle(b.Movement)
	v.opening = b.Gate
	shut := w.shut(b.Movement, b.Gate, false)
	for id, other := range w.vehicles {
		if id != b.Movement && b.Override == "" && b.Gate == port.DueEntryGate && other.plate == v.plate && other.at == port.DueEntryGate && !other.gone {
			violations = append(violations, "it opens for a vehicle that is inside")
		}
	}
	switch {
	case v.gone:
		violations = append(violations, "it opens for a vehicle that is gone")
	case v.order == movement.OverrideStop:
		violations = append(violations, "it opens against an order to stop")
	case v.order == movement.OverrideOpen:
		w.Ordered++
		v.order = ""
		if b.Override == "" {
			violations = append(violations, "it opens by an order and does not say whose")
		}
	case b.Override != "":
		violations = append(violations, "it opens by an order that nobody gave")
	case len(w.outdated(b.Movement)) > 0:
		violations = append(violations, "it opens on "+strings.Join(w.outdated(b.Movement), ", "))
	case len(shut) > 0:
		violations = append(violations, "it opens on "+strings.Join(shut, ", "))
	case b.Pass.IsZero():
		violations = append(violations, "it opens without a pass")
	}
	if b.Pass.IsZero() {
		return violations
	}
	switch p := w.passes[b.Pass]; {
	case p == nil:
		violations = append(violations, "it opens on a pass that was not issued")
	case p.movement != b.Movement || p.gate != b.Gate || p.revoked || p.used:
		violations = append(violations, fmt.Sprintf("it opens on a pass for %s of %s, revoked %v, used %v", p.gate, p.movement, p.revoked, p.used))
	default:
		p.used = true
	}
	return violations
}

// settledAgain opens what was settled and is asked for again.
func (n *need) settledAgain() {
	if n.result == port.ResultMet || n.result == port.ResultWaived {
		n.result = ""
	}
}

// clocks follows the one legal clock that all imports have: from the entry to the declaration.
func (w *Watch) clocks(f *ledger.Fact) (violations []string) {
	switch b := f.Body.(type) {
	case cargo.Consigned:
		for _, clock := range b.Judged.Clocks {
			if l := w.lot(b.Consignment); clock.Kind == port.DeclarationDue && l.clock == 0 {
				l.clock = clock.After
			}
		}
	case cargo.Entered:
		if l := w.lot(b.Consignment); l.arrived == 0 {
			l.arrived = f.At
		}
	case declaration.Lodged:
		w.lot(b.Consignment).declarations[b.Declaration] = true
	case declaration.Withdrawn:
		delete(w.lot(b.Consignment).declarations, b.Declaration)
	case ledger.DeadlinePassed:
		if b.Kind != string(port.DeclarationDue) {
			return nil
		}
		l := w.lot(b.Subject)
		if !l.overdue(f.Recorded) || b.Due != l.arrived.Add(l.clock) {
			violations = append(violations, fmt.Sprintf("the time to declare is over for goods that came at %s, %d declarations standing, over already: %v", l.arrived, len(l.declarations), l.passed))
		}
		l.passed = true
	}
	return violations
}

func (l *lot) overdue(now port.Time) bool {
	return l.clock != 0 && l.arrived != 0 && len(l.declarations) == 0 && !l.passed && l.arrived.Add(l.clock) <= now
}

// Overdue counts the consignments whose time to be declared is over at an instant, and of whom no fact has said so.
func (w *Watch) Overdue(now port.Time) (n int) {
	for _, l := range w.lots {
		if l.overdue(now) {
			n++
		}
	}
	return n
}

func (w *Watch) quantity(body ledger.Body) (violations []string) {
	var l *lot
	switch b := body.(type) {
	case cargo.Entered:
		l = w.lot(b.Consignment)
		l.in += b.Mass
	case cargo.TakenOut:
		l = w.lot(b.Consignment)
		l.out += b.Mass
		l.promised -= b.Assigned
	case cargo.Assigned:
		l = w.lot(b.Consignment)
		l.promised += b.Mass
	case cargo.Removed:
		if l = w.lot(b.Consignment); b.Assigned {
			l.promised -= b.Mass
		} else {
			l.announced -= b.Mass
		}
	case cargo.Split:
		l = w.lot(b.Consignment)
		l.announced, l.in = b.Mass, b.Mass
		whole := w.lot(b.From)
		whole.announced, whole.in = whole.announced-b.Mass, whole.in-b.Mass
		if whole.out+whole.promised > whole.in {
			violations = append(violations, "a lot is made of goods that are promised or gone")
		}
	case cargo.Returned:
		l = w.lot(b.Consignment)
		l.announced -= b.Mass
		if b.Entered {
			l.in -= b.Mass
		}
	}
	if l.out+l.promised > l.in || l.in > l.announced || l.in < 0 || l.promised < 0 {
		violations = append(violations, fmt.Sprintf("announced %s, in %s, promised %s, out %s kg", l.announced, l.in, l.promised, l.out))
	}
	return violations
}
