package wco

import (
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/exchange/table"
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

func id(name string, at func(*doc) *office, json string) table.Member[doc] {
	return table.In(name, table.Text("ID", json, at))
}

func docParty(name, json string, at func(*doc) *party) table.Member[doc] {
	return table.One(name, json, at, partyClass)
}

func docParties(d *doc) *[]roleParty   { return &d.Parties }
func itemParties(i *item) *[]roleParty { return &i.Parties }

// declarationClass is the whole of DEC, in the order of the published schema. VersionID, GovernmentProcedure of the
// shipment, JourneyID and TransportContractDocument are classes of the data model that the schema's profile leaves out.
var declarationClass = table.Class[doc]{
	when("AcceptanceDateTime", "accepted", func(d *doc) *instant { return &d.Accepted }),
	table.Text("FunctionCode", "function", func(d *doc) *string { return &d.Function }),
	table.Text("FunctionalReferenceID", "reference", func(d *doc) *string { return &d.Reference }),
	table.Text("ID", "number", func(d *doc) *port.DeclarationNumber { return &d.Number }),
	when("IssueDateTime", "issued", func(d *doc) *instant { return &d.Issued }),
	table.Text("IssueLocationID", "issue_place", func(d *doc) *string { return &d.IssuePlace }),
	table.Text("TypeCode", "type", func(d *doc) *string { return &d.Type }),
	table.Text("VersionID", "version", func(d *doc) *string { return &d.Version }),
	table.Number("GoodsItemQuantity", "goods_items", func(d *doc) *int64 { return &d.GoodsItems }),
	table.Text("DeclarationOfficeID", "office", func(d *doc) *office { return &d.Office }),
	table.Money("InvoiceAmount", "invoice", func(d *doc) *amount { return &d.Invoice }),
	table.Number("LoadingListQuantity", "loading_lists", func(d *doc) *int64 { return &d.LoadingLists }),
	table.Mass("TotalGrossMassMeasure", "gross_mass", func(d *doc) *weight { return &d.GrossMass }),
	table.Number("TotalPackageQuantity", "packages", func(d *doc) *int64 { return &d.Packages }),
	table.Text("SpecificCircumstancesCodeCode", "specific_circumstance", func(d *doc) *string { return &d.Special }),
	table.In("Authentication",
		table.Text("Authentication", "authentication", func(d *doc) *string { return &d.Signature }),
		table.In("Authenticator", table.Text("Name", "authenticator", func(d *doc) *string { return &d.Authenticator })),
	),
	docParty("Submitter", "submitter", func(d *doc) *party { return &d.Submitter }),
	table.Many("AdditionalDocument", "documents", func(d *doc) *[]paper { return &d.Documents }, paperClass),
	table.Many("AdditionalInformation", "statements", func(d *doc) *[]statement { return &d.Statements }, statementClass),
	docParty("Agent", "agent", func(d *doc) *party { return &d.Agent }),
	table.Many("Amendment", "amendments", func(d *doc) *[]amendment { return &d.Amendments }, amendmentClass),
	table.Many("AuthorisationHolder", "authorisations", func(d *doc) *[]declaration.Authorisation { return &d.Holders }, table.Class[declaration.Authorisation]{
		table.Text("ID", "holder", func(a *declaration.Authorisation) *string { return &a.Holder }),
		table.Text("CategoryCode", "category", func(a *declaration.Authorisation) *string { return &a.Category }),
	}),
	table.One("BorderTransportMeans", "border_means", func(d *doc) *means { return &d.Border }, meansClass),
	table.In("Consignment",
		docParty("Carrier", "carrier", func(d *doc) *party { return &d.Carrier }),
		table.Many("ConsignmentItem", "safety_items", func(d *doc) *[]declaration.SafetyItem { return &d.Safety }, safetyClass),
		furtherParty("Consignor", declaration.PartyConsignor, docParties),
		table.In("Freight", table.Text("PaymentMethodCode", "freight_payment", func(d *doc) *string { return &d.FreightPay })),
		table.Many("Itinerary", "routing", func(d *doc) *[]country { return &d.Routing }, table.Class[country]{
			table.Ordinal[country]("SequenceNumeric"),
			table.Text("RoutingCountryCode", "", table.Self[country]),
		}),
	),
	table.Many("CurrencyExchange", "exchange_rates", func(d *doc) *[]declaration.Rate { return &d.Rates }, table.Class[declaration.Rate]{
		table.Text("CurrencyTypeCode", "currency", func(r *declaration.Rate) *string { return &r.Currency }),
		table.Text("RateNumeric", "rate", func(r *declaration.Rate) *string { return &r.Rate }),
	}),
	docParty("Declarant", "declarant", func(d *doc) *party { return &d.Declarant }),
	table.Many("DutyTaxFee", "taxes", func(d *doc) *[]tax { return &d.Taxes }, taxClass),
	id("ExitOffice", func(d *doc) *office { return &d.ExitOffice }, "exit_office"),
	docParty("Exporter", "exporter", func(d *doc) *party { return &d.Exporter }),
	table.In("GoodsShipment", shipmentMembers...),
	table.Many("ObligationGuarantee", "guarantees", func(d *doc) *[]guarantee { return &d.Guarantees }, table.Class[guarantee]{
		table.Money("AmountAmount", "amount", func(g *guarantee) *amount { return &g.Amount }),
		table.Text("ID", "id", func(g *guarantee) *string { return &g.ID }),
		table.Text("ReferenceID", "reference", func(g *guarantee) *string { return &g.Reference }),
		table.Text("SecurityDetailsCode", "security", func(g *guarantee) *string { return &g.Security }),
		table.Text("AccessCode", "access", func(g *guarantee) *string { return &g.Access }),
		table.In("GuaranteeOffice", table.Text("ID", "office", func(g *guarantee) *office { return &g.Office })),
	}),
	id("PresentationOffice", func(d *doc) *office { return &d.Presentation }, "presentation_office"),
	id("SupervisingOffice", func(d *doc) *office { return &d.Supervisor }, "supervising_office"),
}

var safetyClass = table.Class[declaration.SafetyItem]{
	table.Number("SequenceNumeric", "number", func(s *declaration.SafetyItem) *int64 { return &s.Number }),
	table.One("Consignor", "consignor", func(s *declaration.SafetyItem) *party { return &s.Consignor }, partyClass),
	table.In("Freight", table.Text("PaymentMethodCode", "freight_payment", func(s *declaration.SafetyItem) *string { return &s.FreightPay })),
}

var shipmentMembers = table.Class[doc]{
	when("ExitDateTime", "exit_at", func(d *doc) *instant { return &d.Exit }),
	table.Text("TransactionNatureCode", "transaction_nature", func(d *doc) *string { return &d.Nature }),
	furtherParty("AEOMutualRecognitionParty", declaration.PartyAEO, docParties),
	furtherParty("Buyer", declaration.PartyBuyer, docParties),
	docParty("Consignee", "consignee", func(d *doc) *party { return &d.Consignee }),
	table.In("Consignment",
		table.Text("ContainerCode", "containerised", func(d *doc) *string { return &d.InContainer }),
		table.One("ArrivalTransportMeans", "arrival_means", func(d *doc) *means { return &d.Arrival }, meansClass),
		table.One("DepartureTransportMeans", "departure_means", func(d *doc) *means { return &d.Departure }, meansClass),
		table.One("GoodsLocation", "location", func(d *doc) *location { return &d.Location }, goodsLocationClass),
		table.One("LoadingLocation", "loading_place", func(d *doc) *location { return &d.LoadingPlace }, goodsLocationClass),
		table.Many("TransportContractDocument", "transport_documents", func(d *doc) *[]coded { return &d.Transport }, table.Class[coded]{
			table.Text("ID", "id", func(c *coded) *string { return &c.ID }),
			table.Text("TypeCode", "type", func(c *coded) *string { return &c.Type }),
		}),
		table.Many("TransportEquipment", "equipment", func(d *doc) *[]equipment { return &d.Equipment }, equipmentClass),
	),
	docParty("Consignor", "consignor", func(d *doc) *party { return &d.Consignor }),
	table.In("CustomsValuation",
		table.Money("FreightChargeAmount", "freight", func(d *doc) *amount { return &d.Freight }),
		table.Many("ChargeDeduction", "charges", func(d *doc) *[]charge { return &d.Charges }, chargeClass),
	),
	table.In("Destination",
		table.Text("CountryCode", "destination", func(d *doc) *country { return &d.Destination }),
		table.Text("RegionID", "destination_region", func(d *doc) *string { return &d.DestinationRegion }),
	),
	furtherParty("DomesticDutyTaxParty", declaration.PartyTax, docParties),
	table.In("ExportCountry", table.Text("ID", "dispatch", func(d *doc) *country { return &d.Dispatch })),
	table.Many("GovernmentAgencyGoodsItem", "items", func(d *doc) *[]item { return &d.Items }, itemClass),
	table.In("GovernmentProcedure", table.Text("CurrentCode", "procedure", func(d *doc) *string { return &d.Procedure })),
	docParty("Importer", "importer", func(d *doc) *party { return &d.Importer }),
	table.In("Invoice",
		table.Text("ID", "invoice_number", func(d *doc) *string { return &d.InvoiceNumber }),
		when("IssueDateTime", "invoice_issued", func(d *doc) *instant { return &d.InvoiceIssued }),
	),
	furtherParty("Payer", declaration.PartyPayer, docParties),
	table.Many("PreviousDocument", "previous", func(d *doc) *[]previous { return &d.Previous }, previousClass),
	furtherParty("Seller", declaration.PartySeller, docParties),
	furtherParty("Surety", declaration.PartySurety, docParties),
	table.One("TradeTerms", "terms", func(d *doc) *terms { return &d.Terms }, table.Class[terms]{
		table.Text("ConditionCode", "condition", func(t *terms) *string { return &t.Condition }),
		table.Text("CountryRelationshipCode", "relationship", func(t *terms) *string { return &t.Relationship }),
		table.Text("Description", "description", func(t *terms) *string { return &t.Description }),
		table.Text("LocationID", "place", func(t *terms) *string { return &t.Place }),
		table.Text("LocationName", "place_name", func(t *terms) *string { return &t.PlaceName }),
	}),
	table.In("UCR",
		table.Text("ID", "ucr", func(d *doc) *string { return &d.UCR }),
		table.Text("TraderAssignedReferenceID", "trader_reference", func(d *doc) *string { return &d.TraderReference }),
	),
	table.One("Warehouse", "warehouse", func(d *doc) *coded { return &d.Warehouse }, communicationClass),
}
