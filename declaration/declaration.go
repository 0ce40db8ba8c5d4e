// Package declaration is what the trader says the goods are (报关单): lodged, judged, amended, withdrawn, answered by
// customs, closed.
//
// A declaration speaks of one consignment, found by its waybill (提运单号) or made by the declaration where the manifest
// has not come yet. The package keeps its own record, by which it decides; what the law asks of the goods because of a
// declaration travels in the fact, and movement's checklists listen to it.
package declaration

import (
	"slices"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// State is where a declaration stands.
type State string

// The states. A lodged declaration is with customs; released or not is the checklist's matter.
const (
	StateLodged    State = "lodged"
	StateWithdrawn State = "withdrawn"
	StateClosed    State = "closed"
)

// Record is what later decisions on a declaration need.
type Record struct {
	Organisation string                 `json:"organisation"`
	Reference    string                 `json:"reference"`
	Waybill      string                 `json:"waybill,omitempty"`
	Number       port.DeclarationNumber `json:"number,omitempty"`
	Consignment  port.ID                `json:"consignment"`
	Direction    port.Direction         `json:"direction"`
	Early        bool                   `json:"early,omitempty"`
	State        State                  `json:"state"`
	Version      int                    `json:"version"`
	Lodged       port.Time              `json:"lodged"`
	Answer       string                 `json:"answer,omitempty"` // function code of the last answer
	Claims       bool                   `json:"claims,omitempty"` // its document named its number, which others may not have
}

// The kinds of look-up, all of open declarations. byReference is unique for an organisation; byAnswer finds what an
// outside system's answer is about, by the declarant's reference or by the number that customs gave.
const (
	byReference = "declaration"
	byAnswer    = "declared"
	byWaybill   = "waybill" // cargo keeps it once the consignment is on a manifest
)

// mirrored tells whether an outside system answers for some of what a judgement asks for.
func mirrored(j *port.Judged) bool {
	return slices.ContainsFunc(j.Demands, func(d port.Demand) bool { return d.Source == port.Mirrored })
}

func referenceKey(organisation, reference string) string { return organisation + "|" + reference }

// Facts are one zero value of each fact of this package.
func Facts() []ledger.Body {
	return []ledger.Body{Lodged{}, Amended{}, Withdrawn{}, Answered{}, Closed{}, Reported{}, Mirrored{}, GoodsLeft{}}
}

// Declarations is the kind of record.
func Declarations() *ledger.Kind[Record] {
	k := ledger.NewKind[Record]("declaration", 3)
	ledger.On(k, func(b Lodged) port.ID { return b.Declaration }, func(x *ledger.Effects, _ Record, f *ledger.Fact, b Lodged) Record {
		d := &b.Document
		x.Index(byReference, referenceKey(b.Organisation, d.Reference), b.Declaration)
		// Without a waybill number a manifest may name the goods by the declaration's own id.
		x.Index(byWaybill, waybill(d, b.Declaration), b.Consignment)
		if mirrored(&b.Judged) {
			x.Index(byAnswer, d.Reference, b.Declaration)
			x.Index(byAnswer, string(d.Number), b.Declaration)
		}
		return Record{
			Organisation: b.Organisation, Reference: d.Reference, Waybill: d.Waybill, Number: d.Number, Consignment: b.Consignment,
			Direction: d.Direction, Early: d.Early, State: StateLodged, Version: 1, Lodged: f.Recorded, Claims: d.Number != "",
		}
	})
	ledger.On(k, func(b Amended) port.ID { return b.Declaration }, func(_ *ledger.Effects, r Record, _ *ledger.Fact, b Amended) Record {
		r.Version, r.Direction = b.Version, b.Document.Direction
		r.Claims = r.Claims || b.Document.Number != ""
		return r
	})
	ledger.On(k, func(b Withdrawn) port.ID { return b.Declaration }, func(x *ledger.Effects, r Record, _ *ledger.Fact, _ Withdrawn) Record {
		r.State = StateWithdrawn
		r.unindex(x)
		return r
	})
	ledger.On(k, func(b Answered) port.ID { return b.Declaration }, func(x *ledger.Effects, r Record, _ *ledger.Fact, b Answered) Record {
		r.Answer = b.Function
		if b.Number != "" && r.Number == "" {
			r.Number = b.Number
			x.Index(byAnswer, string(b.Number), b.Declaration)
		}
		return r
	})
	ledger.On(k, func(b Closed) port.ID { return b.Declaration }, func(x *ledger.Effects, r Record, _ *ledger.Fact, _ Closed) Record {
		r.State = StateClosed
		r.unindex(x)
		return r
	})
	return k
}

func (r *Record) unindex(x *ledger.Effects) {
	x.Unindex(byReference, referenceKey(r.Organisation, r.Reference))
	x.Unindex(byAnswer, r.Reference)
	x.Unindex(byAnswer, string(r.Number))
}

// Lodge declares goods. Document has been checked and judged before it queues; Judged says under which law.
type Lodge struct {
	Kind     *ledger.Kind[Record]
	Document Document
	Judged   port.Judged
	Goods    port.PortID // the port that has the goods, where it is another than the one where it is lodged

	written []byte
}

// Prepared encodes the document for the fact, so that the queue need not.
func (l Lodge) Prepared(organisation string) (Lodge, error) {
	var err error
	l.written, err = Lodged{Organisation: organisation, Document: l.Document, Judged: l.Judged, Goods: l.Goods}.write()
	return l, err
}

// Prefetch asks for the look-ups that the decision will read.
func (l Lodge) Prefetch(want *ledger.Wants) {
	want.Lookup(byReference, referenceKey(want.Command().Actor.Organisation, l.Document.Reference))
	want.Lookup(byWaybill, l.Document.Waybill)
}

// Decide records declaration.lodged.v1. An open declaration of the same organisation with the same reference is a
// conflict: the reference is the declarant's own name for the transaction.
func (l Lodge) Decide(tx *ledger.Tx) error {
	organisation := tx.Command().Actor.Organisation
	open, err := tx.Lookup(byReference, referenceKey(organisation, l.Document.Reference))
	if err != nil {
		return err
	}
	numbered := port.ID{}
	if open.IsZero() && mirrored(&l.Judged) { // an outside system knows it by these alone, whoever's it is
		if open, err = tx.Lookup(byAnswer, l.Document.Reference); err != nil {
			return err
		}
		if numbered, err = tx.Lookup(byAnswer, string(l.Document.Number)); err != nil {
			return err
		}
	}
	switch {
	case !open.IsZero():
		return errs.Bad([]errs.Problem{errs.At("reference", "declaration.reference_open", l.Document.Reference)})
	case !numbered.IsZero():
		return errs.Bad([]errs.Problem{errs.At("number", "declaration.number_open", string(l.Document.Number))})
	}
	consignment, err := tx.Lookup(byWaybill, l.Document.Waybill)
	if err != nil {
		return err
	}
	id := tx.NewID()
	tx.Subject(id)
	if consignment.IsZero() {
		consignment = tx.NewID()
	}
	return tx.Record(Lodged{Declaration: id, Consignment: consignment, Organisation: organisation, Document: l.Document, Judged: l.Judged, Goods: l.Goods, written: l.written})
}

// own reads a declaration that the actor's organisation may change.
func own(tx *ledger.Tx, kind *ledger.Kind[Record], id port.ID) (*Record, error) {
	r, ok, err := kind.Get(tx, id)
	if err != nil {
		return nil, err
	}
	if !ok || r.Organisation != tx.Command().Actor.Organisation {
		return nil, errs.New(errs.Missing, "declaration.unknown", "declaration %s", id)
	}
	if r.State != StateLodged {
		return nil, errs.New(errs.Conflict, "declaration.not_open", "declaration %s is %s", id, r.State)
	}
	return r, nil
}

// Amend replaces the document of a declaration that is still with customs.
type Amend struct {
	Kind        *ledger.Kind[Record]
	Declaration port.ID
	Document    Document
	Judged      port.Judged
	Reason      string
}

// Decide records declaration.amended.v1. Reference and waybill stay what they were.
func (a Amend) Decide(tx *ledger.Tx) error {
	r, err := own(tx, a.Kind, a.Declaration)
	if err != nil {
		return err
	}
	var problems []errs.Problem
	if a.Document.Reference != r.Reference {
		problems = append(problems, errs.At("reference", "declaration.reference_changed", r.Reference))
	}
	if a.Document.Waybill != r.Waybill && !a.Document.Partial() {
		problems = append(problems, errs.At("waybill", "declaration.waybill_changed", r.Waybill))
	}
	if err := errs.Bad(problems); err != nil {
		return err
	}
	tx.Subject(a.Declaration)
	return tx.Record(Amended{Declaration: a.Declaration, Consignment: r.Consignment, Version: r.Version + 1, Reason: a.Reason, Document: a.Document, Judged: a.Judged})
}

// Withdraw takes a declaration back.
type Withdraw struct {
	Kind        *ledger.Kind[Record]
	Declaration port.ID
	Reason      string
}

// Decide records declaration.withdrawn.v1.
func (w Withdraw) Decide(tx *ledger.Tx) error {
	r, err := own(tx, w.Kind, w.Declaration)
	if err != nil {
		return err
	}
	tx.Subject(w.Declaration)
	return tx.Record(Withdrawn{Declaration: w.Declaration, Consignment: r.Consignment, Reason: w.Reason})
}

// WithdrawReferenced takes a declaration back by the declarant's own reference, as cancellation messages name it.
type WithdrawReferenced struct {
	Kind      *ledger.Kind[Record]
	Reference string
	Reason    string
}

// Decide records declaration.withdrawn.v1.
func (w WithdrawReferenced) Decide(tx *ledger.Tx) error {
	id, err := tx.Lookup(byReference, referenceKey(tx.Command().Actor.Organisation, w.Reference))
	if err != nil {
		return err
	}
	if id.IsZero() {
		return errs.Bad([]errs.Problem{errs.At("reference", "declaration.reference_unknown", w.Reference)})
	}
	return Withdraw{Kind: w.Kind, Declaration: id, Reason: w.Reason}.Decide(tx)
}

// Answer takes an outside system's answer. It finds the declaration by the number customs gave, else by the
// declarant's reference.
type Answer struct {
	Kind      *ledger.Kind[Record]
	Reference string
	Number    port.DeclarationNumber
	Function  string
	Result    port.Result
	Issued    port.Time
	Reason    string
}

// Decide records declaration.answered.v1. An answer to what nobody has declared here is refused and kept.
func (a Answer) Decide(tx *ledger.Tx) error {
	id, err := tx.Lookup(byAnswer, string(a.Number))
	if err == nil && id.IsZero() {
		id, err = tx.Lookup(byAnswer, a.Reference)
	}
	if err != nil {
		return err
	}
	r, ok, err := a.Kind.Get(tx, id)
	if err != nil {
		return err
	}
	if !ok {
		return errs.Bad([]errs.Problem{errs.At("Response/Declaration/FunctionalReferenceID", "answer.unknown_declaration", a.Reference, string(a.Number))})
	}
	tx.Subject(id)
	return tx.Record(Answered{Declaration: id, Consignment: r.Consignment, Function: a.Function, Result: a.Result, Number: a.Number, Issued: a.Issued, Reason: a.Reason})
}
