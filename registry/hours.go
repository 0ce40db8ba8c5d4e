package registry

import (
	"slices"
	"time"

	"github.com/guomen/guomen/port"
)

// Side is a side of the line.
type Side string

// The sides: China 我方, and the neighbour 对方. A lorry needs both, and only one of them is ours to answer for.
const (
	SideHere      Side = "here"
	SideNeighbour Side = "neighbour"
)

// TextKey names the side's label in the catalogue.
func (s Side) TextKey() string { return "enum.side." + string(s) }

// HoursKind is what is known of the hours.
type HoursKind string

// The kinds: not found; round the clock 24小时; when a flight or train is due; or between two times of day, of which one
// may be unknown.
const (
	HoursUnknown    HoursKind = "unknown"
	HoursAllDay     HoursKind = "all_day"
	HoursBySchedule HoursKind = "by_schedule"
	HoursDaily      HoursKind = "daily"
)

// Valid tells a known kind.
func (k HoursKind) Valid() bool {
	return k == HoursUnknown || k == HoursAllDay || k == HoursBySchedule || k == HoursDaily
}

// TextKey names the kind's label in the catalogue.
func (k HoursKind) TextKey() string { return "enum.hours." + string(k) }

// Zone names a civil time as the IANA database does.
type Zone string

// zone is a fixed offset. None of the three has had summer time or a change since 2017 (Mongolia 2015-2016, Chita 2016),
// which is before the first hours in the registry, so the time zone database is not needed to judge them and the same
// instant gives the same answer on every machine.
type zone struct {
	name   Zone
	offset port.Duration
}

// The civil times at the line: UTC+8 in China, UTC+8 along its border with Mongolia (Ulaanbaatar time; the far west has
// +7 but faces no port of this region), UTC+9 in Zabaykalsky Krai, which all four ports to Russia face.
var (
	china    = zone{"Asia/Shanghai", 8 * port.Hour}
	mongolia = zone{"Asia/Ulaanbaatar", 8 * port.Hour}
	russia   = zone{"Asia/Chita", 9 * port.Hour}
)

// zoneOf is the civil time of a country at the line.
func zoneOf(country port.Country) (zone, bool) {
	switch country {
	case port.China:
		return china, true
	case port.Mongolia:
		return mongolia, true
	case port.Russia:
		return russia, true
	}
	return zone{}, false
}

func zoneNamed(name Zone) (zone, bool) {
	for _, z := range []zone{china, mongolia, russia} {
		if z.name == name {
			return z, true
		}
	}
	return zone{}, false
}

// local is an instant on the clocks of the zone: the day, and the time of day as 15:04.
func (z zone) local(at port.Time) (Day, string) {
	clock := at.Add(z.offset).Std()
	return Day(clock.Format(time.DateOnly)), clock.Format("15:04")
}

// weekday is the day's English three-letter name in small letters, as hours list them.
func (d Day) weekday(shift int) string {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return ""
	}
	return weekdays[(int(t.Weekday())+shift+7)%7]
}

var weekdays = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// opening is whether the hours are open at a local time of a day that they cover.
func (h HoursSet) opening(day Day, clock string) Opening {
	switch h.Kind {
	case HoursAllDay:
		if h.works(day, 0) {
			return OpeningOpen
		}
		return OpeningClosed
	case HoursDaily:
		return h.daily(day, clock)
	}
	return OpeningUnknown
}

// daily judges hours between two times of day. Where only the opening time is known, the port is taken to be closed from
// midnight to then, and unknown after; likewise for the closing time. A closing time before the opening one is of the
// next day.
func (h HoursSet) daily(day Day, clock string) Opening {
	open := false
	switch {
	case h.Closes == "":
		if clock >= h.Opens && h.works(day, 0) {
			return OpeningUnknown
		}
	case h.Opens == "":
		if clock < h.Closes && h.works(day, 0) {
			return OpeningUnknown
		}
	case h.Opens < h.Closes:
		open = h.Opens <= clock && clock < h.Closes && h.works(day, 0)
	default:
		open = clock >= h.Opens && h.works(day, 0) || clock < h.Closes && h.works(day, -1)
	}
	if open {
		return OpeningOpen
	}
	return OpeningClosed
}

func (h HoursSet) works(day Day, shift int) bool {
	return len(h.Days) == 0 || slices.Contains(h.Days, day.weekday(shift))
}

// OpenAt tells what this one entry of the hours says of an instant, whatever the others and the port's status say.
func (h HoursSet) OpenAt(at port.Time) Opening {
	return openAt([]HoursSet{h}, h.Side, h.Scope.Traffic, h.Scope.Direction, at)
}

// openAt is what the hours of one side say at an instant: the latest recorded that cover the day, and all those that only
// perhaps cover it must agree.
func openAt(set []HoursSet, side Side, traffic Traffic, direction port.Direction, at port.Time) Opening {
	result := Opening("")
	for _, h := range slices.Backward(set) {
		z, known := zoneNamed(h.Zone)
		if !known || h.Side != side || !h.Scope.covers(traffic, direction) {
			continue
		}
		day, clock := z.local(at)
		held := holding(h.From, h.To, day)
		if held == no {
			continue
		}
		opening := h.opening(day, clock)
		if result != "" && result != opening {
			return OpeningUnknown
		}
		if result = opening; held == yes {
			return result
		}
	}
	return OpeningUnknown
}
