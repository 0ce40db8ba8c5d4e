package rules

import (
	"fmt"
	"reflect"
	"strconv"
	"time"
	"unsafe"

	"github.com/guomen/guomen/internal/errs"
)

// Scope says what is judged where: it picks the clauses in question, and conditions see it as scope. Whoever leaves a
// part empty is judged by the clauses that do not care for that part. Sites picks no clause; without any the port has none.
type Scope struct {
	Port      string `json:"port,omitempty"`
	Mode      string `json:"mode,omitempty"`
	Direction string `json:"direction,omitempty"`
	Regime    string `json:"regime,omitempty"`

	// Sites are the kinds of goods that the port has a designated place for.
	Sites []string `json:"sites"`

	// At is the instant as of which the law is asked, now in conditions. There is no clock in here.
	At time.Time `json:"-"`

	// Law is the instant whose clauses are in question where that is not At: what was lodged some time ago is judged again
	// by today's law, as of when it was lodged. Zero: At.
	Law time.Time `json:"-"`
}

// Judgement is what a book says about one document: what holds, and, apart, what its dry-run clauses would have said.
type Judgement struct {
	Outcome
	DryRun Outcome
	Ran    int // clauses whose condition was evaluated
}

// Outcome is what clauses found. Each list is in order of the clauses' names, then of the document.
type Outcome struct {
	Problems  []errs.Problem
	Demands   []Demand
	Risks     []RiskResult
	Deadlines []DeadlineResult
	Doubts    []Doubt
}

// Demand is a requirement that a clause makes. An undecided one is made because the clause cannot tell whether it
// applies: it is open until somebody can, and never the same as not required.
type Demand struct {
	Rule, Citation string
	Requirement
	Item      int // the index in the (outer) list of a clause with each; -1 where it is about the document
	Undecided bool
}

// RiskResult is a risk clause that applies, or may apply.
type RiskResult struct {
	Rule, Citation string
	Level          string
	Item           int // as in Demand
	Undecided      bool
}

// DeadlineResult is a legal clock that a clause starts, or may start. It runs for After, or for calendar months; an
// undecided one whose span is configuration that nobody has set has neither.
type DeadlineResult struct {
	Rule, Citation string
	Kind, From     string
	After          time.Duration
	Months         int
	Warn           []time.Duration // shared: do not change it
	Item           int             // as in Demand
	Undecided      bool
}

// Doubt is a problem clause that could not tell whether there is a problem, for lack of a fact at one place at least.
type Doubt struct {
	Rule, Citation string
	Path           string // the first such place
}

// Judge runs the clauses in question over a document, a pointer to the struct that the schema named for the subject.
// Another type or an unknown subject is a mistake of the program, and panics.
func (b *Book) Judge(subject string, scope Scope, document any) Judgement {
	x := b.subjects[subject]
	v := reflect.ValueOf(document)
	if x == nil || v.Kind() != reflect.Pointer || v.Type().Elem() != x.root.goType || v.IsNil() {
		panic(fmt.Sprintf("rules: a %T cannot be judged as %q", document, subject))
	}
	root := v.UnsafePointer()
	f := b.frames.Get().(*frame)
	f.scope, f.now = scope, scope.At.UnixMicro()
	law := f.now
	if !scope.Law.IsZero() {
		law = scope.Law.UnixMicro()
	}
	f.slots[rootSlot] = slot{root, x.root}
	var chapters chapterSet
	if x.trades {
		chapters = x.chaptersOf(root)
	}
	j := &f.judgement // in the frame, because a variable here would be garbage after each call
	for _, c := range x.find(place{scope.Port, scope.Mode, scope.Direction}) {
		if law < c.from || law >= c.until || !covers(c.Scope.Regimes, scope.Regime) || !c.concerns(chapters, x.subject, root) {
			continue
		}
		outcome := &j.Outcome
		if c.DryRun {
			outcome = &j.DryRun
		}
		j.Ran++
		f.steps, f.spent = 0, false
		c.judge(f, root, outcome)
	}
	judgement := *j
	// The pool must not keep documents alive.
	f.scope, f.judgement = Scope{}, Judgement{}
	clear(f.slots[firstLocalSlot:])
	f.slots[rootSlot], f.slots[itemSlot] = slot{}, slot{}
	b.frames.Put(f)
	return judgement
}

// concerns tells whether the clause's goods are among those at hand.
func (c *clause) concerns(chapters chapterSet, about *subject, root unsafe.Pointer) bool {
	if len(c.Scope.Goods) == 0 {
		return true
	}
	return c.chapters.meets(chapters) &&
		!about.goods.hsCodes(0, root, func(hs string) bool { return !within(hs, c.Scope.Goods) })
}

// judge runs one clause: over the document, or over the items of its list.
func (c *clause) judge(f *frame, root unsafe.Pointer, to *Outcome) {
	s := finding{clause: c, frame: f, to: to}
	if c.walk == nil {
		s.test()
	} else {
		c.walk.run(f, 0, root, c.Scope.Goods, &s)
	}
	switch {
	case c.Problem == nil && f.spent:
		s.demand(-1, true)
	case c.Problem != nil && (s.undecided || f.spent):
		to.Doubts = append(to.Doubts, Doubt{c.Name, c.Citation, s.doubt})
	}
}

// finding gathers what one clause says of one document.
type finding struct {
	*clause
	frame     *frame
	to        *Outcome
	found     int
	undecided bool   // a problem could not be told
	doubt     string // where first
}

// test evaluates the condition once; false when there is nothing more to find.
func (s *finding) test() bool {
	holds, told := s.when(s.frame)
	switch {
	case s.frame.spent:
		return false
	case told && !holds:
		return true
	case s.Problem == nil:
		item := -1
		if s.walk != nil {
			item = int(s.frame.index[0])
		}
		s.demand(item, !told)
		return true
	case !told:
		if !s.undecided {
			s.undecided, s.doubt = true, s.place()
		}
		return true
	}
	s.found++
	p := errs.Problem{Path: s.place(), Rule: s.Name, Citation: s.Citation, Severity: errs.Severity(s.Problem.Severity)}
	for _, arg := range s.args {
		value, _ := arg(s.frame) // what cannot be told is shown as nothing
		p.Args = append(p.Args, value)
	}
	s.to.Problems = append(s.to.Problems, p)
	return s.found < MaxFound
}

// place is the path of the problem with the indices of the item at hand.
func (s *finding) place() string {
	if len(s.path) == 1 {
		return s.path[0]
	}
	var room [64]byte
	path := append(room[:0], s.path[0]...)
	for i, piece := range s.path[1:] {
		path = append(strconv.AppendInt(path, s.frame.index[i], 10), piece...)
	}
	return string(path)
}

func (s *finding) demand(item int, undecided bool) {
	c, to := s.clause, s.to
	switch {
	case c.Requirement != nil:
		to.Demands = append(to.Demands, Demand{c.Name, c.Citation, *c.Requirement, item, undecided})
	case c.Risk != nil:
		to.Risks = append(to.Risks, RiskResult{c.Name, c.Citation, c.Risk.Level, item, undecided})
	case c.Deadline != nil:
		after := c.after
		if c.within != nil {
			span, told := c.within(s.frame)
			after, undecided = time.Duration(span)*time.Microsecond, undecided || !told
		}
		to.Deadlines = append(to.Deadlines, DeadlineResult{c.Name, c.Citation, c.Deadline.Kind, c.Deadline.From, after, c.Deadline.Months, c.warn, item, undecided})
	}
}
