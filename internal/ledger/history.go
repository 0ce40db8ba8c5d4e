package ledger

import (
	"slices"

	"github.com/guomen/guomen/port"
)

// Transition is one row of a state machine: a fact takes a thing from one state to another. From is empty for a thing
// that the fact makes, To for one that it ends without a trace. Facts that leave the state as it is are not among them.
type Transition struct{ From, Fact, To string }

// History folds facts into the records of one kind, in memory and apart from any ledger's own records, and tells of each
// step. before is nil for a record that the fact makes. It is for looking at how things went, as the tables of states do
// that package tests hold to what really happens; look-ups and deadlines are left out.
func History[S any](k *Kind[S], facts []Fact, step func(id port.ID, f *Fact, before, after *S)) {
	states := map[port.ID]any{}
	for i := range facts {
		f := &facts[i]
		for _, on := range k.folds {
			if on.fact != f.Body.FactName() {
				continue
			}
			id := on.fold.subject(f.Body)
			if id.IsZero() {
				continue
			}
			before, _ := states[id].(*S)
			after := on.fold.apply(&Effects{}, states[id], f).(*S)
			states[id] = after
			step(id, f, before, after)
		}
	}
}

// Transitions makes rows out of tables by fact: each takes every state of from to every other state of to.
func Transitions(fact string, from, to []string) (rows []Transition) {
	for _, a := range from {
		for _, b := range to {
			if row := (Transition{a, fact, b}); a != b && !slices.Contains(rows, row) {
				rows = append(rows, row)
			}
		}
	}
	return rows
}
