package port

// Function is the kind of work that an organisation does at a port, and with it the requirements that it owns. Which
// organisation has a function at which port is data; the functions are these. Since April 2018 quarantine and commodity
// inspection (出入境检验检疫) belong to customs, so customs appears with four functions.
type Function string

// The functions, authorities first. Only an authority decides on clearance; the others owe facts, acts or payments.
const (
	FunctionCustomsSupervision   Function = "customs_supervision"   // 海关监管: documents, control points, release
	FunctionCustomsInspection    Function = "customs_inspection"    // 海关查验: examination of goods and vehicles
	FunctionCustomsQuarantine    Function = "customs_quarantine"    // 海关检疫: health, animal and plant quarantine
	FunctionCustomsAntismuggling Function = "customs_antismuggling" // 海关缉私
	FunctionBorderInspection     Function = "border_inspection"     // 出入境边防检查: persons and their vehicles
	FunctionTransport            Function = "transport"             // 交通运输: international road transport permits
	FunctionRailway              Function = "railway"               // 铁路: stations, gauge change, train plan
	FunctionAviation             Function = "aviation"              // 民航
	FunctionPolice               Function = "police"                // 公安
	FunctionEpidemic             Function = "epidemic"              // 疫情防控指挥机构
	FunctionPortOffice           Function = "port_office"           // 口岸管理部门 (口岸办)
	FunctionPortOperator         Function = "port_operator"         // 口岸运营单位
	FunctionYardOperator         Function = "yard_operator"         // 监管作业场所经营单位
	FunctionCarrier              Function = "carrier"               // 承运人, 运输工具负责人
	FunctionTrader               Function = "trader"                // 收发货人 or its customs broker 报关企业
)

// Functions lists the functions, authorities first.
func Functions() []Function {
	return []Function{
		FunctionCustomsSupervision, FunctionCustomsInspection, FunctionCustomsQuarantine, FunctionCustomsAntismuggling,
		FunctionBorderInspection, FunctionTransport, FunctionRailway, FunctionAviation, FunctionPolice, FunctionEpidemic,
		FunctionPortOffice, FunctionPortOperator, FunctionYardOperator, FunctionCarrier, FunctionTrader,
	}
}

// Valid tells a known function.
func (f Function) Valid() bool {
	switch f {
	case FunctionPortOperator, FunctionYardOperator, FunctionCarrier, FunctionTrader:
		return true
	}
	return f.Authority()
}

// Authority tells a function of the state from those of firms.
func (f Function) Authority() bool {
	switch f {
	case FunctionCustomsSupervision, FunctionCustomsInspection, FunctionCustomsQuarantine, FunctionCustomsAntismuggling,
		FunctionBorderInspection, FunctionTransport, FunctionRailway, FunctionAviation, FunctionPolice, FunctionEpidemic,
		FunctionPortOffice:
		return true
	}
	return false
}

// Customs tells one of the four functions of customs 海关.
func (f Function) Customs() bool {
	switch f {
	case FunctionCustomsSupervision, FunctionCustomsInspection, FunctionCustomsQuarantine, FunctionCustomsAntismuggling:
		return true
	}
	return false
}

// TextKey names the function's label in the catalogue.
func (f Function) TextKey() string { return "enum.function." + string(f) }
