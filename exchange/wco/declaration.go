package wco

import (
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/port"
)

type (
	country = port.Country
	office  = port.CustomsOffice
	amount  = port.Money
	number6 = port.Quantity
	instant = port.Time
	weight  = port.Kilograms
)

func id(name string, at func(*doc) *office, json string) member[doc] {
	return in(name, text("ID", json, at))
}

func docParty(name, json string, at func(*doc) *party) member[doc] {
	return one(name, json, at, partyClass)
}

func docParties(d *doc) *[]roleParty   { return &d.Parties }
func itemParties(i *item) *[]roleParty { return &i.Parties }

// declarationClass is the whole of DEC, in the order of the published schema. VersionID, GovernmentProcedure of the
// shipment, JourneyID and TransportContractDocument are classes of the data model that the schema's profile leaves out.
var declarationClass = class[doc]{
	when("AcceptanceDateTime", "accepted", func(d *doc) *instant { return &d.Accepted }),
	text("FunctionCode", "function", func(d *doc) *string { return &d.Function }),
	text("FunctionalReferenceID", "reference", func(d *doc) *string { return &d.Reference }),
	text("ID", "number", func(d *doc) *port.DeclarationNumber { return &d.Number }),
	when("IssueDateTime", "issued", func(d *doc) *instant { return &d.Issued }),
	text("IssueLocationID", "issue_place", func(d *doc) *string { return &d.IssuePlace }),
	text("TypeCode", "type", func(d *doc) *string { return &d.Type }),
	text("VersionID", "version", func(d *doc) *string { return &d.Version }),
	number("GoodsItemQuantity", "goods_items", func(d *doc) *int64 { return &d.GoodsItems }),
	text("DeclarationOfficeID", "office", func(d *doc) *office { return &d.Office }),
	money("InvoiceAmount", "invoice", func(d *doc) *amount { return &d.Invoice }),
	number("LoadingListQuantity", "loading_lists", func(d *doc) *int64 { return &d.LoadingLists }),
	mass("TotalGrossMassMeasure", "gross_mass", func(d *doc) *weight { return &d.GrossMass }),
	number("TotalPackageQuantity", "packages", func(d *doc) *int64 { return &d.Packages }),
	text("SpecificCircumstancesCodeCode", "specific_circumstance", func(d *doc) *string { return &d.Special }),
	in("Authentication",
		text("Authentication", "authentication", func(d *doc) *string { return &d.Signature }),
		in("Authenticator", text("Name", "authenticator", func(d *doc) *string { return &d.Authenticator })),
	),
	docParty("Submitter", "submitter", func(d *doc) *party { return &d.Submitter }),
	many("AdditionalDocument", "documents", func(d *doc) *[]paper { return &d.Documents }, paperClass),
	many("AdditionalInformation", "statements", func(d *doc) *[]statement { return &d.Statements }, statementClass),
	docParty("Agent", "agent", func(d *doc) *party { return &d.Agent }),
	many("Amendment", "amendments", func(d *doc) *[]amendment { return &d.Amendments }, amendmentClass),
	many("AuthorisationHolder", "authorisations", func(d *doc) *[]declaration.Authorisation { return &d.Holders }, class[declaration.Authorisation]{
		text("ID", "holder", func(a *declaration.Authorisation) *string { return &a.Holder }),
		text("CategoryCode", "category", func(a *declaration.Authorisation) *string { return &a.Category }),
	}),
	one("BorderTransportMeans", "border_means", func(d *doc) *means { return &d.Border }, meansClass),
	in("Consignment",
		docParty("Carrier", "carrier", func(d *doc) *party { return &d.Carrier }),
		many("ConsignmentItem", "safety_items", func(d *doc) *[]declaration.SafetyItem { return &d.Safety }, safetyClass),
		furtherParty("Consignor", declaration.PartyConsignor, docParties),
		in("Freight", text("PaymentMethodCode", "freight_payment", func(d *doc) *string { return &d.FreightPay })),
		many("Itinerary", "routing", func(d *doc) *[]country { return &d.Routing }, class[country]{
			ordinal[country]("SequenceNumeric"),
			text("RoutingCountryCode", "", self[country]),
		}),
	),
	many("CurrencyExchange", "exchange_rates", func(d *doc) *[]declaration.Rate { return &d.Rates }, class[declaration.Rate]{
		text("CurrencyTypeCode", "currency", func(r *declaration.Rate) *string { return &r.Currency }),
		text("RateNumeric", "rate", func(r *declaration.Rate) *string { return &r.Rate }),
	}),
	docParty("Declarant", "declarant", func(d *doc) *party { return &d.Declarant }),
	many("DutyTaxFee", "taxes", func(d *doc) *[]tax { return &d.Taxes }, taxClass),
	id("ExitOffice", func(d *doc) *office { return &d.ExitOffice }, "exit_office"),
	docParty("Exporter", "exporter", func(d *doc) *party { return &d.Exporter }),
	in("GoodsShipment", shipmentMembers...),
	many("ObligationGuarantee", "guarantees", func(d *doc) *[]guarantee { return &d.Guarantees }, class[guarantee]{
		money("AmountAmount", "amount", func(g *guarantee) *amount { return &g.Amount }),
		text("ID", "id", func(g *guarantee) *string { return &g.ID }),
		text("ReferenceID", "reference", func(g *guarantee) *string { return &g.Reference }),
		text("SecurityDetailsCode", "security", func(g *guarantee) *string { return &g.Security }),
		text("AccessCode", "access", func(g *guarantee) *string { return &g.Access }),
		in("GuaranteeOffice", text("ID", "office", func(g *guarantee) *office { return &g.Office })),
	}),
	id("PresentationOffice", func(d *doc) *office { return &d.Presentation }, "presentation_office"),
	id("SupervisingOffice", func(d *doc) *office { return &d.Supervisor }, "supervising_office"),
}

var safetyClass = class[declaration.SafetyItem]{
	number("SequenceNumeric", "number", func(s *declaration.SafetyItem) *int64 { return &s.Number }),
	one("Consignor", "consignor", func(s *declaration.SafetyItem) *party { return &s.Consignor }, partyClass),
	in("Freight", text("PaymentMethodCode", "freight_payment", func(s *declaration.SafetyItem) *string { return &s.FreightPay })),
}

var shipmentMembers = class[doc]{
	when("ExitDateTime", "exit_at", func(d *doc) *instant { return &d.Exit }),
	text("TransactionNatureCode", "transaction_nature", func(d *doc) *string { return &d.Nature }),
	furtherParty("AEOMutualRecognitionParty", declaration.PartyAEO, docParties),
	furtherParty("Buyer", declaration.PartyBuyer, docParties),
	docParty("Consignee", "consignee", func(d *doc) *party { return &d.Consignee }),
	in("Consignment",
		text("ContainerCode", "containerised", func(d *doc) *string { return &d.InContainer }),
		one("ArrivalTransportMeans", "arrival_means", func(d *doc) *means { return &d.Arrival }, meansClass),
		one("DepartureTransportMeans", "departure_means", func(d *doc) *means { return &d.Departure }, meansClass),
		one("GoodsLocation", "location", func(d *doc) *location { return &d.Location }, goodsLocationClass),
		one("LoadingLocation", "loading_place", func(d *doc) *location { return &d.LoadingPlace }, goodsLocationClass),
		many("TransportContractDocument", "transport_documents", func(d *doc) *[]coded { return &d.Transport }, class[coded]{
			text("ID", "id", func(c *coded) *string { return &c.ID }),
			text("TypeCode", "type", func(c *coded) *string { return &c.Type }),
		}),
		many("TransportEquipment", "equipment", func(d *doc) *[]equipment { return &d.Equipment }, equipmentClass),
	),
	docParty("Consignor", "consignor", func(d *doc) *party { return &d.Consignor }),
	in("CustomsValuation",
		money("FreightChargeAmount", "freight", func(d *doc) *amount { return &d.Freight }),
		many("ChargeDeduction", "charges", func(d *doc) *[]charge { return &d.Charges }, chargeClass),
	),
	in("Destination",
		text("CountryCode", "destination", func(d *doc) *country { return &d.Destination }),
		text("RegionID", "destination_region", func(d *doc) *string { return &d.DestinationRegion }),
	),
	furtherParty("DomesticDutyTaxParty", declaration.PartyTax, docParties),
	in("ExportCountry", text("ID", "dispatch", func(d *doc) *country { return &d.Dispatch })),
	many("GovernmentAgencyGoodsItem", "items", func(d *doc) *[]item { return &d.Items }, itemClass),
	in("GovernmentProcedure", text("CurrentCode", "procedure", func(d *doc) *string { return &d.Procedure })),
	docParty("Importer", "importer", func(d *doc) *party { return &d.Importer }),
	in("Invoice",
		text("ID", "invoice_number", func(d *doc) *string { return &d.InvoiceNumber }),
		when("IssueDateTime", "invoice_issued", func(d *doc) *instant { return &d.InvoiceIssued }),
	),
	furtherParty("Payer", declaration.PartyPayer, docParties),
	many("PreviousDocument", "previous", func(d *doc) *[]previous { return &d.Previous }, previousClass),
	furtherParty("Seller", declaration.PartySeller, docParties),
	furtherParty("Surety", declaration.PartySurety, docParties),
	one("TradeTerms", "terms", func(d *doc) *terms { return &d.Terms }, class[terms]{
		text("ConditionCode", "condition", func(t *terms) *string { return &t.Condition }),
		text("CountryRelationshipCode", "relationship", func(t *terms) *string { return &t.Relationship }),
		text("Description", "description", func(t *terms) *string { return &t.Description }),
		text("LocationID", "place", func(t *terms) *string { return &t.Place }),
		text("LocationName", "place_name", func(t *terms) *string { return &t.PlaceName }),
	}),
	in("UCR",
		text("ID", "ucr", func(d *doc) *string { return &d.UCR }),
		text("TraderAssignedReferenceID", "trader_reference", func(d *doc) *string { return &d.TraderReference }),
	),
	one("Warehouse", "warehouse", func(d *doc) *coded { return &d.Warehouse }, communicationClass),
}
