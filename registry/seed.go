package registry

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

// siteFile is a file of data/site: a place, its ports, and all that is known of them.
type siteFile struct {
	Site  `yaml:",inline"`
	Ports []portData `json:"ports"`
}

type portData struct {
	Port         port.PortID `json:"port"`
	Mode         port.Mode   `json:"mode"`
	Attributes   `yaml:",inline"`
	Changes      []PortChanged    `json:"changes"`
	Status       []StatusSet      `json:"status"`
	Hours        []HoursSet       `json:"hours"`
	Lanes        []laneCount      `json:"lanes"`
	Designations []DesignationSet `json:"designated"`
}

// laneCount is the number of entry gates for one kind of traffic, into China and out of it.
type laneCount struct {
	Traffic    Traffic `json:"traffic"`
	In         int     `json:"in"`
	Out        int     `json:"out"`
	Provenance `yaml:",inline"`
}

// settings is data/settings.yaml.
type settings struct {
	Sites      []port.SiteID  `json:"sites"`
	Lanes      []laneCount    `json:"lanes"`
	Owners     []ownerPattern `json:"owners"`
	Sources    []SourceSet    `json:"sources"`
	Tolerances []ToleranceSet `json:"tolerances"`
}

// Seed gives the plan's ports as facts, always the same ones in the same order: each place with its ports in the plan's
// order, then owners, sources, tolerances and customs offices. An error means that the data built into the program are
// broken, which a test rules out.
func Seed() ([]Fact, error) {
	var set settings
	if err := load("data/settings.yaml", &set); err != nil {
		return nil, err
	}
	var facts, owners []Fact
	for _, id := range set.Sites {
		var file siteFile
		if err := load("data/site/"+string(id)+".yaml", &file); err != nil {
			return nil, err
		}
		facts = append(facts, SiteRegistered{file.Site})
		for _, p := range file.Ports {
			more, err := p.facts(file.ID, set.Lanes)
			if err != nil {
				return nil, err
			}
			facts = append(facts, more...)
			owners = append(owners, set.owners(p.Port)...)
		}
	}
	facts = append(facts, owners...)
	for _, s := range set.Sources {
		facts = append(facts, s)
	}
	for _, t := range set.Tolerances {
		facts = append(facts, t)
	}
	file, err := data.ReadFile("data/offices.yaml")
	if err != nil {
		return nil, errs.Wrap(errs.Broken, err, "read the customs offices")
	}
	offices, err := ReadOffices(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	for _, o := range offices {
		facts = append(facts, o)
	}
	return facts, nil
}

// Planned is the state after Seed.
func Planned() (*State, error) {
	facts, err := Seed()
	if err != nil {
		return nil, err
	}
	return new(State).With(facts...)
}

// facts are all that a port's data say.
func (p portData) facts(site port.SiteID, usual []laneCount) ([]Fact, error) {
	facts := []Fact{PortRegistered{Port{ID: p.Port, Site: site, Mode: p.Mode, Attributes: p.Attributes}}}
	for _, f := range p.Changes {
		f.Port = p.Port
		facts = append(facts, f)
	}
	for _, f := range p.Status {
		f.Port = p.Port
		facts = append(facts, f)
	}
	for _, f := range p.Hours {
		f.Port = p.Port
		country := port.China
		if f.Side == SideNeighbour && p.Counterpart != nil {
			country = p.Counterpart.Value.Country
		}
		z, ok := zoneOf(country)
		if !ok {
			return nil, errs.New(errs.Broken, "", "%s: no local time for %q", p.Port, country)
		}
		f.Zone = z.name
		facts = append(facts, f)
	}
	counts := slices.Clone(p.Lanes)
	for _, c := range usual {
		if !slices.ContainsFunc(p.Lanes, func(own laneCount) bool { return own.Traffic == c.Traffic }) {
			counts = append(counts, c)
		}
	}
	for _, c := range counts {
		facts = append(facts, c.lanes(p.Port, port.Import, "in", c.In)...)
		facts = append(facts, c.lanes(p.Port, port.Export, "out", c.Out)...)
	}
	for _, f := range p.Designations {
		f.Port = p.Port
		facts = append(facts, f)
	}
	return facts, nil
}

// lanes makes the lanes of one direction. Published counts are of entry gates, the lanes at which vehicles queue; how
// many gates lead out of a supervised area is published nowhere, so half as many are invented and say so.
func (c laneCount) lanes(id port.PortID, direction port.Direction, way string, count int) []Fact {
	var facts []Fact
	for n := range count {
		facts = append(facts, LaneRegistered{Lane{
			ID:         port.LaneID(fmt.Sprintf("%s.%s-%s-%02d", id, way, c.Traffic, n+1)),
			Port:       id,
			Direction:  direction,
			Traffic:    c.Traffic,
			Gate:       port.DueEntryGate,
			Provenance: c.Provenance,
		}})
	}
	exit := "exit"
	if c.Traffic != Freight {
		exit = string(c.Traffic) + "-exit"
	}
	for n := range (count + 1) / 2 {
		facts = append(facts, LaneRegistered{Lane{
			ID:         port.LaneID(fmt.Sprintf("%s.%s-%s-%02d", id, way, exit, n+1)),
			Port:       id,
			Direction:  direction,
			Traffic:    c.Traffic,
			Gate:       port.DueExitGate,
			Provenance: Provenance{Source: Demo},
		}})
	}
	return facts
}
