package manifest

import (
	"slices"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// Filed: a carrier has sent the goods of a crossing before he knows, or says, which vehicle brings them: the original
// manifest of the single window (MT1401, MT2401) names none. Its vehicles come with their confirmations (MT4401, MT4402).
type Filed struct {
	Filing       port.ID     `json:"filing"`
	Port         port.PortID `json:"port"`
	Organisation string      `json:"organisation"`
	Document     Document    `json:"document"`
}

// FactName is manifest.filed.v1.
func (Filed) FactName() string { return "manifest.filed.v1" }

// FilingEnded: nothing of what was filed is still to come: it was taken back, or every waybill is on a vehicle.
type FilingEnded struct {
	Filing port.ID `json:"filing"`
	Reason string  `json:"reason,omitempty"`
}

// FactName is manifest.filing_ended.v1.
func (FilingEnded) FactName() string { return "manifest.filing_ended.v1" }

// Filing is the record of what was filed under a batch number and is not on a vehicle yet.
type Filing struct {
	Organisation string   `json:"organisation"`
	Document     Document `json:"document"`
	Version      int      `json:"version"` // rises with every change, so that nobody brings what was filed before it
}

// ByBatch is the kind of look-up from a batch number to what was filed under it.
const ByBatch = "filed"

// Filings is the kind of record.
func Filings() *ledger.Kind[Filing] {
	k := ledger.NewKind[Filing]("filing", 1)
	ledger.On(k, func(b Filed) port.ID { return b.Filing }, func(x *ledger.Effects, f Filing, _ *ledger.Fact, b Filed) Filing {
		x.Index(ByBatch, string(b.Document.Batch), b.Filing)
		return Filing{Organisation: b.Organisation, Document: b.Document, Version: f.Version + 1}
	})
	ledger.On(k, func(b FilingEnded) port.ID { return b.Filing }, func(x *ledger.Effects, f Filing, _ *ledger.Fact, _ FilingEnded) Filing {
		x.Unindex(ByBatch, string(f.Document.Batch))
		f.Document.Waybills, f.Version = nil, f.Version+1
		return f
	})
	return k
}

// Unnamed tells a document that names no vehicle: its goods are filed, and nothing moves yet.
func (d *Document) Unnamed() bool {
	return d.Vehicle.Known() == "" && d.Batch != "" && len(d.Waybills) > 0
}

// File takes in a manifest that names no vehicle, by its function: what is filed under a batch number is added to,
// replaced, or taken back, by the organisation that filed it.
type File struct {
	Filings  *ledger.Kind[Filing]
	Port     port.PortID
	Document Document
}

// Prefetch asks for what is filed under the batch.
func (f File) Prefetch(want *ledger.Wants) { want.Lookup(ByBatch, string(f.Document.Batch)) }

// Decide records manifest.filed.v1 with the whole of what is filed now, or manifest.filing_ended.v1.
func (f File) Decide(tx *ledger.Tx) error {
	d := f.Document
	id, err := tx.Lookup(ByBatch, string(d.Batch))
	if err != nil {
		return err
	}
	filed := Filed{Filing: id, Port: f.Port, Organisation: tx.Command().Actor.Organisation, Document: d}
	known, ok, err := f.Filings.Get(tx, id)
	switch {
	case err != nil:
		return err
	case !ok && (d.Function == FunctionChange || d.Function == FunctionDelete):
		return errs.Bad([]errs.Problem{errs.At("batch", "manifest.unknown_crossing", string(d.Batch), "")})
	case !ok:
		filed.Filing = tx.NewID()
	case known.Organisation != filed.Organisation:
		return errs.Bad([]errs.Problem{errs.At("batch", "manifest.batch_open", string(d.Batch), "")})
	case d.Function == FunctionDelete:
		tx.Subject(id)
		return tx.Record(FilingEnded{Filing: id, Reason: d.Reason})
	case d.Function != FunctionChange:
		if filed.Document.Waybills, err = known.with(d.Waybills); err != nil {
			return err
		}
	}
	tx.Subject(filed.Filing)
	return tx.Record(filed)
}

// with adds waybills to those that are filed; one that is there already is a problem.
func (f *Filing) with(waybills []Waybill) ([]Waybill, error) {
	var problems []errs.Problem
	for i := range waybills {
		if slices.ContainsFunc(f.Document.Waybills, func(w Waybill) bool { return w.Number == waybills[i].Number }) {
			problems = append(problems, errs.At(waybillPath(i, "number"), "manifest.waybill_there", waybills[i].Number))
		}
	}
	all := append(slices.Clone(f.Document.Waybills), waybills...)
	if len(all) > MaxWaybills {
		problems = append(problems, errs.At("waybills", "document.too_many", "999", "1000"))
	}
	return all, errs.Bad(problems)
}

// Brings is the manifest of the vehicle that a confirmation names: what was filed under its batch, as far as the
// confirmation says that it is on board.
func (f *Filing) Brings(c *Confirmation) *Document {
	d := f.Document
	d.Vehicle, d.Carrier = c.Vehicle, c.Carrier
	d.Expected, d.Loaded, d.Crew = c.Expected, c.Loaded, c.Crew
	if len(c.Waybills) > 0 {
		d.Waybills = slices.DeleteFunc(slices.Clone(d.Waybills), func(w Waybill) bool { return !slices.Contains(c.Waybills, w.Number) })
	}
	return &d
}

// Rest is what is left to come once a vehicle brings some of it; nil where nothing is.
func (f *Filing) Rest(brought *Document) []Waybill {
	return slices.DeleteFunc(slices.Clone(f.Document.Waybills), func(w Waybill) bool {
		return slices.ContainsFunc(brought.Waybills, func(b Waybill) bool { return b.Number == w.Number })
	})
}
