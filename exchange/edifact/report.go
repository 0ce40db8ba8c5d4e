package edifact

import (
	"strings"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// The names of cargo reports that say which way the vehicle goes, UN/EDIFACT 1001.
const (
	cargoArriving  = "933"
	cargoDeparting = "833"
)

// readReport reads a CUSCAR.
func readReport(r *reader) any {
	var m report
	reportTable.read(r, &m, nil)
	r.interchange.messages[len(r.interchange.messages)-1].number = m.number
	return m.settle(r)
}

// settle makes the manifest of what was read.
func (m *report) settle(r *reader) *manifest.Document {
	d := &m.document
	d.Direction = m.direction()
	switch d.Function { // by meaning, where the manifest's own function has another number
	case "1":
		d.Function = manifest.FunctionDelete
	case "4":
		d.Function = manifest.FunctionChange
	}
	if d.Carrier == "" {
		d.Carrier = m.carrier
	} else if m.carrier != "" && m.carrier != d.Carrier {
		r.warn("edifact.repeated")
	}
	switch {
	case d.Batch == "":
		d.Batch = port.BatchNumber(m.number)
	case m.number != "" && m.number != string(d.Batch):
		r.warn("edifact.number_lost")
	}
	for i := range m.bills {
		d.Waybills = append(d.Waybills, m.bills[i].waybill(r, m.equipment))
	}
	m.place(r)
	return d
}

// direction is which way the vehicle goes, seen from China: by the name of the report, else by the places between which
// it travels, else by those of its first bill. Where neither tells, it stays open and the manifest's own check asks.
func (m *report) direction() port.Direction {
	switch m.name {
	case cargoArriving:
		return port.Import
	case cargoDeparting:
		return port.Export
	}
	from, to := m.departure, m.arrival
	if len(m.bills) > 0 && !inChina(from) && !inChina(to) {
		from, to = m.bills[0].loading, m.bills[0].discharge
	}
	switch {
	case inChina(to) && !inChina(from):
		return port.Import
	case inChina(from) && !inChina(to):
		return port.Export
	}
	return ""
}

func inChina(place string) bool {
	return len(place) == 5 && strings.HasPrefix(place, string(port.China))
}

// waybill makes one waybill of a bill: its lines of goods are added up, since a manifest has one description and one
// mass for a waybill.
func (b *bill) waybill(r *reader, all []equipment) manifest.Waybill {
	w := manifest.Waybill{Number: b.reference, Consignor: b.consignor, Consignee: b.consignee}
	switch {
	case w.Number == "":
		w.Number = b.consignment
	case b.consignment != "" && b.consignment != b.reference:
		r.warn("edifact.number_lost")
	}
	var descriptions []string
	var gross port.Kilograms
	for i := range b.goods {
		g := &b.goods[i]
		if g.description != "" {
			descriptions = append(descriptions, g.description)
		}
		sum, err := gross.Add(g.gross)
		if !r.value(err) {
			return w
		}
		gross = sum
		w.Packages += min(g.packages, 1<<40) // no sum of 9,999 such lines overflows
		first(r, &w.HS, g.hs)
		first(r, &w.Dangerous, g.dangerous)
		for _, id := range g.containers {
			w.Containers = append(w.Containers, boxes(w.Containers, id, all)...)
		}
	}
	w.Goods = strings.Join(descriptions, "; ")
	w.GrossMass = gross
	if b.gross != 0 && gross == 0 {
		w.GrossMass = b.gross
	} else if b.gross != 0 && b.gross != gross {
		r.warn("edifact.total", b.gross.String(), gross.String())
	}
	stated := b.packages
	if stated == 0 {
		stated = b.pieces
	}
	if w.Packages == 0 {
		w.Packages = stated
	}
	return w
}

// first keeps the first of the values that the lines of a bill have, and tells of another.
func first[S ~string](r *reader, to *S, v S) {
	switch {
	case *to == "":
		*to = v
	case v != "" && v != *to:
		r.warn("edifact.first_line", string(*to))
	}
}

// boxes is the container of that number with what the report says of it; none where the bill has it already.
func boxes(have []manifest.Container, id string, all []equipment) []manifest.Container {
	for _, c := range have {
		if string(c.Number) == id {
			return nil
		}
	}
	box := manifest.Container{Number: port.ContainerNumber(id)}
	for i := range all {
		if all[i].id == id {
			box.Tare, box.Seals = all[i].tare, all[i].seals
			break
		}
	}
	return []manifest.Container{box}
}

// place gives the equipment that no line of goods names its place: a trailer is the vehicle's, and the containers of a
// report with one bill can only be that one's. Others are told.
func (m *report) place(r *reader) {
	for i := range m.equipment {
		e := &m.equipment[i]
		switch {
		case e.qualifier == "TE" && (m.document.Vehicle.Trailer == "" || string(m.document.Vehicle.Trailer) == e.id):
			m.document.Vehicle.Trailer = port.Plate(e.id)
		case e.named(m.document.Waybills):
		case e.qualifier == "CN" && len(m.document.Waybills) == 1:
			w := &m.document.Waybills[0]
			w.Containers = append(w.Containers, boxes(w.Containers, e.id, m.equipment)...)
		default:
			r.report(errs.Problem{Path: e.path, Line: max(e.line, 1), Rule: "edifact.equipment", Severity: errs.Warning, Args: []string{clip(e.id)}})
		}
	}
}

func (e *equipment) named(waybills []manifest.Waybill) bool {
	for i := range waybills {
		for _, c := range waybills[i].Containers {
			if string(c.Number) == e.id {
				return true
			}
		}
	}
	return false
}
