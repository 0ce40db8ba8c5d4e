package manifest

import "github.com/guomen/guomen/port"

// Lodged: a carrier has said what a vehicle carries on one crossing. Consignments stand beside the document's waybills,
// in their order. Judged.Demands are what the law asks of the movement.
type Lodged struct {
	Manifest     port.ID     `json:"manifest"`
	Movement     port.ID     `json:"movement"`
	Port         port.PortID `json:"port"`
	Organisation string      `json:"organisation"`
	Consignments []port.ID   `json:"consignments,omitempty"`
	Document     Document    `json:"document"`
	Judged       port.Judged `json:"judged"`
	Behind       port.ID     `json:"behind,omitzero"` // the movement of the same vehicle that was expected until now
}

// FactName is manifest.lodged.v1.
func (Lodged) FactName() string { return "manifest.lodged.v1" }
