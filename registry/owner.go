package registry

import (
	"slices"
	"strings"

	"github.com/guomen/guomen/port"
)

// Organisation is an organisation of the demonstration: it does the work of some functions at the ports of one place.
type Organisation struct {
	ID        OrganisationID
	Site      port.SiteID
	Functions []port.Function
	Names     Names
	Provenance
}

// ownerPattern makes one organisation a place; {site} stands for the place's id or name.
type ownerPattern struct {
	Organisation string          `json:"organisation"`
	Functions    []port.Function `json:"functions"`
	Modes        []port.Mode     `json:"modes"`
	Names        Names           `json:"names"`
	Provenance   `yaml:",inline"`
}

// owners are the organisations of a port in the order of port.Functions.
func (s settings) owners(id port.PortID) []Fact {
	var facts []Fact
	for _, function := range port.Functions() {
		for _, pattern := range s.Owners {
			if slices.Contains(pattern.Functions, function) && slices.Contains(pattern.Modes, id.Mode()) {
				facts = append(facts, OwnerSet{
					Port:         id,
					Function:     function,
					Organisation: pattern.organisation(id.Site()),
					Provenance:   pattern.Provenance,
				})
			}
		}
	}
	return facts
}

func (o ownerPattern) organisation(site port.SiteID) OrganisationID {
	return OrganisationID(strings.ReplaceAll(o.Organisation, "{site}", string(site)))
}

// Organisations lists the invented organisations that Seed makes owners, by place. Their names say that they are
// invented; the customs that really supervises a port is the port's attribute Customs.
func Organisations() ([]Organisation, error) {
	var set settings
	if err := load("data/settings.yaml", &set); err != nil {
		return nil, err
	}
	var list []Organisation
	for _, id := range set.Sites {
		var file siteFile
		if err := load("data/site/"+string(id)+".yaml", &file); err != nil {
			return nil, err
		}
		for _, pattern := range set.Owners {
			if !slices.ContainsFunc(file.Ports, func(p portData) bool { return slices.Contains(pattern.Modes, p.Mode) }) {
				continue
			}
			list = append(list, Organisation{
				ID:        pattern.organisation(id),
				Site:      id,
				Functions: pattern.Functions,
				Names: Names{
					Chinese: strings.ReplaceAll(pattern.Names.Chinese, "{site}", file.Names.Value.Chinese),
					English: strings.ReplaceAll(pattern.Names.English, "{site}", file.Names.Value.English),
				},
				Provenance: pattern.Provenance,
			})
		}
	}
	return list, nil
}
