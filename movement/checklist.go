package movement

import (
	"slices"
	"strconv"
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
	Until     port.Time             `json:"until,omitempty"`     // where it was deferred: by when it is due
	Condition string                `json:"condition,omitempty"` // on which it was
	Opened    port.Time             `json:"opened"`
	Decided   port.Time             `json:"decided,omitempty"`
	By        string                `json:"by,omitempty"` // who gave the last verdict: organisation, and the person
}

// Disagrees tells that our users said otherwise than the outside system that decides: shown, so that somebody asks.
func (r *Requirement) Disagrees() bool {
	return r.Source == port.Mirrored && r.Advisory != "" && r.Result != "" && r.Advisory.State() != r.Result.State()
}

// Checklist is the record of everything required of one subject.
type Checklist struct {
	Subject      port.SubjectKind `json:"subject"`
	Requirements []Requirement    `json:"requirements"`
	Movements    []port.ID        `json:"movements,omitempty"`    // of what is carried: the open movements that carry it
	Declarations []port.ID        `json:"declarations,omitempty"` // of a consignment: those that stand
	Elsewhere    []port.ID        `json:"elsewhere,omitempty"`    // of a consignment: those that stand in other ledgers
	Goods        port.PortID      `json:"goods,omitempty"`        // of a consignment that is only declared here: the port that has it
	Arrived      port.Time        `json:"arrived,omitempty"`      // at the supervised place: the goods, or the vehicle itself
	Declared     port.Time        `json:"declared,omitempty"`     // when the first of them was lodged
	TakenOut     port.Time        `json:"taken_out,omitempty"`    // when goods first left custody
	Deadlines    []Deadline       `json:"deadlines,omitempty"`    // legal clocks, running or ended
	Figures      *Figures         `json:"figures,omitempty"`      // of a consignment: what the parties say of it
	Papers       []Paper          `json:"papers,omitempty"`       // what it stands on, with the law by which that was judged
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
	case r.Kind == port.CustomsRelease && c.standing() == 0:
		return "declaration"
	case r.Kind == inspection && c.Arrived == 0 && c.Subject != port.EquipmentSubject && c.Subject != port.PersonSubject:
		return "arrival" // whoever orders it of a wagon or a person has him before him
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
	k := ledger.NewKind[Checklist]("checklist", 6)
	between(k)
	ledger.On(k, func(b manifest.Lodged) port.ID { return b.Movement }, func(_ *ledger.Effects, c Checklist, f *ledger.Fact, b manifest.Lodged) Checklist {
		c = c.with(f, port.MovementSubject, b.Judged.Demands).paper(f, b.Manifest, &b.Judged)
		if c.Find(port.Announced) != nil {
			c = c.decided(f, port.Announced, port.ResultMet, "", "", actor(f))
		}
		return c
	})
	ledger.On(k, func(b manifest.Changed) port.ID { return b.Movement }, func(_ *ledger.Effects, c Checklist, f *ledger.Fact, b manifest.Changed) Checklist {
		if !b.Added {
			c.Papers = nil
		}
		// What customs has accepted was another manifest.
		return c.with(f, port.MovementSubject, b.Judged.Demands).paper(f, b.Manifest, &b.Judged).reopened(port.ManifestAccepted, "manifest_changed")
	})
	ledger.On(k, func(b manifest.Confirmed) port.ID { return b.Movement }, func(_ *ledger.Effects, c Checklist, f *ledger.Fact, b manifest.Confirmed) Checklist {
		if b.Withdrawn {
			return c.reopened(port.Confirmed, "confirmation_withdrawn")
		}
		return c.decided(f, port.Confirmed, port.ResultMet, "", "", actor(f))
	})
	ledger.On(k, func(b manifest.Answered) port.ID { return b.Movement }, func(_ *ledger.Effects, c Checklist, f *ledger.Fact, b manifest.Answered) Checklist {
		if r := c.Find(port.ManifestAccepted); b.Result != "" && r != nil && r.Source == port.Mirrored {
			return c.decided(f, port.ManifestAccepted, b.Result, b.Reason, "", actor(f))
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
		if c = c.started(x, b.Consignment, b.Judged.Clocks); c.standing() > 0 {
			c = c.met(x, b.Consignment, port.DeclarationDue)
		}
		c = c.says(func(f *Figures) { f.Waybill, f.Direction, f.Manifest = b.Waybill, b.Direction, manifestSays(&b) })
		return c.carriedBy(b.Movement).kept(x, b.Consignment)
	})
	ledger.On(k, func(b Compared) port.ID { return b.Consignment }, func(_ *ledger.Effects, c Checklist, f *ledger.Fact, b Compared) Checklist {
		return c.compared(f, &b)
	})
	ledger.On(k, func(b cargo.Assigned) port.ID { return b.Consignment }, func(x *ledger.Effects, c Checklist, f *ledger.Fact, b cargo.Assigned) Checklist {
		return c.with(f, port.ConsignmentSubject, b.Judged.Demands).started(x, b.Consignment, b.Judged.Clocks).carriedBy(b.Movement).kept(x, b.Consignment)
	})
	// A lot answers for itself from now on, and for what is required of the consignment that it is a part of: so it is
	// settled with it.
	ledger.On(k, func(b cargo.Split) port.ID { return b.Consignment }, func(_ *ledger.Effects, c Checklist, _ *ledger.Fact, b cargo.Split) Checklist {
		c.Subject, c.Arrived = port.ConsignmentSubject, b.Arrived
		return c
	})
	ledger.On(k, func(b cargo.Assigned) port.ID { return b.Of }, func(_ *ledger.Effects, c Checklist, _ *ledger.Fact, b cargo.Assigned) Checklist {
		return c.carriedBy(b.Movement)
	})
	ledger.On(k, func(b cargo.Removed) port.ID { return b.Consignment }, func(_ *ledger.Effects, c Checklist, _ *ledger.Fact, b cargo.Removed) Checklist {
		return c.leftBy(b.Movement)
	})
	ledger.On(k, func(b cargo.Reported) port.ID { return b.Consignment }, func(x *ledger.Effects, c Checklist, f *ledger.Fact, b cargo.Reported) Checklist {
		kind := port.ArrivalReported
		if b.Kind == cargo.TallyReport {
			kind = port.Tallied
		}
		c = c.says(func(f *Figures) {
			if b.Kind == cargo.TallyReport {
				f.Tally = b.Said()
			} else {
				f.Arrival = b.Said()
			}
		})
		if b.Missing == 0 && b.Short == 0 {
			return c.decided(f, kind, port.ResultMet, "", "", actor(f)).kept(x, b.Consignment)
		}
		return c.decided(f, kind, port.ResultDocuments, "report_differs", b.Missing.String()+" kg · "+strconv.FormatInt(b.Short, 10), actor(f)).kept(x, b.Consignment)
	})
	ledger.On(k, func(b Ordered) port.ID { return b.Subject }, func(_ *ledger.Effects, c Checklist, f *ledger.Fact, b Ordered) Checklist {
		c = c.with(f, b.SubjectKind, []port.Demand{b.Demand})
		if r := c.Find(b.Demand.Kind); r != nil && r.State.Settled() {
			c = c.reopened(b.Demand.Kind, "ordered_again")
		}
		if b.SubjectKind == port.MovementSubject || b.Movement.IsZero() {
			return c
		}
		return c.carriedBy(b.Movement)
	})
	ledger.On(k, func(b Deferred) port.ID { return b.Subject }, func(x *ledger.Effects, c Checklist, _ *ledger.Fact, b Deferred) Checklist {
		return c.deferred(x, &b)
	})
	ledger.On(k, func(b Listed) port.ID { return b.Person }, func(_ *ledger.Effects, c Checklist, f *ledger.Fact, b Listed) Checklist {
		return c.with(f, port.PersonSubject, b.Judged.Demands).carriedBy(b.Movement)
	})
	ledger.On(k, func(b Detached) port.ID { return b.Subject }, func(_ *ledger.Effects, c Checklist, _ *ledger.Fact, b Detached) Checklist {
		c.Subject = b.Kind
		if b.Part {
			return c
		}
		return c.leftBy(b.Movement)
	})
	ledger.On(k, func(b Attached) port.ID { return b.Subject }, func(_ *ledger.Effects, c Checklist, _ *ledger.Fact, b Attached) Checklist {
		c.Subject = b.Kind
		return c.carriedBy(b.Movement)
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
		return c.running(x, b.Consignment).kept(x, b.Consignment)
	})
	ledger.On(k, func(b cargo.TakenOut) port.ID { return b.Consignment }, func(x *ledger.Effects, c Checklist, f *ledger.Fact, b cargo.TakenOut) Checklist {
		if c.TakenOut == 0 {
			c.TakenOut = f.At
		}
		c.Deadlines = slices.Clone(c.Deadlines)
		return c.leftBy(b.Movement).running(x, b.Consignment).kept(x, b.Consignment)
	})
	ledger.On(k, func(b cargo.Returned) port.ID { return b.Consignment }, func(x *ledger.Effects, c Checklist, _ *ledger.Fact, b cargo.Returned) Checklist {
		return c.leftBy(b.Movement).met(x, b.Consignment, port.MisloadedDue) // 退运
	})
	ledger.On(k, func(b declaration.Lodged) port.ID { return b.Consignment }, func(x *ledger.Effects, c Checklist, f *ledger.Fact, b declaration.Lodged) Checklist {
		return c.lodged(x, f, b.Consignment, b.Declaration, &b.Document, &b.Judged).declares(f, &b.Document)
	})
	ledger.On(k, func(b declaration.Amended) port.ID { return b.Consignment }, func(x *ledger.Effects, c Checklist, f *ledger.Fact, b declaration.Amended) Checklist {
		return c.amended(x, f, b.Consignment, b.Declaration, &b.Document, &b.Judged).declares(f, &b.Document)
	})
	ledger.On(k, func(b declaration.Withdrawn) port.ID { return b.Consignment }, func(x *ledger.Effects, c Checklist, _ *ledger.Fact, b declaration.Withdrawn) Checklist {
		return c.withdrawn(x, b.Consignment, b.Declaration)
	})
	ledger.On(k, func(b declaration.Answered) port.ID { return b.Consignment }, func(x *ledger.Effects, c Checklist, f *ledger.Fact, b declaration.Answered) Checklist {
		return c.answered(f, b.Result, b.Reason).kept(x, b.Consignment)
	})
	ledger.On(k, func(b declaration.Covered) port.ID { return b.Consignment }, func(x *ledger.Effects, c Checklist, f *ledger.Fact, b declaration.Covered) Checklist {
		d := &declaration.Document{Steps: b.Steps}
		switch b.What {
		case declaration.Lodged{}.FactName():
			return c.lodged(x, f, b.Consignment, b.Declaration, d, &b.Judged)
		case declaration.Amended{}.FactName():
			return c.amended(x, f, b.Consignment, b.Declaration, d, &b.Judged)
		case declaration.Withdrawn{}.FactName():
			return c.withdrawn(x, b.Consignment, b.Declaration)
		case declaration.Answered{}.FactName():
			return c.answered(f, b.Result, b.Reason).kept(x, b.Consignment)
		}
		return c
	})
	ledger.On(k, func(b JudgedAgain) port.ID { return b.Subject }, func(x *ledger.Effects, c Checklist, f *ledger.Fact, b JudgedAgain) Checklist {
		return c.again(x, f, b)
	})
	ledger.On(k, legalClock, func(_ *ledger.Effects, c Checklist, _ *ledger.Fact, b ledger.DeadlinePassed) Checklist {
		c.Deadlines = slices.Clone(c.Deadlines)
		for i := range c.Deadlines {
			if c.Deadlines[i].Kind == port.ClockKind(b.Kind) {
				c.Deadlines[i].Passed = true
			}
		}
		return c
	})
	ledger.On(k, func(b Decided) port.ID { return b.Subject }, func(x *ledger.Effects, c Checklist, f *ledger.Fact, b Decided) Checklist {
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
		if state := b.Result.State(); state.Settled() || state == port.StateRefused {
			c = c.met(x, b.Subject, port.ClockKind(b.Kind)) // of what was deferred
		}
		return c.decided(f, b.Kind, b.Result, b.Reason, b.Note, actor(f)).kept(x, b.Subject)
	})
	return k
}

// lodged gives the checklist after a declaration. A further one on a consignment that was released is a new question to
// customs.
func (c Checklist) lodged(x *ledger.Effects, f *ledger.Fact, subject, id port.ID, d *declaration.Document, judged *port.Judged) Checklist {
	if c.standing() == 0 {
		c.Declared = f.Recorded
	}
	c.Declarations = append(slices.Clone(c.Declarations), id)
	return c.with(f, port.ConsignmentSubject, judged.Demands).paper(f, id, judged).declared(x, subject, d, judged.Clocks).
		reopened(port.CustomsRelease, "declaration_added").kept(x, subject)
}

// amended gives the checklist after one of its declarations was replaced.
func (c Checklist) amended(x *ledger.Effects, f *ledger.Fact, subject, id port.ID, d *declaration.Document, judged *port.Judged) Checklist {
	return c.with(f, port.ConsignmentSubject, judged.Demands).paper(f, id, judged).declared(x, subject, d, judged.Clocks).
		reopened(port.CustomsRelease, "declaration_amended").kept(x, subject)
}

// withdrawn gives the checklist after one of its declarations was withdrawn.
func (c Checklist) withdrawn(x *ledger.Effects, subject, declaration port.ID) Checklist {
	c.Declarations = slices.DeleteFunc(slices.Clone(c.Declarations), func(id port.ID) bool { return id == declaration })
	c = c.unpaper(declaration)
	if c.standing() == 0 {
		c = c.undeclared(x, subject)
	}
	c = c.says(func(f *Figures) { f.Declaration = nil }) // of those that are left each speaks of a part, as far as is known
	return c.reopened(port.CustomsRelease, "declaration_withdrawn").kept(x, subject)
}

// answered gives the checklist after an outside system's answer, where that decides.
func (c Checklist) answered(f *ledger.Fact, result port.Result, reason string) Checklist {
	if r := c.Find(port.CustomsRelease); result != "" && r != nil && r.Source == port.Mirrored {
		return c.decided(f, port.CustomsRelease, result, reason, "", actor(f))
	}
	return c
}

// carriedBy gives the checklist of something that a movement carries too. It is followed over so many conveyances.
func (c Checklist) carriedBy(movement port.ID) Checklist {
	if len(c.Movements) < MaxCarriers && !slices.Contains(c.Movements, movement) {
		c.Movements = append(slices.Clone(c.Movements), movement)
	}
	return c
}

// leftBy gives the checklist of something that a movement carries no more.
func (c Checklist) leftBy(movement port.ID) Checklist {
	if i := slices.Index(c.Movements, movement); i >= 0 {
		c.Movements = slices.Delete(slices.Clone(c.Movements), i, i+1)
	}
	return c
}

// deferred gives the checklist with a requirement that no gate waits for any more, and a clock of its own.
func (c Checklist) deferred(x *ledger.Effects, b *Deferred) Checklist {
	c.Requirements = slices.Clone(c.Requirements)
	r := c.Find(b.Kind)
	if r == nil {
		return c
	}
	r.Due, r.Until, r.Condition = port.DueLater, b.Until, b.Conditions
	c = c.met(x, b.Subject, port.ClockKind(b.Kind)) // of an earlier deferral
	c.Deadlines = append(slices.Clone(c.Deadlines), Deadline{Clock: port.Clock{Kind: port.ClockKind(b.Kind), From: "deferred", Rule: b.Law}, Due: b.Until})
	x.Deadline(b.Until, deadlineID(b.Subject, len(c.Deadlines)-1), string(b.Kind), b.Subject)
	return c
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
