package movement

import (
	"slices"
	"testing"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// TestDueAt: a gate asks for all that is due there or before, and never for what is due later than the crossing.
func TestDueAt(t *testing.T) {
	for due, want := range map[port.DuePoint][2]bool{
		port.DueBeforeArrival: {true, true}, port.DueEntryGate: {true, true}, port.DueInspection: {false, true},
		port.DueExitGate: {false, true}, port.DueCustodyExit: {false, true}, port.DueLater: {false, false},
	} {
		for i, gate := range []port.DuePoint{port.DueEntryGate, port.DueExitGate} {
			if got := DueAt(&Requirement{Due: due}, gate); got != want[i] {
				t.Errorf("due %s, asked for at %s: %v", due, gate, got)
			}
		}
	}
}

// TestWith: one requirement a kind; further clauses join it, the earlier point counts, and what one clause knows no
// other's doubt takes away.
func TestWith(t *testing.T) {
	demand := func(rule string, due port.DuePoint, undecided bool) port.Demand {
		return port.Demand{Kind: port.Weighed, Subject: port.MovementSubject, Due: due, Source: port.Here, Rules: []string{rule}, Undecided: undecided}
	}
	fact := &ledger.Fact{Recorded: 7}
	before := Checklist{}.with(fact, port.MovementSubject, []port.Demand{demand("a", port.DueExitGate, true), {Kind: "other", Subject: port.ConsignmentSubject}})
	after := before.with(fact, port.MovementSubject, []port.Demand{demand("b", port.DueEntryGate, false), demand("b", port.DueLater, true)})
	if len(before.Requirements) != 1 || before.Requirements[0].Due != port.DueExitGate || !before.Requirements[0].Undecided || before.Requirements[0].Opened != 7 {
		t.Errorf("the first clause alone: %+v; a fold changes no state that is still in use", before.Requirements)
	}
	if r := after.Requirements[0]; len(after.Requirements) != 1 || r.Due != port.DueEntryGate || r.Undecided || !slices.Equal(r.Rules, []string{"a", "b"}) {
		t.Errorf("joined: %+v", after.Requirements)
	}
}

// TestBlockedBy: an owner waits for what he cannot act without.
func TestBlockedBy(t *testing.T) {
	release, examine := &Requirement{Kind: port.CustomsRelease}, &Requirement{Kind: inspection}
	c := Checklist{}
	if c.BlockedBy(release) != "declaration" || c.BlockedBy(examine) != "arrival" || c.BlockedBy(&Requirement{Kind: port.Weighed}) != "" {
		t.Errorf("with nothing: %q %q", c.BlockedBy(release), c.BlockedBy(examine))
	}
	c.Declarations, c.Arrived = []port.ID{{1}}, 1
	if c.BlockedBy(release) != "" || c.BlockedBy(examine) != "" {
		t.Errorf("with all: %q %q", c.BlockedBy(release), c.BlockedBy(examine))
	}
}

// TestDeadlineIDs: no deadline of one consignment is another's, though one command made both.
func TestDeadlineIDs(t *testing.T) {
	command, seen := port.NewID(1, 2, 3), map[port.ID]bool{}
	for n := range uint16(2000) {
		seen[command.Derive(n)] = true
	}
	for n := range uint16(1002) {
		for i := range len(port.ClockKinds()) {
			id := deadlineID(command.Derive(n), i)
			if seen[id] {
				t.Fatalf("deadline %d of thing %d has an id that is taken", i, n)
			}
			seen[id] = true
		}
	}
}

func TestParseRequirementID(t *testing.T) {
	id := port.NewID(1, 2, 3)
	subject, kind, err := ParseRequirementID(string(NewRequirementID(id, port.Weighed)))
	if err != nil || subject != id || kind != port.Weighed {
		t.Errorf("%s %s %v", subject, kind, err)
	}
	for _, text := range []string{"", ".", "weighed", id.String(), id.String() + ".", "x.weighed", "." + id.String()} {
		if _, _, err := ParseRequirementID(text); errs.KindOf(err) != errs.Missing {
			t.Errorf("%q: %v", text, err)
		}
	}
}
