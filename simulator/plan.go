package simulator

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/guomen/guomen/port"
)

// Plan is the trucks that arrive at a port from one instant to another, the second excluded, in the order of arrival,
// with the built-in profile. It is a pure function: whatever the windows, the same truck of the same seed is the same.
// A port that the profile does not have has no trucks.
func Plan(seed uint64, id port.PortID, from, to time.Time) []Truck {
	return newPlanner(seed, id, DefaultProfile(), DefaultRates()).between(from, to)
}

// planner makes the trucks of one port.
type planner struct {
	seed    uint64
	id      port.PortID
	profile *Profile
	port    *PortProfile
	rates   Rates
	dayOf   string // the one day that is kept, since windows are hours
	day     []Truck
}

func newPlanner(seed uint64, id port.PortID, profile *Profile, rates Rates) *planner {
	return &planner{seed: seed, id: id, profile: profile, port: profile.Of(id), rates: rates}
}

func (p *planner) between(from, to time.Time) []Truck {
	if p.port == nil {
		return nil
	}
	var trucks []Truck
	for midnight := midnightOf(from); midnight.Before(to); midnight = midnight.AddDate(0, 0, 1) {
		for _, t := range p.trucks(midnight) {
			if !t.Arrive.Before(from) && t.Arrive.Before(to) {
				trucks = append(trucks, t)
			}
		}
	}
	return trucks
}

// trucks makes one day, in the order of arrival.
func (p *planner) trucks(midnight time.Time) []Truck {
	day := midnight.Format(time.DateOnly)
	if p.dayOf == day {
		return p.day
	}
	factor := p.factor(midnight)
	var trucks []Truck
	for i := range p.port.Flows {
		flow := &p.port.Flows[i]
		for range newDice(p.seed, "flow", string(p.id), day, strconv.Itoa(i)).poisson(flow.Vehicles * factor * p.usual(flow.Season, midnight)) {
			trucks = append(trucks, p.truck(midnight, day, len(trucks), flow))
		}
	}
	slices.SortStableFunc(trucks, func(a, b Truck) int { return a.Arrive.Compare(b.Arrive) })
	shuttles := 0
	for i := range trucks {
		if t := &trucks[i]; t.Automated {
			t.Plate = port.Plate(fmt.Sprintf("AGV%03d", 1+shuttles%agvFleet))
			shuttles++
		}
	}
	p.dayOf, p.day = day, trucks
	return trucks
}

// agvFleet is how many vehicles without a driver shuttle at a port; how many there are was found for Mandula alone. Each
// is to be home again before its number comes up a second time on a day.
const agvFleet = 120

// factor is how the port's volume varies from day to day.
func (p *planner) factor(midnight time.Time) float64 {
	d := newDice(p.seed, "day", string(p.id), midnight.Format(time.DateOnly))
	return min(math.Exp(d.NormFloat64()*p.profile.Variation.Sigma.Value), p.profile.Variation.Peak.Value)
}

func (p *planner) truck(midnight time.Time, day string, number int, flow *Flow) Truck {
	t := Truck{Key: fmt.Sprintf("%s/%05d", day, number), Number: number, Port: p.id, Automated: flow.Automated, Kind: flow.Kind}
	d := newDice(p.seed, "truck", string(p.id), t.Key)
	t.OneWay = d.chance(flow.OwnWheels)
	foreign := d.chance(p.port.Foreign.Value) && !t.OneWay
	weights := p.hoursOf(flow.Shape, foreign)
	t.Arrive = midnight.Add(time.Duration(d.weighted(weights[:]))*time.Hour + d.between(0, time.Hour))
	p.register(&t, midnight, foreign, d)
	// A foreign vehicle first comes in, a Chinese one first goes out.
	t.Legs[0].Direction, t.Legs[1].Direction = port.Import, port.Export
	if !foreign {
		t.Legs[0].Direction, t.Legs[1].Direction = port.Export, port.Import
	}
	t.Turn = d.about(p.profile.Times.Turn.Value)
	for i := range t.Legs {
		p.leg(&t.Legs[i], d)
	}
	t.Legs[1].NoShow = false // it is abroad, and comes home
	if flow.Goods == "" {
		t.Passengers = max(1, int(math.Round(flow.Persons*(1+0.3*d.NormFloat64()))))
		return t
	}
	goods := p.profile.Goods[flow.Goods]
	// What a vehicle weighs is its own, whatever the day.
	t.Tare = tonnes(goods.Tare.Value * (1 + 0.03*newDice(p.seed, "tare", string(p.id), string(t.Plate)).NormFloat64()))
	if t.OneWay {
		t.Tare = 0
	}
	for i := range t.Legs {
		leg := &t.Legs[i]
		if leg.Direction != flow.Direction {
			continue
		}
		leg.Load = p.load(flow.Goods, &goods, d)
		if t.OneWay { // one of what the others carry by the half dozen
			leg.Load.Mass, leg.Load.Packed, leg.Load.Boxes, leg.Load.Misread, leg.Load.Other = leg.Load.Mass/ownWheels, 1, nil, false, false
		}
		if leg.Unload = flow.Yard && i == 0; leg.Unload {
			leg.Load.Declare = DeclareYard
			leg.Yard = d.about(p.profile.Times.Unload.Value)
		}
	}
	if t.Legs[0].Unload {
		t.Turn = d.about(p.profile.Times.Back.Value)
	}
	return t
}

// ownWheels is how many vehicles a carrier's load is, so that one on its own wheels weighs that part of it.
const ownWheels = 6

// The manifest comes one to six hours before the vehicle; a late one within the last hour.
const (
	leadLeast = time.Hour
	leadMost  = 6 * time.Hour
)

func (p *planner) leg(leg *Leg, d dice) {
	leg.Lead = min(max(d.about(p.profile.Times.Lead.Value), leadLeast+5*time.Minute), leadMost)
	if d.chance(p.rates.LateManifest.Value) {
		leg.Lead = d.between(5*time.Minute, leadLeast)
	}
	leg.Yard = d.about(p.profile.Times.Yard.Value)
	leg.NoShow = d.chance(p.rates.NoShow.Value)
	leg.Silent = !leg.NoShow && d.chance(p.rates.Unannounced.Value)
	leg.Double = d.chance(p.rates.DoubleRead.Value)
}

// instrument is how far two weighings of one vehicle lie apart, as a share; offLeast and offMost are how far a weight is
// off that is meant to be found, beyond every tolerance of the registry.
const (
	instrument = 0.001
	offLeast   = 0.05
	offMost    = 0.15
)

func (p *planner) load(key string, goods *Goods, d dice) *Load {
	l := &Load{Goods: key, Mass: tonnes(goods.Payload.Value * max(0.5, 1+0.05*d.NormFloat64())), Packed: 1 + d.Int64N(40)}
	l.Trader, l.Abroad = demoFirm(d), fmt.Sprintf("Demo Trading %02d LLC", 1+d.IntN(40))
	if d.chance(goods.Boxed.Value) {
		for range 1 + d.IntN(2) {
			l.Boxes = append(l.Boxes, demoBox(d))
		}
	}
	switch at := d.Float64(); {
	case at < p.rates.Early.Value:
		l.Declare = DeclareEarly
	case at < p.rates.Early.Value+p.rates.Late.Value:
		l.Declare = DeclareLate
	case at < p.rates.Early.Value+p.rates.Late.Value+p.rates.Chased.Value:
		l.Declare = DeclareChased
	default:
		l.Declare = DeclareUsual
	}
	l.Wait = d.about(p.profile.Times.Declare.Value)
	if l.Declare == DeclareLate {
		l.Wait *= 8
	}
	off := instrument * d.NormFloat64()
	if d.chance(p.rates.WeightOff.Value) {
		off = offLeast + d.Float64()*(offMost-offLeast)
		if d.chance(0.3) {
			off = -off
		}
	}
	l.Weighs = tonnes(l.Mass.Float() / 1000 * off)
	l.Misread = len(l.Boxes) > 0 && d.chance(p.rates.Misread.Value)
	l.Other = len(l.Boxes) > 0 && !l.Misread && d.chance(p.rates.OtherBox.Value)
	return l
}

// tonnes is a mass to the nearest ten kilograms, as a weighbridge for lorries shows it.
func tonnes(t float64) port.Kilograms {
	return port.Kilograms(math.Round(t*100)) * 10 * port.Kilogram
}
