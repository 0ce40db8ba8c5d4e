package follow

import (
	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// goods carries consignments that are sent on, and declarations whose goods lie elsewhere. What is sent to a place that
// is no ledger of this platform leaves its sight, and nobody is asked about it.
func (k Kinds) goods(f *ledger.Fact) []ledger.Command {
	switch b := f.Body.(type) {
	case cargo.Forwarded:
		return k.give(b.To, cargo.Receive{Consignments: k.Consignments, Forwarded: b, Seq: f.Seq})
	case cargo.Arrived:
		return k.give(b.From, cargo.Deliver{Consignments: k.Consignments, Arrived: b, At: f.Ledger, Seq: f.Seq})
	case declaration.Lodged:
		if b.Goods == "" {
			return nil
		}
		return k.give(ledgerOf(b.Goods), declaration.FirstWord(k.Mirrors, k.Consignments, &b, f.Ledger, f.Seq))
	case declaration.Covered:
		if b.Goods == "" {
			return nil
		}
		return k.give(ledgerOf(b.Goods), declaration.Note{
			Mirrors: k.Mirrors, Consignments: k.Consignments, Declaration: b.Declaration, Waybill: b.Waybill, From: f.Ledger, Seq: f.Seq,
			State: declaration.StateLodged, Judged: b.Judged,
		})
	case declaration.Reported:
		return k.give(ledgerOf(b.To), declaration.Note{
			Mirrors: k.Mirrors, Consignments: k.Consignments, Declaration: b.Declaration, From: f.Ledger, Seq: f.Seq, State: b.State, Result: b.Result, Reason: b.Reason,
		})
	case declaration.GoodsLeft:
		return k.give(b.To, declaration.Finish{Kind: k.Declarations, Declaration: b.Declaration})
	}
	return nil
}

func (k Kinds) give(to ledger.Name, do ledger.Decision) []ledger.Command {
	if !k.Known(to) {
		return nil
	}
	return []ledger.Command{{Ledger: to, Do: do}}
}

// report tells the port that has a consignment's goods what has changed with its declarations here. only names one of
// them; the zero id means all.
func (k Kinds) report(tx *ledger.Tx, consignment, only port.ID, state declaration.State, result port.Result, reason string) error {
	c, ok, err := k.Checklists.Get(tx, consignment)
	if err != nil || !ok || c.Goods == "" {
		return err
	}
	list := c.Declarations
	if !only.IsZero() {
		list = []port.ID{only}
	}
	for _, id := range list {
		r, ok, err := k.Declarations.Get(tx, id)
		if err != nil {
			return err
		}
		if !ok || r.Consignment != consignment { // of merged waybills: what is said of the first is said of the declaration
			continue
		}
		if err := tx.Record(declaration.Reported{Declaration: id, To: c.Goods, State: state, Result: result, Reason: reason}); err != nil {
			return err
		}
	}
	return nil
}

// answered reports an outside system's word on the release, where that word counts.
func (k Kinds) answered(tx *ledger.Tx, b declaration.Answered) error {
	c, ok, err := k.Checklists.Get(tx, b.Consignment)
	if err != nil || !ok || b.Result == "" {
		return err
	}
	if r := c.Find(port.CustomsRelease); r == nil || r.Source != port.Mirrored {
		return nil
	}
	return k.report(tx, b.Consignment, b.Declaration, declaration.StateLodged, b.Result, b.Reason)
}

// takenOut sends goods on that leave custody for a zone or another customs place, and tells the ledger of a declaration
// that was lodged elsewhere once all its goods are gone.
func (k Kinds) takenOut(tx *ledger.Tx, b cargo.TakenOut) error {
	m, ok, err := k.Movements.Get(tx, b.Movement)
	if err != nil {
		return err
	}
	c, known, err := k.Consignments.Get(tx, b.Consignment)
	if err != nil || !known {
		return err
	}
	if ok {
		if to := placeLedger(m.To); to != "" && to != tx.Ledger() {
			err := tx.Record(cargo.Forwarded{
				Consignment: b.Consignment, Movement: b.Movement, Waybill: c.Waybill, Direction: c.Direction, Goods: c.Goods, HS: c.HS,
				Mass: b.Mass, From: tx.Ledger(), To: to, Custody: true,
			})
			if err != nil {
				return err
			}
		}
	}
	if !c.Gone() {
		return nil
	}
	list, ok, err := k.Checklists.Get(tx, b.Consignment)
	if err != nil || !ok {
		return err
	}
	if r := list.Find(port.CustomsRelease); r != nil && !r.State.Settled() {
		return nil // let out by order: customs has still to say
	}
	for _, id := range list.Elsewhere {
		mirror, ok, err := k.Mirrors.Get(tx, id)
		if err != nil {
			return err
		}
		if ok {
			gone, err := k.allGone(tx, mirror)
			if err != nil {
				return err
			}
			if !gone {
				continue
			}
			if err := tx.Record(declaration.GoodsLeft{Declaration: id, Consignment: b.Consignment, To: mirror.From}); err != nil {
				return err
			}
		}
	}
	return nil
}

// allGone tells whether nothing is left of all the goods that a declaration speaks of.
func (k Kinds) allGone(tx *ledger.Tx, m *declaration.Mirror) (bool, error) {
	for _, consignment := range m.Goods() {
		c, ok, err := k.Consignments.Get(tx, consignment)
		if err != nil || !ok || !c.Gone() {
			return false, err
		}
	}
	return true, nil
}

// placeLedger is the ledger of the place that a movement goes to under customs control; empty where it goes nowhere such.
func placeLedger(to port.Place) ledger.Name {
	switch {
	case to.Code == "":
		return ""
	case to.Kind == port.AtZone:
		return ledger.Name(zones + to.Code)
	case to.Kind == port.AtInland:
		return ledger.Name(ports + to.Code)
	}
	return ""
}

// goodsReactions are what a ledger does of its own about goods and declarations that another ledger must hear of.
func (k Kinds) goodsReactions() map[string][]ledger.Reaction {
	return map[string][]ledger.Reaction{
		cargo.Entered{}.FactName(): {func(tx *ledger.Tx, f ledger.Fact) error {
			return cargo.Arrive(tx, k.Consignments, f.Body.(cargo.Entered))
		}},
		cargo.TakenOut{}.FactName(): {func(tx *ledger.Tx, f ledger.Fact) error {
			return k.takenOut(tx, f.Body.(cargo.TakenOut))
		}},
		movement.Decided{}.FactName(): {func(tx *ledger.Tx, f ledger.Fact) error {
			b := f.Body.(movement.Decided)
			if b.Advisory || b.Kind != port.CustomsRelease || b.SubjectKind != port.ConsignmentSubject {
				return nil
			}
			return k.report(tx, b.Subject, port.ID{}, declaration.StateLodged, b.Result, b.Reason)
		}},
		declaration.Answered{}.FactName(): {func(tx *ledger.Tx, f ledger.Fact) error {
			return k.answered(tx, f.Body.(declaration.Answered))
		}},
		declaration.Amended{}.FactName(): {func(tx *ledger.Tx, f ledger.Fact) error {
			b := f.Body.(declaration.Amended)
			return k.report(tx, b.Consignment, b.Declaration, declaration.StateLodged, "", "declaration_amended")
		}},
		declaration.Withdrawn{}.FactName(): {func(tx *ledger.Tx, f ledger.Fact) error {
			b := f.Body.(declaration.Withdrawn)
			return k.report(tx, b.Consignment, b.Declaration, declaration.StateWithdrawn, "", "")
		}},
	}
}
