package simulator

import (
	"fmt"
	"slices"
	"time"

	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// kindPerson and kindResult are requirements that stories speak of.
const (
	kindPerson port.RequirementKind = "person_cleared"    // 旅客边检
	kindResult port.RequirementKind = "quarantine_result" // 检疫结果
)

// coachRefused: of three passengers of a coach one may not enter. He gets off, and the coach goes on.
func coachRefused(t *teller) {
	plate := port.Plate(fmt.Sprintf("蒙S%05d", t.serial%100_000))
	coach := t.announce("coach", manifest.Document{
		Direction: port.Import, Vehicle: manifest.Vehicle{Kind: port.Coach, Plate: plate, Nationality: port.China}, Loaded: manifest.Empty,
	})
	var crew []map[string]any
	for n, role := range []string{"driver", "passenger", "passenger", "passenger"} {
		crew = append(crew, map[string]any{"name": fmt.Sprintf("演示旅客 %d", n), "document": "passport", "number": fmt.Sprintf("DEM%07d%d", t.serial, n), "role": role})
	}
	t.post(roleCarrier, "/v1/movements/"+coach.String()+"/crew", map[string]any{"crew": crew})
	t.step("announced", page(coach), string(plate))
	persons := t.look(coach).Persons
	if !t.failed() && len(persons) != 3 {
		t.fail("the law asks something of %d passengers, want 3", len(persons))
	}
	if t.failed() {
		return
	}
	t.settle(coach, kindPerson)
	v := seen{plate: plate, direction: port.Import, traffic: trafficPassenger}
	for _, p := range persons[:2] {
		t.verdict("border_inspection", p.ID, kindPerson, port.ResultMet, "")
	}
	t.shuts(v, port.DueEntryGate, 0, string(kindPerson))
	t.step("waits", page(coach), string(plate))
	t.verdict("border_inspection", persons[2].ID, kindPerson, port.ResultRefused, reasonPapers)
	t.shuts(v, port.DueEntryGate, 0, string(kindPerson))
	t.step("refused", page(coach), string(plate))
	t.detach("border_inspection", coach, persons[2].ID, reasonAway)
	t.opens(v, port.DueEntryGate, 0)
	t.settle(coach)
	t.opens(v, port.DueExitGate, 0)
	if left := len(t.look(coach).Persons); !t.failed() && left != 2 {
		t.fail("%d passengers have gone on, want 2", left)
	}
}

// conditionalMeat: meat may leave before its laboratory result is there, on conditions (附条件提离). The result comes later.
func conditionalMeat(t *teller) {
	const mass = 20 * port.Tonne
	meat := t.goods("W1", "冻羊肉", "0204420000", mass)
	plate := t.foreign()
	in := t.announce("in", manifest.Document{Direction: port.Import, Vehicle: lorry(plate, port.Mongolia), Waybills: []manifest.Waybill{meat}})
	t.declare("meat", meat, mass, true)
	t.settle(in)
	v := seen{plate: plate, direction: port.Import}
	t.opens(v, port.DueEntryGate, tareStory+mass)
	goods := t.lot("meat", in, meat.Number)
	t.step("entered", page(in), string(plate))
	t.post("quarantine", "/v1/movements/"+in.String()+"/orders", map[string]any{"subject": goods, "kind": kindResult, "due": port.DueExitGate, "reason": reasonHealth})
	t.shuts(v, port.DueExitGate, 0, string(kindResult))
	t.step("waits", page(in), string(plate))
	until := port.TimeOf(t.on.Clock().Add(10 * 24 * time.Hour))
	t.post("quarantine", "/v1/requirements/"+goods.String()+"."+string(kindResult)+"/deferral", map[string]any{
		"until": until, "conditions": "not_for_sale", "law": "两段准入：附条件提离（演示）",
	})
	t.opens(v, port.DueExitGate, 0)
	t.step("left", search(meat.Number), until.Std().In(beijing).Format(time.DateOnly))
	t.verdict("quarantine", goods, kindResult, port.ResultMet, "")
}

// trailerSwap: a Mongolian tractor leaves its trailer in the yard; a Chinese one takes it on, box and goods and all (甩挂).
func trailerSwap(t *teller) {
	const mass = 30 * port.Tonne
	coal := t.goods("W1", coalName, coalCode, mass)
	box := demoBox(newDice(uint64(t.serial), "story box"))
	coal.Containers = []manifest.Container{{Number: box.Number, Tare: box.Tare}}
	tractor, trailer := lorry(t.foreign(), port.Mongolia), t.foreign()
	tractor.Trailer = trailer
	in := t.announce("in", manifest.Document{Direction: port.Import, Vehicle: tractor, To: storyYard, Waybills: []manifest.Waybill{coal}})
	t.settle(in)
	v := seen{plate: tractor.Plate, direction: port.Import, boxes: []port.ContainerNumber{box.Number}}
	t.opens(v, port.DueEntryGate, tareStory+box.Tare+mass)
	unit, goods := t.unit(in, string(trailer)), t.lot("coal", in, coal.Number)
	t.step("entered", page(in), string(trailer))
	t.detach("yard_operator", in, unit, reasonUnloaded)
	t.stands(in, "left")
	t.lies(goods, mass)
	t.step("detached", search(coal.Number), string(trailer))
	takes := lorry(t.local(), port.China)
	out := t.announce("out", manifest.Document{Direction: port.Import, Vehicle: takes, From: storyYard, Loaded: manifest.Empty})
	t.settle(out)
	w := seen{plate: takes.Plate, direction: port.Import}
	t.opens(w, port.DueEntryGate, 0)
	t.post("yard_operator", "/v1/movements/"+out.String()+"/attachments", map[string]any{"unit": unit})
	w.boxes = v.boxes
	t.shuts(w, port.DueExitGate, 0, string(port.CustomsRelease))
	t.step("attached", page(out), string(takes.Plate))
	t.declare("coal", coal, mass, false)
	t.release(goods)
	t.opens(w, port.DueExitGate, 0)
	t.lies(goods, 0)
}

// agvShuttle: a vehicle without a driver comes with a box, is unloaded by a crane, goes back empty, and comes again.
func agvShuttle(t *teller) {
	const mass, trips = 30 * port.Tonne, 3
	vehicle := manifest.Vehicle{Kind: port.AGV, Plate: port.Plate(fmt.Sprintf("AGV9%02d", t.serial%100)), Automated: true, Nationality: port.Mongolia, Permit: "C-DEMO-STORY", Tare: tareStory}
	for n := range trips {
		coal := t.goods(fmt.Sprintf("W%d", n+1), coalName, coalCode, mass)
		box := demoBox(newDice(uint64(t.serial), "story box", count(n)))
		coal.Containers = []manifest.Container{{Number: box.Number, Tare: box.Tare}}
		name := count(n + 1)
		in := t.announce("in"+name, manifest.Document{Direction: port.Import, Vehicle: vehicle, To: storyYard, Waybills: []manifest.Waybill{coal}})
		t.settle(in)
		v := seen{plate: vehicle.Plate, direction: port.Import, traffic: trafficAGV, boxes: []port.ContainerNumber{box.Number}}
		t.opens(v, port.DueEntryGate, tareStory+box.Tare+mass)
		goods := t.lot("coal"+name, in, coal.Number)
		t.detach("yard_operator", in, t.unit(in, string(box.Number)), reasonUnloaded)
		t.stands(in, "left")
		t.lies(goods, mass)
		t.step("unloaded", page(in), string(vehicle.Plate), name)
		home := t.announce("out"+name, manifest.Document{Direction: port.Export, Vehicle: vehicle, Loaded: manifest.Empty})
		t.settle(home)
		back := seen{plate: vehicle.Plate, direction: port.Export, traffic: trafficAGV}
		t.opens(back, port.DueEntryGate, 0)
		t.opens(back, port.DueExitGate, 0)
		t.step("home", page(home), string(vehicle.Plate), name)
	}
}

// stormLasts is how long a storm of the story lasts at most, in simulated time; the presenter ends it before.
const stormLasts = 12 * time.Hour

// sandstorm: the port closes for the weather; nothing moves and the queue grows. It opens again and the queue drains.
func sandstorm(t *teller) {
	const mass, waiting = 40 * port.Tonne, 3
	id := t.story.Port
	if t.on.Traffic == nil || !t.on.Traffic.Stop(id, Sandstorm, stormLasts) {
		t.status("suspended")
	}
	var ids []port.ID
	var vehicles []seen
	for n := range waiting {
		coal, plate := t.goods(fmt.Sprintf("W%d", n+1), coalName, coalCode, mass), t.foreign()
		ids = append(ids, t.announce(fmt.Sprintf("truck%d", n+1), manifest.Document{Direction: port.Import, Vehicle: lorry(plate, port.Mongolia), To: storyYard, Waybills: []manifest.Waybill{coal}}))
		vehicles = append(vehicles, seen{plate: plate, direction: port.Import})
	}
	t.stays("suspended")
	t.step("closed", "/ports/"+string(id))
	t.step("queue", "/ports/"+string(id), count(waiting))
	if t.on.Traffic == nil || !t.on.Traffic.Resume(id) {
		t.status("open")
	}
	t.stays("open")
	t.step("opened", "/ports/"+string(id))
	for n := range ids {
		t.settle(ids[n])
		t.opens(vehicles[n], port.DueEntryGate, tareStory+mass)
		t.detach("yard_operator", ids[n], ids[n], reasonUnloaded)
		t.stands(ids[n], "left")
	}
}

// status records the port's status, as its port office would have the region do.
func (t *teller) status(status string) {
	t.post("region", "/v1/ports/"+string(t.story.Port)+"/statuses", map[string]string{
		"traffic": trafficFreight, "status": status, "from": t.on.Clock().In(beijing).Format(time.DateOnly), "note": "demo: sandstorm",
	})
}

// traffic is how one kind of traffic of a port stands.
type traffic struct {
	Traffic  string `json:"traffic"`
	Standing struct {
		Status string `json:"status"`
	} `json:"standing"`
}

// stays waits until the port has a status: beside the traffic it is the traffic's to record it.
func (t *teller) stays(want string) {
	for range attempts {
		var found struct {
			Traffic []traffic `json:"traffic"`
		}
		t.get("/v1/ports/"+string(t.story.Port), &found)
		has := slices.ContainsFunc(found.Traffic, func(x traffic) bool { return x.Traffic == trafficFreight && x.Standing.Status == want })
		if has || t.failed() {
			return
		}
		sleep(t.ctx, retryFirst)
	}
	t.fail("%s has not become %s", t.story.Port, want)
}
