package simulator

import (
	"time"

	"github.com/guomen/guomen/port"
)

// Truck is one vehicle's visit as it is planned: over the line one way, and back the other. It is a plain value; what
// really happens to it depends on the server too.
type Truck struct {
	Key         string // names it among all of a port's and a seed's: day and number, "2026-06-01/00042"
	Number      int    // within the day
	Port        port.PortID
	Kind        port.ConveyanceKind // empty: a truck
	Plate       port.Plate
	Trailer     port.Plate
	Nationality port.Country
	Automated   bool
	Crew        int64
	Passengers  int
	Tare        port.Kilograms // without containers
	Carrier     string
	Permit      string
	Arrive      time.Time     // at the queue of the first entry gate
	Turn        time.Duration // from leaving to arriving for the way back
	OneWay      bool          // it is goods itself, and does not come back
	Legs        [2]Leg        // one laden, one empty: vehicles come from their own side of the line and return to it
}

// Leg is one crossing of a truck.
type Leg struct {
	Direction port.Direction
	Load      *Load         // nil: empty
	Lead      time.Duration // how long before arrival the manifest is lodged
	Yard      time.Duration // from the entry gate to the queue of the exit gate, or to being empty
	Unload    bool          // the goods stay in the yard, and the vehicle goes home from there
	Fetch     bool          // it comes from inland for goods in the yard
	Over      bool          // and loads more than it was promised
	NoShow    bool          // announced, never comes
	Silent    bool          // comes without a manifest, which follows
	Double    bool          // the entry lane reports it twice
}

// Load is what a laden truck carries, under one waybill.
type Load struct {
	Goods   string // key of the profile's goods
	Mass    port.Kilograms
	Packed  int64
	Boxes   []Box
	Trader  Firm
	Abroad  string // the foreign party
	Declare Timing
	Wait    time.Duration  // what the timing counts in
	Weighs  port.Kilograms // what the weighbridge finds beyond tare and declared mass; may be negative
	Misread bool           // the camera reads the first box wrongly, once
	Other   bool           // the first box is not the one on the manifest
}

// Box is a container and its seal.
type Box struct {
	Number port.ContainerNumber
	Seal   string
	Tare   port.Kilograms
}

// Firm is a trader of the demonstration.
type Firm struct {
	Code string // unified social credit code; its body says DEM, so that nobody takes it for a real firm's
	Name string
}

// Timing is when a trader declares.
type Timing string

// The timings: before arrival 提前申报; once the goods are there; hours after; when the vehicle is held for the lack of it.
const (
	DeclareEarly  Timing = "early"
	DeclareUsual  Timing = "usual"
	DeclareLate   Timing = "late"
	DeclareChased Timing = "chased"
	DeclareYard   Timing = "yard" // together with others', when they lie in the yard
)

// laden is the leg with goods; of a vehicle with passengers, the second.
func (t *Truck) laden() *Leg {
	if t.Legs[0].Load != nil {
		return &t.Legs[0]
	}
	return &t.Legs[1]
}
