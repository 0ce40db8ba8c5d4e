package singlewindow

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/exchange/table"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// road is a message of the road manifest family 公路舱单, all but the confirmations: they name a crossing, its vehicle and
// its waybills, and say different things of them.
type road struct {
	doc     manifest.Document
	place   string // where goods came in, or were counted
	at      port.Time
	agent   string
	remarks []string // by waybill
	next    crossing // of a reassignment
}

// crossing is where waybills go instead.
type crossing struct {
	batch port.BatchNumber
	plate port.Plate
}

// form is what the kind of a message says.
type form struct {
	kind      exchange.Kind
	direction port.Direction
	loaded    string // of a confirmation
}

// forms are the messages of the family (domain facts §2.4).
var forms = map[string]form{
	"MT1401": {exchange.KindManifest, port.Import, manifest.Laden},
	"MT2401": {exchange.KindManifest, port.Export, manifest.Laden},
	"MT3402": {exchange.KindReport, port.Export, ""},
	"MT4401": {exchange.KindConfirmation, port.Import, manifest.Laden},
	"MT4402": {exchange.KindConfirmation, port.Export, manifest.Laden},
	"MT4403": {exchange.KindConfirmation, port.Import, manifest.Empty},
	"MT4404": {exchange.KindConfirmation, port.Export, manifest.Empty},
	"MT4405": {exchange.KindConfirmation, port.Import, manifest.EmptyContainer},
	"MT4406": {exchange.KindConfirmation, port.Export, manifest.EmptyContainer},
	"MT5401": {exchange.KindReport, port.Import, ""},
	"MT5402": {exchange.KindReport, port.Export, ""},
	"MT7402": {exchange.KindPacking, port.Export, ""},
	"MT8401": {exchange.KindReload, port.Import, ""},
	"MT8402": {exchange.KindReload, port.Export, ""},
	"MT8403": {exchange.KindReload, port.Import, ""},
	"MT8404": {exchange.KindReload, port.Export, ""},
}

// reassigns tells 落装改配: the goods go with another crossing.
func reassigns(message string) bool { return message == "MT8403" || message == "MT8404" }

// classes are the tables of the family, by message.
var classes = func() map[string]table.Class[road] {
	all := map[string]table.Class[road]{}
	for message, f := range forms {
		if f.kind != exchange.KindConfirmation {
			all[message] = roadClass(message)
		}
	}
	return all
}()

func roadClass(message string) table.Class[road] {
	f := forms[message]
	c := table.Class[road]{table.Text("DeclarationOfficeID", "office", func(d *road) *port.CustomsOffice { return &d.doc.Office })}
	batch := table.Text("ID", "batch", func(d *road) *port.BatchNumber { return &d.doc.Batch })
	agent := func(json string) table.Member[road] {
		return table.In("Agent", table.Text("ID", json, func(d *road) *string { return &d.agent }))
	}
	plate := table.In("BorderTransportMeans",
		table.Text("ID", "plate", func(d *road) *port.Plate { return &d.doc.Vehicle.Plate }),
		fixed[road]("TypeCode", "3", "4"))
	reason := table.In("Amendment", table.Text("ChangeReasonCode", "reason", func(d *road) *string { return &d.doc.Reason }))
	lines := func(of table.Class[manifest.Waybill]) table.Member[road] {
		return table.Many("Consignment", "waybills", func(d *road) *[]manifest.Waybill { return &d.doc.Waybills }, of)
	}
	place := func(name, time string) table.Member[road] {
		return table.In(name, when(time, "at", func(d *road) *port.Time { return &d.at }), table.Text("ID", "place", func(d *road) *string { return &d.place }))
	}
	switch {
	case f.kind == exchange.KindManifest:
		name, time, transit := "UnloadingLocation", "ArrivalDateTime", "TransitDestination"
		if f.direction == port.Export {
			name, time, transit = "LoadingLocation", "LoadingDateTime", "TransitDeparture"
		}
		return append(c, batch, reason,
			table.One("BorderTransportMeans", "vehicle", func(d *road) *manifest.Vehicle { return &d.doc.Vehicle }, vehicleClass),
			table.In("Carrier", table.Text("ID", "carrier", func(d *road) *string { return &d.doc.Carrier })),
			lines(waybillClass(transit)), table.In(name, when(time, "expected", func(d *road) *port.Time { return &d.doc.Expected })))
	case message == "MT3402":
		return append(c, batch, agent("operator"), plate, remarked(), place("UnloadingLocation", "ArrivalDateTime"))
	case message == "MT5401":
		return append(c, batch, agent("operator"), plate, remarked(), place("UnloadingLocation", "CompletedDateTime"))
	case message == "MT5402":
		return append(c, batch, agent("operator"), plate, remarked(), place("LoadingLocation", "CompletedDateTime"))
	case f.kind == exchange.KindPacking:
		return append(c, agent("packer"), divided(lines(countedClass(containerClass))))
	case reassigns(message):
		return append(c, batch, reason, plate, reassigned())
	}
	return append(c, batch, reason, plate, lines(table.Class[manifest.Waybill]{contract}))
}

var vehicleClass = table.Class[manifest.Vehicle]{
	table.Text("ID", "plate", func(v *manifest.Vehicle) *port.Plate { return &v.Plate }),
	table.Text("Name", "mark", func(v *manifest.Vehicle) *string { return &v.Mark }),
	fixed[manifest.Vehicle]("TypeCode", "3", "4"),
}

// line is a consignment with what some messages say of it besides.
type line struct {
	waybill manifest.Waybill
	remark  string
	next    crossing
}

// beside is a consignment that is read as a line; take keeps what belongs to the message, and of gives it back.
func beside(c table.Class[line], take func(r *table.Reader, d *road, l *line), of func(d *road, i int) line) table.Member[road] {
	return table.Member[road]{
		Name: "Consignment",
		Many: true,
		Read: func(r *table.Reader, d *road) error {
			if len(d.doc.Waybills) >= table.MaxRepeat {
				r.Fail("exchange.too_many", strconv.Itoa(table.MaxRepeat))
				return r.XML.Skip()
			}
			r.Model("waybills")
			r.Index(len(d.doc.Waybills))
			var l line
			if err := c.Read(r, &l); err != nil {
				return err
			}
			take(r, d, &l)
			d.doc.Waybills = append(d.doc.Waybills, l.waybill)
			return nil
		},
		Write: func(w *table.Writer, d *road) {
			for i := range d.doc.Waybills {
				l := of(d, i)
				l.waybill = d.doc.Waybills[i]
				w.Element("Consignment", func() { c.Write(w, &l) })
			}
		},
	}
}

func ofLine(l *line) *manifest.Waybill { return &l.waybill }

// remarked is a consignment with a remark, such as what is damaged 残损.
func remarked() table.Member[road] {
	c := append(table.Class[line]{
		table.In("AdditionalInformation", table.Text("Content", "remark", func(l *line) *string { return &l.remark })),
	}, table.Lift(countedClass(sealedClass), ofLine)...)
	return beside(c,
		func(_ *table.Reader, d *road, l *line) { d.remarks = append(d.remarks, l.remark) },
		func(d *road, i int) line { return line{remark: d.remarks[i]} })
}

// reassigned is a consignment with the crossing that it goes with instead, which all of a message share.
func reassigned() table.Member[road] {
	c := append(table.Class[line]{
		table.In("BorderTransportMeans",
			table.Text("ID", "", func(l *line) *port.Plate { return &l.next.plate }),
			table.Text("JourneyID", "", func(l *line) *port.BatchNumber { return &l.next.batch }),
		),
	}, table.Lift(table.Class[manifest.Waybill]{contract}, ofLine)...)
	return beside(c, func(r *table.Reader, d *road, l *line) {
		switch {
		case l.next.batch == "":
			r.Fail("singlewindow.no_crossing")
		case len(d.doc.Waybills) > 0 && l.next != d.next:
			r.Fail("singlewindow.two_crossings", table.Clip(string(d.next.batch)), table.Clip(string(l.next.batch)))
		}
		d.next = l.next
	}, func(d *road, _ int) line { return line{next: d.next} })
}

// divided warns of a waybill whose boxes are several, or none, since what lies in each is then not said.
func divided(m table.Member[road]) table.Member[road] {
	read := m.Read
	m.Read = func(r *table.Reader, d *road) error {
		err := read(r, d)
		if n := len(d.doc.Waybills); err == nil && n > 0 {
			if w := &d.doc.Waybills[n-1]; len(w.Containers) == 0 || len(w.Containers) > 1 && (w.GrossMass != 0 || w.Packages != 0) {
				r.Warn("", "singlewindow.undivided", strconv.Itoa(len(w.Containers)))
			}
		}
		return err
	}
	return m
}

var contract = table.In("TransportContractDocument", table.Text("ID", "number", func(w *manifest.Waybill) *string { return &w.Number }))

var gross = table.In("GovernmentAgencyGoodsItem", table.In("GoodsMeasure",
	table.Mass("GrossMassMeasure", "gross_mass", func(w *manifest.Waybill) *port.Kilograms { return &w.GrossMass })))

func boxes(of table.Class[manifest.Container]) table.Member[manifest.Waybill] {
	return table.Many("TransportEquipment", "containers", func(w *manifest.Waybill) *[]manifest.Container { return &w.Containers }, of)
}

// countedClass is a waybill as it is counted.
func countedClass(of table.Class[manifest.Container]) table.Class[manifest.Waybill] {
	return table.Class[manifest.Waybill]{
		table.Number("TotalPackageQuantity", "packages", func(w *manifest.Waybill) *int64 { return &w.Packages }), gross, contract, boxes(of),
	}
}

func waybillClass(transit string) table.Class[manifest.Waybill] {
	return table.Class[manifest.Waybill]{
		packages("TotalPackageQuantity", func(w *manifest.Waybill) *int64 { return &w.Packages }, func(w *manifest.Waybill) *string { return &w.Packaging }),
		table.In("Consignee",
			table.Text("ID", "consignee_id", func(w *manifest.Waybill) *string { return &w.ConsigneeID }),
			table.Text("Name", "consignee", func(w *manifest.Waybill) *string { return &w.Consignee }),
		),
		table.Many("ConsignmentItem", "items", func(w *manifest.Waybill) *[]manifest.Item { return &w.Items }, itemClass),
		table.In("Consignor",
			table.Text("ID", "consignor_id", func(w *manifest.Waybill) *string { return &w.ConsignorID }),
			table.Text("Name", "consignor", func(w *manifest.Waybill) *string { return &w.Consignor }),
		),
		gross,
		table.In("GovernmentProcedure", table.Text("CurrentCode", "procedure", func(w *manifest.Waybill) *string { return &w.Procedure })),
		table.In(transit, table.Text("ID", "transit_office", func(w *manifest.Waybill) *port.CustomsOffice { return &w.Transit })),
		contract,
		boxes(containerClass),
	}
}

// sealedClass is a box of which only number and seals are kept.
var sealedClass = table.Class[manifest.Container]{
	table.Text("ID", "number", func(c *manifest.Container) *port.ContainerNumber { return &c.Number }),
	table.Many("Seal", "seals", func(c *manifest.Container) *[]string { return &c.Seals }, table.Class[string]{
		table.Text("ID", "", table.Self[string]),
	}),
	readOnly(leaves("SealID", "seals", func(c *manifest.Container) *[]string { return &c.Seals })),
}

var containerClass = append(slices.Clone(sealedClass),
	table.Mass("TareWeight", "tare", func(c *manifest.Container) *port.Kilograms { return &c.Tare }))

var itemClass = table.Class[manifest.Item]{
	table.Number("SequenceNumeric", "number", func(i *manifest.Item) *int64 { return &i.Number }),
	table.In("Commodity",
		table.Text("CargoDescription", "goods", func(i *manifest.Item) *string { return &i.Goods }),
		table.Text("Description", "details", func(i *manifest.Item) *string { return &i.Details }),
		classification,
	),
	table.In("GoodsMeasure", table.Mass("GrossMassMeasure", "gross_mass", func(i *manifest.Item) *port.Kilograms { return &i.GrossMass })),
	table.In("Packaging", packages("QuantityQuantity", func(i *manifest.Item) *int64 { return &i.Packages }, func(i *manifest.Item) *string { return &i.Packaging })),
}

// classification is a UN number where it has four digits, else a code of the tariff: manifests write both here.
var classification = func() table.Member[manifest.Item] {
	type class struct{ id string }
	c := table.Class[class]{table.Text("ID", "", func(c *class) *string { return &c.id })}
	write := func(w *table.Writer, id string) {
		w.Element("Classification", func() { c.Write(w, &class{id}) })
	}
	return table.Member[manifest.Item]{
		Name: "Classification",
		Many: true,
		Read: func(r *table.Reader, i *manifest.Item) error {
			var read class
			err := c.Read(r, &read)
			const digits = 4
			dangerous := len(read.id) == digits && strings.Trim(read.id, "0123456789") == ""
			switch {
			case err != nil || read.id == "":
			case dangerous && i.Dangerous == "":
				r.Model("dangerous")
				i.Dangerous = read.id
			case !dangerous && i.HS == "":
				r.Model("hs")
				i.HS = port.HSCode(read.id)
			default:
				r.Fail("xml.repeated", "Classification")
			}
			return err
		},
		Write: func(w *table.Writer, i *manifest.Item) {
			write(w, i.Dangerous)
			write(w, string(i.HS))
		},
	}
}()

// settle fills what the tables cannot: the kind of the message says it, or several fields do.
func (d *road) settle(message, function string) {
	f := forms[message]
	d.doc.Message, d.doc.Function, d.doc.Direction, d.doc.Loaded = message, function, f.direction, f.loaded
	known(&d.doc.Vehicle)
	for i := range d.doc.Waybills {
		describe(&d.doc.Waybills[i])
	}
}

// describe says of a waybill what the first of its lines says that has it.
func describe(w *manifest.Waybill) {
	for i := range w.Items {
		it := &w.Items[i]
		w.Goods, w.HS, w.Dangerous = cmp.Or(w.Goods, it.Goods), cmp.Or(w.HS, it.HS), cmp.Or(w.Dangerous, it.Dangerous)
	}
}

// known takes for the plate the name of the conveyance, where that has the form of a plate and the code has not.
func known(v *manifest.Vehicle) {
	if plate := port.Plate(v.Mark); v.Mark != "" && plate.Country() != "" && v.Plate.Country() == "" || v.Plate == "" {
		v.Plate, v.Mark = plate, string(v.Plate)
	}
}

// document is what the message says, as the model has it.
func (d *road) document() any {
	doc := &d.doc
	switch forms[doc.Message].kind {
	case exchange.KindManifest:
		return doc
	case exchange.KindReport:
		return d.report()
	case exchange.KindPacking:
		return d.packing()
	}
	l := &manifest.Reload{
		Message: doc.Message, Direction: doc.Direction, Function: doc.Function, Office: doc.Office, Batch: doc.Batch, Plate: doc.Vehicle.Plate,
		To: d.next.batch, ToPlate: d.next.plate, Reason: doc.Reason,
	}
	for i := range doc.Waybills {
		l.Waybills = append(l.Waybills, doc.Waybills[i].Number)
	}
	return l
}

func (d *road) report() *cargo.Report {
	doc := &d.doc
	r := &cargo.Report{
		Kind: cargo.TallyReport, Message: doc.Message, Function: doc.Function, Direction: doc.Direction, Office: doc.Office,
		Place: d.place, Operator: d.agent, Batch: doc.Batch, Plate: doc.Vehicle.Plate, At: d.at,
	}
	if doc.Message == "MT3402" {
		r.Kind = cargo.ArrivalReport
	}
	for i := range doc.Waybills {
		w := &doc.Waybills[i]
		line := cargo.ReportLine{Waybill: w.Number, GrossMass: w.GrossMass, Packages: w.Packages, Remark: d.remarks[i]}
		for _, c := range w.Containers {
			line.Containers = append(line.Containers, c.Number)
			line.Seals = append(line.Seals, c.Seals...)
		}
		r.Lines = append(r.Lines, line)
	}
	return r
}

// packing turns waybills with their boxes into boxes with their waybills. How a waybill that lies in several boxes is
// divided is not said, so the mass and number are only kept where it lies in one.
func (d *road) packing() *manifest.Packing {
	p := &manifest.Packing{Message: d.doc.Message, Function: d.doc.Function, Office: d.doc.Office, Packer: d.agent}
	for i := range d.doc.Waybills {
		w := &d.doc.Waybills[i]
		for _, c := range w.Containers {
			n := slices.IndexFunc(p.Boxes, func(b manifest.PackedBox) bool { return b.Number == c.Number })
			if n < 0 {
				n = len(p.Boxes)
				p.Boxes = append(p.Boxes, manifest.PackedBox{Container: c})
			}
			goods := manifest.PackedGoods{Waybill: w.Number}
			if len(w.Containers) == 1 {
				goods.GrossMass, goods.Packages = w.GrossMass, w.Packages
			}
			p.Boxes[n].Goods = append(p.Boxes[n].Goods, goods)
		}
	}
	return p
}
