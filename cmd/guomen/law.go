package main

import (
	"math/rand/v2"
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

// normalRegime is the epidemic regime of ordinary days.
const normalRegime = "normal"

// scope is where and when something is judged at a port: with the designated sites that it has on that day.
func (l *law) scope(at port.PortID, now port.Time) rules.Scope {
	scope := rulebook.Scope(at, normalRegime, now)
	for _, d := range l.platform.registry().Designations(at, registry.DayOf(now)) {
		scope.Sites = append(scope.Sites, string(d.Goods))
	}
	return scope
}

// Declaration judges a declaration at a port.
func (l *law) Declaration(at port.PortID, d *declaration.Document, now port.Time) ([]errs.Problem, port.Judged) {
	judgement := rulebook.JudgeDeclaration(l.book, l.scope(at, now), d)
	judged := l.fill(at, rulebook.Judged(l.book, port.ConsignmentSubject, -1, judgement))
	judged.Clocks = rulebook.Clocks(&judgement, -1)
	return judgement.Problems, judged
}

// Manifest judges a manifest: as a document, as the movement it announces, and for each waybill's consignment.
func (l *law) Manifest(at port.PortID, d *manifest.Document, now port.Time) ([]errs.Problem, port.Judged, []port.Judged) {
	scope := l.scope(at, now)
	document := rulebook.JudgeManifest(l.book, scope, d)
	vehicle := rulebook.MovementOf(at, d)
	crossing := rulebook.JudgeMovement(l.book, scope, &vehicle)
	judged := l.fill(at, rulebook.Judged(l.book, port.MovementSubject, -1, document, crossing))
	waybills := make([]port.Judged, len(d.Waybills))
	for i := range waybills {
		waybills[i] = l.fill(at, rulebook.Judged(l.book, port.ConsignmentSubject, i, document, crossing))
		waybills[i].Clocks = rulebook.Clocks(&document, i)
	}
	return append(document.Problems, crossing.Problems...), judged, waybills
}

// Confirmation judges what a carrier confirms.
func (l *law) Confirmation(at port.PortID, c *manifest.Confirmation, now port.Time) []errs.Problem {
	judgement := rulebook.JudgeConfirmation(l.book, l.scope(at, now), c)
	return judgement.Problems
}

// Report judges what the operator of a supervised place reports.
func (l *law) Report(at port.PortID, r *cargo.Report, now port.Time) []errs.Problem {
	judgement := rulebook.JudgeReport(l.book, l.scope(at, now), r)
	return judgement.Problems
}

// Persons says what the law asks of each person by himself who comes on a conveyance.
func (l *law) Persons(m *movement.Movement, now port.Time) port.Judged {
	vehicle := rulebook.MovementRecorded(m)
	judgement := rulebook.JudgeMovement(l.book, l.scope(m.Port, now), &vehicle)
	return l.fill(m.Port, rulebook.Judged(l.book, port.PersonSubject, -1, judgement))
}

// compare says what the law makes of what several parties say of one consignment.
func (l *law) compare(at port.PortID, f *movement.Figures, arrived, now port.Time) movement.Difference {
	check := rulebook.CrosscheckOf(at, f, arrived)
	judgement := rulebook.JudgeCrosscheck(l.book, l.scope(at, now), &check)
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
	filled := l.fill(at, port.Judged{Demands: []port.Demand{demand}})
	return movement.Difference{Result: result, Rules: rules, Demand: filled.Demands[0]}
}

// newID names a command that the program itself gives.
func newID(number ledger.Number) port.ID {
	return port.NewID(time.Now().UnixMilli(), uint16(number), rand.Uint64())
}

// ledgerOf is the ledger of a port.
func ledgerOf(id port.PortID) ledger.Name { return ledger.Name("port:" + id) }
