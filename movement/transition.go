package movement

import (
	"slices"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/claim"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// Transitions are the states of a movement and what takes it from one to another. A deleted manifest cancels only what
// has not come; a conveyance that nobody announced can be ordered in by an officer.
func Transitions() []ledger.Transition {
	awaited := []string{string(StateAppeared), string(StateAnnounced)}
	return slices.Concat(
		ledger.Transitions(Appeared{}.FactName(), []string{""}, []string{string(StateAppeared)}),
		ledger.Transitions(manifest.Lodged{}.FactName(), []string{"", string(StateAppeared)}, []string{string(StateAnnounced)}),
		ledger.Transitions(Diverted{}.FactName(), []string{string(StateAnnounced)}, []string{string(StateDiverted)}),
		ledger.Transitions(manifest.Deleted{}.FactName(), []string{string(StateAnnounced)}, []string{string(StateCancelled)}),
		ledger.Transitions(Passed{}.FactName(), awaited, []string{string(StateInside)}),
		ledger.Transitions(Passed{}.FactName(), []string{string(StateInside)}, []string{string(StateLeft)}),
		ledger.Transitions(Ended{}.FactName(), []string{string(StateInside)}, []string{string(StateLeft)}),
		ledger.Transitions(TurnedBack{}.FactName(), append(awaited, string(StateInside)), []string{string(StateTurnedBack)}),
	)
}

// RequirementTransitions are the states of a requirement and what takes it from one to another. Nothing removes one. A
// verdict, or an outside system's answer where that decides, may follow any other; what it stood on may open it again.
func RequirementTransitions() []ledger.Transition {
	open := []string{string(port.StateOpen)}
	anew := []string{"", string(port.StateLapsed)} // what is asked for, and was not or not any more
	lapsed := []string{string(port.StateLapsed)}
	var all, closed, verdicts []string
	for _, state := range port.RequirementStates() {
		all = append(all, string(state))
		if state != port.StateLapsed {
			verdicts = append(verdicts, string(state))
		}
		if state != port.StateOpen && state != port.StateLapsed {
			closed = append(closed, string(state))
		}
	}
	answers := []string{string(port.StateMet), string(port.StateHeld), string(port.StateRefused), string(port.StateOpen)}
	hold := []string{string(port.StateMet), string(port.StateHeld), string(port.StateOpen)} // what it says of claims, which is decided otherwise by a waiver only
	var rows []ledger.Transition
	for _, fact := range []ledger.Body{
		Appeared{}, Listed{}, Ordered{}, Decided{}, JudgedAgain{}, manifest.Lodged{}, manifest.Changed{}, cargo.Consigned{}, cargo.Assigned{},
		declaration.Lodged{}, declaration.Amended{}, declaration.Covered{}, declaration.Mirrored{},
	} {
		rows = append(rows, ledger.Transitions(fact.FactName(), anew, open)...)
	}
	rows = append(rows, ledger.Transitions(Decided{}.FactName(), all, verdicts)...)
	rows = append(rows, ledger.Transitions(JudgedAgain{}.FactName(), open, lapsed)...)
	for _, fact := range []ledger.Body{declaration.Answered{}, declaration.Covered{}, manifest.Answered{}} {
		rows = append(rows, ledger.Transitions(fact.FactName(), all, answers)...)
	}
	rows = append(rows, ledger.Transitions(manifest.Lodged{}.FactName(), open, []string{string(port.StateMet)})...)   // it is announced now
	rows = append(rows, ledger.Transitions(manifest.Confirmed{}.FactName(), all, []string{string(port.StateMet)})...) // 确报
	rows = append(rows, ledger.Transitions(cargo.Reported{}.FactName(), all, []string{string(port.StateMet), string(port.StateOpen)})...)
	for _, fact := range []ledger.Body{declaration.Lodged{}, declaration.Amended{}, declaration.Withdrawn{}, manifest.Changed{}, manifest.Confirmed{}} {
		rows = append(rows, ledger.Transitions(fact.FactName(), closed, open)...)
	}
	rows = append(rows, ledger.Transitions(claim.Answered{}.FactName(), hold, hold)...)
	rows = append(rows, ledger.Transitions(claim.Restated{}.FactName(), hold, hold)...)
	rows = append(rows, ledger.Transitions(declaration.Mirrored{}.FactName(), all, verdicts)...)
	rows = append(rows, ledger.Transitions(cargo.Delivered{}.FactName(), all, []string{string(port.StateMet)})...) // 转关核销
	rows = append(rows, ledger.Transitions(Ordered{}.FactName(), []string{string(port.StateMet), string(port.StateWaived)}, open)...)
	return rows
}
