package declaration

import (
	"slices"

	"github.com/guomen/guomen/port"
)

// Document is what a trader says about goods (报关单), whatever format it came in: the declaration as Guomen models it.
// Names follow the WCO Data Model; identifiers and codes stay as they were written. Empty means absent; so does a number
// of zero. It is the body of POST /v1/declarations and of the fact declaration.lodged.v1, so JSON names never change.
type Document struct {
	Direction    port.Direction         `json:"direction"`                       // import 进口, export 出口, transit 过境
	Function     string                 `json:"function,omitempty"`              // UN/EDIFACT 1225: 9 original, 13 amendment, 1 cancellation
	Type         string                 `json:"type,omitempty"`                  // declaration type as the sender writes it, such as IMA or 0
	Procedure    string                 `json:"procedure,omitempty"`             // mode of supervision 监管方式, such as 0110
	Steps        string                 `json:"steps,omitempty"`                 // "" one step; "summary" 概要申报 and "full" 完整申报 of 两步申报
	Early        bool                   `json:"early,omitzero"`                  // 提前申报: lodged before arrival (公告2014年第74号)
	Reference    string                 `json:"reference"`                       // the declarant's own number (LRN, 企业内部编号)
	Number       port.DeclarationNumber `json:"number,omitempty"`                // 18 digits, once customs has given it; foreign MRNs stay as written
	Window       string                 `json:"window_number,omitempty"`         // number that the single window has given 统一编号, by which its receipts name the declaration
	Version      string                 `json:"version,omitempty"`               // version of an amended declaration
	Office       port.CustomsOffice     `json:"office,omitempty"`                // 申报地海关, 4 digits in China
	ExitOffice   port.CustomsOffice     `json:"exit_office,omitempty"`           // office of exit or entry 进出境关别
	Supervisor   port.CustomsOffice     `json:"supervising_office,omitempty"`    // office that supervises the procedure
	Presentation port.CustomsOffice     `json:"presentation_office,omitempty"`   // office where the goods are presented
	Special      string                 `json:"specific_circumstance,omitempty"` // e.g. express consignments, as written
	Batch        port.BatchNumber       `json:"batch,omitempty"`                 // 货物运输批次号: the crossing these goods come with
	Waybill      string                 `json:"waybill,omitempty"`               // 提运单号 as on the manifest
	WaybillType  string                 `json:"waybill_type,omitempty"`          // UN/EDIFACT 1001: 730 road, 720 rail consignment note, 740 air waybill

	Issued     port.Time `json:"issued,omitzero"`
	IssuePlace string    `json:"issue_place,omitempty"` // UN/LOCODE
	Accepted   port.Time `json:"accepted,omitzero"`     // acceptance asked for or given
	Exit       port.Time `json:"exit_at,omitzero"`      // when the goods are to leave the territory

	Declarant     Party       `json:"declarant,omitzero"`
	Agent         Party       `json:"agent,omitzero"`
	Importer      Party       `json:"importer,omitzero"` // 境内收货人
	Exporter      Party       `json:"exporter,omitzero"`
	Consignee     Party       `json:"consignee,omitzero"`
	Consignor     Party       `json:"consignor,omitzero"`
	Carrier       Party       `json:"carrier,omitzero"`
	Submitter     Party       `json:"submitter,omitzero"`
	Parties       []RoleParty `json:"parties,omitempty"` // further parties: buyer, seller, payer, tax parties by role…
	Authenticator string      `json:"authenticator,omitempty"`
	Signature     string      `json:"authentication,omitempty"` // the authentication as written; it proves nothing to Guomen

	Border    Means `json:"border_means,omitzero"`    // the active means that crosses the border
	Arrival   Means `json:"arrival_means,omitzero"`   // the means on arrival inland
	Departure Means `json:"departure_means,omitzero"` // the means at departure

	Destination       port.Country   `json:"destination,omitempty"`
	DestinationRegion string         `json:"destination_region,omitempty"`
	Dispatch          port.Country   `json:"dispatch,omitempty"` // country of export 启运国
	Routing           []port.Country `json:"routing,omitempty"`  // in order
	Location          Location       `json:"location,omitzero"`  // where the goods are
	LoadingPlace      Location       `json:"loading_place,omitzero"`
	Warehouse         Coded          `json:"warehouse,omitzero"`
	InContainer       string         `json:"containerised,omitempty"` // indicator as written: 0 or 1
	Equipment         []Equipment    `json:"equipment,omitempty"`
	Packages          int64          `json:"packages,omitzero"` // total packages 件数
	LoadingLists      int64          `json:"loading_lists,omitzero"`
	GoodsItems        int64          `json:"goods_items,omitzero"` // number of items as the sender states it
	GrossMass         port.Kilograms `json:"gross_mass,omitzero"`  // 毛重
	NetMass           port.Kilograms `json:"net_mass,omitzero"`    // 净重

	Invoice         port.Money      `json:"invoice,omitzero"` // total invoiced
	InvoiceNumber   string          `json:"invoice_number,omitempty"`
	InvoiceIssued   port.Time       `json:"invoice_issued,omitzero"`
	Rates           []Rate          `json:"exchange_rates,omitempty"`
	Freight         port.Money      `json:"freight,omitzero"`
	FreightPay      string          `json:"freight_payment,omitempty"`
	Charges         []Charge        `json:"charges,omitempty"`
	Nature          string          `json:"transaction_nature,omitempty"`
	Terms           Terms           `json:"terms,omitzero"` // Incoterms and place
	UCR             string          `json:"ucr,omitempty"`  // unique consignment reference
	TraderReference string          `json:"trader_reference,omitempty"`
	Guarantees      []Guarantee     `json:"guarantees,omitempty"`
	Holders         []Authorisation `json:"authorisations,omitempty"` // holders of authorisations
	Taxes           []Tax           `json:"taxes,omitempty"`          // of the whole declaration

	Documents  []SupportingDocument `json:"documents,omitempty"`
	Transport  []Coded              `json:"transport_documents,omitempty"` // further transport contracts, type as waybill_type; of the same type: further waybills whose goods it declares too 归并
	Previous   []PreviousDocument   `json:"previous,omitempty"`
	Statements []Statement          `json:"statements,omitempty"`
	Amendments []Amendment          `json:"amendments,omitempty"`
	Safety     []SafetyItem         `json:"safety_items,omitempty"`

	Items []Item `json:"items"`
}

// The functions of a declaration, UN/EDIFACT 1225.
const (
	FunctionCancellation = "1"
	FunctionOriginal     = "9"
	FunctionAmendment    = "13"
)

// TypeInvalidation is the type of a declaration that asks to cancel an earlier one (撤销), as the published WCO profile
// has it; its function is then that of an amendment.
const TypeInvalidation = "INV"

// The steps of 两步申报, general administration of customs announcement 2019 No. 127.
const (
	StepSummary = "summary" // 概要申报
	StepFull    = "full"    // 完整申报
)

// Merged lists the further waybills whose goods a declaration declares beside those of its first (归并).
func (d *Document) Merged() []string {
	var waybills []string
	for i := range d.Transport {
		t := &d.Transport[i]
		if d.Waybill != "" && t.ID != "" && t.Type == d.WaybillType && t.ID != d.Waybill && !slices.Contains(waybills, t.ID) {
			waybills = append(waybills, t.ID)
		}
	}
	return waybills
}

// Partial tells a document that only says what changes or ends in an earlier one; it need not repeat the rest.
func (d *Document) Partial() bool {
	return d.Function == FunctionAmendment || d.Cancels()
}

// Cancels tells a document that asks to cancel an earlier one.
func (d *Document) Cancels() bool {
	return d.Function == FunctionCancellation || d.Type == TypeInvalidation
}

// Item is one line of goods 商品项.
type Item struct {
	Number            int64                `json:"number"`
	Description       string               `json:"description"`
	HS                port.HSCode          `json:"hs,omitempty"` // the most specific code given, digits only as written
	Classes           []Coded              `json:"classifications,omitempty"`
	Dangerous         []string             `json:"dangerous_goods,omitempty"` // UN numbers
	Origin            []Coded              `json:"origin,omitempty"`          // country, the kind of origin and the region as written
	Dispatch          port.Country         `json:"dispatch,omitempty"`
	Destination       port.Country         `json:"destination,omitempty"`
	DestinationRegion string               `json:"destination_region,omitempty"`
	GrossMass         port.Kilograms       `json:"gross_mass,omitzero"`
	NetMass           port.Kilograms       `json:"net_mass,omitzero"`
	Quantity          port.Quantity        `json:"quantity,omitzero"`          // in the tariff's unit 成交数量
	Unit              string               `json:"unit,omitempty"`             // UN/ECE Recommendation 20 or as written
	Legal             []Measure            `json:"legal_quantities,omitempty"` // first and second legal quantity 法定数量, where they are told apart
	Price             port.Money           `json:"price,omitzero"`             // total price of the line 总价
	Statistical       port.Money           `json:"statistical_value,omitzero"`
	Value             port.Money           `json:"customs_value,omitzero"`
	Valuation         string               `json:"valuation,omitempty"`
	Adjustments       []string             `json:"valuation_adjustments,omitempty"`
	Charges           []Charge             `json:"charges,omitempty"`
	Nature            string               `json:"transaction_nature,omitempty"`
	UCR               string               `json:"ucr,omitempty"`
	TraderReference   string               `json:"trader_reference,omitempty"`
	Consignee         Party                `json:"consignee,omitzero"`
	Consignor         Party                `json:"consignor,omitzero"`
	Parties           []RoleParty          `json:"parties,omitempty"`
	Procedures        []Procedure          `json:"procedures,omitempty"`
	Packaging         []Packaging          `json:"packaging,omitempty"`
	Equipment         []Equipment          `json:"equipment,omitempty"`
	Taxes             []Tax                `json:"taxes,omitempty"`
	Documents         []SupportingDocument `json:"documents,omitempty"`
	Previous          []PreviousDocument   `json:"previous,omitempty"`
	Statements        []Statement          `json:"statements,omitempty"`
}
