package declaration

import "github.com/guomen/guomen/internal/ledger"

// Transitions are the states of a declaration and what takes it from one to another. Amendments and answers leave it
// with customs.
func Transitions() []ledger.Transition {
	return []ledger.Transition{
		{From: "", Fact: Lodged{}.FactName(), To: string(StateLodged)},
		{From: string(StateLodged), Fact: Withdrawn{}.FactName(), To: string(StateWithdrawn)},
		{From: string(StateLodged), Fact: Closed{}.FactName(), To: string(StateClosed)},
	}
}
