package manifest

import (
	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/port"
)

// Document is what a carrier says a conveyance carries on one movement (舱单): the body of POST /v1/manifests and of the
// fact manifest.lodged.v1. A batch number 货物运输批次号 names one crossing; several waybills may share it, and one
// waybill over several vehicles uses the same batch (domain facts §3.1).
//
// From and To say between which places it goes; left out, it crosses the line in its direction (see [port.Ends]). A
// movement that begins in a customs place is the pass document 核放单 of what is to leave it: its waybills name goods that
// lie there.
type Document struct {
	Message   string             `json:"message,omitempty"` // the kind of message it came as, such as MT1401
	Direction port.Direction     `json:"direction"`
	Function  string             `json:"function,omitempty"`  // 2 add, 3 delete, 5 change, 9 main data, 0 other data
	Reason    string             `json:"reason,omitempty"`    // of a change or deletion: code 001-015 or 999
	Reference string             `json:"reference,omitempty"` // the sender's own number 企业内部编号
	Pass      string             `json:"pass,omitempty"`      // number of the pass document 核放单编号, once customs has given it
	Batch     port.BatchNumber   `json:"batch"`
	Office    port.CustomsOffice `json:"office,omitempty"`
	Carrier   string             `json:"carrier"` // unified social credit code, customs code or foreign number
	From      port.Place         `json:"from,omitzero"`
	To        port.Place         `json:"to,omitzero"`
	Vehicle   Vehicle            `json:"vehicle"`
	Expected  port.Time          `json:"expected,omitempty"` // expected at the border
	Started   port.Time          `json:"started,omitempty"`  // left its last place abroad: of a flight, its take-off 起飞
	Loading   port.Time          `json:"loading,omitempty"`  // of an export: when loading begins 开始装载
	Loaded    string             `json:"loaded,omitempty"`   // laden 载货, empty 空载, empty_container 空集装箱
	Crew      int64              `json:"crew,omitempty"`     // persons on the conveyance; who they are is personal data, sent apart
	Waybills  []Waybill          `json:"waybills,omitempty"`
}

// Numbered tells whether the movement needs a batch number: what goes over the line by road is known by one.
func (d *Document) Numbered() bool {
	from, to := port.Ends(d.Direction, d.From, d.To)
	return d.Vehicle.Kind.Road() && (from.Kind == port.AtLine || to.Kind == port.AtLine)
}

// Inland tells a movement of which neither end is the state line, such as one from a yard into free circulation.
func (d *Document) Inland() bool {
	from, to := port.Ends(d.Direction, d.From, d.To)
	return from.Kind != port.AtLine && to.Kind != port.AtLine
}

// The functions of a manifest 报文功能 (domain facts §3.1).
const (
	FunctionOther  = "0" // other data 其他数据
	FunctionAdd    = "2"
	FunctionDelete = "3"
	FunctionChange = "5"
	FunctionMain   = "9" // main data 主要数据
)

// Vehicle is the conveyance and what it weighs empty. What has no plate is known by its mark: the train's number, the
// flight's, or the number of the card that a person on foot shows.
type Vehicle struct {
	Kind        port.ConveyanceKind `json:"kind,omitempty"` // empty: a truck
	Plate       port.Plate          `json:"plate,omitempty"`
	Mark        string              `json:"mark,omitempty"` // train number, flight number; where there is no plate
	Trailer     port.Plate          `json:"trailer,omitempty"`
	Nationality port.Country        `json:"nationality,omitempty"`
	Permit      string              `json:"permit,omitempty"`       // international road transport permit 国际汽车运输行车许可证
	Tare        port.Kilograms      `json:"tare,omitempty"`         // vehicle and trailer, empty
	TrailerTare port.Kilograms      `json:"trailer_tare,omitempty"` // of the trailer alone 托架/拖挂车自重, where it is told apart
	Automated   bool                `json:"automated,omitempty"`    // AGV 无人驾驶
}

// Known is what the conveyance is known by at a gate: its plate, else its mark.
func (v *Vehicle) Known() port.Plate {
	if v.Plate == "" {
		return port.Plate(v.Mark)
	}
	return v.Plate
}

// Fetches tells a movement that begins in a customs place: its waybills name goods that lie there.
func (d *Document) Fetches() bool {
	from, _ := port.Ends(d.Direction, d.From, d.To)
	return from.Kind.Custody()
}

// Unit is one piece of equipment of a document, and what of which waybills it holds.
type Unit struct {
	Kind   port.EquipmentKind
	Number string
	Tare   port.Kilograms
	Holds  []Held
}

// Held is the part of a waybill, by its index, that lies in one unit.
type Held struct {
	Waybill int
	Mass    port.Kilograms
}

// Units lists the equipment of a document, each once, in the order in which the document names it: the trailer, which
// holds everything, then boxes and wagons by waybill. What a waybill has in several units lies in them as they say, else
// evenly, the remainder in the last.
func (d *Document) Units() []Unit {
	var units []Unit
	if d.Vehicle.Trailer != "" {
		trailer := Unit{Kind: port.TrailerUnit, Number: string(d.Vehicle.Trailer)}
		for i := range d.Waybills {
			trailer.Holds = append(trailer.Holds, Held{i, d.Waybills[i].Mass()})
		}
		units = append(units, trailer)
	}
	add := func(unit Unit, held Held) {
		for i := range units {
			if units[i].Kind == unit.Kind && units[i].Number == unit.Number {
				units[i].Holds = append(units[i].Holds, held)
				return
			}
		}
		unit.Holds = []Held{held}
		units = append(units, unit)
	}
	for i := range d.Waybills {
		w := &d.Waybills[i]
		parts := len(w.Containers) + len(w.Wagons)
		left := w.Mass()
		share := func(said port.Kilograms) port.Kilograms {
			part := said
			if part == 0 {
				part = left / port.Kilograms(parts)
			}
			parts--
			left -= part
			return part
		}
		for _, c := range w.Containers {
			add(Unit{Kind: port.ContainerBox, Number: string(c.Number), Tare: c.Tare}, Held{i, share(0)})
		}
		for _, c := range w.Wagons {
			add(Unit{Kind: port.Wagon, Number: c.Number, Tare: c.Tare}, Held{i, share(c.Mass)})
		}
	}
	return units
}

// Waybill is one consignment on the vehicle 总运单.
type Waybill struct {
	Number      string             `json:"number"`
	Goods       string             `json:"goods"`
	HS          port.HSCode        `json:"hs,omitempty"`
	GrossMass   port.Kilograms     `json:"gross_mass"`           // of the whole waybill 总运单毛重; on_vehicle says what this vehicle has of it
	OnVehicle   port.Kilograms     `json:"on_vehicle,omitempty"` // mass on this vehicle where the waybill is split
	Packages    int64              `json:"packages,omitempty"`
	Packaging   string             `json:"packaging,omitempty"` // kind of package 包装种类, as written
	Consignor   string             `json:"consignor,omitempty"`
	Consignee   string             `json:"consignee,omitempty"`
	ConsignorID string             `json:"consignor_id,omitempty"` // code of the consignor 发货人代码, as written
	ConsigneeID string             `json:"consignee_id,omitempty"`
	Procedure   string             `json:"procedure,omitempty"`      // 海关货物通关代码, as written
	Transit     port.CustomsOffice `json:"transit_office,omitempty"` // the inland office that the goods go to, or come from 指运地, 启运地
	Dangerous   string             `json:"dangerous,omitempty"`      // UN number
	Containers  []Container        `json:"containers,omitempty"`
	Wagons      []Wagon            `json:"wagons,omitempty"` // of a train, those that this waybill's goods lie in
	Items       []Item             `json:"items,omitempty"`  // its goods line by line 商品项; goods, hs and dangerous are then those of the first that has them
}

// Item is one line of the goods of a waybill.
type Item struct {
	Number    int64          `json:"number,omitempty"`
	Goods     string         `json:"goods"`
	Details   string         `json:"details,omitempty"` // 货物描述补充信息
	HS        port.HSCode    `json:"hs,omitempty"`
	Dangerous string         `json:"dangerous,omitempty"` // UN number
	GrossMass port.Kilograms `json:"gross_mass,omitempty"`
	Packages  int64          `json:"packages,omitempty"`
	Packaging string         `json:"packaging,omitempty"` // kind of package, as written
}

// Mass is what this conveyance has of the waybill.
func (w *Waybill) Mass() port.Kilograms {
	if w.OnVehicle == 0 {
		return w.GrossMass
	}
	return w.OnVehicle
}

// says is what others speak of too, beside the goods and their mass. A waybill over several vehicles has its boxes on all
// of them, so one vehicle's list says nothing of the whole.
func (w *Waybill) says() cargo.Said {
	said := cargo.Said{Consignees: cargo.Listed(w.Consignee), Consignors: cargo.Listed(w.Consignor)}
	if w.Mass() < w.GrossMass {
		return said
	}
	for i := range w.Containers {
		said.Containers = append(said.Containers, string(w.Containers[i].Number))
		said.Seals = append(said.Seals, w.Containers[i].Seals...)
	}
	return said
}

// Wagon is a railway wagon with its seals. The number is written with 12 digits (UIC) or 8 (1520 mm).
type Wagon struct {
	Number string         `json:"number"`
	Tare   port.Kilograms `json:"tare,omitempty"`
	Mass   port.Kilograms `json:"mass,omitempty"` // of this waybill's goods in it; absent: they lie evenly in all its wagons
	Seals  []string       `json:"seals,omitempty"`
}

// Container is a box on the vehicle with its seals.
type Container struct {
	Number port.ContainerNumber `json:"number"`
	Tare   port.Kilograms       `json:"tare,omitempty"`
	Seals  []string             `json:"seals,omitempty"`
}
