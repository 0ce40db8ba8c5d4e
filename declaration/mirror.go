package declaration

import (
	"cmp"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// A declaration may be lodged at one customs for goods that another supervises (申报地海关与进出境关别不同). It lives where
// it was lodged and is decided there; the ledger that has the goods keeps a mirror of what it must know, so that their
// checklist hears of the release. News goes one way by [Reported], word that the goods are gone the other by [GoodsLeft].

// Reported: something has changed with a declaration whose goods are at another port, which is to hear of it. Result is
// customs' word on the release, empty where there is none.
type Reported struct {
	Declaration port.ID     `json:"declaration"`
	To          port.PortID `json:"to"`
	State       State       `json:"state"`
	Result      port.Result `json:"result,omitempty"`
	Reason      string      `json:"reason,omitempty"`
}

// FactName is declaration.reported.v1.
func (Reported) FactName() string { return "declaration.reported.v1" }

// Mirrored: the ledger that has the goods knows of a declaration that was lodged elsewhere, or of news of it.
// Consignment is the goods' id here. Judged is the law of the place where it was lodged, with the first word only.
type Mirrored struct {
	Declaration port.ID     `json:"declaration"`
	Consignment port.ID     `json:"consignment"`
	Waybill     string      `json:"waybill,omitempty"`
	From        ledger.Name `json:"from"`
	Seq         uint64      `json:"seq"` // of the fact there
	State       State       `json:"state"`
	Result      port.Result `json:"result,omitempty"`
	Reason      string      `json:"reason,omitempty"`
	Judged      port.Judged `json:"judged,omitzero"`
}

// FactName is declaration.mirrored.v1.
func (Mirrored) FactName() string { return "declaration.mirrored.v1" }

// GoodsLeft: goods of a declaration that was lodged elsewhere have all left custody here, released.
type GoodsLeft struct {
	Declaration port.ID     `json:"declaration"`
	Consignment port.ID     `json:"consignment"`
	To          ledger.Name `json:"to"` // where it was lodged
}

// FactName is declaration.goods_left.v1.
func (GoodsLeft) FactName() string { return "declaration.goods_left.v1" }

// Mirror is the record of a declaration that lives in another ledger.
type Mirror struct {
	Consignment port.ID     `json:"consignment"`
	Waybill     string      `json:"waybill,omitempty"`
	From        ledger.Name `json:"from"`
	Seq         uint64      `json:"seq"` // of the last fact there that was heard
	State       State       `json:"state"`
}

// Mirrors is the kind of record, keyed by declaration.
func Mirrors() *ledger.Kind[Mirror] {
	k := ledger.NewKind[Mirror]("mirror", 1)
	ledger.On(k, func(b Mirrored) port.ID { return b.Declaration }, func(x *ledger.Effects, m Mirror, _ *ledger.Fact, b Mirrored) Mirror {
		if m.Seq == 0 {
			x.Index(byWaybill, b.Waybill, b.Consignment)
			m = Mirror{Consignment: b.Consignment, Waybill: b.Waybill, From: b.From}
		}
		m.Seq, m.State = b.Seq, b.State
		return m
	})
	ledger.On(k, func(b GoodsLeft) port.ID { return b.Declaration }, func(_ *ledger.Effects, m Mirror, _ *ledger.Fact, _ GoodsLeft) Mirror {
		m.State = StateClosed
		return m
	})
	return k
}

// Note brings a declaration, or news of it, to the ledger that has its goods. The first word names the waybill.
type Note struct {
	Mirrors     *ledger.Kind[Mirror]
	Declaration port.ID
	Waybill     string // empty: news of one that is known
	From        ledger.Name
	Seq         uint64
	State       State
	Result      port.Result
	Reason      string
	Judged      port.Judged
}

// Prefetch asks for the mirror and the waybill.
func (n Note) Prefetch(want *ledger.Wants) {
	want.Record(n.Mirrors, n.Declaration)
	want.Lookup(byWaybill, n.Waybill)
}

// Decide records declaration.mirrored.v1, unless what it says has been heard. Goods that nobody has named here yet get
// their id by it, as by a declaration that is lodged here.
func (n Note) Decide(tx *ledger.Tx) error {
	m, ok, err := n.Mirrors.Get(tx, n.Declaration)
	if err != nil || ok && m.Seq >= n.Seq {
		return err
	}
	b := Mirrored{Declaration: n.Declaration, From: n.From, Seq: n.Seq, State: n.State, Result: n.Result, Reason: n.Reason, Judged: n.Judged}
	switch {
	case ok:
		b.Consignment = m.Consignment
	case n.Waybill == "":
		return nil // goods that cannot be found without a number
	default:
		b.Waybill = n.Waybill
		if b.Consignment, err = tx.Lookup(byWaybill, n.Waybill); err != nil {
			return err
		}
		if b.Consignment.IsZero() {
			b.Consignment = tx.NewID()
		}
	}
	tx.Subject(b.Consignment)
	return tx.Record(b)
}

// Finish closes a declaration whose goods have left custody at another port.
type Finish struct {
	Kind        *ledger.Kind[Record]
	Declaration port.ID
}

// Prefetch asks for the declaration.
func (d Finish) Prefetch(want *ledger.Wants) { want.Record(d.Kind, d.Declaration) }

// Decide records declaration.closed.v1, once.
func (d Finish) Decide(tx *ledger.Tx) error {
	r, ok, err := d.Kind.Get(tx, d.Declaration)
	if err != nil {
		return err
	}
	if !ok {
		return errs.New(errs.Missing, "declaration.unknown", "declaration %s", d.Declaration)
	}
	tx.Subject(d.Declaration)
	if r.State != StateLodged {
		return nil
	}
	return tx.Record(Closed{Declaration: d.Declaration})
}

// waybill is what a document's goods are found by: the number of its waybill, else the declaration's own id.
func waybill(d *Document, id port.ID) string { return cmp.Or(d.Waybill, id.String()) }

// FirstWord is what the ledger that has the goods is told of a declaration that was lodged elsewhere.
func FirstWord(mirrors *ledger.Kind[Mirror], b *Lodged, from ledger.Name, seq uint64) Note {
	return Note{Mirrors: mirrors, Declaration: b.Declaration, Waybill: waybill(&b.Document, b.Declaration), From: from, Seq: seq, State: StateLodged, Judged: b.Judged}
}
