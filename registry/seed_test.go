package registry

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	fast "github.com/goccy/go-json"
	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/port"
)

func seeded(t *testing.T) ([]Fact, *State) {
	t.Helper()
	facts, err := Seed()
	if err != nil {
		t.Fatal(err)
	}
	state, err := new(State).With(facts...)
	if err != nil {
		t.Fatal(err)
	}
	return facts, state
}

// The plan's tables 4-1, 4-2 and 4-3, in their order.
var planned = []struct {
	site  port.SiteID
	class port.Class
	modes []port.Mode
}{
	{"manzhouli", port.ClassHub, port.Modes()},
	{"erenhot", port.ClassHub, port.Modes()},
	{"ganqimaodu", port.ClassSpecialised, []port.Mode{port.Road}},
	{"ceke", port.ClassSpecialised, []port.Mode{port.Road}},
	{"mandula", port.ClassSpecialised, []port.Mode{port.Road}},
	{"shiwei", port.ClassOrdinary, []port.Mode{port.Road}},
	{"heishantou", port.ClassOrdinary, []port.Mode{port.Road}},
	{"arihashate", port.ClassOrdinary, []port.Mode{port.Road}},
	{"ebuduge", port.ClassOrdinary, []port.Mode{port.Road}},
	{"arxan", port.ClassOrdinary, []port.Mode{port.Road}},
	{"zhuengadabuqi", port.ClassOrdinary, []port.Mode{port.Road}},
	{"wuliji", port.ClassOrdinary, []port.Mode{port.Road}},
	{"hohhot", port.ClassOrdinary, []port.Mode{port.Air}},
	{"baotou", port.ClassOrdinary, []port.Mode{port.Air}},
	{"ordos", port.ClassOrdinary, []port.Mode{port.Air}},
	{"hailar", port.ClassOrdinary, []port.Mode{port.Air}},
}

func TestPlannedPorts(t *testing.T) {
	_, state := seeded(t)
	type row struct {
		ID    port.PortID
		Class port.Class
	}
	var want, got []row
	var sites []port.SiteID
	for _, p := range planned {
		sites = append(sites, p.site)
		for _, mode := range p.modes {
			want = append(want, row{p.site.Port(mode), p.class})
		}
	}
	modes := map[port.Mode]int{}
	for _, p := range state.Ports() {
		got = append(got, row{p.ID, p.Class.Value})
		modes[p.Mode]++
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ports and classes (-plan +registry):\n%s", diff)
	}
	if diff := cmp.Diff(map[port.Mode]int{port.Rail: 2, port.Road: 12, port.Air: 6}, modes); diff != "" {
		t.Errorf("ports by mode:\n%s", diff)
	}
	var registered []port.SiteID
	for _, s := range state.Sites() {
		registered = append(registered, s.ID)
	}
	if diff := cmp.Diff(sites, registered); diff != "" || len(registered) != 16 {
		t.Errorf("%d sites:\n%s", len(registered), diff)
	}
}

func TestCounterparts(t *testing.T) {
	_, state := seeded(t)
	countries := map[port.Country]int{}
	for _, p := range state.Ports() {
		if p.Mode == port.Air {
			if p.Counterpart != nil {
				t.Errorf("%s is an airport and has a counterpart", p.ID)
			}
			continue
		}
		countries[p.Counterpart.Value.Country]++
	}
	if diff := cmp.Diff(map[port.Country]int{port.Russia: 4, port.Mongolia: 10}, countries); diff != "" {
		t.Errorf("counterparts:\n%s", diff)
	}
}

// Every value of every fact says where it comes from, the reference is spelt out, and unknown goes with "not found".
func TestProvenance(t *testing.T) {
	facts, _ := seeded(t)
	texts, err := References()
	if err != nil {
		t.Fatal(err)
	}
	cited := regexp.MustCompile(`\b[SG]:\d+\b`)
	used := map[Reference]bool{}
	for i, fact := range facts {
		found := 0
		each(reflect.ValueOf(fact), func(p Provenance) {
			found++
			used[p.Source] = true
			if texts[p.Source] == "" {
				t.Errorf("fact %d %s: the reference %q is not spelt out", i, fact.FactName(), p.Source)
			}
			for _, r := range cited.FindAllString(p.Note, -1) {
				used[Reference(r)] = true
				if texts[Reference(r)] == "" {
					t.Errorf("fact %d %s: the note cites %s, which is not spelt out", i, fact.FactName(), r)
				}
			}
		})
		if found == 0 {
			t.Errorf("fact %d %s has no provenance", i, fact.FactName())
		}
		switch f := fact.(type) {
		case StatusSet:
			if (f.Status == StatusUnknown) != (f.Source == NotFound) {
				t.Errorf("%s: status %s from %s", f.Port, f.Status, f.Source)
			}
		case HoursSet:
			if f.Kind != HoursUnknown && f.Source == NotFound {
				t.Errorf("%s: hours %s from %s", f.Port, f.Kind, f.Source)
			}
		case OfficeMapped:
			if !f.Unverified {
				t.Errorf("office %s is not marked as unverified", f.Office)
			}
		case OwnerSet, SourceSet, ToleranceSet:
			each(reflect.ValueOf(fact), func(p Provenance) {
				if p.Source != Demo {
					t.Errorf("%s: published nowhere, yet from %s", fact.FactName(), p.Source)
				}
			})
		case PortRegistered:
			if (f.Legal.Value == LegalUnknown) != (f.Legal.Source == NotFound) {
				t.Errorf("%s: legal type %s from %s", f.ID, f.Legal.Value, f.Legal.Source)
			}
			if f.UNLocode != nil && !f.UNLocode.Unverified {
				t.Errorf("%s: UN/LOCODE is not marked as unverified", f.ID)
			}
		}
	}
	for r := range texts {
		if numbered := strings.Contains(string(r), ":"); numbered && !used[r] && r != "S:27" { // S:27 explains offices.yaml
			t.Errorf("reference %s is used by no value", r)
		}
		if !r.valid() {
			t.Errorf("reference %s has no known form", r)
		}
	}
}

// each visits every Provenance in a fact. Anonymous ones may be those of the fact itself.
func each(v reflect.Value, visit func(Provenance)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			each(v.Elem(), visit)
		}
	case reflect.Struct:
		if p, ok := v.Interface().(Provenance); ok {
			visit(p)
			return
		}
		for i := range v.NumField() {
			each(v.Field(i), visit)
		}
	}
}

// Whatever was not found about a port is said, not left out.
func TestEveryPortSaysWhatItKnows(t *testing.T) {
	_, state := seeded(t)
	for _, p := range state.Ports() {
		if len(state.Statuses(p.ID)) == 0 {
			t.Errorf("%s has no status", p.ID)
		}
		for _, side := range []Side{SideHere, SideNeighbour} {
			if side == SideNeighbour && p.Mode == port.Air {
				continue
			}
			zone := china.name
			if side == SideNeighbour {
				z, _ := zoneOf(p.Counterpart.Value.Country)
				zone = z.name
			}
			if !slices.ContainsFunc(state.Hours(p.ID), func(h HoursSet) bool { return h.Side == side && h.Zone == zone }) {
				t.Errorf("%s says nothing about the hours %s in %s", p.ID, side, zone)
			}
		}
	}
	files, err := fs.Glob(data, "data/site/*.yaml")
	if err != nil || len(files) != len(planned) {
		t.Errorf("%d files of sites, %v; one is not listed in settings.yaml", len(files), err)
	}
}

// Facts become the same bytes every time, and the bytes fold to the same state.
func TestSeedIsDeterministic(t *testing.T) {
	facts, state := seeded(t)
	again, _ := seeded(t)
	if len(facts) != len(again) {
		t.Fatalf("%d facts, then %d", len(facts), len(again))
	}
	types := map[string]reflect.Type{}
	for _, fact := range Facts() {
		types[fact.FactName()] = reflect.TypeOf(fact)
	}
	var decoded []Fact
	for i, fact := range facts {
		body, err := fast.MarshalWithOption(fact, fast.DisableHTMLEscape())
		if err != nil {
			t.Fatal(err)
		}
		second, err := fast.MarshalWithOption(again[i], fast.DisableHTMLEscape())
		if err != nil || !bytes.Equal(body, second) {
			t.Errorf("fact %d: %s\nthen:   %s (%v)", i, body, second, err)
		}
		value := reflect.New(types[fact.FactName()])
		if err := fast.Unmarshal(body, value.Interface()); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		decoded = append(decoded, value.Elem().Interface().(Fact))
	}
	read, err := new(State).With(decoded...)
	if err != nil {
		t.Fatal(err)
	}
	all := cmp.Exporter(func(reflect.Type) bool { return true })
	if diff := cmp.Diff(state, read, all); diff != "" {
		t.Errorf("state from the facts and from their bytes differ:\n%s", diff)
	}
	one := new(State)
	for _, fact := range facts {
		if one, err = one.With(fact); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(state, one, all); diff != "" {
		t.Errorf("folding at once and one by one differ:\n%s", diff)
	}
}

// One sample of every fact, as some ledger has it for ever: it must decode, and lose nothing.
func TestFactsStillDecode(t *testing.T) {
	for _, fact := range Facts() {
		sample, err := os.ReadFile(filepath.Join("testdata", "facts", fact.FactName()+".json"))
		if err != nil {
			t.Error(err)
			continue
		}
		value := reflect.New(reflect.TypeOf(fact))
		if err := fast.Unmarshal(sample, value.Interface()); err != nil {
			t.Errorf("%s: %v", fact.FactName(), err)
			continue
		}
		body, err := json.Marshal(value.Interface())
		if err != nil {
			t.Fatal(err)
		}
		var want, got any
		if err := json.Unmarshal(sample, &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(body, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-sample +decoded):\n%s", fact.FactName(), diff)
		}
	}
}

func TestLanes(t *testing.T) {
	_, state := seeded(t)
	count := func(id port.PortID, traffic Traffic, direction port.Direction, gate port.DuePoint) (n int) {
		for _, lane := range state.Lanes(id) {
			if lane.Traffic == traffic && lane.Direction == direction && lane.Gate == gate {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		port      port.PortID
		traffic   Traffic
		direction port.Direction
		entry     int
		exit      int
		source    Reference
	}{
		{"ganqimaodu-road", Freight, port.Import, 12, 6, "S:18"},
		{"ganqimaodu-road", Freight, port.Export, 7, 4, "S:18"},
		{"ganqimaodu-road", Passenger, port.Import, 2, 1, "S:18"},
		{"ganqimaodu-road", AGV, port.Import, 2, 1, Demo},
		{"zhuengadabuqi-road", Freight, port.Import, 4, 2, "S:24"},
		{"zhuengadabuqi-road", Freight, port.Export, 2, 1, "S:24"},
		{"zhuengadabuqi-road", Passenger, port.Export, 2, 1, Demo},
		{"manzhouli-road", Freight, port.Import, 2, 1, Demo},
		{"ceke-road", AGV, port.Import, 0, 0, ""},
	} {
		entry := count(c.port, c.traffic, c.direction, port.DueEntryGate)
		exit := count(c.port, c.traffic, c.direction, port.DueExitGate)
		if entry != c.entry || exit != c.exit {
			t.Errorf("%s %s %s: got %d entry and %d exit gates, want %d and %d", c.port, c.traffic, c.direction, entry, exit, c.entry, c.exit)
		}
		for _, lane := range state.Lanes(c.port) {
			if lane.Traffic != c.traffic || lane.Direction != c.direction {
				continue
			}
			want := c.source
			if lane.Gate == port.DueExitGate {
				want = Demo
			}
			if lane.Source != want {
				t.Errorf("%s: from %s, want %s", lane.ID, lane.Source, want)
			}
		}
	}
	for _, id := range []port.LaneID{"ganqimaodu-road.in-freight-12", "ganqimaodu-road.out-exit-04", "ganqimaodu-road.in-agv-exit-01"} {
		if lane, ok := state.Lane(id); !ok || lane.Port != "ganqimaodu-road" {
			t.Errorf("lane %s: got %+v, %v", id, lane, ok)
		}
	}
	if _, ok := state.Lane("ganqimaodu-road.in-freight-13"); ok {
		t.Error("a lane that nobody registered was found")
	}
}

func TestOrganisations(t *testing.T) {
	_, state := seeded(t)
	list, err := Organisations()
	if err != nil {
		t.Fatal(err)
	}
	known := map[OrganisationID]Organisation{}
	for _, o := range list {
		if _, twice := known[o.ID]; twice {
			t.Errorf("%s is given twice", o.ID)
		}
		known[o.ID] = o
		if !strings.Contains(o.Names.Chinese, "演示") || !strings.Contains(o.Names.English, "demo") {
			t.Errorf("%s does not say that it is invented: %+v", o.ID, o.Names)
		}
	}
	for _, p := range state.Ports() {
		for _, function := range port.Functions() {
			owner, ok := state.Owner(p.ID, function)
			if ok && known[owner].Site != p.Site {
				t.Errorf("%s %s: %q is no organisation of %s", p.ID, function, owner, p.Site)
			}
			want := true
			switch function {
			case port.FunctionTransport:
				want = p.Mode == port.Road
			case port.FunctionRailway:
				want = p.Mode == port.Rail
			case port.FunctionAviation:
				want = p.Mode == port.Air
			case port.FunctionCarrier, port.FunctionTrader: // parties of the movement, not of the port
				want = false
			}
			if ok != want {
				t.Errorf("%s %s: owner %q", p.ID, function, owner)
			}
		}
	}
	if owner, _ := state.Owner("ganqimaodu-road", port.FunctionCustomsQuarantine); owner != "customs-ganqimaodu" {
		t.Errorf("got %q", owner)
	}
	got := state.Functions("ganqimaodu-road", "customs-ganqimaodu")
	if diff := cmp.Diff([]port.Function{port.FunctionCustomsSupervision, port.FunctionCustomsInspection, port.FunctionCustomsQuarantine, port.FunctionCustomsAntismuggling}, got); diff != "" {
		t.Error(diff)
	}
}

func TestReadOffices(t *testing.T) {
	list, err := ReadOffices(strings.NewReader("offices:\n  - {office: \"0712\", mode: road, port: ceke-road, source: operator}\n"))
	if err != nil || len(list) != 1 || list[0].Port != "ceke-road" || list[0].Unverified {
		t.Errorf("got %+v, %v", list, err)
	}
	_, state := seeded(t)
	next, err := state.With(list[0])
	if err != nil {
		t.Fatal(err)
	}
	if mapped, ok := next.PortOfOffice("0712", port.Road); !ok || mapped.Port != "ceke-road" {
		t.Errorf("got %+v, %v", mapped, ok)
	}
	for _, c := range []struct{ name, text, kind string }{
		{"unknown key", "offices:\n  - {office: \"0712\", harbour: ceke-road}\n", "invalid"},
		{"not YAML", "offices: [", "invalid"},
		{"too large", strings.Repeat("#", officesBytesMost+1), "too_large"},
		{"too many", "offices:\n" + strings.Repeat("  - {office: \"0712\"}\n", officesMost+1), "too_large"},
	} {
		if _, err := ReadOffices(strings.NewReader(c.text)); err == nil || !strings.HasPrefix(err.Error(), c.kind) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.kind)
		}
	}
}
