package manifest

import "github.com/guomen/guomen/port"

// Confirmation is what a carrier confirms of a crossing shortly before it (承运确报, MT4401 to MT4406). It takes in what
// used to be the advance report, the confirmation and the conveyance's own entry or exit declaration (domain facts §3.1).
// For a conveyance with goods the manifest comes before; an empty one is announced by its confirmation alone.
type Confirmation struct {
	Message     string             `json:"message,omitempty"` // the kind of message it came as, such as MT4401
	Direction   port.Direction     `json:"direction"`
	Function    string             `json:"function,omitempty"`
	Batch       port.BatchNumber   `json:"batch"`
	Office      port.CustomsOffice `json:"office,omitempty"`
	Carrier     string             `json:"carrier"`
	Vehicle     Vehicle            `json:"vehicle"`
	Expected    port.Time          `json:"expected,omitempty"`    // arrival at, or departure from, the customs place
	Loaded      string             `json:"loaded,omitempty"`      // laden, empty, empty_container
	Crew        int64              `json:"crew,omitempty"`        // 司乘人数
	Health      string             `json:"health,omitempty"`      // 司乘健康状况, as written
	Vaccination string             `json:"vaccination,omitempty"` // 预防接种, as written
	Routing     []port.Country     `json:"routing,omitempty"`     // 途经国, in order
	Containers  []Container        `json:"containers,omitempty"`
	Waybills    []string           `json:"waybills,omitempty"` // those on board, by number
}

// Announces is the manifest that a conveyance without goods is announced by: a confirmation says all of it.
func (c *Confirmation) Announces() *Document {
	return &Document{
		Message: c.Message, Direction: c.Direction, Batch: c.Batch, Office: c.Office, Carrier: c.Carrier, Vehicle: c.Vehicle,
		Expected: c.Expected, Loaded: c.Loaded, Crew: c.Crew,
	}
}

// Packing is what was put into boxes for export (出口装箱清单, MT7402).
type Packing struct {
	Message  string             `json:"message,omitempty"`
	Function string             `json:"function,omitempty"`
	Office   port.CustomsOffice `json:"office,omitempty"`
	Packer   string             `json:"packer,omitempty"` // who packed, by code
	Boxes    []PackedBox        `json:"boxes"`
}

// PackedBox is one box and what of which waybills is in it.
type PackedBox struct {
	Container
	Goods []PackedGoods `json:"goods"`
}

// PackedGoods is the part of a waybill that lies in a box.
type PackedGoods struct {
	Waybill   string         `json:"waybill"`
	GrossMass port.Kilograms `json:"gross_mass,omitempty"`
	Packages  int64          `json:"packages,omitempty"`
}

// Reload says that goods did not go with the conveyance that their manifest names (落装, MT8401 to MT8404), and, where they
// are put on another, with which crossing they go instead (落装改配).
type Reload struct {
	Message   string             `json:"message,omitempty"`
	Direction port.Direction     `json:"direction"`
	Function  string             `json:"function,omitempty"`
	Office    port.CustomsOffice `json:"office,omitempty"`
	Batch     port.BatchNumber   `json:"batch"` // the crossing that they were to go with
	Plate     port.Plate         `json:"plate,omitempty"`
	Waybills  []string           `json:"waybills"`
	To        port.BatchNumber   `json:"to,omitempty"` // empty: they stay behind for now
	ToPlate   port.Plate         `json:"to_plate,omitempty"`
	Reason    string             `json:"reason,omitempty"`
}
