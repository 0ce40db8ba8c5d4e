package movement

import (
	"slices"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// Order asks for something of a subject that the law does not ask of all its like (布控). Only an authority gives it, and
// what it asks for is its own to decide.
type Order struct {
	Movements *ledger.Kind[Movement]
	Movement  port.ID // what carries the subject, or is it
	Subject   port.ID // the movement, or something that it carries
	Demand    port.Demand
	Reason    string
	Note      string
}

// Prefetch asks for the movement.
func (o Order) Prefetch(want *ledger.Wants) { want.Record(o.Movements, o.Movement) }

// Decide records requirement.ordered.v1.
func (o Order) Decide(tx *ledger.Tx) error {
	m, ok, err := o.Movements.Get(tx, o.Movement)
	if err != nil {
		return err
	}
	if !ok || !m.Open() {
		return errs.New(errs.Missing, "movement.unknown", "movement %s", o.Movement)
	}
	kind, aboard := m.aboard(o.Movement, o.Subject)
	var problems []errs.Problem
	if !aboard {
		problems = append(problems, errs.At("subject", "movement.not_aboard", o.Subject.String()))
	}
	if o.Reason == "" {
		problems = append(problems, errs.At("reason", "verdict.reason_missing", "order"))
	}
	if !o.Demand.Due.Valid() || o.Demand.Due == port.DueLater {
		problems = append(problems, errs.At("due", "document.choice", string(o.Demand.Due), "entry_gate, inspection, exit_gate, custody_exit"))
	}
	if err := errs.Bad(problems); err != nil {
		return err
	}
	tx.Subject(o.Subject)
	demand := o.Demand
	demand.Subject = kind
	return tx.Record(Ordered{Subject: o.Subject, SubjectKind: kind, Movement: o.Movement, Demand: demand, Reason: o.Reason, Note: o.Note})
}

// aboard tells what something is that a movement carries, or whether it is the movement itself.
func (m *Movement) aboard(id, subject port.ID) (port.SubjectKind, bool) {
	switch {
	case subject == id:
		return port.MovementSubject, true
	case m.carried(subject) != nil:
		return port.ConsignmentSubject, true
	case m.fitted(subject) != nil:
		return port.EquipmentSubject, true
	case slices.ContainsFunc(m.Persons, func(p Aboard) bool { return p.ID == subject }):
		return port.PersonSubject, true
	}
	return "", false
}

// Defer lets a requirement's subject go on before it is settled (附条件提离, 目的地检查). Only its owner may.
type Defer struct {
	Checklists *ledger.Kind[Checklist]
	Subject    port.ID
	Kind       port.RequirementKind
	Until      port.Time
	Conditions string
	Law        string
	Functions  []port.Function // that the actor's role stands for
}

// Prefetch asks for the checklist.
func (d Defer) Prefetch(want *ledger.Wants) { want.Record(d.Checklists, d.Subject) }

// Decide records requirement.deferred.v1. Who defers says until when, on what conditions and by which law, and is named.
func (d Defer) Decide(tx *ledger.Tx) error {
	c, ok, err := d.Checklists.Get(tx, d.Subject)
	if err != nil {
		return err
	}
	actor := tx.Command().Actor
	var r *Requirement
	if ok {
		r = c.Find(d.Kind)
	}
	if r == nil || !(Verdict{Functions: d.Functions}).owns(r, actor) {
		return errs.New(errs.Missing, "requirement.unknown", "requirement %s.%s", d.Subject, d.Kind)
	}
	var problems []errs.Problem
	if d.Until <= tx.Now() {
		problems = append(problems, errs.At("until", "deferral.past", d.Until.String()))
	}
	if d.Conditions == "" {
		problems = append(problems, errs.At("conditions", "document.required", "conditions"))
	}
	if d.Law == "" {
		problems = append(problems, errs.At("law", "verdict.law_missing"))
	}
	if actor.Person == "" {
		problems = append(problems, errs.At("until", "verdict.person_missing"))
	}
	if r.State != port.StateOpen {
		problems = append(problems, errs.At("", "deferral.not_open", string(r.State)))
	}
	if r.Source == port.Mirrored {
		problems = append(problems, errs.At("", "deferral.mirrored"))
	}
	if err := errs.Bad(problems); err != nil {
		return err
	}
	tx.Subject(d.Subject)
	return tx.Record(Deferred{Subject: d.Subject, Kind: d.Kind, Until: d.Until, Conditions: d.Conditions, Law: d.Law})
}
