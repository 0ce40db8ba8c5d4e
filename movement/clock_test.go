package movement

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// TestClocks follows clocks through what happens to a consignment: each counts from its own event and stops, or runs on,
// with what it is for.
func TestClocks(t *testing.T) {
	const (
		hour = port.Time(port.Hour)
		day  = port.Time(port.Day)
	)
	subject := port.NewID(1, 2, 3)
	tax := port.Clock{Kind: port.TaxDue, From: port.FromDeclared, After: 15 * port.Day}
	early := port.Clock{Kind: port.EarlyArrivalDue, From: port.FromDeclared, After: 3 * port.Day}
	sale := port.Clock{Kind: port.SaleDue, From: port.FromEntry, Months: 3}
	tally := port.Clock{Kind: port.TallyDue, From: port.FromTakenOut, After: 6 * port.Hour}
	destination := port.Clock{Kind: port.DestinationDue, From: port.FromTakenOut, After: 9 * port.Day}
	released := func(state port.RequirementState) []Requirement {
		return []Requirement{{Kind: port.CustomsRelease, State: state}}
	}
	for _, c := range []struct {
		name   string
		before Checklist
		clocks []port.Clock
		want   Deadline
	}{
		{"before its event a clock does not run", Checklist{}, []port.Clock{tally}, Deadline{Clock: tally}},
		{"a tally counts from the take-away", Checklist{TakenOut: day}, []port.Clock{tally}, Deadline{Clock: tally, Due: day + 6*hour}},
		{"what was counted needs no clock", Checklist{TakenOut: day, Requirements: []Requirement{{Kind: port.Tallied, State: port.StateMet}}},
			[]port.Clock{tally}, Deadline{Clock: tally, Due: day + 6*hour, Done: true}},
		{"duty counts from the declaration", Checklist{Declared: day, Declarations: []port.ID{subject}, Requirements: released(port.StateOpen)},
			[]port.Clock{tax}, Deadline{Clock: tax, Due: 16 * day}},
		{"what is released has its duty paid or secured", Checklist{Declared: day, Declarations: []port.ID{subject}, Requirements: released(port.StateMet)},
			[]port.Clock{tax}, Deadline{Clock: tax, Due: 16 * day, Done: true}},
		{"what is held has not", Checklist{Declared: day, Declarations: []port.ID{subject}, Requirements: released(port.StateHeld)},
			[]port.Clock{tax}, Deadline{Clock: tax, Due: 16 * day}},
		{"what nobody declares owes no duty yet", Checklist{Declared: day}, []port.Clock{tax}, Deadline{Clock: tax, Due: 16 * day, Done: true}},
		{"declared early, not arrived", Checklist{Declared: day, Declarations: []port.ID{subject}}, []port.Clock{early}, Deadline{Clock: early, Due: 4 * day}},
		{"declared early, arrived", Checklist{Declared: day, Arrived: 2 * day, Declarations: []port.ID{subject}}, []port.Clock{early},
			Deadline{Clock: early, Due: 4 * day, Done: true}},
		{"undeclared goods are sold after three months", Checklist{Arrived: day}, []port.Clock{sale}, Deadline{Clock: sale, Due: day.AddMonths(3)}},
		{"declared goods are not", Checklist{Arrived: day, Declarations: []port.ID{subject}}, []port.Clock{sale}, Deadline{Clock: sale, Due: day.AddMonths(3), Done: true}},
		{"examined at the destination, whatever was found",
			Checklist{TakenOut: day, Requirements: []Requirement{{Kind: port.DestinationInspection, State: port.StateRefused}}},
			[]port.Clock{destination}, Deadline{Clock: destination, Due: 10 * day, Done: true}},
		{"to be examined there", Checklist{TakenOut: day, Requirements: []Requirement{{Kind: port.DestinationInspection, State: port.StateOpen}}},
			[]port.Clock{destination}, Deadline{Clock: destination, Due: 10 * day}},
	} {
		x := &ledger.Effects{}
		got := c.before.started(x, subject, c.clocks).kept(x, subject)
		if diff := cmp.Diff([]Deadline{c.want}, got.Deadlines); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestClockOfAnotherDeclaration: after the only declaration was withdrawn the duty is that of the next one, and its days
// count from that.
func TestClockOfAnotherDeclaration(t *testing.T) {
	const day = port.Time(port.Day)
	subject, x := port.NewID(1, 2, 3), &ledger.Effects{}
	tax := port.Clock{Kind: port.TaxDue, From: port.FromDeclared, After: 15 * port.Day}
	c := Checklist{Declared: day, Declarations: []port.ID{subject}}.started(x, subject, []port.Clock{tax}).kept(x, subject)
	c.Declarations = nil
	if c = c.kept(x, subject); !c.Deadlines[0].Done {
		t.Errorf("withdrawn: %+v", c.Deadlines[0])
	}
	c.Declared, c.Declarations = 10*day, []port.ID{subject}
	if c = c.kept(x, subject); c.Deadlines[0].Done || c.Deadlines[0].Due != 25*day {
		t.Errorf("declared again: %+v", c.Deadlines[0])
	}
}
