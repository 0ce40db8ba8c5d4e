package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/rules"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
	"github.com/guomen/guomen/rulebook"
)

// followLaw takes in what the region's facts say of the rules, and makes it the law of this process. A clause that this
// build cannot read leaves the law as it was; gates then hold what was judged before, and the operator is told.
func (p *platform) followLaw(facts []ledger.Fact) {
	before := p.law.state.Load()
	next := before.With(facts)
	p.law.state.Store(next)
	if err := next.Broken(); err != nil && before.Broken() == nil {
		p.log.Error("a rule of the region cannot be read by this build", "sequence", next.Seq(), "error", err)
	}
	p.layTexts()
}

// layTexts gives the catalogue the words of the clauses that facts brought, as they stand now.
func (p *platform) layTexts() {
	if state := p.law.state.Load(); len(state.Laid()) > 0 {
		p.catalogue.Lay(state.Texts(p.engine.Now()))
	}
}

// installBook records that this build's book is in use where the last was another. The key is fixed, so that processes
// that start at once do it once.
func (p *platform) installBook(ctx context.Context) error {
	state := p.law.state.Load()
	ours, last := state.Installed()
	if ours {
		return nil
	}
	do := state.Install()
	number, _ := p.engine.Number(regionLedger)
	_, err := p.engine.Submit(ctx, ledger.Command{
		ID: newID(number), Ledger: regionLedger, Actor: ledger.Actor{Organisation: "guomen", Role: "setup"}, Priority: ledger.Lodgement,
		Key: fmt.Sprintf("rulebook %s engine %d after %d", do.Installed.Book, do.Installed.Engine, last), Do: do,
	})
	if err != nil {
		return err
	}
	return p.readRegion(ctx, 0)
}

// Changed is how far the law has come for vehicles in a direction at a port.
func (l *law) Changed(at port.PortID, direction port.Direction, now port.Time) movement.Changed {
	return l.state.Load().Changed(at, direction, now)
}

// Again judges a movement and what it carries by the law as it is: each document as of when it was lodged.
func (l *law) Again(ctx context.Context, at port.PortID, id port.ID) (movement.Rejudge, error) {
	p, state := l.platform, l.state.Load()
	now := p.engine.Now()
	do := movement.Rejudge{Checklists: p.kinds.Checklists, Movement: id}
	m, ok, err := ledger.Read(ctx, p.engine, p.kinds.Movements, id)
	if err != nil {
		return do, err
	}
	if !ok {
		return do, errs.New(errs.Missing, "movement.unknown", "movement %s", id)
	}
	do.Law = state.Changed(at, m.Direction, now)
	if state.Region() < do.Law.Region {
		return do, errs.New(errs.Unavailable, "law.behind", "this process judges by the law of %d, and it has changed at %d", state.Region(), do.Law.Region)
	}
	do.InForce = func(rule string) bool { return state.InForce(rule, now) }
	do.Judges = state.OfDocuments
	do.Version = state.VersionAt
	j := again{law: l, state: state, at: at, now: now, movement: id, consigned: map[port.ID]movement.Again{}}
	own, err := j.subject(ctx, port.MovementSubject, id)
	if err != nil {
		return do, err
	}
	do.Subjects = append(do.Subjects, own)
	for i := range m.Carries {
		carried := &m.Carries[i]
		_, named := j.consigned[carried.Consignment] // else it was put on the conveyance after its manifest
		goods, err := j.subject(ctx, port.ConsignmentSubject, carried.Consignment)
		if err != nil {
			return do, err
		}
		goods.Part = carried.Fetched || !named
		do.Subjects = append(do.Subjects, goods)
		of := carried.Of
		if of.IsZero() || slices.ContainsFunc(do.Subjects, func(a movement.Again) bool { return a.Subject == of }) {
			continue
		}
		whole, err := j.subject(ctx, port.ConsignmentSubject, of)
		if err != nil {
			return do, err
		}
		whole.Part = true
		do.Subjects = append(do.Subjects, whole)
	}
	return do, nil
}

// again judges the documents of one movement. What its manifest asks of consignments is kept until they come.
type again struct {
	law       *law
	state     *rulebook.Law
	at        port.PortID
	now       port.Time
	movement  port.ID
	consigned map[port.ID]movement.Again
}

// subject judges everything that one checklist stands on.
func (j *again) subject(ctx context.Context, kind port.SubjectKind, id port.ID) (movement.Again, error) {
	p := j.law.platform
	one, ok := j.consigned[id]
	if !ok {
		one = j.empty(kind, id)
	}
	list, ok, err := ledger.ReadIn(ctx, p.engine, ledgerOf(j.at), p.kinds.Checklists, id)
	if err != nil || !ok {
		return one, err
	}
	for _, paper := range list.Papers {
		facts, err := p.engine.Facts(ctx, ledgerOf(j.at), paper.Seq-1, 1, 0)
		if err != nil {
			return one, err
		}
		if len(facts) == 0 || facts[0].Seq != paper.Seq {
			return one, errs.New(errs.Broken, "", "%s %d: the document of %s is not there", ledgerOf(j.at), paper.Seq, id)
		}
		one.Papers = append(one.Papers, movement.PaperRef{ID: paper.ID, Seq: paper.Seq})
		if covered, ok := facts[0].Body.(declaration.Covered); ok {
			if facts, err = j.covering(ctx, covered.Declaration); err != nil {
				return one, err
			}
		}
		switch b := facts[0].Body.(type) {
		case manifest.Lodged:
			j.manifest(&one, j.scope(b.Judged, &facts[0]), &b.Document, b.Consignments)
		case manifest.Changed:
			j.manifest(&one, j.scope(b.Judged, &facts[0]), &b.Document, b.Consignments)
		case declaration.Lodged:
			problems, judged := j.law.declaration(j.state, j.at, j.scope(b.Judged, &facts[0]), &b.Document, j.now)
			j.add(&one, judged)
			j.objections(&one, port.DueExitGate, problems)
		case declaration.Amended:
			problems, judged := j.law.declaration(j.state, j.at, j.scope(b.Judged, &facts[0]), &b.Document, j.now)
			j.add(&one, judged)
			j.objections(&one, port.DueExitGate, problems)
		default:
			return one, errs.New(errs.Broken, "", "%s %d is %s, no document", ledgerOf(j.at), paper.Seq, facts[0].Name)
		}
	}
	return one, nil
}

// manifest judges a manifest: what it asks of its movement, and of the consignments beside its waybills.
func (j *again) manifest(one *movement.Again, scope rules.Scope, d *manifest.Document, consignments []port.ID) {
	problems, judged, waybills := j.law.manifest(j.state, j.at, scope, d, j.now)
	j.add(one, judged)
	j.objections(one, port.DueEntryGate, problems)
	for i, consignment := range consignments {
		goods, ok := j.consigned[consignment]
		if !ok {
			goods = j.empty(port.ConsignmentSubject, consignment)
		}
		j.add(&goods, waybills[i])
		j.consigned[consignment] = goods
	}
}

// covering finds the fact that has the document of a declaration of several waybills (归并): its first consignment stands
// on it by the same id.
func (j *again) covering(ctx context.Context, id port.ID) ([]ledger.Fact, error) {
	p := j.law.platform
	r, ok, err := ledger.ReadIn(ctx, p.engine, ledgerOf(j.at), p.kinds.Declarations, id)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errs.New(errs.Broken, "", "%s: declaration %s is not there", ledgerOf(j.at), id)
	}
	list, ok, err := ledger.ReadIn(ctx, p.engine, ledgerOf(j.at), p.kinds.Checklists, r.Consignment)
	if err != nil {
		return nil, err
	}
	if ok {
		for _, paper := range list.Papers {
			if paper.ID == id {
				return p.engine.Facts(ctx, ledgerOf(j.at), paper.Seq-1, 1, 0)
			}
		}
	}
	return nil, errs.New(errs.Broken, "", "%s: the document of declaration %s is not there", ledgerOf(j.at), id)
}

// empty is a subject of which nothing is asked.
func (j *again) empty(kind port.SubjectKind, id port.ID) movement.Again {
	none := rulebook.Judged(j.state.Book(), kind, -1)
	return movement.Again{Subject: id, Kind: kind, Judged: j.law.fill(j.state, j.at, j.now, none)}
}

// scope judges by today's law as of the instant at which a document was judged first.
func (j *again) scope(judged port.Judged, f *ledger.Fact) rules.Scope {
	lodged := judged.At
	if lodged == 0 {
		lodged = f.Recorded
	}
	return rulebook.AsOf(j.law.scope(j.at, lodged), j.now)
}

func (j *again) add(to *movement.Again, judged port.Judged) {
	all := &to.Judged
	all.Ran += judged.Ran
	all.Demands = append(all.Demands, judged.Demands...)
	all.Clocks = append(all.Clocks, judged.Clocks...)
	all.Risks = append(all.Risks, judged.Risks...)
	all.DryRun = append(all.DryRun, judged.DryRun...)
}

// objections are what the law says now against a document that was taken in before. It is not thrown out after the event:
// customs settles it.
func (j *again) objections(to *movement.Again, due port.DuePoint, problems []errs.Problem) {
	demand := port.Demand{
		Kind: rulebook.PapersCorrected, Subject: to.Kind, Owner: port.Owner{Function: port.FunctionCustomsSupervision}, Due: due, Source: port.Here,
	}
	for _, p := range problems {
		if p.Severity == errs.Error && !slices.Contains(demand.Rules, p.Rule) {
			demand.Rules = append(demand.Rules, p.Rule)
			if demand.Citation == "" {
				demand.Citation = p.Citation
			}
		}
	}
	if len(demand.Rules) > 0 {
		j.law.own(j.at, &demand)
		to.Judged.Demands = append(to.Judged.Demands, demand)
	}
}
