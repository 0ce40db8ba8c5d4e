// Package manifest is what the carrier says the vehicle carries (舱单), one document for one vehicle on one crossing.
//
// A movement is born with the first manifest that names the vehicle, or with the first reading of a vehicle that nobody
// announced; the manifest then joins what was read. Each waybill becomes a consignment of its own, or joins the one
// that a declaration or another vehicle's manifest has named already.
package manifest

import (
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
func CrossingKey(batch port.BatchNumber, plate port.Plate) string {
	return string(batch) + "|" + plate.Key()
}

// PlateKey names a vehicle in one direction.
func PlateKey(direction port.Direction, plate port.Plate) string {
	return string(direction) + "|" + plate.Key()
}

// Facts are one zero value of each fact of this package.
func Facts() []ledger.Body { return []ledger.Body{Lodged{}} }

// Lodge announces a vehicle and what it carries. The document has been checked and judged before it queues; Movement
// are the law's demands on the movement, Waybills those on each waybill's consignment.
type Lodge struct {
	Port     port.PortID
	Document Document
	Judged   port.Judged
	Waybills []port.Judged
}

// Prefetch asks for the look-ups that the decision will read.
func (l Lodge) Prefetch(want *ledger.Wants) {
	want.Lookup(ByCrossing, CrossingKey(l.Document.Batch, l.Document.Vehicle.Plate))
	want.Lookup(ByUnannounced, PlateKey(l.Document.Direction, l.Document.Vehicle.Plate))
	want.Lookup(ByExpected, PlateKey(l.Document.Direction, l.Document.Vehicle.Plate))
	for i := range l.Document.Waybills {
		want.Lookup(cargo.ByWaybill, l.Document.Waybills[i].Number)
	}
}

// Decide records manifest.lodged.v1, and cargo.consigned.v1 for every waybill.
func (l Lodge) Decide(tx *ledger.Tx) error {
	d := &l.Document
	taken, err := tx.Lookup(ByCrossing, CrossingKey(d.Batch, d.Vehicle.Plate))
	if err != nil {
		return err
	}
	if !taken.IsZero() {
		return errs.Bad([]errs.Problem{errs.At("batch", "manifest.batch_open", string(d.Batch), string(d.Vehicle.Plate))})
	}
	movement, err := tx.Lookup(ByUnannounced, PlateKey(d.Direction, d.Vehicle.Plate))
	if err != nil {
		return err
	}
	manifest, behind := tx.NewID(), port.ID{}
	if movement.IsZero() {
		movement = tx.NewID()
		if behind, err = tx.Lookup(ByExpected, PlateKey(d.Direction, d.Vehicle.Plate)); err != nil {
			return err
		}
	}
	tx.Subject(movement)
	consignments := make([]port.ID, len(d.Waybills))
	for i := range d.Waybills {
		if consignments[i], err = tx.Lookup(cargo.ByWaybill, d.Waybills[i].Number); err != nil {
			return err
		}
		if consignments[i].IsZero() {
			consignments[i] = tx.NewID()
		}
	}
	err = tx.Record(Lodged{
		Manifest: manifest, Movement: movement, Port: l.Port, Organisation: tx.Command().Actor.Organisation,
		Consignments: consignments, Document: l.Document, Judged: l.Judged, Behind: behind,
	})
	for i := range d.Waybills {
		if err != nil {
			return err
		}
		w := &d.Waybills[i]
		mass := w.OnVehicle
		if mass == 0 {
			mass = w.GrossMass
		}
		consigned := cargo.Consigned{
			Consignment: consignments[i], Movement: movement, Waybill: w.Number, Direction: d.Direction,
			Goods: w.Goods, HS: w.HS, GrossMass: w.GrossMass, OnMovement: mass, Packages: w.Packages,
		}
		if i < len(l.Waybills) {
			consigned.Judged = l.Waybills[i]
		}
		err = tx.Record(consigned)
	}
	return err
}
