package simulator

import (
	"encoding/json"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/claim"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// fact is one line of /v1/facts.
type fact struct {
	Seq      uint64          `json:"seq"`
	Name     string          `json:"name"`
	At       port.Time       `json:"at"`
	Recorded port.Time       `json:"recorded"`
	Command  port.ID         `json:"command"`
	Actor    actor           `json:"actor"`
	Raw      json.RawMessage `json:"body"`

	body any // as one of the types that read knows; nil for other facts
}

type actor struct {
	Organisation string `json:"org"`
	Role         string `json:"role"`
}

// read decodes the body of a fact that the simulator has a use for.
func (f *fact) read() error {
	switch f.Name {
	case manifest.Lodged{}.FactName():
		return body[manifest.Lodged](f)
	case manifest.Changed{}.FactName():
		return body[manifest.Changed](f)
	case manifest.Deleted{}.FactName():
		return body[manifest.Deleted](f)
	case manifest.Confirmed{}.FactName():
		return body[manifest.Confirmed](f)
	case manifest.Answered{}.FactName():
		return body[manifest.Answered](f)
	case cargo.Consigned{}.FactName():
		return body[cargo.Consigned](f)
	case cargo.Assigned{}.FactName():
		return body[cargo.Assigned](f)
	case cargo.Removed{}.FactName():
		return body[cargo.Removed](f)
	case cargo.Split{}.FactName():
		return body[cargo.Split](f)
	case cargo.Adjusted{}.FactName():
		return body[cargo.Adjusted](f)
	case cargo.Reported{}.FactName():
		return body[cargo.Reported](f)
	case cargo.Returned{}.FactName():
		return body[cargo.Returned](f)
	case cargo.Entered{}.FactName():
		return body[cargo.Entered](f)
	case cargo.TakenOut{}.FactName():
		return body[cargo.TakenOut](f)
	case declaration.Lodged{}.FactName():
		return body[declaration.Lodged](f)
	case declaration.Covered{}.FactName():
		return body[declaration.Covered](f)
	case declaration.Closed{}.FactName():
		return body[declaration.Closed](f)
	case declaration.Amended{}.FactName():
		return body[declaration.Amended](f)
	case declaration.Withdrawn{}.FactName():
		return body[declaration.Withdrawn](f)
	case declaration.Answered{}.FactName():
		return body[declaration.Answered](f)
	case movement.Appeared{}.FactName():
		return body[movement.Appeared](f)
	case movement.Decided{}.FactName():
		return body[movement.Decided](f)
	case movement.Passed{}.FactName():
		return body[movement.Passed](f)
	case movement.TurnedBack{}.FactName():
		return body[movement.TurnedBack](f)
	case movement.Ended{}.FactName():
		return body[movement.Ended](f)
	case movement.Detached{}.FactName():
		return body[movement.Detached](f)
	case movement.Attached{}.FactName():
		return body[movement.Attached](f)
	case movement.Ordered{}.FactName():
		return body[movement.Ordered](f)
	case movement.Deferred{}.FactName():
		return body[movement.Deferred](f)
	case movement.Compared{}.FactName():
		return body[movement.Compared](f)
	case movement.Listed{}.FactName():
		return body[movement.Listed](f)
	case movement.Overridden{}.FactName():
		return body[movement.Overridden](f)
	case movement.Diverted{}.FactName():
		return body[movement.Diverted](f)
	case claim.Answered{}.FactName():
		return body[claim.Answered](f)
	case gate.Read{}.FactName():
		return body[gate.Read](f)
	case gate.Decided{}.FactName():
		return body[gate.Decided](f)
	case gate.PassIssued{}.FactName():
		return body[gate.PassIssued](f)
	case gate.PassRevoked{}.FactName():
		return body[gate.PassRevoked](f)
	}
	return nil
}

func body[T any](f *fact) error {
	var b T
	if err := json.Unmarshal(f.Raw, &b); err != nil {
		return err
	}
	f.body, f.Raw = b, nil
	return nil
}
