package movement

import "github.com/guomen/guomen/port"

// Appeared: a vehicle that nobody announced stands at an entry gate. A movement is born with it.
type Appeared struct {
	Movement  port.ID        `json:"movement"`
	Port      port.PortID    `json:"port"`
	Direction port.Direction `json:"direction"`
	Plate     port.Plate     `json:"plate"`
	Lane      port.LaneID    `json:"lane"`
}

// FactName is movement.appeared.v1.
func (Appeared) FactName() string { return "movement.appeared.v1" }

// Decided: the owner of a requirement, or a machine that he has set, has given a verdict. An advisory one, where an
// outside system decides, is shown and changes nothing. Inspector is who examines, where the verdict orders it.
type Decided struct {
	Subject     port.ID              `json:"subject"`
	SubjectKind port.SubjectKind     `json:"subject_kind"`
	Kind        port.RequirementKind `json:"kind"`
	Result      port.Result          `json:"result"`
	Reason      string               `json:"reason,omitempty"` // a code with text "reason.<code>" in the catalogue
	Note        string               `json:"note,omitempty"`
	Law         string               `json:"law,omitempty"` // of a waiver
	Advisory    bool                 `json:"advisory,omitempty"`
	Inspector   *port.Owner          `json:"inspector,omitempty"`
}

// FactName is requirement.decided.v1.
func (Decided) FactName() string { return "requirement.decided.v1" }

// Passed: the vehicle has gone through an open gate.
type Passed struct {
	Movement port.ID        `json:"movement"`
	Gate     port.DuePoint  `json:"gate"` // entry_gate or exit_gate
	Lane     port.LaneID    `json:"lane"`
	Mass     port.Kilograms `json:"mass,omitempty"`  // as weighed
	Behind   port.ID        `json:"behind,omitzero"` // at the entry gate: the movement of the same vehicle that was inside until now
}

// FactName is movement.passed.v1.
func (Passed) FactName() string { return "movement.passed.v1" }

// TurnedBack: the vehicle was refused at a gate and is to go back.
type TurnedBack struct {
	Movement port.ID       `json:"movement"`
	Gate     port.DuePoint `json:"gate"`
	Lane     port.LaneID   `json:"lane"`
}

// FactName is movement.turned_back.v1.
func (TurnedBack) FactName() string { return "movement.turned_back.v1" }

// OverrideDecision is what a named officer orders against the checklist.
type OverrideDecision string

// The decisions: open the next gate once whatever the checklist says, stop until resumed, resume.
const (
	OverrideOpen   OverrideDecision = "open"
	OverrideStop   OverrideDecision = "stop"
	OverrideResume OverrideDecision = "resume"
)

// Overridden: a named officer has opened or stopped by hand.
type Overridden struct {
	Movement port.ID          `json:"movement"`
	Decision OverrideDecision `json:"decision"`
	Reason   string           `json:"reason"`
	Note     string           `json:"note,omitempty"`
	Officer  string           `json:"officer"`
}

// FactName is movement.overridden.v1.
func (Overridden) FactName() string { return "movement.overridden.v1" }
