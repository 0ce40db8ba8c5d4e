// Package plan is the region's port plan for 2021-2025 (内蒙古自治区“十四五”口岸发展规划, 内政办发〔2021〕84号): its targets, the
// figures that it starts from, and its 13 projects.
//
// It holds the plan's own numbers as data beside the ports, each with where it comes from. What was reached, and how far
// a project is, are facts of later years and come with the capability that measures them; nothing here says how a figure
// is counted, because the plan does not.
package plan

import (
	"embed"

	"github.com/goccy/go-yaml"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

//go:embed data/plan.yaml
var data embed.FS

// Reference is where a number comes from: the plan, or arithmetic on its numbers, which the note then shows.
type Reference string

// The references.
const (
	FromPlan Reference = "P"
	Derived  Reference = "D"
)

// Provenance says where a value comes from; the note gives the plan's words or the arithmetic.
type Provenance struct {
	Source Reference `json:"source"`
	Note   string    `json:"note,omitempty"`
}

// Sourced is a value with its provenance.
type Sourced[T any] struct {
	Value      T `json:"value"`
	Provenance `yaml:",inline"`
}

// Names is a name in Chinese, in the plan's words, and in English.
type Names struct {
	Chinese string `json:"zh-CN"`
	English string `json:"en"`
}

// Plan is the whole plan as data.
type Plan struct {
	Title      Sourced[Names]         `json:"title"`
	Number     Sourced[string]        `json:"number"` // 文号
	Issued     Sourced[string]        `json:"issued"` // day, 2021-12-24
	From       Sourced[int]           `json:"from"`   // first year
	To         Sourced[int]           `json:"to"`     // last year
	Targets    []Target               `json:"targets"`
	Baseline   []Figure               `json:"baseline"`
	Investment Sourced[port.Quantity] `json:"investment"` // of all projects together, yuan, about
	Groups     []Group                `json:"groups"`
	Projects   []Project              `json:"projects"`
}

// MeasureID names what a target or figure measures, such as cargo; the same measure has the same name in both.
type MeasureID string

// The measures that the plan sets targets for.
const (
	Cargo               MeasureID = "cargo"                 // 进出境货运量, tonnes, both directions
	Persons             MeasureID = "persons"               // 客运量, crossings of persons
	Conveyances         MeasureID = "conveyances"           // 交通工具量, crossings of trains, vehicles and aircraft
	ChinaEuropeTrains   MeasureID = "china_europe_trains"   // 中欧班列: as a target, the share of the whole country's
	SingleWindowModules MeasureID = "single_window_modules" // 单一窗口标准版功能模块: the share in use
)

// The measures that the plan only reports.
const (
	ImportClearance           MeasureID = "import_clearance"             // 进口整体通关时间, hours
	ExportClearance           MeasureID = "export_clearance"             // 出口整体通关时间, hours
	FeeItems                  MeasureID = "fee_items"                    // 口岸收费项目
	FeeRelief                 MeasureID = "fee_relief"                   // 每年为企业减负, about
	SmartGates                MeasureID = "smart_gates"                  // 公路口岸货运通道智能卡口: ports that have them
	Infrastructure            MeasureID = "infrastructure"               // 口岸基础设施建设资金, about
	Platforms                 MeasureID = "platforms"                    // 电子口岸平台等投入, about
	SingleWindowMainFunctions MeasureID = "single_window_main_functions" // 标准版主要功能推广应用率
)

// TextKey names the measure's label in the catalogue.
func (m MeasureID) TextKey() string { return "plan.measure." + string(m) }

// Unit is what a number counts.
type Unit string

// The units.
const (
	Tonne    Unit = "tonne"
	Crossing Unit = "crossing" // 人次, 列(辆、架次)
	Train    Unit = "train"
	Percent  Unit = "percent"
	Hour     Unit = "hour"
	Yuan     Unit = "yuan"
	Item     Unit = "item"
	PortUnit Unit = "port"
)

// Valid tells a known unit.
func (u Unit) Valid() bool {
	switch u {
	case Tonne, Crossing, Train, Percent, Hour, Yuan, Item, PortUnit:
		return true
	}
	return false
}

// TextKey names the unit's label in the catalogue.
func (u Unit) TextKey() string { return "plan.unit." + string(u) }

// Target is what the plan wants to be reached in a year for the whole region.
type Target struct {
	ID         MeasureID     `json:"id"`
	Year       int           `json:"year"`
	Unit       Unit          `json:"unit"`
	Over       bool          `json:"over,omitempty"` // 超过: the value itself is not enough
	Value      port.Quantity `json:"value"`
	Provenance `yaml:",inline"`
}

// Reached tells whether a measured value meets the target.
func (t Target) Reached(value port.Quantity) bool {
	return value > t.Value || value == t.Value && !t.Over
}

// Figure is what the plan reports of some time, from and to as a year or a month, for one port or the whole region.
type Figure struct {
	ID         MeasureID     `json:"id"`
	Port       port.PortID   `json:"port,omitempty"`
	From       string        `json:"from"`
	To         string        `json:"to"`
	Unit       Unit          `json:"unit"`
	Value      port.Quantity `json:"value"`
	Provenance `yaml:",inline"`
}

// Group is how many projects the plan counts for a class of ports.
type Group struct {
	Class      port.Class `json:"class"`
	Projects   int        `json:"projects"`
	Provenance `yaml:",inline"`
}

// ProjectID names a project, such as "shiwei-bridge".
type ProjectID string

// Project is one of the plan's construction projects 重点建设项目. Mode is empty where the plan names the place only; a
// rail port that is being planned is no port of the registry yet.
type Project struct {
	ID         ProjectID   `json:"id"`
	Site       port.SiteID `json:"site"`
	Mode       port.Mode   `json:"mode,omitempty"`
	Class      port.Class  `json:"class"`
	Names      Names       `json:"names"`
	Provenance `yaml:",inline"`
}

// Load gives the plan. An error means that the data built into the program are broken, which a test rules out.
func Load() (Plan, error) {
	var plan Plan
	file, err := data.ReadFile("data/plan.yaml")
	if err == nil {
		err = yaml.UnmarshalWithOptions(file, &plan, yaml.Strict(), yaml.UseJSONUnmarshaler())
	}
	return plan, errs.Wrap(errs.Broken, err, "read the plan")
}

// Target finds the target for a measure.
func (p Plan) Target(id MeasureID) (Target, bool) {
	for _, t := range p.Targets {
		if t.ID == id {
			return t, true
		}
	}
	return Target{}, false
}
