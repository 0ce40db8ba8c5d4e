package gate_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/claim"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// tables are the tables of states, by the thing that has them.
var tables = map[string][]ledger.Transition{
	"movement": movement.Transitions(), "requirement": movement.RequirementTransitions(), "declaration": declaration.Transitions(),
	"consignment": cargo.Transitions(), "pass": gate.PassTransitions(),
}

// machines are the transitions that were seen, by the thing, with how often.
type machines map[string]map[ledger.Transition]int

func (m machines) see(thing, fact, before, after string) {
	if before == after {
		return
	}
	if m[thing] == nil {
		m[thing] = map[ledger.Transition]int{}
	}
	m[thing][ledger.Transition{From: before, Fact: fact, To: after}]++
}

// look folds a core's facts again and notes how everything went from state to state.
func (m machines) look(c *core) {
	ledger.History(c.kinds.Movements, c.facts, func(_ port.ID, f *ledger.Fact, before, after *movement.Movement) {
		was := movement.State("")
		if before != nil {
			was = before.State
		}
		m.see("movement", f.Body.FactName(), string(was), string(after.State))
	})
	ledger.History(c.kinds.Checklists, c.facts, func(_ port.ID, f *ledger.Fact, before, after *movement.Checklist) {
		for i := range after.Requirements {
			was := port.RequirementState("")
			if before != nil {
				if r := before.Find(after.Requirements[i].Kind); r != nil {
					was = r.State
				}
			}
			m.see("requirement", f.Body.FactName(), string(was), string(after.Requirements[i].State))
		}
	})
	ledger.History(c.declarations, c.facts, func(_ port.ID, f *ledger.Fact, before, after *declaration.Record) {
		was := declaration.State("")
		if before != nil {
			was = before.State
		}
		m.see("declaration", f.Body.FactName(), string(was), string(after.State))
	})
	ledger.History(c.kinds.Consignments, c.facts, func(_ port.ID, f *ledger.Fact, before, after *cargo.Consignment) {
		was := cargo.Custody("")
		if before != nil {
			was = before.Custody()
		}
		m.see("consignment", f.Body.FactName(), string(was), string(after.Custody()))
	})
	ledger.History(c.kinds.Passes, c.facts, func(_ port.ID, f *ledger.Fact, before, after *gate.Passes) {
		for _, point := range []port.DuePoint{port.DueEntryGate, port.DueExitGate} {
			was := gate.PassState("")
			if before != nil {
				was = before.State(point)
			}
			m.see("pass", f.Body.FactName(), string(was), string(after.State(point)))
		}
	})
}

// check holds what was seen to the tables: nothing else happens. That every row can happen is TestEveryTransition's.
func (m machines) check(t *testing.T) {
	t.Helper()
	for thing, table := range tables {
		for row, times := range m[thing] {
			if !slices.Contains(table, row) {
				t.Errorf("%s: %q to %q by %s happened %d times and stands in no table", thing, row.From, row.To, row.Fact, times)
			}
		}
		t.Logf("%s: %d of %d transitions seen", thing, len(m[thing]), len(table))
	}
}

// reach folds facts of a pool in every order, up to so many one after another, and notes the transitions.
func reach[S any](m machines, thing string, k *ledger.Kind[S], state func(*S) string, depth int, pool ...ledger.Body) {
	type path []ledger.Fact
	known := map[string]bool{}
	for paths := []path{nil}; depth > 0; depth-- {
		var further []path
		for _, so := range paths {
			for _, body := range pool {
				next := append(slices.Clip(so), ledger.Fact{Seq: uint64(len(so) + 1), Recorded: 1, At: 1, Body: body})
				var record *S
				ledger.History(k, next, func(id port.ID, f *ledger.Fact, before, after *S) {
					if id != thingID {
						return
					}
					if record = after; f.Seq == uint64(len(next)) {
						was := ""
						if before != nil {
							was = state(before)
						}
						m.see(thing, f.Body.FactName(), was, state(after))
					}
				})
				written, err := json.Marshal(record)
				if key := string(written); err == nil && record != nil && !known[key] {
					known[key] = true
					further = append(further, next)
				}
			}
		}
		paths = further
	}
}

var thingID, otherID = port.NewID(1, 1, 1), port.NewID(1, 1, 2)

// TestEveryTransition: every row of the tables is what the folds do with some facts.
func TestEveryTransition(t *testing.T) {
	seen := machines{}
	reach(seen, "movement", movement.Movements(), func(m *movement.Movement) string { return string(m.State) }, 4,
		movement.Appeared{Movement: thingID}, manifest.Lodged{Movement: thingID}, manifest.Deleted{Movement: thingID}, movement.Ended{Movement: thingID}, movement.Diverted{Movement: thingID},
		movement.Passed{Movement: thingID, Gate: port.DueEntryGate}, movement.Passed{Movement: thingID, Gate: port.DueExitGate}, movement.TurnedBack{Movement: thingID})
	reach(seen, "declaration", declaration.Declarations(), func(r *declaration.Record) string { return string(r.State) }, 2,
		declaration.Lodged{Declaration: thingID}, declaration.Withdrawn{Declaration: thingID}, declaration.Closed{Declaration: thingID})
	reach(seen, "consignment", cargo.Consignments(), func(c *cargo.Consignment) string { return string(c.Custody()) }, 7,
		cargo.Consigned{Consignment: thingID, GrossMass: 2, OnMovement: 1}, cargo.Entered{Consignment: thingID, Mass: 1}, cargo.TakenOut{Consignment: thingID, Mass: 1},
		cargo.Returned{Consignment: thingID, Mass: 1, Entered: true}, cargo.Returned{Consignment: thingID, Mass: 1}, cargo.Removed{Consignment: thingID, Mass: 1},
		cargo.Split{Consignment: thingID, From: otherID, Mass: 1}, cargo.Split{Consignment: otherID, From: thingID, Mass: 1},
		cargo.Consigned{Consignment: thingID, GrossMass: 1, OnMovement: 1}, cargo.Adjusted{Consignment: thingID, Mass: -1})
	reach(seen, "consignment", cargo.Consignments(), func(c *cargo.Consignment) string { return string(c.Custody()) }, 5,
		cargo.Received{Forwarded: cargo.Forwarded{Consignment: thingID, Mass: 1}}, cargo.Forwarded{Consignment: thingID, Mass: 1},
		cargo.Consigned{Consignment: thingID, GrossMass: 2, OnMovement: 1}, cargo.Entered{Consignment: thingID, Mass: 1}, cargo.TakenOut{Consignment: thingID, Mass: 1})
	for _, point := range []port.DuePoint{port.DueEntryGate, port.DueExitGate} {
		reach(seen, "pass", gate.PassKind(), func(p *gate.Passes) string { return string(p.State(point)) }, 3,
			gate.PassIssued{Movement: thingID, Gate: point}, gate.PassRevoked{Movement: thingID, Gate: point}, movement.Passed{Movement: thingID, Gate: point})
	}
	requirements(seen)
	for thing, table := range tables {
		for _, row := range table {
			if seen[thing][row] == 0 {
				t.Errorf("%s: %q to %q by %s stands in the table and cannot happen", thing, row.From, row.To, row.Fact)
			}
		}
	}
}

// requirements reaches the rows of requirements: those of goods, of a conveyance and of a person.
func requirements(seen machines) {
	state := func(kind port.RequirementKind) func(*movement.Checklist) string {
		return func(c *movement.Checklist) string {
			if r := c.Find(kind); r != nil {
				return string(r.State)
			}
			return ""
		}
	}
	asks := func(kind port.RequirementKind, subject port.SubjectKind) port.Judged {
		return port.Judged{Demands: []port.Demand{{Kind: kind, Subject: subject, Source: port.Mirrored}}}
	}
	again := func(kind port.RequirementKind, subject port.SubjectKind) []ledger.Body {
		return []ledger.Body{
			movement.JudgedAgain{Subject: thingID, SubjectKind: subject, Dropped: []movement.Dropped{{Kind: kind, Lapsed: true}}},
			movement.JudgedAgain{Subject: thingID, SubjectKind: subject, Judged: asks(kind, subject)},
		}
	}
	verdicts := func(kind port.RequirementKind, pool ...ledger.Body) []ledger.Body {
		for _, result := range port.Results() {
			pool = append(pool, movement.Decided{Subject: thingID, Kind: kind, Result: result})
		}
		return pool
	}
	const goods, conveyance = port.ConsignmentSubject, port.MovementSubject
	release := asks(port.CustomsRelease, goods)
	pool := verdicts(port.CustomsRelease, cargo.Consigned{Consignment: thingID, Judged: release}, cargo.Assigned{Consignment: thingID, Judged: release},
		movement.Ordered{Subject: thingID, SubjectKind: goods, Demand: release.Demands[0]}, declaration.Withdrawn{Consignment: thingID},
		declaration.Lodged{Consignment: thingID, Judged: release}, declaration.Amended{Consignment: thingID, Judged: release})
	for _, what := range []ledger.Body{declaration.Lodged{}, declaration.Amended{}, declaration.Withdrawn{}} {
		pool = append(pool, declaration.Covered{Consignment: thingID, What: what.FactName(), Judged: release})
	}
	for _, result := range port.Results() {
		pool = append(pool, declaration.Answered{Consignment: thingID, Result: result}, declaration.Mirrored{Consignment: thingID, Judged: release, Result: result},
			declaration.Covered{Consignment: thingID, What: declaration.Answered{}.FactName(), Result: result})
	}
	pool = append(pool, declaration.Mirrored{Consignment: thingID, Judged: release}, declaration.Mirrored{Consignment: thingID, State: declaration.StateWithdrawn})
	pool = append(pool, again(port.CustomsRelease, goods)...)
	reach(seen, "requirement", movement.Checklists(), state(port.CustomsRelease), 3, pool...)
	pool = []ledger.Body{manifest.Lodged{Movement: thingID, Judged: asks(claim.BatchUnique, conveyance)}}
	for _, result := range []port.Result{port.ResultMet, port.ResultHeld, port.ResultUndecided} {
		pool = append(pool, claim.Answered{For: thingID, Requirement: claim.BatchUnique, State: result}, claim.Restated{Subject: thingID, Requirement: claim.BatchUnique, State: result})
	}
	reach(seen, "requirement", movement.Checklists(), state(claim.BatchUnique), 3, pool...)
	reach(seen, "requirement", movement.Checklists(), state("transit_closed"), 3, append(again("transit_closed", goods), verdicts("transit_closed",
		cargo.Consigned{Consignment: thingID, Judged: asks("transit_closed", goods)}, cargo.Delivered{Consignment: thingID})...)...)
	for _, kind := range []port.RequirementKind{port.ManifestAccepted, port.Confirmed, port.Announced} {
		pool := verdicts(kind, movement.Appeared{Movement: thingID}, manifest.Lodged{Movement: thingID, Judged: asks(kind, conveyance)},
			manifest.Changed{Movement: thingID, Judged: asks(kind, conveyance)}, manifest.Confirmed{Movement: thingID}, manifest.Confirmed{Movement: thingID, Withdrawn: true})
		for _, result := range port.Results() {
			pool = append(pool, manifest.Answered{Movement: thingID, Result: result})
		}
		pool = append(pool, again(kind, conveyance)...)
		reach(seen, "requirement", movement.Checklists(), state(kind), 3, pool...)
	}
	reach(seen, "requirement", movement.Checklists(), state(port.Tallied), 3, append(again(port.Tallied, goods), verdicts(port.Tallied,
		cargo.Consigned{Consignment: thingID, Judged: asks(port.Tallied, goods)}, cargo.Reported{Consignment: thingID, Kind: cargo.TallyReport},
		cargo.Reported{Consignment: thingID, Kind: cargo.TallyReport, Short: 1})...)...)
	reach(seen, "requirement", movement.Checklists(), state("person_cleared"), 3, append(again("person_cleared", port.PersonSubject),
		movement.Listed{Person: thingID, Judged: asks("person_cleared", port.PersonSubject)})...)
	reach(seen, "requirement", movement.Checklists(), state("inspection"), 3, append(again("inspection", goods), movement.Decided{
		Subject: thingID, SubjectKind: goods, Kind: port.CustomsRelease, Result: port.ResultInspect, Inspector: &port.Owner{},
	})...)
}
