// Package follow is everything that goes from one ledger to another: claims and the answers to them, consignments that
// are sent on, and declarations of goods that lie elsewhere.
//
// A follower reads one ledger in order and gives commands to others, whose ids name the fact that they come from. What it
// does is a table of pure functions here; what keeps its place and its promise is [ledger.Engine.Follow]. Redelivery and
// any order between ledgers change nothing, because every decision on the other side asks whether the word is new.
package follow

import (
	"slices"
	"strings"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/claim"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// Kinds are the records that the followers' commands read.
type Kinds struct {
	Accounts     *ledger.Kind[claim.Account]
	Subjects     *ledger.Kind[claim.Claims]
	Movements    *ledger.Kind[movement.Movement]
	Checklists   *ledger.Kind[movement.Checklist]
	Consignments *ledger.Kind[cargo.Consignment]
	Declarations *ledger.Kind[declaration.Record]
	Mirrors      *ledger.Kind[declaration.Mirror]
	// Known tells whether a ledger is there. Ledgers are only ever added.
	Known func(ledger.Name) bool
}

// The prefixes of the names of ledgers: of ports, of special zones, and of what is claimed.
const (
	ports = "port:"
	zones = "zone:"
	holds = "hold:"
)

// Followers lists the followers. One reads all that a port's ledger says, so that it is decoded once. reserve is how long
// a claim is reserved for a vehicle after it is expected, or for what is expected at no time after it is recorded; zero:
// until it is given back.
func (k Kinds) Followers(reserve port.Duration) []ledger.Follows {
	return []ledger.Follows{
		{Name: "ports", Ledgers: ports, React: func(f ledger.Fact) []ledger.Command { return append(k.claims(&f, reserve), k.goods(&f)...) }},
		{Name: "zones", Ledgers: zones, React: func(f ledger.Fact) []ledger.Command { return k.goods(&f) }},
		{Name: "holds", Ledgers: holds, React: func(f ledger.Fact) []ledger.Command { return k.answers(&f) }},
	}
}

// claims carries what a port asks of hold, and what it needs no longer.
func (k Kinds) claims(f *ledger.Fact, reserve port.Duration) []ledger.Command {
	switch b := f.Body.(type) {
	case manifest.Lodged:
		return k.ask(f, b.Movement, claim.OfManifest(&b), until(f, b.Document.Expected, reserve))
	case manifest.Changed:
		return k.ask(f, b.Movement, claim.OfChange(&b), until(f, b.Document.Expected, reserve))
	case declaration.Lodged:
		return k.ask(f, b.Declaration, claim.OfDeclaration(&b), 0)
	case declaration.Amended:
		return k.ask(f, b.Declaration, claim.OfAmendment(&b), 0)
	case claim.Ended:
		var list []ledger.Command
		for _, c := range b.Claims {
			list = append(list, k.settle(f, b.Subject, c, claim.SettlementOf(c.Requirement, b.Reason), b.To, b.Reason))
		}
		return list
	case claim.Used:
		return []ledger.Command{k.settle(f, b.Subject, b.Named, claim.Confirm, "", "")}
	case claim.Lapsed:
		return []ledger.Command{k.settle(f, b.Subject, b.Named, claim.Expire, "", "")}
	}
	return nil
}

func until(f *ledger.Fact, expected port.Time, reserve port.Duration) port.Time {
	if reserve == 0 {
		return 0
	}
	return max(f.Recorded, expected).Add(reserve)
}

func (k Kinds) ask(f *ledger.Fact, subject port.ID, list []claim.Wish, until port.Time) []ledger.Command {
	commands := make([]ledger.Command, len(list))
	for i, w := range list {
		commands[i] = ledger.Command{Ledger: w.Key.Ledger(), Do: claim.Ask{
			Accounts: k.Accounts, Key: w.Key, By: claim.Claimant{Ledger: f.Ledger, Subject: subject, Requirement: w.Requirement},
			Amount: 1, Until: until, Terms: w.Terms,
		}}
	}
	return commands
}

func (k Kinds) settle(f *ledger.Fact, subject port.ID, c claim.Named, how claim.Settlement, to ledger.Name, reason claim.EndReason) ledger.Command {
	return ledger.Command{Ledger: c.Key.Ledger(), Do: claim.Settle{
		Accounts: k.Accounts, Key: c.Key, By: claim.Claimant{Ledger: f.Ledger, Subject: subject, Requirement: c.Requirement},
		How: how, To: to, Reason: reason,
	}}
}

// answers carries hold's word to the port that waits for it.
func (k Kinds) answers(f *ledger.Fact) []ledger.Command {
	switch b := f.Body.(type) {
	case claim.Granted:
		return k.answer(f, b.To, b.Key, port.ResultMet, "", "")
	case claim.Transferred:
		return k.answer(f, b.To, b.Key, port.ResultMet, "", "")
	case claim.Refused:
		return k.answer(f, b.To, b.Key, port.ResultHeld, b.Reason, b.Holder)
	case claim.Expired:
		return k.answer(f, b.By, b.Key, port.ResultHeld, claim.ReasonExpired, "")
	case claim.FellDue:
		return []ledger.Command{{Ledger: b.By.Ledger, Do: Probe{Kinds: k, Subject: b.By.Subject, Claim: claim.Named{Requirement: b.By.Requirement, Key: b.Key}}}}
	}
	return nil
}

func (k Kinds) answer(f *ledger.Fact, to claim.Claimant, key claim.Key, result port.Result, reason string, holder ledger.Name) []ledger.Command {
	if to.Subject.IsZero() {
		return nil // passed on to a port where nobody asks yet
	}
	return []ledger.Command{{Ledger: to.Ledger, Do: claim.Answer{
		Subjects: k.Subjects, Subject: to.Subject, Key: key, Result: result, Reason: reason,
		Holder: portOf(holder), Hold: f.Ledger, Seq: f.Seq,
	}}}
}

// portOf is the port of a ledger; empty for a ledger of something else.
func portOf(name ledger.Name) port.PortID {
	id, ok := strings.CutPrefix(string(name), ports)
	if !ok {
		return ""
	}
	return port.PortID(id)
}

// ledgerOf is the ledger of a port.
func ledgerOf(id port.PortID) ledger.Name { return ledger.Name(ports + string(id)) }

// Probe asks a port whether what was reserved for one of its subjects has been used.
type Probe struct {
	Kinds   Kinds
	Subject port.ID
	Claim   claim.Named
}

// Prefetch asks for what the decision reads.
func (p Probe) Prefetch(want *ledger.Wants) {
	want.Record(p.Kinds.Subjects, p.Subject)
	want.Record(p.Kinds.Movements, p.Subject)
}

// Decide records claim.used.v1 where the vehicle is inside, and claim.lapsed.v1 where it has not come. A subject that
// claims the thing no longer has said so before.
func (p Probe) Decide(tx *ledger.Tx) error {
	c, ok, err := p.Kinds.Subjects.Get(tx, p.Subject)
	if err != nil || !ok || !c.Has(p.Claim.Key) {
		return err
	}
	m, ok, err := p.Kinds.Movements.Get(tx, p.Subject)
	if err != nil {
		return err
	}
	tx.Subject(p.Subject)
	if ok && m.Clock.EntryGate != 0 {
		return tx.Record(claim.Used{Subject: p.Subject, Named: p.Claim})
	}
	return tx.Record(claim.Lapsed{Subject: p.Subject, Named: p.Claim})
}

// Reactions are what ledgers do of their own for those that listen to them.
func (k Kinds) Reactions() map[string][]ledger.Reaction {
	all := map[string][]ledger.Reaction{}
	for _, some := range []map[string][]ledger.Reaction{claim.Reactions(k.Accounts), k.endings(), k.goodsReactions()} {
		for name, list := range some {
			all[name] = append(all[name], list...)
		}
	}
	return all
}

// endings end a subject's claims in the transaction of what ends its need of them.
func (k Kinds) endings() map[string][]ledger.Reaction {
	end := func(of func(ledger.Body) (port.ID, claim.EndReason, ledger.Name)) []ledger.Reaction {
		return []ledger.Reaction{func(tx *ledger.Tx, f ledger.Fact) error {
			subject, reason, to := of(f.Body)
			if subject.IsZero() {
				return nil
			}
			return claim.End(tx, k.Subjects, subject, reason, to)
		}}
	}
	return map[string][]ledger.Reaction{
		movement.Passed{}.FactName(): end(func(b ledger.Body) (port.ID, claim.EndReason, ledger.Name) {
			if passed := b.(movement.Passed); passed.Gate == port.DueExitGate {
				return passed.Movement, claim.EndLeft, ""
			}
			return port.ID{}, "", ""
		}),
		movement.Ended{}.FactName(): end(func(b ledger.Body) (port.ID, claim.EndReason, ledger.Name) {
			return b.(movement.Ended).Movement, claim.EndLeft, ""
		}),
		manifest.Deleted{}.FactName(): end(func(b ledger.Body) (port.ID, claim.EndReason, ledger.Name) {
			return b.(manifest.Deleted).Movement, claim.EndDeleted, ""
		}),
		manifest.Changed{}.FactName(): {func(tx *ledger.Tx, f ledger.Fact) error { return k.changed(tx, f.Body.(manifest.Changed)) }},
		movement.Detached{}.FactName(): {func(tx *ledger.Tx, f ledger.Fact) error {
			b := f.Body.(movement.Detached)
			if b.Kind != port.EquipmentSubject || b.Unit != port.ContainerBox {
				return nil
			}
			box := claim.OfBox(b.Number)
			return k.back(tx, b.Movement, claim.EndDetached, func(e *claim.Entry) bool { return e.Named == box })
		}},
		movement.TurnedBack{}.FactName(): end(func(b ledger.Body) (port.ID, claim.EndReason, ledger.Name) {
			return b.(movement.TurnedBack).Movement, claim.EndTurnedBack, ""
		}),
		movement.Diverted{}.FactName(): end(func(b ledger.Body) (port.ID, claim.EndReason, ledger.Name) {
			diverted := b.(movement.Diverted)
			return diverted.Movement, claim.EndDiverted, ledgerOf(diverted.To)
		}),
		declaration.Withdrawn{}.FactName(): {func(tx *ledger.Tx, f ledger.Fact) error {
			return k.endDeclaration(tx, f.Body.(declaration.Withdrawn).Declaration, claim.EndWithdrawn)
		}},
		declaration.Closed{}.FactName(): {func(tx *ledger.Tx, f ledger.Fact) error {
			return k.endDeclaration(tx, f.Body.(declaration.Closed).Declaration, claim.EndClosed)
		}},
	}
}

// changed gives back what a movement's manifest no longer names. Further waybills take nothing back.
func (k Kinds) changed(tx *ledger.Tx, b manifest.Changed) error {
	wishes := claim.OfChange(&b)
	return k.back(tx, b.Movement, claim.EndChanged, func(e *claim.Entry) bool {
		return !b.Added && !slices.ContainsFunc(wishes, func(w claim.Wish) bool { return w.Named == e.Named })
	})
}

// back gives back some of what a movement claims, and says how its requirements stand by what it claims now: what was
// refused may be gone, and what is new has not been answered yet.
func (k Kinds) back(tx *ledger.Tx, id port.ID, reason claim.EndReason, back func(*claim.Entry) bool) error {
	list, ok, err := k.Checklists.Get(tx, id)
	if err != nil || !ok {
		return err
	}
	if err := claim.Give(tx, k.Subjects, id, reason, "", back); err != nil {
		return err
	}
	c, ok, err := k.Subjects.Get(tx, id)
	if err != nil || !ok {
		return err
	}
	for i := range list.Requirements {
		r := &list.Requirements[i]
		if !slices.Contains(claim.Kinds(), r.Kind) || r.State == port.StateWaived || r.State == port.StateLapsed || r.State == c.State(r.Kind).State() {
			continue
		}
		if err := tx.Record(claim.Restated{Subject: id, SubjectKind: port.MovementSubject, Requirement: r.Kind, State: c.State(r.Kind)}); err != nil {
			return err
		}
	}
	return nil
}

// endDeclaration ends what a declaration claims. One without a number claims nothing, and at a gate nothing is read for
// nothing.
func (k Kinds) endDeclaration(tx *ledger.Tx, id port.ID, reason claim.EndReason) error {
	r, ok, err := k.Declarations.Get(tx, id)
	if err != nil || !ok || !r.Claims {
		return err
	}
	return claim.End(tx, k.Subjects, id, reason, "")
}
