package simulator

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/guomen/guomen/port"
)

// Holiday is days on which one side works little.
type Holiday struct {
	Country port.Country      `yaml:"country"`
	Names   map[string]string `yaml:"names"`
	Days    []string          `yaml:"days"` // 07-11, or in full where the day moves from year to year
	Share   Sourced[float64]  `yaml:"share"`
}

// ClosureKind is why nothing moves at a port.
type ClosureKind string

// The kinds of closure.
const (
	Sandstorm     ClosureKind = "sandstorm"      // 沙尘暴
	Snow          ClosureKind = "snow"           // 暴风雪
	NeighbourStop ClosureKind = "neighbour_stop" // 对方停止通关: the other side stands still
)

// ClosureRate is how often a kind of closure happens.
type ClosureRate struct {
	Kind   ClosureKind            `yaml:"kind"`
	Ports  []port.PortID          `yaml:"ports"`  // none: all
	Months []int                  `yaml:"months"` // none: all
	Yearly Sourced[float64]       `yaml:"yearly"`
	Lasts  Sourced[time.Duration] `yaml:"lasts"`
}

// Closure is a time at which nothing comes: at neither side for the weather, from abroad where the neighbour stops.
type Closure struct {
	Kind     ClosureKind
	From, To time.Time
}

// closedMost bounds how long a closure lasts, so that those of the day before are all that reach into a day.
const closedMost = 20 * time.Hour

// closures are the closures that begin on a day: a pure function of seed, port and day.
func (p *planner) closures(midnight time.Time) (list []Closure) {
	for i := range p.profile.Closures {
		rate := &p.profile.Closures[i]
		months := len(rate.Months)
		if len(rate.Ports) > 0 && !slices.Contains(rate.Ports, p.id) || months > 0 && !slices.Contains(rate.Months, int(midnight.Month())) {
			continue
		}
		if months == 0 {
			months = 12
		}
		d := newDice(p.seed, "closure", string(p.id), string(rate.Kind), midnight.Format(time.DateOnly))
		if !d.chance(rate.Yearly.Value / (float64(months) * daysOfMonth)) {
			continue
		}
		from := midnight.Add(d.between(8*time.Hour, 18*time.Hour))
		list = append(list, Closure{rate.Kind, from, from.Add(min(d.about(rate.Lasts.Value), closedMost))})
	}
	return list
}

// daysOfMonth is the average.
const daysOfMonth = 365.25 / 12

// closuresBetween lists the closures that begin from one instant to another.
func (p *planner) closuresBetween(from, to time.Time) (list []Closure) {
	for midnight := midnightOf(from); midnight.Before(to); midnight = midnight.AddDate(0, 0, 1) {
		for _, c := range p.closures(midnight) {
			if !c.From.Before(from) && c.From.Before(to) {
				list = append(list, c)
			}
		}
	}
	return list
}

func midnightOf(t time.Time) time.Time {
	local := t.In(beijing)
	return time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, beijing)
}

// holiday is the share of an average day that is left on a day, for the holidays of both sides.
func (p *Profile) holiday(neighbour port.Country, midnight time.Time) float64 {
	share, full := 1.0, midnight.Format(time.DateOnly)
	for i := range p.Holidays {
		h := &p.Holidays[i]
		if h.Country != port.China && h.Country != neighbour {
			continue
		}
		if slices.Contains(h.Days, full) || slices.Contains(h.Days, full[len("2006-"):]) {
			share *= h.Share.Value
		}
	}
	return share
}

// usual is how much traffic a flow has on a day, against its average: by the season and the holidays.
func (p *planner) usual(season string, midnight time.Time) float64 {
	season = cmp.Or(season, p.port.Season)
	return p.profile.Seasons[season].Value[midnight.Month()-1] * p.profile.holiday(p.port.Neighbour.Country, midnight)
}

// hoursOf is how a day's vehicles of a shape spread over its hours. Those that come over the line come when both sides
// are open.
func (p *planner) hoursOf(shape string, fromAbroad bool) [24]float64 {
	weights := p.profile.Shapes[cmp.Or(shape, p.port.Shape)].Value
	for hour := range weights {
		if fromAbroad && !p.port.bothOpen(p.profile, hour) {
			weights[hour] = 0
		}
	}
	return weights
}

// bothOpen tells whether both sides work at an hour.
func (p *PortProfile) bothOpen(profile *Profile, hour int) bool {
	hours := p.Neighbour.Hours.Value
	return profile.Shapes[p.Shape].Value[hour] > 0 && hour >= hours[0] && hour < hours[1]
}

// open is the first instant from t on at which the port's gates work, for vehicles that go over the line only if both
// sides do.
func (p *Profile) open(id port.PortID, t time.Time) time.Time {
	one := p.Of(id)
	for range 24 {
		if one.bothOpen(p, t.In(beijing).Hour()) {
			return t
		}
		t = t.Truncate(time.Hour).Add(time.Hour) // Beijing time is a whole number of hours from UTC
	}
	return t
}

// sideHours are the hours of one side as the server's registry has them, where it knows both ends.
type sideHours struct {
	Side   string `json:"side"`
	Scope  string `json:"traffic"`
	Kind   string `json:"kind"`
	Opens  string `json:"opens"`
	Closes string `json:"closes"`
}

// shut tells whether daily hours keep the gate shut at an instant; hours of which an end is not known say nothing. The
// clocks of both sides stand within an hour of Beijing time, which is as near as these hours are known.
func (h *sideHours) shut(t time.Time) bool {
	from, ok := hourOf(h.Opens)
	to, known := hourOf(h.Closes)
	if h.Kind != "daily" || !ok || !known || h.Scope != "" && h.Scope != trafficFreight {
		return false
	}
	hour := t.In(beijing).Hour()
	if from < to {
		return hour < from || hour >= to
	}
	return hour < from && hour >= to
}

func hourOf(clock string) (int, bool) {
	if len(clock) < len("08:00") {
		return 0, false
	}
	hour, err := strconv.Atoi(clock[:2])
	return hour, err == nil
}
