package registry

import "github.com/guomen/guomen/port"

// Fact is something that was recorded about the ports. Facts are values; FactName is the wire name, which never changes.
type Fact interface{ FactName() string }

// The wire names.
const (
	SiteRegisteredName = "registry.site_registered.v1"
	PortRegisteredName = "registry.port_registered.v1"
	PortChangedName    = "registry.port_changed.v1"
	StatusSetName      = "registry.status_set.v1"
	HoursSetName       = "registry.hours_set.v1"
	LaneRegisteredName = "registry.lane_registered.v1"
	DesignationSetName = "registry.designation_set.v1"
	OwnerSetName       = "registry.owner_set.v1"
	SourceSetName      = "registry.source_set.v1"
	ToleranceSetName   = "registry.tolerance_set.v1"
	OfficeMappedName   = "registry.office_mapped.v1"
)

// Facts lists one empty fact of every kind, for the ledger's schema.
func Facts() []Fact {
	return []Fact{
		SiteRegistered{}, PortRegistered{}, PortChanged{}, StatusSet{}, HoursSet{}, LaneRegistered{}, DesignationSet{}, OwnerSet{},
		SourceSet{}, ToleranceSet{}, OfficeMapped{},
	}
}

// SiteRegistered enters a place.
type SiteRegistered struct {
	Site `yaml:",inline"`
}

// FactName is the wire name.
func (SiteRegistered) FactName() string { return SiteRegisteredName }

// PortRegistered enters a port at a place that is registered. Its id is the place's with the mode.
type PortRegistered struct {
	Port `yaml:",inline"`
}

// FactName is the wire name.
func (PortRegistered) FactName() string { return PortRegisteredName }

// PortChanged changes one attribute of a port, or several, from a day on. A day known only roughly counts from the last
// day that it may have been.
type PortChanged struct {
	Port       port.PortID `json:"port"`
	From       Date        `json:"from"`
	Attributes `yaml:",inline"`
}

// FactName is the wire name.
func (PortChanged) FactName() string { return PortChangedName }

// Scope is which traffic of a port something holds for. An empty Traffic means freight and passengers, not AGVs, which
// are always named; an empty Direction means both ways.
type Scope struct {
	Traffic   Traffic        `json:"traffic,omitempty"`
	Direction port.Direction `json:"direction,omitempty"`
}

func (s Scope) covers(traffic Traffic, direction port.Direction) bool {
	return (s.Traffic == traffic || s.Traffic == "" && traffic != AGV) && (s.Direction == direction || s.Direction == "")
}

// StatusSet gives a port's traffic a status from one day to another, both included. No From: from the beginning. No To:
// until a later fact covers the day. Of several that cover a day, the one recorded last counts: what a port is for good
// is recorded first, what happens to it for a time after.
type StatusSet struct {
	Port       port.PortID `json:"port"`
	Scope      `yaml:",inline"`
	Status     Status  `json:"status"`
	Season     *Season `json:"season,omitempty"` // of a seasonal port; nil where it was not found
	From       Date    `json:"from,omitempty"`
	To         Date    `json:"to,omitempty"`
	Provenance `yaml:",inline"`
}

// FactName is the wire name.
func (StatusSet) FactName() string { return StatusSetName }

// HoursSet gives the working hours of one side in its local time. The last recorded that covers a day counts, as with
// StatusSet.
type HoursSet struct {
	Port       port.PortID `json:"port"`
	Side       Side        `json:"side"`
	Scope      `yaml:",inline"`
	Zone       Zone      `json:"zone"` // the local time of that side
	Kind       HoursKind `json:"kind"`
	Opens      string    `json:"opens,omitempty"`  // 08:00, of daily hours; empty where unknown
	Closes     string    `json:"closes,omitempty"` // 18:00 or 24:00
	Days       []string  `json:"days,omitempty"`   // mon, tue, wed, thu, fri, sat, sun; none: every day
	From       Date      `json:"from,omitempty"`
	To         Date      `json:"to,omitempty"`
	Provenance `yaml:",inline"`
}

// FactName is the wire name.
func (HoursSet) FactName() string { return HoursSetName }

// LaneRegistered enters a lane of a port.
type LaneRegistered struct {
	Lane `yaml:",inline"`
}

// FactName is the wire name.
func (LaneRegistered) FactName() string { return LaneRegisteredName }

// DesignationSet says that a port has a designated supervision site 指定监管场地 for a kind of goods, without which such
// goods may not be imported there. Capacities were not found.
type DesignationSet struct {
	Port       port.PortID     `json:"port"`
	Goods      DesignatedGoods `json:"goods"`
	From       Date            `json:"from,omitempty"`
	To         Date            `json:"to,omitempty"`
	Provenance `yaml:",inline"`
}

// FactName is the wire name.
func (DesignationSet) FactName() string { return DesignationSetName }

// OwnerSet says which organisation does a function's work at a port, and with it owns the requirements of that function.
type OwnerSet struct {
	Port         port.PortID    `json:"port"`
	Function     port.Function  `json:"function"`
	Organisation OrganisationID `json:"organisation"`
	Provenance   `yaml:",inline"`
}

// FactName is the wire name.
func (OwnerSet) FactName() string { return OwnerSetName }

// SourceSet says who decides a kind of requirement at a port.
type SourceSet struct {
	Port       port.PortID          `json:"port"`
	Kind       port.RequirementKind `json:"kind"`
	Decided    port.Source          `json:"decided"`
	Provenance `yaml:",inline"`
}

// FactName is the wire name.
func (SourceSet) FactName() string { return SourceSetName }

// ToleranceSet gives the tolerance for goods under an HS code (a chapter, heading or longer; empty: all goods) at a port
// (empty: every port).
type ToleranceSet struct {
	Port       port.PortID `json:"port,omitempty"`
	HS         port.HSCode `json:"hs,omitempty"`
	Tolerance  `yaml:",inline"`
	Provenance `yaml:",inline"`
}

// FactName is the wire name.
func (ToleranceSet) FactName() string { return ToleranceSetName }

// OfficeMapped says which port a customs office's code in a message means, per mode; with no mode, for a message that
// does not say. Name is what the list that the code comes from calls the office.
type OfficeMapped struct {
	Office     port.CustomsOffice `json:"office"`
	Mode       port.Mode          `json:"mode,omitempty"`
	Port       port.PortID        `json:"port"`
	Name       string             `json:"name,omitempty"`
	Provenance `yaml:",inline"`
}

// FactName is the wire name.
func (OfficeMapped) FactName() string { return OfficeMappedName }
