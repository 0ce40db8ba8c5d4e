package movement

import (
	"errors"
	"slices"

	"github.com/guomen/guomen/claim"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// Verdict is an owner's word on one of his requirements.
type Verdict struct {
	Checklists   *ledger.Kind[Checklist]
	Declarations *ledger.Kind[declaration.Record]
	Subject      port.ID
	Kind         port.RequirementKind
	Result       port.Result
	Reason       string
	Note         string
	Law          string
	Functions    []port.Function // that the actor's role stands for
	Inspector    *port.Owner     // who examines at this port, should the verdict order it
}

// Prefetch asks for the checklist.
func (v Verdict) Prefetch(want *ledger.Wants) { want.Record(v.Checklists, v.Subject) }

// Decide records requirement.decided.v1. Who does not own the requirement cannot tell it from one that does not exist.
// A hold, a refusal and an order to examine need a reason; a waiver needs a named officer, a reason and the law.
func (v Verdict) Decide(tx *ledger.Tx) error {
	c, ok, err := v.Checklists.Get(tx, v.Subject)
	if err != nil {
		return err
	}
	unknown := errs.New(errs.Missing, "requirement.unknown", "requirement %s.%s", v.Subject, v.Kind)
	if !ok {
		return unknown
	}
	r := c.Find(v.Kind)
	if r == nil || !v.owns(r, tx.Command().Actor) {
		return unknown
	}
	if v.Result != port.ResultWaived && slices.Contains(claim.Kinds(), v.Kind) { // what is known of it is known in hold only
		return errs.Bad([]errs.Problem{errs.At("result", "verdict.region_answers")})
	}
	if err := v.check(tx.Command().Actor); err != nil {
		return err
	}
	if blocked := c.BlockedBy(r); blocked != "" && v.Result == port.ResultMet {
		return errs.Bad([]errs.Problem{errs.At("result", "verdict.blocked", blocked)})
	}
	tx.Subject(v.Subject)
	decided := Decided{
		Subject: v.Subject, SubjectKind: c.Subject, Kind: v.Kind, Result: v.Result, Reason: v.Reason, Note: v.Note, Law: v.Law,
		Advisory: r.Source == port.Mirrored,
	}
	if v.Result == port.ResultInspect {
		decided.Inspector = v.Inspector
	}
	if err := tx.Record(decided); err != nil {
		return err
	}
	return v.follow(tx, c, decided)
}

// follow gives the release of goods that are declared together for all of them: who releases a declaration releases what
// it declares.
func (v Verdict) follow(tx *ledger.Tx, c *Checklist, decided Decided) error {
	if v.Kind != port.CustomsRelease || v.Declarations == nil {
		return nil
	}
	unloaded := false
	for _, id := range c.Declarations {
		d, ok, err := v.Declarations.Get(tx, id)
		if err != nil {
			return err
		}
		if !ok || len(d.Further) == 0 {
			continue
		}
		for _, consignment := range append([]port.ID{d.Consignment}, d.Further...) {
			if decided.Subject = consignment; consignment == v.Subject {
				continue
			}
			if err := tx.Record(decided); errors.Is(err, ledger.ErrUnloaded) {
				unloaded = true // go on, so that what follows for all of them is asked for in one round
			} else if err != nil {
				return err
			}
		}
	}
	if unloaded {
		return ledger.ErrUnloaded
	}
	return nil
}

func (v Verdict) owns(r *Requirement, actor ledger.Actor) bool {
	if r.Owner.Organisation != "" && r.Owner.Organisation != actor.Organisation {
		return false
	}
	for _, function := range v.Functions {
		if function == r.Owner.Function {
			return true
		}
	}
	return false
}

func (v Verdict) check(actor ledger.Actor) error {
	var problems []errs.Problem
	switch v.Result {
	case port.ResultMet:
	case port.ResultDocuments, port.ResultInspect, port.ResultHeld, port.ResultRefused:
		if v.Reason == "" {
			problems = append(problems, errs.At("reason", "verdict.reason_missing", string(v.Result)))
		}
	case port.ResultWaived:
		if v.Reason == "" {
			problems = append(problems, errs.At("reason", "verdict.reason_missing", string(v.Result)))
		}
		if v.Law == "" {
			problems = append(problems, errs.At("law", "verdict.law_missing"))
		}
		if actor.Person == "" {
			problems = append(problems, errs.At("result", "verdict.person_missing"))
		}
	default:
		problems = append(problems, errs.At("result", "verdict.result_unknown", string(v.Result)))
	}
	return errs.Bad(problems)
}

// Overrule is an officer's order to open or stop by hand.
type Overrule struct {
	Movements *ledger.Kind[Movement]
	Movement  port.ID
	Decision  OverrideDecision
	Reason    string
	Note      string
}

// Prefetch asks for the movement.
func (o Overrule) Prefetch(want *ledger.Wants) { want.Record(o.Movements, o.Movement) }

// Decide records movement.overridden.v1 with the officer's name; without a name or a reason it is refused.
func (o Overrule) Decide(tx *ledger.Tx) error {
	m, ok, err := o.Movements.Get(tx, o.Movement)
	if err != nil {
		return err
	}
	if !ok {
		return errs.New(errs.Missing, "movement.unknown", "movement %s", o.Movement)
	}
	var problems []errs.Problem
	switch o.Decision {
	case OverrideOpen, OverrideStop, OverrideResume:
	default:
		problems = append(problems, errs.At("decision", "override.decision_unknown", string(o.Decision)))
	}
	if o.Reason == "" {
		problems = append(problems, errs.At("reason", "override.reason_missing"))
	}
	officer := tx.Command().Actor.Person
	if officer == "" {
		problems = append(problems, errs.At("decision", "verdict.person_missing"))
	}
	if !m.Open() {
		problems = append(problems, errs.At("decision", "override.closed", string(m.State)))
	}
	if err := errs.Bad(problems); err != nil {
		return err
	}
	tx.Subject(o.Movement)
	return tx.Record(Overridden{Movement: o.Movement, Decision: o.Decision, Reason: o.Reason, Note: o.Note, Officer: officer})
}

// Facts are one zero value of each fact of this package.
func Facts() []ledger.Body {
	return []ledger.Body{
		Appeared{}, Decided{}, Passed{}, TurnedBack{}, Overridden{}, CrewNamed{}, CrewViewed{},
		Ordered{}, Deferred{}, Listed{}, Detached{}, Attached{}, Ended{}, Compared{}, Diverted{}, JudgedAgain{},
	}
}
