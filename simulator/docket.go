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
	parts    map[port.ID]*part  // equipment and persons of whom something is required, or that came off
}

// vehicle is a movement.
type vehicle struct {
	id        port.ID
	direction port.Direction
	plate     port.Plate
	batch     port.BatchNumber
	bills     []manifest.Waybill // as its manifest has them
	told      bool               // a story's: nobody here acts for it
	seen      bool               // at a gate
	inside    bool
	carries   []aboard
	parts     []port.ID // equipment and persons on it, of which the docket knows something
	needs     []*need
	passes    map[port.DuePoint]port.ID // that are good
}

// aboard is the part of a lot that a vehicle carries, or has come to fetch.
type aboard struct {
	lot     port.ID
	of      port.ID // of a part that was declared apart: its whole
	mass    port.Kilograms
	fetched bool
}

// lot is a consignment, with the account of its mass.
type lot struct {
	id       port.ID
	waybill  string
	of       port.ID          // the whole that it is a part of
	bill     manifest.Waybill // as the last manifest that brought it has it
	vehicles []port.ID        // that carry it and have not gone
	papers   []port.ID        // declarations that stand
	told     bool
	arrived  bool
	in, out  port.Kilograms
	promised port.Kilograms // to those that are to fetch it
	lots     int            // parts of it that were declared apart and have not gone
	needs    []*need
}

// left is what lies in custody, free what of it is promised to nobody.
func (l *lot) left() port.Kilograms { return l.in - l.out }

func (l *lot) free() port.Kilograms { return l.left() - l.promised }

// part is a wagon, a trailer, a box or a person.
type part struct {
	id     port.ID
	kind   port.SubjectKind
	number string // of equipment
	on     port.ID
	told   bool
	needs  []*need
}

// paper is a declaration, as far as somebody here has a use for it.
type paper struct {
	id        port.ID
	lot       port.ID   // of its first waybill
	further   []port.ID // of the others
	reference string
	number    port.DeclarationNumber
	early     bool
	document  *declaration.Document // until its goods are on a vehicle
}

func newDocket() *docket {
	return &docket{vehicles: map[port.ID]*vehicle{}, lots: map[port.ID]*lot{}, papers: map[port.ID]*paper{}, parts: map[port.ID]*part{}}
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
		v.announced(&b.Document)
		v.needs = demand(v.needs, v.id, port.MovementSubject, b.Judged.Demands)
		say(find(v.needs, port.Announced), port.ResultMet)
		return v.needs
	case manifest.Changed:
		v := d.vehicle(b.Movement)
		v.announced(&b.Document)
		v.needs = demand(v.needs, v.id, port.MovementSubject, b.Judged.Demands)
		reopen(find(v.needs, port.ManifestAccepted))
		return v.needs
	case manifest.Deleted:
		d.gone(b.Movement)
	case manifest.Confirmed:
		v := d.vehicle(b.Movement)
		if n := find(v.needs, port.Confirmed); b.Withdrawn {
			reopen(n)
		} else {
			say(n, port.ResultMet)
		}
	case manifest.Answered:
		v := d.vehicle(b.Movement)
		if n := find(v.needs, port.ManifestAccepted); n != nil && n.source == port.Mirrored && b.Result != "" {
			say(n, b.Result)
		}
		return v.needs
	case movement.Appeared:
		v := d.vehicle(b.Movement)
		v.direction, v.plate = b.Direction, b.Plate
		v.needs = demand(v.needs, v.id, port.MovementSubject, []port.Demand{{
			Kind: port.Announced, Subject: port.MovementSubject, Owner: port.Owner{Function: port.FunctionCarrier}, Due: port.DueEntryGate, Source: port.Here,
		}})
	case cargo.Consigned, cargo.Assigned, cargo.Removed, cargo.Entered, cargo.TakenOut, cargo.Returned, cargo.Split, cargo.Adjusted, cargo.Reported:
		return d.counted(b)
	case declaration.Lodged, declaration.Covered, declaration.Amended, declaration.Withdrawn, declaration.Answered:
		return d.spoken(b)
	case declaration.Closed:
		d.forget(b.Declaration)
	case movement.Decided:
		return d.decided(&b)
	case movement.Ordered:
		return d.ordered(&b)
	case movement.Deferred:
		for _, needs := range d.all(b.Subject) {
			if n := find(needs, b.Kind); n != nil {
				n.due, n.taken = port.DueLater, n.round // what was put off is not decided at once
			}
		}
	case movement.Compared:
		l := d.lot(b.Consignment)
		if b.Result != port.ResultMet {
			l.needs = demand(l.needs, l.id, port.ConsignmentSubject, []port.Demand{b.Demand})
		}
		say(find(l.needs, movement.FiguresAgree), b.Result)
		return l.needs
	case movement.Listed:
		p := d.part(b.Person, port.PersonSubject, b.Movement)
		p.needs = demand(p.needs, p.id, port.PersonSubject, b.Judged.Demands)
		return p.needs
	case movement.Detached:
		d.detached(&b)
	case movement.Attached:
		if b.Kind == port.EquipmentSubject {
			d.part(b.Subject, b.Kind, b.Movement).number = b.Number
		}
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
	case movement.Ended:
		d.gone(b.Movement)
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

func (v *vehicle) announced(m *manifest.Document) {
	v.direction, v.plate, v.batch, v.bills = m.Direction, m.Vehicle.Known(), m.Batch, m.Waybills
	v.told = m.Carrier == storyCarrier
}

// part finds equipment or a person, or begins it, and puts it on a vehicle.
func (d *docket) part(id port.ID, kind port.SubjectKind, on port.ID) *part {
	p := d.parts[id]
	if p == nil {
		p = &part{id: id, kind: kind}
		d.parts[id] = p
	}
	if v := d.vehicles[on]; v != nil {
		if !slices.Contains(v.parts, id) {
			v.parts = append(v.parts, id)
		}
		p.told = p.told || v.told
	}
	p.on = on
	return p
}

// ordered: something is required of one subject beyond the law.
func (d *docket) ordered(b *movement.Ordered) []*need {
	if b.SubjectKind == port.EquipmentSubject || b.SubjectKind == port.PersonSubject {
		d.part(b.Subject, b.SubjectKind, b.Movement)
	}
	needs := d.of(b.Subject, b.SubjectKind)
	if needs == nil {
		return nil
	}
	*needs = demand(*needs, b.Subject, b.SubjectKind, []port.Demand{b.Demand})
	if n := find(*needs, b.Demand.Kind); n.state.Settled() {
		reopen(n)
	}
	return *needs
}

// detached: something has come off a vehicle.
func (d *docket) detached(b *movement.Detached) {
	v := d.vehicles[b.Movement]
	if v == nil {
		return
	}
	switch b.Kind {
	case port.ConsignmentSubject:
		d.unload(v, b.Subject, b.Mass)
	case port.EquipmentSubject:
		d.part(b.Subject, b.Kind, b.Movement).number = b.Number
		fallthrough
	default:
		v.parts = slices.DeleteFunc(v.parts, func(id port.ID) bool { return id == b.Subject })
		if p := d.parts[b.Subject]; p != nil {
			p.on = port.ID{}
		}
		if b.Kind == port.PersonSubject {
			delete(d.parts, b.Subject)
		}
	}
}

// unload takes so much of a lot off a vehicle.
func (d *docket) unload(v *vehicle, id port.ID, mass port.Kilograms) {
	at := slices.IndexFunc(v.carries, func(a aboard) bool { return a.lot == id })
	if at < 0 {
		return
	}
	if v.carries[at].mass -= mass; v.carries[at].mass > 0 {
		return
	}
	v.carries = slices.Delete(v.carries, at, at+1)
	if l := d.lots[id]; l != nil {
		l.vehicles = slices.DeleteFunc(l.vehicles, func(other port.ID) bool { return other == v.id })
	}
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
	switch kind {
	case port.ConsignmentSubject:
		if l := d.lots[subject]; l != nil {
			return &l.needs
		}
	case port.EquipmentSubject, port.PersonSubject:
		if p := d.parts[subject]; p != nil {
			return &p.needs
		}
	default:
		if v := d.vehicles[subject]; v != nil {
			return &v.needs
		}
	}
	return nil
}

// all gives the requirements of a subject of whatever kind.
func (d *docket) all(subject port.ID) (list [][]*need) {
	for _, kind := range []port.SubjectKind{port.MovementSubject, port.ConsignmentSubject, port.EquipmentSubject} {
		if needs := d.of(subject, kind); needs != nil {
			list = append(list, *needs)
		}
	}
	return list
}

// told tells a subject that a story deals with: officers and drivers leave it alone.
func (d *docket) told(subject port.ID) bool {
	v, l, p := d.vehicles[subject], d.lots[subject], d.parts[subject]
	return v != nil && v.told || l != nil && l.told || p != nil && p.told
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
	for _, p := range v.parts {
		delete(d.parts, p)
	}
	var carried []*lot
	for _, each := range v.carries {
		if l := d.lots[each.lot]; l != nil {
			l.vehicles = slices.DeleteFunc(l.vehicles, func(other port.ID) bool { return other == id })
			carried = append(carried, l)
		}
	}
	return carried
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
		if l := d.lots[carried.lot]; l != nil && slices.ContainsFunc(l.needs, refused) {
			return true
		}
	}
	return !v.passes[at].IsZero() || slices.ContainsFunc(v.needs, refused)
}
