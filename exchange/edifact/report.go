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
	m.known(r)
	m.byID, m.placed = make(map[string]int, len(m.equipment)), map[string]bool{}
	for i := len(m.equipment) - 1; i >= 0; i-- { // of two with one number, the first
		m.byID[m.equipment[i].id] = i
	}
	for i := range m.bills {
		d.Waybills = append(d.Waybills, m.waybill(r, &m.bills[i]))
	}
	m.place(r)
	return d
}

// known says what the conveyance is known by: on the road by plate and batch number, else by the number of the train or
// flight, and by the mark of the means itself where it has none.
func (m *report) known(r *reader) {
	d := &m.document
	number := m.number
	if d.Vehicle.Kind.Road() {
		d.Vehicle.Plate = port.Plate(m.means)
		if d.Batch = port.BatchNumber(m.journey); d.Batch == "" {
			d.Batch, number = port.BatchNumber(m.number), ""
		}
		if number == string(d.Batch) {
			number = ""
		}
	} else if d.Vehicle.Mark = m.journey; d.Vehicle.Mark == "" {
		d.Vehicle.Mark = m.means
	} else if m.means != "" && m.means != m.journey {
		r.warn("edifact.number_lost")
	}
	if number != "" {
		r.warn("edifact.number_lost")
	}
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
func (m *report) waybill(r *reader, b *bill) manifest.Waybill {
	w := manifest.Waybill{Number: b.reference, Consignor: b.consignor, Consignee: b.consignee}
	switch {
	case w.Number == "":
		w.Number = b.consignment
	case b.consignment != "" && b.consignment != b.reference:
		r.warn("edifact.number_lost")
	}
	var descriptions []string
	held := map[string]bool{}
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
			if !held[id] {
				held[id] = true
				m.hold(&w, id)
			}
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

// hold notes that goods of a waybill lie in a piece of equipment, with what the report says of that.
func (m *report) hold(w *manifest.Waybill, id string) {
	e := equipment{id: id}
	if i, known := m.byID[id]; known {
		e = m.equipment[i]
	}
	m.placed[id] = true
	if e.qualifier == "RR" {
		w.Wagons = append(w.Wagons, manifest.Wagon{Number: id, Tare: e.tare, Seals: e.seals})
		return
	}
	w.Containers = append(w.Containers, manifest.Container{Number: port.ContainerNumber(id), Tare: e.tare, Seals: e.seals})
}

// place gives the equipment that no line of goods names its place: a trailer is the vehicle's, and the containers and
// wagons of a report with one bill can only be that one's. Others are told.
func (m *report) place(r *reader) {
	d := &m.document
	for i := range m.equipment {
		e := &m.equipment[i]
		switch {
		case e.qualifier == "TE" && (d.Vehicle.Trailer == "" || string(d.Vehicle.Trailer) == e.id):
			d.Vehicle.Trailer = port.Plate(e.id)
		case m.placed[e.id]:
		case (e.qualifier == "CN" || e.qualifier == "RR") && len(d.Waybills) == 1:
			m.hold(&d.Waybills[0], e.id)
		default:
			r.report(errs.Problem{Path: e.path, Line: e.line, Rule: "edifact.equipment", Severity: errs.Warning, Args: []string{clip(e.id)}})
		}
	}
}
