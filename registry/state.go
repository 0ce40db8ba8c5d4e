package registry

import (
	"maps"
	"slices"

	"github.com/guomen/guomen/port"
)

// State is the registry as some facts left it. It never changes, so any number of readers may share one; With makes the
// next. The zero State knows nothing.
type State struct {
	sites      []Site
	ports      []*record // in the order of registration
	byID       map[port.PortID]*record
	lanes      map[port.LaneID]Lane
	owners     map[ownerKey]OwnerSet
	sources    map[sourceKey]SourceSet
	tolerances map[port.PortID][]ToleranceSet
	offices    map[port.CustomsOffice][]OfficeMapped
}

type ownerKey struct {
	port     port.PortID
	function port.Function
}

type sourceKey struct {
	port port.PortID
	kind port.RequirementKind
}

// record is all facts about one port, each list in the order of recording.
type record struct {
	registered   Port
	changes      []PortChanged // in the order of their days
	statuses     []StatusSet
	hours        []HoursSet
	lanes        []port.LaneID
	designations []DesignationSet
}

// copied is a state that shares no growing list and no map with the old one. Registering is rare and there are a few
// thousand values, so copying the lists' heads once for a batch of facts costs nothing that anyone would notice.
func (s *State) copied() *State {
	next := &State{
		sites:      slices.Clip(s.sites),
		byID:       make(map[port.PortID]*record, len(s.ports)),
		lanes:      cloned(s.lanes),
		owners:     cloned(s.owners),
		sources:    cloned(s.sources),
		tolerances: cloned(s.tolerances),
		offices:    cloned(s.offices),
	}
	for _, r := range s.ports {
		c := &record{
			registered:   r.registered,
			changes:      slices.Clip(r.changes),
			statuses:     slices.Clip(r.statuses),
			hours:        slices.Clip(r.hours),
			lanes:        slices.Clip(r.lanes),
			designations: slices.Clip(r.designations),
		}
		next.ports = append(next.ports, c)
		next.byID[r.registered.ID] = c
	}
	for key, list := range next.tolerances {
		next.tolerances[key] = slices.Clip(list)
	}
	for key, list := range next.offices {
		next.offices[key] = slices.Clip(list)
	}
	return next
}

func cloned[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		return map[K]V{}
	}
	return maps.Clone(m)
}

// apply folds one fact that has been checked.
func (s *State) apply(fact Fact) {
	switch f := fact.(type) {
	case SiteRegistered:
		s.sites = append(s.sites, f.Site)
	case PortRegistered:
		r := &record{registered: f.Port}
		s.ports = append(s.ports, r)
		s.byID[f.ID] = r
	case PortChanged:
		r := s.byID[f.Port]
		// Changes of one day keep the order in which they were recorded.
		at, _ := slices.BinarySearchFunc(r.changes, f, func(old, added PortChanged) int {
			if old.counts() <= added.counts() {
				return -1
			}
			return 1
		})
		r.changes = slices.Insert(slices.Clip(r.changes), at, f)
	case StatusSet:
		r := s.byID[f.Port]
		r.statuses = append(r.statuses, f)
	case HoursSet:
		r := s.byID[f.Port]
		r.hours = append(r.hours, f)
	case LaneRegistered:
		r := s.byID[f.Port]
		r.lanes = append(r.lanes, f.ID)
		s.lanes[f.ID] = f.Lane
	case DesignationSet:
		r := s.byID[f.Port]
		r.designations = append(r.designations, f)
	case OwnerSet:
		s.owners[ownerKey{f.Port, f.Function}] = f
	case SourceSet:
		s.sources[sourceKey{f.Port, f.Kind}] = f
	case ToleranceSet:
		s.tolerances[f.Port] = append(s.tolerances[f.Port], f)
	case OfficeMapped:
		s.offices[f.Office] = append(s.offices[f.Office], f)
	}
}

// counts is the day from which a change counts.
func (f PortChanged) counts() Day {
	_, last, _ := f.From.Span()
	return last
}
