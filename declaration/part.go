package declaration

import "github.com/guomen/guomen/port"

// Party is a person or firm with a part in the trade. ID is the unified social credit code 统一社会信用代码, the customs
// code or a foreign number, as written; where both codes are given, Customs is the second one.
type Party struct {
	ID             string  `json:"id,omitempty"`
	Customs        string  `json:"customs_code,omitempty"` // 海关备案编码, 10 digits
	Name           string  `json:"name,omitempty"`
	Function       string  `json:"function,omitempty"` // of an agent: 2 direct, 3 indirect representation
	Address        Address `json:"address,omitzero"`
	Contact        string  `json:"contact,omitempty"`        // the person to ask
	Communications []Coded `json:"communications,omitempty"` // number and its kind, UN/EDIFACT 3155: TE telephone, EM mail
}

// The kinds of further party. A party of kind PartyTax has its role in Role, such as FR1; so has one of kind PartyAEO.
const (
	PartyTax       = "" // domestic duty and tax party
	PartyAEO       = "aeo"
	PartyBuyer     = "buyer"
	PartyPayer     = "payer"
	PartySeller    = "seller"
	PartySurety    = "surety"
	PartyConsignor = "transport_consignor" // who hands the goods to the carrier, where he is not the consignor of the goods
)

// RoleParty is a party that not every declaration has: Kind says as what it stands there, Role is a code where there is one.
type RoleParty struct {
	Kind string `json:"kind,omitempty"`
	Role string `json:"role"`
	Party
}

// Address is a postal address.
type Address struct {
	Type            string       `json:"type,omitempty"`
	Line            string       `json:"line,omitempty"`
	City            string       `json:"city,omitempty"`
	Postcode        string       `json:"postcode,omitempty"`
	SubdivisionCode string       `json:"subdivision_code,omitempty"`
	Subdivision     string       `json:"subdivision,omitempty"`
	Country         port.Country `json:"country,omitempty"`
}

// Means is a means of transport 运输工具. ID is the plate, wagon or flight number as written.
type Means struct {
	ID          string       `json:"id,omitempty"`
	IDType      string       `json:"id_type,omitempty"` // what kind of number ID is: 30 road vehicle, 10 IMO ship …
	Name        string       `json:"name,omitempty"`
	Type        string       `json:"type,omitempty"` // UN/ECE Recommendation 28
	Mode        string       `json:"mode,omitempty"` // UN/ECE Recommendation 19: 2 rail, 3 road, 4 air
	Nationality port.Country `json:"nationality,omitempty"`
	Journey     string       `json:"journey,omitempty"`
}

// Location is where the goods are, as coded by the sender.
type Location struct {
	Name          string       `json:"name,omitempty"`
	ID            string       `json:"id,omitempty"`
	Type          string       `json:"type,omitempty"`
	Qualification string       `json:"qualification,omitempty"` // how the place is named: U by UN/LOCODE, Y by authorisation …
	Line          string       `json:"line,omitempty"`
	City          string       `json:"city,omitempty"`
	Postcode      string       `json:"postcode,omitempty"`
	Country       port.Country `json:"country,omitempty"`
}

// Coded is a value with the code list it comes from.
type Coded struct {
	ID     string `json:"id,omitempty"`
	Type   string `json:"type,omitempty"`
	Region string `json:"region,omitempty"` // of an origin: the region within the country
}

// Equipment is a container 集装箱 with its seals. ID stays as written; port.ParseContainer tells whether it is ISO 6346.
type Equipment struct {
	Number int64    `json:"number,omitzero"`
	ID     string   `json:"id"`
	Seals  []string `json:"seals,omitempty"`
}

// Rate is a rate of exchange that the sender used, as written.
type Rate struct {
	Currency string `json:"currency,omitempty"`
	Rate     string `json:"rate,omitempty"`
}

// Charge is an addition to or deduction from the price.
type Charge struct {
	Type   string     `json:"type,omitempty"`
	Amount port.Money `json:"amount,omitzero"`
}

// Terms are the terms of delivery 成交方式.
type Terms struct {
	Condition    string `json:"condition,omitempty"`
	Description  string `json:"description,omitempty"`
	Place        string `json:"place,omitempty"` // UN/LOCODE
	PlaceName    string `json:"place_name,omitempty"`
	Relationship string `json:"relationship,omitempty"` // of the countries concerned, as coded
}

// Guarantee is a security for duties 担保.
type Guarantee struct {
	ID        string             `json:"id,omitempty"`
	Reference string             `json:"reference,omitempty"`
	Security  string             `json:"security,omitempty"`
	Access    string             `json:"access,omitempty"` // the code that lets customs draw on it
	Office    port.CustomsOffice `json:"office,omitempty"`
	Amount    port.Money         `json:"amount,omitzero"`
}

// Authorisation names the holder of an authorisation.
type Authorisation struct {
	Holder   string `json:"holder"`
	Category string `json:"category,omitempty"`
}

// SupportingDocument is a licence, certificate, invoice or other paper 随附单证.
type SupportingDocument struct {
	Category   string        `json:"category,omitempty"`
	Type       string        `json:"type,omitempty"`
	ID         string        `json:"id,omitempty"`
	Name       string        `json:"name,omitempty"`
	Exemption  string        `json:"exemption,omitempty"`
	Effective  port.Time     `json:"effective,omitzero"`
	Issuer     string        `json:"issuer,omitempty"`
	IssuerRole string        `json:"issuer_role,omitempty"`
	Quantity   port.Quantity `json:"quantity,omitzero"` // written off
	Unit       string        `json:"unit,omitempty"`
	Amount     port.Money    `json:"amount,omitzero"` // written off
}

// PreviousDocument is what these goods came under before.
type PreviousDocument struct {
	Category string `json:"category,omitempty"`
	Type     string `json:"type,omitempty"`
	ID       string `json:"id,omitempty"`
	Line     int64  `json:"line,omitzero"`
}

// Statement is a remark 备注, coded or free, and the places of the document that it is about.
type Statement struct {
	Code     string    `json:"code,omitempty"`
	Type     string    `json:"type,omitempty"`
	Text     string    `json:"text,omitempty"`
	Limit    port.Time `json:"limit,omitzero"`
	Pointers []Pointer `json:"pointers,omitempty"`
}

// Pointer names a place in a WCO document by section, sequence and tag; several, outermost first, lead to one place.
type Pointer struct {
	Section  string `json:"section,omitempty"`
	Sequence int64  `json:"sequence,omitzero"`
	Tag      string `json:"tag,omitempty"`
}

// Amendment says what an amended declaration changes and why.
type Amendment struct {
	Reason   string    `json:"reason,omitempty"`
	Pointers []Pointer `json:"pointers,omitempty"`
}

// SafetyItem is what the safety and security part of a declaration says of one item of the consignment.
type SafetyItem struct {
	Number     int64  `json:"number,omitzero"`
	Consignor  Party  `json:"consignor,omitzero"`
	FreightPay string `json:"freight_payment,omitempty"`
}

// Procedure is a customs procedure requested and the one before it.
type Procedure struct {
	Current  string `json:"current,omitempty"`
	Previous string `json:"previous,omitempty"`
}

// Packaging is a kind and number of packages with their marks.
type Packaging struct {
	Number   int64   `json:"number,omitzero"`
	Type     string  `json:"type,omitempty"` // UN/ECE Recommendation 21
	Quantity int64   `json:"quantity,omitzero"`
	Marks    string  `json:"marks,omitempty"`
	Material string  `json:"material,omitempty"`
	Length   Measure `json:"length,omitzero"`
	Width    Measure `json:"width,omitzero"`
	Height   Measure `json:"height,omitzero"`
	Volume   Measure `json:"volume,omitzero"`
}

// Measure is a size in a unit of UN/ECE Recommendation 20, as written.
type Measure struct {
	Value port.Quantity `json:"value,omitzero"`
	Unit  string        `json:"unit,omitempty"`
}

// Tax is one duty, tax or fee line 税费.
type Tax struct {
	Type       string        `json:"type,omitempty"`
	Regime     string        `json:"regime,omitempty"`
	Method     string        `json:"method,omitempty"`
	Quota      string        `json:"quota,omitempty"`
	Rate       string        `json:"rate,omitempty"` // per cent, as written
	Base       port.Money    `json:"base,omitzero"`
	BaseQty    port.Quantity `json:"base_quantity,omitzero"`
	BaseUnit   string        `json:"base_unit,omitempty"`
	Assessed   port.Money    `json:"assessed,omitzero"`
	Deducted   port.Money    `json:"deducted,omitzero"`
	Payable    port.Money    `json:"payable,omitzero"`
	Reference  string        `json:"reference,omitempty"` // of the payment
	Due        port.Time     `json:"due,omitzero"`
	Guarantees []string      `json:"guarantees,omitempty"` // that secure the payment
}
