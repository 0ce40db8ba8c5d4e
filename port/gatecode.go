package port

import "slices"

// GateLift is what a customs gate reports of its barrier 抬杆类型. This and the other codes of gates here are as public
// integrations of customs gates use them; no official table could be read.
type GateLift string

// The codes.
const (
	LiftAutomatic GateLift = "00" // 自动抬杆
	LiftManual    GateLift = "10" // 人工抬杆: an officer lifts
	LiftNone      GateLift = "99" // 不抬杆
)

// GateLifts lists the codes.
func GateLifts() []GateLift { return []GateLift{LiftAutomatic, LiftManual, LiftNone} }

// Valid tells a known code.
func (l GateLift) Valid() bool { return slices.Contains(GateLifts(), l) }

// Check is nil for a known code.
func (l GateLift) Check() error {
	if !l.Valid() {
		return fault("gate_lift.unknown", string(l))
	}
	return nil
}

// TextKey names the code's label in the catalogue.
func (l GateLift) TextKey() string { return "enum.gate_lift." + string(l) }

// Decision is the decision that the report stands for; empty for an unknown code.
func (l GateLift) Decision() GateDecision {
	switch l {
	case LiftAutomatic:
		return DecisionOpen
	case LiftManual:
		return DecisionHold
	case LiftNone:
		return DecisionRefuse
	}
	return ""
}

// LaneFlow is which way a gate's lane runs 通道方向, seen from the supervised place.
type LaneFlow string

// The codes.
const (
	FlowIn  LaneFlow = "00" // 进
	FlowOut LaneFlow = "10" // 出
)

// LaneFlows lists the codes.
func LaneFlows() []LaneFlow { return []LaneFlow{FlowIn, FlowOut} }

// Valid tells a known code.
func (f LaneFlow) Valid() bool { return slices.Contains(LaneFlows(), f) }

// Check is nil for a known code.
func (f LaneFlow) Check() error {
	if !f.Valid() {
		return fault("lane_flow.unknown", string(f))
	}
	return nil
}

// TextKey names the code's label in the catalogue.
func (f LaneFlow) TextKey() string { return "enum.lane_flow." + string(f) }

// PassState is where a pass document 核放单 stands. A place with one gate goes from approved to passed, one with two gates
// by way of first and second. The values are ours: systems number them differently.
type PassState string

// The states.
const (
	PassApplied      PassState = "applied"       // 已申请
	PassApproved     PassState = "approved"      // 已审批
	PassPassed       PassState = "passed"        // 已过卡
	PassPassedFirst  PassState = "passed_first"  // 已过一卡
	PassPassedSecond PassState = "passed_second" // 已过二卡
	PassDeleted      PassState = "deleted"       // 已删除
	PassVoided       PassState = "voided"        // 已作废
)

// PassStates lists the states.
func PassStates() []PassState {
	return []PassState{
		PassApplied, PassApproved, PassPassed, PassPassedFirst, PassPassedSecond, PassDeleted, PassVoided,
	}
}

// Valid tells a known state.
func (s PassState) Valid() bool { return slices.Contains(PassStates(), s) }

// Check is nil for a known state.
func (s PassState) Check() error {
	if !s.Valid() {
		return fault("pass_state.unknown", string(s))
	}
	return nil
}

// TextKey names the state's label in the catalogue.
func (s PassState) TextKey() string { return "enum.pass_state." + string(s) }

// PassResult is what a gate reports of a vehicle with a pass document 过卡结果.
type PassResult string

// The codes.
const (
	GateNotPassed PassResult = "50" // 未过卡
	GatePassed    PassResult = "51" // 已过卡
	GateRefused   PassResult = "52" // 拒绝过卡
	GateReleased  PassResult = "53" // 卡口放行
	GateExamining PassResult = "55" // 正在查验
)

// PassResults lists the codes.
func PassResults() []PassResult {
	return []PassResult{
		GateNotPassed, GatePassed, GateRefused, GateReleased, GateExamining,
	}
}

// Valid tells a known code.
func (r PassResult) Valid() bool { return slices.Contains(PassResults(), r) }

// Check is nil for a known code.
func (r PassResult) Check() error {
	if !r.Valid() {
		return fault("pass_result.unknown", string(r))
	}
	return nil
}

// TextKey names the code's label in the catalogue.
func (r PassResult) TextKey() string { return "enum.pass_result." + string(r) }

// PassDisposal is what customs orders after an examination at the gate 查验处置 (receipt SAS224).
type PassDisposal string

// The codes.
const (
	DisposalRefuse  PassDisposal = "2" // 拒绝过卡
	DisposalRelease PassDisposal = "3" // 卡口放行
)

// PassDisposals lists the codes.
func PassDisposals() []PassDisposal { return []PassDisposal{DisposalRefuse, DisposalRelease} }

// Valid tells a known code.
func (d PassDisposal) Valid() bool { return slices.Contains(PassDisposals(), d) }

// Check is nil for a known code.
func (d PassDisposal) Check() error {
	if !d.Valid() {
		return fault("pass_disposal.unknown", string(d))
	}
	return nil
}

// TextKey names the code's label in the catalogue.
func (d PassDisposal) TextKey() string { return "enum.pass_disposal." + string(d) }

// BindingMedium is what a pass document is bound to and a gate reads 绑定介质.
type BindingMedium string

// The codes.
const (
	BoundPlate           BindingMedium = "VN" // 车牌
	BoundElectronicPlate BindingMedium = "VE" // 电子车牌
	BoundCard            BindingMedium = "IC" // IC卡
	BoundBarcode         BindingMedium = "BC" // 条码
)

// BindingMedia lists the codes.
func BindingMedia() []BindingMedium {
	return []BindingMedium{
		BoundPlate, BoundElectronicPlate, BoundCard, BoundBarcode,
	}
}

// Valid tells a known code.
func (m BindingMedium) Valid() bool { return slices.Contains(BindingMedia(), m) }

// Check is nil for a known code.
func (m BindingMedium) Check() error {
	if !m.Valid() {
		return fault("binding_medium.unknown", string(m))
	}
	return nil
}

// TextKey names the code's label in the catalogue.
func (m BindingMedium) TextKey() string { return "enum.binding_medium." + string(m) }

// VehicleTurn is how a vehicle enters and leaves a supervised place 过卡车辆类型.
type VehicleTurn string

// The codes.
const (
	LadenInEmptyOut VehicleTurn = "01" // 重进空出
	EmptyInLadenOut VehicleTurn = "02" // 空进重出
	LadenInLadenOut VehicleTurn = "03" // 重进重出
	EmptyInEmptyOut VehicleTurn = "04" // 空进空出
)

// VehicleTurns lists the codes.
func VehicleTurns() []VehicleTurn {
	return []VehicleTurn{
		LadenInEmptyOut, EmptyInLadenOut, LadenInLadenOut, EmptyInEmptyOut,
	}
}

// Valid tells a known code.
func (t VehicleTurn) Valid() bool { return slices.Contains(VehicleTurns(), t) }

// Check is nil for a known code.
func (t VehicleTurn) Check() error {
	if !t.Valid() {
		return fault("vehicle_turn.unknown", string(t))
	}
	return nil
}

// TextKey names the code's label in the catalogue.
func (t VehicleTurn) TextKey() string { return "enum.vehicle_turn." + string(t) }

// LadenIn tells a vehicle that comes in with a load.
func (t VehicleTurn) LadenIn() bool { return t == LadenInEmptyOut || t == LadenInLadenOut }

// LadenOut tells a vehicle that leaves with one.
func (t VehicleTurn) LadenOut() bool { return t == EmptyInLadenOut || t == LadenInLadenOut }
