package edifact

import (
	"strings"

	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// report is a CUSCAR while it is read: one crossing of one vehicle.
type report struct {
	document  manifest.Document
	name      string // of the document, UN/EDIFACT 1001
	number    string
	carrier   string // of the means of transport
	journey   string // its conveyance reference: batch number, train number, flight number
	means     string // its identification
	departure string
	arrival   string
	equipment []equipment
	bills     []bill

	byID   map[string]int  // the equipment by its number
	placed map[string]bool // the equipment that goods lie in
}

// equipment is a container, trailer or wagon of the report.
type equipment struct {
	qualifier, id string
	tare          port.Kilograms
	seals         []string
	line          int
	path          string
}

// bill is one transport document of the report.
type bill struct {
	consignment string // number of the consignment, CNI
	reference   string // number of the transport document, RFF
	loading     string
	discharge   string
	gross       port.Kilograms // as stated for all of it
	packages    int64
	pieces      int64
	consignor   string
	consignee   string
	goods       []goods
}

// goods is one line of goods of a bill.
type goods struct {
	description string
	hs          port.HSCode
	gross       port.Kilograms
	packages    int64
	dangerous   string
	containers  []string
}

// transportDocuments are the references, UN/EDIFACT 1153, that name a transport document: bill of lading, waybill,
// transport document, air waybill, house bill, house waybill.
const transportDocuments = "BM AAM AAS AWB BH HWB"

// reportTable is CUSCAR, in the shapes of D.95B and of D.03A and what lies between: the later ones add groups around
// references and parties and call GIS GEI.
var reportTable = &table[report]{
	segments: []entry[report]{
		{"BGM", "", []datum[report]{
			{1, 1, "direction", func(r *reader, m *report) {
				if m.name = r.seg.get(1, 1); m.name == cargoArriving || m.name == cargoDeparting { // all that it says is kept
					r.seg.take(1, 1)
				}
			}},
			text(2, 1, "batch", func(m *report) *string { return &m.number }),
			text(3, 1, "function", func(m *report) *string { return &m.document.Function }),
		}},
		{"LOC", "22 41 42", []datum[report]{text(2, 1, "office", func(m *report) *port.CustomsOffice { return &m.document.Office })}},
		{"DTM", "132", []datum[report]{when("expected", func(m *report) *port.Time { return &m.document.Expected })}},
	},
	groups: []group[report]{
		within("NAD", "CA", []datum[report]{text(2, 1, "carrier", func(m *report) *string { return &m.document.Carrier })}, &table[report]{skipped: "CTA COM"}),
		ignored[report]("NAD", "DTM CTA COM"),
		within("TDT", "20 11", meansData, meansTable),
		ignored[report]("TDT", "LOC DTM"),
		many("EQD", "", "", func(m *report) *[]equipment { return &m.equipment }, []datum[equipment]{
			text(1, 1, "", func(e *equipment) *string { return &e.qualifier }),
			{2, 1, "", func(r *reader, e *equipment) {
				e.id, e.line, e.path = strings.Clone(r.seg.take(2, 1)), r.line(), r.path(true)
			}},
		}, equipmentTable, nil),
		many("CNI", "", "waybills", func(m *report) *[]bill { return &m.bills }, []datum[bill]{
			counted[bill](1, 1),
			text(2, 1, "number", func(b *bill) *string { return &b.consignment }),
		}, billTable, func(r *reader, b *bill) bool { // one consignment of several documents is several waybills
			return r.seg.tag == "RFF" && qualified(&r.seg, transportDocuments) && b.reference != "" && b.reference != r.seg.get(1, 2)
		}),
	},
	skipped: "RFF FTX QTY GIS GEI AUT CNT LOC DTM",
}

// look is a component from which something follows for the model, and which is not kept itself: it is told like any other.
func look[T any](element, component int, field string, at func(*T) *string) datum[T] {
	return datum[T]{element, component, field, func(r *reader, t *T) {
		if to := at(t); *to == "" {
			*to = r.seg.get(element, component)
		}
	}}
}

// counted is a number that only says which in a list something is.
func counted[T any](element, component int) datum[T] {
	return datum[T]{element, component, "", func(r *reader, _ *T) { r.seg.take(element, component) }}
}

// modes are the modes of transport, UN/ECE Recommendation 19, by which these ports are crossed.
var modes = map[string]port.ConveyanceKind{"2": port.TrainSet, "3": port.Truck, "4": port.Aircraft}

var meansData = []datum[report]{
	text(2, 1, "batch", func(m *report) *string { return &m.journey }),
	{3, 1, "vehicle/kind", func(r *reader, m *report) {
		mode := r.seg.take(3, 1)
		kind, known := modes[mode]
		if !known { // the rest of the document still is what it is
			r.warn("edifact.mode", clip(mode))
		}
		m.document.Vehicle.Kind = kind
	}},
	text(5, 1, "carrier", func(m *report) *string { return &m.carrier }),
	text(8, 1, "vehicle/plate", func(m *report) *string { return &m.means }),
	text(8, 5, "vehicle/nationality", func(m *report) *port.Country { return &m.document.Vehicle.Nationality }),
}

var meansTable = &table[report]{
	segments: []entry[report]{
		{"LOC", "5 9 125", []datum[report]{look(2, 1, "direction", func(m *report) *string { return &m.departure })}},
		{"LOC", "60 11 8 87", []datum[report]{look(2, 1, "direction", func(m *report) *string { return &m.arrival })}},
		{"LOC", "22 41 42", []datum[report]{text(2, 1, "office", func(m *report) *port.CustomsOffice { return &m.document.Office })}},
		{"DTM", "132 232", []datum[report]{when("expected", func(m *report) *port.Time { return &m.document.Expected })}},
	},
	skipped: "LOC DTM",
}

var equipmentTable = &table[equipment]{
	segments: []entry[equipment]{
		{"MEA", "T", []datum[equipment]{mass(3, 2, 3, 1, "", func(e *equipment) *port.Kilograms { return &e.tare })}},
		{"SEL", "", []datum[equipment]{each(1, 1, "", func(e *equipment) *[]string { return &e.seals }, manifest.MaxSeals)}},
	},
	groups:  []group[equipment]{ignored[equipment]("TMP", "RNG")},
	skipped: "TSR MEA DIM NAD GIS GEI LOC",
}

var billTable = &table[bill]{
	segments: []entry[bill]{
		{"RFF", transportDocuments, []datum[bill]{text(1, 2, "number", func(b *bill) *string { return &b.reference })}},
		{"LOC", "9 76", []datum[bill]{look(2, 1, "", func(b *bill) *string { return &b.loading })}},
		{"LOC", "11", []datum[bill]{look(2, 1, "", func(b *bill) *string { return &b.discharge })}},
		{"CNT", "7", []datum[bill]{mass(1, 2, 1, 3, "gross_mass", func(b *bill) *port.Kilograms { return &b.gross })}},
		{"CNT", "11", []datum[bill]{number(1, 2, "packages", func(b *bill) *int64 { return &b.packages })}},
		{"CNT", "8", []datum[bill]{number(1, 2, "packages", func(b *bill) *int64 { return &b.pieces })}},
	},
	groups: []group[bill]{
		within("NAD", "CZ", named("consignor", func(b *bill) *string { return &b.consignor }), partyInside),
		within("NAD", "CN", named("consignee", func(b *bill) *string { return &b.consignee }), partyInside),
		ignored[bill]("NAD", "DTM RFF CTA COM"),
		ignored[bill]("TDT", "LOC DTM MEA RFF TSR"),
		ignored[bill]("QTY", "FTX"),
		many("GID", "", "", func(b *bill) *[]goods { return &b.goods }, []datum[goods]{
			counted[goods](1, 1),
			number(2, 1, "packages", func(g *goods) *int64 { return &g.packages }),
		}, goodsTable, nil),
	},
	skipped: "RFF CNT MOA LOC GIS GEI CUX CPI",
}

var partyInside = &table[bill]{skipped: "DTM RFF CTA COM"}

// named is the name of a party as it is written: in C080, else in C058.
func named(field string, at func(*bill) *string) []datum[bill] {
	return []datum[bill]{lines(4, 1, 5, field, at), lines(3, 1, 5, field, at)}
}

var goodsTable = &table[goods]{
	segments: []entry[goods]{
		{"FTX", "AAA", []datum[goods]{lines(4, 1, 5, "goods", func(g *goods) *string { return &g.description })}},
		{"MEA", "G AAB AAD WT", []datum[goods]{mass(3, 2, 3, 1, "gross_mass", func(g *goods) *port.Kilograms { return &g.gross })}},
		{"SGP", "", []datum[goods]{each(1, 1, "containers", func(g *goods) *[]string { return &g.containers }, maxRepeat)}},
		{"DGS", "", []datum[goods]{text(3, 1, "dangerous", func(g *goods) *string { return &g.dangerous })}},
		{"CST", "", []datum[goods]{
			counted[goods](1, 1),
			text(2, 1, "hs", func(g *goods) *port.HSCode { return &g.hs }),
		}},
	},
	groups: []group[goods]{
		ignored[goods]("GIS", "DOC"), ignored[goods]("GEI", "DTM DOC PAC MEA"), ignored[goods]("QTY", ""),
	},
	skipped: "PAC HAN FTX MEA MOA PCI LOC TMD",
}
