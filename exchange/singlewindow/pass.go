package singlewindow

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/guomen/guomen/exchange/table"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// pass is SAS121, the pass document of a special zone 核放单, while it is read.
type pass struct {
	doc       manifest.Document
	kind      string // passportTypecd
	io        string // I into the zone, E out of it
	related   string // number of the checklist or waybill, or several
	bills     []string
	frame     port.Kilograms
	container manifest.Container
	mass      port.Kilograms
	inside    firm // 区内企业
	declarer  firm // 申报企业
	items     []manifest.Item
}

// The kinds of pass 核放单类型 that say where the other end of the movement is (domain facts §3.10).
const (
	passBeforeDeclaring = "1" // 先入区后报关: over the line
	passFirstLine       = "2" // 一线一体化: over the line
	passSecondLine      = "3" // 二线
	passUndeclared      = "4" // 非报关
	passRegistered      = "5" // 卡口登记
	passEmpty           = "6" // 空车
)

var passHead = table.Class[pass]{
	table.Text("PassportNo", "pass", func(p *pass) *string { return &p.doc.Pass }),
	leafOf("PassportTypecd", "from", func(r *table.Reader, p *pass, value string) {
		switch p.kind = value; value {
		case passBeforeDeclaring, passFirstLine, passSecondLine, passUndeclared, passRegistered, passEmpty:
		default:
			r.Fail("singlewindow.code", table.Clip(value))
		}
	}, func(p *pass) string { return p.kind }),
	table.Text("MasterCuscd", "office", func(p *pass) *port.CustomsOffice { return &p.doc.Office }),
	leafOf("DclTypecd", "function", func(r *table.Reader, p *pass, value string) {
		if p.doc.Function = manifest.FunctionAdd; value != "1" { // what changes and ends a pass is not published
			r.Fail("singlewindow.code", table.Clip(value))
		}
	}, func(*pass) string { return "1" }),
	leafOf("IoTypecd", "direction", func(r *table.Reader, p *pass, value string) {
		if p.io = value; value != "I" && value != "E" {
			r.Fail("singlewindow.code", table.Clip(value))
		}
	}, func(p *pass) string { return p.io }),
	table.Text("RltNo", "waybills", func(p *pass) *string { return &p.related }),
	table.Text("AreainEtpsno", "", func(p *pass) *string { return &p.inside.code }),
	table.Text("AreainEtpsNm", "", func(p *pass) *string { return &p.inside.name }),
	table.Text("AreainEtpsSccd", "", func(p *pass) *string { return &p.inside.scc }),
	table.Text("VehicleNo", "vehicle/plate", func(p *pass) *port.Plate { return &p.doc.Vehicle.Plate }),
	table.Text("ContainerNo", "waybills/0/containers", func(p *pass) *port.ContainerNumber { return &p.container.Number }),
	table.Mass("VehicleWt", "vehicle/tare", func(p *pass) *port.Kilograms { return &p.doc.Vehicle.Tare }),
	table.Text("VehicleFrameNo", "vehicle/trailer", func(p *pass) *port.Plate { return &p.doc.Vehicle.Trailer }),
	table.Mass("VehicleFrameWt", "vehicle/trailer_tare", func(p *pass) *port.Kilograms { return &p.frame }),
	table.Mass("ContainerWt", "waybills/0/containers", func(p *pass) *port.Kilograms { return &p.container.Tare }),
	table.Mass("TotalGrossWt", "waybills/0/gross_mass", func(p *pass) *port.Kilograms { return &p.mass }),
	table.Text("DclEtpsno", "carrier", func(p *pass) *string { return &p.declarer.code }),
	table.Text("DclEtpsSccd", "carrier", func(p *pass) *string { return &p.declarer.scc }),
	table.Text("EtpsPreentNo", "reference", func(p *pass) *string { return &p.doc.Reference }),
}

// passMessage is the message within its envelope.
var passMessage = table.Class[pass]{
	table.In("PassportHead", passHead...),
	table.Many("PassportList", "waybills/0/items", func(p *pass) *[]manifest.Item { return &p.items }, table.Class[manifest.Item]{
		table.Number("PassportSeqNo", "number", func(i *manifest.Item) *int64 { return &i.Number }),
		table.Text("Gdecd", "hs", func(i *manifest.Item) *port.HSCode { return &i.HS }),
		table.Text("GdsNm", "goods", func(i *manifest.Item) *string { return &i.Goods }),
		table.Mass("GrossWt", "gross_mass", func(i *manifest.Item) *port.Kilograms { return &i.GrossMass }),
	}),
	repeated("PassportAcmp", table.Class[pass]{
		leafOf("RtlBillNo", "waybills", func(_ *table.Reader, p *pass, value string) { p.bills = append(p.bills, value) }, func(*pass) string { return "" }),
	}),
}

// settle makes the movement of what the pass says: between the zone and the line, or the zone and the country.
func (p *pass) settle(r *table.Reader) *manifest.Document {
	d := &p.doc
	d.Message = "SAS121"
	zone := port.Place{Kind: port.AtZone, Code: string(d.Office)}
	other := port.Place{Kind: port.AtFree}
	first := p.kind == passBeforeDeclaring || p.kind == passFirstLine
	if first {
		other.Kind = port.AtLine
	}
	// Over the first line, goods that go into the zone come from abroad; over the second, they come from the country.
	if p.io == "E" {
		d.From, d.To, d.Direction = zone, other, port.Import
	} else {
		d.From, d.To, d.Direction = other, zone, port.Export
	}
	if first {
		d.Direction = map[port.Direction]port.Direction{port.Import: port.Export, port.Export: port.Import}[d.Direction]
	}
	d.Carrier = cmp.Or(p.declarer.scc, p.declarer.code)
	if p.declarer.scc != "" && p.declarer.code != "" { // a carrier and a waybill's parties have one code here
		r.Warn("/PassportHead/DclEtpsno", "xml.not_modelled")
	}
	if p.inside.scc != "" && p.inside.code != "" {
		r.Warn("/PassportHead/AreainEtpsno", "xml.not_modelled")
	}
	d.Vehicle.TrailerTare = p.frame
	d.Vehicle.Tare += p.frame
	numbers := p.bills
	for number := range strings.SplitSeq(p.related, `\`) { // one vehicle with several 一车多票
		if number = strings.TrimSpace(number); number != "" && !slices.Contains(numbers, number) {
			numbers = append(numbers, number)
		}
	}
	if p.kind == passEmpty {
		d.Loaded = manifest.Empty
	} else if len(numbers) > 0 {
		d.Loaded = manifest.Laden
	}
	inside := p.inside.party()
	for _, number := range numbers {
		w := manifest.Waybill{Number: number}
		if p.io == "E" {
			w.Consignor, w.ConsignorID = inside.Name, inside.ID
		} else {
			w.Consignee, w.ConsigneeID = inside.Name, inside.ID
		}
		if p.container.Number != "" {
			w.Containers = []manifest.Container{p.container}
		}
		d.Waybills = append(d.Waybills, w)
	}
	switch {
	case len(d.Waybills) == 1:
		w := &d.Waybills[0]
		w.GrossMass, w.Items = p.mass, p.items
		describe(w)
	case p.mass != 0 || len(p.items) > 0 || p.container.Number != "" && len(numbers) == 0:
		r.Warn("", "singlewindow.undivided", strconv.Itoa(len(numbers)))
	}
	return d
}
