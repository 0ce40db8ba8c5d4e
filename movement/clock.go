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
