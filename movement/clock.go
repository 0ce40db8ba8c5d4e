package movement

import (
	"slices"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

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

// stamp is when the event of a clock was; zero where it has not come.
func (c *Checklist) stamp(event string) port.Time {
	switch event {
	case port.FromEntry, port.FromArrival:
		return c.Arrived
	case port.FromDeclared:
		return c.Declared
	case port.FromTakenOut:
		return c.TakenOut
	}
	return 0
}

// started gives the checklist with further clocks, each of which runs once its event has come.
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
		clock := &c.Deadlines[i]
		if event := c.stamp(clock.From); event != 0 && clock.Due == 0 && !clock.Done {
			clock.Due = clock.DueFrom(event)
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
			if clock.From == port.FromDeclared {
				clock.Due = 0 // it counts from the declaration that stands, which may be another one now
			}
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

// ended tells whether what a clock is for is done, as the checklist stands. The clocks for declaring are not among them:
// each declaration stops or resumes those.
func (c *Checklist) ended(kind port.ClockKind) bool {
	settled := func(kind port.RequirementKind) bool {
		r := c.Find(kind)
		return r != nil && r.State.Settled()
	}
	switch kind {
	case port.SaleDue:
		return c.standing() > 0
	case port.TaxDue: // customs releases once duties are paid or secured (海关法第29条)
		return c.standing() == 0 || settled(port.CustomsRelease)
	case port.EarlyArrivalDue:
		return c.standing() == 0 || c.Arrived != 0
	case port.TallyDue:
		return settled(port.Tallied)
	case port.DestinationDue: // examined, whatever was found
		r := c.Find(port.DestinationInspection)
		return r != nil && r.State != port.StateOpen
	}
	return false
}

// endings are the clocks that [Checklist.ended] speaks of.
var endings = []port.ClockKind{port.SaleDue, port.TaxDue, port.EarlyArrivalDue, port.TallyDue, port.DestinationDue}

// kept gives the checklist with its clocks stopped whose end has come, and running on whose end is no more. The clock of a
// deferral is the officer's, and stops with his requirement alone.
func (c Checklist) kept(x *ledger.Effects, subject port.ID) Checklist {
	for i := range c.Deadlines {
		switch clock := &c.Deadlines[i]; {
		case clock.Passed || !slices.Contains(endings, clock.Kind) || !slices.Contains(port.ClockEvents(), clock.From) || clock.Done == c.ended(clock.Kind):
		case clock.Done:
			c = c.resumed(x, subject, clock.Kind)
		default:
			c = c.met(x, subject, clock.Kind)
		}
	}
	return c
}
