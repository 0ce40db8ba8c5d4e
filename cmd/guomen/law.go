package main

import (
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/rules"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/registry"
	"github.com/guomen/guomen/rulebook"
)

// law judges documents by the rulebook, with the registry's owners and sources filled in. The law of the moment is one
// pointer: what a judgement says of itself and the book that made it are of one state.
type law struct {
	platform *platform
	state    atomic.Pointer[rulebook.Law]
}

// newLaw begins with the build's own clauses.
func newLaw(p *platform) (*law, error) {
	own, err := rulebook.NewLaw()
	if err != nil {
		return nil, err
	}
	l := &law{platform: p}
	l.state.Store(own)
	return l, nil
}

// scope is where and when something is judged at a port: with the designated sites that it has on that day.
func (l *law) scope(at port.PortID, now port.Time) rules.Scope {
	scope := rulebook.Scope(at, rulebook.NormalRegime, now)
	for _, d := range l.platform.registry().Designations(at, registry.DayOf(now)) {
		scope.Sites = append(scope.Sites, string(d.Goods))
	}
	return scope
}

// Declaration judges a declaration at a port.
func (l *law) Declaration(at port.PortID, d *declaration.Document, now port.Time) ([]errs.Problem, port.Judged) {
	return l.declaration(l.state.Load(), at, l.scope(at, now), d, now)
}

func (l *law) declaration(state *rulebook.Law, at port.PortID, scope rules.Scope, d *declaration.Document, now port.Time) ([]errs.Problem, port.Judged) {
	book := state.Book()
	judgement := rulebook.JudgeDeclaration(book, scope, d)
	judged := l.fill(state, at, now, rulebook.Judged(book, port.ConsignmentSubject, -1, judgement))
	judged.Clocks = rulebook.Clocks(&judgement, -1)
	return judgement.Problems, judged
}

// Manifest judges a manifest: as a document, as the movement it announces, and for each waybill's consignment.
func (l *law) Manifest(at port.PortID, d *manifest.Document, now port.Time) ([]errs.Problem, port.Judged, []port.Judged) {
	return l.manifest(l.state.Load(), at, l.scope(at, now), d, now)
}

func (l *law) manifest(state *rulebook.Law, at port.PortID, scope rules.Scope, d *manifest.Document, now port.Time) ([]errs.Problem, port.Judged, []port.Judged) {
	book := state.Book()
	document := rulebook.JudgeManifest(book, scope, d)
	vehicle := rulebook.MovementOf(at, d)
	crossing := rulebook.JudgeMovement(book, scope, &vehicle)
	judged := l.fill(state, at, now, rulebook.Judged(book, port.MovementSubject, -1, document, crossing))
	waybills := make([]port.Judged, len(d.Waybills))
	for i := range waybills {
		waybills[i] = l.fill(state, at, now, rulebook.Judged(book, port.ConsignmentSubject, i, document, crossing))
		waybills[i].Clocks = rulebook.Clocks(&document, i)
	}
	return append(document.Problems, crossing.Problems...), judged, waybills
}

// Confirmation judges what a carrier confirms.
func (l *law) Confirmation(at port.PortID, c *manifest.Confirmation, now port.Time) []errs.Problem {
	judgement := rulebook.JudgeConfirmation(l.state.Load().Book(), l.scope(at, now), c)
	return judgement.Problems
}

// Report judges what the operator of a supervised place reports.
func (l *law) Report(at port.PortID, r *cargo.Report, now port.Time) []errs.Problem {
	judgement := rulebook.JudgeReport(l.state.Load().Book(), l.scope(at, now), r)
	return judgement.Problems
}

// Persons says what the law asks of each person by himself who comes on a conveyance.
func (l *law) Persons(m *movement.Movement, now port.Time) port.Judged {
	vehicle := rulebook.MovementRecorded(m)
	state := l.state.Load()
	judgement := rulebook.JudgeMovement(state.Book(), l.scope(m.Port, now), &vehicle)
	return l.fill(state, m.Port, now, rulebook.Judged(state.Book(), port.PersonSubject, -1, judgement))
}

// compare says what the law makes of what several parties say of one consignment.
func (l *law) compare(at port.PortID, f *movement.Figures, arrived, now port.Time) movement.Difference {
	check := rulebook.CrosscheckOf(at, f, arrived)
	judgement := rulebook.JudgeCrosscheck(l.state.Load().Book(), l.scope(at, now), &check)
	result, rules, citation := rulebook.Contradictions(&judgement)
	if len(rules) == 0 {
		return movement.Difference{}
	}
	demand := port.Demand{
		Kind: movement.FiguresAgree, Subject: port.ConsignmentSubject, Owner: port.Owner{Function: port.FunctionCustomsSupervision},
		Due: port.DueExitGate, Source: port.Here, Rules: rules, Citation: citation,
	}
	if result == port.ResultInspect {
		demand.Owner.Function = port.FunctionCustomsInspection
	}
	l.own(at, &demand)
	return movement.Difference{Result: result, Rules: rules, Demand: demand}
}

// fill gives demands their owner's organisation and the source that counts at the port, and says under which law it was.
func (l *law) fill(state *rulebook.Law, at port.PortID, now port.Time, judged port.Judged) port.Judged {
	judged.Region, judged.At = state.Region(), now
	for i := range judged.Demands {
		l.own(at, &judged.Demands[i])
	}
	return judged
}

// own gives a demand its owner's organisation and its source at a port.
func (l *law) own(at port.PortID, d *port.Demand) {
	state := l.platform.registry()
	if organisation, ok := state.Owner(at, d.Owner.Function); ok {
		d.Owner.Organisation = string(organisation)
	}
	if state.Source(at, d.Kind) == port.Mirrored {
		d.Source = port.Mirrored
	}
	if d.Source == "" {
		d.Source = port.Here
	}
}

// newID names a command that the program itself gives.
func newID(number ledger.Number) port.ID {
	return port.NewID(time.Now().UnixMilli(), uint16(number), rand.Uint64())
}

// ledgerOf is the ledger of a port.
func ledgerOf(id port.PortID) ledger.Name { return ledger.Name("port:" + id) }
