package wco

import "github.com/guomen/guomen/declaration"

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

// self is for lists of plain texts: the element's value is the list's element.
func self[S ~string](s *S) *S { return s }

var addressClass = class[address]{
	text("TypeCode", "type", func(a *address) *string { return &a.Type }),
	text("CityName", "city", func(a *address) *string { return &a.City }),
	text("CountryCode", "country", func(a *address) *country { return &a.Country }),
	text("CountrySubDivisionCode", "subdivision_code", func(a *address) *string { return &a.SubdivisionCode }),
	text("CountrySubDivisionName", "subdivision", func(a *address) *string { return &a.Subdivision }),
	text("Line", "line", func(a *address) *string { return &a.Line }),
	text("PostcodeID", "postcode", func(a *address) *string { return &a.Postcode }),
}

var communicationClass = class[coded]{
	text("ID", "id", func(c *coded) *string { return &c.ID }),
	text("TypeCode", "type", func(c *coded) *string { return &c.Type }),
}

// partyClass is every party of the data model: agent, buyer, consignee, declarant, exporter, … Some have no contact or
// function in the schema; what is there is read.
var partyClass = class[party]{
	text("Name", "name", func(p *party) *string { return &p.Name }),
	text("ID", "id", func(p *party) *string { return &p.ID }),
	text("FunctionCode", "function", func(p *party) *string { return &p.Function }),
	one("Address", "address", func(p *party) *address { return &p.Address }, addressClass),
	in("Contact",
		text("Name", "contact", func(p *party) *string { return &p.Contact }),
		// The data model also lets a contact have communications; the schema has them beside it, and so they are written.
		some("Communication", "communications", communications, communicationClass, func(coded) bool { return false }, coded{}),
	),
	many("Communication", "communications", communications, communicationClass),
}

func communications(p *party) *[]coded { return &p.Communications }

// rolePartyClass is a party whose role may be a code.
var rolePartyClass = append(lift(partyClass, func(p *roleParty) *party { return &p.Party }),
	text("RoleCode", "role", func(p *roleParty) *string { return &p.Role }))

// furtherParty is a party that the model keeps in the list of further parties, by kind.
func furtherParty[T any](name, kind string, at func(*T) *[]roleParty) member[T] {
	return some(name, "parties", at, rolePartyClass, func(p roleParty) bool { return p.Kind == kind }, roleParty{Kind: kind})
}

var meansClass = class[means]{
	text("Name", "name", func(m *means) *string { return &m.Name }),
	text("ID", "id", func(m *means) *string { return &m.ID }),
	text("IdentificationTypeCode", "id_type", func(m *means) *string { return &m.IDType }),
	text("TypeCode", "type", func(m *means) *string { return &m.Type }),
	text("RegistrationNationalityCode", "nationality", func(m *means) *country { return &m.Nationality }),
	text("ModeCode", "mode", func(m *means) *string { return &m.Mode }),
	text("JourneyID", "journey", func(m *means) *string { return &m.Journey }),
}

var goodsLocationClass = class[location]{
	text("Name", "name", func(l *location) *string { return &l.Name }),
	text("ID", "id", func(l *location) *string { return &l.ID }),
	text("TypeCode", "type", func(l *location) *string { return &l.Type }),
	in("Address",
		text("TypeCode", "qualification", func(l *location) *string { return &l.Qualification }),
		text("CityName", "city", func(l *location) *string { return &l.City }),
		text("CountryCode", "country", func(l *location) *country { return &l.Country }),
		text("Line", "line", func(l *location) *string { return &l.Line }),
		text("PostcodeID", "postcode", func(l *location) *string { return &l.Postcode }),
	),
}

var equipmentClass = class[equipment]{
	number("SequenceNumeric", "number", func(e *equipment) *int64 { return &e.Number }),
	text("ID", "id", func(e *equipment) *string { return &e.ID }),
	many("Seal", "seals", func(e *equipment) *[]string { return &e.Seals }, class[string]{
		ordinal[string]("SequenceNumeric"),
		text("ID", "", self[string]),
	}),
}

var chargeClass = class[charge]{
	text("ChargesTypeCode", "type", func(c *charge) *string { return &c.Type }),
	money("OtherChargeDeductionAmount", "amount", func(c *charge) *amount { return &c.Amount }),
}

var paperClass = class[paper]{
	text("CategoryCode", "category", func(p *paper) *string { return &p.Category }),
	when("EffectiveDateTime", "effective", func(p *paper) *instant { return &p.Effective }),
	text("ID", "id", func(p *paper) *string { return &p.ID }),
	text("Name", "name", func(p *paper) *string { return &p.Name }),
	text("TypeCode", "type", func(p *paper) *string { return &p.Type }),
	text("LPCOExemptionCode", "exemption", func(p *paper) *string { return &p.Exemption }),
	in("Submitter",
		text("Name", "issuer", func(p *paper) *string { return &p.Issuer }),
		text("RoleCode", "issuer_role", func(p *paper) *string { return &p.IssuerRole }),
	),
	in("WriteOff",
		quantity("QuantityQuantity", "quantity", func(p *paper) *number6 { return &p.Quantity }, func(p *paper) *string { return &p.Unit }),
		money("AmountAmount", "amount", func(p *paper) *amount { return &p.Amount }),
	),
}

var previousClass = class[previous]{
	text("CategoryCode", "category", func(p *previous) *string { return &p.Category }),
	text("ID", "id", func(p *previous) *string { return &p.ID }),
	text("TypeCode", "type", func(p *previous) *string { return &p.Type }),
	number("LineNumeric", "line", func(p *previous) *int64 { return &p.Line }),
}

var pointerClass = class[pointer]{
	number("SequenceNumeric", "sequence", func(p *pointer) *int64 { return &p.Sequence }),
	text("DocumentSectionCode", "section", func(p *pointer) *string { return &p.Section }),
	text("TagID", "tag", func(p *pointer) *string { return &p.Tag }),
}

var statementClass = class[statement]{
	text("StatementCode", "code", func(s *statement) *string { return &s.Code }),
	text("StatementDescription", "text", func(s *statement) *string { return &s.Text }),
	when("LimitDateTime", "limit", func(s *statement) *instant { return &s.Limit }),
	text("StatementTypeCode", "type", func(s *statement) *string { return &s.Type }),
	many("Pointer", "pointers", func(s *statement) *[]pointer { return &s.Pointers }, pointerClass),
}

var amendmentClass = class[amendment]{
	text("ChangeReasonCode", "reason", func(a *amendment) *string { return &a.Reason }),
	many("Pointer", "pointers", func(a *amendment) *[]pointer { return &a.Pointers }, pointerClass),
}

var taxClass = class[tax]{
	money("AdValoremTaxBaseAmount", "base", func(t *tax) *amount { return &t.Base }),
	money("DeductAmount", "deducted", func(t *tax) *amount { return &t.Deducted }),
	text("DutyRegimeCode", "regime", func(t *tax) *string { return &t.Regime }),
	quantity("SpecificTaxBaseQuantity", "base_quantity", func(t *tax) *number6 { return &t.BaseQty }, func(t *tax) *string { return &t.BaseUnit }),
	text("TaxRateNumeric", "rate", func(t *tax) *string { return &t.Rate }),
	text("TypeCode", "type", func(t *tax) *string { return &t.Type }),
	text("QuotaOrderID", "quota", func(t *tax) *string { return &t.Quota }),
	in("Payment",
		text("MethodCode", "method", func(t *tax) *string { return &t.Method }),
		text("ReferenceID", "reference", func(t *tax) *string { return &t.Reference }),
		money("TaxAssessedAmount", "assessed", func(t *tax) *amount { return &t.Assessed }),
		when("DueDateTime", "due", func(t *tax) *instant { return &t.Due }),
		money("PaymentAmount", "payable", func(t *tax) *amount { return &t.Payable }),
		many("ObligationGuarantee", "guarantees", func(t *tax) *[]string { return &t.Guarantees }, class[string]{
			text("ReferenceID", "", self[string]),
		}),
	),
}
