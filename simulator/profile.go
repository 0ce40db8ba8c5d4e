package simulator

import (
	_ "embed"
	"sync"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

//go:embed profile.yaml
var profileText []byte

// Sourced is a value with where it comes from; profile.yaml explains the references.
type Sourced[T any] struct {
	Value  T      `yaml:"value"`
	Source string `yaml:"source"`
	Note   string `yaml:"note"`
}

// Profile is what the traffic is calibrated with.
type Profile struct {
	Rates     Rates                           `yaml:"rates"`
	Times     Times                           `yaml:"times"`
	Shapes    map[string]Sourced[[24]float64] `yaml:"shapes"`
	Seasons   map[string]Sourced[[12]float64] `yaml:"seasons"`
	Holidays  []Holiday                       `yaml:"holidays"`
	Closures  []ClosureRate                   `yaml:"closures"`
	Yard      Yard                            `yaml:"yard"`
	Wagon     Sourced[float64]                `yaml:"wagon"`
	Carriers  []Carrier                       `yaml:"carriers"`
	Variation struct {
		Sigma Sourced[float64] `yaml:"sigma"`
		Peak  Sourced[float64] `yaml:"peak"` // no day has more than this many times the average
	} `yaml:"variation"`
	Goods map[string]Goods `yaml:"goods"`
	Ports []PortProfile    `yaml:"ports"`
}

// Rates are the shares, from 0 to 1, of vehicles that do what is not the rule.
type Rates struct {
	Early        Sourced[float64] `yaml:"early"`
	Late         Sourced[float64] `yaml:"late"`
	Chased       Sourced[float64] `yaml:"chased"`
	LateManifest Sourced[float64] `yaml:"late_manifest"`
	Unannounced  Sourced[float64] `yaml:"unannounced"`
	NoShow       Sourced[float64] `yaml:"no_show"`
	WeightOff    Sourced[float64] `yaml:"weight_off"`
	Misread      Sourced[float64] `yaml:"misread"`
	OtherBox     Sourced[float64] `yaml:"other_box"`
	DoubleRead   Sourced[float64] `yaml:"double_read"`
	AtVehicle    Sourced[float64] `yaml:"at_vehicle"`
	Held         Sourced[float64] `yaml:"held"`
	Inspected    Sourced[float64] `yaml:"inspected"`
	Documents    Sourced[float64] `yaml:"documents"`
	Refused      Sourced[float64] `yaml:"refused"`
	Failed       Sourced[float64] `yaml:"failed"`
	Confirmed    Sourced[float64] `yaml:"confirmed"`
	Reported     Sourced[float64] `yaml:"reported"`
	Overloaded   Sourced[float64] `yaml:"overloaded"`
	InParts      Sourced[float64] `yaml:"in_parts"`
	WagonHeld    Sourced[float64] `yaml:"wagon_held"`
	TurnedAway   Sourced[float64] `yaml:"turned_away"`
}

// Times are the medians of how long something takes, in simulated time.
type Times struct {
	Lead       Sourced[time.Duration] `yaml:"lead"`
	Yard       Sourced[time.Duration] `yaml:"yard"`
	Turn       Sourced[time.Duration] `yaml:"turn"`
	Chase      Sourced[time.Duration] `yaml:"chase"`
	Declare    Sourced[time.Duration] `yaml:"declare"`
	Accept     Sourced[time.Duration] `yaml:"accept"`
	Border     Sourced[time.Duration] `yaml:"border"`
	Permit     Sourced[time.Duration] `yaml:"permit"`
	Quarantine Sourced[time.Duration] `yaml:"quarantine"`
	Release    Sourced[time.Duration] `yaml:"release"`
	Inspect    Sourced[time.Duration] `yaml:"inspect"`
	Weigh      Sourced[time.Duration] `yaml:"weigh"`
	Hold       Sourced[time.Duration] `yaml:"hold"`
	Other      Sourced[time.Duration] `yaml:"other"`
	Lane       Sourced[time.Duration] `yaml:"lane"`
	Unload     Sourced[time.Duration] `yaml:"unload"`
	Back       Sourced[time.Duration] `yaml:"back"`
	Contract   Sourced[time.Duration] `yaml:"contract"`
	SecondLot  Sourced[time.Duration] `yaml:"second_lot"`
	Call       Sourced[time.Duration] `yaml:"call"`
	Train      Sourced[time.Duration] `yaml:"train"`
}

// Goods is a kind of goods and what a vehicle carries of it, in tonnes.
type Goods struct {
	HS        port.HSCode      `yaml:"hs"`
	Name      string           `yaml:"zh-CN"` // as Chinese papers call it
	Payload   Sourced[float64] `yaml:"payload"`
	Tare      Sourced[float64] `yaml:"tare"`
	Boxed     Sourced[float64] `yaml:"boxed"` // share that comes in containers
	Dangerous string           `yaml:"dangerous"`
}

// Yard is what happens to goods that were unloaded in the supervised yard.
type Yard struct {
	Contract Sourced[int]     `yaml:"contract"` // loads that are declared together
	Payload  Sourced[float64] `yaml:"payload"`  // tonnes on a vehicle that fetches
	Tare     Sourced[float64] `yaml:"tare"`
	Train    Sourced[int]     `yaml:"train"` // loads on a train
	Plates   string           `yaml:"plates"`
}

// Carrier is a firm of the demonstration with vehicles of its own.
type Carrier struct {
	Key     string            `yaml:"key"`
	Country port.Country      `yaml:"country"`
	Code    string            `yaml:"code"`
	Names   map[string]string `yaml:"names"`
}

// Role is how the simulator asks for the carrier's token, such as carrier/gobi.
func (c *Carrier) Role() string { return "carrier/" + c.Key }

// PortProfile is the traffic of one port.
type PortProfile struct {
	Port      port.PortID `yaml:"port"`
	Shape     string      `yaml:"shape"`
	Season    string      `yaml:"season"`
	Neighbour struct {
		Country port.Country    `yaml:"country"`
		Hours   Sourced[[2]int] `yaml:"hours"` // of Beijing time; from 0 to 24
	} `yaml:"neighbour"`
	Foreign Sourced[float64] `yaml:"foreign"`
	Rail    Sourced[float64] `yaml:"rail"`
	Plates  struct {
		Abroad  []string `yaml:"abroad"`
		Local   string   `yaml:"local"`
		Trailer string   `yaml:"trailer"`
	} `yaml:"plates"`
	Flows  []Flow      `yaml:"flows"`
	Trains []TrainFlow `yaml:"trains"`
}

// Flow is goods that go one way, or passengers: how many vehicles on an average day.
type Flow struct {
	Direction port.Direction      `yaml:"direction"`
	Goods     string              `yaml:"goods"`
	Kind      port.ConveyanceKind `yaml:"kind"`    // empty: a truck
	Persons   float64             `yaml:"persons"` // passengers on one, on average
	Vehicles  float64             `yaml:"vehicles"`
	Automated bool                `yaml:"automated"`
	Yard      bool                `yaml:"yard"`
	OwnWheels float64             `yaml:"own_wheels"`
	Shape     string              `yaml:"shape"`  // empty: the port's
	Season    string              `yaml:"season"` // empty: the port's
	Source    string              `yaml:"source"`
	Note      string              `yaml:"note"`
}

// TrainFlow is goods that go one way by train: how many trains on an average day.
type TrainFlow struct {
	Direction  port.Direction `yaml:"direction"`
	Goods      string         `yaml:"goods"`
	Trains     float64        `yaml:"trains"`
	Wagons     int            `yaml:"wagons"`
	Consignees int            `yaml:"consignees"`
	Source     string         `yaml:"source"`
	Note       string         `yaml:"note"`
}

// DefaultProfile is the built-in profile. Its values are shared and must not be written to.
func DefaultProfile() *Profile { return builtIn() }

var builtIn = sync.OnceValue(func() *Profile {
	var p Profile
	if err := yaml.UnmarshalWithOptions(profileText, &p, yaml.Strict()); err != nil {
		panic(errs.Wrap(errs.Broken, err, "read the embedded profile")) // no build with such a file passes its tests
	}
	return &p
})

// DefaultRates are those of the built-in profile.
func DefaultRates() Rates { return DefaultProfile().Rates }

// Of finds a port's traffic; nil where the profile has none.
func (p *Profile) Of(id port.PortID) *PortProfile {
	for i := range p.Ports {
		if p.Ports[i].Port == id {
			return &p.Ports[i]
		}
	}
	return nil
}

// Daily is how many laden vehicles the port has on an average day.
func (p *PortProfile) Daily() float64 {
	total := 0.0
	for _, f := range p.Flows {
		total += f.Vehicles
	}
	return total
}

// beijing is the one civil time of China; the profile's hours are in it.
var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)
