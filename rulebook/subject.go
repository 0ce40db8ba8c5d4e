package rulebook

import (
	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// Movement is what a clause sees of one conveyance on one crossing. Empty means that nobody has said: a clause that asks
// for it is undecided.
type Movement struct {
	Port        port.PortID    `json:"port"`
	Direction   port.Direction `json:"direction"`
	Kind        string         `json:"kind"`             // of conveyance: truck, agv, coach, car, train, aircraft, foot, guideway
	Inland      bool           `json:"inland,omitempty"` // neither end is the state line: it crosses no border
	Plate       port.Plate     `json:"plate,omitempty"`
	Nationality port.Country   `json:"nationality,omitempty"`
	Loaded      string         `json:"loaded,omitempty"`    // laden 载货, empty 空载, empty_container 空集装箱
	Automated   bool           `json:"automated,omitempty"` // AGV 无人驾驶: nobody on board
	Crew        int64          `json:"crew,omitempty"`      // persons on board
	Dangerous   bool           `json:"dangerous,omitempty"` // some waybill has a UN number
	Permit      string         `json:"permit,omitempty"`    // road transport permit 国际汽车运输行车许可证
	Carrier     string         `json:"carrier,omitempty"`
	Announced   bool           `json:"announced,omitempty"` // a manifest has named it
}

// MovementOf is the movement that a manifest announces at a port.
func MovementOf(at port.PortID, d *manifest.Document) Movement {
	m := Movement{
		Port: at, Direction: d.Direction, Kind: string(d.Vehicle.Kind), Inland: d.Inland(), Plate: d.Vehicle.Plate, Nationality: d.Vehicle.Nationality, Loaded: d.Loaded,
		Automated: d.Vehicle.Automated, Crew: d.Crew, Permit: d.Vehicle.Permit, Carrier: d.Carrier, Announced: true,
	}
	if m.Kind == "" {
		m.Kind = string(port.Truck)
	}
	if m.Loaded == "" && len(d.Waybills) > 0 {
		m.Loaded = manifest.Laden // it says so by what it lists
	}
	if m.Nationality == "" {
		_, m.Nationality, _ = port.ParsePlate(string(d.Vehicle.Plate))
	}
	for i := range d.Waybills {
		m.Dangerous = m.Dangerous || d.Waybills[i].Dangerous != ""
	}
	return m
}

// Reading is what a clause sees of a lane's reading. Expected is what the vehicle should weigh by its manifest, and
// Tolerance what the port allows for such goods; Named are the boxes and seals that its papers name. What is not known is
// absent.
type Reading struct {
	Port       port.PortID    `json:"port"`
	Lane       port.LaneID    `json:"lane,omitempty"`
	Direction  port.Direction `json:"direction,omitempty"`
	Plate      port.Plate     `json:"plate,omitempty"`
	Mass       port.Kilograms `json:"mass,omitempty"`
	Expected   port.Kilograms `json:"expected,omitempty"`
	Tolerance  port.Kilograms `json:"tolerance,omitempty"`
	Instrument string         `json:"instrument,omitempty"`
	Containers []string       `json:"containers,omitempty"`
	Seals      []string       `json:"seals,omitempty"`
	Named      Named          `json:"named,omitzero"`
}

// Named are the numbers that papers name for what a lane can read.
type Named struct {
	Containers []string `json:"containers,omitempty"`
	Seals      []string `json:"seals,omitempty"`
}

// Crosscheck is what several people say of one consignment, beside each other 单证比对. Each part is what one of them
// says; absent means that he has not said it, and a clause that compares it is undecided. Who fills it brings numbers in
// one form ([Canonical]), and adds up: several declarations over one waybill are one declaration here, several vehicles
// one manifest.
type Crosscheck struct {
	Port        port.PortID    `json:"port"`
	Direction   port.Direction `json:"direction"`
	Waybill     string         `json:"waybill,omitempty"`
	Manifest    Said           `json:"manifest,omitzero"`    // the carrier 舱单
	Declaration Said           `json:"declaration,omitzero"` // the trader 报关单
	Reading     Said           `json:"reading,omitzero"`     // the lane, cameras and weighbridge 卡口; the mass is of the goods
	Arrival     Said           `json:"arrival,omitzero"`     // the yard 运抵报告
	Tally       Said           `json:"tally,omitzero"`       // the yard 理货报告
	Tolerance   port.Kilograms `json:"tolerance,omitempty"`  // how far a weighing may be from the papers, here and for such goods

	Early    bool      `json:"early,omitempty"` // 提前申报
	Started  port.Time `json:"started,omitempty"`
	Declared port.Time `json:"declared,omitempty"`
	Arrived  port.Time `json:"arrived,omitempty"`
	Loading  port.Time `json:"loading,omitempty"` // of an export: when loading begins

	// Admission is how customs lets goods into the country before everything is known of them 两段准入.
	Admission        string        `json:"admission,omitempty"`
	DestinationLimit port.Duration `json:"destination_limit,omitempty"` // from the take-away to the inspection there, as the port sets it
}

// The ways of admission 两段准入的监管方式.
const (
	AdmitConforming  = "conforming"  // 合规提离: it waits for the result
	AdmitConditional = "conditional" // 附条件提离: it may leave, and be neither sold nor used before the result
	AdmitTransfer    = "transfer"    // 转场检查: examined at a designated place beyond the gate
	AdmitDestination = "destination" // 目的地检查
)

// Said is what one of them says of a consignment.
type Said = cargo.Said

// Canonical is a container's number in the form in which two ways of writing it are the same.
func Canonical(number port.ContainerNumber) string {
	if parsed, _ := port.ParseContainer(string(number)); parsed != "" { // a wrong check digit still gives the number
		return string(parsed)
	}
	return string(number)
}

// ByManifest is what a manifest says of one of its waybills.
func ByManifest(d *manifest.Document, waybill int) Said {
	w := &d.Waybills[waybill]
	s := Said{Batch: string(d.Batch), Plate: d.Vehicle.Known().Key(), GrossMass: w.GrossMass, Packages: w.Packages}
	for i := range w.Containers {
		s.Containers = append(s.Containers, Canonical(w.Containers[i].Number))
		s.Seals = append(s.Seals, w.Containers[i].Seals...)
	}
	for i := range w.Wagons {
		s.Seals = append(s.Seals, w.Wagons[i].Seals...)
	}
	s.HS = some(string(w.HS))
	s.Consignees, s.Consignors = some(w.Consignee), some(w.Consignor)
	return s
}

// ByDeclaration is what a declaration says of its consignment.
func ByDeclaration(d *declaration.Document) Said {
	s := Said{Batch: string(d.Batch), Plate: port.Plate(d.Border.ID).Key(), GrossMass: d.GrossMass, Packages: d.Packages}
	for i := range d.Equipment {
		s.Containers = append(s.Containers, Canonical(port.ContainerNumber(d.Equipment[i].ID)))
		s.Seals = append(s.Seals, d.Equipment[i].Seals...)
	}
	for i := range d.Items {
		s.HS = append(s.HS, some(string(d.Items[i].HS))...)
	}
	s.Consignees = some(d.Importer.ID, d.Importer.Name, d.Consignee.ID, d.Consignee.Name)
	s.Consignors = some(d.Exporter.ID, d.Exporter.Name, d.Consignor.ID, d.Consignor.Name)
	return s
}

// ByReport is what the operator of a supervised place says of one line of his report.
func ByReport(r *cargo.Report, line int) Said {
	l := &r.Lines[line]
	s := Said{Batch: string(r.Batch), Plate: r.Plate.Key(), GrossMass: l.GrossMass, Packages: l.Packages, Seals: l.Seals}
	for _, number := range l.Containers {
		s.Containers = append(s.Containers, Canonical(number))
	}
	return s
}

func some(values ...string) (said []string) {
	for _, value := range values {
		if value != "" {
			said = append(said, value)
		}
	}
	return said
}

// Examination is the record of one examination 查验记录: who ordered it, who examined, who decides what follows.
type Examination struct {
	Port       port.PortID    `json:"port"`
	Direction  port.Direction `json:"direction"`
	Ordered    string         `json:"ordered,omitempty"`    // 布控: the officer
	Officers   []string       `json:"officers,omitempty"`   // 查验: those who examined
	Approved   string         `json:"approved,omitempty"`   // 处置审批: the officer
	Attended   string         `json:"attended,omitempty"`   // 收发货人或其代理人, who moves, opens and closes the goods
	Unattended string         `json:"unattended,omitempty"` // 径行开验: why they were opened without him
	Conveyance string         `json:"conveyance,omitempty"` // quarantine of the conveyance: fit 合格, unfit 受污染、有病媒生物或传染病风险
	Goods      string         `json:"goods,omitempty"`      // quarantine of the goods: fit 合格, unfit 不合格
}

// What quarantine finds.
const (
	Fit   = "fit"
	Unfit = "unfit"
)

// Purchase is what a border resident 边民 buys of goods in mutual trade 边民互市, with a vehicle or without. Spent is what he
// has bought before on the same day in China; it is absent where nobody has counted.
type Purchase struct {
	Port  port.PortID `json:"port"`
	Value port.Money  `json:"value"`
	Spent port.Money  `json:"spent,omitzero"`
}
