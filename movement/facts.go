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

// Ordered: an authority asks for something of a subject beyond what the law asks of all its like: an examination of one
// wagon, a hold on one passenger (布控). Movement is what carries the subject; the zero id for goods in custody.
type Ordered struct {
	Subject     port.ID          `json:"subject"`
	SubjectKind port.SubjectKind `json:"subject_kind"`
	Movement    port.ID          `json:"movement,omitzero"`
	Demand      port.Demand      `json:"demand"`
	Reason      string           `json:"reason"`
	Note        string           `json:"note,omitempty"`
}

// FactName is requirement.ordered.v1.
func (Ordered) FactName() string { return "requirement.ordered.v1" }

// Deferred: the owner of a requirement lets its subject go on before it is settled, on conditions, until an instant
// (附条件提离, 目的地检查, 转场检查). No gate waits for it any more, and it stays open.
type Deferred struct {
	Subject    port.ID              `json:"subject"`
	Kind       port.RequirementKind `json:"kind"`
	Until      port.Time            `json:"until"`
	Conditions string               `json:"conditions,omitempty"` // a code with text "condition.<code>" in the catalogue, or free
	Law        string               `json:"law,omitempty"`
}

// FactName is requirement.deferred.v1.
func (Deferred) FactName() string { return "requirement.deferred.v1" }

// Listed: somebody on the conveyance of whom the law asks something by himself. Who he is, is sealed with the crew. Person
// names him on this movement only: on the next one he is asked again.
type Listed struct {
	Movement port.ID     `json:"movement"`
	Person   port.ID     `json:"person"`
	Who      port.ID     `json:"who"` // the same for the same person, as in [Member]
	Role     string      `json:"role"`
	Judged   port.Judged `json:"judged"`
}

// FactName is person.listed.v1.
func (Listed) FactName() string { return "person.listed.v1" }

// Detached: something that the conveyance carried has come off it and stays behind: a wagon 甩车, a trailer 甩挂, goods
// that were unloaded 卸货, a person who may not go on. With equipment goes what it holds, each by a fact of its own that
// names the equipment in With. Part says that the conveyance goes on with the rest of the same consignment.
type Detached struct {
	Movement port.ID            `json:"movement"`
	Subject  port.ID            `json:"subject"`
	Kind     port.SubjectKind   `json:"kind"`
	Unit     port.EquipmentKind `json:"unit,omitempty"`
	Number   string             `json:"number,omitempty"` // of equipment
	Mass     port.Kilograms     `json:"mass,omitempty"`   // of goods
	With     port.ID            `json:"with,omitzero"`
	Part     bool               `json:"part,omitempty"`
	Holds    []Held             `json:"holds,omitempty"`
	Boxes    []port.ID          `json:"boxes,omitempty"` // of a trailer: the containers that stand on it
	Goods    *Carried           `json:"goods,omitempty"` // of goods: as the conveyance had them
	Reason   string             `json:"reason,omitempty"`
}

// FactName is movement.detached.v1.
func (Detached) FactName() string { return "movement.detached.v1" }

// Attached: equipment that stood in custody has been put on a conveyance, with what it holds, each by a fact of its own.
type Attached struct {
	Movement port.ID            `json:"movement"`
	Subject  port.ID            `json:"subject"`
	Kind     port.SubjectKind   `json:"kind"`
	Unit     port.EquipmentKind `json:"unit,omitempty"`
	Number   string             `json:"number,omitempty"`
	Goods    *Carried           `json:"goods,omitempty"` // of a consignment
	With     port.ID            `json:"with,omitzero"`
	Holds    []Held             `json:"holds,omitempty"`
}

// FactName is movement.attached.v1.
func (Attached) FactName() string { return "movement.attached.v1" }

// Ended: the conveyance has brought everything that it carried to the customs place that it came for, and stands there
// empty. Where it goes next is another movement.
type Ended struct {
	Movement port.ID `json:"movement"`
}

// FactName is movement.ended.v1.
func (Ended) FactName() string { return "movement.ended.v1" }
