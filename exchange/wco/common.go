package wco

import (
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/exchange/table"
)

// The types behind the tables, by short names so that a row fits a line.
type (
	doc       = declaration.Document
	item      = declaration.Item
	party     = declaration.Party
	roleParty = declaration.RoleParty
	address   = declaration.Address
	means     = declaration.Means
	location  = declaration.Location
	coded     = declaration.Coded
	equipment = declaration.Equipment
	charge    = declaration.Charge
	terms     = declaration.Terms
	guarantee = declaration.Guarantee
	paper     = declaration.SupportingDocument
	previous  = declaration.PreviousDocument
	statement = declaration.Statement
	pointer   = declaration.Pointer
	amendment = declaration.Amendment
	packaging = declaration.Packaging
	measured  = declaration.Measure
	tax       = declaration.Tax
)

var addressClass = table.Class[address]{
	table.Text("TypeCode", "type", func(a *address) *string { return &a.Type }),
	table.Text("CityName", "city", func(a *address) *string { return &a.City }),
	table.Text("CountryCode", "country", func(a *address) *country { return &a.Country }),
	table.Text("CountrySubDivisionCode", "subdivision_code", func(a *address) *string { return &a.SubdivisionCode }),
	table.Text("CountrySubDivisionName", "subdivision", func(a *address) *string { return &a.Subdivision }),
	table.Text("Line", "line", func(a *address) *string { return &a.Line }),
	table.Text("PostcodeID", "postcode", func(a *address) *string { return &a.Postcode }),
}

var communicationClass = table.Class[coded]{
	table.Text("ID", "id", func(c *coded) *string { return &c.ID }),
	table.Text("TypeCode", "type", func(c *coded) *string { return &c.Type }),
}

// partyClass is every party of the data model: agent, buyer, consignee, declarant, exporter, … Some have no contact or
// function in the schema; what is there is read.
var partyClass = table.Class[party]{
	table.Text("Name", "name", func(p *party) *string { return &p.Name }),
	table.Text("ID", "id", func(p *party) *string { return &p.ID }),
	table.Text("FunctionCode", "function", func(p *party) *string { return &p.Function }),
	table.One("Address", "address", func(p *party) *address { return &p.Address }, addressClass),
	table.In("Contact",
		table.Text("Name", "contact", func(p *party) *string { return &p.Contact }),
		// The data model also lets a contact have communications; the schema has them beside it, and so they are written.
		table.Some("Communication", "communications", communications, communicationClass, func(coded) bool { return false }, coded{}),
	),
	table.Many("Communication", "communications", communications, communicationClass),
}

func communications(p *party) *[]coded { return &p.Communications }

// rolePartyClass is a party whose role may be a code.
var rolePartyClass = append(table.Lift(partyClass, func(p *roleParty) *party { return &p.Party }),
	table.Text("RoleCode", "role", func(p *roleParty) *string { return &p.Role }))

// furtherParty is a party that the model keeps in the list of further parties, by kind.
func furtherParty[T any](name, kind string, at func(*T) *[]roleParty) table.Member[T] {
	return table.Some(name, "parties", at, rolePartyClass, func(p roleParty) bool { return p.Kind == kind }, roleParty{Kind: kind})
}

var meansClass = table.Class[means]{
	table.Text("Name", "name", func(m *means) *string { return &m.Name }),
	table.Text("ID", "id", func(m *means) *string { return &m.ID }),
	table.Text("IdentificationTypeCode", "id_type", func(m *means) *string { return &m.IDType }),
	table.Text("TypeCode", "type", func(m *means) *string { return &m.Type }),
	table.Text("RegistrationNationalityCode", "nationality", func(m *means) *country { return &m.Nationality }),
	table.Text("ModeCode", "mode", func(m *means) *string { return &m.Mode }),
	table.Text("JourneyID", "journey", func(m *means) *string { return &m.Journey }),
}

var goodsLocationClass = table.Class[location]{
	table.Text("Name", "name", func(l *location) *string { return &l.Name }),
	table.Text("ID", "id", func(l *location) *string { return &l.ID }),
	table.Text("TypeCode", "type", func(l *location) *string { return &l.Type }),
	table.In("Address",
		table.Text("TypeCode", "qualification", func(l *location) *string { return &l.Qualification }),
		table.Text("CityName", "city", func(l *location) *string { return &l.City }),
		table.Text("CountryCode", "country", func(l *location) *country { return &l.Country }),
		table.Text("Line", "line", func(l *location) *string { return &l.Line }),
		table.Text("PostcodeID", "postcode", func(l *location) *string { return &l.Postcode }),
	),
}

var equipmentClass = table.Class[equipment]{
	table.Number("SequenceNumeric", "number", func(e *equipment) *int64 { return &e.Number }),
	table.Text("ID", "id", func(e *equipment) *string { return &e.ID }),
	table.Many("Seal", "seals", func(e *equipment) *[]string { return &e.Seals }, table.Class[string]{
		table.Ordinal[string]("SequenceNumeric"),
		table.Text("ID", "", table.Self[string]),
	}),
}

var chargeClass = table.Class[charge]{
	table.Text("ChargesTypeCode", "type", func(c *charge) *string { return &c.Type }),
	table.Money("OtherChargeDeductionAmount", "amount", func(c *charge) *amount { return &c.Amount }),
}

var paperClass = table.Class[paper]{
	table.Text("CategoryCode", "category", func(p *paper) *string { return &p.Category }),
	when("EffectiveDateTime", "effective", func(p *paper) *instant { return &p.Effective }),
	table.Text("ID", "id", func(p *paper) *string { return &p.ID }),
	table.Text("Name", "name", func(p *paper) *string { return &p.Name }),
	table.Text("TypeCode", "type", func(p *paper) *string { return &p.Type }),
	table.Text("LPCOExemptionCode", "exemption", func(p *paper) *string { return &p.Exemption }),
	table.In("Submitter",
		table.Text("Name", "issuer", func(p *paper) *string { return &p.Issuer }),
		table.Text("RoleCode", "issuer_role", func(p *paper) *string { return &p.IssuerRole }),
	),
	table.In("WriteOff",
		table.Quantity("QuantityQuantity", "quantity", func(p *paper) *number6 { return &p.Quantity }, func(p *paper) *string { return &p.Unit }),
		table.Money("AmountAmount", "amount", func(p *paper) *amount { return &p.Amount }),
	),
}

var previousClass = table.Class[previous]{
	table.Text("CategoryCode", "category", func(p *previous) *string { return &p.Category }),
	table.Text("ID", "id", func(p *previous) *string { return &p.ID }),
	table.Text("TypeCode", "type", func(p *previous) *string { return &p.Type }),
	table.Number("LineNumeric", "line", func(p *previous) *int64 { return &p.Line }),
}

var pointerClass = table.Class[pointer]{
	table.Number("SequenceNumeric", "sequence", func(p *pointer) *int64 { return &p.Sequence }),
	table.Text("DocumentSectionCode", "section", func(p *pointer) *string { return &p.Section }),
	table.Text("TagID", "tag", func(p *pointer) *string { return &p.Tag }),
}

var statementClass = table.Class[statement]{
	table.Text("StatementCode", "code", func(s *statement) *string { return &s.Code }),
	table.Text("StatementDescription", "text", func(s *statement) *string { return &s.Text }),
	when("LimitDateTime", "limit", func(s *statement) *instant { return &s.Limit }),
	table.Text("StatementTypeCode", "type", func(s *statement) *string { return &s.Type }),
	table.Many("Pointer", "pointers", func(s *statement) *[]pointer { return &s.Pointers }, pointerClass),
}

var amendmentClass = table.Class[amendment]{
	table.Text("ChangeReasonCode", "reason", func(a *amendment) *string { return &a.Reason }),
	table.Many("Pointer", "pointers", func(a *amendment) *[]pointer { return &a.Pointers }, pointerClass),
}

var taxClass = table.Class[tax]{
	table.Money("AdValoremTaxBaseAmount", "base", func(t *tax) *amount { return &t.Base }),
	table.Money("DeductAmount", "deducted", func(t *tax) *amount { return &t.Deducted }),
	table.Text("DutyRegimeCode", "regime", func(t *tax) *string { return &t.Regime }),
	table.Quantity("SpecificTaxBaseQuantity", "base_quantity", func(t *tax) *number6 { return &t.BaseQty }, func(t *tax) *string { return &t.BaseUnit }),
	table.Text("TaxRateNumeric", "rate", func(t *tax) *string { return &t.Rate }),
	table.Text("TypeCode", "type", func(t *tax) *string { return &t.Type }),
	table.Text("QuotaOrderID", "quota", func(t *tax) *string { return &t.Quota }),
	table.In("Payment",
		table.Text("MethodCode", "method", func(t *tax) *string { return &t.Method }),
		table.Text("ReferenceID", "reference", func(t *tax) *string { return &t.Reference }),
		table.Money("TaxAssessedAmount", "assessed", func(t *tax) *amount { return &t.Assessed }),
		when("DueDateTime", "due", func(t *tax) *instant { return &t.Due }),
		table.Money("PaymentAmount", "payable", func(t *tax) *amount { return &t.Payable }),
		table.Many("ObligationGuarantee", "guarantees", func(t *tax) *[]string { return &t.Guarantees }, table.Class[string]{
			table.Text("ReferenceID", "", table.Self[string]),
		}),
	),
}
