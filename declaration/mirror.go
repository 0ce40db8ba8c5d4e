package declaration

import (
	"cmp"
	"slices"

	"github.com/guomen/guomen/cargo"
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

// Mirrored: the ledger that has the goods knows of a declaration that was lodged elsewhere, or of news of it. One that
// merges waybills (归并) gives one such fact for the goods of each.
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
	Further     []port.ID   `json:"further,omitempty"` // consignments of further waybills
	Waybill     string      `json:"waybill,omitempty"`
	From        ledger.Name `json:"from"`
	Seq         uint64      `json:"seq"` // of the last fact there that was heard
	State       State       `json:"state"`
}

// Mirrors is the kind of record, keyed by declaration.
func Mirrors() *ledger.Kind[Mirror] {
	k := ledger.NewKind[Mirror]("mirror", 1)
	ledger.On(k, func(b Mirrored) port.ID { return b.Declaration }, func(x *ledger.Effects, m Mirror, _ *ledger.Fact, b Mirrored) Mirror {
		if b.Waybill != "" {
			x.Index(cargo.ByWaybill, b.Waybill, b.Consignment)
		}
		switch {
		case m.Seq == 0:
			m = Mirror{Consignment: b.Consignment, Waybill: b.Waybill, From: b.From}
		case b.Waybill != "":
			m.Further = append(slices.Clone(m.Further), b.Consignment)
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

// Goods are the consignments that the declaration speaks of.
func (m *Mirror) Goods() []port.ID { return append([]port.ID{m.Consignment}, m.Further...) }

// Note brings a declaration, or news of it, to the ledger that has its goods. The first word names the waybill; where
// waybills are merged, so does one for each further.
type Note struct {
	Mirrors      *ledger.Kind[Mirror]
	Consignments *ledger.Kind[cargo.Consignment]
	Declaration  port.ID
	Waybill      string         // empty: news of one that is known
	GrossMass    port.Kilograms // of a lot: how much of its waybill it is
	From         ledger.Name
	Seq          uint64
	State        State
	Result       port.Result
	Reason       string
	Judged       port.Judged
}

// Prefetch asks for the mirror and the waybill.
func (n Note) Prefetch(want *ledger.Wants) {
	want.Record(n.Mirrors, n.Declaration)
	want.Lookup(cargo.ByWaybill, n.Waybill)
	if whole, lot := cargo.ParseLot(n.Waybill); lot != "" {
		want.Lookup(cargo.ByWaybill, whole)
	}
}

// Decide records declaration.mirrored.v1, unless what it says has been heard. Goods that nobody has named here yet get
// their id by it, as by a declaration that is lodged here.
func (n Note) Decide(tx *ledger.Tx) error {
	m, ok, err := n.Mirrors.Get(tx, n.Declaration)
	if err != nil || ok && m.Seq >= n.Seq {
		return err
	}
	b := Mirrored{Declaration: n.Declaration, From: n.From, Seq: n.Seq, State: n.State, Result: n.Result, Reason: n.Reason, Judged: n.Judged}
	if n.Waybill == "" {
		if !ok {
			return nil // goods that cannot be found without a number
		}
		tx.Subject(m.Consignment)
		for _, b.Consignment = range m.Goods() {
			if err := tx.Record(b); err != nil {
				return err
			}
		}
		return nil
	}
	b.Waybill = n.Waybill
	if b.Consignment, err = tx.Lookup(cargo.ByWaybill, n.Waybill); err != nil {
		return err
	}
	if b.Consignment.IsZero() {
		b.Consignment = tx.NewID()
		if err := n.part(tx, b.Consignment); err != nil {
			return err
		}
	}
	tx.Subject(b.Consignment)
	return tx.Record(b)
}

// part makes a lot of its own out of goods in custody here, as for a declaration that is lodged here. Where less lies
// there than was declared, nobody is left to refuse it: the declaration then speaks of goods that no conveyance can take,
// until it is amended or withdrawn.
func (n Note) part(tx *ledger.Tx, consignment port.ID) error {
	number, lot := cargo.ParseLot(n.Waybill)
	if lot == "" || n.GrossMass <= 0 {
		return nil
	}
	whole, err := tx.Lookup(cargo.ByWaybill, number)
	if err != nil || whole.IsZero() {
		return err
	}
	c, ok, err := n.Consignments.Get(tx, whole)
	if err != nil || !ok || c.Free() < n.GrossMass {
		return err
	}
	return cargo.Part(tx, n.Consignments, consignment, whole, lot, n.GrossMass)
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
func FirstWord(mirrors *ledger.Kind[Mirror], consignments *ledger.Kind[cargo.Consignment], b *Lodged, from ledger.Name, seq uint64) Note {
	return Note{
		Mirrors: mirrors, Consignments: consignments, Declaration: b.Declaration, Waybill: waybill(&b.Document, b.Declaration),
		GrossMass: b.Document.GrossMass, From: from, Seq: seq, State: StateLodged, Judged: b.Judged,
	}
}
