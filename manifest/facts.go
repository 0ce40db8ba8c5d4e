package manifest

import "github.com/guomen/guomen/port"

// Lodged: a carrier has said what a conveyance carries on one movement. Consignments stand beside the document's waybills,
// in their order. Judged.Demands are what the law asks of the movement.
type Lodged struct {
	Manifest     port.ID     `json:"manifest"`
	Movement     port.ID     `json:"movement"`
	Port         port.PortID `json:"port"`
	Organisation string      `json:"organisation"`
	Consignments []port.ID   `json:"consignments,omitempty"`
	Equipment    []port.ID   `json:"equipment,omitempty"` // beside the document's units, in their order
	Document     Document    `json:"document"`
	Judged       port.Judged `json:"judged"`
	Behind       port.ID     `json:"behind,omitzero"` // the movement of the same vehicle that was expected until now
}

// FactName is manifest.lodged.v1.
func (Lodged) FactName() string { return "manifest.lodged.v1" }

// Changed: before the conveyance came, the carrier has said again what it carries (变更), or has added waybills to it. The
// document is the whole of it as it now is; what had been accepted is open again.
type Changed struct {
	Manifest     port.ID     `json:"manifest"`
	Movement     port.ID     `json:"movement"`
	Consignments []port.ID   `json:"consignments,omitempty"`
	Equipment    []port.ID   `json:"equipment,omitempty"`
	Added        bool        `json:"added,omitempty"` // by further waybills, which take nothing back
	Reason       string      `json:"reason,omitempty"`
	Document     Document    `json:"document"`
	Judged       port.Judged `json:"judged"`
}

// FactName is manifest.changed.v1.
func (Changed) FactName() string { return "manifest.changed.v1" }

// Deleted: before the conveyance came, the carrier has taken back what he had said (删除). The movement does not take place.
type Deleted struct {
	Movement port.ID `json:"movement"`
	Reason   string  `json:"reason,omitempty"`
	Front    port.ID `json:"front,omitzero"`  // the movement of the same vehicle that stands before it, where one does
	Behind   port.ID `json:"behind,omitzero"` // and the one that stands behind it
}

// FactName is manifest.deleted.v1.
func (Deleted) FactName() string { return "manifest.deleted.v1" }

// Confirmed: shortly before the crossing the carrier has confirmed it (承运确报).
type Confirmed struct {
	Movement  port.ID      `json:"movement"`
	Document  Confirmation `json:"document"`
	Withdrawn bool         `json:"withdrawn,omitempty"` // what he had confirmed, he takes back
}

// FactName is manifest.confirmed.v1.
func (Confirmed) FactName() string { return "manifest.confirmed.v1" }

// Packed: who packed boxes for export has said what lies in one of them (装箱清单).
type Packed struct {
	Consignment port.ID        `json:"consignment"`
	Box         Container      `json:"box"`
	Mass        port.Kilograms `json:"mass,omitempty"`
	Packages    int64          `json:"packages,omitempty"`
}

// FactName is manifest.packed.v1.
func (Packed) FactName() string { return "manifest.packed.v1" }

// Answered: customs' own system has answered on a manifest. Code is the answer as sent, such as 11 放行, 12 拒装, 13 禁卸;
// Result is what it means for the acceptance, empty where it decides nothing.
type Answered struct {
	Movement port.ID     `json:"movement"`
	Code     string      `json:"code"`
	Result   port.Result `json:"result,omitempty"`
	Reason   string      `json:"reason,omitempty"`
	Issued   port.Time   `json:"issued,omitempty"`
}

// FactName is manifest.answered.v1.
func (Answered) FactName() string { return "manifest.answered.v1" }
