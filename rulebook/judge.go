package rulebook

import (
	"slices"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/rules"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// Scope is where and when something is judged: at a port, under its regime, by the law as of an instant. The direction
// is the document's own.
func Scope(at port.PortID, regime string, as port.Time) rules.Scope {
	return rules.Scope{Port: string(at), Mode: string(at.Mode()), Regime: regime, At: as.Std()}
}

// AsOf asks another instant's law about what was lodged at the scope's own.
func AsOf(scope rules.Scope, law port.Time) rules.Scope {
	scope.Law = law.Std()
	return scope
}

// complete takes what a scope lacks from the document.
func complete(scope rules.Scope, direction port.Direction) rules.Scope {
	if scope.Mode == "" {
		scope.Mode = string(port.PortID(scope.Port).Mode())
	}
	if scope.Direction == "" {
		scope.Direction = string(direction)
	}
	return scope
}

// JudgeDeclaration says what the law says of a declaration. Its demands concern the consignment.
func JudgeDeclaration(book *rules.Book, scope rules.Scope, d *declaration.Document) rules.Judgement {
	return book.Judge(declarationSubject, complete(scope, d.Direction), d)
}

// JudgeManifest says what the law says of a manifest. A demand's Item is the index of the waybill whose consignment it
// concerns. What the law asks of the vehicle is JudgeMovement's, with [MovementOf] the manifest.
func JudgeManifest(book *rules.Book, scope rules.Scope, d *manifest.Document) rules.Judgement {
	return book.Judge(manifestSubject, complete(scope, d.Direction), d)
}

// JudgeMovement says what the law asks of a conveyance on its crossing.
func JudgeMovement(book *rules.Book, scope rules.Scope, m *Movement) rules.Judgement {
	return book.Judge(movementSubject, placed(scope, m.Port, m.Direction), m)
}

// JudgeReading says what the law makes of a lane's reading.
func JudgeReading(book *rules.Book, scope rules.Scope, r *Reading) rules.Judgement {
	return book.Judge(readingSubject, placed(scope, r.Port, r.Direction), r)
}

// JudgeConfirmation says what the law says of a carrier's confirmation 承运确报.
func JudgeConfirmation(book *rules.Book, scope rules.Scope, c *manifest.Confirmation) rules.Judgement {
	return book.Judge(confirmationSubject, complete(scope, c.Direction), c)
}

// JudgeReport says what the law says of an arrival or a tally report 运抵报告, 理货报告. A demand's Item is the index of the
// line whose consignment it concerns.
func JudgeReport(book *rules.Book, scope rules.Scope, r *cargo.Report) rules.Judgement {
	return book.Judge(reportSubject, complete(scope, r.Direction), r)
}

// JudgeCrosscheck says what the law makes of what several people say of one consignment. Its demands and clocks concern
// the consignment; its risks say where they contradict each other, undecided where one of two has not spoken.
func JudgeCrosscheck(book *rules.Book, scope rules.Scope, c *Crosscheck) rules.Judgement {
	return book.Judge(crosscheckSubject, placed(scope, c.Port, c.Direction), c)
}

// JudgeExamination says what the law says of an examination's record 查验记录.
func JudgeExamination(book *rules.Book, scope rules.Scope, e *Examination) rules.Judgement {
	return book.Judge(examinationSubject, placed(scope, e.Port, e.Direction), e)
}

// JudgePurchase says what the law says of what a border resident buys 边民互市.
func JudgePurchase(book *rules.Book, scope rules.Scope, p *Purchase) rules.Judgement {
	return book.Judge(purchaseSubject, placed(scope, p.Port, port.Import), p)
}

// placed takes what a scope lacks from where the subject itself is.
func placed(scope rules.Scope, at port.PortID, direction port.Direction) rules.Scope {
	if scope.Port == "" {
		scope.Port = string(at)
	}
	return complete(scope, direction)
}

// Judged is what a fact keeps of judgements: the book and the engine, what they demand of one subject, and which risk
// and dry-run clauses spoke. Clauses that demand the same become one demand that names them all; it is undecided only if
// every one of them is. item is the index of the waybill that the demands concern, or -1 for all demands on the subject.
// Owners have a function and no organisation, which is the registry's to say, as is whether a port mirrors a kind.
func Judged(book *rules.Book, subject port.SubjectKind, item int, judgements ...rules.Judgement) port.Judged {
	all := port.Judged{Book: book.Digest(), Engine: rules.Engine}
	for i := range judgements {
		j := &judgements[i]
		all.Ran += j.Ran
		for _, d := range j.Demands {
			if port.SubjectKind(d.Subject) == subject && (item < 0 || d.Item < 0 || d.Item == item) {
				all.Demands = merge(all.Demands, d)
			}
		}
		for _, r := range j.Risks {
			if !r.Undecided { // what cannot be told is no risk that was found
				all.Risks = once(all.Risks, r.Rule)
			}
		}
		all.DryRun = spoke(all.DryRun, &j.DryRun)
	}
	return all
}

// Clocks are the legal clocks that a judgement starts for one item, or for the document where item is -1. An undecided
// one does not run: nobody is told that he is late by a law that may not concern him, or within a term that nobody has set.
func Clocks(j *rules.Judgement, item int) (list []port.Clock) {
	for i := range j.Deadlines {
		d := &j.Deadlines[i]
		if item >= 0 && d.Item >= 0 && d.Item != item || d.Undecided {
			continue
		}
		clock := port.Clock{Kind: port.ClockKind(d.Kind), From: d.From, After: port.Duration(d.After.Microseconds()), Months: int64(d.Months), Rule: d.Rule}
		for _, warn := range d.Warn {
			clock.Warn = append(clock.Warn, port.Duration(warn.Microseconds()))
		}
		list = append(list, clock)
	}
	return list
}

func merge(demands []port.Demand, d rules.Demand) []port.Demand {
	for i := range demands {
		known := &demands[i]
		if string(known.Kind) == d.Kind && string(known.Owner.Function) == d.Owner && string(known.Due) == d.Due {
			known.Rules = once(known.Rules, d.Rule)
			known.Undecided = known.Undecided && d.Undecided
			return demands
		}
	}
	return append(demands, port.Demand{
		Kind: port.RequirementKind(d.Kind), Subject: port.SubjectKind(d.Subject), Owner: port.Owner{Function: port.Function(d.Owner)},
		Due: port.DuePoint(d.Due), Source: port.Source(d.Source), Rules: []string{d.Rule}, Citation: d.Citation, Undecided: d.Undecided,
	})
}

// spoke names the clauses that found something; one that could not tell has not spoken.
func spoke(names []string, o *rules.Outcome) []string {
	for _, p := range o.Problems {
		names = once(names, p.Rule)
	}
	for _, d := range o.Demands {
		if !d.Undecided {
			names = once(names, d.Rule)
		}
	}
	for _, r := range o.Risks {
		if !r.Undecided {
			names = once(names, r.Rule)
		}
	}
	for _, d := range o.Deadlines {
		if !d.Undecided {
			names = once(names, d.Rule)
		}
	}
	return names
}

func once(names []string, name string) []string {
	if slices.Contains(names, name) {
		return names
	}
	return append(names, name)
}
