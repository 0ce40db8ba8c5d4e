package gate

import "github.com/guomen/guomen/port"

// Reading is what a lane saw: identifiers as recognised, mass as weighed. It is the body of POST
// /v1/lanes/{lane}/readings. Empty means that the lane did not see it.
type Reading struct {
	Plate      port.Plate             `json:"plate"`
	Trailer    port.Plate             `json:"trailer,omitempty"`
	Containers []port.ContainerNumber `json:"containers,omitempty"`
	Seals      []string               `json:"seals,omitempty"`
	Mass       port.Kilograms         `json:"mass,omitempty"`       // whole vehicle, as weighed 过磅
	Instrument string                 `json:"instrument,omitempty"` // weighbridge or camera, by its own number
	At         port.Time              `json:"at,omitempty"`         // the device's time
}

// Read: a lane has seen a vehicle. Physical readings are always recorded, whatever is decided.
type Read struct {
	Reading   port.ID        `json:"reading"`
	Lane      port.LaneID    `json:"lane"`
	Gate      port.DuePoint  `json:"gate"`
	Direction port.Direction `json:"direction"`
	Saw       Reading        `json:"saw"`
}

// FactName is gate.read.v1.
func (Read) FactName() string { return "gate.read.v1" }

// Reason is one thing that keeps a gate shut: a requirement with its owner and state, or what the lane itself found.
type Reason struct {
	Code    string               `json:"code"` // text "gate.<code>" in the catalogue
	Kind    port.RequirementKind `json:"kind,omitempty"`
	Subject port.ID              `json:"subject,omitzero"`
	Owner   *port.Owner          `json:"owner,omitempty"`
	Args    []string             `json:"args,omitempty"`
}

// Decided: the gate has been told what to do with the vehicle of a reading.
type Decided struct {
	Reading  port.ID           `json:"reading"`
	Movement port.ID           `json:"movement,omitzero"`
	Lane     port.LaneID       `json:"lane"`
	Gate     port.DuePoint     `json:"gate"`
	Decision port.GateDecision `json:"decision"`
	Reasons  []Reason          `json:"reasons,omitempty"`
	Pass     port.ID           `json:"pass,omitzero"`
	Override string            `json:"override,omitempty"` // the officer by whose order it opened or stayed shut
}

// FactName is gate.decided.v1.
func (Decided) FactName() string { return "gate.decided.v1" }

// PassIssued: everything due at a gate is settled; the vehicle may pass there once.
type PassIssued struct {
	Pass       port.ID                `json:"pass"`
	Movement   port.ID                `json:"movement"`
	Gate       port.DuePoint          `json:"gate"`
	Plate      port.Plate             `json:"plate"`
	Containers []port.ContainerNumber `json:"containers,omitempty"`
	Mass       port.Kilograms         `json:"mass,omitempty"` // expected, where known
}

// FactName is pass.issued.v1.
func (PassIssued) FactName() string { return "pass.issued.v1" }

// PassRevoked: something due at the gate is open again.
type PassRevoked struct {
	Pass     port.ID              `json:"pass"`
	Movement port.ID              `json:"movement"`
	Gate     port.DuePoint        `json:"gate"`
	Kind     port.RequirementKind `json:"kind"`
}

// FactName is pass.revoked.v1.
func (PassRevoked) FactName() string { return "pass.revoked.v1" }
