package simulator

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/guomen/guomen/cargo"
	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// printer numbers and writes the papers of one port in one run of the simulator. Runs over the same ledger are counted,
// so that a second run with the same seed does not use the first one's numbers again.
type printer struct {
	profile *Profile
	id      port.PortID
	run     int
	guests  int // crossings made for visitors and for what lies in the yard so far
	trains  int // that were sent for something
}

// runsMost is how many runs a batch number has room for; then it begins again, when the first ones' are long closed.
const runsMost = 100

// guestsFrom is the first number of the crossings that are made for visitors, beyond those of any planned truck.
const guestsFrom = 90_000

// batch is the number of one crossing: two digits for the port, two for the run, the last of the year, three for the
// day, five for the crossing.
func (p *printer) batch(t *Truck, leg int) port.BatchNumber {
	day, _, _ := cutKey(t.Key)
	return p.number(day, 2*t.Number+leg)
}

// guest is the number of a crossing that is made for a visitor.
func (p *printer) guest(now time.Time) port.BatchNumber {
	p.guests++
	return p.number(now.In(beijing), guestsFrom+p.guests%(100_000-guestsFrom))
}

func (p *printer) number(day time.Time, n int) port.BatchNumber {
	at := 0
	for i := range p.profile.Ports {
		if p.profile.Ports[i].Port == p.id {
			at = i + 1
		}
	}
	return port.BatchNumber(fmt.Sprintf("%02d%02d%d%03d%05d", at, p.run, day.Year()%10, day.YearDay(), n))
}

// runOf reads the run from a batch number of this port; -1 where it is somebody else's.
func (p *printer) runOf(batch port.BatchNumber) int {
	mine := p.number(time.Time{}, 0)
	if len(batch) != len(mine) || batch[:2] != mine[:2] {
		return -1
	}
	run, err := strconv.Atoi(string(batch[2:4]))
	if err != nil {
		return -1
	}
	return run
}

func cutKey(key string) (time.Time, int, error) {
	day, err := time.ParseInLocation(time.DateOnly, key[:len(time.DateOnly)], beijing)
	if err != nil {
		return day, 0, err
	}
	number, err := strconv.Atoi(key[len(time.DateOnly)+1:])
	return day, number, err
}

// waybill is the number of the one waybill on a batch.
func waybill(batch port.BatchNumber) string { return "DEMO" + string(batch) }

// batchOf is the batch that a waybill's goods came on, from its number or from that of a lot of it.
func batchOf(number string) port.BatchNumber {
	whole, _ := cargo.ParseLot(number)
	return port.BatchNumber(strings.TrimPrefix(whole, "DEMO"))
}

// suffix sets the waybills of trains apart from those of earlier runs.
func (p *printer) suffix() string {
	if p.run == 0 {
		return ""
	}
	return "-" + strconv.Itoa(p.run)
}

// trainMark is the number of a train that is sent for something in the yard.
func (p *printer) trainMark() string {
	p.trains++
	return fmt.Sprintf("D%02d%04d", p.run, p.trains%10_000)
}

// reference is the trader's own number for what comes on a batch.
func reference(batch port.BatchNumber) string { return "SIM-" + string(batch) }

// manifest is what the carrier says of one leg.
func (p *printer) manifest(t *Truck, leg int, batch port.BatchNumber, expected port.Time) manifest.Document {
	l := &t.Legs[leg]
	d := manifest.Document{
		Direction: l.Direction, Function: "9", Batch: batch, Carrier: t.Carrier, Expected: expected, Loaded: manifest.Empty, Crew: t.Crew,
		Vehicle: manifest.Vehicle{Kind: t.Kind, Plate: t.Plate, Trailer: t.Trailer, Nationality: t.Nationality, Permit: t.Permit, Tare: t.Tare, Automated: t.Automated},
	}
	if t.Automated {
		d.Vehicle.Kind = port.AGV
	}
	if l.Unload {
		d.To = port.Place{Kind: port.AtYard, Code: "DEMO-" + string(p.id.Site())}
	}
	if l.Load == nil {
		return d
	}
	d.Loaded = manifest.Laden
	goods := p.profile.Goods[l.Load.Goods]
	w := manifest.Waybill{
		Number: waybill(batch), Goods: goods.Name, HS: goods.HS, GrossMass: l.Load.Mass, Packages: l.Load.Packed, Dangerous: goods.Dangerous,
		Consignor: l.Load.Abroad, Consignee: l.Load.Trader.Name,
	}
	if l.Direction == port.Export {
		w.Consignor, w.Consignee = w.Consignee, w.Consignor
	}
	for _, box := range l.Load.Boxes {
		w.Containers = append(w.Containers, manifest.Container{Number: box.Number, Tare: box.Tare, Seals: []string{box.Seal}})
	}
	d.Waybills = []manifest.Waybill{w}
	return d
}

// declaration is what a trader says of the goods on one waybill of a manifest.
func (p *printer) declaration(m *manifest.Document, waybill int, firm Firm, early bool) declaration.Document {
	bill := &m.Waybills[waybill]
	trader := declaration.Party{ID: firm.Code, Name: firm.Name}
	d := declaration.Document{
		Direction: m.Direction, Function: declaration.FunctionOriginal, Procedure: "0110", Early: early, Reference: reference(m.Batch),
		Batch: m.Batch, Waybill: bill.Number, WaybillType: "730", Declarant: trader, GoodsItems: 1,
		Border:    declaration.Means{ID: string(m.Vehicle.Known()), IDType: "30", Mode: "3", Nationality: m.Vehicle.Nationality},
		GrossMass: bill.GrossMass, NetMass: bill.GrossMass, Packages: bill.Packages,
	}
	item := declaration.Item{Number: 1, Description: bill.Goods, HS: bill.HS, GrossMass: bill.GrossMass, NetMass: bill.GrossMass}
	if m.Vehicle.Kind == port.TrainSet {
		d.Reference, d.Border.Mode, d.Border.IDType = "SIM-"+bill.Number, "2", ""
	}
	if bill.Dangerous != "" {
		item.Dangerous = []string{bill.Dangerous}
	}
	neighbour := p.profile.Of(p.id).Neighbour.Country
	if m.Direction == port.Import {
		d.Importer, d.Exporter = trader, declaration.Party{Name: bill.Consignor}
		d.Dispatch, d.Destination, item.Origin = neighbour, port.China, []declaration.Coded{{ID: string(neighbour)}}
	} else {
		d.Exporter, d.Importer = trader, declaration.Party{Name: bill.Consignee}
		d.Dispatch, d.Destination, item.Origin = port.China, neighbour, []declaration.Coded{{ID: string(port.China)}}
	}
	for i, box := range bill.Containers {
		d.Equipment = append(d.Equipment, declaration.Equipment{Number: int64(i + 1), ID: string(box.Number), Seals: box.Seals})
	}
	d.Items = []declaration.Item{item}
	return d
}

// contract is what a trader says, once for all of them, of loads that lie in the yard: one load, a part of one, or several
// under one declaration (归并).
func (p *printer) contract(lots []*lot) declaration.Document {
	bill := &lots[0].bill
	trader := declaration.Party{ID: firmNamed(bill.Consignee).Code, Name: bill.Consignee}
	neighbour := p.profile.Of(p.id).Neighbour.Country
	d := declaration.Document{
		Direction: port.Import, Function: declaration.FunctionOriginal, Procedure: "0110", Reference: "SIM-" + lots[0].waybill, Waybill: lots[0].waybill, WaybillType: "730",
		Declarant: trader, Importer: trader, Exporter: declaration.Party{Name: bill.Consignor}, Dispatch: neighbour, Destination: port.China, GoodsItems: 1,
	}
	for i, l := range lots {
		d.GrossMass += l.left()
		if i > 0 {
			d.Transport = append(d.Transport, declaration.Coded{ID: l.waybill, Type: d.WaybillType})
		}
	}
	d.NetMass = d.GrossMass
	d.Items = []declaration.Item{{
		Number: 1, Description: bill.Goods, HS: bill.HS, GrossMass: d.GrossMass, NetMass: d.GrossMass, Origin: []declaration.Coded{{ID: string(neighbour)}},
	}}
	return d
}
