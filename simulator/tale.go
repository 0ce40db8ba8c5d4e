package simulator

import (
	"fmt"

	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// The goods and vehicles of the stories. All are invented.
const (
	coalName  = "炼焦煤"
	coalCode  = "2701121000"
	tareStory = 18 * port.Tonne
)

func lorry(plate port.Plate, nation port.Country) manifest.Vehicle {
	v := manifest.Vehicle{Plate: plate, Nationality: nation, Tare: tareStory}
	if nation != port.China {
		v.Permit = "C-STORY-" + string(plate) // one vehicle, one permit
	}
	return v
}

var storyYard = port.Place{Kind: port.AtYard, Code: "DEMO-YARD"}

// coalToYard: coal comes to the yard on one vehicle, is declared there, and leaves on three others. The vehicle goes home
// empty.
func coalToYard(t *teller) {
	const all = 90 * port.Tonne
	coal := t.goods("W1", coalName, coalCode, all)
	plate := t.foreign()
	in := t.announce("in", manifest.Document{Direction: port.Import, Vehicle: lorry(plate, port.Mongolia), To: storyYard, Waybills: []manifest.Waybill{coal}})
	truck := seen{plate: plate, direction: port.Import}
	t.shuts(truck, port.DueEntryGate, tareStory+all, string(kindCrew))
	t.step("announced", page(in), string(plate))
	t.settle(in)
	t.opens(truck, port.DueEntryGate, tareStory+all)
	lot := t.lot("coal", in, coal.Number)
	t.step("entered", page(in), string(plate))
	t.detach("yard_operator", in, in, reasonUnloaded)
	t.stands(in, "left")
	t.lies(lot, all)
	t.step("unloaded", search(coal.Number), "90")
	home := t.announce("home", manifest.Document{Direction: port.Export, Vehicle: lorry(plate, port.Mongolia), Loaded: manifest.Empty})
	t.settle(home)
	back := seen{plate: plate, direction: port.Export}
	t.opens(back, port.DueEntryGate, 0)
	t.opens(back, port.DueExitGate, 0)
	t.step("home", page(home), string(plate))

	t.declare("coal", coal, all, false)
	fetch := func(name string, mass port.Kilograms) (port.ID, seen) {
		part, plate := coal, t.local()
		part.OnVehicle = mass
		id := t.announce(name, manifest.Document{Direction: port.Import, Vehicle: lorry(plate, port.China), From: storyYard, Waybills: []manifest.Waybill{part}})
		t.settle(id, port.CustomsRelease)
		v := seen{plate: plate, direction: port.Import}
		t.opens(v, port.DueEntryGate, tareStory)
		return id, v
	}
	first, one := fetch("first", 30*port.Tonne)
	t.shuts(one, port.DueExitGate, tareStory+30*port.Tonne, string(port.CustomsRelease))
	t.step("waits", page(first), string(one.plate))
	t.release(lot)
	t.opens(one, port.DueExitGate, tareStory+30*port.Tonne)
	t.step("released", page(first), string(one.plate))
	second, two := fetch("second", 30*port.Tonne)
	t.shuts(two, port.DueExitGate, tareStory+37*port.Tonne, "more_than_promised")
	t.step("overloaded", page(second), string(two.plate))
	t.opens(two, port.DueExitGate, tareStory+30*port.Tonne)
	_, three := fetch("third", 30*port.Tonne)
	t.lies(lot, 30*port.Tonne)
	t.opens(three, port.DueExitGate, tareStory+30*port.Tonne)
	t.lies(lot, 0)
}

// sixtyTrucks: one declaration covers sixty vehicles; customs decides once.
func sixtyTrucks(t *teller) {
	const trucks, each = 60, 30 * port.Tonne
	var bills []manifest.Waybill
	var ids []port.ID
	var vehicles []seen
	for n := range trucks {
		bill, plate := t.goods(fmt.Sprintf("W%02d", n+1), coalName, coalCode, each), t.local()
		bills, vehicles = append(bills, bill), append(vehicles, seen{plate: plate, direction: port.Import})
		ids = append(ids, t.announce(fmt.Sprintf("truck%02d", n+1), manifest.Document{Direction: port.Import, Vehicle: lorry(plate, port.China), Waybills: []manifest.Waybill{bill}}))
	}
	if t.failed() {
		return
	}
	t.step("announced", page(ids[0]), count(trucks))
	var further []string
	for _, bill := range bills[1:] {
		further = append(further, bill.Number)
	}
	t.declare("all", bills[0], trucks*each, true, further...)
	t.step("declared", search(bills[0].Number), count(trucks))
	enter := func(n int) {
		t.settle(ids[n], port.CustomsRelease)
		t.opens(vehicles[n], port.DueEntryGate, tareStory+each)
	}
	enter(41)
	t.shuts(vehicles[41], port.DueExitGate, 0, string(port.CustomsRelease))
	t.step("waits", page(ids[41]), string(vehicles[41].plate))
	t.release(t.lot("first", ids[0], bills[0].Number))
	t.opens(vehicles[41], port.DueExitGate, 0)
	t.step("released", page(ids[41]), count(trucks))
	for n := range trucks {
		if n != 41 {
			enter(n)
			t.opens(vehicles[n], port.DueExitGate, 0)
		}
		if n == trucks/2 {
			t.step("half", search(bills[0].Number), count(n))
		}
	}
	t.stands(ids[trucks-1], "left")
}

// heldWagon: a train of fifty wagons brings goods for twelve consignees; one wagon is held, and leaves with the next.
func heldWagon(t *teller) {
	const wagons, consignees, mass = 50, 12, 65 * port.Tonne
	d := manifest.Document{Direction: port.Import, Vehicle: manifest.Vehicle{Kind: port.TrainSet, Mark: fmt.Sprintf("XS%07d", t.serial), Nationality: port.Mongolia}}
	for n := range consignees {
		bill := t.goods(fmt.Sprintf("SMGS%02d", n+1), "铁矿石", "2601111000", 0)
		for wagon := n; wagon < wagons; wagon += consignees {
			bill.Wagons = append(bill.Wagons, manifest.Wagon{Number: demoWagon(port.Mongolia, int(t.serial)*wagons+wagon), Mass: mass})
			bill.GrossMass += mass
		}
		d.Waybills = append(d.Waybills, bill)
	}
	in := t.announce("train", d)
	train := seen{plate: port.Plate(d.Vehicle.Mark), direction: port.Import}
	t.step("announced", page(in), count(wagons), count(consignees))
	t.settle(in, port.CustomsRelease)
	t.opens(train, port.DueEntryGate, 0)
	for n := range d.Waybills {
		bill := d.Waybills[n]
		t.declare(fmt.Sprintf("consignee%02d", n+1), bill, bill.GrossMass, false)
	}
	t.settle(in)
	t.step("released", page(in), count(consignees))
	number := d.Waybills[5].Wagons[1].Number
	wagon, held := t.unit(in, number), t.lot("held", in, d.Waybills[5].Number)
	t.post("inspection", "/v1/movements/"+in.String()+"/orders", map[string]any{"subject": wagon, "kind": kindInspection, "due": port.DueExitGate, "reason": reasonImage})
	t.verdict("inspection", wagon, kindInspection, port.ResultHeld, reasonDiffers)
	t.shuts(train, port.DueExitGate, 0, string(kindInspection))
	t.step("held", page(in), number)
	t.detach("yard_operator", in, wagon, reasonHeld)
	t.opens(train, port.DueExitGate, 0)
	t.lies(held, mass)
	t.step("left", page(in), count(wagons-1))
	t.verdict("inspection", wagon, kindInspection, port.ResultMet, "")
	mark := fmt.Sprintf("XN%07d", t.serial)
	next := t.announce("next", manifest.Document{Direction: port.Import, Vehicle: manifest.Vehicle{Kind: port.TrainSet, Mark: mark, Nationality: port.China}, From: storyYard, Loaded: manifest.Empty})
	t.settle(next)
	collects := seen{plate: port.Plate(mark), direction: port.Import}
	t.opens(collects, port.DueEntryGate, 0)
	t.post("yard_operator", "/v1/movements/"+next.String()+"/attachments", map[string]any{"unit": wagon})
	t.step("collected", page(next), number)
	t.opens(collects, port.DueExitGate, 0)
	t.lies(held, 0)
}
