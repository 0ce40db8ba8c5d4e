package rulebook

import (
	"math"
	"slices"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/rules"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/movement/board"
	"github.com/guomen/guomen/port"
)

// Limits of a replay. What goes beyond them is left out and said to be.
const (
	MaxListed = 50      // documents that are named
	MaxHolds  = 500_000 // requirements whose durations are followed: a year of the busiest port
)

// Replay is what a version of a clause would have said over a past period: of which documents, what it would have asked
// for that nobody asked for then, and how long requirements of that kind took at each port. It is fed with the facts of
// ports' ledgers, each in order, and keeps no document.
//
// A document is judged as of the instant when it was lodged, on a day when the clause is law, whatever its effective
// dates: the question is what it would have done. A reading is judged by what the lane saw alone. Durations run from the
// opening of a requirement of the same kind within the period to its first settling within it; those not settled are
// counted apart, so the figures lean to the short side where many are open at the end.
type Replay struct {
	book   *rules.Book
	clause *rules.Clause
	law    port.Time
	from   port.Time
	to     port.Time

	all     []float64
	ports   []*portReplay
	listed  []Listed
	cut     bool
	pending pendingManifest
}

// Listed is one document on which the clause would have spoken.
type Listed struct {
	Port  port.PortID `json:"port"`
	Kind  string      `json:"kind"` // movement, declaration or reading
	ID    port.ID     `json:"id"`
	Newly bool        `json:"newly"` // it would have asked for something new, or refused
}

// Figures are the counts of a replay at one port, or over all.
type Figures struct {
	Port      port.PortID `json:"port,omitempty"`
	Documents int         `json:"documents"` // that the clause's subject is about
	Spoken    int         `json:"spoken"`    // on which it would have spoken
	Undecided int         `json:"undecided"` // on which it could not have told
	Newly     int         `json:"newly_demanded"`
	Refused   int         `json:"newly_refused"` // accepted then, and in error by the clause
	Holds     *Holds      `json:"holds,omitempty"`
}

// Holds are how long requirements of the clause's kind took from opened to settled, in seconds; absent where none was
// settled. The interval is for the median, by order statistics: it is free of any distribution and the same every time.
type Holds struct {
	Kind      port.RequirementKind `json:"kind"`
	Count     int                  `json:"count"`
	Unsettled int                  `json:"unsettled"`
	Median    *float64             `json:"median_seconds"`
	P90       *float64             `json:"p90_seconds"`
	Low       *float64             `json:"median_low_seconds"` // absent with fewer than six
	High      *float64             `json:"median_high_seconds"`
	Coverage  *float64             `json:"coverage"` // of the interval, at least 0.95
}

// Replayed is the result of a replay.
type Replayed struct {
	Rule     string    `json:"rule"`
	From     port.Time `json:"from"`
	To       port.Time `json:"to"`
	Method   string    `json:"method"`
	Total    Figures   `json:"total"`
	Ports    []Figures `json:"ports"`
	Listed   []Listed  `json:"listed"`    // the first
	Cut      bool      `json:"truncated"` // there was more than is followed
	Engine   int       `json:"engine"`
	Clause   string    `json:"clause_mode"`
	Demanded string    `json:"demands"` // requirement, problem, risk or deadline
}

// replayMethod says how the interval is made.
const replayMethod = "95% interval of the median by binomial order statistics"

// portReplay is one port's part.
type portReplay struct {
	Figures
	open    map[port.ID]opened
	settled []float64
}

type opened struct {
	at       port.Time
	mirrored bool
}

// pendingManifest is a manifest of which the consignments' own facts are still to come.
type pendingManifest struct {
	movement port.ID
	listed   int // its place among the listed; -1: it has none
	newly    bool
	asked    map[port.ID]port.DuePoint
}

// NewReplay prepares a replay of a clause's text; problems where it does not compile.
func NewReplay(rule, text string, from, to port.Time) (*Replay, []errs.Problem) {
	book, err := compileOne(rule, text)
	if err != nil {
		var problems []errs.Problem
		for _, fault := range rules.Faults(err) {
			p := errs.At("text", proposalProblem, fault.Message)
			p.Line = fault.Line
			problems = append(problems, p)
		}
		return nil, problems
	}
	clause := book.Clauses()[0]
	return &Replay{book: book, clause: clause, law: dayInLaw(clause), from: from, to: to}, nil
}

// Begin begins a port's facts.
func (r *Replay) Begin(at port.PortID) {
	r.ports = append(r.ports, &portReplay{Figures: Figures{Port: at}, open: map[port.ID]opened{}})
	r.pending = pendingManifest{}
}

// Add takes in the next fact of the port that was begun last.
func (r *Replay) Add(f *ledger.Fact) {
	if f.Recorded < r.from || f.Recorded >= r.to {
		return
	}
	p := r.ports[len(r.ports)-1]
	scope := AsOf(Scope(p.Port, NormalRegime, f.Recorded), r.law)
	switch b := f.Body.(type) {
	case manifest.Lodged:
		r.opened(p, f, b.Movement, port.MovementSubject, b.Judged.Demands)
		r.manifest(p, scope, &b)
	case manifest.Changed:
		r.opened(p, f, b.Movement, port.MovementSubject, b.Judged.Demands)
		r.manifest(p, scope, &manifest.Lodged{Movement: b.Movement, Consignments: b.Consignments, Document: b.Document, Judged: b.Judged})
	case cargo.Assigned:
		r.opened(p, f, b.Consignment, port.ConsignmentSubject, b.Judged.Demands)
		r.consigned(p, b.Consignment, b.Movement, &b.Judged)
	case cargo.Consigned:
		r.opened(p, f, b.Consignment, port.ConsignmentSubject, b.Judged.Demands)
		r.consigned(p, b.Consignment, b.Movement, &b.Judged)
	case declaration.Lodged:
		r.opened(p, f, b.Consignment, port.ConsignmentSubject, b.Judged.Demands)
		r.declaration(p, scope, b.Declaration, &b.Document, &b.Judged)
	case declaration.Amended:
		r.opened(p, f, b.Consignment, port.ConsignmentSubject, b.Judged.Demands)
		r.declaration(p, scope, b.Declaration, &b.Document, &b.Judged)
	case movement.JudgedAgain:
		r.opened(p, f, b.Subject, b.SubjectKind, b.Judged.Demands)
	case movement.Decided:
		if !b.Advisory && r.kind() == b.Kind && b.Result.State().Settled() {
			r.settled(p, b.Subject, f.At, false)
		}
	case declaration.Answered:
		if r.kind() == port.CustomsRelease && b.Result.State().Settled() {
			r.settled(p, b.Consignment, f.At, true)
		}
	case gate.Read:
		r.reading(p, scope, &b)
	case declaration.Covered:
		r.opened(p, f, b.Consignment, port.ConsignmentSubject, b.Judged.Demands)
		if r.kind() == port.CustomsRelease && b.Result.State().Settled() {
			r.settled(p, b.Consignment, f.At, true)
		}
	case manifest.Answered:
		if r.kind() == port.ManifestAccepted && b.Result.State().Settled() {
			r.settled(p, b.Movement, f.At, true)
		}
	case movement.Ordered:
		r.opened(p, f, b.Subject, b.SubjectKind, []port.Demand{b.Demand})
	case movement.Listed:
		r.opened(p, f, b.Person, port.PersonSubject, b.Judged.Demands)
	}
}

// kind is what the clause asks for; empty where it is no requirement.
func (r *Replay) kind() port.RequirementKind {
	if r.clause.Requirement == nil {
		return ""
	}
	return port.RequirementKind(r.clause.Requirement.Kind)
}

// opened notes when a requirement of the clause's kind was opened.
func (r *Replay) opened(p *portReplay, f *ledger.Fact, subject port.ID, of port.SubjectKind, demands []port.Demand) {
	kind := r.kind()
	if kind == "" {
		return
	}
	for i := range demands {
		d := &demands[i]
		if d.Kind != kind || d.Subject != of {
			continue
		}
		if _, known := p.open[subject]; known {
			continue
		}
		if len(p.open)+len(r.all) >= MaxHolds {
			r.cut = true
			continue
		}
		p.open[subject] = opened{f.Recorded, d.Source == port.Mirrored}
	}
}

func (r *Replay) settled(p *portReplay, subject port.ID, at port.Time, answered bool) {
	o, ok := p.open[subject]
	if !ok || o.mirrored != answered {
		return
	}
	delete(p.open, subject)
	seconds := max(0, at.Sub(o.at).Std().Seconds())
	p.settled, r.all = append(p.settled, seconds), append(r.all, seconds)
}

// judged counts one document, and gives its place among the listed.
func (r *Replay) judged(p *portReplay, j *rules.Judgement, kind string, id port.ID) (spoke bool, place int) {
	p.Documents++
	switch verdictOf(j, r.clause.Name) {
	case trialUndecided:
		p.Undecided++
	case trialFail:
		p.Spoken++
		spoke = true
	}
	place = -1
	if spoke && len(r.listed) < MaxListed {
		place = len(r.listed)
		r.listed = append(r.listed, Listed{Port: p.Port, Kind: kind, ID: id})
	}
	if spoke && r.clause.Problem != nil && r.clause.Problem.Severity == string(errs.Error) {
		p.Refused++
		r.mark(place)
	}
	return spoke, place
}

func (r *Replay) mark(place int) {
	if place >= 0 {
		r.listed[place].Newly = true
	}
}

// found are the demands of a judgement, dry or not, that are certain.
func found(j *rules.Judgement) (list []rules.Demand) {
	for _, d := range slices.Concat(j.Demands, j.DryRun.Demands) {
		if !d.Undecided {
			list = append(list, d)
		}
	}
	return list
}

// newly tells whether a requirement goes beyond what was asked for then: another kind, or by an earlier point.
func newly(kind port.RequirementKind, due port.DuePoint, then []port.Demand) bool {
	order := port.DuePoints()
	return !slices.ContainsFunc(then, func(d port.Demand) bool {
		return d.Kind == kind && slices.Index(order, d.Due) <= slices.Index(order, due)
	})
}

func (r *Replay) manifest(p *portReplay, scope rules.Scope, b *manifest.Lodged) {
	r.pending = pendingManifest{}
	var j rules.Judgement
	switch r.clause.Subject {
	case manifestSubject:
		j = JudgeManifest(r.book, scope, &b.Document)
	case movementSubject:
		m := MovementOf(p.Port, &b.Document)
		j = JudgeMovement(r.book, scope, &m)
	default:
		return
	}
	_, place := r.judged(p, &j, "movement", b.Movement)
	r.pending = pendingManifest{movement: b.Movement, listed: place, asked: map[port.ID]port.DuePoint{}}
	for _, d := range found(&j) {
		due := port.DuePoint(d.Due)
		if d.Subject == string(port.MovementSubject) {
			if newly(r.kind(), due, b.Judged.Demands) {
				r.newly(p)
			}
			continue
		}
		for i, id := range b.Consignments {
			if d.Item < 0 || d.Item == i {
				r.pending.asked[id] = due
			}
		}
	}
}

// consigned compares what the manifest's clause would ask of a consignment with what was asked of it.
func (r *Replay) consigned(p *portReplay, consignment, movement port.ID, judged *port.Judged) {
	due, ok := r.pending.asked[consignment]
	if ok && movement == r.pending.movement && newly(r.kind(), due, judged.Demands) {
		r.newly(p)
	}
}

// newly counts the manifest at hand once.
func (r *Replay) newly(p *portReplay) {
	if !r.pending.newly {
		r.pending.newly = true
		p.Newly++
		r.mark(r.pending.listed)
	}
}

func (r *Replay) declaration(p *portReplay, scope rules.Scope, id port.ID, d *declaration.Document, then *port.Judged) {
	if r.clause.Subject != declarationSubject {
		return
	}
	j := JudgeDeclaration(r.book, scope, d)
	_, place := r.judged(p, &j, "declaration", id)
	for _, demand := range found(&j) {
		if newly(r.kind(), port.DuePoint(demand.Due), then.Demands) {
			p.Newly++
			r.mark(place)
			return
		}
	}
}

func (r *Replay) reading(p *portReplay, scope rules.Scope, b *gate.Read) {
	if r.clause.Subject != readingSubject {
		return
	}
	j := JudgeReading(r.book, scope, &Reading{Port: p.Port, Lane: b.Lane, Direction: b.Direction, Plate: b.Saw.Plate, Mass: b.Saw.Mass})
	r.judged(p, &j, "reading", b.Reading)
}

// Result is what has been found so far.
func (r *Replay) Result() Replayed {
	result := Replayed{Rule: r.clause.Name, From: r.from, To: r.to, Method: replayMethod, Ports: []Figures{}, Listed: []Listed{}, Cut: r.cut, Engine: rules.Engine, Clause: string(Active), Demanded: demanded(r.clause)}
	if r.clause.DryRun {
		result.Clause = string(DryRun)
	}
	result.Listed = append(result.Listed, r.listed...)
	unsettled := 0
	for _, p := range r.ports {
		f := p.Figures
		f.Holds = r.holds(p.settled, len(p.open))
		unsettled += len(p.open)
		result.Ports = append(result.Ports, f)
		t := &result.Total
		t.Documents, t.Spoken, t.Undecided, t.Newly, t.Refused = t.Documents+f.Documents, t.Spoken+f.Spoken, t.Undecided+f.Undecided, t.Newly+f.Newly, t.Refused+f.Refused
	}
	result.Total.Holds = r.holds(r.all, unsettled)
	return result
}

func demanded(c *rules.Clause) string {
	switch {
	case c.Requirement != nil:
		return "requirement"
	case c.Problem != nil:
		return "problem"
	case c.Risk != nil:
		return "risk"
	}
	return "deadline"
}

func (r *Replay) holds(seconds []float64, unsettled int) *Holds {
	if r.kind() == "" {
		return nil
	}
	h := &Holds{Kind: r.kind(), Count: len(seconds), Unsettled: unsettled}
	if len(seconds) == 0 {
		return h
	}
	sorted := slices.Sorted(slices.Values(seconds))
	median, p90 := board.Quantile(sorted, 0.5), board.Quantile(sorted, 0.9)
	h.Median, h.P90 = &median, &p90
	if k, coverage := medianInterval(len(sorted)); k > 0 {
		low, high := sorted[k-1], sorted[len(sorted)-k]
		h.Low, h.High, h.Coverage = &low, &high, &coverage
	}
	return h
}

// medianInterval finds the interval of the median of n values by order statistics: from the k-th smallest to the k-th
// largest, with k the greatest for which the median lies within with a probability of at least 0.95, and that
// probability. How many values lie below the median is binomial with one half, whatever the values' distribution. k is 0
// where even the smallest and the greatest do not reach it: below six values.
func medianInterval(n int) (k int, coverage float64) {
	const tail = 0.025
	below, sum := 0.0, 0.0 // probability of fewer than k, and of at most k, below the median
	for k < n {
		logs, _ := math.Lgamma(float64(n + 1))
		i, _ := math.Lgamma(float64(k + 1))
		rest, _ := math.Lgamma(float64(n - k + 1))
		sum += math.Exp(logs - i - rest - float64(n)*math.Ln2)
		if sum > tail {
			break
		}
		below = sum
		k++
	}
	if k == 0 {
		return 0, 0
	}
	return k, 1 - 2*below
}
