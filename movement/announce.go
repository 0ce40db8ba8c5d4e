package movement

import (
	"slices"
	"strconv"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// Announce takes in a manifest by its function: it announces a conveyance, adds waybills to one that is announced (the
// unit of transmission is the waybill, domain facts §3.1), says again what it carries, or takes that back. All but the
// first are possible until the conveyance comes, to the organisation that announced it.
type Announce struct {
	Movements *ledger.Kind[Movement]
	Lodge     manifest.Lodge
}

// Prefetch asks for the look-ups that the decision will read.
func (a Announce) Prefetch(want *ledger.Wants) { a.Lodge.Prefetch(want) }

// Decide records manifest.lodged.v1, manifest.changed.v1 or manifest.deleted.v1, and what they mean for the goods.
func (a Announce) Decide(tx *ledger.Tx) error {
	d := &a.Lodge.Document
	known := d.Vehicle.Known()
	id, err := tx.Lookup(manifest.ByCrossing, manifest.CrossingKey(d.Batch, known))
	if err != nil {
		return err
	}
	replaces := d.Function == manifest.FunctionChange || d.Function == manifest.FunctionDelete
	if id.IsZero() && replaces && d.Batch == "" { // what has no batch number is known by its mark
		if id, err = tx.Lookup(manifest.ByExpected, manifest.PlateKey(d.Direction, known)); err != nil {
			return err
		}
	}
	if id.IsZero() && !replaces {
		return a.Lodge.Decide(tx)
	}
	m, err := announcedBy(tx, a.Movements, id, d.Batch, known)
	if err != nil {
		return err
	}
	tx.Subject(id)
	switch d.Function {
	case manifest.FunctionDelete:
		return a.remove(tx, id, m)
	case manifest.FunctionChange:
		return a.change(tx, id, m)
	}
	return a.add(tx, id, m)
}

// announcedBy reads a movement that the actor's organisation may still change. Another's cannot be told from one whose
// number is taken.
func announcedBy(tx *ledger.Tx, movements *ledger.Kind[Movement], id port.ID, batch port.BatchNumber, known port.Plate) (*Movement, error) {
	m, ok, err := movements.Get(tx, id)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, errs.Bad([]errs.Problem{errs.At("batch", "manifest.unknown_crossing", string(batch), string(known))})
	case m.By != tx.Command().Actor.Organisation:
		return nil, errs.Bad([]errs.Problem{errs.At("batch", "manifest.batch_open", string(batch), string(known))})
	case !m.Awaited():
		return nil, errs.Bad([]errs.Problem{errs.At("batch", "manifest.has_come", string(batch), string(known))})
	}
	return m, nil
}

// add puts further waybills on the conveyance.
func (a Announce) add(tx *ledger.Tx, id port.ID, m *Movement) error {
	d := &a.Lodge.Document
	var problems []errs.Problem
	for i := range d.Waybills {
		if slices.ContainsFunc(m.Carries, func(c Carried) bool { return c.Waybill == d.Waybills[i].Number }) {
			problems = append(problems, errs.At("waybills["+strconv.Itoa(i)+"].number", "manifest.waybill_there", d.Waybills[i].Number))
		}
	}
	if len(problems) == len(d.Waybills) { // it says nothing that is new
		problems = []errs.Problem{errs.At("batch", "manifest.batch_open", string(d.Batch), string(m.Plate))}
	}
	if err := errs.Bad(problems); err != nil {
		return err
	}
	return a.record(tx, id, true)
}

// change says again what the conveyance carries. What it carried is taken off it first, so that the account of every
// consignment, kept or not, comes out as if only the new manifest had been lodged.
func (a Announce) change(tx *ledger.Tx, id port.ID, m *Movement) error {
	if err := takeOff(tx, id, m); err != nil {
		return err
	}
	return a.record(tx, id, false)
}

func (a Announce) record(tx *ledger.Tx, id port.ID, added bool) error {
	d := &a.Lodge.Document
	changed := manifest.Changed{Manifest: tx.NewID(), Movement: id, Added: added, Reason: d.Reason, Document: *d, Judged: a.Lodge.Judged}
	goods, lots, err := a.Lodge.Load(tx)
	if err != nil {
		return err
	}
	changed.Consignments = goods
	for range d.Units() {
		changed.Equipment = append(changed.Equipment, tx.NewID())
	}
	if err := tx.Record(changed); err != nil {
		return err
	}
	return a.Lodge.Assign(tx, id, goods, lots)
}

// takeOff takes off an awaited conveyance everything that its manifest had named for it.
func takeOff(tx *ledger.Tx, id port.ID, m *Movement) error {
	for _, goods := range m.Carries {
		if err := tx.Record(cargo.Removed{Consignment: goods.Consignment, Movement: id, Mass: goods.Mass, Assigned: goods.Fetched}); err != nil {
			return err
		}
	}
	return nil
}

// remove takes the manifest back. The vehicle's other crossings close ranks: its entry gate expects the next one.
func (a Announce) remove(tx *ledger.Tx, id port.ID, m *Movement) error {
	front, err := before(tx, a.Movements, id, m)
	if err != nil {
		return err
	}
	if err := takeOff(tx, id, m); err != nil {
		return err
	}
	return tx.Record(manifest.Deleted{Movement: id, Reason: a.Lodge.Document.Reason, Front: front, Behind: m.Behind})
}

// before finds the movement of the same vehicle that stands before one; the zero id where it is the first.
func before(tx *ledger.Tx, movements *ledger.Kind[Movement], id port.ID, m *Movement) (port.ID, error) {
	at, err := tx.Lookup(manifest.ByExpected, manifest.PlateKey(m.Direction, m.Plate))
	if err != nil || at == id {
		return port.ID{}, err
	}
	for range MaxCarriers {
		other, ok, err := movements.Get(tx, at)
		if err != nil {
			return port.ID{}, err
		}
		if !ok || other.Behind == id {
			return at, nil
		}
		at = other.Behind
	}
	return port.ID{}, errs.New(errs.Broken, "", "%s is announced so often that movement %s is not found", m.Plate, id)
}

// Confirm takes in a carrier's confirmation. Lodge announces a conveyance that no manifest has named: one without goods,
// or one that brings goods which were filed under its batch number without a vehicle.
type Confirm struct {
	Movements *ledger.Kind[Movement]
	Document  manifest.Confirmation
	Lodge     *manifest.Lodge // nil: it has goods, and its manifest must be there
	Filings   *ledger.Kind[manifest.Filing]
	Filing    port.ID // whose goods Lodge brings, and the version of it that Lodge was made and judged of
	Version   int
}

// Prefetch asks for the crossing.
func (c Confirm) Prefetch(want *ledger.Wants) {
	want.Lookup(manifest.ByCrossing, manifest.CrossingKey(c.Document.Batch, c.Document.Vehicle.Known()))
	if c.Lodge != nil {
		c.Lodge.Prefetch(want)
	}
}

// Decide records manifest.confirmed.v1, for an unannounced conveyance without goods behind manifest.lodged.v1.
func (c Confirm) Decide(tx *ledger.Tx) error {
	d := &c.Document
	known := d.Vehicle.Known()
	id, err := tx.Lookup(manifest.ByCrossing, manifest.CrossingKey(d.Batch, known))
	if err != nil {
		return err
	}
	deletes := d.Function == manifest.FunctionDelete
	if id.IsZero() && c.Lodge != nil && !deletes {
		if err := c.bring(tx); err != nil {
			return err
		}
		if err := c.Lodge.Decide(tx); err != nil {
			return err
		}
		if id, err = tx.Lookup(manifest.ByCrossing, manifest.CrossingKey(d.Batch, known)); err != nil {
			return err
		}
		return tx.Record(manifest.Confirmed{Movement: id, Document: c.Document})
	}
	if _, err := announcedBy(tx, c.Movements, id, d.Batch, known); err != nil {
		return err
	}
	tx.Subject(id)
	return tx.Record(manifest.Confirmed{Movement: id, Document: c.Document, Withdrawn: deletes})
}

// bring takes what the conveyance brings off what was filed under its batch number.
func (c Confirm) bring(tx *ledger.Tx) error {
	if c.Filing.IsZero() {
		return nil
	}
	filing, ok, err := c.Filings.Get(tx, c.Filing)
	if err != nil {
		return err
	}
	if !ok || filing.Version != c.Version || filing.Organisation != tx.Command().Actor.Organisation {
		return errs.New(errs.Conflict, "manifest.filing_changed", "what was filed under batch %s has changed meanwhile", c.Document.Batch)
	}
	rest := filing.Rest(&c.Lodge.Document)
	if len(rest) == 0 {
		return tx.Record(manifest.FilingEnded{Filing: c.Filing})
	}
	left := filing.Document
	left.Waybills = rest
	return tx.Record(manifest.Filed{Filing: c.Filing, Port: c.Lodge.Port, Organisation: filing.Organisation, Document: left})
}

// Pack takes in what was put into boxes for export.
type Pack struct{ Document manifest.Packing }

// Prefetch asks for the waybills.
func (p Pack) Prefetch(want *ledger.Wants) {
	for i := range p.Document.Boxes {
		for _, goods := range p.Document.Boxes[i].Goods {
			want.Lookup(cargo.ByWaybill, goods.Waybill)
		}
	}
}

// Decide records manifest.packed.v1 for every box and waybill in it. Goods that nobody has declared or announced cannot
// have been packed; every one is told.
func (p Pack) Decide(tx *ledger.Tx) error {
	var facts []manifest.Packed
	var problems []errs.Problem
	for i := range p.Document.Boxes {
		box := &p.Document.Boxes[i]
		for j, goods := range box.Goods {
			id, err := tx.Lookup(cargo.ByWaybill, goods.Waybill)
			if err != nil {
				return err
			}
			if id.IsZero() {
				path := "boxes[" + strconv.Itoa(i) + "].goods[" + strconv.Itoa(j) + "].waybill"
				problems = append(problems, errs.At(path, "cargo.unknown_waybill", goods.Waybill))
			}
			facts = append(facts, manifest.Packed{Consignment: id, Box: box.Container, Mass: goods.GrossMass, Packages: goods.Packages})
		}
	}
	if err := errs.Bad(problems); err != nil {
		return err
	}
	for _, fact := range facts {
		tx.Subject(fact.Consignment)
		if err := tx.Record(fact); err != nil {
			return err
		}
	}
	return nil
}

// LeaveBehind takes in that goods did not go with their conveyance, and on which they go instead, where that is said.
type LeaveBehind struct {
	Movements    *ledger.Kind[Movement]
	Checklists   *ledger.Kind[Checklist]
	Consignments *ledger.Kind[cargo.Consignment]
	Document     manifest.Reload
}

// Prefetch asks for the waybills.
func (l LeaveBehind) Prefetch(want *ledger.Wants) {
	for _, waybill := range l.Document.Waybills {
		want.Lookup(cargo.ByWaybill, waybill)
	}
}

// Decide records cargo.removed.v1 for every waybill, and where they are put on another conveyance, cargo.consigned.v1 and
// movement.attached.v1.
func (l LeaveBehind) Decide(tx *ledger.Tx) error {
	d := &l.Document
	target, err := l.target(tx)
	if err != nil {
		return err
	}
	var problems []errs.Problem
	for i, waybill := range d.Waybills {
		path := "waybills[" + strconv.Itoa(i) + "]"
		consignment, err := tx.Lookup(cargo.ByWaybill, waybill)
		if err != nil {
			return err
		}
		from, goods, err := l.carrier(tx, consignment)
		if err != nil {
			return err
		}
		if goods == nil {
			problems = append(problems, errs.At(path, "manifest.not_on_crossing", waybill, string(d.Batch)))
			continue
		}
		tx.Subject(from)
		if err := l.move(tx, from, target, *goods); err != nil {
			return err
		}
	}
	return errs.Bad(problems)
}

// target is the crossing that the goods go with instead; the zero id where none is named.
func (l LeaveBehind) target(tx *ledger.Tx) (port.ID, error) {
	d := &l.Document
	if d.To == "" {
		return port.ID{}, nil
	}
	id, err := tx.Lookup(manifest.ByCrossing, manifest.CrossingKey(d.To, d.ToPlate))
	if err != nil {
		return port.ID{}, err
	}
	_, err = announcedBy(tx, l.Movements, id, d.To, d.ToPlate)
	return id, err
}

// carrier finds the awaited conveyance of the batch that has a consignment on it.
func (l LeaveBehind) carrier(tx *ledger.Tx, consignment port.ID) (port.ID, *Carried, error) {
	list, ok, err := l.Checklists.Get(tx, consignment)
	if err != nil || !ok {
		return port.ID{}, nil, err
	}
	for _, id := range list.Movements {
		m, ok, err := l.Movements.Get(tx, id)
		if err != nil {
			return port.ID{}, nil, err
		}
		mine := ok && m.Awaited() && m.By == tx.Command().Actor.Organisation && m.Batch == l.Document.Batch
		if mine && (l.Document.Plate == "" || m.Plate.Key() == l.Document.Plate.Key()) {
			return id, m.carried(consignment), nil
		}
	}
	return port.ID{}, nil, nil
}

func (l LeaveBehind) move(tx *ledger.Tx, from, to port.ID, goods Carried) error {
	err := tx.Record(cargo.Removed{Consignment: goods.Consignment, Movement: from, Mass: goods.Mass, Assigned: goods.Fetched})
	if err != nil || to.IsZero() {
		return err
	}
	c, ok, err := l.Consignments.Get(tx, goods.Consignment)
	if err != nil || !ok {
		return err
	}
	var fact ledger.Body = cargo.Assigned{Consignment: goods.Consignment, Movement: to, Mass: goods.Mass, Of: goods.Of}
	if !goods.Fetched {
		fact = cargo.Consigned{
			Consignment: goods.Consignment, Movement: to, Waybill: c.Waybill, Direction: c.Direction, Goods: c.Goods, HS: c.HS,
			GrossMass: c.GrossMass, OnMovement: goods.Mass, Packages: c.Packages,
		}
	}
	if err := tx.Record(fact); err != nil {
		return err
	}
	return tx.Record(Attached{Movement: to, Subject: goods.Consignment, Kind: port.ConsignmentSubject, Goods: &goods})
}

// TakeAnswer takes in what customs' own system says of a manifest.
type TakeAnswer struct {
	Movements *ledger.Kind[Movement]
	Batch     port.BatchNumber
	Plate     port.Plate
	Code      port.ResponseCode
	Reason    string
	Issued    port.Time
}

// Prefetch asks for the crossing.
func (a TakeAnswer) Prefetch(want *ledger.Wants) {
	want.Lookup(manifest.ByCrossing, manifest.CrossingKey(a.Batch, a.Plate))
}

// Decide records manifest.answered.v1. An answer on what nobody has announced here is refused and kept.
func (a TakeAnswer) Decide(tx *ledger.Tx) error {
	id, err := tx.Lookup(manifest.ByCrossing, manifest.CrossingKey(a.Batch, a.Plate))
	if err != nil {
		return err
	}
	if id.IsZero() {
		return errs.Bad([]errs.Problem{errs.At("batch", "manifest.unknown_crossing", string(a.Batch), string(a.Plate))})
	}
	tx.Subject(id)
	return tx.Record(manifest.Answered{Movement: id, Code: string(a.Code), Result: resultOf(a.Code), Reason: a.Reason, Issued: a.Issued})
}

// resultOf is what an answer means for the acceptance of a manifest (domain facts §2.4): accepted and released settle it,
// a return asks for it again, and goods that may not be loaded or unloaded are held. What waits for an officer, or is
// only on its way, decides nothing.
func resultOf(code port.ResponseCode) port.Result {
	switch code {
	case port.ResponseAccepted, port.ResponseReleased:
		return port.ResultMet
	case port.ResponseReturned:
		return port.ResultDocuments
	case port.ResponseLoadingRefused, port.ResponseUnloadingBanned:
		return port.ResultHeld
	}
	return ""
}
