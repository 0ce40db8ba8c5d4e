// Package manifest is what the carrier says the vehicle carries (舱单), one document for one vehicle on one crossing.
//
// A movement is born with the first manifest that names the vehicle, or with the first reading of a vehicle that nobody
// announced; the manifest then joins what was read. Each waybill becomes a consignment of its own, or joins the one
// that a declaration or another vehicle's manifest has named already.
package manifest

import (
	"strconv"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// The kinds of look-up. ByCrossing is one vehicle's crossing under a batch number; ByUnannounced is a vehicle that
// stands at a gate without a manifest; ByExpected is the vehicle's movement that its entry gate expects, the last
// announced. All are kept by movement, which listens to this package.
const (
	ByCrossing    = "crossing"
	ByUnannounced = "unannounced"
	ByExpected    = "expected"
)

// CrossingKey names a vehicle's crossing: one batch may have several vehicles, each once.
// What is known by no batch number is not looked for by it: the empty key finds nothing.
func CrossingKey(batch port.BatchNumber, plate port.Plate) string {
	if batch == "" {
		return ""
	}
	return string(batch) + "|" + plate.Key()
}

// PlateKey names a vehicle in one direction.
func PlateKey(direction port.Direction, plate port.Plate) string {
	return string(direction) + "|" + plate.Key()
}

// Facts are one zero value of each fact of this package.
func Facts() []ledger.Body {
	return []ledger.Body{Lodged{}, Changed{}, Deleted{}, Confirmed{}, Packed{}, Answered{}, Filed{}, FilingEnded{}}
}

// Lodge announces a conveyance and what it carries. The document has been checked and judged before it queues; Judged
// are the law's demands on the movement, Waybills those on each waybill's consignment.
type Lodge struct {
	Consignments *ledger.Kind[cargo.Consignment]
	Port         port.PortID
	Document     Document
	Judged       port.Judged
	Waybills     []port.Judged
}

// Prefetch asks for the look-ups that the decision will read.
func (l Lodge) Prefetch(want *ledger.Wants) {
	known := l.Document.Vehicle.Known()
	want.Lookup(ByCrossing, CrossingKey(l.Document.Batch, known))
	want.Lookup(ByUnannounced, PlateKey(l.Document.Direction, known))
	want.Lookup(ByExpected, PlateKey(l.Document.Direction, known))
	for i := range l.Document.Waybills {
		want.Lookup(cargo.ByWaybill, l.Document.Waybills[i].Number)
	}
}

// Decide records manifest.lodged.v1, and what it means for every waybill: cargo.consigned.v1 where the conveyance brings
// the goods, cargo.assigned.v1 where it fetches them from custody.
func (l Lodge) Decide(tx *ledger.Tx) error {
	d := &l.Document
	taken, err := tx.Lookup(ByCrossing, CrossingKey(d.Batch, d.Vehicle.Known()))
	if err != nil {
		return err
	}
	if !taken.IsZero() {
		return errs.Bad([]errs.Problem{errs.At("batch", "manifest.batch_open", string(d.Batch), string(d.Vehicle.Known()))})
	}
	movement, err := tx.Lookup(ByUnannounced, PlateKey(d.Direction, d.Vehicle.Known()))
	if err != nil {
		return err
	}
	manifest, behind := tx.NewID(), port.ID{}
	if movement.IsZero() {
		movement = tx.NewID()
		if behind, err = tx.Lookup(ByExpected, PlateKey(d.Direction, d.Vehicle.Known())); err != nil {
			return err
		}
	}
	tx.Subject(movement)
	goods, lots, err := l.Load(tx)
	if err != nil {
		return err
	}
	lodged := Lodged{
		Manifest: manifest, Movement: movement, Port: l.Port, Organisation: tx.Command().Actor.Organisation,
		Consignments: goods, Document: l.Document, Judged: l.Judged, Behind: behind,
	}
	for range d.Units() {
		lodged.Equipment = append(lodged.Equipment, tx.NewID())
	}
	if err := tx.Record(lodged); err != nil {
		return err
	}
	return l.Assign(tx, movement, goods, lots)
}

// Load names the consignment of every waybill. Goods that are to leave custody must lie there, as much as is asked for
// and promised to nobody else; every waybill that does not is told. lots are the consignments that lots are parts of.
func (l Lodge) Load(tx *ledger.Tx) (goods, lots []port.ID, err error) {
	d := &l.Document
	goods, lots = make([]port.ID, len(d.Waybills)), make([]port.ID, len(d.Waybills))
	var problems []errs.Problem
	unloaded := false
	for i := range d.Waybills {
		w := &d.Waybills[i]
		id, err := tx.Lookup(cargo.ByWaybill, w.Number)
		if err != nil {
			unloaded = true
			continue
		}
		if goods[i] = id; !d.Fetches() {
			if id.IsZero() {
				goods[i] = tx.NewID()
			}
			continue
		}
		c, ok, err := l.Consignments.Get(tx, id)
		switch {
		case err != nil:
			unloaded = true
		case !ok || c.OnHand() <= 0:
			problems = append(problems, errs.At(waybillPath(i, "number"), "cargo.not_in_custody", w.Number))
		case c.Free() < w.Mass():
			problems = append(problems, errs.At(waybillPath(i, "on_vehicle"), "cargo.more_than_there", w.Mass().String(), c.Free().String()))
		default:
			lots[i] = c.Of
		}
	}
	if unloaded {
		return nil, nil, ledger.ErrUnloaded
	}
	return goods, lots, errs.Bad(problems)
}

func waybillPath(i int, field string) string { return "waybills[" + strconv.Itoa(i) + "]." + field }

// Assign records what a conveyance does with the goods of every waybill.
func (l Lodge) Assign(tx *ledger.Tx, movement port.ID, goods, lots []port.ID) error {
	d := &l.Document
	for i := range d.Waybills {
		w := &d.Waybills[i]
		judged := port.Judged{}
		if i < len(l.Waybills) {
			judged = l.Waybills[i]
		}
		var fact ledger.Body = cargo.Assigned{Consignment: goods[i], Movement: movement, Mass: w.Mass(), Of: lots[i], Judged: judged}
		if !d.Fetches() {
			fact = cargo.Consigned{
				Consignment: goods[i], Movement: movement, Waybill: w.Number, Direction: d.Direction,
				Goods: w.Goods, HS: w.HS, GrossMass: w.GrossMass, OnMovement: w.Mass(), Packages: w.Packages, Said: w.says(), Judged: judged,
			}
		}
		if err := tx.Record(fact); err != nil {
			return err
		}
	}
	return nil
}
