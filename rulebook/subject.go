package rulebook

import (
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// Movement is what a clause sees of one conveyance on one crossing. Empty means that nobody has said: a clause that asks
// for it is undecided.
type Movement struct {
	Port        port.PortID    `json:"port"`
	Direction   port.Direction `json:"direction"`
	Plate       port.Plate     `json:"plate,omitempty"`
	Nationality port.Country   `json:"nationality,omitempty"`
	Loaded      string         `json:"loaded,omitempty"`    // laden 载货, empty 空载, empty_container 空集装箱
	Automated   bool           `json:"automated,omitempty"` // AGV 无人驾驶: nobody on board
	Crew        int64          `json:"crew,omitempty"`      // persons on board
	Dangerous   bool           `json:"dangerous,omitempty"` // some waybill has a UN number
	Permit      string         `json:"permit,omitempty"`    // road transport permit 国际汽车运输行车许可证
	Carrier     string         `json:"carrier,omitempty"`
	Announced   bool           `json:"announced,omitempty"` // a manifest has named it
}

// MovementOf is the movement that a manifest announces at a port.
func MovementOf(at port.PortID, d *manifest.Document) Movement {
	m := Movement{
		Port: at, Direction: d.Direction, Plate: d.Vehicle.Plate, Nationality: d.Vehicle.Nationality, Loaded: d.Loaded,
		Automated: d.Vehicle.Automated, Crew: d.Crew, Permit: d.Vehicle.Permit, Carrier: d.Carrier, Announced: true,
	}
	if m.Loaded == "" && len(d.Waybills) > 0 {
		m.Loaded = manifest.Laden // it says so by what it lists
	}
	if m.Nationality == "" {
		_, m.Nationality, _ = port.ParsePlate(string(d.Vehicle.Plate))
	}
	for i := range d.Waybills {
		m.Dangerous = m.Dangerous || d.Waybills[i].Dangerous != ""
	}
	return m
}

// Reading is what a clause sees of a lane's reading. Expected is what the vehicle should weigh by its manifest, and
// Tolerance what the port allows for such goods; both are absent where they are not known.
type Reading struct {
	Port      port.PortID    `json:"port"`
	Lane      port.LaneID    `json:"lane,omitempty"`
	Direction port.Direction `json:"direction,omitempty"`
	Plate     port.Plate     `json:"plate,omitempty"`
	Mass      port.Kilograms `json:"mass,omitempty"`
	Expected  port.Kilograms `json:"expected,omitempty"`
	Tolerance port.Kilograms `json:"tolerance,omitempty"`
}
