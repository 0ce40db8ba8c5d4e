package wco

import (
	"slices"
	"strings"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/port"
)

// What the model says in a field of its own and the data model in some general way is settled here, once for reading
// (settle) and once for writing (spread), the one undoing the other.

// The statements that hold what has no place in WCO DEC: StatementTypeCode CUS, UN/EDIFACT 4451 "customs declaration
// information", and one of these codes.
const (
	ownType   = "CUS"
	ownEarly  = "GUOMEN.EARLY"   // no text
	ownSteps  = "GUOMEN.STEPS"   // summary or full
	ownNet    = "GUOMEN.NETMASS" // kilograms
	ownBatch  = "GUOMEN.BATCH"   // where the journey has another number
	ownWindow = "GUOMEN.WINDOW"  // the single window's number
	ownLegal  = "GUOMEN.LEGAL"   // of a line, one for each legal quantity: number, blank, unit
	ownFirm   = "GUOMEN.CUSTOMS" // of a party, as a kind of communication
)

// hsType is UN/EDIFACT 7143 for a code of the Harmonized System.
const hsType = "HS"

// settle fills the fields that the tables cannot, after a declaration has been read.
func settle(d *doc) {
	if len(d.Transport) > 0 {
		d.Waybill, d.WaybillType = d.Transport[0].ID, d.Transport[0].Type
		d.Transport = d.Transport[1:]
		if len(d.Transport) == 0 {
			d.Transport = nil
		}
	} else {
		d.Waybill = waybillAmong(d)
	}
	if journeyIsBatch(d) {
		d.Batch, d.Border.Journey = port.BatchNumber(d.Border.Journey), ""
	}
	d.Statements = slices.DeleteFunc(d.Statements, func(s statement) bool { return own(d, s) })
	if len(d.Statements) == 0 {
		d.Statements = nil
	}
	for i := range d.Items {
		settleHS(&d.Items[i])
		settleLegal(&d.Items[i])
	}
	eachParty(d, settleFirm)
	d.Direction = direction(d)
}

// settleLegal takes the legal quantities of a line out of its statements.
func settleLegal(i *item) {
	i.Statements = slices.DeleteFunc(i.Statements, func(s statement) bool {
		number, unit, _ := strings.Cut(s.Text, " ")
		value, err := port.ParseQuantity(number)
		if s.Type != ownType || s.Code != ownLegal || s.Limit != 0 || len(s.Pointers) > 0 || err != nil {
			return false
		}
		i.Legal = append(i.Legal, measured{Value: value, Unit: unit})
		return true
	})
	if len(i.Statements) == 0 {
		i.Statements = nil
	}
}

// settleFirm takes a party's customs code out of its communications.
func settleFirm(p *party) {
	for n, c := range p.Communications {
		if c.Type == ownFirm && c.ID != "" {
			p.Customs = c.ID
			if p.Communications = slices.Delete(p.Communications, n, n+1); len(p.Communications) == 0 {
				p.Communications = nil
			}
			return
		}
	}
}

func spreadFirm(p *party) {
	if p.Customs != "" {
		p.Communications = append(slices.Clip(p.Communications), coded{ID: p.Customs, Type: ownFirm})
	}
}

// eachParty calls do for every party of a declaration.
func eachParty(d *doc, do func(*party)) {
	for _, p := range []*party{&d.Declarant, &d.Agent, &d.Importer, &d.Exporter, &d.Consignee, &d.Consignor, &d.Carrier, &d.Submitter} {
		do(p)
	}
	for i := range d.Parties {
		do(&d.Parties[i].Party)
	}
	for i := range d.Safety {
		do(&d.Safety[i].Consignor)
	}
	for i := range d.Items {
		do(&d.Items[i].Consignee)
		do(&d.Items[i].Consignor)
		for j := range d.Items[i].Parties {
			do(&d.Items[i].Parties[j].Party)
		}
	}
}

// spread is a copy of a declaration with the fields that have no element of their own put where settle finds them. The
// lists that it changes are copied too.
func spread(d *doc) *doc {
	out := *d
	if d.Waybill != "" && (d.WaybillType != "" || len(d.Transport) > 0 || d.Waybill != waybillAmong(d)) {
		out.Transport = append([]coded{{ID: d.Waybill, Type: d.WaybillType}}, d.Transport...)
	}
	say := func(code, text string) {
		out.Statements = append(slices.Clip(out.Statements), statement{Code: code, Type: ownType, Text: text})
	}
	if d.Batch != "" {
		if out.Border.Journey == "" {
			out.Border.Journey = string(d.Batch)
		}
		if !journeyIsBatch(&out) || out.Border.Journey != string(d.Batch) {
			out.Border.Journey = d.Border.Journey
			say(ownBatch, string(d.Batch))
		}
	}
	if d.Window != "" {
		say(ownWindow, d.Window)
	}
	if d.Early {
		say(ownEarly, "")
	}
	if d.Steps != "" {
		say(ownSteps, d.Steps)
	}
	if d.NetMass != 0 {
		say(ownNet, d.NetMass.String())
	}
	out.Items = slices.Clone(d.Items)
	for i := range out.Items {
		it := &out.Items[i]
		if it.HS != "" && it.HS != hsAmong(it.Classes) {
			it.Classes = append([]coded{{ID: string(it.HS), Type: hsType}}, it.Classes...)
		}
		for _, l := range it.Legal {
			it.Statements = append(slices.Clip(it.Statements), statement{Code: ownLegal, Type: ownType, Text: strings.TrimRight(l.Value.String()+" "+l.Unit, " ")})
		}
		it.Parties = slices.Clone(it.Parties)
	}
	out.Parties, out.Safety = slices.Clone(out.Parties), slices.Clone(out.Safety)
	eachParty(&out, spreadFirm)
	return &out
}

// own takes a statement of ours back into its field.
func own(d *doc, s statement) bool {
	if s.Type != ownType || s.Limit != 0 || len(s.Pointers) > 0 {
		return false
	}
	switch {
	case s.Code == ownEarly && s.Text == "":
		d.Early = true
	case s.Code == ownSteps && s.Text != "":
		d.Steps = s.Text
	case s.Code == ownWindow && s.Text != "":
		d.Window = s.Text
	case s.Code == ownBatch && s.Text != "":
		d.Batch = port.BatchNumber(s.Text)
	case s.Code == ownNet:
		mass, err := port.ParseKilograms(s.Text)
		if err != nil || mass == 0 {
			return false
		}
		d.NetMass = mass
	default:
		return false
	}
	return true
}

// journeyIsBatch tells whether the journey of the border means is a 货物运输批次号, which Chinese declarations write in
// the field for the voyage when goods come by road: 13 digits, and no mode of transport other than road.
func journeyIsBatch(d *doc) bool {
	if d.Border.Mode != "3" && d.Border.Mode != "" {
		return false
	}
	batch, err := port.ParseBatchNumber(d.Border.Journey)
	return err == nil && string(batch) == d.Border.Journey
}

// transportTypes are the codes of UN/EDIFACT 1001 that name a contract of carriage.
var transportTypes = map[string]bool{
	"703": true, // house waybill
	"704": true, // master bill of lading
	"705": true, // bill of lading
	"714": true, // house bill of lading
	"720": true, // rail consignment note
	"730": true, // road consignment note
	"740": true, // air waybill
	"741": true, // master air waybill
}

// waybillAmong finds the first contract of carriage among the previous and supporting documents, of the declaration and
// then of its lines.
func waybillAmong(d *doc) string {
	find := func(previous []previous, papers []paper) string {
		for _, p := range previous {
			if transportTypes[p.Type] && p.ID != "" {
				return p.ID
			}
		}
		for _, p := range papers {
			if transportTypes[p.Type] && p.ID != "" {
				return p.ID
			}
		}
		return ""
	}
	if id := find(d.Previous, d.Documents); id != "" {
		return id
	}
	for i := range d.Items {
		if id := find(d.Items[i].Previous, d.Items[i].Documents); id != "" {
			return id
		}
	}
	return ""
}

// settleHS takes the code of the Harmonized System out of the classifications, or makes it of a tariff code.
func settleHS(i *item) {
	for n, c := range i.Classes {
		if c.Type == hsType && c.ID != "" {
			i.HS = port.HSCode(c.ID)
			if i.Classes = slices.Delete(i.Classes, n, n+1); len(i.Classes) == 0 {
				i.Classes = nil
			}
			return
		}
	}
	i.HS = hsAmong(i.Classes)
}

// hsAmong makes the most specific code of a tariff code (TSP, eight digits) and its two further digits (TRC), as the
// profile of the European Union splits them.
func hsAmong(classes []coded) port.HSCode {
	find := func(kind string) string {
		for _, c := range classes {
			if c.Type == kind {
				return c.ID
			}
		}
		return ""
	}
	code := find("TSP")
	if further := find("TRC"); len(code) == 8 && len(further) == 2 {
		code += further
	}
	if code == "" || strings.Trim(code, "0123456789") != "" {
		return ""
	}
	return port.HSCode(code)
}

// direction is told by the type of the declaration: IM… import, EX… export; CO… is trade with parts of one customs
// territory and goes the way of its procedure. The types of amendments and cancellations (COR, INV) tell nothing.
func direction(d *doc) port.Direction {
	switch {
	case strings.HasPrefix(d.Type, "IM"):
		return port.Import
	case strings.HasPrefix(d.Type, "EX"):
		return port.Export
	case !strings.HasPrefix(d.Type, "CO") || d.Function == declaration.FunctionAmendment:
		return ""
	}
	for i := range d.Items {
		for _, p := range d.Items[i].Procedures {
			switch p.Current {
			case "10", "11", "21", "22", "23", "31", "76", "77":
				return port.Export
			case "01", "07", "40", "42", "43", "44", "45", "46", "48", "51", "53", "61", "63", "68", "71", "78", "95", "96":
				return port.Import
			}
		}
	}
	return ""
}
