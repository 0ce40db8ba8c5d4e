package wco

import (
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/exchange/table"
)

func measure(name, json string, at func(*packaging) *measured) table.Member[packaging] {
	return table.Quantity(name, json, func(p *packaging) *number6 { return &at(p).Value }, func(p *packaging) *string { return &at(p).Unit })
}

// itemClass is one line of goods, GovernmentAgencyGoodsItem.
var itemClass = table.Class[item]{
	table.Money("CustomsValueAmount", "customs_value", func(i *item) *amount { return &i.Value }),
	table.Number("SequenceNumeric", "number", func(i *item) *int64 { return &i.Number }),
	table.Money("StatisticalValueAmount", "statistical_value", func(i *item) *amount { return &i.Statistical }),
	table.Text("TransactionNatureCode", "transaction_nature", func(i *item) *string { return &i.Nature }),
	table.Many("AdditionalDocument", "documents", func(i *item) *[]paper { return &i.Documents }, paperClass),
	table.Many("AdditionalInformation", "statements", func(i *item) *[]statement { return &i.Statements }, statementClass),
	furtherParty("AEOMutualRecognitionParty", declaration.PartyAEO, itemParties),
	furtherParty("Buyer", declaration.PartyBuyer, itemParties),
	table.In("Commodity",
		table.Text("Description", "description", func(i *item) *string { return &i.Description }),
		table.Many("Classification", "classifications", func(i *item) *[]coded { return &i.Classes }, table.Class[coded]{
			table.Text("ID", "id", func(c *coded) *string { return &c.ID }),
			table.Text("IdentificationTypeCode", "type", func(c *coded) *string { return &c.Type }),
		}),
		table.Many("DangerousGoods", "dangerous_goods", func(i *item) *[]string { return &i.Dangerous }, table.Class[string]{
			table.Text("UNDGID", "", table.Self[string]),
		}),
		table.Many("DutyTaxFee", "taxes", func(i *item) *[]tax { return &i.Taxes }, taxClass),
		table.In("GoodsMeasure",
			table.Mass("GrossMassMeasure", "gross_mass", func(i *item) *weight { return &i.GrossMass }),
			table.Mass("NetNetWeightMeasure", "net_mass", func(i *item) *weight { return &i.NetMass }),
			table.Quantity("TariffQuantity", "quantity", func(i *item) *number6 { return &i.Quantity }, func(i *item) *string { return &i.Unit }),
		),
		table.In("InvoiceLine", table.Money("ItemChargeAmount", "price", func(i *item) *amount { return &i.Price })),
		table.Many("TransportEquipment", "equipment", func(i *item) *[]equipment { return &i.Equipment }, equipmentClass),
	),
	table.One("Consignee", "consignee", func(i *item) *party { return &i.Consignee }, partyClass),
	table.One("Consignor", "consignor", func(i *item) *party { return &i.Consignor }, partyClass),
	table.In("CustomsValuation",
		table.Text("MethodCode", "valuation", func(i *item) *string { return &i.Valuation }),
		table.Many("ChargeDeduction", "charges", func(i *item) *[]charge { return &i.Charges }, chargeClass),
	),
	table.In("Destination",
		table.Text("CountryCode", "destination", func(i *item) *country { return &i.Destination }),
		table.Text("RegionID", "destination_region", func(i *item) *string { return &i.DestinationRegion }),
	),
	furtherParty("DomesticDutyTaxParty", declaration.PartyTax, itemParties),
	table.In("ExportCountry", table.Text("ID", "dispatch", func(i *item) *country { return &i.Dispatch })),
	table.Many("GovernmentProcedure", "procedures", func(i *item) *[]declaration.Procedure { return &i.Procedures }, table.Class[declaration.Procedure]{
		table.Text("CurrentCode", "current", func(p *declaration.Procedure) *string { return &p.Current }),
		table.Text("PreviousCode", "previous", func(p *declaration.Procedure) *string { return &p.Previous }),
	}),
	table.Many("Origin", "origin", func(i *item) *[]coded { return &i.Origin }, table.Class[coded]{
		table.Text("CountryCode", "id", func(c *coded) *string { return &c.ID }),
		table.Text("RegionID", "region", func(c *coded) *string { return &c.Region }),
		table.Text("TypeCode", "type", func(c *coded) *string { return &c.Type }),
	}),
	table.Many("Packaging", "packaging", func(i *item) *[]packaging { return &i.Packaging }, table.Class[packaging]{
		table.Number("SequenceNumeric", "number", func(p *packaging) *int64 { return &p.Number }),
		table.Text("MarksNumbersID", "marks", func(p *packaging) *string { return &p.Marks }),
		table.Number("QuantityQuantity", "quantity", func(p *packaging) *int64 { return &p.Quantity }),
		table.Text("TypeCode", "type", func(p *packaging) *string { return &p.Type }),
		table.Text("PackingMaterialDescription", "material", func(p *packaging) *string { return &p.Material }),
		measure("LengthMeasure", "length", func(p *packaging) *measured { return &p.Length }),
		measure("WidthMeasure", "width", func(p *packaging) *measured { return &p.Width }),
		measure("HeightMeasure", "height", func(p *packaging) *measured { return &p.Height }),
		measure("VolumeMeasure", "volume", func(p *packaging) *measured { return &p.Volume }),
	}),
	table.Many("PreviousDocument", "previous", func(i *item) *[]previous { return &i.Previous }, previousClass),
	furtherParty("Seller", declaration.PartySeller, itemParties),
	table.In("UCR",
		table.Text("ID", "ucr", func(i *item) *string { return &i.UCR }),
		table.Text("TraderAssignedReferenceID", "trader_reference", func(i *item) *string { return &i.TraderReference }),
	),
	table.Many("ValuationAdjustment", "valuation_adjustments", func(i *item) *[]string { return &i.Adjustments }, table.Class[string]{
		table.Text("AdditionCode", "", table.Self[string]),
	}),
}
