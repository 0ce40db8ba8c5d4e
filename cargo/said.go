package cargo

import (
	"slices"

	"github.com/guomen/guomen/port"
)

// Said is what one party says of a consignment, as far as it can be held against what others say of it. What nobody has
// said is absent.
type Said struct {
	Batch      string         `json:"batch,omitempty"`
	Plate      string         `json:"plate,omitempty"` // its key: see [port.Plate.Key]
	GrossMass  port.Kilograms `json:"gross_mass,omitempty"`
	Packages   int64          `json:"packages,omitempty"`
	Containers []string       `json:"containers,omitempty"`
	Seals      []string       `json:"seals,omitempty"`
	HS         []string       `json:"hs,omitempty"`
	Consignees []string       `json:"consignees,omitempty"` // every code and name that it is called by
	Consignors []string       `json:"consignors,omitempty"`
}

// Listed gives the texts that are not empty, each once.
func Listed(texts ...string) []string {
	var list []string
	for _, text := range texts {
		if text != "" && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}

// Said is what a report says of one waybill.
func (r *Reported) Said() *Said {
	said := &Said{GrossMass: r.Line.GrossMass, Packages: r.Line.Packages, Seals: r.Line.Seals}
	for _, number := range r.Line.Containers {
		said.Containers = append(said.Containers, string(number))
	}
	return said
}
