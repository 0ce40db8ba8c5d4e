package gate

import (
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// PassState is where the pass for one gate stands.
type PassState string

// The states of a pass. A revoked one is no more; a further one may be issued.
const (
	PassGood PassState = "good"
	PassUsed PassState = "used"
)

// State is where the pass for a gate stands; empty where there is none.
func (p *Passes) State(gate port.DuePoint) PassState {
	switch pass := p.At(gate); {
	case pass == nil:
		return ""
	case pass.Used == 0:
		return PassGood
	}
	return PassUsed
}

// PassTransitions are the states of the pass for one gate and what takes it from one to another.
func PassTransitions() []ledger.Transition {
	return []ledger.Transition{
		{From: "", Fact: PassIssued{}.FactName(), To: string(PassGood)},
		{From: string(PassGood), Fact: PassRevoked{}.FactName(), To: ""},
		{From: string(PassGood), Fact: movement.Passed{}.FactName(), To: string(PassUsed)},
	}
}
