package manifest

import "github.com/guomen/guomen/port"

// Document is what a carrier says a vehicle carries on one crossing (公路舱单): the body of POST /v1/manifests and of the
// fact manifest.lodged.v1. A batch number 货物运输批次号 names one crossing; several waybills may share it, and one
// waybill over several vehicles uses the same batch (domain facts §3.1).
type Document struct {
	Direction port.Direction     `json:"direction"`
	Function  string             `json:"function,omitempty"` // 2 add, 3 delete, 5 change, 9 main data, 0 other data
	Batch     port.BatchNumber   `json:"batch"`
	Office    port.CustomsOffice `json:"office,omitempty"`
	Carrier   string             `json:"carrier"` // unified social credit code, customs code or foreign number
	Vehicle   Vehicle            `json:"vehicle"`
	Expected  port.Time          `json:"expected,omitempty"` // expected at the border
	Loaded    string             `json:"loaded,omitempty"`   // laden 载货, empty 空载, empty_container 空集装箱
	Crew      int64              `json:"crew,omitempty"`     // persons on the vehicle; who they are is personal data, sent apart
	Waybills  []Waybill          `json:"waybills,omitempty"`
}

// The functions of a manifest 报文功能 (domain facts §3.1). What is there is not deleted or changed by a further message:
// those two are refused until they are built.
const (
	FunctionOther  = "0" // other data 其他数据
	FunctionAdd    = "2"
	FunctionDelete = "3"
	FunctionChange = "5"
	FunctionMain   = "9" // main data 主要数据
)

// Vehicle is the conveyance and what it weighs empty.
type Vehicle struct {
	Plate       port.Plate     `json:"plate"`
	Trailer     port.Plate     `json:"trailer,omitempty"`
	Nationality port.Country   `json:"nationality,omitempty"`
	Permit      string         `json:"permit,omitempty"`    // international road transport permit 国际汽车运输行车许可证
	Tare        port.Kilograms `json:"tare,omitempty"`      // vehicle and trailer, empty
	Automated   bool           `json:"automated,omitempty"` // AGV 无人驾驶
}

// Waybill is one consignment on the vehicle 总运单.
type Waybill struct {
	Number     string         `json:"number"`
	Goods      string         `json:"goods"`
	HS         port.HSCode    `json:"hs,omitempty"`
	GrossMass  port.Kilograms `json:"gross_mass"`           // of the whole waybill 总运单毛重; on_vehicle says what this vehicle has of it
	OnVehicle  port.Kilograms `json:"on_vehicle,omitempty"` // mass on this vehicle where the waybill is split
	Packages   int64          `json:"packages,omitempty"`
	Consignor  string         `json:"consignor,omitempty"`
	Consignee  string         `json:"consignee,omitempty"`
	Dangerous  string         `json:"dangerous,omitempty"` // UN number
	Containers []Container    `json:"containers,omitempty"`
}

// Container is a box on the vehicle with its seals.
type Container struct {
	Number port.ContainerNumber `json:"number"`
	Tare   port.Kilograms       `json:"tare,omitempty"`
	Seals  []string             `json:"seals,omitempty"`
}
