package manifest

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/port"
)

func good() Document {
	return Document{
		Direction: port.Import, Batch: "2026112200001", Carrier: "91150824MADEM0002H", Vehicle: Vehicle{Plate: "0001ДЕМ"}, Loaded: Laden,
		Waybills: []Waybill{{Number: "W1", Goods: "炼焦煤", GrossMass: 30 * port.Tonne}},
	}
}

func TestCheck(t *testing.T) {
	box := func(n int) Container { return Container{Number: port.ContainerNumber("DEMU100000" + strconv.Itoa(n))} }
	for _, test := range []struct {
		name   string
		change func(d *Document)
		want   []string
	}{
		{"good", func(*Document) {}, nil},
		{"nothing", func(d *Document) { *d = Document{} }, []string{
			"error direction document.required direction", "error batch document.required batch", "error carrier document.required carrier", "error vehicle.plate document.required plate",
		}},
		{"batch", func(d *Document) { d.Batch = "123" }, []string{"error batch batch.format 123"}},
		{"direction", func(d *Document) { d.Direction = "in" }, []string{"error direction document.choice in,import, export, transit"}},
		{"function", func(d *Document) { d.Function = "7" }, []string{"error function document.choice 7,0, 2, 3, 5, 9"}},
		{"loaded", func(d *Document) { d.Loaded = "half" }, []string{"error loaded document.choice half,laden, empty, empty_container"}},
		{"unknown plate", func(d *Document) { d.Vehicle.Plate = "???1" }, []string{"warning vehicle.plate plate.unknown ???1"}},
		{"crew", func(d *Document) { d.Crew = 21 }, []string{"error crew manifest.crew 20"}},
		{"laden with nothing", func(d *Document) { d.Waybills = nil }, []string{"error waybills manifest.laden"}},
		{"empty with something", func(d *Document) { d.Loaded = Empty }, []string{"error waybills manifest.empty"}},
		{"deletion", func(d *Document) { d.Function, d.Waybills = "3", []Waybill{{Number: "W1"}} }, nil},
		{"waybill twice", func(d *Document) { d.Waybills = append(d.Waybills, d.Waybills[0]) }, []string{"error waybills[1].number manifest.waybill_twice W1,1"}},
		{"waybill without anything", func(d *Document) { d.Waybills[0] = Waybill{} }, []string{
			"error waybills[0].number document.required number", "error waybills[0].goods document.required goods", "error waybills[0].gross_mass document.required gross_mass",
		}},
		{"more on the vehicle than in all", func(d *Document) { d.Waybills[0].OnVehicle = 31 * port.Tonne }, []string{"error waybills[0].on_vehicle manifest.on_vehicle 31000,30000"}},
		{"container", func(d *Document) { d.Waybills[0].Containers = []Container{{Number: "DEMU1000011"}, {}} }, []string{
			"warning waybills[0].containers[0].number container.check_digit DEMU1000011,0,1", "error waybills[0].containers[1].number document.required number",
		}},
		{"too many waybills", func(d *Document) { d.Waybills = make([]Waybill, MaxWaybills+1) }, []string{"error waybills document.too_many 999,1000"}},
		{"too many containers", func(d *Document) { d.Waybills[0].Containers = make([]Container, MaxContainers+1) }, []string{"error waybills[0].containers document.too_many 8,9"}},
		{"expected", func(d *Document) { d.Expected = 1 }, []string{"warning expected document.time 1970-01-01T00:00:00.000001Z"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := good()
			test.change(&d)
			var got []string
			for _, p := range Check(&d) {
				got = append(got, strings.TrimSpace(string(p.Severity)+" "+p.Path+" "+p.Rule+" "+strings.Join(p.Args, ",")))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}

	// Two waybills may share a container; nine containers are no truck.
	d := good()
	d.Waybills = append(d.Waybills, Waybill{Number: "W2", Goods: "x", GrossMass: 1})
	for n := range MaxContainers {
		d.Waybills[0].Containers = append(d.Waybills[0].Containers, box(n))
	}
	d.Waybills[1].Containers = []Container{box(0)}
	for _, p := range Check(&d) {
		if p.Rule == "manifest.containers" {
			t.Error("a shared container counts twice")
		}
	}
	d.Waybills[1].Containers = []Container{box(9)}
	problems := Check(&d)
	if last := problems[len(problems)-1]; last.Rule != "manifest.containers" {
		t.Errorf("got %v, want too many containers", problems)
	}
}
