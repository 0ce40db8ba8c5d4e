package wco

import "github.com/guomen/guomen/declaration"

func measure(name, json string, at func(*packaging) *measured) member[packaging] {
	return quantity(name, json, func(p *packaging) *number6 { return &at(p).Value }, func(p *packaging) *string { return &at(p).Unit })
}

// itemClass is one line of goods, GovernmentAgencyGoodsItem.
var itemClass = class[item]{
	money("CustomsValueAmount", "customs_value", func(i *item) *amount { return &i.Value }),
	number("SequenceNumeric", "number", func(i *item) *int64 { return &i.Number }),
	money("StatisticalValueAmount", "statistical_value", func(i *item) *amount { return &i.Statistical }),
	text("TransactionNatureCode", "transaction_nature", func(i *item) *string { return &i.Nature }),
	many("AdditionalDocument", "documents", func(i *item) *[]paper { return &i.Documents }, paperClass),
	many("AdditionalInformation", "statements", func(i *item) *[]statement { return &i.Statements }, statementClass),
	furtherParty("AEOMutualRecognitionParty", declaration.PartyAEO, itemParties),
	furtherParty("Buyer", declaration.PartyBuyer, itemParties),
	in("Commodity",
		text("Description", "description", func(i *item) *string { return &i.Description }),
		many("Classification", "classifications", func(i *item) *[]coded { return &i.Classes }, class[coded]{
			text("ID", "id", func(c *coded) *string { return &c.ID }),
			text("IdentificationTypeCode", "type", func(c *coded) *string { return &c.Type }),
		}),
		many("DangerousGoods", "dangerous_goods", func(i *item) *[]string { return &i.Dangerous }, class[string]{
			text("UNDGID", "", self[string]),
		}),
		many("DutyTaxFee", "taxes", func(i *item) *[]tax { return &i.Taxes }, taxClass),
		in("GoodsMeasure",
			mass("GrossMassMeasure", "gross_mass", func(i *item) *weight { return &i.GrossMass }),
			mass("NetNetWeightMeasure", "net_mass", func(i *item) *weight { return &i.NetMass }),
			quantity("TariffQuantity", "quantity", func(i *item) *number6 { return &i.Quantity }, func(i *item) *string { return &i.Unit }),
		),
		in("InvoiceLine", money("ItemChargeAmount", "price", func(i *item) *amount { return &i.Price })),
		many("TransportEquipment", "equipment", func(i *item) *[]equipment { return &i.Equipment }, equipmentClass),
	),
	one("Consignee", "consignee", func(i *item) *party { return &i.Consignee }, partyClass),
	one("Consignor", "consignor", func(i *item) *party { return &i.Consignor }, partyClass),
	in("CustomsValuation",
		text("MethodCode", "valuation", func(i *item) *string { return &i.Valuation }),
		many("ChargeDeduction", "charges", func(i *item) *[]charge { return &i.Charges }, chargeClass),
	),
	in("Destination",
		text("CountryCode", "destination", func(i *item) *country { return &i.Destination }),
		text("RegionID", "destination_region", func(i *item) *string { return &i.DestinationRegion }),
	),
	furtherParty("DomesticDutyTaxParty", declaration.PartyTax, itemParties),
	in("ExportCountry", text("ID", "dispatch", func(i *item) *country { return &i.Dispatch })),
	many("GovernmentProcedure", "procedures", func(i *item) *[]declaration.Procedure { return &i.Procedures }, class[declaration.Procedure]{
		text("CurrentCode", "current", func(p *declaration.Procedure) *string { return &p.Current }),
		text("PreviousCode", "previous", func(p *declaration.Procedure) *string { return &p.Previous }),
	}),
	many("Origin", "origin", func(i *item) *[]coded { return &i.Origin }, class[coded]{
		text("CountryCode", "id", func(c *coded) *string { return &c.ID }),
		text("RegionID", "region", func(c *coded) *string { return &c.Region }),
		text("TypeCode", "type", func(c *coded) *string { return &c.Type }),
	}),
	many("Packaging", "packaging", func(i *item) *[]packaging { return &i.Packaging }, class[packaging]{
		number("SequenceNumeric", "number", func(p *packaging) *int64 { return &p.Number }),
		text("MarksNumbersID", "marks", func(p *packaging) *string { return &p.Marks }),
		number("QuantityQuantity", "quantity", func(p *packaging) *int64 { return &p.Quantity }),
		text("TypeCode", "type", func(p *packaging) *string { return &p.Type }),
		text("PackingMaterialDescription", "material", func(p *packaging) *string { return &p.Material }),
		measure("LengthMeasure", "length", func(p *packaging) *measured { return &p.Length }),
		measure("WidthMeasure", "width", func(p *packaging) *measured { return &p.Width }),
		measure("HeightMeasure", "height", func(p *packaging) *measured { return &p.Height }),
		measure("VolumeMeasure", "volume", func(p *packaging) *measured { return &p.Volume }),
	}),
	many("PreviousDocument", "previous", func(i *item) *[]previous { return &i.Previous }, previousClass),
	furtherParty("Seller", declaration.PartySeller, itemParties),
	in("UCR",
		text("ID", "ucr", func(i *item) *string { return &i.UCR }),
		text("TraderAssignedReferenceID", "trader_reference", func(i *item) *string { return &i.TraderReference }),
	),
	many("ValuationAdjustment", "valuation_adjustments", func(i *item) *[]string { return &i.Adjustments }, class[string]{
		text("AdditionCode", "", self[string]),
	}),
}
