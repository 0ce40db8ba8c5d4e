package simulator

import (
	"slices"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/claim"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// docket is what the facts of one ledger say is required of whom, worked out here a second time and independently of
// the platform: officers act on it, and the checker compares the gates' decisions with it. What is closed is forgotten.
type docket struct {
	vehicles map[port.ID]*vehicle
	lots     map[port.ID]*lot
	papers   map[port.ID]*paper // declarations
}

// vehicle is a movement.
type vehicle struct {
	id        port.ID
	direction port.Direction
	plate     port.Plate
	batch     port.BatchNumber
	seen      bool // at a gate
	inside    bool
	carries   []port.ID
	needs     []*need
	passes    map[port.DuePoint]port.ID // that are good
}

// lot is a consignment.
type lot struct {
	id       port.ID
	waybill  string
	vehicles []port.ID // that carry it and have not gone
	papers   []port.ID // declarations that stand
	arrived  bool
	in, out  port.Kilograms
	needs    []*need
}

// paper is a declaration, as far as somebody here has a use for it.
type paper struct {
	id        port.ID
	lot       port.ID
	reference string
	number    port.DeclarationNumber
	early     bool
	document  *declaration.Document // until its goods are on a vehicle
}

func newDocket() *docket {
	return &docket{vehicles: map[port.ID]*vehicle{}, lots: map[port.ID]*lot{}, papers: map[port.ID]*paper{}}
}

// vehicle finds a movement, or begins it.
func (d *docket) vehicle(id port.ID) *vehicle {
	v := d.vehicles[id]
	if v == nil {
		v = &vehicle{id: id, passes: map[port.DuePoint]port.ID{}}
		d.vehicles[id] = v
	}
	return v
}

// lot finds a consignment, or begins it.
func (d *docket) lot(id port.ID) *lot {
	l := d.lots[id]
	if l == nil {
		l = &lot{id: id}
		d.lots[id] = l
	}
	return l
}

// fold takes in one fact and gives the requirements whose owners should look again.
func (d *docket) fold(f *fact) []*need {
	switch b := f.body.(type) {
	case manifest.Lodged:
		v := d.vehicle(b.Movement)
		v.direction, v.plate, v.batch = b.Document.Direction, b.Document.Vehicle.Plate, b.Document.Batch
		v.needs = demand(v.needs, v.id, port.MovementSubject, b.Judged.Demands)
		say(find(v.needs, port.Announced), port.ResultMet)
		return v.needs
	case movement.Appeared:
		v := d.vehicle(b.Movement)
		v.direction, v.plate = b.Direction, b.Plate
		v.needs = demand(v.needs, v.id, port.MovementSubject, []port.Demand{{
			Kind: port.Announced, Subject: port.MovementSubject, Owner: port.Owner{Function: port.FunctionCarrier}, Due: port.DueEntryGate, Source: port.Here,
		}})
	case cargo.Consigned:
		v, l := d.vehicle(b.Movement), d.lot(b.Consignment)
		v.carries, l.vehicles, l.waybill = append(v.carries, l.id), append(l.vehicles, v.id), b.Waybill
		l.needs = demand(l.needs, l.id, port.ConsignmentSubject, b.Judged.Demands)
		for _, id := range l.papers {
			d.papers[id].document = nil
		}
		return l.needs
	case cargo.Entered:
		l := d.lot(b.Consignment)
		l.arrived, l.in = true, l.in+b.Mass
		return l.needs
	case cargo.TakenOut:
		l := d.lot(b.Consignment)
		l.out += b.Mass
		d.drop(l)
	case declaration.Lodged, declaration.Amended, declaration.Withdrawn, declaration.Answered:
		return d.spoken(b)
	case declaration.Closed:
		d.forget(b.Declaration)
	case movement.Decided:
		return d.decided(&b)
	case movement.Passed:
		return d.passed(&b)
	case movement.Diverted:
		for _, l := range d.gone(b.Movement) {
			d.drop(l)
		}
	case claim.Answered:
		return d.answered(&b)
	case movement.TurnedBack:
		for _, l := range d.gone(b.Movement) {
			d.drop(l)
		}
	case gate.Decided:
		if v := d.vehicles[b.Movement]; v != nil && !v.seen {
			v.seen = true
			return v.needs
		}
	case gate.PassIssued:
		d.vehicle(b.Movement).passes[b.Gate] = b.Pass
	case gate.PassRevoked:
		delete(d.vehicle(b.Movement).passes, b.Gate)
	}
	return nil
}

// spoken takes in what is said by or about a declaration. A further one, a changed one and one that is taken back all
// make the release an open question again.
func (d *docket) spoken(body any) []*need {
	switch b := body.(type) {
	case declaration.Lodged:
		l := d.lot(b.Consignment)
		p := &paper{id: b.Declaration, lot: l.id, reference: b.Document.Reference, number: b.Document.Number, early: b.Document.Early}
		if len(l.vehicles) == 0 {
			p.document = &b.Document
		}
		d.papers[p.id], l.papers = p, append(l.papers, p.id)
		l.needs = demand(l.needs, l.id, port.ConsignmentSubject, b.Judged.Demands)
		reopen(find(l.needs, port.CustomsRelease))
		return l.needs
	case declaration.Amended:
		l := d.lot(b.Consignment)
		l.needs = demand(l.needs, l.id, port.ConsignmentSubject, b.Judged.Demands)
		reopen(find(l.needs, port.CustomsRelease))
		return l.needs
	case declaration.Withdrawn:
		l := d.lot(b.Consignment)
		d.forget(b.Declaration)
		reopen(find(l.needs, port.CustomsRelease))
		return l.needs
	case declaration.Answered:
		l := d.lot(b.Consignment)
		if p := d.papers[b.Declaration]; p != nil && b.Number != "" {
			p.number = b.Number
		}
		if n := find(l.needs, port.CustomsRelease); n != nil && n.source == port.Mirrored && b.Result != "" {
			say(n, b.Result)
		}
		return l.needs
	}
	return nil
}

func (d *docket) decided(b *movement.Decided) []*need {
	if b.Advisory {
		return nil
	}
	needs := d.of(b.Subject, b.SubjectKind)
	if needs == nil {
		return nil
	}
	if b.Result == port.ResultInspect && b.Inspector != nil && b.Kind != kindInspection {
		*needs = demand(*needs, b.Subject, b.SubjectKind, []port.Demand{{
			Kind: kindInspection, Subject: b.SubjectKind, Owner: *b.Inspector, Due: port.DueExitGate, Source: port.Here,
		}})
		reopen(find(*needs, kindInspection))
	}
	say(find(*needs, b.Kind), b.Result)
	return *needs
}

// answered takes in the region's word on what may be used once; a waiver stands.
func (d *docket) answered(b *claim.Answered) []*need {
	needs := d.of(b.For, b.SubjectKind)
	if needs == nil {
		return nil
	}
	if n := find(*needs, b.Requirement); n != nil && n.state != port.StateWaived {
		say(n, b.State)
	}
	return *needs
}

// of gives the requirements of a subject; nil where there is no such subject.
func (d *docket) of(subject port.ID, kind port.SubjectKind) *[]*need {
	if kind == port.ConsignmentSubject {
		if l := d.lots[subject]; l != nil {
			return &l.needs
		}
	} else if v := d.vehicles[subject]; v != nil {
		return &v.needs
	}
	return nil
}

func (d *docket) passed(b *movement.Passed) []*need {
	v := d.vehicle(b.Movement)
	delete(v.passes, b.Gate)
	if b.Gate == port.DueExitGate {
		d.gone(b.Movement)
		return nil
	}
	v.inside = true
	return v.needs
}

// gone forgets a movement and gives what it carried: facts about that may follow in the same command.
func (d *docket) gone(id port.ID) []*lot {
	v := d.vehicles[id]
	if v == nil {
		return nil
	}
	delete(d.vehicles, id)
	var carried []*lot
	for _, each := range v.carries {
		if l := d.lots[each]; l != nil {
			l.vehicles = slices.DeleteFunc(l.vehicles, func(other port.ID) bool { return other == id })
			carried = append(carried, l)
		}
	}
	return carried
}

// forget drops a declaration.
func (d *docket) forget(id port.ID) {
	p := d.papers[id]
	if p == nil {
		return
	}
	delete(d.papers, id)
	if l := d.lots[p.lot]; l != nil {
		l.papers = slices.DeleteFunc(l.papers, func(other port.ID) bool { return other == id })
		d.drop(l)
	}
}

// drop forgets goods that no vehicle carries and no declaration speaks of.
func (d *docket) drop(l *lot) {
	if len(l.vehicles) == 0 && len(l.papers) == 0 {
		delete(d.lots, l.id)
	}
}

// ready tells whether a vehicle that waits at a gate should go to the lane: it has a pass, or something is refused and it
// is to be turned back.
func (d *docket) ready(id port.ID, at port.DuePoint) bool {
	v := d.vehicles[id]
	if v == nil {
		return false
	}
	refused := func(n *need) bool { return n.state == port.StateRefused && n.keepsShut(at) }
	for _, carried := range v.carries {
		if l := d.lots[carried]; l != nil && slices.ContainsFunc(l.needs, refused) {
			return true
		}
	}
	return !v.passes[at].IsZero() || slices.ContainsFunc(v.needs, refused)
}

// declared tells whether a declaration stands for something that a vehicle carries.
func (d *docket) declared(id port.ID) bool {
	v := d.vehicles[id]
	return v != nil && slices.ContainsFunc(v.carries, func(carried port.ID) bool {
		l := d.lots[carried]
		return l != nil && len(l.papers) > 0
	})
}

// awaits tells whether the last word on something that a vehicle carries is a certain one.
func (d *docket) awaits(id port.ID, result port.Result) bool {
	return slices.ContainsFunc(d.vehicles[id].carries, func(carried port.ID) bool {
		l := d.lots[carried]
		return l != nil && slices.ContainsFunc(l.needs, func(n *need) bool { return n.result == result })
	})
}
