package movement

import (
	"slices"
	"strings"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// Kinds of requirement that this package gives a meaning of its own: the border inspection's clearance stamps T5, and
// an ordered examination opens one for the inspector.
const (
	crewCleared port.RequirementKind = "crew_cleared" // 边检验放
	inspection  port.RequirementKind = "inspection"   // 查验
)

// Requirement is one entry of a checklist.
type Requirement struct {
	Kind      port.RequirementKind  `json:"kind"`
	Owner     port.Owner            `json:"owner"`
	Due       port.DuePoint         `json:"due"`
	Source    port.Source           `json:"source"`
	State     port.RequirementState `json:"state"`
	Result    port.Result           `json:"result,omitempty"` // the last verdict; empty before the first
	Reason    string                `json:"reason,omitempty"`
	Note      string                `json:"note,omitempty"`
	Advisory  port.Result           `json:"advisory,omitempty"` // what our users said where an outside system decides
	Rules     []string              `json:"rules"`
	Dropped   []string              `json:"dropped,omitempty"` // clauses that asked for it before the law changed, with their versions
	Citation  string                `json:"citation,omitempty"`
	Undecided bool                  `json:"undecided,omitempty"` // the clause could not tell whether it applies
	Opened    port.Time             `json:"opened"`
	Decided   port.Time             `json:"decided,omitempty"`
	By        string                `json:"by,omitempty"` // who gave the last verdict: organisation, and the person
}

// Checklist is the record of everything required of one subject.
type Checklist struct {
	Subject      port.SubjectKind `json:"subject"`
	Requirements []Requirement    `json:"requirements"`
	Movements    []port.ID        `json:"movements,omitempty"`    // of a consignment: the open movements that carry it
	Declarations []port.ID        `json:"declarations,omitempty"` // of a consignment: those that stand
	Arrived      port.Time        `json:"arrived,omitempty"`      // at the supervised place: the goods, or the vehicle itself
	Deadlines    []Deadline       `json:"deadlines,omitempty"`    // legal clocks, running or ended
	Papers       []Paper          `json:"papers,omitempty"`       // what it stands on, with the law by which that was judged
}

// Deadline is one legal clock of a subject.
type Deadline struct {
	port.Clock
	Due    port.Time `json:"due,omitempty"` // once it runs
	Done   bool      `json:"done,omitempty"`
	Passed bool      `json:"passed,omitempty"` // it ran out
}

// deadlineID names the n-th deadline of a subject. Things that one command made have neighbouring ids, so what is derived
// from them is set apart by more than a command can make: a manifest's 999 waybills and as many facts.
func deadlineID(subject port.ID, n int) port.ID {
	const first, apart = 0x4000, 0x1000
	return subject.Derive(first + apart*uint16(n))
}

// started gives the checklist with further clocks; those that count from the entry run once the goods have entered.
func (c Checklist) started(x *ledger.Effects, subject port.ID, clocks []port.Clock) Checklist {
	c.Deadlines = slices.Clone(c.Deadlines)
	for _, clock := range clocks {
		if !slices.ContainsFunc(c.Deadlines, func(known Deadline) bool { return known.Kind == clock.Kind }) {
			c.Deadlines = append(c.Deadlines, Deadline{Clock: clock})
		}
	}
	return c.running(x, subject)
}

// running sets the deadlines of clocks whose event has come.
func (c Checklist) running(x *ledger.Effects, subject port.ID) Checklist {
	for i := range c.Deadlines {
		if clock := &c.Deadlines[i]; clock.From == port.FromEntry && clock.Due == 0 && !clock.Done && c.Arrived != 0 {
			clock.Due = c.Arrived.Add(clock.After)
			x.Deadline(clock.Due, deadlineID(subject, i), string(clock.Kind), subject)
		}
	}
	return c
}

// met gives the checklist with a clock stopped in time.
func (c Checklist) met(x *ledger.Effects, subject port.ID, kind port.ClockKind) Checklist {
	c.Deadlines = slices.Clone(c.Deadlines)
	for i := range c.Deadlines {
		if clock := &c.Deadlines[i]; clock.Kind == kind && !clock.Done && !clock.Passed {
			clock.Done = true
			if clock.Due != 0 {
				x.Undeadline(clock.Due, deadlineID(subject, i))
			}
		}
	}
	return c
}

// resumed gives the checklist with a clock that was stopped running on, because what stopped it is no more. The law's
// days count from the event, so it falls due when it would have.
func (c Checklist) resumed(x *ledger.Effects, subject port.ID, kind port.ClockKind) Checklist {
	c.Deadlines = slices.Clone(c.Deadlines)
	for i := range c.Deadlines {
		if clock := &c.Deadlines[i]; clock.Kind == kind && clock.Done && !clock.Passed {
			clock.Done = false
			if clock.Due != 0 {
				x.Deadline(clock.Due, deadlineID(subject, i), string(clock.Kind), subject)
			}
		}
	}
	return c.running(x, subject)
}

// declared gives the checklist after a declaration: the clock for declaring stops, and the one for the full declaration
// when this is not the summary.
func (c Checklist) declared(x *ledger.Effects, subject port.ID, d *declaration.Document, clocks []port.Clock) Checklist {
	c = c.started(x, subject, clocks).met(x, subject, port.DeclarationDue)
	if d.Steps == declaration.StepSummary {
		return c.resumed(x, subject, port.FullDeclarationDue)
	}
	return c.met(x, subject, port.FullDeclarationDue)
}

// undeclared gives the checklist after its last declaration was withdrawn: the goods are to be declared again.
func (c Checklist) undeclared(x *ledger.Effects, subject port.ID) Checklist {
	return c.met(x, subject, port.FullDeclarationDue).resumed(x, subject, port.DeclarationDue)
}

// MaxCarriers bounds the vehicles of one waybill on one crossing that are followed within a transaction: sixty trucks
// under one declaration is the longest that the ports speak of.
const MaxCarriers = 128

// Find gives a requirement by kind; nil where there is none.
func (c *Checklist) Find(kind port.RequirementKind) *Requirement {
	for i := range c.Requirements {
		if c.Requirements[i].Kind == kind {
			return &c.Requirements[i]
		}
	}
	return nil
}

// BlockedBy names what a requirement waits for before its owner can act: "declaration" or "arrival". Empty: he can.
func (c *Checklist) BlockedBy(r *Requirement) string {
	switch {
	case r.Kind == port.CustomsRelease && len(c.Declarations) == 0:
		return "declaration"
	case r.Kind == inspection && c.Arrived == 0:
		return "arrival"
	}
	return ""
}

// with gives the checklist with further demands: one requirement a kind, which names every clause that asks for it.
func (c Checklist) with(f *ledger.Fact, subject port.SubjectKind, demands []port.Demand) Checklist {
	c.Subject = subject
	c.Requirements = slices.Clone(c.Requirements)
	for i := range demands {
		d := &demands[i]
		if d.Subject != subject {
			continue
		}
		if r := c.Find(d.Kind); r != nil {
			if r.State == port.StateLapsed { // asked for anew: by when, and since when, is a new matter
				*r = Requirement{Kind: d.Kind, Owner: d.Owner, Due: d.Due, Source: d.Source, State: port.StateOpen, Rules: d.Rules, Dropped: r.Dropped,
					Citation: d.Citation, Undecided: d.Undecided, Opened: f.Recorded}
				continue
			}
			for _, rule := range d.Rules {
				if !slices.Contains(r.Rules, rule) {
					r.Rules = append(slices.Clone(r.Rules), rule)
				}
			}
			r.Undecided = r.Undecided && d.Undecided
			if gateOrder(d.Due) < gateOrder(r.Due) {
				r.Due = d.Due // two clauses ask for the same by different points: the earlier one counts
			}
			continue
		}
		c.Requirements = append(c.Requirements, Requirement{
			Kind: d.Kind, Owner: d.Owner, Due: d.Due, Source: d.Source, State: port.StateOpen, Rules: d.Rules,
			Citation: d.Citation, Undecided: d.Undecided, Opened: f.Recorded,
		})
	}
	return c
}

// decided gives the checklist with a verdict on one requirement.
func (c Checklist) decided(f *ledger.Fact, kind port.RequirementKind, result port.Result, reason, note, by string) Checklist {
	c.Requirements = slices.Clone(c.Requirements)
	if r := c.Find(kind); r != nil {
		r.State, r.Result, r.Reason, r.Note, r.By, r.Decided = result.State(), result, reason, note, by, f.At
	}
	return c
}

// reopened gives the checklist with a requirement open again, because what it was decided on has changed. What has lapsed
// was not decided on anything: only a clause that asks for it anew opens it.
func (c Checklist) reopened(kind port.RequirementKind, reason string) Checklist {
	c.Requirements = slices.Clone(c.Requirements)
	if r := c.Find(kind); r != nil && r.State != port.StateOpen && r.State != port.StateLapsed {
		r.State, r.Result, r.Reason, r.Decided = port.StateOpen, "", reason, 0
	}
	return c
}

func actor(f *ledger.Fact) string {
	if f.Actor.Person != "" {
		return f.Actor.Organisation + " · " + f.Actor.Person
	}
	return f.Actor.Organisation
}

// Checklists is the kind of record.
func Checklists() *ledger.Kind[Checklist] {
	k := ledger.NewKind[Checklist]("checklist", 3)
	ledger.On(k, func(b manifest.Lodged) port.ID { return b.Movement }, func(_ *ledger.Effects, c Checklist, f *ledger.Fact, b manifest.Lodged) Checklist {
		c = c.with(f, port.MovementSubject, b.Judged.Demands).paper(f, b.Manifest, &b.Judged)
		if c.Find(port.Announced) != nil {
			c = c.decided(f, port.Announced, port.ResultMet, "", "", actor(f))
		}
		return c
	})
	ledger.On(k, func(b Appeared) port.ID { return b.Movement }, func(_ *ledger.Effects, c Checklist, f *ledger.Fact, b Appeared) Checklist {
		return c.with(f, port.MovementSubject, []port.Demand{{
			Kind: port.Announced, Subject: port.MovementSubject, Owner: port.Owner{Function: port.FunctionCarrier}, Due: port.DueEntryGate,
			Source: port.Here, Rules: []string{"guomen.announced"},
		}})
	})
	ledger.On(k, func(b cargo.Consigned) port.ID { return b.Consignment }, func(x *ledger.Effects, c Checklist, f *ledger.Fact, b cargo.Consigned) Checklist {
		c = c.with(f, port.ConsignmentSubject, b.Judged.Demands)
		if c = c.started(x, b.Consignment, b.Judged.Clocks); len(c.Declarations) > 0 {
			c = c.met(x, b.Consignment, port.DeclarationDue)
		}
		if len(c.Movements) < MaxCarriers {
			c.Movements = append(slices.Clone(c.Movements), b.Movement)
		}
		return c
	})
	ledger.On(k, func(b Passed) port.ID { return b.Movement }, func(_ *ledger.Effects, c Checklist, f *ledger.Fact, b Passed) Checklist {
		if b.Gate == port.DueEntryGate && c.Arrived == 0 {
			c.Arrived = f.At // the vehicle is where it can be examined
		}
		return c
	})
	ledger.On(k, func(b cargo.Entered) port.ID { return b.Consignment }, func(x *ledger.Effects, c Checklist, f *ledger.Fact, b cargo.Entered) Checklist {
		if c.Arrived == 0 {
			c.Arrived = f.At
		}
		c.Deadlines = slices.Clone(c.Deadlines)
		return c.running(x, b.Consignment)
	})
	ledger.On(k, func(b cargo.TakenOut) port.ID { return b.Consignment }, func(_ *ledger.Effects, c Checklist, _ *ledger.Fact, b cargo.TakenOut) Checklist {
		c.Movements = slices.DeleteFunc(slices.Clone(c.Movements), func(id port.ID) bool { return id == b.Movement })
		return c
	})
	ledger.On(k, func(b Passed) port.ID { return b.Movement }, func(_ *ledger.Effects, c Checklist, f *ledger.Fact, b Passed) Checklist {
		if b.Gate == port.DueEntryGate && c.Arrived == 0 {
			c.Arrived = f.At // what is ordered of the vehicle itself can be done now
		}
		return c
	})
	ledger.On(k, func(b cargo.Returned) port.ID { return b.Consignment }, func(_ *ledger.Effects, c Checklist, _ *ledger.Fact, b cargo.Returned) Checklist {
		c.Movements = slices.DeleteFunc(slices.Clone(c.Movements), func(id port.ID) bool { return id == b.Movement })
		return c
	})
	ledger.On(k, func(b declaration.Lodged) port.ID { return b.Consignment }, func(x *ledger.Effects, c Checklist, f *ledger.Fact, b declaration.Lodged) Checklist {
		c = c.with(f, port.ConsignmentSubject, b.Judged.Demands).declared(x, b.Consignment, &b.Document, b.Judged.Clocks).paper(f, b.Declaration, &b.Judged)
		c.Declarations = append(slices.Clone(c.Declarations), b.Declaration)
		// A further declaration on a consignment that was released is a new question to customs.
		return c.reopened(port.CustomsRelease, "declaration_added")
	})
	ledger.On(k, func(b declaration.Amended) port.ID { return b.Consignment }, func(x *ledger.Effects, c Checklist, f *ledger.Fact, b declaration.Amended) Checklist {
		return c.with(f, port.ConsignmentSubject, b.Judged.Demands).declared(x, b.Consignment, &b.Document, b.Judged.Clocks).paper(f, b.Declaration, &b.Judged).reopened(port.CustomsRelease, "declaration_amended")
	})
	ledger.On(k, func(b declaration.Withdrawn) port.ID { return b.Consignment }, func(x *ledger.Effects, c Checklist, _ *ledger.Fact, b declaration.Withdrawn) Checklist {
		c.Declarations = slices.DeleteFunc(slices.Clone(c.Declarations), func(id port.ID) bool { return id == b.Declaration })
		c = c.unpaper(b.Declaration)
		if len(c.Declarations) == 0 {
			c = c.undeclared(x, b.Consignment)
		}
		return c.reopened(port.CustomsRelease, "declaration_withdrawn")
	})
	ledger.On(k, func(b declaration.Answered) port.ID { return b.Consignment }, func(_ *ledger.Effects, c Checklist, f *ledger.Fact, b declaration.Answered) Checklist {
		if r := c.Find(port.CustomsRelease); b.Result != "" && r != nil && r.Source == port.Mirrored {
			return c.decided(f, port.CustomsRelease, b.Result, b.Reason, "", actor(f))
		}
		return c
	})
	ledger.On(k, func(b JudgedAgain) port.ID { return b.Subject }, func(x *ledger.Effects, c Checklist, f *ledger.Fact, b JudgedAgain) Checklist {
		return c.again(x, f, b)
	})
	ledger.On(k, func(b ledger.DeadlinePassed) port.ID { return b.Subject }, func(_ *ledger.Effects, c Checklist, _ *ledger.Fact, b ledger.DeadlinePassed) Checklist {
		c.Deadlines = slices.Clone(c.Deadlines)
		for i := range c.Deadlines {
			if c.Deadlines[i].Kind == port.ClockKind(b.Kind) {
				c.Deadlines[i].Passed = true
			}
		}
		return c
	})
	ledger.On(k, func(b Decided) port.ID { return b.Subject }, func(_ *ledger.Effects, c Checklist, f *ledger.Fact, b Decided) Checklist {
		if b.Advisory {
			c.Requirements = slices.Clone(c.Requirements)
			if r := c.Find(b.Kind); r != nil {
				r.Advisory = b.Result
			}
			return c
		}
		if b.Result == port.ResultInspect && b.Inspector != nil && b.Kind != inspection {
			c = c.with(f, b.SubjectKind, []port.Demand{{
				Kind: inspection, Subject: b.SubjectKind, Owner: *b.Inspector, Due: port.DueExitGate, Source: port.Here, Rules: []string{"guomen.inspection"},
			}}).reopened(inspection, "ordered_again")
		}
		return c.decided(f, b.Kind, b.Result, b.Reason, b.Note, actor(f))
	})
	return k
}

// RequirementID names a requirement: its subject's id, a dot, and its kind.
type RequirementID string

// NewRequirementID joins a subject and a kind.
func NewRequirementID(subject port.ID, kind port.RequirementKind) RequirementID {
	return RequirementID(subject.String() + "." + string(kind))
}

// ParseRequirementID takes a requirement's id apart.
func ParseRequirementID(text string) (port.ID, port.RequirementKind, error) {
	subject, kind, ok := strings.Cut(text, ".")
	id, err := port.ParseID(subject)
	if err != nil || !ok || kind == "" {
		return port.ID{}, "", errs.New(errs.Missing, "requirement.unknown", "requirement %q", text)
	}
	return id, port.RequirementKind(kind), nil
}

// gateOrder orders the due points that a crossing reaches.
func gateOrder(due port.DuePoint) int { return slices.Index(port.DuePoints(), due) }

// DueAt tells whether a requirement must be settled for a gate: everything that is due there or before. What is due
// later than the crossing never holds a gate.
func DueAt(r *Requirement, gate port.DuePoint) bool {
	due := r.Due
	if due == port.DueCustodyExit {
		due = port.DueExitGate // on the road, goods leave custody with the vehicle
	}
	return due != port.DueLater && gateOrder(due) <= gateOrder(gate)
}
