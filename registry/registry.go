// Package registry is what the region's ports are (口岸名录): 16 places and the 20 ports at them, their class and legal type,
// what they are opened for and when, their lanes, and who does which work there.
//
// # What is stored
//
// Facts only. A fact of this package gives a value, the day from which it holds, and where it comes from: the plan, a
// numbered page, arithmetic, general knowledge, or this project's own demonstration. Nothing is ever changed in place.
// What a port is today is the fold of its facts, and "what was its status on that day" is a query on the same fold, so
// that a later change does not alter the answer for an earlier day. The folded [State] is a snapshot that never changes:
// any number of readers share one, and [State.With] makes the next.
//
// # Approved is not open
//
// A land port is approved by the State Council (批准), built (建设), accepted (验收), notified to the neighbour by diplomatic
// note, and then opened (开放). It may before be opened for a time (临时开放), have a season (季节性), and be suspended for
// passengers and not for freight, in one direction and not in the other. So status has dates, per traffic and direction.
//
// # What nobody knows
//
// Published sources give a month or a year where a day is wanted, say that a port worked on a day without saying since
// when, or say nothing. A [Date] keeps exactly that. A query that falls into such a gap answers unknown and names the
// statuses that are possible; hours that were not found are unknown, and unknown is never open.
//
// The data of the plan's ports are in data/; [Seed] gives them as facts. Owners, tolerances and the lanes of most ports
// are not published anywhere: there the data are invented, and carry the reference "demo".
package registry

import (
	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/port"
)

// Site is a place at which there are one or more ports.
type Site struct {
	ID     port.SiteID     `json:"site"`
	Names  Sourced[Names]  `json:"names"`
	League Sourced[Names]  `json:"league"`           // league or city 盟市
	County *Sourced[Names] `json:"county,omitempty"` // banner, county or district 旗县(市、区); nil where none is given
	Role   Sourced[Names]  `json:"role"`             // 功能定位 in the plan's words
}

// Port is one port of entry 口岸: a place and a mode, with its attributes as they stand on the day asked for. The values
// behind its pointers are shared with the State and must not be written to.
type Port struct {
	ID         port.PortID `json:"port"`
	Site       port.SiteID `json:"site"`
	Mode       port.Mode   `json:"mode"`
	Attributes `yaml:",inline"`
}

// Attributes are what may change about a port. A registered port has names, class, legal type and position; the others
// are nil where there are none (an airport faces no counterpart) or none was found. In a change, nil means unchanged.
type Attributes struct {
	Names       *Sourced[Names]         `json:"names,omitempty"`
	Class       *Sourced[port.Class]    `json:"class,omitempty"`
	Legal       *Sourced[Legal]         `json:"legal,omitempty"`
	Counterpart *Sourced[Counterpart]   `json:"counterpart,omitempty"`
	Position    *Sourced[Position]      `json:"position,omitempty"`
	Customs     *Sourced[Names]         `json:"customs,omitempty"` // the customs that supervises the port 隶属海关
	UNLocode    *Sourced[port.Location] `json:"unlocode,omitempty"`
	IATA        *Sourced[string]        `json:"iata,omitempty"`
	ICAO        *Sourced[string]        `json:"icao,omitempty"`
}

// merge lays the attributes of a change over these.
func (a Attributes) merge(change Attributes) Attributes {
	over(&a.Names, change.Names)
	over(&a.Class, change.Class)
	over(&a.Legal, change.Legal)
	over(&a.Counterpart, change.Counterpart)
	over(&a.Position, change.Position)
	over(&a.Customs, change.Customs)
	over(&a.UNLocode, change.UNLocode)
	over(&a.IATA, change.IATA)
	over(&a.ICAO, change.ICAO)
	return a
}

func over[T any](value **T, change *T) {
	if change != nil {
		*value = change
	}
}

// Names is a name in the languages in which one was found. Chinese and English are always there.
type Names struct {
	Chinese   string `json:"zh-CN"`
	English   string `json:"en"`
	Mongolian string `json:"mn,omitempty"`
	Russian   string `json:"ru,omitempty"`
}

// In is the name in a language; the English one where the language lacks it.
func (n Names) In(language text.Language) string {
	name := n.English
	switch language {
	case text.Chinese:
		name = n.Chinese
	case text.Mongolian:
		name = n.Mongolian
	case text.Russian:
		name = n.Russian
	}
	if name == "" {
		return n.English
	}
	return name
}

// Legal says for whose citizens and vehicles a port is opened by the agreement of the two states.
type Legal string

// The legal types: only the two neighbours 双边性口岸, third countries too 国际性口岸, or not found.
const (
	Bilateral     Legal = "bilateral"
	International Legal = "international"
	LegalUnknown  Legal = "unknown"
)

// Valid tells a known legal type, unknown among them.
func (l Legal) Valid() bool { return l == Bilateral || l == International || l == LegalUnknown }

// TextKey names the type's label in the catalogue.
func (l Legal) TextKey() string { return "enum.legal." + string(l) }

// Counterpart is the port on the other side of the line 对应口岸.
type Counterpart struct {
	Country  port.Country `json:"country"`
	Names    Names        `json:"names"`
	Position *Position    `json:"position,omitempty"`
}

// Position is a point in degrees, WGS 84 or near it: good for a dot on a map, not for a geofence (电子围栏), because points
// from Chinese maps may be off by up to a kilometre. The note says where that may be so.
type Position struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

func (p Position) valid() bool {
	return -90 <= p.Latitude && p.Latitude <= 90 && -180 <= p.Longitude && p.Longitude <= 180
}

// Traffic is what a port or lane is for: the passenger and freight functions 客货运功能, and freight on vehicles without a
// driver, which has lanes and hours of its own.
type Traffic string

// The kinds of traffic: freight 货运, passengers 客运, automated guided vehicles 无人驾驶 (AGV).
const (
	Freight   Traffic = "freight"
	Passenger Traffic = "passenger"
	AGV       Traffic = "agv"
)

// Valid tells a known kind of traffic.
func (t Traffic) Valid() bool { return t == Freight || t == Passenger || t == AGV }

// TextKey names the traffic's label in the catalogue.
func (t Traffic) TextKey() string { return "enum.traffic." + string(t) }

// Lane is one lane 通道 of a port. Direction import leads into China, whichever gate it is. A crossing passes one entry
// gate of the supervised area and one exit gate.
type Lane struct {
	ID         port.LaneID    `json:"lane"`
	Port       port.PortID    `json:"port"`
	Direction  port.Direction `json:"direction"`
	Traffic    Traffic        `json:"traffic"`
	Gate       port.DuePoint  `json:"gate"` // port.DueEntryGate 入区卡口 or port.DueExitGate 出区卡口
	Provenance `yaml:",inline"`
}
