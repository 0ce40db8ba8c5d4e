package port

// DuePoint is the point of a crossing by which a requirement must be met.
type DuePoint string

// The points in the order of an import by road. What is due later than the crossing carries a date of its own, such as
// the full declaration of 两步申报 within 14 days.
const (
	DueBeforeArrival DuePoint = "before_arrival" // 抵达前: such as the manifest's main data, one hour before (road)
	DueEntryGate     DuePoint = "entry_gate"     // 入区卡口
	DueInspection    DuePoint = "inspection"     // 查验区
	DueExitGate      DuePoint = "exit_gate"      // 出区卡口
	DueCustodyExit   DuePoint = "custody_exit"   // 提离监管作业场所: goods leave customs custody, vehicle or not
	DueLater         DuePoint = "later"          // 过后, by its own date
)

// DuePoints lists the points in the order in which a movement reaches them.
func DuePoints() []DuePoint {
	return []DuePoint{DueBeforeArrival, DueEntryGate, DueInspection, DueExitGate, DueCustodyExit, DueLater}
}

// Valid tells a known point.
func (d DuePoint) Valid() bool {
	switch d {
	case DueBeforeArrival, DueEntryGate, DueInspection, DueExitGate, DueCustodyExit, DueLater:
		return true
	}
	return false
}

// TextKey names the point's label in the catalogue.
func (d DuePoint) TextKey() string { return "enum.due." + string(d) }

// RequirementState is where one requirement of a checklist stands.
type RequirementState string

// The states. Open is anything not decided yet, an ordered examination among it. Waived is a named officer's act, with
// reason and law. Held and refused are decisions against the subject; a held one can still become met. Lapsed is what was
// open and undecided when the law changed, and no clause in force asks for any more: it was never met, and keeps no gate
// shut.
const (
	StateOpen    RequirementState = "open"
	StateMet     RequirementState = "met"
	StateWaived  RequirementState = "waived"
	StateHeld    RequirementState = "held"
	StateRefused RequirementState = "refused"
	StateLapsed  RequirementState = "lapsed"
)

// RequirementStates lists the states.
func RequirementStates() []RequirementState {
	return []RequirementState{StateOpen, StateMet, StateWaived, StateHeld, StateRefused, StateLapsed}
}

// Valid tells a known state.
func (s RequirementState) Valid() bool {
	switch s {
	case StateOpen, StateMet, StateWaived, StateHeld, StateRefused, StateLapsed:
		return true
	}
	return false
}

// Settled tells whether a gate may open as far as this requirement goes: it is met or waived, or not asked for any more.
// Anything else, an unknown state included, keeps the gate shut.
func (s RequirementState) Settled() bool {
	return s == StateMet || s == StateWaived || s == StateLapsed
}

// TextKey names the state's label in the catalogue.
func (s RequirementState) TextKey() string { return "enum.requirement_state." + string(s) }

// GateDecision is what a lane's controller is told to do with the vehicle in front of it.
type GateDecision string

// The decisions, with the lift types that customs gates report (抬杆类型): open 自动抬杆 (00), hold: stay shut and call an
// officer, who may lift by hand 人工抬杆 (10), refuse 不抬杆 (99): turn back.
const (
	DecisionOpen   GateDecision = "open"
	DecisionHold   GateDecision = "hold"
	DecisionRefuse GateDecision = "refuse"
)

// GateDecisions lists the decisions.
func GateDecisions() []GateDecision {
	return []GateDecision{DecisionOpen, DecisionHold, DecisionRefuse}
}

// Valid tells a known decision.
func (d GateDecision) Valid() bool {
	return d == DecisionOpen || d == DecisionHold || d == DecisionRefuse
}

// TextKey names the decision's label in the catalogue.
func (d GateDecision) TextKey() string { return "enum.decision." + string(d) }
