package edifact

import (
	"strings"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

type (
	doc   = declaration.Document
	item  = declaration.Item
	firm  = declaration.Party
	means = declaration.Means
)

// declarationTable is CUSDEC, in the shapes of D.96B and later: a header, UNS+D, the lines of goods that CST begins, and
// UNS+S with the totals.
var declarationTable = &table[doc]{
	segments: []entry[doc]{
		{"BGM", "", []datum[doc]{
			text(1, 1, "type", func(d *doc) *string { return &d.Type }),
			text(2, 1, "reference", func(d *doc) *string { return &d.Reference }),
			text(2, 2, "version", func(d *doc) *string { return &d.Version }),
			text(3, 1, "function", func(d *doc) *string { return &d.Function }),
		}},
		{"CST", "", []datum[doc]{counted[doc](1, 1), text(2, 1, "procedure", func(d *doc) *string { return &d.Procedure })}},
		{"LOC", "22", []datum[doc]{text(2, 1, "office", func(d *doc) *port.CustomsOffice { return &d.Office })}},
		{"LOC", "41 42", []datum[doc]{text(2, 1, "exit_office", func(d *doc) *port.CustomsOffice { return &d.ExitOffice })}},
		{"LOC", "35", []datum[doc]{text(2, 1, "dispatch", func(d *doc) *port.Country { return &d.Dispatch })}},
		{"LOC", "28 36", []datum[doc]{text(2, 1, "destination", func(d *doc) *port.Country { return &d.Destination })}},
		{"LOC", "14", []datum[doc]{
			text(2, 1, "location/id", func(d *doc) *string { return &d.Location.ID }),
			text(2, 4, "location/name", func(d *doc) *string { return &d.Location.Name }),
		}},
		{"LOC", "9", []datum[doc]{
			text(2, 1, "loading_place/id", func(d *doc) *string { return &d.LoadingPlace.ID }),
			text(2, 4, "loading_place/name", func(d *doc) *string { return &d.LoadingPlace.Name }),
		}},
		{"LOC", "18", []datum[doc]{text(2, 1, "warehouse/id", func(d *doc) *string { return &d.Warehouse.ID })}},
		{"DTM", "137", []datum[doc]{when("issued", func(d *doc) *port.Time { return &d.Issued })}},
		{"DTM", "148", []datum[doc]{when("accepted", func(d *doc) *port.Time { return &d.Accepted })}},
		{"MEA", "G AAD WT", []datum[doc]{mass(3, 2, 3, 1, "gross_mass", func(d *doc) *port.Kilograms { return &d.GrossMass })}},
		{"MEA", "N AAC AAL", []datum[doc]{mass(3, 2, 3, 1, "net_mass", func(d *doc) *port.Kilograms { return &d.NetMass })}},
		{"CNT", "7", []datum[doc]{mass(1, 2, 1, 3, "gross_mass", func(d *doc) *port.Kilograms { return &d.GrossMass })}},
		{"CNT", "5", []datum[doc]{number(1, 2, "goods_items", func(d *doc) *int64 { return &d.GoodsItems })}},
		{"CNT", "11", []datum[doc]{number(1, 2, "packages", func(d *doc) *int64 { return &d.Packages })}},
	},
	groups: []group[doc]{
		within("RFF", "ABE", []datum[doc]{text(1, 2, "trader_reference", func(d *doc) *string { return &d.TraderReference })}, referenceInside),
		within("RFF", "ABT", []datum[doc]{text(1, 2, "number", func(d *doc) *port.DeclarationNumber { return &d.Number })}, referenceInside),
		within("RFF", "UCN", []datum[doc]{text(1, 2, "ucr", func(d *doc) *string { return &d.UCR })}, referenceInside),
		within("RFF", transportDocuments, []datum[doc]{text(1, 2, "waybill", func(d *doc) *string { return &d.Waybill })}, referenceInside),
		ignored[doc]("RFF", "DTM"),
		conveyance("11 20", "border_means", func(d *doc) *means { return &d.Border }),
		conveyance("12", "departure_means", func(d *doc) *means { return &d.Departure }),
		conveyance("13", "arrival_means", func(d *doc) *means { return &d.Arrival }),
		ignored[doc]("TDT", "TPL"),
		many("DOC", "", "documents", func(d *doc) *[]declaration.SupportingDocument { return &d.Documents }, paperData, paperTable, nil),
		trader("IM", "importer", func(d *doc) *firm { return &d.Importer }),
		trader("EX", "exporter", func(d *doc) *firm { return &d.Exporter }),
		trader("CN", "consignee", func(d *doc) *firm { return &d.Consignee }),
		trader("CZ", "consignor", func(d *doc) *firm { return &d.Consignor }),
		trader("DT", "declarant", func(d *doc) *firm { return &d.Declarant }),
		trader("AE AG CB", "agent", func(d *doc) *firm { return &d.Agent }),
		trader("CA", "carrier", func(d *doc) *firm { return &d.Carrier }),
		trader("MS", "submitter", func(d *doc) *firm { return &d.Submitter }),
		ignored[doc]("NAD", "RFF CTA COM"),
		within("TOD", "", []datum[doc]{text(3, 1, "terms/condition", func(d *doc) *string { return &d.Terms.Condition })}, &table[doc]{
			segments: []entry[doc]{{"LOC", "1", []datum[doc]{
				text(2, 1, "terms/place", func(d *doc) *string { return &d.Terms.Place }),
				text(2, 4, "terms/place_name", func(d *doc) *string { return &d.Terms.PlaceName }),
			}}},
			skipped: "LOC FTX",
		}),
		within("MOA", "39", []datum[doc]{money("invoice", func(d *doc) *port.Money { return &d.Invoice })}, amountInside),
		within("MOA", "64", []datum[doc]{money("freight", func(d *doc) *port.Money { return &d.Freight })}, amountInside),
		ignored[doc]("MOA", "CUX DTM"),
		many("EQD", "CN", "equipment", func(d *doc) *[]declaration.Equipment { return &d.Equipment }, []datum[declaration.Equipment]{
			text(2, 1, "id", func(e *declaration.Equipment) *string { return &e.ID }),
		}, &table[declaration.Equipment]{segments: []entry[declaration.Equipment]{
			{"SEL", "", []datum[declaration.Equipment]{each(1, 1, "seals", func(e *declaration.Equipment) *[]string { return &e.Seals }, manifest.MaxSeals)}},
		}}, nil),
		ignored[doc]("EQD", "SEL"),
		within("UNS", "D", []datum[doc]{counted[doc](1, 1)}, &table[doc]{groups: []group[doc]{
			many("CST", "", "items", func(d *doc) *[]item { return &d.Items }, []datum[item]{
				number(1, 1, "number", func(i *item) *int64 { return &i.Number }),
				text(2, 1, "hs", func(i *item) *port.HSCode { return &i.HS }),
			}, itemTable, nil),
		}}),
		within("UNS", "S", []datum[doc]{counted[doc](1, 1)}, &table[doc]{}),
		ignored[doc]("PAC", "PCI"), ignored[doc]("TAX", "MOA GIS"), ignored[doc]("AUT", "DTM"),
	},
	skipped: "LOC DTM GIS GEI FII MEA SEL FTX CNT CST UNS",
}

var (
	referenceInside = &table[doc]{skipped: "DTM"}
	amountInside    = &table[doc]{skipped: "CUX DTM"}
)

// conveyance is a means of transport at one stage of the journey, UN/EDIFACT 8051.
func conveyance(stages, field string, at func(*doc) *means) group[doc] {
	return one("TDT", stages, field, at, []datum[means]{
		text(2, 1, "journey", func(m *means) *string { return &m.Journey }),
		text(3, 1, "mode", func(m *means) *string { return &m.Mode }),
		text(4, 1, "type", func(m *means) *string { return &m.Type }),
		text(8, 1, "id", func(m *means) *string { return &m.ID }),
		text(8, 2, "id_type", func(m *means) *string { return &m.IDType }),
		text(8, 4, "name", func(m *means) *string { return &m.Name }),
		text(8, 5, "nationality", func(m *means) *port.Country { return &m.Nationality }),
	}, &table[means]{skipped: "TPL"})
}

// trader is a party, by its function.
func trader(functions, field string, at func(*doc) *firm) group[doc] {
	return one("NAD", functions, field, at, firmData, firmTable)
}

var firmData = []datum[firm]{
	text(2, 1, "id", func(f *firm) *string { return &f.ID }),
	lines(4, 1, 5, "name", func(f *firm) *string { return &f.Name }),
	lines(3, 1, 5, "name", func(f *firm) *string { return &f.Name }),
	lines(5, 1, 4, "address/line", func(f *firm) *string { return &f.Address.Line }),
	text(6, 1, "address/city", func(f *firm) *string { return &f.Address.City }),
	text(7, 1, "address/subdivision_code", func(f *firm) *string { return &f.Address.SubdivisionCode }),
	text(8, 1, "address/postcode", func(f *firm) *string { return &f.Address.Postcode }),
	text(9, 1, "address/country", func(f *firm) *port.Country { return &f.Address.Country }),
}

var firmTable = &table[firm]{
	segments: []entry[firm]{
		{"CTA", "", []datum[firm]{counted[firm](1, 1), text(2, 2, "contact", func(f *firm) *string { return &f.Contact })}},
		{"COM", "", []datum[firm]{{1, 1, "communications", func(r *reader, f *firm) {
			for element := 1; element <= 3 && r.seg.get(element, 1) != ""; element++ {
				f.Communications = append(f.Communications, declaration.Coded{ID: strings.Clone(r.seg.take(element, 1)), Type: strings.Clone(r.seg.take(element, 2))})
			}
		}}}},
	},
	skipped: "RFF",
}

var paperData = []datum[declaration.SupportingDocument]{
	text(1, 1, "type", func(p *declaration.SupportingDocument) *string { return &p.Type }),
	lines(1, 4, 4, "name", func(p *declaration.SupportingDocument) *string { return &p.Name }),
	text(2, 1, "id", func(p *declaration.SupportingDocument) *string { return &p.ID }),
}

var paperTable = &table[declaration.SupportingDocument]{skipped: "DTM LOC"}

// itemTable is one line of goods.
var itemTable = &table[item]{
	segments: []entry[item]{
		{"FTX", "AAA", []datum[item]{lines(4, 1, 5, "description", func(i *item) *string { return &i.Description })}},
		{"LOC", "27", []datum[item]{{2, 1, "origin", func(r *reader, i *item) {
			i.Origin = append(i.Origin, declaration.Coded{ID: strings.Clone(r.seg.take(2, 1))})
		}}}},
		{"LOC", "35", []datum[item]{text(2, 1, "dispatch", func(i *item) *port.Country { return &i.Dispatch })}},
		{"LOC", "28 36", []datum[item]{text(2, 1, "destination", func(i *item) *port.Country { return &i.Destination })}},
		{"MEA", "G AAB WT", []datum[item]{mass(3, 2, 3, 1, "gross_mass", func(i *item) *port.Kilograms { return &i.GrossMass })}},
		{"MEA", "N AAA AAL", []datum[item]{mass(3, 2, 3, 1, "net_mass", func(i *item) *port.Kilograms { return &i.NetMass })}},
		{"QTY", "", []datum[item]{counted[item](1, 1), quantity(func(i *item) *port.Quantity { return &i.Quantity }, func(i *item) *string { return &i.Unit })}},
	},
	groups: []group[item]{
		within("MOA", "38", []datum[item]{money("price", func(i *item) *port.Money { return &i.Price })}, itemAmount),
		within("MOA", "40", []datum[item]{money("customs_value", func(i *item) *port.Money { return &i.Value })}, itemAmount),
		within("MOA", "123", []datum[item]{money("statistical_value", func(i *item) *port.Money { return &i.Statistical })}, itemAmount),
		ignored[item]("MOA", "CUX DTM"),
		many("PAC", "", "packaging", func(i *item) *[]declaration.Packaging { return &i.Packaging }, []datum[declaration.Packaging]{
			number(1, 1, "quantity", func(p *declaration.Packaging) *int64 { return &p.Quantity }),
			text(3, 1, "type", func(p *declaration.Packaging) *string { return &p.Type }),
		}, &table[declaration.Packaging]{segments: []entry[declaration.Packaging]{
			{"PCI", "", []datum[declaration.Packaging]{counted[declaration.Packaging](1, 1), lines(2, 1, 10, "marks", func(p *declaration.Packaging) *string { return &p.Marks })}},
		}}, nil),
		many("DOC", "", "documents", func(i *item) *[]declaration.SupportingDocument { return &i.Documents }, paperData, paperTable, nil),
		ignored[item]("RFF", "DTM"), ignored[item]("TAX", "MOA GIS"), ignored[item]("GIS", "IMD"), ignored[item]("TDT", "TPL"),
	},
	skipped: "FTX LOC DTM MEA NAD TDT QVR GEI DGS EQD IMD QTY",
}

var itemAmount = &table[item]{skipped: "CUX DTM"}

// quantity is a quantity of goods with its unit, as QTY has it.
func quantity[T any](at func(*T) *port.Quantity, unit func(*T) *string) datum[T] {
	return datum[T]{1, 2, "quantity", func(r *reader, t *T) {
		if q, err := port.ParseQuantity(point(r.seg.take(1, 2))); r.value(err) {
			put(r, at(t), q)
			put(r, unit(t), strings.Clone(r.seg.take(1, 3)))
		}
	}}
}

// The names of declarations that say which way the goods go, UN/EDIFACT 1001.
const (
	goodsImported = "929"
	goodsExported = "830"
	goodsTransit  = "950"
)

// readDeclaration reads a CUSDEC.
func readDeclaration(r *reader) any {
	d := &doc{}
	declarationTable.read(r, d, nil)
	r.interchange.messages[len(r.interchange.messages)-1].number = d.Reference
	switch d.Type {
	case goodsImported:
		d.Direction = port.Import
	case goodsExported:
		d.Direction = port.Export
	case goodsTransit:
		d.Direction = port.Transit
	}
	// The voyage of a truck is its batch number 货物运输批次号, as in Chinese declarations: 13 digits, and no other mode.
	if d.Border.Mode == "3" || d.Border.Mode == "" {
		if batch, err := port.ParseBatchNumber(d.Border.Journey); err == nil && string(batch) == d.Border.Journey {
			d.Batch, d.Border.Journey = batch, ""
		}
	}
	return d
}
