package registry

import (
	"slices"

	"github.com/guomen/guomen/port"
)

// Sites lists the places in the order of registration, which is the plan's.
func (s *State) Sites() []Site { return slices.Clone(s.sites) }

// Site finds a place.
func (s *State) Site(id port.SiteID) (Site, bool) {
	i := slices.IndexFunc(s.sites, func(site Site) bool { return site.ID == id })
	if i < 0 {
		return Site{}, false
	}
	return s.sites[i], true
}

// Ports lists the ports in the order of registration, as the latest change left each.
func (s *State) Ports() []Port {
	list := make([]Port, len(s.ports))
	for i, r := range s.ports {
		list[i] = r.on(lastDay)
	}
	return list
}

// Port finds a port as the latest change left it, changes announced for days to come included; PortOn asks for a day.
func (s *State) Port(id port.PortID) (Port, bool) { return s.PortOn(id, lastDay) }

// PortOn finds a port as it was on a day.
func (s *State) PortOn(id port.PortID, day Day) (Port, bool) {
	r := s.byID[id]
	if r == nil {
		return Port{}, false
	}
	return r.on(day), true
}

func (r *record) on(day Day) Port {
	p := r.registered
	for _, change := range r.changes {
		if change.counts() > day {
			break
		}
		p.Attributes = p.Attributes.merge(change.Attributes)
	}
	return p
}

// Changes lists the dated changes of a port's attributes, the earliest first.
func (s *State) Changes(id port.PortID) []PortChanged {
	if r := s.byID[id]; r != nil {
		return slices.Clone(r.changes)
	}
	return nil
}

// StatusOn is the status of a port's traffic in one direction on a day, import or export. A port that is not registered
// stands as unknown.
func (s *State) StatusOn(id port.PortID, traffic Traffic, direction port.Direction, day Day) Standing {
	if r := s.byID[id]; r != nil {
		return standing(r.statuses, traffic, direction, day)
	}
	return standing(nil, traffic, direction, day)
}

// OverallOn is the one word for a port on a day: the most open status that freight or passengers have in either
// direction, in the order of Statuses.
func (s *State) OverallOn(id port.PortID, day Day) Status {
	order := Statuses()
	best := len(order) - 1
	for _, traffic := range []Traffic{Freight, Passenger} {
		for _, direction := range []port.Direction{port.Import, port.Export} {
			best = min(best, slices.Index(order, s.StatusOn(id, traffic, direction, day).Status))
		}
	}
	return order[best]
}

// Statuses lists all that was recorded about a port's status, in that order.
func (s *State) Statuses(id port.PortID) []StatusSet {
	if r := s.byID[id]; r != nil {
		return slices.Clone(r.statuses)
	}
	return nil
}

// OpenAt tells whether the Chinese side of a port is open for traffic in a direction at an instant: its status on that
// day and its hours must both say so. Hours that were not found make it unknown.
func (s *State) OpenAt(id port.PortID, traffic Traffic, direction port.Direction, at port.Time) Opening {
	r := s.byID[id]
	if r == nil || at == 0 {
		return OpeningUnknown
	}
	return standing(r.statuses, traffic, direction, DayOf(at)).Opening.and(openAt(r.hours, SideHere, traffic, direction, at))
}

// NeighbourOpenAt is what the neighbour's hours say at an instant; nothing is recorded of its statuses.
func (s *State) NeighbourOpenAt(id port.PortID, traffic Traffic, direction port.Direction, at port.Time) Opening {
	r := s.byID[id]
	if r == nil || at == 0 {
		return OpeningUnknown
	}
	return openAt(r.hours, SideNeighbour, traffic, direction, at)
}

// Hours lists all that was recorded about a port's hours on both sides, in that order.
func (s *State) Hours(id port.PortID) []HoursSet {
	if r := s.byID[id]; r != nil {
		return slices.Clone(r.hours)
	}
	return nil
}

// Lanes lists a port's lanes in the order of registration.
func (s *State) Lanes(id port.PortID) []Lane {
	r := s.byID[id]
	if r == nil {
		return nil
	}
	list := make([]Lane, len(r.lanes))
	for i, lane := range r.lanes {
		list[i] = s.lanes[lane]
	}
	return list
}

// Lane finds a lane.
func (s *State) Lane(id port.LaneID) (Lane, bool) {
	lane, ok := s.lanes[id]
	return lane, ok
}

// Owner is the organisation that does a function's work at a port; false where the port has none.
func (s *State) Owner(id port.PortID, function port.Function) (OrganisationID, bool) {
	owner, ok := s.owners[ownerKey{id, function}]
	return owner.Organisation, ok
}

// Functions lists what an organisation does at a port, in the order of port.Functions.
func (s *State) Functions(id port.PortID, organisation OrganisationID) []port.Function {
	var list []port.Function
	for _, function := range port.Functions() {
		if owner, ok := s.Owner(id, function); ok && owner == organisation {
			list = append(list, function)
		}
	}
	return list
}

// Source tells who decides a kind of requirement at a port; here unless it was set otherwise.
func (s *State) Source(id port.PortID, kind port.RequirementKind) port.Source {
	if set, ok := s.sources[sourceKey{id, kind}]; ok {
		return set.Decided
	}
	return port.Here
}

// Tolerance is the tolerance set for goods at a port: the port's own before the one for every port, then the one for the
// longest HS code that the goods lie under, then the one recorded last. False where none was set: then nothing may be
// concluded from a difference.
func (s *State) Tolerance(id port.PortID, hs port.HSCode) (ToleranceSet, bool) {
	for _, where := range []port.PortID{id, ""} {
		var best ToleranceSet
		found := false
		for _, t := range s.tolerances[where] {
			if hs.HasPrefix(t.HS) && (!found || len(t.HS) >= len(best.HS)) {
				best, found = t, true
			}
		}
		if found {
			return best, true
		}
	}
	return ToleranceSet{}, false
}

// Designations lists the designated supervision sites that a port surely has on a day.
func (s *State) Designations(id port.PortID, day Day) []DesignationSet {
	var list []DesignationSet
	if r := s.byID[id]; r != nil {
		for _, d := range r.designations {
			if holding(d.From, d.To, day) == yes {
				list = append(list, d)
			}
		}
	}
	return list
}

// PortOfOffice is the port that a customs office's code means for a mode of transport; with an empty mode, the first
// that was recorded for the office. The recorded one says whether the code is verified. The last recorded for an office
// and a mode counts.
func (s *State) PortOfOffice(office port.CustomsOffice, mode port.Mode) (OfficeMapped, bool) {
	list := s.offices[office]
	if len(list) == 0 {
		return OfficeMapped{}, false
	}
	if mode == "" {
		mode = list[0].Mode
	}
	for _, mapped := range slices.Backward(list) {
		if mapped.Mode == mode {
			return mapped, true
		}
	}
	// An office that was recorded without a mode serves every mode.
	for _, mapped := range slices.Backward(list) {
		if mapped.Mode == "" {
			return mapped, true
		}
	}
	return OfficeMapped{}, false
}

// Offices lists the whole table of customs offices, by code.
func (s *State) Offices() []OfficeMapped {
	var list []OfficeMapped
	for _, mapped := range s.offices {
		list = append(list, mapped...)
	}
	slices.SortStableFunc(list, func(a, b OfficeMapped) int {
		if a.Office < b.Office {
			return -1
		}
		if a.Office > b.Office {
			return 1
		}
		return 0
	})
	return list
}
