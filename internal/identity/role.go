// Package identity is who is asking: organisations' tokens, the roles they were given, and the one table of who may do
// what. Tokens are facts of the region's ledger; only their SHA-256 is kept.
package identity

import (
	"slices"

	"github.com/guomen/guomen/port"
)

// Role is what a token stands for. A role of an authority acts for the functions it names.
type Role string

// The roles.
const (
	Trader           Role = "trader"  // 收发货人
	Broker           Role = "broker"  // 报关企业
	Carrier          Role = "carrier" // 承运人
	Customs          Role = "customs" // 海关监管
	Inspection       Role = "inspection"
	Quarantine       Role = "quarantine"
	BorderInspection Role = "border_inspection" // 边检
	Transport        Role = "transport"         // 交通运输
	PortOperator     Role = "port_operator"
	YardOperator     Role = "yard_operator"
	PortOffice       Role = "port_office"    // 口岸办
	Region           Role = "region"         // 自治区: reads everything
	Administrator    Role = "administrator"  // gives and takes tokens, changes the registry
	Device           Role = "device"         // lanes and weighbridges
	CustomsSystem    Role = "customs_system" // an outside customs system that answers
	Public           Role = "public"         // whoever asks, without a token
)

// Roles lists the roles that a token can have.
func Roles() []Role {
	return []Role{Trader, Broker, Carrier, Customs, Inspection, Quarantine, BorderInspection, Transport, PortOperator, YardOperator,
		PortOffice, Region, Administrator, Device, CustomsSystem}
}

// Valid tells a role that a token can have.
func (r Role) Valid() bool { return slices.Contains(Roles(), r) }

// TextKey names the role's label in the catalogue.
func (r Role) TextKey() string { return "enum.role." + string(r) }

// Functions are what a role decides on.
func (r Role) Functions() []port.Function {
	switch r {
	case Customs:
		return []port.Function{port.FunctionCustomsSupervision}
	case Inspection:
		return []port.Function{port.FunctionCustomsInspection}
	case Quarantine:
		return []port.Function{port.FunctionCustomsQuarantine}
	case BorderInspection:
		return []port.Function{port.FunctionBorderInspection}
	case Transport:
		return []port.Function{port.FunctionTransport}
	case PortOperator:
		return []port.Function{port.FunctionPortOperator}
	case YardOperator:
		return []port.Function{port.FunctionYardOperator}
	case PortOffice:
		return []port.Function{port.FunctionPortOffice}
	}
	return nil
}

// Authority tells a role that sees all of what happens at its own port.
func (r Role) Authority() bool {
	return len(r.Functions()) > 0 || r == Device || r == CustomsSystem
}

// Everywhere tells a role that sees every port.
func (r Role) Everywhere() bool { return r == Region || r == Administrator }

// Principal is who gave a request.
type Principal struct {
	Organisation string
	Role         Role
	Person       string
	Port         port.PortID // the only port it may act at; empty: any
	Token        port.ID     // the token it was known by; zero: none
}

// Anonymous is a request without a token.
var Anonymous = Principal{Role: Public}

// ActsAt tells whether the principal may act at a port at all.
func (p Principal) ActsAt(id port.PortID) bool { return p.Port == "" || p.Port == id }

// SeesAll tells whether the principal sees everything that happens at a port, whoever's it is.
func (p Principal) SeesAll(id port.PortID) bool {
	return p.Role.Everywhere() || p.Role.Authority() && p.ActsAt(id)
}
