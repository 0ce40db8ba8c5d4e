package simulator

import (
	"slices"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/port"
)

// counted takes in what happens to goods: who carries them, what has come into custody and left it, what is promised.
func (d *docket) counted(body any) []*need {
	switch b := body.(type) {
	case cargo.Consigned:
		v, l := d.vehicle(b.Movement), d.lot(b.Consignment)
		d.load(v, l, aboard{lot: l.id, mass: b.OnMovement})
		l.waybill = b.Waybill
		for i := range v.bills {
			if v.bills[i].Number == b.Waybill {
				l.bill = v.bills[i]
			}
		}
		l.needs = demand(l.needs, l.id, port.ConsignmentSubject, b.Judged.Demands)
		for _, id := range l.papers {
			d.papers[id].document = nil
		}
		return l.needs
	case cargo.Assigned:
		v, l := d.vehicle(b.Movement), d.lot(b.Consignment)
		d.load(v, l, aboard{lot: l.id, of: b.Of, mass: b.Mass, fetched: true})
		l.promised += b.Mass
		l.needs = demand(l.needs, l.id, port.ConsignmentSubject, b.Judged.Demands)
		return l.needs
	case cargo.Removed:
		if v := d.vehicles[b.Movement]; v != nil {
			d.unload(v, b.Consignment, b.Mass)
		}
		if l := d.lots[b.Consignment]; l != nil && b.Assigned {
			l.promised -= b.Mass
		} else if l != nil {
			d.drop(l)
		}
	case cargo.Entered:
		l := d.lot(b.Consignment)
		l.arrived, l.in = true, l.in+b.Mass
		return l.needs
	case cargo.TakenOut:
		l := d.lot(b.Consignment)
		l.out += b.Mass
		l.promised -= b.Assigned
		d.drop(l)
	case cargo.Returned:
		if l := d.lots[b.Consignment]; l != nil && b.Entered {
			l.in -= b.Mass
			d.drop(l)
		}
	case cargo.Split:
		whole, l := d.lot(b.From), d.lot(b.Consignment)
		whole.in -= b.Mass
		whole.lots++
		l.in, l.of, l.waybill, l.arrived, l.told, l.bill = b.Mass, b.From, b.Waybill, true, whole.told, whole.bill
		l.bill.Number, l.bill.GrossMass = b.Waybill, b.Mass
	case cargo.Adjusted:
		l := d.lot(b.Consignment)
		l.in += b.Mass
		d.drop(l)
	case cargo.Reported:
		l, kind, result := d.lot(b.Consignment), port.ArrivalReported, port.ResultMet
		if b.Kind == cargo.TallyReport {
			kind = port.Tallied
		}
		if b.Missing != 0 || b.Short != 0 {
			result = port.ResultDocuments
		}
		say(find(l.needs, kind), result)
	}
	return nil
}

// load puts goods on a vehicle, or names it as the one that is to fetch them.
func (d *docket) load(v *vehicle, l *lot, goods aboard) {
	l.told = l.told || v.told
	if at := slices.IndexFunc(v.carries, func(a aboard) bool { return a.lot == goods.lot }); at >= 0 {
		v.carries[at].mass += goods.mass
		return
	}
	v.carries, l.vehicles = append(v.carries, goods), append(l.vehicles, v.id)
}

// spoken takes in what is said by or about a declaration. A further one, a changed one and one that is taken back all
// make the release an open question again.
func (d *docket) spoken(body any) []*need {
	switch b := body.(type) {
	case declaration.Lodged:
		l := d.lot(b.Consignment)
		p := &paper{id: b.Declaration, lot: l.id, reference: b.Document.Reference, number: b.Document.Number, early: b.Document.Early}
		l.told = l.told || toldReference(p.reference)
		if len(l.vehicles) == 0 && l.left() <= 0 {
			p.document = &b.Document
		}
		d.papers[p.id], l.papers = p, append(l.papers, p.id)
		l.needs = demand(l.needs, l.id, port.ConsignmentSubject, b.Judged.Demands)
		reopen(find(l.needs, port.CustomsRelease))
		return l.needs
	case declaration.Covered:
		return d.covered(&b)
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

// covered: what has happened to a declaration concerns the goods of a further waybill too.
func (d *docket) covered(b *declaration.Covered) []*need {
	l := d.lot(b.Consignment)
	l.needs = demand(l.needs, l.id, port.ConsignmentSubject, b.Judged.Demands)
	release := find(l.needs, port.CustomsRelease)
	switch p := d.papers[b.Declaration]; b.What {
	case declaration.Lodged{}.FactName():
		if l.waybill == "" {
			l.waybill = b.Waybill
		}
		if p != nil && !slices.Contains(l.papers, p.id) {
			l.told = l.told || toldReference(p.reference)
			p.further, l.papers = append(p.further, l.id), append(l.papers, p.id)
		}
		reopen(release)
	case declaration.Amended{}.FactName(), declaration.Withdrawn{}.FactName():
		reopen(release)
	case declaration.Answered{}.FactName():
		if release != nil && release.source == port.Mirrored && b.Result != "" {
			say(release, b.Result)
		}
	}
	return l.needs
}

// forget drops a declaration.
func (d *docket) forget(id port.ID) {
	p := d.papers[id]
	if p == nil {
		return
	}
	delete(d.papers, id)
	for _, each := range append([]port.ID{p.lot}, p.further...) {
		if l := d.lots[each]; l != nil {
			l.papers = slices.DeleteFunc(l.papers, func(other port.ID) bool { return other == id })
			d.drop(l)
		}
	}
}

// drop forgets goods that no vehicle carries, no declaration speaks of and nobody has in custody, nor any part of them.
func (d *docket) drop(l *lot) {
	if len(l.vehicles) > 0 || len(l.papers) > 0 || l.left() > 0 || l.lots > 0 {
		return
	}
	delete(d.lots, l.id)
	if whole := d.lots[l.of]; whole != nil {
		whole.lots--
		d.drop(whole)
	}
}

// declared tells whether a declaration stands for something that a vehicle carries.
func (d *docket) declared(id port.ID) bool {
	v := d.vehicles[id]
	return v != nil && slices.ContainsFunc(v.carries, func(carried aboard) bool {
		l := d.lots[carried.lot]
		return l != nil && len(l.papers) > 0
	})
}

// awaits tells whether the last word on something that a vehicle carries is a certain one.
func (d *docket) awaits(id port.ID, result port.Result) bool {
	return slices.ContainsFunc(d.vehicles[id].carries, func(carried aboard) bool {
		l := d.lots[carried.lot]
		return l != nil && slices.ContainsFunc(l.needs, func(n *need) bool { return n.result == result })
	})
}
