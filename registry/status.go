package registry

import (
	"slices"

	"github.com/guomen/guomen/port"
)

// Status is how far a port is opened.
type Status string

// The statuses, in the order in which a port passes through them.
const (
	StatusUnknown         Status = "unknown"
	StatusApproved        Status = "approved"         // 批准: by the State Council 国务院
	StatusBuilding        Status = "building"         // 建设
	StatusAccepted        Status = "accepted"         // 验收: passed, not yet opened
	StatusOpen            Status = "open"             // 开放: all year 常年开放
	StatusTemporarilyOpen Status = "temporarily_open" // 临时开放
	StatusSeasonal        Status = "seasonal"         // 季节性开放: open in its season of the year
	StatusSuspended       Status = "suspended"        // 暂停
	StatusClosed          Status = "closed"           // 关闭
)

// Statuses lists the statuses, the most open first, unknown before those that are surely not open.
func Statuses() []Status {
	return []Status{
		StatusOpen, StatusTemporarilyOpen, StatusSeasonal, StatusUnknown, StatusSuspended, StatusAccepted, StatusBuilding,
		StatusApproved, StatusClosed,
	}
}

// Valid tells a known status.
func (s Status) Valid() bool { return slices.Contains(Statuses(), s) }

// TextKey names the status's label in the catalogue.
func (s Status) TextKey() string { return "enum.port_status." + string(s) }

// Opening says whether somebody may cross.
type Opening string

// The answers. Unknown is never treated as open.
const (
	OpeningOpen    Opening = "open"
	OpeningClosed  Opening = "closed"
	OpeningUnknown Opening = "unknown"
)

// TextKey names the answer's label in the catalogue.
func (o Opening) TextKey() string { return "enum.opening." + string(o) }

// and is open where both are, closed where either is.
func (o Opening) and(other Opening) Opening {
	switch {
	case o == OpeningClosed || other == OpeningClosed:
		return OpeningClosed
	case o == OpeningOpen && other == OpeningOpen:
		return OpeningOpen
	}
	return OpeningUnknown
}

// Standing is the status of a port's traffic in one direction on one day. Where the sources do not settle it, Status is
// unknown and Possible lists what it may have been, the latest recorded first; Opening may be known all the same, when
// all that is possible is open, or none of it is.
type Standing struct {
	Status   Status   `json:"status"`
	Possible []Status `json:"possible,omitempty"`
	Opening  Opening  `json:"opening"`
	Season   *Season  `json:"season,omitempty"`
	From     Date     `json:"from,omitempty"`
	To       Date     `json:"to,omitempty"`
	Provenance
}

// standing finds the latest recorded status that covers the day. One that only perhaps covers it leaves the earlier
// ones possible.
func standing(set []StatusSet, traffic Traffic, direction port.Direction, day Day) Standing {
	var result Standing
	for _, s := range slices.Backward(set) {
		if !s.Scope.covers(traffic, direction) {
			continue
		}
		held := holding(s.From, s.To, day)
		if held == no {
			continue
		}
		opening := s.opening(day)
		if len(result.Possible) == 0 {
			result = Standing{Status: s.Status, Opening: opening, Season: s.Season, From: s.From, To: s.To, Provenance: s.Provenance}
		} else if result.Opening != opening {
			result.Opening = OpeningUnknown
		}
		if !slices.Contains(result.Possible, s.Status) {
			result.Possible = append(result.Possible, s.Status)
		}
		if held == yes {
			if len(result.Possible) == 1 {
				result.Possible = nil
				return result
			}
			return result.unsettled()
		}
	}
	// Nothing surely covers the day: before the first record, anything is possible.
	result.Opening = OpeningUnknown
	return result.unsettled()
}

func (s Standing) unsettled() Standing {
	s.Status, s.Season = StatusUnknown, nil
	if s.Source == "" {
		s.Source = NotFound
	}
	return s
}

// opening is what the status means on a day that it covers.
func (s StatusSet) opening(day Day) Opening {
	switch s.Status {
	case StatusOpen, StatusTemporarilyOpen:
		return OpeningOpen
	case StatusUnknown:
		return OpeningUnknown
	case StatusSeasonal:
		switch {
		case s.Season == nil:
			return OpeningUnknown
		case s.Season.covers(day):
			return OpeningOpen
		}
	}
	return OpeningClosed
}
