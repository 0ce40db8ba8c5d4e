package movement

import (
	"cmp"
	"slices"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/claim"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// transitClosed is the requirement that goods sent on under control come in where they were sent (转关核销). It outlives
// the crossing and stays with the ledger that sent them.
const transitClosed port.RequirementKind = "transit_closed"

// legalClock is the subject of a deadline that runs on a checklist; a reservation's is hold's own.
func legalClock(b ledger.DeadlinePassed) port.ID {
	if b.Kind == claim.Expiry {
		return port.ID{}
	}
	return b.Subject
}

// between makes checklists listen to what other ledgers said: hold on what may be used once in the region, the ledger
// where goods were declared on their release, the ledger that goods were sent to on their arrival.
func between(k *ledger.Kind[Checklist]) {
	ledger.On(k, func(b claim.Answered) port.ID { return b.For }, func(_ *ledger.Effects, c Checklist, f *ledger.Fact, b claim.Answered) Checklist {
		if !c.claimed(b.Requirement) {
			return c
		}
		return c.decided(f, b.Requirement, b.State, b.Reason, string(b.Holder), actor(f))
	})
	ledger.On(k, func(b claim.Restated) port.ID { return b.Subject }, func(_ *ledger.Effects, c Checklist, f *ledger.Fact, b claim.Restated) Checklist {
		if !c.claimed(b.Requirement) {
			return c
		}
		if b.State.State() == port.StateOpen {
			return c.reopened(b.Requirement, "claims_changed")
		}
		return c.decided(f, b.Requirement, b.State, "", "", actor(f))
	})
	ledger.On(k, func(b cargo.Forwarded) port.ID { return b.Consignment }, func(_ *ledger.Effects, c Checklist, _ *ledger.Fact, b cargo.Forwarded) Checklist {
		return c.leftBy(b.Movement)
	})
	ledger.On(k, func(b cargo.Delivered) port.ID { return b.Consignment }, func(_ *ledger.Effects, c Checklist, f *ledger.Fact, b cargo.Delivered) Checklist {
		return c.decided(f, transitClosed, port.ResultMet, "", string(b.At), actor(f))
	})
	ledger.On(k, func(b declaration.Lodged) port.ID {
		if b.Goods == "" {
			return port.ID{}
		}
		return b.Consignment
	}, func(_ *ledger.Effects, c Checklist, _ *ledger.Fact, b declaration.Lodged) Checklist {
		c.Goods = b.Goods
		return c
	})
	ledger.On(k, func(b declaration.Covered) port.ID {
		if b.Goods == "" {
			return port.ID{}
		}
		return b.Consignment
	}, func(_ *ledger.Effects, c Checklist, _ *ledger.Fact, b declaration.Covered) Checklist {
		c.Goods = b.Goods
		return c
	})
	ledger.On(k, func(b declaration.Mirrored) port.ID { return b.Consignment }, func(x *ledger.Effects, c Checklist, f *ledger.Fact, b declaration.Mirrored) Checklist {
		return c.mirrored(x, f, &b)
	})
}

// claimed tells whether hold's word counts on a requirement: a named officer's waiver stands, and what the law does not ask
// for any more is nobody's to answer.
func (c *Checklist) claimed(kind port.RequirementKind) bool {
	r := c.Find(kind)
	return r != nil && r.State != port.StateWaived && r.State != port.StateLapsed
}

// mirrored gives the checklist after news of a declaration that was lodged at another customs.
func (c Checklist) mirrored(x *ledger.Effects, f *ledger.Fact, b *declaration.Mirrored) Checklist {
	there := slices.DeleteFunc(slices.Clone(c.Elsewhere), func(id port.ID) bool { return id == b.Declaration })
	switch {
	case b.State == declaration.StateWithdrawn:
		if c.Elsewhere = there; c.standing() == 0 {
			c = c.undeclared(x, b.Consignment)
		}
		return c.reopened(port.CustomsRelease, "declaration_withdrawn").kept(x, b.Consignment)
	case b.Result != "":
		return c.decided(f, port.CustomsRelease, b.Result, b.Reason, string(b.From), actor(f)).kept(x, b.Consignment)
	}
	if c.standing() == 0 {
		c.Declared = f.Recorded
	}
	c = c.with(f, port.ConsignmentSubject, b.Judged.Demands)
	c.Elsewhere = append(there, b.Declaration)
	return c.met(x, b.Consignment, port.DeclarationDue).reopened(port.CustomsRelease, cmp.Or(b.Reason, "declaration_added")).kept(x, b.Consignment)
}

// standing is how many declarations of a consignment stand, wherever they were lodged.
func (c *Checklist) standing() int { return len(c.Declarations) + len(c.Elsewhere) }
