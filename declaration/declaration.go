// Package declaration is what the trader says the goods are (报关单): lodged, judged, amended, withdrawn, answered by
// customs, closed.
//
// A declaration speaks of one consignment, found by its waybill (提运单号) or made by the declaration where the manifest
// has not come yet; of several, where it merges waybills (归并); or of a part of one that lies in custody, which then is a
// lot of its own (分批申报). The package keeps its own record, by which it decides; what the law asks of the goods because of a
// declaration travels in the fact, and movement's checklists listen to it.
package declaration

import (
	"cmp"
	"errors"
	"slices"

	"github.com/guomen/guomen/cargo"
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
	Window       string                 `json:"window,omitempty"` // number that the single window has given
	Consignment  port.ID                `json:"consignment"`
	Further      []port.ID              `json:"further,omitempty"` // consignments of further waybills
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
)

// mirrored tells whether an outside system answers for some of what a judgement asks for.
func mirrored(j *port.Judged) bool {
	return slices.ContainsFunc(j.Demands, func(d port.Demand) bool { return d.Source == port.Mirrored })
}

func referenceKey(organisation, reference string) string { return organisation + "|" + reference }

// Facts are one zero value of each fact of this package.
func Facts() []ledger.Body {
	return []ledger.Body{Lodged{}, Amended{}, Withdrawn{}, Answered{}, Closed{}, Covered{}, Reported{}, Mirrored{}, GoodsLeft{}}
}

// Declarations is the kind of record.
func Declarations() *ledger.Kind[Record] {
	k := ledger.NewKind[Record]("declaration", 4)
	ledger.On(k, func(b Lodged) port.ID { return b.Declaration }, func(x *ledger.Effects, _ Record, f *ledger.Fact, b Lodged) Record {
		d := &b.Document
		x.Index(byReference, referenceKey(b.Organisation, d.Reference), b.Declaration)
		// Without a waybill number a manifest may name the goods by the declaration's own id.
		x.Index(cargo.ByWaybill, waybill(d, b.Declaration), b.Consignment)
		if mirrored(&b.Judged) {
			x.Index(byAnswer, d.Reference, b.Declaration)
			x.Index(byAnswer, string(d.Number), b.Declaration)
			x.Index(byAnswer, d.Window, b.Declaration)
		}
		return Record{
			Organisation: b.Organisation, Reference: d.Reference, Waybill: d.Waybill, Number: d.Number, Window: d.Window, Consignment: b.Consignment,
			Direction: d.Direction, Early: d.Early, State: StateLodged, Version: 1, Lodged: f.Recorded, Claims: d.Number != "",
		}
	})
	ledger.On(k, func(b Covered) port.ID {
		if b.What != (Lodged{}).FactName() {
			return port.ID{}
		}
		return b.Declaration
	}, func(x *ledger.Effects, r Record, _ *ledger.Fact, b Covered) Record {
		x.Index(cargo.ByWaybill, b.Waybill, b.Consignment)
		r.Further = append(slices.Clone(r.Further), b.Consignment)
		return r
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
		if b.Window != "" && r.Window == "" {
			r.Window = b.Window
			x.Index(byAnswer, b.Window, b.Declaration)
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
	x.Unindex(byAnswer, r.Window)
}

// Lodge declares goods. Document has been checked and judged before it queues; Judged says under which law.
type Lodge struct {
	Kind         *ledger.Kind[Record]
	Consignments *ledger.Kind[cargo.Consignment]
	Document     Document
	Judged       port.Judged
	Goods        port.PortID // the port that has the goods, where it is another than the one where it is lodged

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
	want.Lookup(cargo.ByWaybill, l.Document.Waybill)
	if whole, lot := cargo.ParseLot(l.Document.Waybill); lot != "" {
		want.Lookup(cargo.ByWaybill, whole)
	}
	for _, waybill := range l.Document.Merged() {
		want.Lookup(cargo.ByWaybill, waybill)
	}
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
		if l.Document.Window != "" && numbered.IsZero() {
			if numbered, err = tx.Lookup(byAnswer, l.Document.Window); err != nil {
				return err
			}
		}
	}
	switch {
	case !open.IsZero():
		return errs.Bad([]errs.Problem{errs.At("reference", "declaration.reference_open", l.Document.Reference)})
	case !numbered.IsZero():
		return errs.Bad([]errs.Problem{errs.At("number", "declaration.number_open", cmp.Or(string(l.Document.Number), l.Document.Window))})
	}
	consignment, err := tx.Lookup(cargo.ByWaybill, l.Document.Waybill)
	if err != nil {
		return err
	}
	id := tx.NewID()
	tx.Subject(id)
	if consignment.IsZero() {
		consignment = tx.NewID()
		if err := l.part(tx, consignment); err != nil {
			return err
		}
	}
	err = tx.Record(Lodged{Declaration: id, Consignment: consignment, Organisation: organisation, Document: l.Document, Judged: l.Judged, Goods: l.Goods, written: l.written})
	if err != nil {
		return err
	}
	return l.cover(tx, id)
}

// part makes a lot of its own out of goods in custody, where the waybill's number is that of a lot and its whole lies there.
func (l Lodge) part(tx *ledger.Tx, consignment port.ID) error {
	number, lot := cargo.ParseLot(l.Document.Waybill)
	if lot == "" {
		return nil
	}
	whole, err := tx.Lookup(cargo.ByWaybill, number)
	if err != nil || whole.IsZero() {
		return err
	}
	return cargo.Part(tx, l.Consignments, consignment, whole, lot, l.Document.GrossMass)
}

// cover records declaration.covered.v1 for the goods of every further waybill.
func (l Lodge) cover(tx *ledger.Tx, id port.ID) error {
	unloaded := false
	for _, waybill := range l.Document.Merged() {
		consignment, err := tx.Lookup(cargo.ByWaybill, waybill)
		if err != nil {
			return err
		}
		if consignment.IsZero() {
			consignment = tx.NewID()
		}
		err = tx.Record(Covered{
			Declaration: id, Consignment: consignment, What: Lodged{}.FactName(), Waybill: waybill, Steps: l.Document.Steps, Judged: l.Judged,
			Goods: l.Goods,
		})
		if errors.Is(err, ledger.ErrUnloaded) {
			unloaded = true // go on, so that what follows for all of them is asked for in one round
		} else if err != nil {
			return err
		}
	}
	if unloaded {
		return ledger.ErrUnloaded
	}
	return nil
}

// follow tells the further consignments of a declaration what has happened to it.
func (r *Record) follow(tx *ledger.Tx, what Covered) error {
	unloaded := false
	for _, consignment := range r.Further {
		what.Consignment = consignment
		if err := tx.Record(what); errors.Is(err, ledger.ErrUnloaded) {
			unloaded = true
		} else if err != nil {
			return err
		}
	}
	if unloaded {
		return ledger.ErrUnloaded
	}
	return nil
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
	amended := Amended{Declaration: a.Declaration, Consignment: r.Consignment, Version: r.Version + 1, Reason: a.Reason, Document: a.Document, Judged: a.Judged}
	if err := tx.Record(amended); err != nil {
		return err
	}
	return r.follow(tx, Covered{Declaration: a.Declaration, What: amended.FactName(), Steps: a.Document.Steps, Judged: a.Judged})
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
	withdrawn := Withdrawn{Declaration: w.Declaration, Consignment: r.Consignment, Reason: w.Reason}
	if err := tx.Record(withdrawn); err != nil {
		return err
	}
	return r.follow(tx, Covered{Declaration: w.Declaration, What: withdrawn.FactName()})
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

// Answer takes an outside system's answer. It finds the declaration by the number customs gave, else by the single
// window's, else by the declarant's reference.
type Answer struct {
	Kind      *ledger.Kind[Record]
	Reference string
	Number    port.DeclarationNumber
	Window    string
	Function  string
	Result    port.Result
	Issued    port.Time
	Reason    string
}

// Decide records declaration.answered.v1. An answer to what nobody has declared here is refused and kept.
func (a Answer) Decide(tx *ledger.Tx) error {
	id, err := port.ID{}, error(nil)
	for _, name := range []string{string(a.Number), a.Window, a.Reference} {
		if err == nil && id.IsZero() && name != "" {
			id, err = tx.Lookup(byAnswer, name)
		}
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
	answered := Answered{Declaration: id, Consignment: r.Consignment, Function: a.Function, Result: a.Result, Number: a.Number, Window: a.Window, Issued: a.Issued, Reason: a.Reason}
	if err := tx.Record(answered); err != nil {
		return err
	}
	return r.follow(tx, Covered{Declaration: id, What: answered.FactName(), Result: a.Result, Reason: a.Reason})
}
