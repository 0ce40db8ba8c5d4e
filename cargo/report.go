package cargo

import "github.com/guomen/guomen/port"

// The kinds of report on goods in custody.
const (
	ArrivalReport = "arrival" // 运抵报告, MT3402: the goods have come into the supervised place
	TallyReport   = "tally"   // 理货报告, MT5401 and MT5402: what was counted, within six hours
)

// Report is what the operator of a supervised place says has come in, or has been counted there (运抵报告, 理货报告).
type Report struct {
	Kind      string             `json:"kind"`              // arrival or tally
	Message   string             `json:"message,omitempty"` // the kind of message it came as, such as MT3402
	Function  string             `json:"function,omitempty"`
	Direction port.Direction     `json:"direction"`
	Office    port.CustomsOffice `json:"office,omitempty"`
	Place     string             `json:"place,omitempty"` // code of the supervised place 监管作业场所
	Operator  string             `json:"operator,omitempty"`
	Batch     port.BatchNumber   `json:"batch,omitempty"`
	Plate     port.Plate         `json:"plate,omitempty"`
	At        port.Time          `json:"at,omitempty"` // when they came in, or were counted
	Lines     []ReportLine       `json:"lines"`
}

// ReportLine is what was found of one waybill. What nobody counted is absent.
type ReportLine struct {
	Waybill    string                 `json:"waybill"`
	GrossMass  port.Kilograms         `json:"gross_mass,omitempty"`
	Packages   int64                  `json:"packages,omitempty"`
	Containers []port.ContainerNumber `json:"containers,omitempty"`
	Seals      []string               `json:"seals,omitempty"`
	Remark     string                 `json:"remark,omitempty"` // damage 残损 and the like, as written
}
